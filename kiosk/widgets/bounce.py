"""A trembling finger: the second touch at the same place, too soon to be meant. Pure, on the real clock."""

from dataclasses import dataclass

SAME_PLACE = 0.07
"""Within this share of the screen's width it is the same place."""
TOO_SOON_S = 0.25


@dataclass(frozen=True, slots=True)
class TouchAt:
    """Where and when a finger came down; `x`, `y` in shares of the screen's width."""

    x: float
    y: float
    at_s: float


def is_bounce(before: TouchAt | None, now: TouchAt) -> bool:
    """Tell whether a touch only repeats the one before: a bounce must not press what the next screen put there."""
    if before is None or now.at_s - before.at_s >= TOO_SOON_S:
        return False
    return abs(now.x - before.x) < SAME_PLACE and abs(now.y - before.y) < SAME_PLACE
