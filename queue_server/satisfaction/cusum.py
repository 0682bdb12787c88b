"""Charts that watch counters for answers which no citizen gave, and for citizens who could not answer.

A CUSUM (E. S. Page, Biometrika 41 (1954) 100-115) adds up, day by day, how much better a counter's counts fit "somebody
presses for those who would not" than "all as usual", and never falls below zero. Its level is in units of log
likelihood: at 5 the counts fit pressing 150 times better. Above the threshold it is an alarm, and the chart begins
anew. An alarm asks somebody to look; it proves nothing.

That is how a counter is held *beside its past*: against itself, moved by as much as the others moved since. It sees
those who begin to press, but is blind until there are three weeks of past.

*Beside its peers* a counter is held against the median of the others, over its last weeks: how far does it stand above
them, in standard deviations of all that may part two honest counters, chance and clerks who differ for good (D. J.
Spiegelhalter, Stat. Methods Med. Res. 14 (2005) 429-445, on over-dispersion)? It sees those who have always pressed. An
alarm is raised where that rises above the threshold, and once: a counter that stays there is one alarm, not one a day.
The median is taken so that a peer who cheats does not hide another.

Thresholds are chosen so that all charts of one counter together raise less than 1.1 false alarms in 100 months of 22
days over a year; `motcua bench satisfaction` measures it, and docs/satisfaction.md tells what came of it.
"""

import math
from collections.abc import Collection, Hashable, Mapping, Sequence
from itertools import accumulate
from statistics import median
from typing import Final, Literal, TypeVar

import msgspec

from queue_server.satisfaction.tallies import NOTHING, Tally

Measure = Literal["response", "share"]


class Rule(msgspec.Struct, frozen=True):
    """How a CUSUM beside the past watches: which share, and how high it may rise."""

    measure: Measure
    pressed: float
    """The part of those who would not answer (or not be satisfied) for whom is pressed, that it looks for hardest."""
    threshold: float


class Standing(msgspec.Struct, frozen=True):
    """How a counter is held beside its peers: in standard deviations above their median."""

    measure: Measure
    threshold: float
    calm: float
    """Once it has fallen below this, the next rise is another alarm."""
    differ: float
    """So far, in shares, honest counters differ for good (one standard deviation)."""
    window_days: int = 22
    least_tries: int = 20


RESPONSE_BESIDE_PEERS: Final = Standing("response", threshold=2.55, calm=2.05, differ=0.06)
RESPONSE_BESIDE_PAST: Final = Rule("response", pressed=0.2, threshold=11.0)
SHARE_BESIDE_PAST: Final = Rule("share", pressed=0.5, threshold=9.0)
RULES: Final[dict[str, Rule | Standing]] = {
    "response_beside_peers": RESPONSE_BESIDE_PEERS,
    "response_beside_past": RESPONSE_BESIDE_PAST,
    "share_beside_past": SHARE_BESIDE_PAST,
}

LEAST_PEERS: Final = 3
"""Beside fewer others a counter is not judged."""

_MEDIAN_OF_NORMAL: Final = math.pi / 2
"""The variance of a median of so many normal values is that of their mean, times this."""

PAST_DAYS: Final = 40
REST_DAYS: Final = 5
"""A counter's past ends so many days ago, lest what has just begun teach the chart that it is usual."""
LEAST_PAST_DAYS: Final = 15
NOW_DAYS: Final = {"response": 5, "share": 22}
"""How much the others have moved since is told by their last days, so many of them."""

Key = TypeVar("Key", bound=Hashable)


class Chart(msgspec.Struct, frozen=True):
    """A counter's chart: its level at the end of each day (of a CUSUM before it begins anew), and the alarms' days."""

    levels: tuple[float, ...]
    alarms: tuple[int, ...]


def charts(
    days: Sequence[Mapping[Key, Tally]], rule: Rule | Standing, only: Collection[Key] | None = None
) -> dict[Key, Chart]:
    """Draw the chart of every counter (or of these only) over days, each the tallies by counter of ONE channel.

    A counter that was shut has no tally on that day, and the level of its CUSUM stays. Days count from 0.
    """
    sums = {key: _Sums(days, key, rule.measure) for key in dict.fromkeys(key for day in days for key in day)}
    found = {}
    for key, own in sums.items():
        if only is None or key in only:
            peers = [other for name, other in sums.items() if name != key]
            if isinstance(rule, Standing):
                found[key] = _raised([_standing(own, peers, rule, day) for day in range(len(days))], rule)
            else:
                found[key] = _chart(_steps(own, peers, rule, len(days)), rule.threshold)
    return found


class _Sums:
    """Hits and tries of one counter, summed from the first day on, so that any span of days is two look-ups."""

    def __init__(self, days: Sequence[Mapping[Key, Tally]], key: Key, measure: Measure) -> None:
        tallies = [day.get(key, NOTHING) for day in days]
        counts = [(one.rated, one.asked) if measure == "response" else (one.satisfied, one.rated) for one in tallies]
        self._hits = [0, *accumulate(hits for hits, _ in counts)]
        self._tries = [0, *accumulate(tries for _, tries in counts)]
        self._days = [0, *accumulate(tries > 0 for _, tries in counts)]

    def counts(self, first: int, end: int) -> tuple[int, int]:
        """Give hits and tries of the days from the first up to the end, which is left out."""
        return self._hits[end] - self._hits[first], self._tries[end] - self._tries[first]

    def days(self, first: int, end: int) -> int:
        """Give on how many of these days there were tries."""
        return self._days[end] - self._days[first]

    def share(self, first: int, end: int) -> float | None:
        """Give the share of these days, a little off 0 and 1 (Laplace's rule); ``None`` without a try."""
        hits, tries = self.counts(first, end)
        return (hits + 1) / (tries + 2) if tries else None


def _steps(own: _Sums, peers: list[_Sums], rule: Rule, days: int) -> list[float]:
    steps = []
    for day in range(days):
        hits, tries = own.counts(day, day + 1)
        share = _beside_past(own, peers, rule, day) if tries else None
        steps.append(0.0 if share is None else _likelihood(hits, tries, share, rule.pressed))
    return steps


def _likelihood(hits: int, tries: int, usual: float, pressed: float) -> float:
    """Give the log of how much better these counts fit pressing for so many than the usual share."""
    suspect = usual + pressed * (1 - usual)
    return hits * math.log(suspect / usual) + (tries - hits) * math.log1p(-pressed)


def _standing(own: _Sums, peers: list[_Sums], rule: Standing, day: int) -> float:
    """Give how far the counter stands above the middle of its peers; 0 where there is too little to say so."""
    first = max(0, day + 1 - rule.window_days)
    hits, tries = own.counts(first, day + 1)
    shares = [part / whole for part, whole in (peer.counts(first, day + 1) for peer in peers) if whole]
    if tries < rule.least_tries or len(shares) < LEAST_PEERS:
        return 0.0
    usual = median(shares)
    by_chance = max(usual * (1 - usual), 1 / tries) / tries
    variance = (rule.differ**2 + by_chance) * (1 + _MEDIAN_OF_NORMAL / len(shares))
    return max(0.0, (hits / tries - usual) / math.sqrt(variance))


def _raised(levels: Sequence[float], rule: Standing) -> Chart:
    alarms: list[int] = []
    is_up = False
    for day, level in enumerate(levels):
        if level > rule.threshold and not is_up:
            alarms.append(day)
        is_up = level > (rule.calm if is_up else rule.threshold)
    return Chart(tuple(levels), tuple(alarms))


def _beside_past(own: _Sums, peers: list[_Sums], rule: Rule, day: int) -> float | None:
    end = day - REST_DAYS
    first = max(0, end - PAST_DAYS)
    if end <= 0 or own.days(first, end) < LEAST_PAST_DAYS:
        return None
    past = own.share(first, end)
    assert past is not None, "there are days of it"
    since = max(0, day + 1 - NOW_DAYS[rule.measure])
    moves = [
        _logit(now) - _logit(then)
        for peer in peers
        if (then := peer.share(first, end)) is not None and (now := peer.share(since, day + 1)) is not None
    ]
    moved = _logit(past) + (median(moves) if len(moves) >= LEAST_PEERS else 0.0)
    return 1 / (1 + math.exp(-moved))


def _chart(steps: Sequence[float], threshold: float) -> Chart:
    levels: list[float] = []
    alarms: list[int] = []
    level = 0.0
    for day, step in enumerate(steps):
        level = max(0.0, level + step)
        levels.append(level)
        if level > threshold:
            alarms.append(day)
            level = 0.0
    return Chart(tuple(levels), tuple(alarms))


def _logit(share: float) -> float:
    return math.log(share / (1 - share))
