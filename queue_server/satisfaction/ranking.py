"""Who can be told apart at all: groups in place of ranks.

Answers are drawn again many times (B. Efron, Annals of Statistics 7 (1979) 1-26). A line is drawn between an upper
and a lower group only where in at least 97.5 % of the draws every member of the upper one stands above every member of
the lower one: then each order that is shown is wrong in no more than one draw in 40, however many counters there are.
Within a group nobody can be told apart and no order is shown.
"""

from bisect import bisect_left
from collections.abc import Hashable, Iterator, Mapping
from itertools import accumulate
from typing import Final, TypeVar

from queue_server.satisfaction.exact import binomial
from queue_server.satisfaction.shown import LEAST_RATED
from queue_server.satisfaction.tallies import Tally

DRAWS: Final = 2000
LEAST_AGREEMENT: Final = 0.975
"""Either of two equal counters may come out above the other, so 97.5 % is what one doubt in 20 asks for."""

_PRIOR: Final = 1.0
_MASK: Final = (1 << 64) - 1

Key = TypeVar("Key", bound=Hashable)


def groups(
    tallies: Mapping[Key, Tally],
    *,
    seed: int = 1,
    least_rated: int = LEAST_RATED,
    agreement: float = LEAST_AGREEMENT,
) -> list[list[Key]]:
    """Give groups that can be told apart, the best first; the keys within one stand as they were given.

    Those with fewer than ``least_rated`` answers are in no group. The same seed gives the same groups.
    """
    known = {key: tally for key, tally in tallies.items() if tally.rated >= max(least_rated, 1)}
    if not known:
        return []
    places = {key: place for place, key in enumerate(known)}
    order = sorted(known, key=lambda key: (-_smoothed(known[key]), places[key]))
    draws = _draws([known[key] for key in order], seed)
    cuts = [
        cut
        for cut in range(1, len(order))
        if sum(min(draw[:cut]) > max(draw[cut:]) for draw in draws) >= agreement * len(draws)
    ]
    return [
        sorted(order[start:end], key=places.__getitem__)
        for start, end in zip([0, *cuts], [*cuts, len(order)], strict=True)
    ]


def agreement_of(upper: Tally, lower: Tally, *, seed: int = 1) -> float:
    """Give the part of the draws in which the first stands above the second."""
    draws = _draws([upper, lower], seed)
    return sum(one > other for one, other in draws) / len(draws)


def _smoothed(tally: Tally) -> float:
    """Give the share with one answer of each kind added: of ten who are all satisfied the next may still not be."""
    return (tally.satisfied + _PRIOR) / (tally.rated + 2 * _PRIOR)


def _draws(tallies: list[Tally], seed: int) -> list[tuple[float, ...]]:
    """Draw everybody's answers again, each by its own smoothed share; gives their shares, draw by draw."""
    columns = []
    for place, tally in enumerate(tallies):
        share = _smoothed(tally)
        steps = list(accumulate(binomial(hits, tally.rated, share) for hits in range(tally.rated)))
        chance = _chance(seed * 1_000_003 + place)
        columns.append([bisect_left(steps, next(chance)) / tally.rated for _ in range(DRAWS)])
    return list(zip(*columns, strict=True))


def _chance(seed: int) -> Iterator[float]:
    """Give numbers from 0 to 1 that a seed alone decides (SplitMix64: G. L. Steele et al., OOPSLA 2014)."""
    state = seed & _MASK
    while True:
        state = (state + 0x9E3779B97F4A7C15) & _MASK
        mixed = ((state ^ (state >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
        mixed = ((mixed ^ (mixed >> 27)) * 0x94D049BB133111EB) & _MASK
        yield ((mixed ^ (mixed >> 31)) >> 11) / (1 << 53)
