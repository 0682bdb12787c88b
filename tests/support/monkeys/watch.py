"""What must be true whatever a monkey does; a fault is `Found`, told with the last touches."""

import resource
from collections import Counter, deque
from pathlib import Path
from typing import Any

from kiosk.widgets.page import Hero, Page, actions, touchables

REMEMBERED = 30
"""So many touches are told when something is found."""
WAYS_BACK = ("done", "start_again", "back", "stay", "skip", "change")
"""What leads towards the start, the shortest way first."""


class Found(AssertionError):  # noqa: N818 -- what a monkey is sent out for.
    """A monkey has found a fault."""


class Diary:
    """The last touches, and what was seen of the program on the way."""

    def __init__(self) -> None:
        self.last: deque[str] = deque(maxlen=REMEMBERED)
        self.touches = 0
        self.obeyed: Counter[str] = Counter()
        """How often each kind of action was pressed."""
        self.reached: Counter[str] = Counter()
        """After how many touches each page stood there."""

    def touch(self, what: str, obeyed: tuple[str, ...], page: Page) -> None:
        """Note a touch, what it has pressed, and the page that followed."""
        self.touches += 1
        self.obeyed.update(action.partition(":")[0] for action in obeyed)
        self.reached[page.name] += 1
        self.last.append(f"{self.touches}: {what} -> {', '.join(obeyed) or 'nothing'}; then {page.name!r}")

    def note(self, what: str) -> None:
        """Note what the world did."""
        self.last.append(f"   {what}")


def hold_glass_to_page(look: dict[str, Any], page: Page) -> None:
    """Hold what stands on the glass to what the flow says; raises Found."""
    offered, there = (
        Counter(action for action in actions(page) if action),
        Counter(one["action"] for one in look["touch"]),
    )
    if offered != there:
        raise Found(f"page {page.name!r} offers {sorted(offered - there)}, the glass {sorted(there - offered)}")
    if look["screen"] != page.name or look["subject"] != page.subject or look["busy"] != page.busy:
        raise Found(
            f"the glass shows {look['screen']!r} about {look['subject']!r}, the flow {page.name!r} {page.subject!r}"
        )
    spoken = {one["text"] for one in look["touch"]} | {one["text"] for one in look["texts"]}
    words = {page.title, page.hint, *(one.label for one in touchables(page) if hasattr(one, "label"))}
    words |= {block.number_text for block in page.blocks if isinstance(block, Hero)}
    missing = words - spoken - {""}
    if missing:
        raise Found(f"page {page.name!r} says what the glass does not: {sorted(missing)}")


def hold_ways_back(page: Page, resting: frozenset[str]) -> None:
    """Hold a page to having a way back for whoever stands before it; raises Found."""
    if page.name not in resting and not page.busy and not set(WAYS_BACK) & set(actions(page)):
        raise Found(f"page {page.name!r} has no way back: {actions(page)}")


def resident_kb() -> int:
    """Give how much memory this process holds now."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize() // 1024
