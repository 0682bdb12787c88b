"""Displays that never answer: Xunpeng's four-byte boards, CD5220, Epson DM-D. Pure.

Nobody can know whether such a display lives or shows what it was told, so nothing is ever said of it: its health stays
unknown. A new text is said again soon, in case it was lost, and then ever more seldom; the last pace mends a display
that was switched off.
"""

from collections.abc import Callable
from typing import Final

from hardware.bus.speech import Heard, Purpose, Request, Wish
from hardware.codecs import cd5220, dm_d, vfd, xunpeng
from hardware.led import Face

SOON_S: Final = 0.25
AGAIN_S: Final = 30.0
DIGITS: Final = "0123456789"
LETTERS: Final = "".join(map(chr, range(0x20, 0x7F)))

Said = Callable[[str, bool], bytes]
"""What is sent for a text of the display's face; True when it is said for the first time."""


class WriteOnlyDisplay:
    """One display."""

    def __init__(self, address: int, face: Face, said: Said, again_s: float = AGAIN_S) -> None:
        self.address = address
        self.text: str | None = None
        self._face, self._said, self._again_most_s = face, said, again_s
        self._again_s = SOON_S
        self._said_s = 0.0
        self._pending = False
        self._first = True

    def show(self, text: str) -> None:
        """Have it show what it can of ``text``."""
        self.text = text
        self._pending, self._again_s = True, SOON_S

    def wish(self) -> Wish | None:
        """Show a new text at once, the old one every while."""
        if self.text is None:
            return None
        return Wish(Purpose.TEXT, 0.0) if self._pending else Wish(Purpose.ALIVE, self._said_s + self._again_s)

    def request(self, now_s: float) -> Request:
        """Say the text; no answer comes."""
        assert self.text is not None, "nothing was wished"
        purpose = Purpose.TEXT if self._pending else Purpose.ALIVE
        if not self._pending:
            self._again_s = min(2 * self._again_s, self._again_most_s)
        data = self._said(self._face.of(self.text), self._first)
        self._said_s, self._pending, self._first = now_s, False, False
        return Request(data, purpose)

    def hear(self, data: bytes) -> Heard | None:  # noqa: ARG002 - it never answers, so nothing is an answer.
        """Take nothing for an answer."""
        return None

    def lost(self) -> None:
        """Never happens: who is not expected to answer is not missed."""

    def found(self) -> None:
        """Say all of it again."""
        self._pending = self.text is not None


def xunpeng_short(address: int) -> WriteOnlyDisplay:
    """Return the speech of a four-byte board. Raises ValueError."""
    if not 1 <= address <= 255:
        raise ValueError(f"slave {address}: these boards have numbers from 1 to 255")
    return WriteOnlyDisplay(
        address, Face(4, DIGITS, "0"), lambda text, _: xunpeng.encode_short(address, int(text or "0"))
    )


def cd5220_display(address: int) -> WriteOnlyDisplay:
    """Return the speech of a CD5220."""
    return WriteOnlyDisplay(
        address,
        Face(vfd.COLUMNS, LETTERS),
        lambda text, first: (cd5220.start() if first else b"") + cd5220.show(text),
    )


def dm_d_display(address: int) -> WriteOnlyDisplay:
    """Return the speech of an Epson DM-D."""
    return WriteOnlyDisplay(address, Face(vfd.COLUMNS, LETTERS), lambda text, _: dm_d.settings() + dm_d.show(text))
