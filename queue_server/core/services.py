"""Decisions about the service itself: it starts, ends with an outcome, is parked, or goes on elsewhere.

*Ending a call at once.* A clerk who never pressed "start" may still end the service. When it began is not known, and an
unknown is not guessed: the service is started and ended in the same instant, its 0 s are far below the branch's
``minimum_service_s``, and so they teach the estimates nothing.
"""

from datetime import datetime, timedelta

from protocol import commands as c
from protocol import events as e
from queue_server.core import campaigns, linked, ratings
from queue_server.core.calls import called_visit, need_same_visit, whole_seconds
from queue_server.core.counters import need_open_day, need_reason
from queue_server.core.permission import counter_in_charge
from queue_server.core.ranks import rank_in
from queue_server.core.refusals import Refusal
from queue_server.core.request import Request
from queue_server.core.state import Branch, CounterToday, Visit
from queue_server.core.tickets import Events

PARKED_AT_MOST = 12
"""How many visits one counter may keep aside; more would be a second queue that nobody sees."""


def start_service(branch: Branch, request: Request, command: c.StartService, at: datetime) -> Events:
    """Begin to serve the called citizen; the question that was open for the one before is closed."""
    counter, visit = called_visit(branch, request, command)
    return _start(branch, counter, visit, at)


def end_service(branch: Branch, request: Request, command: c.EndService, at: datetime) -> Events:
    """End the service with an outcome and, if it counts as served, ask for a rating; then what follows begins.

    Nobody is asked while the next service begins at once here: the citizen has not finished with this clerk.
    """
    counter, visit = _visit_here(branch, request, command)
    if command.service_id not in ("", visit.service_id):
        raise Refusal("service_went_on")
    outcome = branch.hall.outcomes.get(command.outcome)
    if outcome is None:
        raise Refusal("unknown_outcome", outcome=command.outcome)
    follows = linked.following(branch, counter, visit, command, outcome)
    events: list[e.AnyEvent] = []
    if visit.state == "called":
        events += _start(branch, counter, visit, at)
    events.append(
        e.ServiceEnded(
            at=at,
            counter_id=counter.counter_id,
            clerk_id=counter.clerk_id,
            visit_id=visit.visit_id,
            outcome=command.outcome,
            served_s=served_until(visit, at),
            come_back_today=command.come_back_today,
            stop_here=command.stop_here and bool(visit.coming),
        )
    )
    if outcome.served and not command.come_back_today and not command.stay:
        events += ratings.open_window(branch, counter, visit, at)
    if outcome.served and not (command.come_back_today or command.stay or follows):
        events += campaigns.draw_surprise(branch, counter, visit, request.facts, at)
    if follows:
        events.append(linked.go_on(branch, counter, visit, follows, at, stay=command.stay))
    return tuple(events)


def park_visit(branch: Branch, request: Request, command: c.ParkVisit, at: datetime) -> Events:
    """Set the visit in service aside for this counter."""
    counter, visit = _visit_here(branch, request, command)
    if visit.state != "in_service":
        raise Refusal("nobody_served")
    if len(counter.parked) >= PARKED_AT_MOST:
        raise Refusal("parking_full", limit=str(PARKED_AT_MOST))
    return (
        e.VisitParked(
            at=at,
            counter_id=counter.counter_id,
            clerk_id=counter.clerk_id,
            visit_id=visit.visit_id,
            remind_at=at + timedelta(seconds=command.remind_after_s) if command.remind_after_s else None,
            served_s=served_until(visit, at),
        ),
    )


def transfer_visit(branch: Branch, request: Request, command: c.TransferVisit, at: datetime) -> Events:
    """Send the visit on; one that was served here is asked for a rating of it, unless it gave one already."""
    counter, visit = _visit_here(branch, request, command)
    need_reason(branch, command.reason, "transfer")
    if not command.service_id and not command.to_counter_id:
        raise Refusal("transfer_nowhere")
    service = branch.hall.services.get(command.service_id or visit.service_id)
    if service is None:
        raise Refusal("unknown_service", service_id=command.service_id)
    _check_destination(branch, counter, command.to_counter_id)
    was_served = visit.state == "in_service"
    transferred = e.VisitTransferred(
        at=at,
        counter_id=counter.counter_id,
        clerk_id=counter.clerk_id,
        visit_id=visit.visit_id,
        to_service_id=service.service_id,
        to_queue_id=service.queue_id,
        to_counter_id=command.to_counter_id,
        rank_at=rank_after_transfer(
            branch, visit, service.queue_id, at, to_counter_id=command.to_counter_id, position=command.position
        ),
        served_s=served_until(visit, at),
        reason=command.reason,
        noted=bool(command.note.strip()),
    )
    if not was_served:
        return (transferred,)
    return (transferred, *ratings.open_window(branch, counter, visit, at, goes_on=True))


def served_until(visit: Visit, at: datetime) -> int:
    """Give the seconds of service since the last start; 0 when it has not started."""
    if visit.state != "in_service" or visit.started_at is None:
        return 0
    return whole_seconds(visit.started_at, at)


def _start(branch: Branch, counter: CounterToday, visit: Visit, at: datetime) -> Events:
    """Start the service; shut the question here, and the one that this citizen walked away from."""
    closed = [
        event
        for other in branch.counters.values()
        if other is counter or (other.window is not None and other.window.visit_id == visit.visit_id)
        for event in ratings.close_window(other, at)
    ]
    started = e.ServiceStarted(at=at, counter_id=counter.counter_id, clerk_id=counter.clerk_id, visit_id=visit.visit_id)
    return (*closed, started)


def _visit_here(branch: Branch, request: Request, command: c.VisitCommand) -> tuple[CounterToday, Visit]:
    """Give the counter and the visit called or served there; raises :class:`Refusal` when there is none, or another."""
    need_open_day(branch)
    counter = counter_in_charge(branch, request.actor, command)
    need_same_visit(counter, command)
    visit = branch.visits.get(counter.visit_id)
    if visit is None:
        raise Refusal("nobody_served")
    return counter, visit


def _check_destination(branch: Branch, here: CounterToday, to_counter_id: str) -> None:
    if not to_counter_id:
        return
    if to_counter_id == here.counter_id:
        raise Refusal("transfer_nowhere")
    there = branch.counters.get(to_counter_id)
    if there is None:
        raise Refusal("unknown_counter", counter_id=to_counter_id)
    if there.state == "closed":
        raise Refusal("counter_not_serving", counter=str(branch.hall.counters[to_counter_id].number))


def rank_after_transfer(
    branch: Branch,
    visit: Visit,
    queue_id: str,
    at: datetime,
    *,
    to_counter_id: str = "",
    position: c.TransferPosition = "policy",
) -> datetime:
    """Rank by the old arrival, at the end of the line, or just before its head."""
    if position == "policy":
        position = branch.configuration.policies.transfer_position
    return rank_in(branch, visit, queue_id, position, at, to_counter_id=to_counter_id)
