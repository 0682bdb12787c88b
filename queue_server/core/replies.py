"""What a request is answered, once its events are applied.

A reply depends on the state after the events, so that a request repeated under another id, which makes no events, is
still answered with the number or the call that it asked for. The server keeps each reply by request id and answers a
literal repetition with the stored bytes.
"""

from datetime import datetime
from typing import assert_never

import msgspec

from protocol import ballot_commands as bc
from protocol import commands as c
from protocol import events as e
from protocol import inquiry_commands as ic
from protocol import views as v
from protocol import voice_commands as vc
from queue_server.core.ballots import ballot_kept, ballots_found
from queue_server.core.calling import ahead_of
from queue_server.core.devices import about_device, check_asked
from queue_server.core.inquiries import answer_about_inquiries, check_inquiry_question
from queue_server.core.permission import counter_in_charge
from queue_server.core.persons import limit_reached
from queue_server.core.print_orders import need_order
from queue_server.core.ratings import link_rating
from queue_server.core.refusals import Refusal
from queue_server.core.request import Request
from queue_server.core.rosters import check_days, rosters_found
from queue_server.core.shown import Estimates, open_counter_numbers
from queue_server.core.state import Branch, Visit
from queue_server.core.tickets import GIVE_TICKETS, Events, need_live_link, visit_of_today
from queue_server.core.views_counter import counter_visit
from queue_server.core.voice_answers import answer_about_voices, check_voice_question
from queue_server.core.waiting_list import PAGE_VISITS, waiting_list


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
        case bc.EnterBallot() | bc.SettleBallot() as command:
            answer = ballot_kept(branch, command, events)
        case (
            c.Introduce()
            | c.FetchCatalogue()
            | c.FindVisit()
            | c.FindHeldNumber()
            | c.FindNote()
            | c.FetchWaitingList()
            | c.FetchRosters()
            | bc.FetchBallots()
            | c.FindTicket()
            | c.Attend()
            | c.FindDevice()
            | c.TryFunction()
            | c.FindPrintOrder()
            | vc.FindVoice()
            | vc.FindVoiceCode()
            | vc.FollowVoice()
            | vc.FetchVoices()
            | ic.FetchAlerts()
            | ic.FetchInquiries()
            | ic.FindInquiry()
            | ic.FetchHearings()
            | ic.FetchConcerns() as command
        ):
            answer = _answer(branch, request, command, estimates, at)
        case _:
            answer = v.Done()
    return answer


def _answer(  # noqa: C901, PLR0912 -- one case per question.
    branch: Branch, request: Request, command: c.Question, estimates: Estimates, at: datetime
) -> v.AnyReply:
    """Answer a question that may be asked."""
    answer: v.AnyReply
    match command:
        case c.Introduce():
            answer = _introduction(branch, request, at)
        case c.FetchCatalogue():
            hall = branch.hall
            answer = v.CataloguePage(
                catalogue_hash=hall.catalogue_hash,
                page=command.page,
                pages=len(hall.catalogue_pages),
                procedures=hall.catalogue_pages[command.page],
            )
        case c.FindVisit():
            visit = _visit(branch, request, command.visit_id)
            found = _found(branch, visit, estimates, at)
            answer = msgspec.structs.replace(found, link_rating=link_rating(branch, request, visit))
        case c.FindHeldNumber():
            held = held_visit(branch, command)
            found = _found(branch, held, estimates, at)
            copies = held.ticket_copy + 1 if held.ticket_state else 0
            answer = msgspec.structs.replace(found, secret=request.facts.ticket_secret, copies=copies)
        case c.FindTicket():
            found = _found(branch, branch.visits[command.visit_id], estimates, at)
            answer = msgspec.structs.replace(found, secret=request.facts.ticket_secret)
        case c.FetchRosters():
            answer = rosters_found(branch, command)
        case bc.FetchBallots():
            answer = ballots_found(branch, request, command)
        case c.FindPrintOrder():
            order = need_order(branch, command, at)
            found = _found(branch, branch.visits[order.visit_id], estimates, at)
            answer = msgspec.structs.replace(found, secret=request.facts.ticket_secret, copies=order.copy)
        case c.FetchWaitingList():
            answer = _waiting_page(branch, command, at)
        case c.Attend() | c.FindDevice() | c.TryFunction():
            answer = about_device(branch, request, command)
        case c.FindNote():
            answer = v.NoteFound(visit_id=command.visit_id, note=request.facts.note)
        case vc.FindVoice() | vc.FindVoiceCode() | vc.FollowVoice() | vc.FetchVoices():
            answer = answer_about_voices(branch, request, command)
        case ic.FetchAlerts() | ic.FetchInquiries() | ic.FindInquiry() | ic.FetchHearings() | ic.FetchConcerns():
            answer = answer_about_inquiries(branch, request, command, at)
        case _:
            assert_never(command)
    return answer


def check_question(branch: Branch, request: Request, command: c.Question, at: datetime) -> None:  # noqa: C901 -- as above.
    """Refuse a question that has no answer, or whose answer is not for this asker."""
    match command:
        case c.FetchCatalogue():
            _check_catalogue(branch, command)
        case c.FindVisit():
            is_staff = any(function.kind == "staff" for function in request.actor.functions)
            if not is_staff and not request.facts.secret_valid:
                raise Refusal("secret_wrong")
            need_live_link(branch, request, _visit(branch, request, command.visit_id))
        case c.FindHeldNumber():
            held_visit(branch, command)
        case c.FindNote():
            _check_note(branch, request, command)
        case c.FindTicket():
            visit_of_today(branch, request.facts, command.visit_id)
        case c.FetchRosters():
            check_days(command)
        case c.Attend() | c.FindDevice() | c.TryFunction():
            check_asked(branch, command)
        case c.FindPrintOrder():
            need_order(branch, command, at)
        case vc.FindVoice() | vc.FindVoiceCode() | vc.FollowVoice() | vc.FetchVoices():
            check_voice_question(branch, request, command)
        case ic.FetchAlerts() | ic.FetchInquiries() | ic.FindInquiry() | ic.FetchHearings() | ic.FetchConcerns():
            check_inquiry_question(branch, request, command)
        case c.Introduce() | c.FetchWaitingList() | bc.FetchBallots():
            pass


def _check_catalogue(branch: Branch, command: c.FetchCatalogue) -> None:
    hall = branch.hall
    if command.catalogue_hash != hall.catalogue_hash or command.page >= len(hall.catalogue_pages):
        raise Refusal("unknown_catalogue")


def _waiting_page(branch: Branch, command: c.FetchWaitingList, at: datetime) -> v.WaitingListPage:
    """Give a page of the waiting list; one past its end is empty."""
    visits = waiting_list(branch, at) if branch.day_open else ()
    first = command.page * PAGE_VISITS
    pages = max(1, -(-len(visits) // PAGE_VISITS))
    return v.WaitingListPage(at=at, page=command.page, pages=pages, visits=visits[first : first + PAGE_VISITS])


def _check_note(branch: Branch, request: Request, command: c.FindNote) -> None:
    """Refuse a note to everybody but the clerk at whose counter its visit is."""
    counter = counter_in_charge(branch, request.actor, command)
    visit = branch.visits.get(command.visit_id)
    is_here = visit is not None and visit.state in ("called", "in_service", "parked")
    if visit is None or not is_here or visit.counter_id != counter.counter_id:
        raise Refusal("not_allowed")
    if not request.facts.note:
        raise Refusal("no_note")


def held_visit(branch: Branch, command: c.FindHeldNumber) -> Visit:
    """Give the visit that keeps a person from another number of the service; raises :class:`Refusal` for none."""
    service = branch.hall.services.get(command.service_id)
    reached = limit_reached(branch, service, command.person_mark) if service is not None else None
    if reached is None:
        raise Refusal("nothing_held")
    return reached.visit


def asked_visit(branch: Branch, command: c.FindTicket | c.FindHeldNumber | c.FindPrintOrder) -> Visit | None:
    """Give the visit whose ticket is asked for, whoever asks; None where there is none."""
    match command:
        case c.FindTicket():
            return branch.visits.get(command.visit_id)
        case c.FindPrintOrder():
            order = branch.print_orders.get(command.order_id)
            return branch.visits.get(order.visit_id) if order is not None else None
        case c.FindHeldNumber():
            try:
                return held_visit(branch, command)
            except Refusal:
                return None


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
    kinds = {function.kind for function in request.actor.functions}
    is_kiosk = "kiosk" in kinds
    return v.Introduction(
        device_id=request.actor.device_id,
        functions=request.actor.functions,
        branch_id=branch.configuration.branch_id,
        names=branch.hall.names,
        epoch=facts.epoch,
        at=at,
        rate=facts.rate,
        oldest_version=facts.oldest_version,
        link_key=facts.link_key if kinds & GIVE_TICKETS else "",
        person_key=facts.person_key if is_kiosk else "",
        person_day=branch.day if is_kiosk and facts.person_key else "",
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
