"""Exact binomial and beta probabilities, by the regularized incomplete beta function. Pure Python, to 1e-10 or so."""

import math
from collections.abc import Callable
from typing import Final

_TINY: Final = 1e-300
_CLOSE: Final = 1e-15
_MOST_STEPS: Final = 10_000
_HALVINGS: Final = 60


def beta_at_most(x: float, a: float, b: float) -> float:
    """Give the probability that a beta variable of these two shapes is at most ``x``: I_x(a, b).

    The continued fraction of NIST's DLMF 8.17.22, summed by Lentz's method (Press et al., Numerical Recipes, 6.4).
    """
    assert a > 0, f"a shape of {a}"
    assert b > 0, f"a shape of {b}"
    if x <= 0:
        return 0.0
    if x >= 1:
        return 1.0
    # The fraction converges fast on this side of the middle alone.
    if x > (a + 1) / (a + b + 2):
        return 1.0 - beta_at_most(1.0 - x, b, a)
    front = math.exp(
        math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x) - math.log(a)
    )
    return front * _fraction(x, a, b)


def binomial(hits: int, n: int, p: float) -> float:
    """Give the probability of exactly so many hits in n tries of probability p each, which is neither 0 nor 1."""
    ways = math.lgamma(n + 1) - math.lgamma(hits + 1) - math.lgamma(n - hits + 1)
    return math.exp(ways + hits * math.log(p) + (n - hits) * math.log1p(-p))


def binomial_at_most(hits: int, n: int, p: float) -> float:
    """Give the probability of at most so many hits in n tries of probability p each."""
    if hits < 0:
        return 0.0
    if hits >= n:
        return 1.0
    return beta_at_most(1.0 - p, n - hits, hits + 1)


def beta_quantile(part: float, a: float, b: float) -> float:
    """Give the x that so great a part of a beta distribution does not exceed."""
    return _solved(lambda x: beta_at_most(x, a, b), part)


def binomial_quantile(part: float, n: int, p: float) -> int:
    """Give the least number of hits which is not exceeded with at least this probability."""
    low, high = 0, n
    while low < high:
        middle = (low + high) // 2
        if binomial_at_most(middle, n, p) >= part:
            high = middle
        else:
            low = middle + 1
    return low


def _solved(rising: Callable[[float], float], part: float) -> float:
    low, high = 0.0, 1.0
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if rising(middle) < part else (low, middle)
    return (low + high) / 2


def _fraction(x: float, a: float, b: float) -> float:
    c, d = 1.0, 1.0 / _off_zero(1.0 - (a + b) * x / (a + 1.0))
    value = d
    for m in range(1, _MOST_STEPS):
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        for step in (even, odd):
            d = 1.0 / _off_zero(1.0 + step * d)
            c = _off_zero(1.0 + step / c)
            value *= c * d
        if abs(c * d - 1.0) < _CLOSE:
            return value
    raise AssertionError(f"no end to the fraction of {x}, {a}, {b}")


def _off_zero(value: float) -> float:
    return value if abs(value) > _TINY else _TINY
