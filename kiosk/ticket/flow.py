"""The ticket kiosk as a state machine: what happened and the moment go in, the new state and what to do come out.

    service tile -> priority class -> "take" -> number: three touches, and everything else is one touch beside that way.

`step` is the only door. It knows no clock, no disk, no link and no printer: they are inputs and effects (`model`).
What a citizen can touch in a state is what `pages` shows for it; an action that the state does not offer changes
nothing, so a late or a double touch is harmless.
"""

from dataclasses import replace
from datetime import timedelta
from typing import assert_never

from kiosk.ticket import helping, knowledge, listening, orders, persons, scanning, taking, touches, voicing
from kiosk.ticket.hall import is_stopped
from kiosk.ticket.model import (
    Attended,
    CatalogueRead,
    Confirm,
    Input,
    Kept,
    LinkChanged,
    Listening,
    ListeningHealth,
    Now,
    Number,
    Preferences,
    PrinterHealth,
    PrinterTold,
    Replied,
    Restored,
    ScannerHealth,
    Services,
    Settings,
    State,
    Tick,
    Touched,
    Viewed,
)
from kiosk.ticket.person_model import Held
from kiosk.ticket.scan_model import Looking, Scanned
from kiosk.ticket.taking import Step
from kiosk.ticket.voice_model import CodeTold, VoiceReview
from protocol.views import AnyReply


def initial(settings: Settings) -> State:
    """Give the state of a kiosk that has just been switched on and knows nothing yet."""
    return State(settings, Preferences(language=settings.language))


def step(state: State, happened: Input, now: Now) -> Step:
    """Take one input: the new state, and the effects in the order in which they must be started."""
    state, effects = _taken(persons.dated(_not_ahead(state, now), now), happened, now)
    state = persons.dated(state, now)
    for upkeep in (taking.resume, orders.look, taking.send_next, knowledge.introduce):
        state, more = upkeep(state, now)
        effects += more
    return state, effects


def _not_ahead(state: State, now: Now) -> State:
    """Bring instants back that lie ahead: hall time may step when the first view tells what it really is."""
    if state.touched_hall_at and state.touched_hall_at > now.hall_at:
        state = replace(state, touched_hall_at=now.hall_at)
    if state.help_called_hall_at and state.help_called_hall_at > now.hall_at:
        state = replace(state, help_called_hall_at=now.hall_at)
    if state.stay_asked_hall_at and state.stay_asked_hall_at > now.hall_at:
        state = replace(state, stay_asked_hall_at=now.hall_at)
    if isinstance(state.screen, Number) and state.screen.since_hall_at > now.hall_at:
        state = replace(state, screen=replace(state.screen, since_hall_at=now.hall_at))
    return state


def _taken(state: State, happened: Input, now: Now) -> Step:  # noqa: C901, PLR0911, PLR0912 -- one line per kind of input.
    match happened:
        case Touched(action):
            return touches.touched(state, action, now)
        case Scanned():
            return scanning.scanned(state, happened, now)
        case Tick():
            return _time_passed(state, now)
        case Viewed(view):
            return knowledge.viewed(helping.seen(state, view, now), view)
        case Replied(request_id, reply):
            return _replied(state, request_id, reply, now)
        case Kept():
            return taking.kept(state, happened, now)
        case LinkChanged(link):
            return knowledge.link_changed(replace(state, link=link), now)
        case PrinterTold():
            told = orders.printer_told(state, happened) if happened.order_id else None
            return told or taking.printer_told(state, happened, now)
        case CodeTold():
            return voicing.code_told(state, happened), ()
        case PrinterHealth() | ScannerHealth():
            return knowledge.device_told(state, happened, now)
        case Listening() | Attended() | ListeningHealth():
            return listening.listened(state, happened, now)
        case CatalogueRead():
            return knowledge.catalogue_read(state, happened, now)
        case Restored():
            return knowledge.restored(state, happened), ()
        case _:
            assert_never(happened)


def _replied(state: State, request_id: str, reply: AnyReply | None, now: Now) -> Step:  # noqa: PLR0911 -- one per question.
    screen = state.screen
    if isinstance(screen, Confirm) and screen.visit and screen.visit.visit_id == request_id:
        return taking.answered(state, screen, reply, now) if screen.busy and not screen.own else (state, ())
    if isinstance(screen, Looking) and screen.request_id == request_id:
        return scanning.answered(state, reply)
    if isinstance(screen, Held) and screen.request_id == request_id:
        return persons.found(state, screen, reply), ()
    if isinstance(screen, VoiceReview) and screen.request_id == request_id:
        return voicing.answered(state, screen, reply, now)
    if request_id == state.sending:
        known = state.refused
        state, effects = taking.sent(state, reply, now)
        state, health = (state, ()) if state.refused == known else knowledge.report_health(state, now)
        return state, (*effects, *health)
    if request_id == state.introducing:
        return knowledge.introduced(replace(state, introducing=""), reply, now)
    if request_id == state.helping:
        return helping.answered(state, reply, now), ()
    if request_id == state.fetching:
        return knowledge.page_fetched(state, reply, now)
    order = orders.asked(state, request_id)
    if order is not None:
        return orders.answered(state, order, reply, now)
    return state, ()


# --- Time ------------------------------------------------------------------------------------------------------------


def _time_passed(state: State, now: Now) -> Step:
    state = helping.waited(state, now)
    screen = state.screen
    if isinstance(screen, Confirm) and screen.busy:
        slow = now.real_s - screen.since_real_s >= state.settings.slow_real_s
        return replace(state, screen=replace(screen, slow=slow or screen.slow)), ()
    if isinstance(screen, VoiceReview) and screen.request_id:
        slow = now.real_s - screen.since_real_s >= state.settings.slow_real_s
        return replace(state, screen=replace(screen, slow=slow or screen.slow)), ()
    if isinstance(screen, Number):
        leaves = _number_has_stayed(state, screen, now)
    elif state.stay_asked_hall_at is not None:
        over = now.hall_at - state.stay_asked_hall_at >= timedelta(seconds=listening.stay_s(state))
        leaves = over and now.real_s - state.stay_asked_real_s >= state.settings.least_still_real_s
    elif is_stopped(state):
        # Nobody is asked anything; what was begun stays as long as it would have, the question included.
        leaves = not _is_at_rest(state) and _is_idle(state, now, _idle_s(state))
    else:
        leaves = not _is_at_rest(state) and _is_idle(state, now)
        if leaves and not isinstance(screen, Services):
            return replace(state, stay_asked_hall_at=now.hall_at, stay_asked_real_s=now.real_s), ()
    return touches.next_citizen(state, now) if leaves else (state, ())


def _number_has_stayed(state: State, screen: Number, now: Now) -> bool:
    """Tell whether the number may go: everybody hears first what became of the paper, but nobody waits for ever."""
    settings = state.settings
    if screen.printing == "printing" and now.real_s - screen.since_real_s < settings.print_real_s:
        return False
    stay_s = _number_s(state, screen)
    shown = now.hall_at - screen.since_hall_at >= timedelta(seconds=stay_s)
    # A touch (of "large text", of "help") tells that somebody is still reading.
    return shown and (state.touched_hall_at is None or _is_idle(state, now, stay_s))


def _number_s(state: State, screen: Number) -> float:
    stay_s = state.settings.number_s if screen.printing == "printed" else state.settings.trouble_number_s
    return listening.patience_s(state, stay_s)


def _idle_s(state: State) -> float:
    """Give how long nobody may touch anything before they are asked, or gone where the hall is stopped."""
    idle_s = listening.patience_s(state, state.settings.idle_s)
    return idle_s + listening.stay_s(state) if is_stopped(state) else idle_s


def _is_at_rest(state: State) -> bool:
    usual = Preferences(language=state.settings.language)
    return state.screen == Services() and state.preferences == usual and state.help == "none" and not state.listening


def _is_idle(state: State, now: Now, idle_s: float | None = None) -> bool:
    if state.touched_hall_at is None:
        return True
    idle_s = listening.patience_s(state, state.settings.idle_s) if idle_s is None else idle_s
    long_enough = now.hall_at - state.touched_hall_at >= timedelta(seconds=idle_s)
    return long_enough and now.real_s - state.touched_real_s >= state.settings.least_still_real_s


def seconds_to_next(state: State, now: Now, rate: float) -> float | None:
    """Give how long (real seconds) until `Tick` can change anything; None when only an input can.

    `rate` is how much faster than the real clock the hall's clock runs.
    """
    settings, screen = state.settings, state.screen
    waits: list[float] = []

    def hall(since_s: float, after_s: float) -> float:
        return (after_s - since_s) / rate

    touched_s = (now.hall_at - state.touched_hall_at).total_seconds() if state.touched_hall_at else 0.0
    still_s = settings.least_still_real_s - (now.real_s - state.touched_real_s)
    if (isinstance(screen, Confirm) and screen.busy) or (isinstance(screen, VoiceReview) and screen.request_id):
        if not screen.slow:
            waits.append(settings.slow_real_s - (now.real_s - screen.since_real_s))
    elif isinstance(screen, Number):
        shown_s = (now.hall_at - screen.since_hall_at).total_seconds()
        stay_s = _number_s(state, screen)
        printing_s = (
            settings.print_real_s - (now.real_s - screen.since_real_s) if screen.printing == "printing" else 0.0
        )
        waits.append(max(printing_s, hall(shown_s, stay_s), hall(touched_s, stay_s), still_s))
    elif state.stay_asked_hall_at is not None:
        asked_s = (now.hall_at - state.stay_asked_hall_at).total_seconds()
        asked_still_s = settings.least_still_real_s - (now.real_s - state.stay_asked_real_s)
        waits.append(max(hall(asked_s, listening.stay_s(state)), asked_still_s))
    elif not _is_at_rest(state):
        waits.append(max(hall(touched_s, _idle_s(state)), still_s))
    called_s = helping.called_for_s(state, now)
    if called_s is not None:
        waits.append(hall(called_s, helping.wait_s(state)))
    if state.outbox and not state.sending and state.link == "up":
        waits.append(state.send_after_real_s - now.real_s)
    waits += orders.waits(state, now)
    key_left = persons.key_left(state, now)
    if key_left is not None:
        waits.append(hall(0.0, key_left.total_seconds()))
    return max(0.0, min(waits)) if waits else None
