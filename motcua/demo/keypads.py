"""Fingers on the keys of bare devices, at the far end of their wires: call keypads and rating keypads.

A clerk with a call keypad sees what the LED display over the counter shows, and the counter's state as the hall sees
it; a citizen at a rating keypad just presses.
"""

import threading
import time
from collections.abc import Callable, Sequence
from typing import Final

from hardware.simulated.remote import Remote
from motcua.demo.equipment import BareDevice
from motcua.demo.pace import Watched
from motcua.demo.world import World

ANSWER_REAL_S: Final = 8.0
"""Longer than the agent asks for one press; by then the display tells a mistake."""

TRIES_MOST: Final = 5
COLUMNS: Final = 4
NOTICES: Final = frozenset({"0", "LOI"})
"""What a display shows for a moment when a press was refused: nobody waits, or a mistake (lỗi)."""

NOTICE_REAL_S: Final = 1.0


class Fingers:
    """Presses keys of simulated devices; for any thread."""

    def __init__(self, control: str) -> None:
        self._client = Remote(control)
        self._lock = threading.Lock()

    def close(self) -> None:
        """Take the fingers away."""
        self._client.close()

    def press(self, device: BareDevice, keys: Sequence[str]) -> None:
        """Press keys of a device one after the other. Raises OSError, OrderRefused."""
        with self._lock:
            self._client.order("press", wire=device.wire_id, slave=device.slave, keys=list(keys))


class KeypadHands:
    """The keys of a call keypad: N calls, R calls again, S starts, a digit and E end with an outcome, X: absent."""

    def __init__(self, world: World, fingers: Fingers, keypad: BareDevice, display: Watched[str]) -> None:
        self._world = world
        self._fingers = fingers
        self._keypad = keypad
        self._display = display
        self._counter_id = keypad.counter.counter_id

    def call_next(self) -> str | None:
        """Press N and look at the display; what a call left unanswered is taken up without a press."""
        if self._visit_state() != "called":
            before = self._display.value
            patience_s = NOTICE_REAL_S if before in NOTICES else ANSWER_REAL_S
            self._fingers.press(self._keypad, "N")
            self._world.hall.wait(lambda _view: self._visit_state() == "called" or self._refused(before), patience_s)
        counter = self._world.counter(self._counter_id)
        if counter is None or counter.visit_state != "called":
            return None
        number = f"{counter.prefix}{counter.ticket_number:03d}"
        if not self._display.wait(lambda text: text == number[-COLUMNS:], ANSWER_REAL_S):
            what = f"the display over counter {counter.number} shows {self._display.value!r}, not {number}"
            self._world.notes.complain(what)
        return number

    def _refused(self, before: str) -> bool:
        return self._display.value in NOTICES and self._display.value != before

    def recall(self) -> None:
        """Press R; what comes of it is heard, not seen."""
        self._fingers.press(self._keypad, "R")

    def start(self) -> None:
        """Press S."""
        self._press_until("S", lambda state: state == "in_service")

    def end(self, outcome_key: str) -> None:
        """Press the outcome's digit and E."""
        self._press_until(outcome_key + "E", lambda state: not state)

    def no_show(self) -> None:
        """Press X."""
        self._press_until("X", lambda state: not state)

    def _press_until(self, keys: str, wanted: Callable[[str], bool]) -> None:
        """Press, and again while the counter does not become as wanted (the server may be away for a moment)."""
        began_s = time.monotonic()
        for _ in range(TRIES_MOST):
            self._fingers.press(self._keypad, keys)
            if self._world.hall.wait(lambda _view: wanted(self._visit_state()), ANSWER_REAL_S):
                return
        took_s = time.monotonic() - began_s
        self._world.notes.complain(
            f"counter {self._keypad.counter.number}: {keys} was pressed {TRIES_MOST} times in {took_s:.0f} s in vain"
        )

    def _visit_state(self) -> str:
        counter = self._world.counter(self._counter_id)
        return counter.visit_state if counter else "unknown"
