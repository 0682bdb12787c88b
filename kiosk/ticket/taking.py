"""From a decision to a number on paper: the part of the flow that must never lose or double anything.

The order is the point. A visit's id is made durable *before* anybody is asked for a number, so that a second touch,
a crash or a lost answer meets the same visit again. A number of the kiosk's own range is durable, together with its
hand-over, *before* it is shown. A number is forgotten only when the printer's owner has its job on disk. What must
still reach the server waits in the outbox and goes in order, one at a time, under an id that never changes.
"""

from dataclasses import replace
from datetime import timedelta

from kiosk.ticket import persons
from kiosk.ticket.before import comes_next_day, late_from
from kiosk.ticket.hall import derived_id, next_own_number, own_range, service_of
from kiosk.ticket.kept_model import OfflineNumber, OutboxEntry, OwnNumber, PendingVisit, RefusedHandOver
from kiosk.ticket.model import (
    Ask,
    Confirm,
    DropOutbox,
    DropVisit,
    Effect,
    GivenNumber,
    KeepOffline,
    KeepOutbox,
    KeepVisit,
    Kept,
    Now,
    Number,
    Print,
    PrinterTold,
    PrintState,
    Refusal,
    State,
    Ticket,
)
from protocol.commands import HandOverVisit, ReportTicket, TakeTicket
from protocol.ticket_code import ticket_secret
from protocol.views import AnyReply, Refused, TicketTaken

Step = tuple[State, tuple[Effect, ...]]

OUTBOX_LIMIT = 2_000
"""Reports of tickets beyond this are dropped, hand-overs never: those are bounded by the range of numbers."""

_OUTCOMES: dict[str, PrintState] = {"confirmed": "printed", "held": "held", "uncertain": "uncertain"}

TRY_AGAIN_CODES = frozenset({"storage", "busy"})
"""Refusals that say nothing about the request: it may be sent again under the same id."""


def take(state: State, confirm: Confirm, now: Now) -> Step:
    """Decide on a visit: store it, and ask nobody before it is stored."""
    assert state.view is not None, "a service was chosen from a view"
    visit = PendingVisit(
        visit_id=now.fresh_id,
        service_id=confirm.service_id,
        priority_class_id=confirm.priority_class_id,
        procedure_code=confirm.procedure_code,
        language=state.preferences.language,
        day=state.view.day,
        decided_at=now.hall_at,
        person_mark=confirm.person_mark,
    )
    return replace(state, screen=replace(confirm, visit=visit, since_real_s=now.real_s)), (KeepVisit(visit),)


def ask_for_number(state: State, confirm: Confirm, now: Now) -> Step:
    """Ask the server for the visit's number, or go on without it when it is known to be gone."""
    visit = confirm.visit
    assert visit is not None, "a number is asked for a visit"
    if state.link != "up" or state.identity is None:
        return without_server(state, confirm, now)
    service = service_of(state, visit.service_id)
    own = own_range(state, service, now.hall_at) if service else None
    may_go_on = own is not None and next_own_number(state, own) is not None
    command = TakeTicket(
        function_id=state.identity.function_id,
        visit_id=visit.visit_id,
        service_id=visit.service_id,
        priority_class_id=visit.priority_class_id,
        procedure_code=visit.procedure_code,
        language=visit.language,
        person_mark=visit.person_mark,
    )
    settings = state.settings
    deadline_s = settings.offline_after_real_s if may_go_on else settings.ask_real_s
    asking = replace(confirm, unanswered=False, slow=False, since_real_s=now.real_s)
    return replace(state, screen=asking), (Ask(visit.visit_id, command, deadline_s),)


def without_server(state: State, confirm: Confirm, now: Now) -> Step:
    """Give a number of the kiosk's own range, if it has one; the server may have given another: the paper wins."""
    visit = confirm.visit
    assert visit is not None, "a number is given to a visit"
    service = service_of(state, visit.service_id)
    own = own_range(state, service, now.hall_at) if service else None
    if own is None or state.identity is None:
        return replace(state, screen=replace(confirm, unanswered=True)), ()
    number = next_own_number(state, own)
    if number is None and state.link == "up":
        return replace(state, screen=replace(confirm, unanswered=True)), ()
    if number is None:
        return replace(state, screen=Refusal("offline_full", service_id=visit.service_id)), (DropVisit(visit.visit_id),)
    visit = replace(visit, own=OwnNumber(own.prefix, number, now.hall_at))
    given = GivenNumber(visit, own.prefix, number, taken_at=now.hall_at, offline=True)
    used = OfflineNumber(visit.day, own.prefix, number)
    entry = _hand_over(state.identity.function_id, given)
    return (
        replace(
            state,
            screen=replace(confirm, own=given, since_real_s=now.real_s),
            # Counted as used at once: whatever the disk says, this number is not tried a second time.
            offline_numbers=(*(one for one in state.offline_numbers if one.day == visit.day), used),
        ),
        (KeepOffline(used, entry, visit),),
    )


def _hand_over(function_id: str, given: GivenNumber) -> OutboxEntry:
    visit = given.visit
    command = HandOverVisit(
        function_id=function_id,
        visit_id=visit.visit_id,
        service_id=visit.service_id,
        priority_class_id=visit.priority_class_id,
        procedure_code=visit.procedure_code,
        language=visit.language,
        prefix=given.prefix,
        number=given.number,
        taken_at=given.taken_at,
        person_mark=visit.person_mark,
    )
    return OutboxEntry(derived_id(visit.visit_id, "hand over"), command)


def kept(state: State, happened: Kept, now: Now) -> Step:
    """Go on with what waited for the disk."""
    confirm = state.screen
    if not isinstance(confirm, Confirm) or confirm.visit is None or confirm.visit.visit_id != happened.key:
        return state, ()
    if happened.what == "visit" and confirm.own is None:
        # A full disk must not close the hall: without the stored id only a crash in the next second could cost a
        # second number, and the server still tells one visit from another.
        return ask_for_number(state, confirm, now)
    if happened.what == "offline" and confirm.own is not None:
        if not happened.ok:
            return replace(state, screen=replace(confirm, own=None, unanswered=True)), ()
        assert state.identity is not None, "own numbers are given by who knows who it is"
        entry = _hand_over(state.identity.function_id, confirm.own)
        return show_number(replace(state, outbox=(*state.outbox, entry)), confirm.own, now)
    return state, ()


def answered(state: State, confirm: Confirm, reply: AnyReply | None, now: Now) -> Step:  # noqa: PLR0911 -- one per answer.
    """Take the server's answer about the visit."""
    visit = confirm.visit
    assert visit is not None, "an answer belongs to a visit"
    match reply:
        case TicketTaken():
            given = GivenNumber(
                visit=replace(visit, priority_class_id=reply.priority_class_id),
                prefix=reply.prefix,
                number=reply.number,
                taken_at=reply.taken_at,
                ahead=reply.ahead,
                estimate=reply.estimate,
                counter_numbers=reply.counter_numbers,
            )
            return show_number(state, given, now)
        case Refused(code="storage"):
            # It is there but can keep nothing, which may last: for whoever stands here it is as good as gone.
            return without_server(state, confirm, now)
        case Refused(code=code) if code in persons.LIMIT_CODES and visit.person_mark:
            return persons.refused(state, visit, reply)
        case Refused(code="hall_stopped"):
            # Nothing is lost: when the hall goes on, the citizen stands where "take" was touched.
            return replace(state, screen=replace(confirm, visit=None, slow=False)), (DropVisit(visit.visit_id),)
        case Refused(code=code) if code in TRY_AGAIN_CODES:
            return replace(state, screen=replace(confirm, unanswered=True)), ()
        case Refused():
            refusal = Refusal(reply.code, dict(reply.sentences), visit.service_id)
            return replace(state, screen=refusal), (DropVisit(visit.visit_id),)
        case _:
            return without_server(state, confirm, now)


def show_number(state: State, given: GivenNumber, now: Now) -> Step:
    """Show the number at once and order its paper."""
    state = persons.remember(state, given)
    if not state.settings.has_printer:
        screen = Number(given, "none", now.hall_at, now.real_s)
        return replace(state, screen=screen, history=()), (DropVisit(given.visit.visit_id),)
    return print_copy(state, given, 0, now)


def print_copy(state: State, given: GivenNumber, copy: int, now: Now) -> Step:
    """Order a copy of the ticket; a reprint keeps its number."""
    assert state.identity is not None, "who gives numbers knows who it is"
    secret = given.secret or ticket_secret(state.identity.link_key, given.visit.visit_id)
    screen = Number(given, "printing", now.hall_at, now.real_s, copy=copy)
    return replace(state, screen=screen, history=()), (Print(Ticket(given, copy, secret, is_late(state, given))),)


def is_late(state: State, given: GivenNumber) -> bool:
    """Tell whether the number was taken so late that a result of the day comes the next working day."""
    service = service_of(state, given.visit.service_id)
    if state.view is None or service is None or not comes_next_day(state, service, given.visit.procedure_code):
        return False
    return given.taken_at >= late_from(state.view, given.taken_at)


def printer_told(state: State, told: PrinterTold, now: Now) -> Step:
    """Show what became of the paper, and report it."""
    if told.state == "queued":
        return state, (DropVisit(told.visit_id),)
    screen = state.screen
    if isinstance(screen, Number) and (screen.given.visit.visit_id, screen.copy) == (told.visit_id, told.copy):
        screen = replace(
            screen,
            printing=_OUTCOMES.get(told.state, "failed"),
            reason=told.reason,
            since_hall_at=now.hall_at,
            since_real_s=now.real_s,
        )
    if state.identity is None or len(state.outbox) >= OUTBOX_LIMIT:
        return replace(state, screen=screen), ()
    report = ReportTicket(
        function_id=state.identity.function_id,
        visit_id=told.visit_id,
        state=told.state,
        copy=told.copy,
        reason=told.reason,
    )
    entry = OutboxEntry(derived_id(told.visit_id, f"ticket {told.copy} {told.state}"), report)
    # It may travel while the disk still writes: a second one would change nothing.
    return replace(state, screen=screen, outbox=(*state.outbox, entry)), (KeepOutbox(entry),)


def send_next(state: State, now: Now) -> Step:
    """Send the oldest command of the outbox, when nothing is under way and the link is up."""
    if state.link != "up" or state.sending or not state.outbox or now.real_s < state.send_after_real_s:
        return state, ()
    entry = state.outbox[0]
    return (
        replace(state, sending=entry.request_id),
        (Ask(entry.request_id, entry.command, state.settings.ask_real_s),),
    )


def sent(state: State, reply: AnyReply | None, now: Now) -> Step:
    """Take the answer to the outbox's command: forget it when it arrived, try again when nothing is known."""
    request_id = state.sending
    later = replace(state, sending="", send_after_real_s=now.real_s + state.settings.retry_real_s)
    if reply is None or (isinstance(reply, Refused) and reply.code in TRY_AGAIN_CODES):
        return later, ()
    rest = tuple(entry for entry in state.outbox if entry.request_id != request_id)
    error = reply.code if isinstance(reply, Refused) else ""
    refused = state.refused
    if error:
        commands = (entry.command for entry in state.outbox if entry.request_id == request_id)
        refused += tuple(
            RefusedHandOver(one.prefix, one.number, one.taken_at, error)
            for one in commands
            if isinstance(one, HandOverVisit)
        )
    state = replace(state, sending="", send_after_real_s=0.0, outbox=rest, refused=refused)
    return state, (DropOutbox(request_id, error),)


def resume(state: State, now: Now) -> Step:
    """Take up the visit that a power cut interrupted, while its citizen may still be standing there."""
    visit = state.resume
    if visit is None or state.view is None or state.identity is None:
        return state, ()
    if visit.own is None and state.link == "connecting":
        return state, ()  # Its number is asked for once it is known whether the server is there.
    today, state = state.view.day, replace(state, resume=None)
    if isinstance(state.screen, Confirm) and state.screen.busy:
        return state, ()  # Somebody else has decided meanwhile, and has taken its place on disk.
    age = now.hall_at - visit.decided_at
    if visit.day != today or age > timedelta(seconds=state.settings.resume_s):
        return state, (DropVisit(visit.visit_id),)
    confirm = Confirm(visit.service_id, visit.priority_class_id, visit.procedure_code, visit, since_real_s=now.real_s)
    own = visit.own
    if own is not None:
        # Whether or not it was handed over meanwhile: it may be on paper, so it is the one.
        return show_number(state, GivenNumber(visit, own.prefix, own.number, own.taken_at, offline=True), now)
    return ask_for_number(replace(state, screen=confirm, history=()), confirm, now)
