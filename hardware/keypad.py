"""Call keypads: what a clerk's key means is configuration. Pure.

A keypad names its keys by one character each (``codecs/reference_frame.py``). Digits are collected until a key that
means *call the number on the display* comes; they are forgotten after a while, and by any other key.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

DIGITS_MOST: Final = 5
DIGITS_KEPT_S: Final = 5.0


class KeypadAction(StrEnum):
    """What a key of a call keypad may mean."""

    NEXT = "next"
    RECALL = "recall"
    START = "start"
    END = "end"
    NO_SHOW = "no_show"
    PAUSE = "pause"
    CALL_CHOSEN = "call_chosen"
    PARK = "park"
    RESUME = "resume"
    REINSTATE = "reinstate"
    TRANSFER = "transfer"
    HELP = "help"
    NEXT_SERVICE = "next_service"
    END_HERE = "end_here"
    ADD_SERVICE = "add_service"
    ERASE = "erase"


NEEDS_NUMBER: Final = frozenset(
    {KeypadAction.CALL_CHOSEN, KeypadAction.REINSTATE, KeypadAction.TRANSFER, KeypadAction.ADD_SERVICE}
)
"""What is asked of nobody unless digits were typed before it."""
TAKES_NUMBER: Final = NEEDS_NUMBER | {
    KeypadAction.END,
    KeypadAction.NEXT_SERVICE,
    KeypadAction.END_HERE,
    KeypadAction.RESUME,
    KeypadAction.HELP,
}

DEFAULT_KEYS: Final[dict[str, KeypadAction]] = {
    "N": KeypadAction.NEXT,
    "R": KeypadAction.RECALL,
    "S": KeypadAction.START,
    "E": KeypadAction.END,
    "X": KeypadAction.NO_SHOW,
    "P": KeypadAction.PAUSE,
    "C": KeypadAction.CALL_CHOSEN,
    "B": KeypadAction.ERASE,
}


@dataclass(frozen=True, slots=True)
class Pressed:
    """A clerk wants something.

    ``number`` is what was typed before it: the number to call, reinstate or resume, without its prefix; which outcome
    END, NEXT_SERVICE and END_HERE mean, which service TRANSFER and ADD_SERVICE, whom HELP.
    """

    action: KeypadAction
    number: int | None = None


class CallKeypad:
    """Turns the keys of one keypad into meanings. Raises ValueError when a key has no place on a keypad."""

    def __init__(self, keys: Mapping[str, KeypadAction] | None = None) -> None:
        self._keys = dict(DEFAULT_KEYS if keys is None else keys)
        for key in self._keys:
            if len(key) != 1 or not " " <= key <= "~" or key.isdecimal():
                mend = "keys are named by one ASCII character that is no digit"
                raise ValueError(f"call keypad key {key!r} means {self._keys[key]}: {mend}")
        self._digits = ""
        self._typed_at_s = 0.0

    def press(self, key: str, now_s: float) -> Pressed | None:
        """Take a key pressed at ``now_s`` (any steady clock); None for a digit and for a key without meaning."""
        if now_s >= self._typed_at_s + DIGITS_KEPT_S:
            self._digits = ""
        if key.isdecimal() and key.isascii():
            self._digits = (self._digits + key)[-DIGITS_MOST:]
            self._typed_at_s = now_s
            return None
        digits, self._digits = self._digits, ""
        action = self._keys.get(key)
        if action is None or action is KeypadAction.ERASE:
            return None
        number = int(digits) if digits else None
        if action in NEEDS_NUMBER and number is None:
            return None
        return Pressed(action, number if action in TAKES_NUMBER else None)

    def restore(self, digits: str, typed_at_s: float) -> None:
        """Take up digits that were typed before the program was started anew."""
        self._digits, self._typed_at_s = digits[-DIGITS_MOST:], typed_at_s

    def typed(self, now_s: float) -> str:
        """Return the digits that wait for a key, for a display to show them; empty once they are forgotten."""
        return self._digits if now_s < self._typed_at_s + DIGITS_KEPT_S else ""

    def forgets_at_s(self, now_s: float) -> float | None:
        """Return when the waiting digits will be forgotten; None when there are none."""
        return self._typed_at_s + DIGITS_KEPT_S if self.typed(now_s) else None
