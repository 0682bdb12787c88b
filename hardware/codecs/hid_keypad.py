"""USB keypads: from changes of keys to the characters by which keypads are configured. Pure.

A call keypad is a numeric keypad with a sticker on it, a rating keypad has the keys 1 to 5. Both name their keys by one
character, as keypads on a wire do (``reference_frame``), so that what a key *means* is configured in one place.

NumLock needs no care. Linux sends the same code for a key of the numeric block whatever the lamp says, but some keypads
keep a NumLock of their own and send Home for 7 and Insert for 0, and others wrap each key into two presses of NumLock.
So both names of each key mean the same, and NumLock itself means nothing.
"""

from collections.abc import Mapping
from typing import Final

from hardware.codecs.input_event import KEY_CODES, EventsLost, KeyChange, KeyDecoder

BOUNCE_S: Final = 0.03

_DIGITS: Final = {f"KEY_{prefix}{digit}": digit for prefix in ("", "KP") for digit in "0123456789"}
_NUMLOCK_OFF: Final = {
    "KEY_INSERT": "0",
    "KEY_END": "1",
    "KEY_DOWN": "2",
    "KEY_PAGEDOWN": "3",
    "KEY_LEFT": "4",
    "KEY_RIGHT": "6",
    "KEY_HOME": "7",
    "KEY_UP": "8",
    "KEY_PAGEUP": "9",
}

CALL_KEYS: Final[dict[str, str]] = {
    **_DIGITS,
    **_NUMLOCK_OFF,
    "KEY_KPENTER": "N",
    "KEY_ENTER": "N",
    "KEY_KPPLUS": "R",
    "KEY_KPASTERISK": "S",
    "KEY_KPMINUS": "E",
    "KEY_MINUS": "E",
    "KEY_KPSLASH": "X",
    "KEY_SLASH": "X",
    "KEY_KPDOT": "C",
    "KEY_KPCOMMA": "C",
    "KEY_DOT": "C",
    "KEY_DELETE": "C",
    "KEY_BACKSPACE": "B",
    "KEY_TAB": "P",
    "KEY_ESC": "P",
}
"""A numeric keypad as a call keypad: Enter is *next*, the largest key for what is pressed most."""

RATING_KEYS: Final[dict[str, str]] = {name: digit for name, digit in _DIGITS.items() if digit in "12345"} | {
    name: digit for name, digit in _NUMLOCK_OFF.items() if digit in "12345"
}
"""A keypad with the keys 1 to 5; which answer a key means is configured (``hardware.rating_keypad``)."""


class UnknownKey(ValueError):  # noqa: N818 -- named for what it is.
    """A name that the kernel's list of keys does not have; the message names it and shows how names look."""


def key_table(keys: Mapping[str, str]) -> dict[int, str]:
    """Give the characters by key code for a configured table of names. Raises UnknownKey, ValueError."""
    table: dict[int, str] = {}
    for name, character in keys.items():
        if name not in KEY_CODES:
            raise UnknownKey(f"there is no key {name!r}; names are the kernel's, such as KEY_KPENTER or KEY_F1")
        if len(character) != 1 or not " " < character <= "~":
            raise ValueError(f"key {name} shall send {character!r}; write one visible ASCII character")
        table[KEY_CODES[name]] = character
    return table


class HidKeypad:
    """One keypad: bytes of its device node in, the characters of its keys out."""

    def __init__(self, table: Mapping[int, str], *, bounce_s: float = BOUNCE_S) -> None:
        self._table = dict(table)
        self._keys = KeyDecoder(bounce_s)
        self.lost = 0
        """How often the kernel has dropped events because nobody fetched them."""

    def reset(self) -> None:
        """Begin anew after the device was away: no key counts as held."""
        self._keys.reset()

    def feed(self, data: bytes) -> list[str]:
        """Take bytes of the device; give a character for each press of a key that has one."""
        pressed: list[str] = []
        for change in self._keys.feed(data):
            match change:
                case EventsLost():
                    self.lost += 1
                case KeyChange(code=code, pressed=True) if code in self._table:
                    pressed.append(self._table[code])
                case _:
                    pass
        return pressed
