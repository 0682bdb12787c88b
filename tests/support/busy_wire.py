"""A wire of keypads and displays under the load of a busy hall, on a simulated clock: how long its keys take."""

import random
from collections import deque
from dataclasses import dataclass

from hardware.bus import BusEvent, KeyPressed
from hardware.simulated.slaves import ReferenceSlave
from hardware.speeches.reference import ReferenceSpeech
from tests.support.wires import SimulatedTime

SETTLED_S = 3.0
LETTERS = 4


@dataclass(frozen=True)
class Busy:
    """So many keypads and displays at a baud, and how many keys and texts come a second, by chance."""

    keypads: int
    displays: int
    baud: int
    keys_per_s: float
    texts_per_s: float


def waits_s(busy: Busy, for_s: float, seed: int) -> list[float]:
    """Press keys and change texts at random; return how long each key took from the press to the master, in order."""
    chance = random.Random(seed)
    keypads = range(1, busy.keypads + 1)
    displays = range(101, busy.displays + 101)
    pressed: dict[int, deque[float]] = {address: deque() for address in keypads}
    waits: list[float] = []

    def on_event(at_s: float, event: BusEvent) -> None:
        if isinstance(event, KeyPressed):
            waits.append(at_s - pressed[event.address].popleft())

    wire = SimulatedTime(
        [ReferenceSpeech(address, has_keys=address in keypads) for address in (*keypads, *displays)],
        [
            *(ReferenceSlave(address, "call_keypad") for address in keypads),
            *(ReferenceSlave(address, "led") for address in displays),
        ],
        baud=busy.baud,
        on_event=on_event,
    )
    wire.run(SETTLED_S)
    for moment_s, is_key in _moments(busy, for_s, chance):
        wire.run(SETTLED_S + moment_s - wire.now_s)
        if is_key:
            address = chance.choice(keypads)
            pressed[address].append(wire.now_s)
            wire.slave(address).press(chance.choice("NRSE0123456789"), wire.now_s)
        else:
            wire.master.show(chance.choice(displays), f"A{chance.randrange(1000):03}")
    wire.run(SETTLED_S)
    assert not any(pressed.values()), "every key came"
    return waits


def _moments(busy: Busy, for_s: float, chance: random.Random) -> list[tuple[float, bool]]:
    moments = []
    for rate, is_key in ((busy.keys_per_s, True), (busy.texts_per_s, False)):
        moment_s = chance.expovariate(rate)
        while moment_s < for_s:
            moments.append((moment_s, is_key))
            moment_s += chance.expovariate(rate)
    return sorted(moments)
