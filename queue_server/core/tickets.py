"""Decisions about tickets: taking a number, handing over one given off line, and leaving before the call."""

from bisect import bisect_right
from datetime import date, datetime, timedelta

from protocol import commands as c
from protocol import events as e
from protocol.configuration import PriorityClass, Service
from queue_server.core import life
from queue_server.core.calendar import business_date, is_open
from queue_server.core.persons import card_needed, limit_reached
from queue_server.core.refusals import Refusal
from queue_server.core.request import Facts, Request
from queue_server.core.state import Branch, Visit

Events = tuple[e.AnyEvent, ...]

GIVE_TICKETS = frozenset({"kiosk", "system"})
"""What gives numbers without staff: by the hall's hours, and only so many a minute."""

RATE_SPAN = timedelta(seconds=60)
"""The stretch over which the numbers of one kiosk are counted."""


def take_ticket(branch: Branch, request: Request, command: c.TakeTicket, at: datetime) -> Events:
    """Give the next number; nothing happens when this ``visit_id`` has one already."""
    if command.visit_id in branch.visits:
        return ()
    service, priority_class = _new_visit(branch, request.facts, command.service_id, command.priority_class_id)
    if branch.stopped is not None:
        raise Refusal("hall_stopped")
    if command.procedure_code and command.procedure_code not in branch.hall.procedures:
        raise Refusal("unknown_procedure", procedure_code=command.procedure_code)
    function = request.actor.function
    if function is None or function.kind in GIVE_TICKETS:
        _check_kiosk(branch, command.function_id, service, priority_class, at)
    if service.daily_quota and branch.taken_by_service.get(service.service_id, 0) >= service.daily_quota:
        raise Refusal("quota_reached", quota=str(service.daily_quota))
    limit = branch.configuration.policies.waiting_limit
    if branch.waiting >= limit:
        raise Refusal("hall_full", limit=str(limit))
    needs_card = card_needed(branch.configuration, service)
    if needs_card:
        _check_person(branch, request, command, service)
    return (
        e.VisitTaken(
            at=at,
            visit_id=command.visit_id,
            device_id=request.actor.device_id,
            function_id=command.function_id,
            service_id=service.service_id,
            queue_id=service.queue_id,
            priority_class_id=priority_class.priority_class_id,
            prefix=service.prefix,
            number=_next_number(branch, service.prefix),
            taken_at=at,
            procedure_code=command.procedure_code,
            language=command.language,
            estimate=request.facts.estimate,
            coming_service_ids=branch.hall.follows(service.service_id, command.procedure_code),
            person_mark=command.person_mark if needs_card else "",
            without_card=command.without_card if needs_card else "",
            clerk_id=request.actor.clerk_id,
        ),
    )


def _check_person(branch: Branch, request: Request, command: c.TakeTicket, service: Service) -> None:
    """Check that who takes the number is known and may have one more; staff give it without that, for a reason."""
    function = request.actor.function
    if function is not None and function.kind == "staff":
        reason = branch.hall.reasons.get(command.without_card)
        if reason is None or "without_card" not in reason.uses:
            raise Refusal("unknown_reason", reason=command.without_card)
        return
    if command.without_card:
        raise Refusal("not_allowed")
    if not command.person_mark:
        raise Refusal("card_needed")
    reached = limit_reached(branch, service, command.person_mark)
    if reached is None:
        return
    visit, limit = reached.visit, str(reached.limit)
    number, time = number_of(visit), _clock(visit.taken_at, request.facts.utc_offset_s)
    if reached.by == "at_once":
        raise Refusal("person_at_once", limit=limit, number=number, service_id=visit.service_id, time=time)
    raise Refusal("person_day", limit=limit, number=number, service_id=visit.service_id, time=time)


def _clock(at: datetime, utc_offset_s: int) -> str:
    return (at + timedelta(seconds=utc_offset_s)).strftime("%H:%M")


def hand_over_visit(branch: Branch, request: Request, command: c.HandOverVisit, at: datetime) -> Events:
    """Take over a visit whose number a kiosk gave by itself: the number on paper wins."""
    taken = (command.prefix, command.number)
    visit = branch.visits.get(command.visit_id)
    if visit is not None and (visit.prefix, visit.number) == taken:
        return ()
    _need_own_range(branch, command)
    if taken in branch.by_number:
        raise Refusal("number_taken", number=_spoken(*taken))
    if visit is not None:
        return (
            e.VisitRenumbered(
                at=at,
                visit_id=visit.visit_id,
                prefix=command.prefix,
                number=command.number,
                void_prefix=visit.prefix,
                void_number=visit.number,
            ),
        )
    service, priority_class = _new_visit(branch, request.facts, command.service_id, command.priority_class_id)
    return (
        e.VisitTaken(
            at=at,
            visit_id=command.visit_id,
            device_id=request.actor.device_id,
            function_id=command.function_id,
            service_id=service.service_id,
            queue_id=service.queue_id,
            priority_class_id=priority_class.priority_class_id,
            prefix=command.prefix,
            number=command.number,
            taken_at=_believable(branch, request, command.taken_at, at),
            procedure_code=command.procedure_code,
            language=command.language,
            off_line=True,
            coming_service_ids=branch.hall.follows(service.service_id, command.procedure_code),
            person_mark=command.person_mark if card_needed(branch.configuration, service) else "",
            over_limit=limit_reached(branch, service, command.person_mark) is not None,
        ),
    )


def cancel_visit(branch: Branch, request: Request, command: c.CancelVisit, at: datetime) -> Events:
    """Let a citizen go who was not called: by the ticket's secret, by a clerk at a counter, or by an usher."""
    by_staff = request.actor.function is not None and request.actor.function.kind == "staff"
    by_usher = request.actor.staff_role == "usher"
    if by_staff and not by_usher and request.actor.clerk_id not in branch.counter_by_clerk:
        raise Refusal("not_signed_in")
    reason = branch.hall.reasons.get(command.reason)
    if by_usher and (reason is None or "cancel" not in reason.uses):
        raise Refusal("unknown_reason", reason=command.reason)
    if not by_staff and not request.facts.secret_valid:
        raise Refusal("secret_wrong")
    visit = visit_of_today(branch, request.facts, command.visit_id)
    if visit.state == "cancelled":
        return ()
    if not life.may(visit.state, e.VisitCancelled):
        raise Refusal("visit_not_waiting", number=number_of(visit))
    return (
        e.VisitCancelled(
            at=at,
            visit_id=visit.visit_id,
            by="staff" if by_staff else "citizen",
            clerk_id=request.actor.clerk_id if by_staff else "",
            reason=command.reason if by_usher else "",
        ),
    )


def visit_of_today(branch: Branch, facts: Facts, visit_id: str) -> Visit:
    """Give a visit of the open day; raises :class:`Refusal` for one that is over with its day, or never was."""
    if not branch.day_open:
        raise Refusal("day_closed")
    visit = branch.visits.get(visit_id)
    if visit is None:
        raise Refusal("visit_too_old" if facts.old_visit is not None else "unknown_visit")
    return visit


def need_live_link(branch: Branch, request: Request, visit: Visit) -> None:
    """Check that a phone's or a system's link to a ticket is not too old; other terminals have rules of their own."""
    if not any(function.kind in {"public", "system"} for function in request.actor.functions):
        return
    days = (date.fromisoformat(branch.day) - date.fromisoformat(visit.day)).days if branch.day else 0
    if days >= branch.configuration.ticket_link.valid_days:
        raise Refusal("link_expired")


def number_of(visit: Visit) -> str:
    """Write a visit's number as people see it, ``H042``."""
    return _spoken(visit.prefix, visit.number)


def _spoken(prefix: str, number: int) -> str:
    return f"{prefix}{number:03d}"


def _new_visit(branch: Branch, facts: Facts, service_id: str, priority_class_id: str) -> tuple[Service, PriorityClass]:
    """Check what any new visit needs: an open day, an id that was never used, a service and a class."""
    if facts.old_visit is not None:
        raise Refusal("visit_too_old")
    if not branch.day_open:
        raise Refusal("day_closed")
    service = branch.hall.services.get(service_id)
    if service is None:
        raise Refusal("unknown_service", service_id=service_id)
    priority_class = branch.hall.classes.get(priority_class_id)
    if priority_class is None:
        raise Refusal("unknown_class", priority_class_id=priority_class_id)
    return service, priority_class


def _check_kiosk(
    branch: Branch, function_id: str, service: Service, priority_class: PriorityClass, at: datetime
) -> None:
    """Check what holds where no staff give the number; they may help outside hours, and give the classes of staff."""
    assert branch.plan is not None, "an open day has a plan"
    if not is_open(branch.plan.giving_of(service.hours_id), at):
        raise Refusal("service_closed", service_id=service.service_id)
    if priority_class.chosen_by == "staff":
        raise Refusal("class_by_staff")
    taken = branch.taken_lately.get(function_id, ())  # In ascending order.
    lately = len(taken) - bisect_right(taken, at - RATE_SPAN)
    if lately >= branch.configuration.policies.visits_per_kiosk_per_minute:
        raise Refusal("too_many_tickets")


def _next_number(branch: Branch, prefix: str) -> int:
    return branch.hall.next_number(prefix, branch.last_numbers.get(prefix, 0), branch.former_ranges)


def _need_own_range(branch: Branch, command: c.HandOverVisit) -> None:
    """Check that the kiosk may have given the number: from a range that is its own, or was at some time of today."""
    for numbers in (*branch.hall.ranges_by_function.get(command.function_id, ()), *branch.former_ranges):
        is_its_own = (numbers.function_id, numbers.prefix) == (command.function_id, command.prefix)
        if is_its_own and numbers.first <= command.number <= numbers.last:
            return
    raise Refusal("number_out_of_range", number=_spoken(command.prefix, command.number))


def _believable(branch: Branch, request: Request, taken_at: datetime, at: datetime) -> datetime:
    """Clamp a kiosk's idea of when it gave a number: not before it can have been, and not after now.

    It was not before the day opened, not before the kiosk's number before it (they are handed over in their order), and
    not before the silence in which, by what the server heard, it was given. A number that the kiosk gets from the
    server meanwhile says nothing about those that it has still to hand over.

    A number of an earlier business day is refused: its day is over, and its citizen has gone home.
    """
    assert branch.plan is not None, "an open day has a plan"
    if business_date(taken_at, branch.plan.utc_offset_s).isoformat() < branch.day:
        raise Refusal("visit_too_old")
    known = (request.facts.last_contact_at, branch.last_handed_over_at.get(request.actor.device_id))
    earliest = max([branch.plan.opens_at, *(contact for contact in known if contact is not None)])
    return min(max(taken_at, earliest), at)
