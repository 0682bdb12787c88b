"""What a touch was meant for: not what lies under it when a slow loop gets to it, but what was there when it came.

Two mistakes are kept away here, both on the real clock and pure. A trembling finger comes down twice: the second touch
at the same place, too soon to be meant, is a bounce. And a page may change while a finger is on its way: a touch that
was aimed at the old page must not press what the new one has put there.
"""

from collections.abc import Iterable
from dataclasses import dataclass

SAME_PLACE = 0.07
"""Within this share of the screen's width it is the same place."""
TOO_SOON_S = 0.25
HAND_S = 0.1
"""No hand comes down on what its eye has seen sooner than this."""


@dataclass(frozen=True, slots=True)
class TouchAt:
    """Where a finger came down (`x`, `y` in shares of the screen's width), and between which moments.

    The remote panel knows the moment; the system's pointer is only looked at once a frame, so a touch that lay there
    after a slow frame came at any time during it.
    """

    x: float
    y: float
    earliest_s: float
    latest_s: float


def is_bounce(before: TouchAt | None, now: TouchAt) -> bool:
    """Tell whether a touch may only repeat the one before: a bounce must not press what the next screen put there."""
    if before is None or now.earliest_s - before.latest_s >= TOO_SOON_S:
        return False
    return abs(now.x - before.x) < SAME_PLACE and abs(now.y - before.y) < SAME_PLACE


@dataclass(frozen=True, slots=True)
class Offer:
    """What a touch at a place does: the action, on which page, about whom. The same offer may outlive a repaint."""

    page: str
    subject: str
    action: str


def is_next_key(before: Offer | None, now: Offer | None, lay_there: Offer | None) -> bool:
    """Tell whether two touches at nearly one place mean two things: letters to type with lie side by side.

    `lay_there` is what lay at the second place when the first was touched: the second is nothing that the first has
    put there, as a key does that changes the meaning of itself.
    """
    if before is None or now is None or now != lay_there:
        return False
    return before != now and (before.page, before.subject) == (now.page, now.subject)


@dataclass(frozen=True, slots=True)
class Shown:
    """A frame that was on the screen from a moment on: offers with their boxes (left, bottom, right, top)."""

    since_s: float
    places: tuple[tuple[Offer, tuple[float, float, float, float]], ...]


def aimed_at(frames: Iterable[Shown], x: float, y: float, at_s: float) -> Offer | None:
    """Find what lay at a point at a moment; None where nothing did. `frames` stand in the order of their moments."""
    seen = None
    for frame in frames:
        if frame.since_s > at_s:
            break
        seen = frame
    for offer, (left, bottom, right, top) in seen.places if seen else ():
        if left <= x <= right and bottom <= y <= top:
            return offer
    return None
