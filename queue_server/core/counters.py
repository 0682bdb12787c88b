"""Decisions about counters and the clerks at them.

One clerk, one counter: taking place at another counter leaves the first. Signing in opens the counter, because a clerk
who sits down is there to serve; one who is not ready yet pauses. A counter that closes, or that its clerk leaves, gives
everyone it kept for itself (parked visits, visits sent to it) back to their queues: nobody waits behind a dark window.
"""

from datetime import datetime

from protocol import commands as c
from protocol import events as e
from protocol.configuration import ReasonUse
from queue_server.core.permission import counter_in_charge, named_counter
from queue_server.core.refusals import Refusal
from queue_server.core.request import Request
from queue_server.core.state import Branch, CounterToday
from queue_server.core.tickets import Events, number_of


def sign_in_clerk(branch: Branch, request: Request, command: c.SignInClerk, at: datetime) -> Events:
    """Put a clerk at a counter and open it; again with the same work profile changes nothing."""
    clerk_id = request.actor.clerk_id
    if not clerk_id:
        raise Refusal("not_signed_in")
    need_open_day(branch)
    counter = named_counter(branch, request.actor, command)
    if counter.clerk_id not in ("", clerk_id):
        raise Refusal("counter_taken")
    usual = branch.hall.counters[counter.counter_id].work_profile_id
    work_profile_id = command.work_profile_id or usual
    if work_profile_id not in branch.hall.profiles:
        raise Refusal("unknown_profile", work_profile_id=work_profile_id)
    if counter.clerk_id == clerk_id and work_profile_id == counter.work_profile_id:
        return ()
    events: list[e.AnyEvent] = []
    elsewhere = branch.counter_by_clerk.get(clerk_id)
    if elsewhere is not None and elsewhere != counter.counter_id:
        left = branch.counters[elsewhere]
        if left.visit_id:
            raise Refusal("clerk_elsewhere", counter=_number(branch, left))
        events += _leaving(branch, left, at)
    events.append(
        e.ClerkSignedIn(at=at, counter_id=counter.counter_id, clerk_id=clerk_id, work_profile_id=work_profile_id)
    )
    if counter.state == "closed":
        events.append(e.CounterOpened(at=at, counter_id=counter.counter_id, clerk_id=clerk_id))
    return tuple(events)


def sign_out_clerk(branch: Branch, request: Request, command: c.SignOutClerk, at: datetime) -> Events:
    """Let the clerk leave, once the visit at the counter is dealt with."""
    counter = counter_in_charge(branch, request.actor, command)
    need_idle(branch, counter)
    return _leaving(branch, counter, at)


def open_counter(branch: Branch, request: Request, command: c.OpenCounter, at: datetime) -> Events:
    """Serve (again)."""
    need_open_day(branch)
    counter = counter_in_charge(branch, request.actor, command)
    if counter.state == "open":
        return ()
    return (e.CounterOpened(at=at, counter_id=counter.counter_id, clerk_id=counter.clerk_id),)


def pause_counter(branch: Branch, request: Request, command: c.PauseCounter, at: datetime) -> Events:
    """Call nobody for a while; a visit already at the counter is served to its end."""
    need_open_day(branch)
    counter = counter_in_charge(branch, request.actor, command)
    need_reason(branch, command.reason, "pause")
    if counter.state == "paused" and counter.pause_reason == command.reason:
        return ()
    return (e.CounterPaused(at=at, counter_id=counter.counter_id, clerk_id=counter.clerk_id, reason=command.reason),)


def close_counter(branch: Branch, request: Request, command: c.CloseCounter, at: datetime) -> Events:
    """Serve no more; whoever was kept for this counter goes back to the queues."""
    need_open_day(branch)
    counter = counter_in_charge(branch, request.actor, command)
    need_reason(branch, command.reason, "close")
    need_idle(branch, counter)
    if counter.state == "closed":
        return ()
    closed = e.CounterClosed(at=at, counter_id=counter.counter_id, clerk_id=counter.clerk_id, reason=command.reason)
    return (*give_back(branch, counter, at), closed)


def need_open_day(branch: Branch) -> None:
    """Refuse what makes sense on an open business day only."""
    if not branch.day_open:
        raise Refusal("day_closed")


def need_idle(branch: Branch, counter: CounterToday) -> None:
    """Refuse while a visit is called or served at the counter."""
    if counter.visit_id:
        visit = branch.visits[counter.visit_id]
        code = "call_unanswered" if visit.state == "called" else "counter_busy"
        raise Refusal(code, number=number_of(visit))


def need_reason(branch: Branch, reason: str, use: ReasonUse) -> None:
    """Refuse a reason that the configuration does not have for this use; none given is fine."""
    known = branch.hall.reasons.get(reason)
    if reason and (known is None or use not in known.uses):
        raise Refusal("unknown_reason", reason=reason)


def _leaving(branch: Branch, counter: CounterToday, at: datetime) -> Events:
    """Let the clerk leave an idle counter, which closes by that."""
    left = e.ClerkSignedOut(at=at, counter_id=counter.counter_id, clerk_id=counter.clerk_id)
    return (*give_back(branch, counter, at), left)


def give_back(branch: Branch, counter: CounterToday, at: datetime) -> Events:
    """Return the parked visits and those sent to this counter to their queues, each by its old arrival."""
    events: list[e.AnyEvent] = []
    for visit_id in counter.parked:
        visit = branch.visits[visit_id]
        events.append(
            e.VisitReinstated(
                at=at,
                counter_id=counter.counter_id,
                clerk_id=counter.clerk_id,
                visit_id=visit_id,
                queue_id=visit.queue_id,
                rank_at=visit.rank_at,
            )
        )
    for lines in branch.lines.values():
        for (_, to_counter_id), line in lines.items():
            if to_counter_id != counter.counter_id:
                continue
            for place in line:
                visit = branch.visits[place.visit_id]
                events.append(
                    e.VisitTransferred(
                        at=at,
                        counter_id=counter.counter_id,
                        clerk_id=counter.clerk_id,
                        visit_id=visit.visit_id,
                        to_service_id=visit.service_id,
                        to_queue_id=visit.queue_id,
                        rank_at=visit.rank_at,
                    )
                )
    return tuple(events)


def _number(branch: Branch, counter: CounterToday) -> str:
    return str(branch.hall.counters[counter.counter_id].number)
