"""To which month a rating belongs. Pure.

A rating belongs to the month of the business day on which it came. What comes for a month after its figures were frozen
belongs to the next month; or, where a correction takes in a late channel, to the month of its visit, beside the frozen
figures. Whatever one snapshot has counted, no other month counts.
"""

from collections.abc import Mapping, Sequence
from typing import Final

import msgspec

_DECEMBER: Final = 12


class Came(msgspec.Struct, frozen=True):
    """When a rating came: its event, the days (ISO) of its visit and of its coming, and its channel."""

    seq: int
    day: str
    rated_day: str
    channel: str


class Correction(msgspec.Struct, frozen=True, kw_only=True):
    """The late ratings of one channel that a closed month takes in: those up to an event. ``seq`` is its own event."""

    seq: int
    month: str
    channel: str
    up_to_seq: int


class Belongs(msgspec.Struct, frozen=True):
    """The month that counts a rating, and by which correction (its event; 0: by none)."""

    month: str
    correction_seq: int = 0


def belongs(came: Came, closings: Mapping[str, int], corrections: Sequence[Correction]) -> Belongs:
    """Give the month that counts a rating. ``closings``: month -> the last event that its frozen figures know."""
    month = came.rated_day[:7]
    while came.seq > closings.get(month, came.seq):
        month = month_after(month)
    for one in corrections:
        is_meant = one.channel == came.channel and came.seq <= one.up_to_seq and one.month == came.day[:7]
        if is_meant and one.month < month and closings.get(month, one.seq) >= one.seq:
            return Belongs(one.month, one.seq)
    return Belongs(month)


def month_after(month: str) -> str:
    """Give the month (``yyyy-mm``) that follows."""
    year, number = int(month[:4]), int(month[5:])
    return f"{year + 1:04d}-01" if number == _DECEMBER else f"{year:04d}-{number + 1:02d}"


def month_before(month: str) -> str:
    """Give the month (``yyyy-mm``) before."""
    year, number = int(month[:4]), int(month[5:])
    return f"{year - 1:04d}-{_DECEMBER}" if number == 1 else f"{year:04d}-{number - 1:02d}"
