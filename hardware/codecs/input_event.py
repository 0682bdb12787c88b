"""The kernel's input events: 24-byte records in, keys pressed and released out. Pure.

A device node ``/dev/input/event*`` of a 64-bit Linux gives ``struct input_event`` (``linux/input.h``): seconds and
microseconds (8 bytes each), type and code (2 each), value (4), all in the machine's own byte order. Key codes are those
of ``linux/input-event-codes.h``: they name places on a keyboard, not letters.
"""

import struct
from collections.abc import Iterator
from typing import Final, NamedTuple

RECORD: Final = struct.Struct("=qqHHi")
RECORD_BYTES: Final = RECORD.size

EV_SYN: Final = 0x00
EV_KEY: Final = 0x01
SYN_REPORT: Final = 0
SYN_DROPPED: Final = 3
RELEASED: Final = 0
PRESSED: Final = 1
REPEATED: Final = 2

KEY_CODES: Final[dict[str, int]] = {
    "KEY_ESC": 1,
    **{f"KEY_{digit}": 2 + place for place, digit in enumerate("1234567890")},
    "KEY_MINUS": 12,
    "KEY_EQUAL": 13,
    "KEY_BACKSPACE": 14,
    "KEY_TAB": 15,
    **{f"KEY_{letter}": 16 + place for place, letter in enumerate("QWERTYUIOP")},
    "KEY_LEFTBRACE": 26,
    "KEY_RIGHTBRACE": 27,
    "KEY_ENTER": 28,
    **{f"KEY_{letter}": 30 + place for place, letter in enumerate("ASDFGHJKL")},
    "KEY_SEMICOLON": 39,
    "KEY_APOSTROPHE": 40,
    "KEY_GRAVE": 41,
    "KEY_LEFTSHIFT": 42,
    "KEY_BACKSLASH": 43,
    **{f"KEY_{letter}": 44 + place for place, letter in enumerate("ZXCVBNM")},
    "KEY_COMMA": 51,
    "KEY_DOT": 52,
    "KEY_SLASH": 53,
    "KEY_RIGHTSHIFT": 54,
    "KEY_KPASTERISK": 55,
    "KEY_SPACE": 57,
    "KEY_CAPSLOCK": 58,
    **{f"KEY_F{number}": 58 + number for number in range(1, 11)},
    "KEY_NUMLOCK": 69,
    "KEY_KP7": 71,
    "KEY_KP8": 72,
    "KEY_KP9": 73,
    "KEY_KPMINUS": 74,
    "KEY_KP4": 75,
    "KEY_KP5": 76,
    "KEY_KP6": 77,
    "KEY_KPPLUS": 78,
    "KEY_KP1": 79,
    "KEY_KP2": 80,
    "KEY_KP3": 81,
    "KEY_KP0": 82,
    "KEY_KPDOT": 83,
    "KEY_F11": 87,
    "KEY_F12": 88,
    "KEY_KPENTER": 96,
    "KEY_KPSLASH": 98,
    "KEY_HOME": 102,
    "KEY_UP": 103,
    "KEY_PAGEUP": 104,
    "KEY_LEFT": 105,
    "KEY_RIGHT": 106,
    "KEY_END": 107,
    "KEY_DOWN": 108,
    "KEY_PAGEDOWN": 109,
    "KEY_INSERT": 110,
    "KEY_DELETE": 111,
    "KEY_MUTE": 113,
    "KEY_VOLUMEDOWN": 114,
    "KEY_VOLUMEUP": 115,
    "KEY_KPEQUAL": 117,
    "KEY_KPCOMMA": 121,
    "KEY_HELP": 138,
    **{f"KEY_F{number}": 170 + number for number in range(13, 25)},
}
"""The keys that keypads and scanners have, by the kernel's names."""


class InputEvent(NamedTuple):
    """One record. ``at_s`` is the kernel's time of it, on whichever clock the reader has asked for."""

    at_s: float
    kind: int
    code: int
    value: int


class KeyChange(NamedTuple):
    """A key went down or up. A key that is held down is told once: the kernel's repeats are left out."""

    at_s: float
    code: int
    pressed: bool


class EventsLost(NamedTuple):
    """The kernel had no room and has dropped events; whatever was held down counts as released."""

    at_s: float


def encode_event(event: InputEvent) -> bytes:
    """Give the record of an event, as the kernel writes it."""
    seconds, microseconds = divmod(round(event.at_s * 1_000_000), 1_000_000)
    return RECORD.pack(seconds, microseconds, event.kind, event.code, event.value)


def key_records(code: int, at_s: float, *, pressed: bool) -> bytes:
    """Give what a keyboard sends for one change of one key: the change and the end of the report."""
    change = InputEvent(at_s, EV_KEY, code, PRESSED if pressed else RELEASED)
    return encode_event(change) + encode_event(InputEvent(at_s, EV_SYN, SYN_REPORT, 0))


class EventDecoder:
    """Puts records together from however small pieces they come in."""

    def __init__(self) -> None:
        self._held = b""

    def feed(self, data: bytes) -> list[InputEvent]:
        """Take bytes and give the records that are complete."""
        self._held += data
        whole = len(self._held) - len(self._held) % RECORD_BYTES
        complete, self._held = self._held[:whole], self._held[whole:]
        return [
            InputEvent(seconds + microseconds / 1_000_000, kind, code, value)
            for seconds, microseconds, kind, code, value in RECORD.iter_unpack(complete)
        ]


class KeyDecoder:
    """Turns bytes of a keyboard into changes of its keys.

    Repeats are left out, and so is a change that follows the opposite one of the same key within ``bounce_s``: a worn
    contact closes and opens a few times within milliseconds, a finger needs more. After a loss all up to the end of its
    report is stale and skipped, as the kernel's documentation asks.
    """

    def __init__(self, bounce_s: float = 0.0) -> None:
        self._bounce_s = bounce_s
        self.reset()

    def reset(self) -> None:
        """Begin anew: the device was away, and whatever was held down counts as released."""
        self._events = EventDecoder()
        self._down: set[int] = set()
        self._changed_at_s: dict[int, float] = {}
        self._skipping = False

    def feed(self, data: bytes) -> list[KeyChange | EventsLost]:
        """Take bytes of the device and give what has happened to its keys."""
        return [change for event in self._events.feed(data) for change in self._change(event)]

    def _change(self, event: InputEvent) -> Iterator[KeyChange | EventsLost]:
        if event.kind == EV_SYN:
            if event.code == SYN_DROPPED:
                self._skipping = True
                self._down.clear()
                yield EventsLost(event.at_s)
            elif event.code == SYN_REPORT:
                self._skipping = False
            return
        if self._skipping or event.kind != EV_KEY or event.value not in {PRESSED, RELEASED}:
            return
        pressed = event.value == PRESSED
        before_s = self._changed_at_s.get(event.code)
        self._changed_at_s[event.code] = event.at_s
        if not pressed and event.code not in self._down:
            return
        (self._down.add if pressed else self._down.discard)(event.code)
        if pressed and before_s is not None and 0 <= event.at_s - before_s < self._bounce_s:
            return  # Its release is told all the same: to have a key up twice harms nobody.
        # A key that is down and goes down again has lost its release on the way; this is another press.
        yield KeyChange(event.at_s, event.code, pressed)
