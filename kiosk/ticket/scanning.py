"""What a scan does: it shows how far the queue is, leads to a service, or is answered by a clear sentence.

A ticket's holder sees the queue; who brings a receipt or an appointment is led to the right service.
"""

from dataclasses import replace

from kiosk.ticket import persons
from kiosk.ticket.hall import derived_id, is_stopped, local_time, procedure_of
from kiosk.ticket.model import Ask, Confirm, Now, Number, Screen, State
from kiosk.ticket.person_model import CardFirst
from kiosk.ticket.scan_model import Brought, FoundVisit, Looking, ScanAnswer, Scanned
from kiosk.ticket.scans import AppointmentScan, CardScan, DossierScan, NumberScan, TicketScan, UnknownScan
from kiosk.ticket.taking import Step
from kiosk.ticket.touches import screen_for
from protocol.commands import FindVisit
from protocol.views import AnyReply, Refused, VisitFound


def scanned(state: State, scanned: Scanned, now: Now) -> Step:
    """Take a scan, or that one could not be read (None).

    While a number is being taken or is shown, the screen belongs to that number, and a scan changes nothing; nor does
    one in a hall that is stopped.
    """
    taken = isinstance(state.screen, Number) or (isinstance(state.screen, Confirm) and state.screen.visit)
    if taken or is_stopped(state):
        return state, ()
    state = replace(state, touched_hall_at=now.hall_at, touched_real_s=now.real_s, stay_asked_hall_at=None)
    if isinstance(state.screen, CardFirst) and not isinstance(scanned.scan, TicketScan):
        return _card_shown(state, state.screen, scanned), ()
    match scanned.scan:
        case TicketScan(code=code):
            if state.link != "up":
                return _shown(state, ScanAnswer("server_gone")), ()
            request_id = derived_id(now.fresh_id, "find")
            ticket = code.reveal()
            question = FindVisit(visit_id=ticket.visit_id, secret=ticket.secret)
            ask = Ask(request_id, question, state.settings.ask_real_s)
            return _shown(state, Looking(request_id)), (ask,)
        case CardScan(masked_id=masked_id):
            asks = state.view is not None and any(one.card_needed for one in state.view.services)
            return _shown(state, ScanAnswer("card_too_early" if asks else "citizen_card", masked_id)), ()
        case other:
            return _shown(state, _led_to(state, other, now)), ()


def _card_shown(state: State, screen: CardFirst, scanned: Scanned) -> State:
    """Go on from the page that asks for the card; what was no card leaves the citizen there."""
    shown = persons.card_shown(state, screen, scanned.scan)
    history = state.history if isinstance(shown, CardFirst) else (*state.history, replace(screen, trouble=""))
    return replace(state, screen=shown, history=history)


def _led_to(state: State, scan: DossierScan | AppointmentScan | NumberScan | UnknownScan | None, now: Now) -> Screen:
    match scan:
        case DossierScan():
            return _receipt(state, persons.mark_of(state, scan), now)
        case AppointmentScan():
            return _appointment(state, scan, now)
        case NumberScan():
            return ScanAnswer("number")
        case UnknownScan():
            return ScanAnswer("unknown")
        case None:
            return ScanAnswer("unread")


def _receipt(state: State, mark: str, now: Now) -> Screen:
    """Lead who brings a receipt to where results are handed out."""
    services = state.view.services if state.view else ()
    for service in services:
        if service.takes_receipts:
            brought = Brought("receipt", person_mark=mark)
            return screen_for(state, service.service_id, now, brought=brought) or ScanAnswer("dossier")
    return ScanAnswer("dossier")


def _appointment(state: State, appointment: AppointmentScan, now: Now) -> Screen:
    """Lead who has an appointment today to its service and class."""
    if appointment.day != local_time(state, now.hall_at).date():
        return ScanAnswer("appointment_other_day", day=appointment.day)
    procedure = procedure_of(state, appointment.what)
    service_id, code = (procedure.service_id, procedure.code) if procedure else (appointment.what, "")
    brought = Brought("appointment", appointment.booked_time)
    screen = screen_for(state, service_id, now, code, priority_class_id=appointment.priority_class_id, brought=brought)
    return screen or ScanAnswer("appointment_unknown")


def answered(state: State, reply: AnyReply | None) -> Step:
    """Show what the server knows of the ticket that is being looked up."""
    match reply:
        case VisitFound():
            return replace(state, screen=FoundVisit(reply)), ()
        case Refused(code="secret_wrong" | "unknown_visit"):
            return replace(state, screen=ScanAnswer("unknown")), ()
        case _:
            return replace(state, screen=ScanAnswer("server_gone")), ()


def _shown(state: State, screen: Screen) -> State:
    """Show what a scan brought, over what was there: the next scan replaces it, *back* leads to what was before."""
    here = state.screen
    history = state.history if isinstance(here, Looking | FoundVisit | ScanAnswer) else (*state.history, here)
    return replace(state, screen=screen, history=history)
