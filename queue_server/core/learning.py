"""What a branch learns of its days, so that waits can be estimated; pure.

During a day every ended service says how fast a counter and the whole hall are, and every call says whether what its
citizen was told was too short. Before the next day :func:`learned_by` sums the day up. Old days fade: whatever was
seen weighs less with every day that passes, so that a new form, a new clerk or a new rota is learned within a week or
two and forgotten as fast.

The correction of P50 and P90 follows Gibbs and Candès (2021, adaptive conformal inference): each wait that
was longer than told stretches a little, each that was shorter shrinks a little, in such a proportion that the
stretching stands still only when half (a tenth) of the waits are longer. It needs no model of the hall at all.
"""

import math
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from itertools import pairwise
from typing import Final

from protocol.estimates import Answers, Correction, Estimate, Learned, Pace, Stretch, WorkedDay
from queue_server.core.calendar import DEFAULT_HOURS
from queue_server.core.state import Branch, Visit

HALF_HOUR_S: Final = 1800
HALF_HOURS: Final = 48
KEPT_DURATIONS: Final = 120
KEPT_TURNS: Final = 80
KEPT_DAYS: Final = 20
FADES: Final = 0.85
"""What a day's figures weigh after one more day."""
HALL_FADES: Final = 0.97
"""What an ended service says of the whole hall's pace, after one more has ended."""
LONGEST_TURN_S: Final = 1800
"""From the end of a service to the next call; whatever is longer was no turn but a closed counter."""

SLACK_S: Final = 120.0
"""Added to waits before they are stretched, so that short ones can be stretched too."""
STEP: Final = 0.015
LENGTHS: Final = ("none", "short", "middle", "long")
LENGTHS_S: Final = (0, 60, 600, 2400)
"""Waits are corrected among others of like length, which begin at these P50: what is wrong with a wait of five minutes
is seldom what is wrong with one of an hour."""
NEVER_S: Final = 1_000_000
LOW_SHARE: Final = 0.5
HIGH_SHARE: Final = 0.1
_FURTHEST: Final = 4.0
_SHORTEST_LOG_S: Final = 1.0


def corrected(estimate: Estimate, corrections: Mapping[str, Correction]) -> Estimate:
    """Correct a range by what was learned of waits of its length; it stays among those of its length."""
    index = bisect_right(LENGTHS_S, estimate.low_s) - 1
    at_least_s, below_s = LENGTHS_S[index], (*LENGTHS_S, NEVER_S)[index + 1]
    correction = corrections.get(LENGTHS[index], Correction())
    low_s = min(max(at_least_s, _stretched(estimate.low_s, correction.low)), below_s - 1)
    return Estimate(low_s=low_s, high_s=max(low_s, _stretched(estimate.high_s, correction.high)))


def _stretched(wait_s: float, factor: float) -> int:
    return round((wait_s + SLACK_S) * factor - SLACK_S)


def length_of(wait_s: float) -> str:
    """Name the length of a wait of so many seconds."""
    return LENGTHS[bisect_right(LENGTHS_S, wait_s) - 1]


def note_wait(branch: Branch, visit: Visit, at: datetime) -> None:
    """Learn from the first call of a visit that was told a range; ``told`` is forgotten with it."""
    if visit.told is not None:
        waited_s = (at - visit.taken_at).total_seconds()
        branch.corrections = after_wait(branch.corrections, visit.told, waited_s)


def after_wait(corrections: Mapping[str, Correction], told: Estimate, waited_s: float) -> dict[str, Correction]:
    """Give the corrections after one more wait that was told."""
    length = length_of(told.low_s)
    before = corrections.get(length, Correction())
    after = Correction(
        _moved(before.low, waited_s > told.low_s, LOW_SHARE), _moved(before.high, waited_s > told.high_s, HIGH_SHARE)
    )
    return {**corrections, length: after}


def _moved(factor: float, longer: bool, share: float) -> float:
    """Stretch after a longer wait, shrink after any other, so that it is at rest when ``share`` of them are longer."""
    moved = factor * math.exp(STEP * ((1.0 if longer else 0.0) - share))
    return min(_FURTHEST, max(1 / _FURTHEST, moved))


def note_service(branch: Branch, counter_id: str, service_id: str, served_s: int) -> None:
    """Learn from the end of a service how fast this counter and the hall are today."""
    believed = branch.believed_log_s.get(service_id)
    if believed is None:
        return
    ratio = math.log(max(_SHORTEST_LOG_S, served_s)) - believed
    pace = branch.paces.get(counter_id, Pace())
    at_counter = pace.log_ratio / (pace.seen + 8)
    branch.paces[counter_id] = Pace(pace.seen + 1, pace.log_ratio + ratio)
    hall = branch.hall_pace
    branch.hall_pace = Pace(hall.seen * HALL_FADES + 1, hall.log_ratio * HALL_FADES + ratio - at_counter)


def believed_log_s(learned: Learned) -> dict[str, float]:
    """Give per service the mean of the logarithms of what it took, newer ones weighing more."""
    return {
        service_id: _faded_mean([math.log(max(_SHORTEST_LOG_S, value)) for value in durations])
        for service_id, durations in learned.durations_s.items()
        if durations
    }


def _faded_mean(values: list[float]) -> float:
    weights = [0.985 ** (len(values) - index) for index in range(len(values))]
    return sum(weight * value for weight, value in zip(weights, values, strict=True)) / sum(weights)


def learned_by(branch: Branch) -> Learned:
    """Sum up what is known after the branch's last day."""
    before, plan = branch.learned, branch.plan
    if plan is None or not branch.visits:
        return before
    midnight_at = plan.midnight_at
    turns = list(_turns(branch))
    called = (visit for visit in branch.visits.values() if visit.called_at is not None)
    calls = sorted(called, key=lambda visit: visit.call_id)
    return Learned(
        durations_s={
            service_id: (*before.durations_s.get(service_id, ()), *branch.durations_s.get(service_id, ()))[
                -KEPT_DURATIONS:
            ]
            for service_id in branch.hall.services
        },
        walking_s=_kept(before.walking_s, _walks(calls)),
        between_s=_kept(before.between_s, (seconds for seconds, answered in turns if answered)),
        vain_s=_kept(before.vain_s, (seconds for seconds, answered in turns if not answered)),
        answers=_answers(before.answers, calls),
        paces={name: Pace(pace.seen * FADES, pace.log_ratio * FADES) for name, pace in branch.paces.items()},
        arrivals=_arrivals(branch, midnight_at),
        class_shares=_class_shares(branch),
        days=(*before.days, _worked(branch, midnight_at))[-KEPT_DAYS:],
        corrections=dict(branch.corrections),
    )


def _kept(before: tuple[int, ...], today: Iterable[int]) -> tuple[int, ...]:
    return (*before, *today)[-KEPT_TURNS:]


def _faded(before: float, today: float, known: bool) -> float:
    return before * FADES + today * (1 - FADES) if known else today


def _walks(calls: list[Visit]) -> Iterator[int]:
    for visit in calls:
        if visit.started_at is not None and visit.called_at is not None:
            yield int((visit.started_at - visit.called_at).total_seconds())


def _turns(branch: Branch) -> Iterator[tuple[int, bool]]:
    """Give how long counters took to call the next who waited already: after a service, or from a call in vain."""
    by_counter: dict[str, list[Visit]] = {}
    for visit in branch.visits.values():
        if visit.called_at is not None:
            by_counter.setdefault(visit.counter_id, []).append(visit)
    for visits in by_counter.values():
        visits.sort(key=lambda visit: (visit.called_at, visit.order))
        for one, following in pairwise(visits):
            answered = one.state == "ended"
            since_at = one.ended_at if answered else one.called_at
            assert following.called_at is not None, "only called visits are here"
            if since_at is None or (one.state != "no_show" and not answered) or following.waiting_since > since_at:
                continue
            seconds = int((following.called_at - since_at).total_seconds())
            if 0 <= seconds <= LONGEST_TURN_S:
                yield seconds, answered


def _answers(before: Mapping[str, Answers], calls: list[Visit]) -> dict[str, Answers]:
    answers = {length: Answers(old.calls * FADES, old.vain * FADES) for length, old in before.items()}
    for visit in calls:
        length = length_of(visit.waited_s)
        old = answers.get(length, Answers())
        answers[length] = Answers(old.calls + 1, old.vain + (visit.state == "no_show"))
    return {length: Answers(round(old.calls, 3), round(old.vain, 3)) for length, old in answers.items()}


def _arrivals(branch: Branch, midnight_at: datetime) -> dict[str, tuple[float, ...]]:
    counts = {service_id: [0.0] * HALF_HOURS for service_id in branch.hall.services}
    for visit in branch.visits.values():
        slot = int((visit.taken_at - midnight_at).total_seconds()) // HALF_HOUR_S
        if visit.service_id in counts and 0 <= slot < HALF_HOURS:
            counts[visit.service_id][slot] += 1
    before = branch.learned.arrivals
    known = bool(branch.learned.days)
    return {
        service_id: tuple(
            round(_faded(old, new, known), 3)
            for old, new in zip(before.get(service_id, (0.0,) * HALF_HOURS), today, strict=True)
        )
        for service_id, today in counts.items()
    }


def _class_shares(branch: Branch) -> dict[str, float]:
    counts = dict.fromkeys(branch.hall.classes, 0)
    for visit in branch.visits.values():
        counts[visit.priority_class_id] = counts.get(visit.priority_class_id, 0) + 1
    known = bool(branch.learned.days)
    before = branch.learned.class_shares
    return {
        name: round(_faded(before.get(name, 0.0), count / len(branch.visits), known), 4)
        for name, count in counts.items()
    }


def _worked(branch: Branch, midnight_at: datetime) -> WorkedDay:
    assert branch.plan is not None, "a day that was worked had a plan"

    def of_day(instant: datetime) -> int:
        return int((instant - midnight_at).total_seconds())

    return WorkedDay(
        hours=hours_of(branch),
        counters={
            counter.counter_id: tuple((of_day(from_at), of_day(to_at)) for from_at, to_at in counter.worked)
            for counter in branch.counters.values()
        },
    )


def hours_of(branch: Branch) -> tuple[Stretch, ...]:
    """Give today's own opening hours as times of day."""
    plan = branch.plan
    if plan is None:
        return ()
    return tuple(
        (
            int((span.opens_at - plan.midnight_at).total_seconds()),
            int((span.closes_at - plan.midnight_at).total_seconds()),
        )
        for span in plan.spans_of(DEFAULT_HOURS)
    )
