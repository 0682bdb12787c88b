"""A funnel: the shares of counters against how many answered, with the limits that chance alone would keep.

The limits are exact binomial ones about the branch's mean, interpolated as in D. J. Spiegelhalter, Statistics in
Medicine 24 (2005) 1185-1202, appendix A.1.1: one counter in 20 lies outside the 95 % limits by chance, one in 500
outside the 99.8 % ones.
"""

from collections.abc import Hashable, Mapping
from typing import Final, Literal, TypeVar

import msgspec

from queue_server.satisfaction.exact import binomial_at_most, binomial_quantile
from queue_server.satisfaction.intervals import Interval
from queue_server.satisfaction.tallies import Tally, total

WARNING: Final = 0.95
ALARM: Final = 0.998

Standing = Literal["far_below", "below", "inside", "above", "far_above"]
"""Outside of the 99.8 % limits is far; between those and the 95 % limits is not."""

Key = TypeVar("Key", bound=Hashable)


class Point(msgspec.Struct, frozen=True):
    """A counter in the funnel."""

    tally: Tally
    standing: Standing
    warning: Interval
    alarm: Interval


class Funnel(msgspec.Struct, frozen=True):
    """The branch's mean, and its counters by key; those without answers are left out."""

    mean: float
    points: dict[Hashable, Point]


def limits(mean: float, rated: int, confidence: float) -> Interval:
    """Give the limits of the share of so many answers; no bounds at all (0 to 1) where nobody answered."""
    assert 0 <= mean <= 1, f"a mean of {mean}"
    if rated == 0 or mean in {0.0, 1.0}:
        return Interval(0.0, 1.0) if rated == 0 else Interval(mean, mean)
    tail = (1 - confidence) / 2
    return Interval(_limit(tail, rated, mean), _limit(1 - tail, rated, mean))


def funnel(tallies: Mapping[Key, Tally]) -> Funnel | None:
    """Place the counters in the branch's funnel; ``None`` where nobody answered."""
    whole = total(tallies.values())
    if whole.rated == 0:
        return None
    mean = whole.satisfied / whole.rated
    return Funnel(mean, {key: _point(tally, mean) for key, tally in tallies.items() if tally.rated})


def _point(tally: Tally, mean: float) -> Point:
    warning, alarm = (limits(mean, tally.rated, confidence) for confidence in (WARNING, ALARM))
    share = tally.satisfied / tally.rated
    if not alarm.holds(share):
        standing: Standing = "far_below" if share < alarm.low else "far_above"
    elif not warning.holds(share):
        standing = "below" if share < warning.low else "above"
    else:
        standing = "inside"
    return Point(tally, standing, warning, alarm)


def _limit(part: float, n: int, p: float) -> float:
    """Give the share at which this part of the binomial distribution lies, between its whole counts."""
    hits = binomial_quantile(part, n, p)
    here, before = binomial_at_most(hits, n, p), binomial_at_most(hits - 1, n, p)
    between = (here - part) / (here - before) if here > before else 0.0
    return min(max((hits - between) / n, 0.0), 1.0)
