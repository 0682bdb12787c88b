"""What a scanner sends, cut into scans. Pure.

Serial scanners send a code as bytes, those in keyboard mode as keys, which ``hid_text`` makes bytes of; both end a code
with a terminator, usually CR. Nothing tells where a code begins, so silence must: what has come is forgotten when more
than ``idle_s`` pass without a byte (a code in pieces is worth less than none), unless the scanner has no terminator and
silence itself is the end. A code that was cut by a pause has a rest, which is not a code either, though it ends as one:
what begins sooner after a cut than anybody can scan again is dropped too. What is dropped is told, by its reason and
never by its content.
"""

import math
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from hardware.codecs.withheld import Withheld

LONGEST_BYTES: Final = 512
"""A citizen card's code has about 120 bytes; whatever is longer than this was not meant for us."""

IDLE_KEYS_S: Final = 0.08
IDLE_SERIAL_S: Final = 0.25
"""A byte takes a millisecond at 9600 baud, but USB and a busy machine may hold some back for a while."""

IDLE_SUFFIXLESS_S: Final = 0.1
"""The end of a code of a scanner that puts nothing behind it: each scan is felt as answered at once."""

REST_S: Final = 0.6
"""Nobody scans again so soon after a code that was cut; what begins within this time is its rest."""


class DropReason(StrEnum):
    """Why what a scanner sent became no scan."""

    TOO_LONG = "too_long"
    UNFINISHED = "unfinished"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class ScanSettings:
    """How a scanner frames its codes.

    ``terminators`` are bytes any of which ends a code; without any, silence does. ``prefix`` and ``suffix`` are what
    the scanner was told to put around a code; they are taken off where they stand.
    """

    idle_s: float = IDLE_SERIAL_S
    terminators: bytes = b"\r\n"
    prefix: bytes = b""
    suffix: bytes = b""
    longest_bytes: int = LONGEST_BYTES


@dataclass(frozen=True, slots=True)
class Scanned:
    """A code was read. Its text (NFC, without control characters) is withheld from all that shows or keeps things."""

    text: Withheld[str]
    at_s: float


@dataclass(frozen=True, slots=True)
class Dropped:
    """Something came that is no scan; ``length_bytes`` of it were forgotten."""

    reason: DropReason
    length_bytes: int
    at_s: float


ScanEvent = Scanned | Dropped


class ScanDecoder:
    """Takes bytes with their times and gives scans. Times are seconds of any one clock that does not run backwards."""

    def __init__(self, settings: ScanSettings | None = None) -> None:
        self._settings = settings or ScanSettings()
        self.reset()

    def reset(self) -> None:
        """Forget what has come: the scanner was away."""
        self._held = bytearray()
        self._length = 0
        self._last_s = 0.0
        self._cut_s = -math.inf  # When a code was cut, as long as its rest may come.
        self._is_rest = False

    def feed(self, data: bytes, now_s: float) -> list[ScanEvent]:
        """Take bytes that came at ``now_s`` and give the scans that are complete."""
        events = self.let_time_pass(now_s)
        for byte in data:
            if byte in self._settings.terminators:
                events += self._end(now_s)
            else:
                if not self._length:
                    self._is_rest = now_s < self._cut_s + REST_S
                self._length += 1
                # Beyond the longest nothing is kept: what overflows is only counted until its end comes.
                if self._length <= self._settings.longest_bytes:
                    self._held.append(byte)
        self._last_s = now_s
        return events

    def lose(self, now_s: float) -> list[ScanEvent]:
        """Take note that some of what was sent is missing: that code is dropped, and its rest will be."""
        self._cut_s = now_s
        return self._drop(DropReason.LOST, now_s) if self._length else []

    def due_s(self) -> float | None:
        """Give when silence will mean something; None while nothing is held."""
        return self._last_s + self._settings.idle_s if self._length else None

    def let_time_pass(self, now_s: float) -> list[ScanEvent]:
        """Take note of the time: after a silence what is held is a scan, or is dropped."""
        due_s = self.due_s()
        if due_s is None or now_s < due_s:
            return []
        if not self._settings.terminators:
            return self._end(now_s)
        self._cut_s = self._last_s
        return self._drop(DropReason.TOO_LONG if self._too_long() else DropReason.UNFINISHED, now_s)

    def _too_long(self) -> bool:
        return self._length > self._settings.longest_bytes

    def _end(self, now_s: float) -> list[ScanEvent]:
        is_rest, self._is_rest, self._cut_s = self._is_rest and self._length > 0, False, -math.inf
        if self._too_long() or is_rest:
            return self._drop(DropReason.TOO_LONG if self._too_long() else DropReason.UNFINISHED, now_s)
        code = bytes(self._held).removeprefix(self._settings.prefix).removesuffix(self._settings.suffix)
        self._forget()
        text = readable(code)
        return [Scanned(Withheld(text), now_s)] if text else []

    def _drop(self, reason: DropReason, now_s: float) -> list[ScanEvent]:
        length = self._length
        self._forget()
        return [Dropped(reason, length, now_s)]

    def _forget(self) -> None:
        self._held[:] = bytes(len(self._held))
        self._held = bytearray()
        self._length = 0


def readable(code: bytes) -> str:
    """Give the text of a code: UTF-8 (what is not becomes U+FFFD), NFC, without control characters and outer spaces."""
    text = unicodedata.normalize("NFC", code.decode("utf-8", errors="replace"))
    return "".join(sign for sign in text if sign >= " " and sign != "\x7f").strip()
