"""The body of a print job, read again: bands of dots and feeds. Pure.

A body is what :mod:`hardware.ticket` makes: ``GS v 0`` bands and ``ESC J`` feeds. What it does not understand is kept
as it is, as one last piece, for nothing may be put into the middle of an unknown command.
"""

from collections.abc import Iterator
from typing import Final, NamedTuple

_BAND: Final = b"\x1dv0"
_FEED: Final = b"\x1bJ"
BAND_HEAD_BYTES: Final = 8  # GS v 0 m xL xH yL yH


class Piece(NamedTuple):
    """A whole command of a body. ``stride`` bytes are one row of dots; 0 when it is no band."""

    data: bytes
    stride: int = 0
    rows: int = 0
    feed_units: int = 0


def pieces(body: bytes) -> Iterator[Piece]:
    """Cut ``body`` into whole commands; put together they are the body again."""
    at = 0
    while at < len(body):
        stride = int.from_bytes(body[at + 4 : at + 6], "little")
        rows = int.from_bytes(body[at + 6 : at + 8], "little")
        end = at + BAND_HEAD_BYTES + stride * rows
        if body.startswith(_BAND, at) and at + BAND_HEAD_BYTES <= len(body) and stride and end <= len(body):
            yield Piece(body[at:end], stride, rows)
            at = end
        elif body.startswith(_FEED, at) and at + 3 <= len(body):
            yield Piece(body[at : at + 3], feed_units=body[at + 2])
            at += 3
        else:
            yield Piece(body[at:])
            return


def length_rows(body: bytes, width_dots: int, feed_units_per_dot: int | None) -> float:
    """Return how long the printed body is, in rows of dots; of what is not understood as if all were dots."""
    total = 0.0
    for piece in pieces(body):
        if piece.stride:
            total += piece.rows
        elif piece.feed_units:
            total += piece.feed_units / (feed_units_per_dot or 1)
        else:
            total += 8 * len(piece.data) / width_dots
    return total


def with_questions(body: bytes, every_bytes: int, question: bytes) -> tuple[bytes, int]:
    """Put ``question`` between rows, never inside a command; return also how many.

    No two are further apart than ``every_bytes``, as far as commands can be cut: a row is never.
    """
    assert every_bytes > 0
    half = max(1, every_bytes // 2)
    parts: list[bytes] = []
    count = since = 0
    for piece in pieces(body):
        for part in _smaller(piece, half - BAND_HEAD_BYTES):
            parts.append(part)
            since += len(part)
            if since >= half:
                parts.append(question)
                count, since = count + 1, 0
    return b"".join(parts), count


def _smaller(piece: Piece, most_bytes: int) -> Iterator[bytes]:
    """Cut a band into bands of at most ``most_bytes`` of dots, at least one row each."""
    if not piece.stride:
        yield piece.data
        return
    step = max(1, most_bytes // piece.stride)
    for first in range(0, piece.rows, step):
        rows = min(step, piece.rows - first)
        begin = BAND_HEAD_BYTES + first * piece.stride
        yield piece.data[:6] + rows.to_bytes(2, "little") + piece.data[begin : begin + rows * piece.stride]
