"""Keypads and scanners that send by themselves, as their drivers hear them. Pure.

What a scanner has read may be about a person, so its bytes stand in no log of the simulation either: an entry says how
many there were.
"""

from typing import Final, Literal

from hardware.codecs.hid_text import keys_of
from hardware.codecs.input_event import KEY_CODES, key_records

InputKind = Literal["serial_scanner", "keyboard_scanner", "keypad"]

KEY_APART_S: Final = 0.004
"""A scanner that types takes this long from key to key; fast ones take 1 ms, slow ones 20 ms."""

_SHIFT: Final = KEY_CODES["KEY_LEFTSHIFT"]


class InputModel:
    """One such device. Each method gives the bytes that leave it."""

    def __init__(self, kind: InputKind) -> None:
        self.kind = kind

    def press(self, names: list[str], now_s: float) -> bytes:
        """Press and release keys by the kernel's names, a tenth of a second apart. Raises KeyError, ValueError."""
        if self.kind != "keypad":
            raise ValueError(f"a {self.kind} has no keys to press; have it scan")
        records = b""
        for place, name in enumerate(names):
            at_s = now_s + place / 10
            records += key_records(KEY_CODES[name], at_s, pressed=True)
            records += key_records(KEY_CODES[name], at_s + 0.05, pressed=False)
        return records

    def scan(self, code: bytes, now_s: float) -> bytes:
        """Read a code, given with its terminator. Raises ValueError for a keypad.

        A scanner that types leaves out what is on no key.
        """
        match self.kind:
            case "serial_scanner":
                return code
            case "keyboard_scanner":
                return self._typed(code.decode("utf-8", "replace"), now_s)
            case "keypad":
                raise ValueError("a keypad scans nothing; press its keys")

    def _typed(self, text: str, now_s: float) -> bytes:
        records, at_s = b"", now_s
        for code, shifted in keys_of(text):
            at_s += KEY_APART_S
            if shifted:
                records += key_records(_SHIFT, at_s, pressed=True)
            records += key_records(code, at_s, pressed=True) + key_records(code, at_s, pressed=False)
            if shifted:
                records += key_records(_SHIFT, at_s, pressed=False)
        return records
