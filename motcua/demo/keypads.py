"""Fingers on the keys of bare devices, at the far end of their wires: call keypads and rating keypads.

A clerk with a call keypad sees what the LED display over the counter shows, and the counter's state as the hall sees
it; a citizen at a rating keypad just presses.
"""

import re
import threading
import time
from collections.abc import Callable, Sequence
from typing import Final

from hardware.simulated.remote import Remote
from motcua.demo.equipment import BareDevice
from motcua.demo.pace import Watched
from motcua.demo.world import World

ANSWER_REAL_S: Final = 12.0
"""As long as the agent asks for one press; then the display tells a mistake."""

TRIES_MOST: Final = 5
_NUMBER: Final = re.compile(r"[A-Z]{0,3}\d{3,}")


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
    """The keys of a call keypad: N calls, R calls again, S starts, a digit and E end with an outcome, A: absent."""

    def __init__(self, world: World, fingers: Fingers, keypad: BareDevice, display: Watched[str]) -> None:
        self._world = world
        self._fingers = fingers
        self._keypad = keypad
        self._display = display
        self._counter_id = keypad.counter.counter_id

    def call_next(self) -> str | None:
        """Press N and look at the display."""
        before = self._display.value
        self._fingers.press(self._keypad, "N")
        self._display.wait(lambda text: text != before, ANSWER_REAL_S)
        shown = self._display.value
        return shown if shown != before and _NUMBER.fullmatch(shown) else None

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
        """Press A."""
        self._press_until("A", lambda state: not state)

    def _press_until(self, keys: str, wanted: Callable[[str], bool]) -> None:
        """Press, and again while the counter does not become as wanted (the server may be away for a moment)."""
        began_s = time.monotonic()
        for _ in range(TRIES_MOST):
            self._fingers.press(self._keypad, keys)
            if self._world.hall.wait(lambda _view: wanted(self._visit_state()), ANSWER_REAL_S):
                return
        took_s = time.monotonic() - began_s
        self._world.notes.troubles.append(
            f"counter {self._keypad.counter.number}: {keys} was pressed {TRIES_MOST} times in {took_s:.0f} s in vain"
        )

    def _visit_state(self) -> str:
        counter = self._world.counter(self._counter_id)
        return counter.visit_state if counter else "unknown"
