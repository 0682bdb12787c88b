"""Limits per person at the kiosk: whom it asks for a card, what it makes of one, and what it knows by itself. Pure.

Of a card or a receipt only its mark of the day goes on (`protocol.person_mark`); the code itself is looked at here, and
is gone when the step is done.
"""

from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import Final

from hardware.codecs.withheld import Withheld
from kiosk.ticket.hall import derived_id, local_time, service_of
from kiosk.ticket.kept_model import OutboxEntry, PendingVisit
from kiosk.ticket.model import Ask, Confirm, DropVisit, Effect, GivenNumber, Now, State
from kiosk.ticket.person_model import CardFirst, Held, OwnGift, PersonKey
from kiosk.ticket.scans import AnyScan, CardScan, DossierScan
from protocol.commands import FindHeldNumber, HandOverVisit
from protocol.configuration import PersonKind, PersonLimits
from protocol.person_mark import person_mark
from protocol.views import AnyReply, Introduction, KioskView, Refused, VisitFound

LIMIT_CODES: Final = frozenset({"person_at_once", "person_day"})
OPEN_STATES: Final = frozenset({"waiting", "called", "parked"})
"""A visit in one of these may need its paper again."""
PAPERS_MOST: Final = 5
"""Papers of one number at most, whichever kiosk printed them."""

Step = tuple[State, tuple[Effect, ...]]


# --- The key of the day ----------------------------------------------------------------------------------------------


def introduced(state: State, reply: Introduction) -> State:
    """Take the day's key, or that there is none; not one that comes late, when its day is seen to be closed."""
    over = state.view is not None and state.view.day == reply.person_day and _is_closed(state.view)
    key = PersonKey(reply.person_day, Withheld(reply.person_key)) if reply.person_key and not over else None
    return replace(state, person_key=key)


def viewed(state: State, view: KioskView) -> State:
    """Forget with the day what was of the day; ask again who we are where a card is needed and the key is not there."""
    closed = _is_closed(view)
    if state.person_key is not None and (closed or state.person_key.day != view.day):
        state = replace(state, person_key=None)
    state = replace(state, gifts=tuple(one for one in state.gifts if one.given.visit.day == view.day))
    missing = not closed and state.person_key is None and any(service.card_needed for service in view.services)
    return replace(state, introduced=False) if missing else state


def _is_closed(view: KioskView) -> bool:
    """Tell whether the business day is over, or has not begun: nothing of it is planned, as not in a rest."""
    return view.state == "closed" and not any(service.giving for service in view.services)


def dated(state: State, now: Now) -> State:
    """Forget the key when the hall's date is past its day, whoever is there to say that the day closed."""
    if state.person_key is None or local_time(state, now.hall_at).date().isoformat() <= state.person_key.day:
        return state
    return replace(state, person_key=None)


def key_left(state: State, now: Now) -> timedelta | None:
    """Give for how long at most the key is kept, in hall time: until the hall's midnight; None without a key."""
    if state.person_key is None:
        return None
    clock = local_time(state, now.hall_at)
    return datetime.combine(clock.date() + timedelta(days=1), time(), clock.tzinfo) - clock


def card_asked(state: State, service_id: str) -> bool:
    """Tell whether a card is asked for before a number of the service.

    A kiosk that was switched on while the server is gone has no key and can know nobody. It gives its numbers all the
    same, as a hall in trouble must, and the server counts them.
    """
    service = service_of(state, service_id)
    return service is not None and service.card_needed and (state.link == "up" or state.person_key is not None)


# --- The card --------------------------------------------------------------------------------------------------------


def before_number(state: State, confirm: Confirm) -> CardFirst | Confirm:
    """Give the screen that comes before the number: the card's first, unless the paper that was brought will do."""
    if not card_asked(state, confirm.service_id):
        return confirm
    mark = confirm.brought.person_mark if confirm.brought else ""
    if mark:
        return replace(confirm, person_mark=mark)
    return CardFirst(confirm.service_id, confirm.priority_class_id, confirm.procedure_code, confirm.brought)


def mark_of(state: State, scan: AnyScan | None) -> str:
    """Give the mark of whoever showed a card, or a receipt where that counts; empty for anything else."""
    known_by = state.view.rules.numbers_per_person.known_by if state.view else ()
    kind: PersonKind
    match scan:
        case CardScan(citizen_id=code):
            kind = "citizen_card"
        case DossierScan(code=code):
            kind = "receipt"
        case _:
            return ""
    if state.person_key is None or kind not in known_by or not code.reveal():
        return ""
    return person_mark(state.person_key.key.reveal(), state.person_key.day, kind, code.reveal())


def card_shown(state: State, screen: CardFirst, scan: AnyScan | None) -> Confirm | CardFirst | Held:
    """Go on with what was held under the scanner while the card was asked for."""
    mark = mark_of(state, scan)
    if not mark:
        # A card that was read without a key to mark it (the answer of the server is on its way) is to be shown again.
        unread = scan is None or isinstance(scan, CardScan)
        return replace(screen, trouble="unread" if unread else "no_card")
    held = held_by_our_own_gifts(state, screen.service_id, mark)
    if held is not None:
        return held
    return Confirm(
        screen.service_id, screen.priority_class_id, screen.procedure_code, brought=screen.brought, person_mark=mark
    )


# --- While the server is gone ----------------------------------------------------------------------------------------


def remember(state: State, given: GivenNumber) -> State:
    """Remember to whom this kiosk has given a number today."""
    mark, visit_id = given.visit.person_mark, given.visit.visit_id
    if not mark or any(one.given.visit.visit_id == visit_id for one in state.gifts):
        return state
    return replace(state, gifts=(*state.gifts, OwnGift(mark, given)))


def restored_gifts(outbox: tuple[OutboxEntry, ...], day: str) -> tuple[OwnGift, ...]:
    """Give the numbers that wait to be handed over, after a start: their marks stand with them."""
    commands = (one.command for one in outbox)
    return tuple(
        OwnGift(one.person_mark, _given(one, day))
        for one in commands
        if isinstance(one, HandOverVisit) and one.person_mark
    )


def _given(command: HandOverVisit, day: str) -> GivenNumber:
    visit = PendingVisit(
        command.visit_id,
        command.service_id,
        command.priority_class_id,
        command.procedure_code,
        command.language,
        day,
        command.taken_at,
        person_mark=command.person_mark,
    )
    return GivenNumber(visit, command.prefix, command.number, command.taken_at, offline=True)


def held_by_our_own_gifts(state: State, service_id: str, mark: str) -> Held | None:
    """Say no by what this kiosk knows itself, while the server cannot be asked; None where it knows no reason.

    Of its numbers it knows that they were taken, and of those that are still to be handed over that nobody can have
    called them.
    """
    service = service_of(state, service_id)
    if state.link == "up" or state.view is None or service is None:
        return None
    own = [one.given for one in state.gifts if one.person_mark == mark]
    here = [one for one in own if one.visit.service_id == service_id]
    waiting = {entry.command.visit_id for entry in state.outbox}
    limits: tuple[tuple[PersonLimits, list[GivenNumber]], ...] = (
        (state.view.rules.numbers_per_person, own),
        (service.numbers_per_person, here),
    )
    for limit, numbers in limits:
        open_now = [one for one in numbers if one.offline and one.visit.visit_id in waiting]
        if limit.at_once and len(open_now) >= limit.at_once:
            return Held(service_id, own=open_now[-1], limit=limit.at_once)
        if limit.day and len(numbers) >= limit.day:
            return Held(service_id, own=numbers[-1], limit=limit.day)
    return None


# --- As many as allowed ----------------------------------------------------------------------------------------------


def refused(state: State, visit: PendingVisit, reply: Refused) -> Step:
    """Show why there is no number, and ask which one it is that this person has."""
    assert state.identity is not None, "who was refused has a name"
    request_id = derived_id(visit.visit_id, "held")
    question = FindHeldNumber(
        function_id=state.identity.function_id, service_id=visit.service_id, person_mark=visit.person_mark
    )
    screen = Held(visit.service_id, request_id, dict(reply.sentences))
    ask = Ask(request_id, question, state.settings.ask_real_s)
    return replace(state, screen=screen), (DropVisit(visit.visit_id), ask)


def found(state: State, screen: Held, reply: AnyReply | None) -> State:
    """Take the number that is held; without an answer the sentence alone must do."""
    told = reply if isinstance(reply, VisitFound) else None
    return replace(state, screen=replace(screen, request_id="", found=told))


def paper_again(state: State, screen: Held) -> tuple[GivenNumber, int] | None:
    """Give the number whose paper may be printed again here, and as which copy; None where it may not."""
    if not state.settings.has_printer or state.identity is None:
        return None
    if screen.own is not None:
        return screen.own, 1
    told = screen.found
    if told is None or not told.secret or told.visit.state not in OPEN_STATES or told.copies >= PAPERS_MOST:
        return None
    visit = told.visit
    pending = PendingVisit(
        visit.visit_id,
        visit.service_id,
        visit.priority_class_id,
        visit.procedure_code,
        visit.language,
        state.view.day if state.view else "",
        visit.taken_at,
    )
    given = GivenNumber(pending, visit.prefix, visit.number, visit.taken_at, offline=visit.off_line, secret=told.secret)
    return given, max(1, told.copies)
