"""Decisions about the business day: it opens with an empty hall, closes with nobody left over, and ticks between.

A day opens and closes by the branch's calendar when the loop ticks, or earlier by a manager's command. A date is opened
once: numbers restart with a day, so opening the same date again would give a number twice. The business date never
moves back, whatever the machine's clock does.
"""

from collections.abc import Iterator
from datetime import date, datetime

import msgspec

from protocol import commands as c
from protocol import events as e
from queue_server.core import campaigns, ratings
from queue_server.core.alerting import still_at_hand
from queue_server.core.ballots import still_awaited
from queue_server.core.calendar import DayPlan, business_date, plan_day, working_days
from queue_server.core.months import months_kept
from queue_server.core.refusals import Refusal
from queue_server.core.request import Facts, Request
from queue_server.core.rosters import still_planned
from queue_server.core.services import served_until
from queue_server.core.state import Branch, CounterToday, Visit
from queue_server.core.tickets import Events
from queue_server.core.voices import still_kept

UNRECORDED = "unrecorded"
"""The outcome of a service that nobody had ended when the day closed."""


def tick(branch: Branch, request: Request, command: c.Tick, at: datetime) -> Events:
    """Do what time alone demands: close the day, open the next, shut questions that were open long enough."""
    del command
    if branch.day_open:
        assert branch.plan is not None, "an open day has a plan"
        if at >= branch.plan.closes_at:
            return _closing(branch, request.facts, at)
        return tuple(
            event
            for counter in branch.counters.values()
            if counter.window is not None and counter.window.closes_at <= at
            for event in ratings.close_window(counter, at)
        )
    plan = _todays_plan(branch, request.facts, at)
    if plan.is_working and plan.day > branch.day and plan.opens_at <= at < plan.closes_at:
        return _opening(branch, plan, request.facts, at)
    return ()


def open_day(branch: Branch, request: Request, command: c.OpenDay, at: datetime) -> Events:
    """Open today's business day before the calendar does, or on a day that the calendar has free."""
    del command
    if branch.day_open:
        raise Refusal("day_already_open")
    plan = _todays_plan(branch, request.facts, at)
    if plan.day <= branch.day:
        raise Refusal("day_was_closed")
    if at >= plan.closes_at:
        raise Refusal("day_over")
    return _opening(branch, plan, request.facts, at)


def close_day(branch: Branch, request: Request, command: c.CloseDay, at: datetime) -> Events:
    """Close the business day before the calendar does."""
    del command
    if not branch.day_open:
        raise Refusal("day_closed")
    return _closing(branch, request.facts, at)


def next_deadline(branch: Branch, at: datetime, utc_offset_s: int) -> datetime | None:
    """Tell when the loop must tick next: when an event is due, or when views change by the clock alone.

    An instant at or before ``at`` means at once: some event is due, and the tick will make it. ``utc_offset_s`` is the
    offset at ``at``, for days that are not opened yet. ``None`` when the calendar has no working day left.
    """
    if branch.day_open:
        return min(_deadlines_of_day(branch, at), default=None)
    configuration = branch.coming or branch.configuration
    today = business_date(at, utc_offset_s)
    for plan in working_days(configuration, today, utc_offset_s):
        if plan.day > branch.day and at < plan.closes_at:
            return plan.opens_at
    return None


def _deadlines_of_day(branch: Branch, at: datetime) -> Iterator[datetime]:
    assert branch.plan is not None, "an open day has a plan"
    yield branch.plan.closes_at
    for counter in branch.counters.values():
        if counter.window is not None:
            yield counter.window.closes_at
    boundary_at = branch.plan.next_boundary(at)
    if boundary_at is not None:
        yield boundary_at


def _todays_plan(branch: Branch, facts: Facts, at: datetime) -> DayPlan:
    today: date = business_date(at, facts.utc_offset_s)
    return plan_day(branch.coming or branch.configuration, today, facts.utc_offset_s)


def _opening(branch: Branch, plan: DayPlan, facts: Facts, at: datetime) -> Events:
    """Open a day. Replay begins here, so all that is older and still matters follows from these events."""
    configuration = branch.coming or branch.configuration
    paired = tuple(
        e.PairedDevice(
            device_id=device.device_id, name=device.name, public_key=device.public_key, functions=device.functions
        )
        for device in branch.devices.values()
        if device.pairing == "paired"
    )
    opened = e.DayOpened(
        at=at,
        day=plan.day,
        configuration_id=configuration.configuration_id,
        opens_at=min(plan.opens_at, at),
        closes_at=plan.closes_at,
        utc_offset_s=plan.utc_offset_s,
        spans=plan.spans,
        devices=paired,
        learned=facts.learned,
        previous_head=facts.previous_head,
    )
    still = (*_still_stopped(branch, at), *still_planned(branch, plan.day, at), *_still_pairing(branch, at))
    ballots = (*still_awaited(branch, plan.day, at), *campaigns.still_planned(branch, plan.day, facts, at))
    words = (*still_kept(branch, plan.day, at), *still_at_hand(branch, plan.day, at))
    registers = (*words, *months_kept(branch, at))
    return (opened, *still, *ballots, *registers, *_health(branch, at))


def _still_stopped(branch: Branch, at: datetime) -> Iterator[e.AnyEvent]:
    """Open a hall that is stopped as one: somebody has to say that it goes on."""
    if branch.stopped is not None:
        yield msgspec.structs.replace(branch.stopped, at=at, since_at=branch.stopped.since_at or branch.stopped.at)


def _still_pairing(branch: Branch, at: datetime) -> Iterator[e.AnyEvent]:
    """Carry pairings over midnight, with the tries that were used up."""
    for name, pairing in branch.pairings.items():
        if pairing.expires_at <= at:
            continue
        device = branch.devices[pairing.device_id]
        yield e.DeviceCreated(
            at=at,
            device_id=device.device_id,
            name=device.name,
            functions=device.functions,
            pairing_name=name,
            secret_hash=pairing.secret_hash,
            expires_at=pairing.expires_at,
        )
        if pairing.tries:
            yield e.PairingFailed(at=at, device_id=device.device_id, tries=pairing.tries)


def _health(branch: Branch, at: datetime) -> Iterator[e.AnyEvent]:
    """Carry over what devices said of themselves, since they say it only when it changes."""
    for function_id, health in branch.health.items():
        device = branch.devices[branch.device_by_function[function_id]]
        if device.pairing == "paired":
            yield e.DeviceReported(
                at=at,
                device_id=device.device_id,
                function_id=function_id,
                state=health.state,
                reason=health.reason,
                detail=health.detail,
                since_at=health.since_at,
            )


def _closing(branch: Branch, facts: Facts, at: datetime) -> Events:
    """End the day: every visit gets its end, every question is shut, every clerk goes home."""
    events: list[e.AnyEvent] = []
    for counter in branch.counters.values():
        visit = branch.visits.get(counter.visit_id)
        if visit is not None:
            events += _last_word(branch, counter, visit, at)
        events += ratings.close_window(counter, at)
    expired = [visit for visit in branch.visits.values() if visit.state in ("waiting", "parked")]
    events += [e.VisitExpired(at=at, visit_id=visit.visit_id) for visit in expired]
    events += [
        e.ClerkSignedOut(at=at, counter_id=counter.counter_id, clerk_id=counter.clerk_id)
        for counter in branch.counters.values()
        if counter.clerk_id
    ]
    if branch.stopped is not None and branch.stopped.ends_with_day:
        events.append(e.HallResumed(at=at))
    events += campaigns.end_with_day(branch, facts, at)
    taken = sum(branch.taken_by_service.values())
    expired_count = sum(isinstance(event, e.VisitExpired) for event in events)
    events.append(e.DayClosed(at=at, day=branch.day, visits_taken=taken, served=branch.served, expired=expired_count))
    return tuple(events)


def _last_word(branch: Branch, counter: CounterToday, visit: Visit, at: datetime) -> Events:
    """End a visit that is at a counter when the day closes; nobody said how, so nothing is made up."""
    if visit.state == "called" and branch.stopped is not None:
        # Who was called into a hall that stands still could not come: back among the waiting, who go home.
        back = e.VisitTransferred(
            at=at,
            counter_id=counter.counter_id,
            clerk_id=counter.clerk_id,
            visit_id=visit.visit_id,
            to_service_id=visit.service_id,
            to_queue_id=visit.queue_id,
            rank_at=visit.rank_at,
        )
        return (back, e.VisitExpired(at=at, visit_id=visit.visit_id))
    if visit.state == "called":
        missed = e.VisitMarkedNoShow(
            at=at, counter_id=counter.counter_id, clerk_id=counter.clerk_id, visit_id=visit.visit_id
        )
        return (missed,)
    ended = e.ServiceEnded(
        at=at,
        counter_id=counter.counter_id,
        clerk_id=counter.clerk_id,
        visit_id=visit.visit_id,
        outcome=UNRECORDED,
        served_s=served_until(visit, at),
    )
    return (ended,)
