"""Alarms while something goes wrong: too many unsatisfied answers in a short time. Pure.

An alarm begins when, within the last ``within_s`` seconds, at least ``least`` answers came and the unsatisfied ones are
at least ``share_percent`` of them; it is over once that no longer holds. It is judged at every instant at which an
answer comes or grows too old, so the same answers give the same alarms whenever they are looked at. Half of at least
four within a quarter of an hour is what makers of such terminals recommend (HappyOrNot, "Alerts").
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from heapq import merge
from itertools import groupby

from protocol.configuration import AlertRules


@dataclass(frozen=True, slots=True)
class Answer:
    """One counted rating: when it counted, at which counter, whether it is a satisfied one, and who served."""

    at: datetime
    counter_id: str
    satisfied: bool
    clerk_id: str = ""


@dataclass(frozen=True, slots=True)
class Alert:
    """An alarm of a counter, or of the whole hall (``counter_id`` empty); the figures are those of its worst moment."""

    counter_id: str
    since_at: datetime
    until_at: datetime | None
    """Since when it no longer holds; None while it does."""
    unsatisfied: int
    rated: int


def alerts(answers: Iterable[Answer], rules: AlertRules, now: datetime) -> tuple[Alert, ...]:
    """Give the alarms of these answers until ``now``, of the hall and of each counter, by when they began.

    ``answers`` are in the order of time and of one business day; later ones than ``now`` are left out.
    """
    by_counter: dict[str, list[Answer]] = defaultdict(list)
    for answer in answers:
        if answer.at <= now:
            by_counter[""].append(answer)
            by_counter[answer.counter_id].append(answer)
    found = [alert for name, own in by_counter.items() for alert in _alerts_of(name, own, rules, now)]
    return tuple(sorted(found, key=lambda alert: (alert.since_at, alert.counter_id)))


def _alerts_of(counter_id: str, answers: Sequence[Answer], rules: AlertRules, now: datetime) -> Iterator[Alert]:
    window = timedelta(seconds=rules.within_s)
    comes = ((answer.at, 1, answer.satisfied) for answer in answers)
    goes = ((answer.at + window, -1, answer.satisfied) for answer in answers if answer.at + window <= now)
    rated = unsatisfied = 0
    running: Alert | None = None
    for at, changes in groupby(merge(comes, goes, key=lambda change: change[0]), key=lambda change: change[0]):
        for _, sign, satisfied in changes:
            rated += sign
            unsatisfied += sign * (not satisfied)
        holds = rated >= rules.least and 100 * unsatisfied >= rules.share_percent * rated
        if holds and running is None:
            running = Alert(counter_id, at, None, unsatisfied, rated)
        elif holds and running is not None and unsatisfied > running.unsatisfied:
            running = Alert(counter_id, running.since_at, None, unsatisfied, rated)
        elif not holds and running is not None:
            yield Alert(counter_id, running.since_at, at, running.unsatisfied, running.rated)
            running = None
    if running is not None:
        yield running
