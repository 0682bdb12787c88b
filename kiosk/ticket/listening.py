"""Somebody uses the kiosk by a tactile keypad and their ears: more time for each screen, and the health of both. Pure.

Hearing a screen takes longer than seeing it, so time counts from the last sentence that was heard to its end, and every
time-out is longer; before a screen is taken away the kiosk asks, and any key gives more time (WCAG 2.2.1).
"""

from dataclasses import replace

from kiosk.ticket import helping
from kiosk.ticket.knowledge import report_health
from kiosk.ticket.model import Attended, Listening, ListeningHealth, Now, State
from kiosk.ticket.taking import Step


def listened(state: State, happened: Listening | Attended | ListeningHealth, now: Now) -> Step:
    """Take that somebody listens, or no longer; that they are still there; or what keypad and speech are like."""
    match happened:
        case Listening(is_on):
            return _there(replace(state, listening=is_on), now), ()
        case Attended():
            # The last word of who has just left comes when there is nobody any more.
            return (_there(state, now) if state.listening else state), ()
        case ListeningHealth("keypad", gone):
            return report_health(replace(state, keypad_gone=gone), now)
        case ListeningHealth(gone=gone):
            return report_health(replace(state, speech_gone=gone), now)


def _there(state: State, now: Now) -> State:
    state = replace(state, touched_hall_at=now.hall_at, touched_real_s=now.real_s)
    if state.stay_asked_hall_at is None:
        return state
    return replace(state, stay_asked_hall_at=now.hall_at, stay_asked_real_s=now.real_s)


def patience_s(state: State, usual_s: float) -> float:
    """Give how long a screen stays without a touch: longer for who listens, and for who waits for help."""
    return helping.patience_s(state, max(usual_s, state.settings.listening_s) if state.listening else usual_s)


def stay_s(state: State) -> float:
    """Give how long the question "are you still there?" waits for its answer."""
    return state.settings.listening_stay_s if state.listening else state.settings.stay_s
