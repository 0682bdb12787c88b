"""A master and simulated slaves on one simulated wire and one simulated clock: exact, and no second has to pass."""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from hardware.bus import BusConfig, BusEvent, KeyPressed, Master, Speech
from hardware.simulated.wire import SlaveModel, WireModel

STANDSTILL = 1_000


class SimulatedTime:
    """A wire that takes the time it takes. ``on_event`` hears what the master tells, with the instant."""

    def __init__(
        self,
        speeches: Sequence[Speech],
        slaves: Sequence[SlaveModel],
        *,
        baud: int = 9600,
        on_event: Callable[[float, BusEvent], None] = lambda _, __: None,
        turns_s: Mapping[int, float] | None = None,
    ) -> None:
        self.config = BusConfig(tuple(speeches), bytes_per_s=baud / 10, turns_s=turns_s or {})
        self.master = Master(self.config)
        self.wire = WireModel(slaves, bytes_per_s=baud / 10)
        self.now_s = 0.0
        self.events: list[tuple[float, BusEvent]] = []
        self.said: list[tuple[float, bytes]] = []
        self.plugged = True
        self._on_event = on_event

    def slave(self, address: int) -> Any:
        """Return a slave by its address."""
        return self.wire.slaves[address]

    def run(self, for_s: float) -> None:
        """Let time pass."""
        until_s = self.now_s + for_s
        turns, stood_since_s = 0, self.now_s
        while self.now_s < until_s:
            turns = turns + 1 if self.now_s == stood_since_s else 0
            stood_since_s = self.now_s
            assert turns < STANDSTILL, f"time stands still at {self.now_s} s"
            step = self.master.step(self.now_s)
            self._tell(step.events)
            if step.data:
                self.said.append((self.now_s, step.data))
                self.wire.receive(step.data, self.now_s)
                self._listen()
                continue
            due_s = self.wire.due_s()
            self.now_s = min(until_s, max(self.now_s, min(step.until_s, math.inf if due_s is None else due_s)))
            self.wire.step(self.now_s)
            self._listen()

    def _listen(self) -> None:
        heard, self.wire.replies = self.wire.replies, b""
        if heard:
            self._tell(self.master.heard(heard, self.now_s))

    def _tell(self, events: Sequence[BusEvent]) -> None:
        for event in events:
            self.events.append((self.now_s, event))
            self._on_event(self.now_s, event)

    def told(self) -> list[BusEvent]:
        """Return what the master has told."""
        return [event for _, event in self.events]

    def pressed(self) -> list[tuple[int, str]]:
        """Return the keys handed on, with the address of their keypad."""
        return [(event.address, event.key) for event in self.told() if isinstance(event, KeyPressed)]
