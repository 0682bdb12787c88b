"""A scanner that types: from changes of keys to the ASCII bytes that a US keyboard means by them. Pure.

A scanner in keyboard mode presses the keys of a US keyboard, whatever it has read: a letter that is on no key, such as
``ễ``, cannot come through, and what arrives in its place depends on the maker. Names read so are not to be trusted; a
scanner in serial mode sends them whole.
"""

from typing import Final

from hardware.codecs.input_event import KEY_CODES, EventsLost, KeyChange, KeyDecoder

_PLAIN_AND_SHIFTED: Final = {
    "KEY_SPACE": "  ",
    "KEY_MINUS": "-_",
    "KEY_EQUAL": "=+",
    "KEY_LEFTBRACE": "[{",
    "KEY_RIGHTBRACE": "]}",
    "KEY_SEMICOLON": ";:",
    "KEY_APOSTROPHE": "'\"",
    "KEY_GRAVE": "`~",
    "KEY_BACKSLASH": "\\|",
    "KEY_COMMA": ",<",
    "KEY_DOT": ".>",
    "KEY_SLASH": "/?",
    "KEY_TAB": "\t\t",
    "KEY_ENTER": "\r\r",
    "KEY_KPENTER": "\r\r",
    "KEY_KPDOT": "..",
    "KEY_KPMINUS": "--",
    "KEY_KPPLUS": "++",
    "KEY_KPASTERISK": "**",
    "KEY_KPSLASH": "//",
    **{f"KEY_{digit}": digit + shifted for digit, shifted in zip("1234567890", "!@#$%^&*()", strict=True)},
    **{f"KEY_KP{digit}": digit * 2 for digit in "0123456789"},
}
_SIGNS: Final = {KEY_CODES[name]: (both[0], both[1]) for name, both in _PLAIN_AND_SHIFTED.items()}
_LETTERS: Final = {KEY_CODES[f"KEY_{letter}"]: letter for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"}
_SHIFTS: Final = frozenset({KEY_CODES["KEY_LEFTSHIFT"], KEY_CODES["KEY_RIGHTSHIFT"]})
_CAPS_LOCK: Final = KEY_CODES["KEY_CAPSLOCK"]

_KEY_OF_SIGN: Final = {
    **{both[1]: (code, True) for code, both in _SIGNS.items()},
    **{letter: (code, True) for code, letter in _LETTERS.items()},
    **{letter.lower(): (code, False) for code, letter in _LETTERS.items()},
    **{both[0]: (code, False) for code, both in reversed(_SIGNS.items())},
}


def keys_of(text: str) -> list[tuple[int, bool]]:
    """Give the keys, each with whether Shift is held, that type a text; signs that are on no key are left out."""
    return [_KEY_OF_SIGN[sign] for sign in text if sign in _KEY_OF_SIGN]


class HidText:
    """One scanner's keyboard: bytes of its device node in, ASCII bytes with their times out.

    Caps Lock counts for letters alone, as on a keyboard; its lamp is not asked, because the device is ours from the
    moment it is opened, and a scanner that uses it presses it again.
    """

    def __init__(self) -> None:
        self._keys = KeyDecoder()
        self._shifts: set[int] = set()
        self._caps = False

    def reset(self) -> None:
        """Begin anew after the device was away."""
        self._keys.reset()
        self._shifts.clear()
        self._caps = False

    def feed(self, data: bytes) -> list[tuple[float, bytes | None]]:
        """Take bytes of the device; give what was typed with its time, and None where events were lost."""
        typed: list[tuple[float, bytes | None]] = []
        for change in self._keys.feed(data):
            if isinstance(change, EventsLost):
                self._shifts.clear()
                typed.append((change.at_s, None))
            elif (sign := self._sign(change)) is not None:
                typed.append((change.at_s, sign.encode("ascii")))
        return typed

    def _sign(self, change: KeyChange) -> str | None:
        if change.code in _SHIFTS:
            (self._shifts.add if change.pressed else self._shifts.discard)(change.code)
            return None
        if not change.pressed:
            return None
        if change.code == _CAPS_LOCK:
            self._caps = not self._caps
            return None
        shifted = bool(self._shifts)
        if change.code in _LETTERS:
            letter = _LETTERS[change.code]
            return letter if shifted != self._caps else letter.lower()
        both = _SIGNS.get(change.code)
        return both[shifted] if both else None
