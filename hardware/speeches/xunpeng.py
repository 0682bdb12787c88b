"""The master's side of Xunpeng's seven-byte boards, which answer (``codecs/xunpeng.py``). Pure.

The four-byte boards, which do not, are in ``write_only.py``.
"""

from typing import Final

from hardware.bus.speech import DOUBT_S, Heard, Purpose, Request, Wish
from hardware.codecs import xunpeng
from hardware.led import Face

AGAIN_S: Final = 5.0
FACE: Final = Face(4, "0123456789", "0")
ANSWER_MOST: Final = 7


class XunpengBoard:
    """One board, alone on its line: the frame has no address."""

    def __init__(self, address: int, colour: str = "red") -> None:
        self.address = address
        self.text: str | None = None
        self._colour = xunpeng.COLOURS[colour]
        self._asked_s = 0.0
        self._pending = self._fresh = False
        self._doubted = False  # Whether the last number has had no answer.
        self._answers = xunpeng.AnswerDecoder(self._frame())

    def _frame(self) -> bytes:
        return xunpeng.encode_long(int(FACE.of(self.text or "") or "0"), self._colour)

    def show(self, text: str) -> None:
        """Have it show the digits of ``text``; 0 where there are none."""
        self.text = text
        self._pending = self._fresh = True

    def wish(self) -> Wish | None:
        """Show a new text; else the old one again, which also tells whether it lives."""
        if self.text is None:
            return None
        if self._pending:
            return Wish(Purpose.TEXT, 0.0)
        return Wish(Purpose.ALIVE, self._asked_s + (DOUBT_S if self._doubted else AGAIN_S))

    def request(self, now_s: float) -> Request:
        """Say the number."""
        self._asked_s, self._doubted = now_s, True
        frame = self._frame()
        self._answers = xunpeng.AnswerDecoder(frame)
        return Request(frame, Purpose.TEXT if self._pending else Purpose.ALIVE, ANSWER_MOST)

    def hear(self, data: bytes) -> Heard | None:
        """Take the answer, in either of the maker's forms."""
        if not self._answers.feed(data):
            return None
        fresh, self._pending, self._fresh, self._doubted = self._fresh, False, False, False
        return Heard(shown=fresh)

    def lost(self) -> None:
        """Go on with its number: there is no cheaper question."""
        self._pending = False

    def found(self) -> None:
        """Show its number again: it may have been without power."""
        self._pending = self._fresh = self.text is not None
