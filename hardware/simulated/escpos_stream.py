"""An ESC/POS byte stream cut into commands, as a printer's firmware reads it. Pure.

Written from the published command tables and on purpose not from our driver: it knows lengths, not our jobs. Raster
data comes out row by row, because a real printer prints while it still receives.
"""

from collections.abc import Generator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Order:
    """One command: ``name`` as in Epson's reference, ``data`` its parameters. ``size`` bytes of the buffer it held."""

    name: str
    data: bytes = b""
    size: int = 0


@dataclass(frozen=True, slots=True)
class Row:
    """One row of raster dots; 1 is ink."""

    dots: bytes
    size: int = 0


@dataclass(frozen=True, slots=True)
class Graphics:
    """A picture kept by ``GS ( L`` function 112, printed by function 50."""

    width_bytes: int
    rows: tuple[bytes, ...]
    size: int = 0


Piece = Order | Row | Graphics

REAL_TIME = frozenset({"DLE EOT", "DLE ENQ", "DLE DC4"})
_ESC = {b"@": 0, b"2": 0, b"J": 1, b"d": 1, b"3": 1, b"t": 1, b"R": 1, b"a": 1, b"!": 1, b"E": 1, b"M": 1, b"-": 1,
        b"=": 1, b"{": 1, b"B": 2, b"$": 2, b"p": 3, b"\\": 2}  # fmt: skip
_GS = {b"a": 1, b"r": 1, b"!": 1, b"B": 1, b"h": 1, b"w": 1, b"H": 1, b"f": 1, b"L": 2, b"W": 2, b"P": 2, b"I": 1}

# A reader is sent one byte and yields the piece that byte completed, or None.
_Reader = Generator[Piece | None, int, None]


class OrderReader:
    """Fed with bytes as they come, gives whole commands and rows. ``unknown`` lists what it did not understand."""

    def __init__(self) -> None:
        self.unknown: list[bytes] = []
        self._taken = 0
        self._reader = self._read()
        next(self._reader)

    def feed(self, data: bytes) -> list[Piece]:
        """Take ``data`` and return the pieces it completes."""
        fed = (self._reader.send(byte) for byte in data)
        return [piece for piece in fed if piece is not None]

    @property
    def partial(self) -> int:
        """How many bytes of an unfinished command it holds."""
        return self._taken

    def _size(self) -> int:
        size, self._taken = self._taken, 0
        return size

    def _read(self) -> _Reader:
        piece: Piece | None = None
        while True:
            byte = yield piece
            self._taken = 1
            match byte:
                case 0x1B:
                    piece = yield from self._escape()
                case 0x1D:
                    piece = yield from self._group()
                case 0x10:
                    piece = yield from self._real_time()
                case 0x0A:
                    piece = Order("LF", size=self._size())
                case _ if byte >= 0x20:
                    piece = Order("text", bytes((byte,)), self._size())
                case _:
                    piece = Order("ignored", bytes((byte,)), self._size())

    def _take(self, count: int) -> Generator[Piece | None, int, bytes]:
        taken = bytearray()
        while len(taken) < count:
            taken.append((yield None))
            self._taken += 1
        return bytes(taken)

    def _escape(self) -> Generator[Piece | None, int, Piece]:
        letter = yield from self._take(1)
        if letter not in _ESC:
            self.unknown.append(b"\x1b" + letter)
            return Order("unknown", b"\x1b" + letter, self._size())
        data = yield from self._take(_ESC[letter])
        return Order(f"ESC {letter.decode()}", data, self._size())

    def _real_time(self) -> Generator[Piece | None, int, Piece]:
        kind = yield from self._take(1)
        if kind == b"\x04":
            return Order("DLE EOT", (yield from self._take(1)), self._size())
        if kind == b"\x05":
            return Order("DLE ENQ", (yield from self._take(1)), self._size())
        if kind == b"\x14":
            function = yield from self._take(1)
            rest = yield from self._take(7 if function == b"\x08" else 2)
            return Order("DLE DC4", function + rest, self._size())
        self.unknown.append(b"\x10" + kind)
        return Order("unknown", b"\x10" + kind, self._size())

    def _group(self) -> Generator[Piece | None, int, Piece]:
        letter = yield from self._take(1)
        if letter == b"V":
            mode = yield from self._take(1)
            return Order("GS V", mode + ((yield from self._take(1)) if mode in b"ABgh" else b""), self._size())
        if letter == b"v":
            return (yield from self._raster())
        if letter == b"(":
            return (yield from self._long())
        if letter not in _GS:
            self.unknown.append(b"\x1d" + letter)
            return Order("unknown", b"\x1d" + letter, self._size())
        data = yield from self._take(_GS[letter])
        return Order(f"GS {letter.decode()}", data, self._size())

    def _raster(self) -> Generator[Piece | None, int, Piece]:
        head = yield from self._take(6)  # 0 m xL xH yL yH
        width_bytes, height = int.from_bytes(head[2:4], "little"), int.from_bytes(head[4:6], "little")
        finished: Piece = Order("GS v 0", head, self._size())
        for _ in range(height):
            # Each yield answers the byte that finished a piece and receives the first byte of the next row.
            row = bytearray(((yield finished),))
            self._taken += 1
            row += yield from self._take(width_bytes - 1)
            finished = Row(bytes(row), self._size())
        return finished

    def _long(self) -> Generator[Piece | None, int, Piece]:
        letter = yield from self._take(1)
        size = yield from self._take(2)
        data = yield from self._take(int.from_bytes(size, "little"))
        name = f"GS ( {letter.decode('ascii', 'replace')}"
        if letter == b"L" and data[1:2] == b"\x70":
            width_bytes, height = (int.from_bytes(data[6:8], "little") + 7) // 8, int.from_bytes(data[8:10], "little")
            dots = data[10:]
            rows = tuple(dots[n * width_bytes : (n + 1) * width_bytes] for n in range(height))
            return Graphics(width_bytes, rows, self._size())
        return Order(name, data, self._size())
