"""When the interpreter may look for garbage: while nobody waits for the screen.

Widgets know each other in circles, so what a page leaves behind is freed by a search alone; left to itself the
interpreter searches every few seconds, for 150 ms and more, as often as not between a touch and its number. So a whole
search is made when the start is on the screen again, and what lasts is frozen, so that the search walks through what
one citizen left only. Who types shows a page with each key; behind the frame of every sixth, while the finger is in
the air, their pages go too, in a tenth of the time. The interpreter's own beginnings stay as a bound for a screen that
never comes to rest.
"""

import gc
from typing import Final

THRESHOLDS: Final = (10_000, 10, 10)
"""See gc.set_threshold: a million new objects, a hundred citizens' pages, before the interpreter searches unasked."""
PAGES_AT_ONCE: Final = 6
"""A search takes about 5 ms, and 4 ms for each page that it frees."""


class Garbage:
    """What is left of the pages. All methods are for the window's thread."""

    def __init__(self) -> None:
        gc.set_threshold(*THRESHOLDS)
        self._left = 1

    def leave(self) -> None:
        """Take note that a page has been shown to a citizen."""
        self._left += 1

    def breathe(self) -> None:
        """Search, if several pages have been left: one is on the screen, and the next touch is yet to come."""
        if self._left >= PAGES_AT_ONCE:
            self._left = 1  # The page that is shown will be left, too.
            gc.collect()

    def rest(self) -> None:
        """Search, if there can be anything: nobody waits."""
        if self._left:
            self._left = 0
            gc.collect()
            if not gc.get_freeze_count():
                gc.freeze()

    def settle(self) -> None:
        """Search through all there is, and set aside what is left: it lasts, for pages have been prepared."""
        gc.unfreeze()
        gc.collect()
        gc.freeze()
