"""Number boards of Xunpeng (sunpn, Shenzhen): the four-byte and the seven-byte frame of the maker's pages. Pure.

::

    four bytes, many boards on a wire      board  high  low  sum-8
    seven bytes, one board on a line       3A  colour  low  high  information  sum-8  0A

The sum is of all bytes before it. Published frames: ``05 03 E7 EF`` shows 999 on board 5; ``3A 00 78 03 01 B6 0A``
shows 888 in green. 9600 baud, 8N1. A board shows a number and nothing else; the four-byte board never answers. The
seven-byte board answers, but the maker's text (``3A information sum 0A``) and example (the frame again with ``2A`` in
front, ``2A 00 78 03 01 A6 0A``) disagree, so both are taken.
"""

from dataclasses import dataclass
from typing import Final

from hardware.codecs.checks import sum8

NUMBER_LAST: Final = 0xFFFF
INFORMATION: Final = 1  # What the published example carries; the pages do not say what it means.
COLOURS: Final = {"green": 0, "yellow": 1, "red": 2}
_HEAD, _ANSWER_HEAD, _TAIL = 0x3A, 0x2A, 0x0A


@dataclass(frozen=True, slots=True)
class Shown:
    """A number for a board; ``board`` is None in the seven-byte frame, which has no address."""

    number: int
    board: int | None = None
    colour: int = 0


def encode_short(board: int, number: int) -> bytes:
    """Return the four bytes that have ``board`` (0-255) show ``number`` (0-65535)."""
    assert 0 <= number <= NUMBER_LAST, number
    frame = bytes((board,)) + number.to_bytes(2, "big")
    return frame + bytes((sum8(frame),))


def encode_long(number: int, colour: int = 0) -> bytes:
    """Return the seven bytes that have the board show ``number`` (0-65535) in a colour of ``COLOURS``."""
    assert 0 <= number <= NUMBER_LAST, number
    frame = bytes((_HEAD, colour)) + number.to_bytes(2, "little") + bytes((INFORMATION,))
    return frame + bytes((sum8(frame), _TAIL))


def answer_long(frame: bytes) -> bytes:
    """Return how a board answers the seven bytes ``frame``, as the maker's example has it."""
    answer = bytes((_ANSWER_HEAD,)) + frame[1:5]
    return answer + bytes((sum8(answer), _TAIL))


class ShortDecoder:
    """The board's side of the four-byte frame. It has no header: one piece of noise in 256 passes for a frame."""

    def __init__(self) -> None:
        self._held = b""

    def feed(self, data: bytes) -> list[Shown]:
        """Take ``data`` and return the frames it completes, to whomever they are."""
        found = []
        for at in range(len(data)):
            self._held = (self._held + data[at : at + 1])[-4:]
            if len(self._held) == 4 and sum8(self._held[:3]) == self._held[3]:
                found.append(Shown(int.from_bytes(self._held[1:3], "big"), self._held[0]))
                self._held = b""
        return found


class LongDecoder:
    """The board's side of the seven-byte frame."""

    def __init__(self) -> None:
        self._held = b""

    def feed(self, data: bytes) -> list[Shown]:
        """Take ``data`` and return the frames it completes."""
        found = []
        for at in range(len(data)):
            self._held = (self._held + data[at : at + 1])[-7:]
            held = self._held
            if len(held) == 7 and held[0] == _HEAD and held[6] == _TAIL and sum8(held[:5]) == held[5]:
                found.append(Shown(int.from_bytes(held[2:4], "little"), colour=held[1]))
                self._held = b""
        return found


class AnswerDecoder:
    """The master's side of the seven-byte frame: finds the answer to ``frame`` in what comes, in either form."""

    def __init__(self, frame: bytes) -> None:
        short = bytes((_HEAD, frame[4]))
        self._wanted = (answer_long(frame), short + bytes((sum8(short), _TAIL)))
        self._held = b""

    def feed(self, data: bytes) -> bool:
        """Take ``data``; True as soon as the answer is whole."""
        for at in range(len(data)):
            self._held = (self._held + data[at : at + 1])[-7:]
            if self._held.endswith(self._wanted):
                return True
        return False
