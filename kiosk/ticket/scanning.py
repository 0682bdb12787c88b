"""What a scan does: a ticket's holder sees how far the queue is; all else is answered by a clear sentence."""

from dataclasses import replace

from kiosk.ticket.hall import derived_id
from kiosk.ticket.model import Ask, Confirm, Now, Number, Screen, State
from kiosk.ticket.scan_model import FoundVisit, Looking, ScanAnswer, ScanAnswerCode, Scanned
from kiosk.ticket.scans import CardScan, DossierScan, NumberScan, TicketScan, UnknownScan
from kiosk.ticket.taking import Step
from protocol.commands import FindVisit
from protocol.views import AnyReply, Refused, VisitFound


def scanned(state: State, scanned: Scanned, now: Now) -> Step:
    """Take a scan, or that one could not be read (None).

    While a number is being taken or is shown, the screen belongs to that number, and a scan changes nothing.
    """
    if isinstance(state.screen, Number) or (isinstance(state.screen, Confirm) and state.screen.visit):
        return state, ()
    state = replace(state, touched_hall_at=now.hall_at, touched_real_s=now.real_s, stay_asked_hall_at=None)
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
            return _shown(state, ScanAnswer("citizen_card", masked_id)), ()
        case _:
            return _shown(state, ScanAnswer(_answer(scanned))), ()


def _answer(scanned: Scanned) -> ScanAnswerCode:
    match scanned.scan:
        case DossierScan():
            return "dossier"
        case NumberScan():
            return "number"
        case UnknownScan():
            return "unknown"
        case _:
            return "unread"


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
