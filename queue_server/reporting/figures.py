"""Small statistics, each with its definition and source. Pure."""

import math
from collections.abc import Iterable
from typing import Final

import msgspec

from queue_server.satisfaction.intervals import wilson

LEAST_SAMPLE: Final = 10
"""Below so many, counts are shown but no rate, percentile or interval: they would say more than is known."""

LEAST_TIME_S: Final = 3600
"""Of less time than this no share is given."""


class Spread(msgspec.Struct, frozen=True, kw_only=True):
    """How durations spread: their count, and the median and 90th percentile in seconds unless there are too few."""

    n: int
    p50_s: int | None
    p90_s: int | None


class Share(msgspec.Struct, frozen=True, kw_only=True):
    """So many of so many. `low` and `high` bound the true share with 95 % confidence (None when there are too few)."""

    part: int
    whole: int
    low: float | None = None
    high: float | None = None


class TimeShare(msgspec.Struct, frozen=True, kw_only=True):
    """So many seconds of so many. It has no interval: the time of a counter is all there, not a sample."""

    part_s: int
    whole_s: int

    @property
    def enough(self) -> bool:
        """Whether there is enough time to give a percentage."""
        return self.whole_s >= LEAST_TIME_S


def percentile(ordered: list[int], percent: int) -> int:
    """Give the nearest-rank percentile of values in ascending order: the least that at least `percent` % do not exceed.

    It is always one of the values, so a person can be pointed at who waited so long.
    """
    assert ordered, "nothing has no percentile"
    assert 0 < percent <= 100, f"a percentile of {percent}"  # noqa: PLR2004 -- per cent.
    return ordered[math.ceil(len(ordered) * percent / 100) - 1]


def spread(durations_s: Iterable[int]) -> Spread:
    """Give how durations spread."""
    return spread_of_ordered(sorted(durations_s))


def spread_of_ordered(ordered: list[int]) -> Spread:
    """Give how durations in ascending order spread."""
    if len(ordered) < LEAST_SAMPLE:
        return Spread(n=len(ordered), p50_s=None, p90_s=None)
    return Spread(n=len(ordered), p50_s=percentile(ordered, 50), p90_s=percentile(ordered, 90))


def share(part: int, whole: int) -> Share:
    """Give a share with its counts, and its interval when there are enough."""
    if whole < LEAST_SAMPLE:
        return Share(part=part, whole=whole)
    bounds = wilson(part, whole)
    assert bounds is not None, "so many answers have an interval"
    return Share(part=part, whole=whole, low=bounds.low, high=bounds.high)


def time_share(part_s: int, whole_s: int) -> TimeShare:
    """Give a share of time with its times."""
    assert 0 <= part_s <= whole_s, f"{part_s} s of {whole_s} s"
    return TimeShare(part_s=part_s, whole_s=whole_s)
