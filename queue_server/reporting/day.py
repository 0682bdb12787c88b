"""The report of a business day, from its rows. Pure. What each figure counts stands beside its field."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import msgspec

from queue_server.reporting.figures import LEAST_SAMPLE, Share, Spread, share, spread
from queue_server.reporting.rows import (
    CallRow,
    DayRow,
    Meaning,
    PressRow,
    PriorityRow,
    QuestionRow,
    RatingRow,
    SilenceRow,
    StageRow,
    VisitRow,
)
from queue_server.reporting.silences import Gap, gaps


@dataclass(frozen=True)
class DayRows:
    """Everything that the tables hold about one business day."""

    day: DayRow
    visits: Sequence[VisitRow]
    calls: Sequence[CallRow]
    stages: Sequence[StageRow]
    questions: Sequence[QuestionRow]
    ratings: Sequence[RatingRow]
    presses: Sequence[PressRow]
    priorities: Sequence[PriorityRow]
    silences: Sequence[SilenceRow]
    meaning: Meaning
    followed_seq: int


class Visits(msgspec.Struct, frozen=True, kw_only=True):
    """Where visits ended. They add up: `taken` is the sum of all the others."""

    taken: int
    served: int
    """Ended with an outcome that counts as served."""
    not_served: int
    """Ended otherwise: left, sent for papers and not come back, unrecorded."""
    no_show: int
    cancelled: int
    expired: int
    still_here: int
    """Waiting, called, in service or parked now."""


class ServiceDay(msgspec.Struct, frozen=True, kw_only=True):
    """A service's day. Visits are counted where their number was taken, service times where the work was done."""

    service_id: str
    names: dict[str, str]
    visits: Visits
    waiting: Spread
    """From the ticket to the first call; of visits that were called."""
    target_s: int
    within_target: Share
    """Of the visits that were called, those whose first call came within the promise of the moment they took a number.
    Visits that were never called stand in `visits`, not here."""
    service: Spread
    """Time at counters per stage of service, parked times left out."""


class ChannelDay(msgspec.Struct, frozen=True, kw_only=True):
    """Ratings by one channel; channels are never added up.

    Of fewer than LEAST_SAMPLE there is how many they are, and nothing else: one answer is a citizen, not a share.
    """

    channel: str
    rated: int
    satisfied: Share | None
    levels: dict[int, int]


class OutOfOrder(msgspec.Struct, frozen=True, kw_only=True):
    """A call by choice instead of by the rule."""

    at: str
    number: str
    counter_id: str
    clerk_id: str
    reason: str
    reason_names: dict[str, str]
    waited_s: int
    passed_over: int


class GivenPriority(msgspec.Struct, frozen=True, kw_only=True):
    """Another priority class that a clerk gave."""

    at: str
    number: str
    before_names: dict[str, str]
    class_names: dict[str, str]
    counter_id: str
    clerk_id: str
    reason: str
    reason_names: dict[str, str]


class DayReport(msgspec.Struct, frozen=True, kw_only=True):
    """The report of a business day."""

    day: str
    opened_at: str
    closed_at: str
    """Empty while the day goes on."""
    followed_seq: int
    """The last event that these figures know of."""
    all: ServiceDay
    services: tuple[ServiceDay, ...]
    outcomes: dict[str, int]
    outcome_names: dict[str, dict[str, str]]
    asked: int
    """Visits after which the system asked for a rating."""
    answered: Share
    """Of those, the ones rated at the counter (by keypad or terminal)."""
    ratings: tuple[ChannelDay, ...]
    presses_not_counted: dict[str, int]
    """Presses on rating devices that were kept but do not count, by why."""
    gaps: tuple[Gap, ...]
    """When channels could ask nobody: no answer from there is no praise, and no complaint is none either."""
    calls: int
    calls_by_clause: dict[str, int]
    out_of_order: tuple[OutOfOrder, ...]
    priorities: tuple[GivenPriority, ...]
    without_card: dict[str, int]
    """Numbers that staff gave to people without a card, by reason; where numbers are limited per person."""
    reason_names: dict[str, dict[str, str]]
    """Of those reasons."""
    over_limit: int
    """Numbers that kiosks which were cut off gave to people who had as many as allowed."""


_AT_COUNTER = frozenset({"keypad", "terminal"})


def day_report(rows: DayRows) -> DayReport:
    """Make the report of a day."""
    services = sorted({visit.first_service_id for visit in rows.visits} | {stage.service_id for stage in rows.stages})
    asked = {question.visit_id for question in rows.questions}
    answered = {rating.visit_id for rating in rows.ratings if rating.channel in _AT_COUNTER}
    clauses = Counter(call.clause for call in rows.calls)
    without_card = Counter(visit.without_card for visit in rows.visits if visit.without_card)
    return DayReport(
        day=rows.day.day,
        opened_at=rows.day.opened_at,
        closed_at=rows.day.closed_at,
        followed_seq=rows.followed_seq,
        all=_service_day("", rows, rows.visits, rows.stages),
        services=tuple(
            _service_day(
                service_id,
                rows,
                [visit for visit in rows.visits if visit.first_service_id == service_id],
                [stage for stage in rows.stages if stage.service_id == service_id],
            )
            for service_id in services
        ),
        outcomes=dict(sorted(Counter(visit.outcome for visit in rows.visits if visit.state == "ended").items())),
        outcome_names=rows.meaning.outcome_names,
        asked=len(asked),
        answered=share(len(asked & answered), len(asked)),
        ratings=tuple(_channel(channel, rows.ratings) for channel in sorted({one.channel for one in rows.ratings})),
        presses_not_counted=dict(sorted(Counter(press.flag for press in rows.presses if press.flag).items())),
        gaps=gaps(rows.day, rows.silences),
        calls=clauses.total(),
        calls_by_clause=dict(sorted(clauses.items())),
        out_of_order=tuple(_out_of_order(call, rows.meaning) for call in rows.calls if call.clause == "chosen"),
        priorities=tuple(_given_priority(one, rows.meaning) for one in rows.priorities),
        without_card=dict(sorted(without_card.items())),
        reason_names={one: rows.meaning.reason_names.get(one, {}) for one in without_card},
        over_limit=sum(visit.over_limit for visit in rows.visits),
    )


def count_visits(visits: Iterable[VisitRow]) -> Visits:
    """Count where visits ended."""
    states = Counter("served" if visit.served and visit.state == "ended" else visit.state for visit in visits)
    return Visits(
        taken=states.total(),
        served=states["served"],
        not_served=states["ended"],
        no_show=states["no_show"],
        cancelled=states["cancelled"],
        expired=states["expired"],
        still_here=sum(states[state] for state in ("waiting", "called", "in_service", "parked")),
    )


def _service_day(service_id: str, rows: DayRows, visits: Sequence[VisitRow], stages: Sequence[StageRow]) -> ServiceDay:
    called = [visit for visit in visits if visit.waited_s is not None]
    kept = sum(1 for visit in called if visit.waited_s is not None and visit.waited_s <= visit.target_s)
    service = rows.meaning.services.get(service_id)
    return ServiceDay(
        service_id=service_id,
        names=service.names if service else {},
        visits=count_visits(visits),
        waiting=spread(visit.waited_s for visit in called if visit.waited_s is not None),
        target_s=service.target_waiting_s if service else 0,
        within_target=share(kept, len(called)),
        service=spread(stage.served_s for stage in stages),
    )


def _channel(channel: str, ratings: Sequence[RatingRow]) -> ChannelDay:
    own = [rating for rating in ratings if rating.channel == channel]
    if len(own) < LEAST_SAMPLE:
        return ChannelDay(channel=channel, rated=len(own), satisfied=None, levels={})
    return ChannelDay(
        channel=channel,
        rated=len(own),
        satisfied=share(sum(rating.satisfied for rating in own), len(own)),
        levels=dict(sorted(Counter(rating.level for rating in own).items())),
    )


def _given_priority(row: PriorityRow, meaning: Meaning) -> GivenPriority:
    def named(class_id: str) -> dict[str, str]:
        return meaning.class_names.get(class_id, {"vi": class_id})

    return GivenPriority(
        at=row.at,
        number=row.number,
        before_names=named(row.before_class_id),
        class_names=named(row.priority_class_id),
        counter_id=row.counter_id,
        clerk_id=row.clerk_id,
        reason=row.reason,
        reason_names=meaning.reason_names.get(row.reason, {}),
    )


def _out_of_order(call: CallRow, meaning: Meaning) -> OutOfOrder:
    return OutOfOrder(
        at=call.at,
        number=call.number,
        counter_id=call.counter_id,
        clerk_id=call.clerk_id,
        reason=call.reason,
        reason_names=meaning.reason_names.get(call.reason, {}),
        waited_s=call.waited_s,
        passed_over=call.passed_over,
    )
