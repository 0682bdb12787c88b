"""LED counter displays: what stands over a counter, in the few letters that such a display has. Pure.

A display shows ASCII in capitals; Vietnamese is not among its letters, so numbers and short words without marks are
all it is given. It stays steady: nothing in the hall blinks.
"""

import unicodedata
from dataclasses import dataclass
from typing import Final

WIDTH_MOST: Final = 32
_PLAIN: Final = str.maketrans({"đ": "d", "Đ": "D"})


@dataclass(frozen=True, slots=True)
class CounterDisplay:
    """One display. ``width`` is how many letters it has; ``closed_text`` what it shows without a clerk."""

    width: int = 8
    idle_text: str = ""
    paused_text: str = "----"
    closed_text: str = ""

    def called(self, number_text: str) -> str:
        """Return what is shown while a citizen is called or served."""
        return fitted(number_text, self.width)

    def idle(self) -> str:
        """Return what is shown while the counter waits for its next citizen."""
        return fitted(self.idle_text, self.width)

    def paused(self) -> str:
        """Return what is shown while the counter is paused."""
        return fitted(self.paused_text, self.width)

    def closed(self) -> str:
        """Return what is shown while nobody works there."""
        return fitted(self.closed_text, self.width)


def fitted(text: str, width: int) -> str:
    """Return ``text`` as such a display can show it: capitals without marks, its end cut off at ``width`` letters."""
    assert 0 < width <= WIDTH_MOST
    bare = unicodedata.normalize("NFD", text.translate(_PLAIN)).upper()
    return "".join(mark for mark in bare if " " <= mark <= "~" and mark not in "<>")[:width]


@dataclass(frozen=True, slots=True)
class Face:
    """What a display can show: ``columns`` places, each one of the characters ``shows``.

    ``otherwise`` stands for a text that it cannot show at all.
    """

    columns: int
    shows: str
    otherwise: str = ""

    def of(self, text: str) -> str:
        """Return what is shown of ``text``.

        A number loses its letters where only one of them cannot be shown (A017 is 017 on bare digits), and what finds
        no room is cut off in front: a number without its last digits would be another number.
        """
        bare = fitted(text, WIDTH_MOST)
        if all(mark in self.shows for mark in bare):
            return bare[-self.columns :]
        digits = "".join(mark for mark in bare if mark.isdecimal() and mark in self.shows)
        return (digits or self.otherwise)[-self.columns :]
