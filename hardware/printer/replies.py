"""What a printer says: one wire, many kinds of reply, told apart byte by byte. Pure.

A reply carries no name. Its kind follows from fixed bits (Epson's table of transmission data): real-time status is
``0xx1xx10``; automatic status (ASB) begins ``0xx1xx00`` and goes on with three bytes ``0xx0xxxx``; ``GS r`` answers one
``0xx0xxxx``; flow control is 11h and 13h; blocks begin with 37h, 3Dh or 5Fh and end with 00h. A real-time reply may
stand inside the four bytes of an automatic status.
"""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

BLOCK_HEADERS: Final = frozenset(b"\x37\x3d\x5f")
BLOCK_BYTES_MOST: Final = 80
XON, XOFF = 0x11, 0x13
PROCESS_ID_KIND: Final = 0x22
PARTIAL_LIFE_S: Final = 1.0  # The rest of a reply follows within milliseconds; an older beginning is noise.


@dataclass(frozen=True, slots=True)
class RealTimeStatus:
    """The answer to ``DLE EOT n``; which n, only the asker knows."""

    byte: int


@dataclass(frozen=True, slots=True)
class AutomaticStatus:
    """Four bytes told by the printer itself (ASB)."""

    bytes4: bytes


@dataclass(frozen=True, slots=True)
class PaperStatus:
    """The answer to ``GS r 1``: what came before has been worked off."""

    byte: int


@dataclass(frozen=True, slots=True)
class Block:
    """A block of data: ``header``, then ``data`` up to the closing zero."""

    header: int
    data: bytes

    @property
    def process_id(self) -> bytes | None:
        """The four characters of an answered ``GS ( H``, if this is one."""
        is_one = self.header == 0x37 and len(self.data) == 5 and self.data[0] == PROCESS_ID_KIND
        return self.data[1:] if is_one else None


@dataclass(frozen=True, slots=True)
class Flow:
    """XON or XOFF."""

    may_send: bool


Reply = RealTimeStatus | AutomaticStatus | PaperStatus | Block | Flow


class Demultiplexer:
    """Fed with bytes as they come, gives whole replies. ``noise`` counts bytes that were part of none."""

    def __init__(self) -> None:
        self.noise = 0
        self._automatic = b""
        self._block: bytes | None = None
        self._begun_at_s = 0.0

    def feed(self, data: bytes, now_s: float) -> list[Reply]:
        """Take ``data`` received at ``now_s`` (any steady clock) and return the replies it completes."""
        if (self._automatic or self._block is not None) and now_s - self._begun_at_s > PARTIAL_LIFE_S:
            self.noise += len(self._automatic) + len(self._block or b"")
            self._automatic, self._block = b"", None
        fed = (self._feed_byte(byte, now_s) for byte in data)
        return [reply for reply in fed if reply is not None]

    def _feed_byte(self, byte: int, now_s: float) -> Reply | None:
        if self._block is not None:
            return self._feed_block(byte)
        if byte in {XON, XOFF}:
            return Flow(may_send=byte == XON)
        if byte & 0b1001_0011 == 0b0001_0010:
            return RealTimeStatus(byte)
        if not byte & 0b1001_0000:
            return self._feed_low(byte)
        self._begun_at_s = now_s
        if byte in BLOCK_HEADERS:
            self._block = bytes((byte,))
        elif byte & 0b1001_0011 == 0b0001_0000:
            self.noise += len(self._automatic)
            self._automatic = bytes((byte,))
        else:
            self.noise += 1
        return None

    def _feed_low(self, byte: int) -> Reply | None:
        """Take a byte ``0xx0xxxx``: the rest of an automatic status if one is open, else an answered ``GS r``."""
        if not self._automatic:
            return PaperStatus(byte)
        self._automatic += bytes((byte,))
        if len(self._automatic) < 4:
            return None
        whole, self._automatic = AutomaticStatus(self._automatic), b""
        return whole

    def _feed_block(self, byte: int) -> Reply | None:
        assert self._block is not None
        if byte == 0:
            whole, self._block = Block(self._block[0], self._block[1:]), None
            return whole
        self._block += bytes((byte,))
        if len(self._block) > BLOCK_BYTES_MOST:
            self.noise += len(self._block)
            self._block = None
        return None


class Trouble(StrEnum):
    """Why a printer does not print; the words for people are in the texts."""

    COVER_OPEN = "cover_open"
    PAPER_OUT = "paper_out"
    CUTTER = "cutter"
    UNRECOVERABLE = "unrecoverable"
    OVERHEATED = "overheated"
    ERROR = "error"
    OFF_LINE = "off_line"


@dataclass(frozen=True, slots=True)
class Condition:
    """What a printer has told about itself since its link was opened. Nothing told is *unknown*, never *fine*."""

    known: bool = False
    off_line: bool = False
    cover_open: bool = False
    paper_out: bool = False
    near_end: bool = False
    cutter: bool = False
    recoverable: bool = False
    unrecoverable: bool = False
    overheated: bool = False
    paper_known: bool = False  # Whether the paper sensors have been heard of.

    @property
    def trouble(self) -> Trouble | None:
        """The one thing to mend first."""
        for present, trouble in (
            (self.cover_open, Trouble.COVER_OPEN),
            (self.paper_out, Trouble.PAPER_OUT),
            (self.cutter, Trouble.CUTTER),
            (self.unrecoverable, Trouble.UNRECOVERABLE),
            (self.overheated, Trouble.OVERHEATED),
            (self.recoverable, Trouble.ERROR),
            (self.off_line, Trouble.OFF_LINE),
        ):
            if present:
                return trouble
        return None

    def after_real_time(self, number: int, byte: int) -> "Condition":
        """Learn from the answer to ``DLE EOT number``."""

        def bit(place: int) -> bool:
            return bool(byte & 1 << place)

        match number:
            case 1:
                return replace(self, known=True, off_line=bit(3))
            case 2:
                return replace(self, known=True, cover_open=bit(2), paper_out=bit(5) or self.paper_out)
            case 3:
                return replace(
                    self, known=True, recoverable=bit(2), cutter=bit(3), unrecoverable=bit(5), overheated=bit(6)
                )
            case _:
                sensors = {"near_end": bool(byte & 0x0C), "paper_out": bool(byte & 0x60)}
                return replace(self, known=True, paper_known=True, **sensors)

    def after_automatic(self, status: bytes) -> "Condition":
        """Learn from an automatic status, which tells all at once."""
        first, second, third, _ = status
        return Condition(
            known=True,
            off_line=bool(first & 0x08),
            cover_open=bool(first & 0x20),
            recoverable=bool(second & 0x04),
            cutter=bool(second & 0x08),
            unrecoverable=bool(second & 0x20),
            overheated=bool(second & 0x40),
            near_end=bool(third & 0x03),
            paper_out=bool(third & 0x0C),
            paper_known=True,
        )

    def after_paper(self, byte: int) -> "Condition":
        """Learn from the answer to ``GS r 1``."""
        return replace(self, known=True, paper_known=True, near_end=bool(byte & 0x03), paper_out=bool(byte & 0x0C))

    @classmethod
    def of_port(cls, status: int) -> "Condition":
        """Learn from the lines of a parallel port, as USB's printer class and Linux give them.

        Bit 3: no error, bit 4: selected, bit 5: paper empty (USB printer class 1.1, 4.2.2). Many printers always say
        that they are well, so these lines make nothing known but a trouble.
        """
        paper_out, off_line, error = bool(status & 0x20), not status & 0x10, not status & 0x08
        return cls(
            known=paper_out or off_line or error,
            paper_out=paper_out,
            paper_known=True,
            off_line=off_line,
            recoverable=error and not paper_out,
        )
