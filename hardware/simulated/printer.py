"""A thermal receipt printer from its wire to its paper. Pure: bytes and time in, replies and tickets out.

What it does like a real one: it prints in the order of its buffer, at its speed, and stops reading when the buffer is
full; it answers real-time requests at once, but only between commands; it stops at paper end, open cover and cutter
jam, keeps what it has, and goes on after the mend, whoever is still connected; automatic status dies with a reset.
"""

from collections import deque
from dataclasses import dataclass, field
from typing import Final

from hardware.simulated.escpos_stream import REAL_TIME, Graphics, Order, OrderReader, Piece, Row

FAULTS: Final = frozenset({
    "paper_out", "near_end", "cover_open", "cutter_jam", "off_line", "hot", "silent", "stalled", "unconfirming",
    "switched_off", "garbage", "dribbling",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class PrinterConfig:
    """What kind of printer. ``rows_per_s`` 0 prints at once; ``tear_bar`` has no cutter: a fence ends a ticket."""

    width_dots: int = 576
    buffer_bytes: int = 4096
    rows_per_s: float = 0.0
    tear_bar: bool = False
    has_process_id: bool = True
    feed_units_per_dot: int = 1
    dots_per_text_line: int = 30


@dataclass(frozen=True, slots=True)
class Ticket:
    """A piece of paper that has been cut off. Times on the simulator's steady clock."""

    width_dots: int
    rows: tuple[bytes, ...]
    text: str
    first_byte_at_s: float
    last_byte_at_s: float
    cut_at_s: float


@dataclass(slots=True)
class _Paper:
    rows: list[bytes] = field(default_factory=list)
    text: bytearray = field(default_factory=bytearray)
    first_byte_at_s: float = 0.0
    last_byte_at_s: float = 0.0


class PrinterModel:
    """One printer. Call :meth:`receive` with what its wire brings, :meth:`step` when :meth:`due_s` has come."""

    def __init__(self, config: PrinterConfig) -> None:
        self.config = config
        self.faults: set[str] = set()
        self.later: tuple[int, str] | None = None  # After so many rows, this fault …
        self.lost_most: int | None = None  # Switched off: back when so many bytes have been lost; None: it stays off.
        self.tickets: list[Ticket] = []
        self.replies = b""
        self._noise_state = 7
        self._reset()

    def _reset(self) -> None:
        self._reader = OrderReader()
        self._buffer: deque[tuple[Piece, float]] = deque()
        self._buffered = 0
        self._paper = _Paper()
        self._automatic = 0
        self._told_automatic: bytes | None = None
        self._cut_pending = False
        self._waits_for_recovery = False
        self._busy_until_s = 0.0
        self._graphics: Graphics | None = None

    # --- Faults ------------------------------------------------------------------------------------------------------

    def set_fault(self, fault: str, now_s: float, *, on: bool) -> None:
        """Bring a fault about, or mend it. Raises KeyError for a fault that it does not know."""
        if fault not in FAULTS:
            raise KeyError(fault)
        (self.faults.add if on else self.faults.discard)(fault)
        if fault == "switched_off":
            self.lost_most = self.lost_most if on else None
            self._switch_off()
        if not on and self.later is not None and self.later[1] == fault:
            self.later = None
        self._tell_changes()
        self.step(now_s)

    def _switch_off(self) -> None:
        """Forget all that was in the buffer; a half ticket stays on the roll."""
        half = self._paper
        self._reset()
        self._paper = half
        self.replies = b""

    @property
    def stopped(self) -> bool:
        """Whether nothing is printed now."""
        return bool(self.faults & {"paper_out", "cover_open", "off_line", "hot"}) or self._waits_for_recovery

    # --- The wire ----------------------------------------------------------------------------------------------------

    @property
    def room(self) -> int:
        """How many bytes it takes now."""
        if "stalled" in self.faults:
            return 0
        if "switched_off" in self.faults:
            return self.config.buffer_bytes  # What is sent to it is lost.
        return max(0, self.config.buffer_bytes - self._buffered - self._reader.partial)

    def receive(self, data: bytes, now_s: float) -> None:
        """Take bytes of the wire, as many as :attr:`room` allowed."""
        if "switched_off" in self.faults:
            data = self._lose(data, now_s)
        for piece in self._reader.feed(data):
            if isinstance(piece, Order) and piece.name in REAL_TIME:
                self._real_time(piece, now_s)
            else:
                self._buffer.append((piece, now_s))
                self._buffered += piece.size
        self.step(now_s)

    def _lose(self, data: bytes, now_s: float) -> bytes:
        """Lose what comes while it is switched off; return what comes after it is on again.

        The end is told in bytes: a simulator that gets no processor time for a while would lose none in that time.
        """
        if self.lost_most is None:
            return b""
        lost = min(self.lost_most, len(data))
        self.lost_most -= lost
        if self.lost_most == 0:
            self.set_fault("switched_off", now_s, on=False)
        return data[lost:]

    def due_s(self) -> float | None:
        """When it will have printed the next row; None when it waits for bytes or for a mend."""
        return None if self.stopped or not self._buffer else self._busy_until_s

    def step(self, now_s: float) -> None:
        """Print what is due."""
        while self._buffer and not self.stopped and self._busy_until_s <= now_s:
            piece, received_at_s = self._buffer.popleft()
            self._buffered -= piece.size
            self._do(piece, received_at_s, now_s)

    def _say(self, reply: bytes) -> None:
        if "garbage" in self.faults:
            reply = bytes(self._noise() for _ in reply)
        if "silent" not in self.faults:
            self.replies += reply

    def _noise(self) -> int:
        """Return the next byte of a wire on which nothing comes as it was sent."""
        self._noise_state = (self._noise_state * 1103515245 + 12345) % 2**31
        return self._noise_state >> 16 & 0xFF

    # --- Status ------------------------------------------------------------------------------------------------------

    def _real_time(self, order: Order, now_s: float) -> None:
        match order.name, order.data[:1]:
            case "DLE EOT", number:
                self._say(bytes((self._status(number[0]),)))
            case "DLE ENQ", b"\x01":
                self._waits_for_recovery = self._waits_for_recovery and "cutter_jam" in self.faults
                self._finish_cut(now_s)
            case "DLE ENQ", b"\x02":
                self._clear()
            case "DLE DC4", b"\x08":
                self._clear()
                self._say(b"\x37\x25\x00")
        self._tell_changes()

    def _clear(self) -> None:
        self._buffer.clear()
        self._buffered = 0
        self._paper = _Paper()
        self._cut_pending = False
        self._waits_for_recovery = "cutter_jam" in self.faults and self._waits_for_recovery

    def _finish_cut(self, now_s: float) -> None:
        if self._cut_pending and not self._waits_for_recovery:
            self._cut(now_s)

    def _status(self, number: int) -> int:
        off_line = 0x08 if self.stopped else 0
        paper_out, near_end = "paper_out" in self.faults, bool(self.faults & {"paper_out", "near_end"})
        jammed = self._waits_for_recovery
        match number:
            case 1:
                return 0x12 | off_line
            case 2:
                cover = 0x04 if "cover_open" in self.faults else 0
                return 0x12 | cover | (0x20 if paper_out else 0) | (0x40 if jammed or "hot" in self.faults else 0)
            case 3:
                return 0x12 | (0x08 if jammed else 0) | (0x40 if "hot" in self.faults else 0)
            case _:
                return 0x12 | (0x0C if near_end else 0) | (0x60 if paper_out else 0)

    def _automatic_status(self) -> bytes:
        first = 0x10 | (0x08 if self.stopped else 0) | (0x20 if "cover_open" in self.faults else 0)
        second = (0x08 if self._waits_for_recovery else 0) | (0x40 if "hot" in self.faults else 0)
        third = (0x03 if self.faults & {"paper_out", "near_end"} else 0) | (0x0C if "paper_out" in self.faults else 0)
        return bytes((first, second, third, 0))

    def _tell_changes(self) -> None:
        status = self._automatic_status()
        if self._automatic and status != self._told_automatic:
            self._told_automatic = status
            self._say(status)

    # --- Paper -------------------------------------------------------------------------------------------------------

    def _do(self, piece: Piece, received_at_s: float, now_s: float) -> None:
        match piece:
            case Row(dots=dots):
                self._print_row(dots, received_at_s, now_s)
            case Graphics():
                self._graphics = piece
            case Order(name="text", data=data):
                self._paper.text += data
            case Order():
                self._obey(piece, received_at_s, now_s)

    def _obey(self, order: Order, received_at_s: float, now_s: float) -> None:
        name, data = order.name, order.data
        match name:
            case "ESC @":
                self._automatic, self._told_automatic = 0, None
            case "GS a":
                self._automatic, self._told_automatic = data[0], None
                self._tell_changes()
            case "ESC J":
                self._feed(data[0] // self.config.feed_units_per_dot, received_at_s, now_s)
            case "ESC d":
                self._feed(data[0] * self.config.dots_per_text_line, received_at_s, now_s)
            case "LF":
                self._paper.text += b"\n"
                self._feed(self.config.dots_per_text_line, received_at_s, now_s)
            case "GS V" if not self.config.tear_bar:
                self._paper.last_byte_at_s = received_at_s
                self._cut_pending = True
                self._waits_for_recovery = "cutter_jam" in self.faults
                self._finish_cut(now_s)
                self._tell_changes()
            case "GS r" | "GS ( H":
                self._fence(name, data, now_s)
            case "GS ( L" if data[1:2] in {b"\x02", b"\x32"} and self._graphics is not None:
                for dots in self._graphics.rows:
                    self._print_row(dots, received_at_s, now_s)

    def _fence(self, name: str, data: bytes, now_s: float) -> None:
        """Answer in buffer order: all that came before is on paper."""
        if self.config.tear_bar and self._paper.rows:
            self._cut(now_s)
        if "unconfirming" in self.faults:
            return
        if name == "GS r":
            out, near_end = 0x0C * ("paper_out" in self.faults), 0x03 * ("near_end" in self.faults)
            self._say(bytes((out | near_end,)))
        elif data[:2] == b"00" and self.config.has_process_id:
            self._say(b"\x37\x22" + data[2:6] + b"\x00")

    def _print_row(self, dots: bytes, received_at_s: float, now_s: float) -> None:
        width_bytes = self.config.width_dots // 8
        if not self._paper.rows:
            self._paper.first_byte_at_s = received_at_s
        self._paper.last_byte_at_s = received_at_s
        self._paper.rows.append(dots[:width_bytes].ljust(width_bytes, b"\0"))
        if self.config.rows_per_s:
            self._busy_until_s = max(self._busy_until_s, received_at_s) + 1 / self.config.rows_per_s
        if self.later is not None:
            rows, fault = self.later
            self.later = (rows - 1, fault) if rows > 1 else None
            if self.later is None:
                self.set_fault(fault, now_s, on=True)

    def _feed(self, rows: int, received_at_s: float, now_s: float) -> None:
        for _ in range(rows):
            self._print_row(b"", received_at_s, now_s)

    def _cut(self, now_s: float) -> None:
        paper, self._paper = self._paper, _Paper()
        self._cut_pending = False
        if not paper.rows:
            return
        self.tickets.append(
            Ticket(
                self.config.width_dots,
                tuple(paper.rows),
                paper.text.decode("ascii", "replace"),
                paper.first_byte_at_s,
                paper.last_byte_at_s,
                now_s,
            )
        )
