"""Shares drawn to the mean of the branch, the more the fewer answers they have (empirical Bayes).

The true shares of a branch's counters are taken to spread as a beta distribution, whose mean and strength the counters'
own counts give by the method of moments (J. C. Kleinman, JASA 68 (1973) 46-54). A counter's shrunken share is then the
mean of its beta-binomial posterior: that of its answers together with `strength` answers as the branch gives them.
"""

from collections.abc import Hashable, Mapping
from typing import Final, TypeVar

import msgspec

from queue_server.satisfaction.exact import beta_quantile
from queue_server.satisfaction.intervals import CONFIDENCE, Interval
from queue_server.satisfaction.tallies import Tally, total

LEAST_GROUPS: Final = 3
"""Of fewer counters nobody can say how much counters differ."""

Key = TypeVar("Key", bound=Hashable)


class Spread(msgspec.Struct, frozen=True):
    """How the true shares of a branch's counters spread: about ``mean``, worth ``strength`` answers."""

    mean: float
    strength: float


class Shrunken(msgspec.Struct, frozen=True):
    """A counter's share drawn to the branch's mean, and where its true share lies with 95 %."""

    share: float
    interval: Interval
    own_weight: float
    """How much of it is its own answers' doing, from 0 to 1."""


def spread_of(tallies: Mapping[Key, Tally]) -> Spread | None:
    """Judge from their counts how far the true shares differ; ``None`` of fewer than three with answers.

    Where the counts differ no more than chance makes them, the strength is that of all answers of the branch: the mean
    itself is known no better.
    """
    rated = [tally for tally in tallies.values() if tally.rated]
    whole = total(rated)
    if len(rated) < LEAST_GROUPS:
        return None
    mean = whole.satisfied / whole.rated
    by_chance = mean * (1 - mean)
    if by_chance == 0:
        return Spread(mean, float(whole.rated))
    off = sum(tally.rated * (tally.satisfied / tally.rated - mean) ** 2 for tally in rated)
    within = sum(1 - tally.rated / whole.rated for tally in rated)
    between = sum(tally.rated * (1 - tally.rated / whole.rated) for tally in rated)
    if between == within:
        return Spread(mean, float(whole.rated))
    alike = (off - by_chance * within) / (by_chance * (between - within))
    strength = 1 / alike - 1 if alike > 0 else float(whole.rated)
    return Spread(mean, min(max(strength, 1.0), float(whole.rated)))


def shrunken(tally: Tally, spread: Spread, confidence: float = CONFIDENCE) -> Shrunken:
    """Draw one counter's share to the mean; a counter without answers is at the mean, with the interval of any."""
    weight = tally.rated + spread.strength
    good, bad = spread.mean * spread.strength, (1 - spread.mean) * spread.strength
    if not good or not bad:
        # All or none of the branch are satisfied, which is no beta's mean: half an answer is lent, as Jeffreys does.
        good, bad = max(good, 0.5), max(bad, 0.5)
    good, bad = good + tally.satisfied, bad + tally.not_satisfied
    tail = (1 - confidence) / 2
    return Shrunken(
        share=good / (good + bad),
        interval=Interval(beta_quantile(tail, good, bad), beta_quantile(1 - tail, good, bad)),
        own_weight=tally.rated / weight,
    )


def shrink(tallies: Mapping[Key, Tally], confidence: float = CONFIDENCE) -> dict[Key, Shrunken] | None:
    """Draw all counters' shares to the branch's mean; ``None`` where too few of them have answers."""
    spread = spread_of(tallies)
    if spread is None:
        return None
    return {key: shrunken(tally, spread, confidence) for key, tally in tallies.items()}
