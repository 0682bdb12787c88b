"""Alerts and inquiries begin here: what follows by itself when ratings count, and what managers do about an alert.

Only ratings that count are looked at, each channel on its own. An alert is raised for channels that citizens answer
just then; ballots are entered together, so many of them at once tell nothing of the last quarter of an hour. At most
one alert of a counter and channel is not closed; what it has told of raises no other one. The hall has one where it
holds over all counters and at none of them. No view holds any of it: it is told to those who ask, and only to
managers and inspectors whom the answers are not about.
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Final

from protocol import events as e
from protocol import inquiry_events as ie
from protocol.configuration import RatingLevel
from protocol.inquiries import (
    ALERTS_MOST,
    COMMENTS_MOST,
    INQUIRIES_MOST,
    KEPT_AT_ONCE,
    AlertStep,
    Inquiry,
    RaisedAlert,
)
from protocol.inquiry_commands import StepAlert
from queue_server.core.calendar import business_date
from queue_server.core.refusals import Refusal
from queue_server.core.request import Request
from queue_server.core.state import Branch
from queue_server.core.tickets import Events
from queue_server.core.voices import due_day
from queue_server.satisfaction.alerts import Alert, Answer, alerts
from queue_server.satisfaction.inquiries import done_day

AT_ONCE: Final = frozenset({"keypad", "terminal", "link"})
"""The channels by which citizens answer just then."""


def follow_ratings(branch: Branch, request: Request, events: Events, at: datetime) -> Events:
    """Give what follows from the ratings among these events: alerts, and an inquiry for each low one."""
    rated = [event for event in events if isinstance(event, e.VisitRated)]
    if not rated:
        return ()
    today = business_date(at, request.facts.utc_offset_s).isoformat()
    return (*_raised(branch, rated, today, at), *_opened(branch, request, rated, today, at))


def inquiry_id_of(visit_id: str, channel: str) -> str:
    """Name the inquiry into a rating: there is one rating per visit and channel."""
    return _digest("inquiry", visit_id, channel)


def answer_of(branch: Branch, event: e.VisitRated) -> Answer | None:
    """Give a rating as alerts count it; None for one by a scale that is not known any more."""
    level = _level(branch, event)
    if level is None:
        return None
    return Answer(at=event.at, counter_id=event.counter_id, satisfied=level.satisfied, clerk_id=event.clerk_id)


def step_alert(branch: Branch, request: Request, command: StepAlert, at: datetime) -> Events:
    """Acknowledge, comment or close an alert; what was done already is not done again."""
    alert = branch.alerts.get(command.alert_id)
    if alert is None or not sees(request, alert):
        raise Refusal("unknown_alert")
    if any(step.step_id == command.step_id for step in alert.steps):
        return ()
    has_words = bool(command.text.strip())
    if alert.state == command.kind and not has_words:
        return ()
    if alert.state == "closed":
        raise Refusal("alert_over")
    if command.kind == "commented" and not has_words:
        raise Refusal("inquiry_no_words")
    if command.kind != "closed" and len(alert.steps) >= COMMENTS_MOST:
        raise Refusal("alert_long")
    step = AlertStep(step_id=command.step_id, kind=command.kind, at=at, by=request.actor.clerk_id, has_words=has_words)
    day = business_date(at, request.facts.utc_offset_s).isoformat()
    return (ie.AlertStepped(at=at, alert_id=alert.alert_id, day=day, step=step),)


def sees(request: Request, alert: RaisedAlert) -> bool:
    """Tell whether this person may see an alert: managers and inspectors, but not whom the answers are about."""
    asks = request.actor.clerk_id
    return bool(asks) and request.actor.staff_role in ("manager", "inspector") and asks not in alert.clerk_ids


def still_at_hand(branch: Branch, today: str, at: datetime) -> Iterator[e.AnyEvent]:
    """Carry alerts and inquiries over to a new day, and erase the words of those that are over for long enough."""
    kept_days = branch.configuration.inquiries.kept_days
    first_kept = (date.fromisoformat(today) - timedelta(days=kept_days)).isoformat()
    over = {one.inquiry_id: done_day(one, today) for one in branch.inquiries.values()}
    inquiries = [one for one in branch.inquiries.values() if (over[one.inquiry_id] or today) >= first_kept]
    recent = sorted(branch.alerts.values(), key=lambda one: (one.state == "closed", -one.raised_at.timestamp()))
    held = {one.alert_id for one in recent[:ALERTS_MOST] if (one.closed_day or today) >= first_kept}
    still = [one for one in branch.alerts.values() if one.alert_id in held]
    gone = tuple(one for one in branch.inquiries if one not in {kept.inquiry_id for kept in inquiries})
    gone_alerts = tuple(one for one in branch.alerts if one not in held)
    if gone or gone_alerts:
        yield ie.InquiriesErased(at=at, inquiry_ids=gone, alert_ids=gone_alerts)
    for first in range(0, len(still), KEPT_AT_ONCE):
        yield ie.AlertsKept(at=at, alerts=tuple(still[first : first + KEPT_AT_ONCE]))
    for first in range(0, len(inquiries), KEPT_AT_ONCE):
        yield ie.InquiriesKept(at=at, inquiries=tuple(inquiries[first : first + KEPT_AT_ONCE]))


def _raised(branch: Branch, rated: Sequence[e.VisitRated], today: str, at: datetime) -> Iterator[e.AnyEvent]:
    """Raise what began with these ratings, and tell of what they made worse."""
    for channel in sorted({event.channel for event in rated} & AT_ONCE):
        new = [answer for event in rated if event.channel == channel and (answer := answer_of(branch, event))]
        known = [*branch.answered_lately.get(channel, ()), *new]
        is_alarmed = any(
            one.channel == channel and one.counter_id and one.state != "closed" for one in branch.alerts.values()
        )
        for counter_id in sorted({answer.counter_id for answer in new}):
            own = [answer for answer in known if answer.counter_id == counter_id]
            fresh = [answer for answer in new if answer.counter_id == counter_id]
            found = list(_changed(branch, channel, counter_id, own, fresh, today=today, at=at))
            is_alarmed = is_alarmed or bool(found)
            yield from found
        if not is_alarmed or _not_closed(branch, channel, "") is not None:
            yield from _changed(branch, channel, "", known, new, today=today, at=at)


def _changed(
    branch: Branch, channel: str, counter_id: str, known: list[Answer], new: list[Answer], *, today: str, at: datetime
) -> Iterator[e.AnyEvent]:
    """Tell whether an alert of this counter (or of the hall) begins or grows with the new answers."""
    if all(answer.satisfied for answer in new):
        return
    rules = branch.configuration.alerts
    running = _not_closed(branch, channel, counter_id)
    heard = known if running is not None else _untold(branch, channel, counter_id, known)
    holds = _holding(alerts(heard, rules, at), counter_id)
    if holds is None:
        return
    window = timedelta(seconds=rules.within_s)
    within = [answer for answer in heard if answer.at + window > at]
    clerk_ids = tuple(sorted({answer.clerk_id for answer in within if answer.clerk_id}))
    unsatisfied = sum(not answer.satisfied for answer in within)
    if running is not None:
        yield ie.AlertGrew(
            at=at, alert_id=running.alert_id, unsatisfied=unsatisfied, rated=len(within), clerk_ids=clerk_ids
        )
        return
    alert = RaisedAlert(
        alert_id=_digest("alert", channel, counter_id, at.isoformat()),
        channel=channel,
        counter_id=counter_id,
        raised_at=at,
        day=today,
        last_at=at,
        unsatisfied=unsatisfied,
        rated=len(within),
        within_s=rules.within_s,
        clerk_ids=clerk_ids,
    )
    yield ie.AlertRaised(at=at, alert=alert)


def _untold(branch: Branch, channel: str, counter_id: str, known: Iterable[Answer]) -> list[Answer]:
    """Leave out what an alert that is closed has told of already: one of the same counter, or of the answer's own."""
    told: dict[str, datetime] = {}
    for one in branch.alerts.values():
        if one.channel == channel:
            told[one.counter_id] = max(one.last_at, told.get(one.counter_id, one.last_at))
    return [
        answer
        for answer in known
        if all(answer.at > told[name] for name in {counter_id, answer.counter_id} & told.keys())
    ]


def _opened(
    branch: Branch, request: Request, rated: Sequence[e.VisitRated], today: str, at: datetime
) -> Iterator[e.AnyEvent]:
    """Open an inquiry for each low rating, while there is room."""
    rules = branch.configuration.inquiries
    room = INQUIRIES_MOST - len(branch.inquiries)
    low = [event for event in rated if _is_low(branch, event)]
    for event in low[: max(room, 0)]:
        visit = branch.visits.get(event.visit_id) or request.facts.old_visit
        is_known = visit is not None and visit.visit_id == event.visit_id
        inquiry = Inquiry(
            inquiry_id=inquiry_id_of(event.visit_id, event.channel),
            rated_day=today,
            clerk_id=event.clerk_id,
            counter_id=event.counter_id,
            service_id=event.service_id,
            channel=event.channel,
            scale_id=event.scale_id,
            level=event.level,
            reasons=event.reasons,
            answer_until=due_day(branch.configuration, date.fromisoformat(today), rules.answer_days),
            prefix=visit.prefix if visit is not None and is_known else "",
            number=visit.number if visit is not None and is_known else 0,
        )
        yield ie.InquiryOpened(at=at, inquiry=inquiry)


def _is_low(branch: Branch, event: e.VisitRated) -> bool:
    opened_by = branch.configuration.inquiries.opened_by
    level = _level(branch, event)
    if level is None or level.satisfied or opened_by == "nothing":
        return False
    worst = max(one.level for one in branch.hall.scales[event.scale_id].levels)
    return opened_by == "unsatisfied" or level.level == worst


def _level(branch: Branch, event: e.VisitRated) -> RatingLevel | None:
    scale = branch.hall.scales.get(event.scale_id)
    return next((one for one in scale.levels if one.level == event.level), None) if scale is not None else None


def _not_closed(branch: Branch, channel: str, counter_id: str) -> RaisedAlert | None:
    own = (one for one in branch.alerts.values() if (one.channel, one.counter_id) == (channel, counter_id))
    return next((one for one in own if one.state != "closed"), None)


def _holding(found: Iterable[Alert], counter_id: str) -> Alert | None:
    return next((one for one in found if one.counter_id == counter_id and one.until_at is None), None)


def _digest(*parts: str) -> str:
    """Give 32 hex digits that name these parts, the same on every replay."""
    return hashlib.sha256("/".join(parts).encode()).hexdigest()[:32]
