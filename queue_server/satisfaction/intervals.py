"""How far a share that was counted may lie from the true one."""

import math
from statistics import NormalDist
from typing import Final

import msgspec

CONFIDENCE: Final = 0.95


class Interval(msgspec.Struct, frozen=True):
    """Two bounds of a share, each from 0 to 1."""

    low: float
    high: float

    def holds(self, share: float) -> bool:
        """Whether this share lies within the bounds."""
        return self.low <= share <= self.high


def normal_quantile(confidence: float) -> float:
    """Give how many standard deviations to either side hold this part of a normal distribution: 1.96 for 0.95."""
    assert 0 < confidence < 1, f"a confidence of {confidence}"
    return NormalDist().inv_cdf((1 + confidence) / 2)


def wilson(satisfied: int, rated: int, confidence: float = CONFIDENCE) -> Interval | None:
    """Give the score interval of a share (E. B. Wilson, JASA 22 (1927) 209-212); ``None`` where nobody answered.

    It stays within 0 and 1 and does not collapse when all or none agree, unlike the textbook's "plus or minus".
    """
    assert 0 <= satisfied <= rated, f"a share of {satisfied} in {rated}"
    if rated == 0:
        return None
    z = normal_quantile(confidence)
    share, square = satisfied / rated, z**2
    middle = (share + square / (2 * rated)) / (1 + square / rated)
    half = z / (1 + square / rated) * math.sqrt(share * (1 - share) / rated + square / (4 * rated**2))
    # At the two ends the bound is the share itself, which rounding would miss by a last digit.
    low = 0.0 if satisfied == 0 else max(0.0, middle - half)
    high = 1.0 if satisfied == rated else min(1.0, middle + half)
    return Interval(low, high)
