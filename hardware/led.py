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
