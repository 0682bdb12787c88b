"""Counters beside others that serve other things: the share to be expected of a counter's own mix of services.

Indirect standardisation: each service's share is taken from the branch's OTHER counters, weighted by how many rated
the service here. Services that nobody else has answers of cannot be compared and are left out, said by ``compared``.
Intervals are Wilson's, put together by the method of variance estimates recovery (G. Y. Zou and A. Donner, Statistics
in Medicine 27 (2008) 1693-1702; ratios: A. Donner and G. Y. Zou, Stat. Methods Med. Res. 21 (2012) 347-359), so that
what the branch's own shares do not know is counted too.
"""

import math
from collections.abc import Hashable, Mapping
from typing import TypeVar

import msgspec

from queue_server.satisfaction.intervals import CONFIDENCE, Interval, wilson
from queue_server.satisfaction.tallies import NOTHING, Tally, total

Counter = TypeVar("Counter", bound=Hashable)
Service = TypeVar("Service", bound=Hashable)


class Standardised(msgspec.Struct, frozen=True):
    """A counter's share beside what its mix of services would give elsewhere in the branch."""

    compared: Tally
    """Its answers about services that other counters have answers of, too."""
    observed: float
    expected: float
    difference: float
    """Observed less expected, from -1 to 1."""
    difference_interval: Interval
    ratio: float
    """Observed over expected: 1 where it does as its services do elsewhere."""
    ratio_interval: Interval


def standardise(
    tallies: Mapping[Counter, Mapping[Service, Tally]], confidence: float = CONFIDENCE
) -> dict[Counter, Standardised | None]:
    """Compare each counter with the others' shares of its services; ``None`` where nothing can be compared."""
    by_service: dict[Service, Tally] = {}
    for services in tallies.values():
        for service, tally in services.items():
            by_service[service] = by_service.get(service, NOTHING) + tally
    return {counter: _one(services, by_service, confidence) for counter, services in tallies.items()}


def _one(own: Mapping[Service, Tally], branch: Mapping[Service, Tally], confidence: float) -> Standardised | None:
    pairs = [(tally, branch[service] - tally) for service, tally in own.items()]
    pairs = [(tally, others) for tally, others in pairs if tally.rated and others.rated]
    compared = total(tally for tally, _ in pairs)
    bounds = wilson(compared.satisfied, compared.rated, confidence)
    if bounds is None:
        return None
    observed = compared.satisfied / compared.rated
    expected = below = above = 0.0
    for tally, others in pairs:
        weight, share = tally.rated / compared.rated, others.satisfied / others.rated
        around = wilson(others.satisfied, others.rated, confidence)
        assert around is not None, "others have answers"
        expected += weight * share
        below += (weight * (share - around.low)) ** 2
        above += (weight * (around.high - share)) ** 2
    reach = Interval(expected - math.sqrt(below), expected + math.sqrt(above))
    if expected == 0:
        return None
    return Standardised(
        compared=compared,
        observed=observed,
        expected=expected,
        difference=observed - expected,
        difference_interval=Interval(
            max(-1.0, observed - expected - math.hypot(observed - bounds.low, reach.high - expected)),
            min(1.0, observed - expected + math.hypot(bounds.high - observed, expected - reach.low)),
        ),
        ratio=observed / expected,
        ratio_interval=_ratio(observed, bounds, expected, reach),
    )


def _ratio(top: float, around_top: Interval, bottom: float, around_bottom: Interval) -> Interval:
    """Give the interval of a ratio of two independent shares, each with its own."""
    both = top * bottom

    def bound(own: float, other: float, sign: int) -> float:
        under = both**2 - own * other * (2 * top - own) * (2 * bottom - other)
        below = other * (2 * bottom - other)
        return (both + sign * math.sqrt(max(under, 0.0))) / below if below > 0 else math.inf

    return Interval(
        max(0.0, bound(around_top.low, around_bottom.high, -1)), bound(around_top.high, around_bottom.low, 1)
    )
