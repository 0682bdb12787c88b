"""What a request is answered, once its events are applied.

A reply depends on the state after the events, so that a request repeated under another id, which makes no events, is
still answered with the number or the call that it asked for. The server keeps each reply by request id and answers a
literal repetition with the stored bytes.
"""

from datetime import datetime

from protocol import commands as c
from protocol import events as e
from protocol import views as v
from queue_server.core.calling import ahead_of
from queue_server.core.refusals import Refusal
from queue_server.core.request import Request
from queue_server.core.shown import Estimates, open_counter_numbers
from queue_server.core.state import Branch, Visit
from queue_server.core.tickets import Events
from queue_server.core.views_staff import counter_visit


def refused(refusal: Refusal) -> v.Refused:
    """Give the reply of a refusal; the handler adds the sentences."""
    return v.Refused(code=refusal.code, parts=refusal.parts)


def reply(branch: Branch, request: Request, events: Events, estimates: Estimates, at: datetime) -> v.AnyReply:
    """Give the reply to a request whose events are applied. A ``Refused`` has no sentences yet: the handler adds them.

    Two commands are noted and refused all the same: a wrong pairing code, and a second rating by link.
    """
    answer: v.AnyReply
    match request.command:
        case c.TakeTicket() | c.HandOverVisit() as command:
            answer = _ticket(branch, branch.visits[command.visit_id], estimates)
        case c.CallNext() | c.CallVisit() | c.CallNumber() | c.ResumeVisit() | c.RecallVisit() as command:
            answer = _called(branch, branch.visits[branch.counters[command.counter_id].visit_id])
        case c.CreateDevice() as command:
            created = events[0]
            assert isinstance(created, e.DeviceCreated), "a device is created by this command"
            answer = v.DeviceCreatedReply(
                device_id=command.device_id, code=request.facts.pairing_code, expires_at=created.expires_at
            )
        case c.Pair():
            answer = _pairing(branch, request, events)
        case c.RateByLink():
            again = any(isinstance(event, e.RatingPressed) and event.flag for event in events)
            answer = v.Refused(code="already_rated") if again else v.Done()
        case c.Introduce():
            answer = _introduction(branch, request, at)
        case c.FetchCatalogue() as command:
            hall = branch.hall
            answer = v.CataloguePage(
                catalogue_hash=hall.catalogue_hash,
                page=command.page,
                pages=len(hall.catalogue_pages),
                procedures=hall.catalogue_pages[command.page],
            )
        case c.FindVisit() as command:
            answer = _found(branch, _visit(branch, request, command.visit_id), estimates, at)
        case _:
            answer = v.Done()
    return answer


def check_question(branch: Branch, request: Request, command: c.Question) -> None:
    """Refuse a question that has no answer, or whose answer is not for this asker."""
    match command:
        case c.FetchCatalogue():
            hall = branch.hall
            if command.catalogue_hash != hall.catalogue_hash or command.page >= len(hall.catalogue_pages):
                raise Refusal("unknown_catalogue")
        case c.FindVisit():
            is_staff = any(function.kind == "staff" for function in request.actor.functions)
            if not is_staff and not request.facts.secret_valid:
                raise Refusal("secret_wrong")
            _visit(branch, request, command.visit_id)
        case c.Introduce():
            pass


def _visit(branch: Branch, request: Request, visit_id: str) -> Visit:
    visit = branch.visits.get(visit_id) or request.facts.old_visit
    if visit is None:
        raise Refusal("unknown_visit")
    return visit


def _ticket(branch: Branch, visit: Visit, estimates: Estimates) -> v.TicketTaken:
    return v.TicketTaken(
        visit_id=visit.visit_id,
        prefix=visit.prefix,
        number=visit.number,
        service_id=visit.service_id,
        priority_class_id=visit.priority_class_id,
        procedure_code=visit.procedure_code,
        taken_at=visit.taken_at,
        ahead=_ahead(branch, visit),
        estimate=_estimate(visit, estimates),
        counter_numbers=open_counter_numbers(branch, visit.queue_id),
    )


def _called(branch: Branch, visit: Visit) -> v.VisitCalledReply:
    assert visit.clause is not None, "a called visit was called by a clause"
    return v.VisitCalledReply(
        visit_id=visit.visit_id,
        prefix=visit.prefix,
        number=visit.number,
        counter_number=branch.hall.counters[visit.counter_id].number,
        call_id=visit.call_id,
        clause=visit.clause,
    )


def _pairing(branch: Branch, request: Request, events: Events) -> v.AnyReply:
    if any(isinstance(event, e.PairingFailed) for event in events):
        return v.Refused(code="pairing_refused")
    device = branch.devices[branch.device_by_key[request.facts.public_key]]
    return v.Paired(device_id=device.device_id, functions=device.functions)


def _introduction(branch: Branch, request: Request, at: datetime) -> v.Introduction:
    facts = request.facts
    is_kiosk = any(function.kind == "kiosk" for function in request.actor.functions)
    return v.Introduction(
        device_id=request.actor.device_id,
        functions=request.actor.functions,
        branch_id=branch.configuration.branch_id,
        names=branch.configuration.names,
        epoch=facts.epoch,
        at=at,
        rate=facts.rate,
        oldest_version=facts.oldest_version,
        link_key=facts.link_key if is_kiosk else "",
    )


def _found(branch: Branch, visit: Visit, estimates: Estimates, at: datetime) -> v.VisitFound:
    counter = branch.hall.counters.get(visit.counter_id)
    return v.VisitFound(
        visit=counter_visit(branch, visit, at),
        ahead=_ahead(branch, visit),
        estimate=_estimate(visit, estimates),
        counter_number=counter.number if counter is not None and visit.state in ("called", "in_service") else 0,
    )


def _ahead(branch: Branch, visit: Visit) -> int:
    """Count who is ahead; nobody is ahead of one who does not wait (any more)."""
    if visit.state != "waiting":
        return 0
    return ahead_of(branch, visit.queue_id, visit.priority_class_id, visit.place)


def _estimate(visit: Visit, estimates: Estimates) -> v.Estimate | None:
    return estimates.get((visit.service_id, visit.priority_class_id)) if visit.state == "waiting" else None
