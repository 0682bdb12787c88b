"""Call and rating keypads that are read as Modbus registers or inputs: which is which is data. Pure.

=========== ===========================================================================================================
``counter``  register ``start`` counts the presses since power-up (65535 is followed by 0); the registers after it hold
             the codes of the last ``remembers`` presses, the newest first
``packed``   one register: the high byte counts the presses (255 is followed by 0), the low byte is the last code
``inputs``   each key is a bit, 1 while it is pressed; bit ``start`` is the first
=========== ===========================================================================================================

Nothing is acknowledged, and nothing needs to be: a press is known by its count, or by the bit that rises, so that it is
handed on once however often it is read. What a keypad holds that was not heard for ten seconds, or never before, is
nobody's wish any more: nobody must be called by a press from before a cut.
"""

import math
from collections.abc import Iterable
from typing import Annotated, Final, Literal

import msgspec

from hardware.codecs import modbus_rtu as modbus
from hardware.codecs.led_registers import AnswerTime, Register
from hardware.codecs.provenance import Status

REMEMBERS_MOST: Final = 16
KEPT_S: Final = 10.0
KeyName = Annotated[str, msgspec.Meta(min_length=1, max_length=1)]


class KeypadMap(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A kind of keypad. ``keys`` gives each code, or each bit counted from ``start``, the name of its key.

    ``function`` is the Modbus function that reads it: 1 or 2 for inputs, 3 or 4 for registers.
    """

    kind: Literal["modbus_keypad"]
    name: str
    source: str
    status: Status
    layout: Literal["counter", "packed", "inputs"]
    function: Literal[1, 2, 3, 4]
    start: Register
    remembers: Annotated[int, msgspec.Meta(ge=1, le=REMEMBERS_MOST)] = 1
    answer_ms: AnswerTime = 50
    same_key_ms: Annotated[int, msgspec.Meta(ge=0, le=5000)] = 100  # Inputs: a contact that chatters is one press.
    keys: dict[str, KeyName]

    @property
    def named(self) -> dict[int, str]:
        """The keys by their codes."""
        return {int(code): name for code, name in self.keys.items()}

    @property
    def count(self) -> int:
        """How many registers or bits are read."""
        if self.layout == "inputs":
            return max(self.named, default=0) + 1
        return 1 + self.remembers if self.layout == "counter" else 1


def asks(keypad: KeypadMap, unit: int) -> modbus.Request:
    """Return what reads the keypad."""
    return modbus.read(unit, keypad.function, keypad.start, keypad.count)


class Presses:
    """Tells new presses from what was read before."""

    def __init__(self, keypad: KeypadMap) -> None:
        self._keypad = keypad
        self._named = keypad.named
        self._before: tuple[int, ...] | None = None
        self._read_s = -math.inf
        self._risen = 0  # Inputs have no count of their own.
        self._rose_s: dict[int, float] = {}
        self.lost = 0  # Presses that came faster than they were read, and the keypad did not remember.

    def read(self, values: tuple[int, ...], now_s: float) -> list[tuple[str, int]]:
        """Take what was read at ``now_s``; return the keys pressed since, the oldest first, each with its number."""
        before, self._before = self._before, values
        last_s, self._read_s = self._read_s, now_s
        if before is None or now_s - last_s > KEPT_S:
            return []
        if self._keypad.layout == "inputs":
            return [
                (name, self._numbered())
                for bit, name in sorted(self._named.items())
                if values[bit] and not before[bit] and self._is_new(bit, now_s)
            ]
        if self._keypad.layout == "packed":
            return self._counted(before[0] >> 8, values[0] >> 8, 256, (values[0] & 0xFF,))
        return self._counted(before[0], values[0], 65536, values[1:])

    def _numbered(self) -> int:
        self._risen += 1
        return self._risen

    def _is_new(self, bit: int, now_s: float) -> bool:
        last_s, self._rose_s[bit] = self._rose_s.get(bit, -math.inf), now_s
        return now_s - last_s >= self._keypad.same_key_ms / 1000

    def _counted(self, before: int, now: int, turns: int, codes: tuple[int, ...]) -> list[tuple[str, int]]:
        fresh = (now - before) % turns
        if now < before and fresh > len(codes):
            fresh = now  # It counts from 0 again: it was switched off and on.
        self.lost += max(0, fresh - len(codes))
        fresh = min(fresh, len(codes))
        numbered = ((codes[age], (now - age) % turns) for age in reversed(range(fresh)))
        return [(self._named[code], number) for code, number in numbered if code in self._named]


def wrongs(keypad: KeypadMap) -> list[tuple[tuple[str, ...], str, str]]:
    """Return what cannot be meant in a map: place, what is wrong, how to mend it."""
    found: list[tuple[tuple[str, ...], str, str]] = []
    if (keypad.layout == "inputs") != (keypad.function in {1, 2}):
        mend = "inputs are read by function 2 (or 1), registers by 4 (or 3)"
        found.append((("function",), f"function {keypad.function} does not read {keypad.layout}", mend))
    wrong = [code for code in keypad.keys if not code.isdecimal() or int(code) > 0xFFFF]
    found += [(("keys", code), f"{code!r} is no code", "write a number from 0 to 65535") for code in wrong]
    if not keypad.keys:
        found.append((("keys",), "no key has a name", 'write a line such as 1 = "N" for each key'))
    if not wrong and keypad.layout == "inputs" and keypad.count > 64:
        found.append((("keys",), "more than 64 inputs are one keypad's", "count the bits from start, not from 0"))
    if not wrong and keypad.start + keypad.count > 0x10000:
        found.append((("start",), "the registers do not end before 65536", "write a smaller start"))
    if keypad.remembers > 1 and keypad.layout != "counter":
        found.append((("remembers",), f"layout {keypad.layout} holds one press", "leave it out, or use counter"))
    return found


def pressed_bits(keypad: KeypadMap, held: Iterable[str]) -> tuple[int, ...]:
    """Return what is read while the keys named in ``held`` are down: the keypad's side of ``inputs``."""
    down = set(held)
    return tuple(int(keypad.named.get(bit, "") in down) for bit in range(keypad.count))
