"""How often Wilson's interval holds the true share: exact sums and integrals over the binomial, nothing simulated."""

from typing import Final

from queue_server.satisfaction.exact import beta_at_most, binomial
from queue_server.satisfaction.intervals import Interval, wilson

SHARES: Final = (0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995)
RATED: Final = (10, 20, 30, 50, 100, 200, 500, 1000)
LOWEST: Final = SHARES[0]
HIGHEST: Final = SHARES[-1]


def coverage(share: float, rated: int) -> float:
    """Give the probability that the 95 % interval of so many answers holds this true share."""
    return sum(binomial(hits, rated, share) for hits in range(rated + 1) if _bounds(hits, rated).holds(share))


def mean_coverage(rated: int) -> float:
    """Give the mean of the coverage over all true shares from 0.5 to 0.995, each as likely as any.

    The binomial's probability of so many hits, integrated over the share, is a beta distribution's over n + 1.
    """
    held = 0.0
    for hits in range(rated + 1):
        bounds = _bounds(hits, rated)
        low, high = max(bounds.low, LOWEST), min(bounds.high, HIGHEST)
        if low < high:
            a, b = hits + 1, rated - hits + 1
            held += (beta_at_most(high, a, b) - beta_at_most(low, a, b)) / (rated + 1)
    return held / (HIGHEST - LOWEST)


def _bounds(hits: int, rated: int) -> Interval:
    found = wilson(hits, rated)
    assert found is not None, "so many answers have an interval"
    return found
