"""A call for help: who hears of it, what the citizen sees while somebody comes, and when nobody does. Pure."""

from dataclasses import replace

from kiosk.ticket.hall import HELP_UNDER_WAY
from kiosk.ticket.model import Now, State
from protocol.views import AnyReply, Done, KioskView


def answered(state: State, reply: AnyReply | None, now: Now) -> State:
    """Take the server's answer to the call: the staff know of it, or it did not get through."""
    state = replace(state, helping="")
    if not isinstance(reply, Done):
        return replace(state, help="failed", help_called_hall_at=None)
    return replace(state, help="called", help_called_hall_at=now.hall_at, help_called_real_s=now.real_s)


def may_take_back(state: State, now: Now) -> bool:
    """Tell whether a touch of the help key takes the call back: not while somebody may be touching it in a hurry."""
    known = state.help in {"called", "coming"}
    return known and now.real_s - state.help_called_real_s >= state.settings.help_again_real_s


def taken_back(state: State, now: Now) -> State:
    """Call nobody any more: the citizen has found the way alone."""
    return _read_anew(replace(state, help="taken_back", helping="", help_called_hall_at=None), now)


def seen(state: State, view: KioskView, now: Now) -> State:
    """Look in a view whether somebody has said that they come."""
    if state.identity is None or state.help not in {"called", "unanswered"}:
        return state
    if state.identity.function_id not in view.help_answered:
        return state
    return _read_anew(replace(state, help="coming", help_called_hall_at=None), now)


def waited(state: State, now: Now) -> State:
    """Say that nobody has answered once that has taken too long; a later answer still counts."""
    called_s = called_for_s(state, now)
    if called_s is None or called_s < wait_s(state):
        return state
    return _read_anew(replace(state, help="unanswered", help_called_hall_at=None), now)


def called_for_s(state: State, now: Now) -> float | None:
    """Tell for how long (hall seconds) a call has waited for an answer; None when none does."""
    if state.help != "called" or state.help_called_hall_at is None:
        return None
    return (now.hall_at - state.help_called_hall_at).total_seconds()


def wait_s(state: State) -> float:
    """Give how long a call may wait for an answer, in hall seconds."""
    return float(state.view.rules.help_wait_s) if state.view else 0.0


def patience_s(state: State, usual_s: float) -> float:
    """Give how long a screen stays untouched: whoever waits for help need not touch it to keep it."""
    return max(usual_s, wait_s(state)) if state.help in HELP_UNDER_WAY else usual_s


def _read_anew(state: State, now: Now) -> State:
    """Let the screen stay as if it had just been touched: there is something new to read."""
    return replace(state, touched_hall_at=now.hall_at, touched_real_s=now.real_s, stay_asked_hall_at=None)
