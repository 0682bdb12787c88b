"""Decisions about calls: who is invited to a counter, again, or not any more.

A counter invites one citizen at a time. While a call stands unanswered the clerk answers it first (start, end, no-show
or transfer): a key pressed twice must not send a second citizen to the same window. Nor must a key that arrives late
mean whoever has come since: commands name what was seen of the counter when the key was pressed, and are refused when
it has moved on.
"""

from collections.abc import Callable
from datetime import datetime

from protocol import commands as c
from protocol import events as e
from protocol.events import Clause
from queue_server.core import life
from queue_server.core.calling import next_visit, passed_over
from queue_server.core.counters import need_idle, need_open_day, need_reason
from queue_server.core.permission import counter_in_charge
from queue_server.core.refusals import Refusal
from queue_server.core.request import Request
from queue_server.core.state import Branch, CounterToday, Visit
from queue_server.core.stopping import need_going_hall
from queue_server.core.tickets import Events, number_of, visit_of_today


def call_next(branch: Branch, request: Request, command: c.CallNext, at: datetime) -> Events:
    """Call who is next by the calling rule."""
    counter = _ready_counter(branch, request, command)
    choice = next_visit(branch, counter, at)
    if choice is None:
        raise Refusal("nobody_waiting")
    return _call(branch, counter, branch.visits[choice.place.visit_id], choice.clause, at)


def call_visit(branch: Branch, request: Request, command: c.CallVisit, at: datetime) -> Events:
    """Call a chosen visit out of order, for a reason that stays in the record."""
    counter = _ready_counter(branch, request, command)
    need_reason(branch, command.reason, "call")
    visit = visit_of_today(branch, request.facts, command.visit_id)
    return _call_chosen(branch, counter, visit, command.reason, at)


def call_number(branch: Branch, request: Request, command: c.CallNumber, at: datetime) -> Events:
    """Call a number as keyed: with its prefix, or the only waiting one with these digits."""
    counter = _ready_counter(branch, request, command)
    need_reason(branch, command.reason, "call")
    visit = waiting_number(branch, command.prefix, command.number)
    return _call_chosen(branch, counter, visit, command.reason, at)


def waiting_number(branch: Branch, prefix: str, number: int) -> Visit:
    """Find who waits under a keyed number: with its prefix, or the only one with these digits; else a refusal."""
    visit = keyed_number(branch, prefix, number, lambda one: one.state == "waiting")
    if visit.state != "waiting":
        raise Refusal("visit_not_waiting", number=number_of(visit))
    return visit


def keyed_number(branch: Branch, prefix: str, number: int, fits: Callable[[Visit], bool]) -> Visit:
    """Find who is meant by a keyed number: the only one that fits, or the only one there is; else a refusal."""
    prefixes = (prefix,) if prefix else tuple(sorted(branch.last_numbers))
    found = [branch.by_number.get((one, number), "") for one in prefixes]
    visits = [branch.visits[visit_id] for visit_id in found if visit_id]
    fitting = [visit for visit in visits if fits(visit)] or visits
    if len(fitting) == 1:
        return fitting[0]
    raise Refusal("unknown_number", number=f"{prefix}{number:03d}")


def recall_visit(branch: Branch, request: Request, command: c.RecallVisit, at: datetime) -> Events:
    """Say the present call again, as often as the branch allows."""
    need_going_hall(branch)
    counter, visit = called_visit(branch, request, command)
    limit = branch.configuration.policies.recall_limit
    if visit.recalls >= limit:
        raise Refusal("recall_limit", limit=str(limit))
    return (
        e.VisitRecalled(
            at=at,
            counter_id=counter.counter_id,
            clerk_id=counter.clerk_id,
            visit_id=visit.visit_id,
            call_id=branch.last_call_id + 1,
            recalls=visit.recalls + 1,
        ),
    )


def report_unsaid_call(branch: Branch, request: Request, command: c.ReportUnsaidCall, at: datetime) -> Events:
    """Note that the voice was cut off, as long as that citizen is still called by this very call."""
    function = request.actor.function
    assert function is not None, "the role was checked"
    zones = (function.zone_id,) if function.zone_id else tuple(branch.calls)
    for call in (call for zone_id in zones for call in branch.calls.get(zone_id, ())):
        visit = branch.visits.get(call.visit_id)
        stands = visit is not None and visit.state == "called" and visit.call_id == call.call_id
        if call.call_id == command.call_id and branch.day == command.day and visit and stands and not visit.unsaid:
            return (
                e.CallLeftUnsaid(
                    at=at,
                    counter_id=call.counter_id,
                    clerk_id=branch.counters[call.counter_id].clerk_id,
                    visit_id=visit.visit_id,
                    call_id=call.call_id,
                ),
            )
    return ()


def mark_no_show(branch: Branch, request: Request, command: c.MarkNoShow, at: datetime) -> Events:
    """Note that the called citizen did not come."""
    need_going_hall(branch)
    counter, visit = called_visit(branch, request, command)
    return (
        e.VisitMarkedNoShow(at=at, counter_id=counter.counter_id, clerk_id=counter.clerk_id, visit_id=visit.visit_id),
    )


def reinstate_visit(
    branch: Branch, request: Request, command: c.ReinstateVisit | c.ReinstateNumber, at: datetime
) -> Events:
    """Put a no-show, or someone who was told to come back today, into the queue again by the old arrival.

    Named by id, or by the number on the ticket: with its prefix, or the only one of these digits that can come again.
    """
    need_open_day(branch)
    counter = counter_in_charge(branch, request.actor, command)
    need_reason(branch, command.reason, "reinstate")
    if isinstance(command, c.ReinstateNumber):
        visit = keyed_number(branch, command.prefix, command.number, _may_come_again)
    else:
        visit = visit_of_today(branch, request.facts, command.visit_id)
    if not _may_come_again(visit):
        raise Refusal("not_reinstatable", number=number_of(visit))
    return (
        e.VisitReinstated(
            at=at,
            counter_id=counter.counter_id,
            clerk_id=counter.clerk_id,
            visit_id=visit.visit_id,
            queue_id=visit.queue_id,
            rank_at=visit.rank_at,
            reason=command.reason,
        ),
    )


def _may_come_again(visit: Visit) -> bool:
    return visit.state == "no_show" or (visit.state == "ended" and visit.come_back_today)


def resume_visit(branch: Branch, request: Request, command: c.ResumeVisit, at: datetime) -> Events:
    """Call a visit back that this counter parked."""
    counter = _ready_counter(branch, request, command)
    visit = visit_of_today(branch, request.facts, command.visit_id)
    if visit.state != "parked" or visit.counter_id != counter.counter_id:
        raise Refusal("not_parked_here", number=number_of(visit))
    return _call(branch, counter, visit, "resumed", at)


def called_visit(branch: Branch, request: Request, command: c.VisitCommand) -> tuple[CounterToday, Visit]:
    """Give the counter and the visit that it calls just now; raises :class:`Refusal` when it calls none, or another."""
    need_open_day(branch)
    counter = counter_in_charge(branch, request.actor, command)
    need_same_visit(counter, command)
    visit = branch.visits.get(counter.visit_id)
    if visit is None or visit.state != "called":
        raise Refusal("nobody_called")
    return counter, visit


def need_same_visit(counter: CounterToday, command: c.VisitCommand) -> None:
    """Refuse what was pressed for one citizen and arrives when another is at the counter."""
    if command.visit_id and counter.visit_id not in ("", command.visit_id):
        raise Refusal("other_at_counter")


def _ready_counter(branch: Branch, request: Request, command: c.CallingCommand) -> CounterToday:
    """Give the counter if it may call somebody now, and has called nobody since the key was pressed."""
    need_open_day(branch)
    need_going_hall(branch)
    counter = counter_in_charge(branch, request.actor, command)
    need_idle(branch, counter)
    if counter.state != "open":
        raise Refusal("counter_paused" if counter.state == "paused" else "counter_closed")
    if command.after_call_id not in (None, counter.last_call_id):
        raise Refusal("called_meanwhile")
    return counter


def _call_chosen(branch: Branch, counter: CounterToday, visit: Visit, reason: str, at: datetime) -> Events:
    if visit.state != "waiting":
        raise Refusal("visit_not_waiting", number=number_of(visit))
    if visit.to_counter_id not in ("", counter.counter_id):
        there = str(branch.hall.counters[visit.to_counter_id].number)
        raise Refusal("visit_elsewhere", number=number_of(visit), counter=there)
    return _call(branch, counter, visit, "chosen", at, reason=reason)


def _call(
    branch: Branch, counter: CounterToday, visit: Visit, clause: Clause, at: datetime, *, reason: str = ""
) -> Events:
    assert life.may(visit.state, e.VisitCalled), f"{visit.visit_id} is {visit.state}"
    return (
        e.VisitCalled(
            at=at,
            counter_id=counter.counter_id,
            clerk_id=counter.clerk_id,
            visit_id=visit.visit_id,
            call_id=branch.last_call_id + 1,
            clause=clause,
            waited_s=whole_seconds(visit.waiting_since, at),
            passed_over=passed_over(branch, counter, visit.place),
            reason=reason,
            stopped_s=branch.stopped_s(visit.waiting_since, at),
        ),
    )


def whole_seconds(since: datetime, at: datetime) -> int:
    """Give the whole seconds from ``since`` to ``at``."""
    return int((at - since).total_seconds())
