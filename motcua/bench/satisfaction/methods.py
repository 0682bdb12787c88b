"""What each method makes of simulated months: whom it sees and when, and whom it suspects wrongly."""

from collections.abc import Callable, Iterable, Sequence
from statistics import median
from typing import Final, NamedTuple

from motcua.bench.satisfaction.nature import COUNTERS, HONEST, MONTH_DAYS, TACTICS, Tactic, month
from queue_server.satisfaction.cusum import (
    RESPONSE_BESIDE_PAST,
    RESPONSE_BESIDE_PEERS,
    SHARE_BESIDE_PAST,
    Rule,
    Standing,
    charts,
)
from queue_server.satisfaction.funnel import funnel
from queue_server.satisfaction.tallies import Tally, total

PAST_DAYS: Final = 30
"""So many honest days come before the month that is judged."""

Days = Sequence[dict[int, Tally]]
Method = Callable[[Days, int, Sequence[int]], dict[int, list[int]]]
"""Days, the first day that is judged, and the counters that are: gives the days of each one's alarms, from 0 there."""


def _charts(*rules: Rule | Standing) -> Method:
    def alarms(days: Days, first: int, only: Sequence[int]) -> dict[int, list[int]]:
        drawn = [charts(days, rule, only) for rule in rules]
        return {at: sorted({day - first for chart in drawn for day in chart[at].alarms if day >= first}) for at in only}

    return alarms


def _funnel(days: Days, first: int, only: Sequence[int]) -> dict[int, list[int]]:
    found = funnel({at: total(day[at] for day in days[first:]) for at in range(COUNTERS)})
    assert found is not None, "somebody answers in a month"
    last = len(days) - 1 - first
    far = {at for at, point in found.points.items() if point.standing == "far_above"}
    return {at: [last] if at in far else [] for at in only}


ALL_CHARTS: Final = "all three charts together"
METHODS: Final[dict[str, Method]] = {
    "standing in response, beside its peers": _charts(RESPONSE_BESIDE_PEERS),
    "CUSUM on response, beside its past": _charts(RESPONSE_BESIDE_PAST),
    "CUSUM on share, beside its past": _charts(SHARE_BESIDE_PAST),
    ALL_CHARTS: _charts(RESPONSE_BESIDE_PEERS, RESPONSE_BESIDE_PAST, SHARE_BESIDE_PAST),
    "funnel of shares, above 99.8 %, at the month's end": _funnel,
}


class Caught(NamedTuple):
    """How a tactic fares against a method: the day of the first alarm in each month that was played (None: none)."""

    tactic: str
    began: str
    method: str
    days: tuple[int | None, ...]

    @property
    def median_days(self) -> float | None:
        """The median of days to the first alarm, the first day being 1; ``None`` where most months have none."""
        middle = median(MONTH_DAYS + 1 if day is None else day for day in self.days)
        return None if middle > MONTH_DAYS else middle

    @property
    def within_a_month(self) -> float:
        """The part of months with an alarm."""
        return sum(day is not None for day in self.days) / len(self.days)


class FalseAlarms(NamedTuple):
    """How many alarms a method raised over honest counters: in the first month it sees them, and in a later one."""

    method: str
    first: int
    later: int
    months: int

    @property
    def first_rate(self) -> float:
        """False alarms per counter in its first month."""
        return self.first / self.months

    @property
    def later_rate(self) -> float:
        """False alarms per counter-month from then on."""
        return self.later / self.months

    @property
    def rate(self) -> float:
        """False alarms per counter-month over the first year."""
        return (self.first_rate + 11 * self.later_rate) / 12


BEGINS: Final = {"after an honest month": PAST_DAYS, "before the first day": 0}


def caught(branches: int, seed: int, tactics: Iterable[Tactic] = TACTICS) -> list[Caught]:
    """Play so many branches for each tactic and beginning, with one clerk in eight at it; judge the month after."""
    found = []
    for tactic in tactics:
        for began, first in BEGINS.items():
            played = [
                month(f"{seed}/{tactic.name}/{began}/{branch}", tactic, first + MONTH_DAYS, first)
                for branch in range(branches)
            ]
            for name, method in METHODS.items():
                alarms = [method(days, first, [0])[0] for days in played]
                found.append(Caught(tactic.name, began, name, tuple(days[0] + 1 if days else None for days in alarms)))
    return found


def false_alarms(branches: int, seed: int) -> list[FalseAlarms]:
    """Play so many branches in which all are honest, and judge every counter's first month, and a later one."""
    counters = range(COUNTERS)
    first, later = dict.fromkeys(METHODS, 0), dict.fromkeys(METHODS, 0)
    for branch in range(branches):
        days = month(f"{seed}/honest/{branch}", HONEST, PAST_DAYS + MONTH_DAYS)
        for name, method in METHODS.items():
            first[name] += sum(len(found) for found in method(days[:MONTH_DAYS], 0, counters).values())
            later[name] += sum(len(found) for found in method(days, PAST_DAYS, counters).values())
    return [FalseAlarms(name, first[name], later[name], branches * COUNTERS) for name in METHODS]
