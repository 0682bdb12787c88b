"""What a key means and what a display shows: pure, `state, input -> state, effects`.

A key of a call keypad becomes one command with a request id of its own, so that it is carried out once however often
the wire or the network repeats it; a key pressed while the server is gone is refused at once, because a clerk must not
call somebody minutes later. A key of a rating keypad is kept on disk first and sent when it can be. LED counter
displays follow the board's view: the number, dashes when the counter is closed, one dash when nothing is known.
A refusal is shown on the counter's display for a moment: "0" when nobody waits, "STOP" while the hall is stopped, "LOI"
(lỗi, mistake) otherwise.

Times are seconds of the real monotonic clock: how long a mistake is shown and when half-typed digits are forgotten has
nothing to do with the hall's time.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, assert_never

from hardware.agent.led_texts import CLOSED_TEXT, Function, led_text, refusal_text
from hardware.agent.rarer_keys import ended, rarer_command, seen_at
from hardware.agent.settings import AgentSettings
from hardware.keypad import CallKeypad, KeypadAction, Pressed
from hardware.rating_keypad import RatingKeypad
from protocol import commands as c
from protocol.views import AnyReply, AnyView, BoardView, CounterView, Refused

NOTICE_S = 3.0
TRIED_S = 6.0
"""How long a text stands that is tried: somebody must look up from a page."""
LOST_TOLD_S = 600.0
"""How long a device whose presses were lost is told as such."""

SHOW_AGAIN_S = 1.0
"""A text that a wire had no room for is handed to it again after so long."""

LinkState = Literal["connecting", "up", "gone", "refused"]

Health = Literal["ok", "degraded", "gone", "unknown"]


# --- Inputs -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class KeyPressed:
    """A key, handed over by the wire exactly once. `fresh_id` is a new UUIDv7 for the command it becomes."""

    function_id: str
    key: str
    fresh_id: str
    hall_at: datetime


@dataclass(frozen=True, slots=True)
class ViewCame:
    """A view of the server."""

    topic: str
    view: AnyView


@dataclass(frozen=True, slots=True)
class LinkChanged:
    """The server is heard, or not."""

    link: LinkState


@dataclass(frozen=True, slots=True)
class Answered:
    """The answer to the command of a call key; None when there was none in time (its outcome is unknown)."""

    function_id: str
    reply: AnyReply | None


@dataclass(frozen=True, slots=True)
class DigitsRestored:
    """Digits were typed ``age_s`` ago, before the agent was started anew."""

    function_id: str
    digits: str
    age_s: float


@dataclass(frozen=True, slots=True)
class PressesLost:
    """Presses of a keypad reached, or may have reached, nobody."""

    function_id: str
    count: int


@dataclass(frozen=True, slots=True)
class PressUnknown:
    """A key was pressed that the keypad's file does not name. ``code`` is the byte that it sent, as hex digits."""

    function_id: str
    code: str


@dataclass(frozen=True, slots=True)
class HealthChanged:
    """A device is otherwise than it was. ``reason`` is a code; ``detail`` says what happened, where, and what to do."""

    function_id: str
    health: Health
    reason: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class ReportLost:
    """A report of health found no answer; it is made again."""

    function_id: str


@dataclass(frozen=True, slots=True)
class NotShown:
    """A display's text was not taken; what it shows is older, and whatever it should show then is said again soon."""

    function_id: str


@dataclass(frozen=True, slots=True)
class TextTried:
    """A technician wants to see this text on a display; it stands for a moment, as a notice does."""

    function_id: str
    text: str


@dataclass(frozen=True, slots=True)
class FunctionsKnown:
    """The server said what this agent's functions are."""

    functions: tuple[Function, ...]


@dataclass(frozen=True, slots=True)
class Moment:
    """Nothing but time has passed."""


AnyInput = (
    KeyPressed
    | ViewCame
    | LinkChanged
    | Answered
    | DigitsRestored
    | PressesLost
    | PressUnknown
    | HealthChanged
    | ReportLost
    | NotShown
    | TextTried
    | FunctionsKnown
    | Moment
)


# --- Effects ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Ask:
    """Ask the server under this request id; the answer comes back as `Answered`."""

    function_id: str
    request_id: str
    command: c.AnyCommand


@dataclass(frozen=True, slots=True)
class Keep:
    """Keep a rating on disk and send it when possible."""

    press: c.PressRating


@dataclass(frozen=True, slots=True)
class KeepDigits:
    """Keep the digits that wait on a call keypad; empty: none do any more."""

    function_id: str
    digits: str


@dataclass(frozen=True, slots=True)
class Show:
    """Have a display show a text."""

    function_id: str
    text: str


@dataclass(frozen=True, slots=True)
class Report:
    """Tell the server and the log of a device's health."""

    command: c.ReportDevice


@dataclass(frozen=True, slots=True)
class Watch:
    """Watch a topic from now on."""

    topic: str


AnyEffect = Ask | Keep | KeepDigits | Show | Report | Watch


# --- State ------------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class AgentState:
    """All that the agent knows. `step` changes it; nothing else does."""

    settings: AgentSettings
    functions: dict[str, Function] = field(default_factory=dict)
    link: LinkState = "connecting"
    boards: dict[str, BoardView] = field(default_factory=dict)
    counters: dict[str, CounterView] = field(default_factory=dict)
    keypads: dict[str, CallKeypad] = field(default_factory=dict)
    notices: dict[str, tuple[str, float]] = field(default_factory=dict)  # By counter: what to show, until when.
    shown: dict[str, str] = field(default_factory=dict)
    show_again: dict[str, float] = field(default_factory=dict)  # By display: when its text is said again.
    health: dict[str, HealthChanged] = field(default_factory=dict)
    lost: dict[str, tuple[int, float]] = field(default_factory=dict)  # By function: how many presses, told until when.
    unknown: dict[str, tuple[str, float]] = field(default_factory=dict)  # By function: the last code, told until when.
    reported: dict[str, HealthChanged] = field(default_factory=dict)
    watched: set[str] = field(default_factory=set)


def step(state: AgentState, happened: AnyInput, now_s: float) -> list[AnyEffect]:
    """Take one input, change the state, and give what is to be done, in order."""
    _forget(state, now_s)
    effects = list(_taken(state, happened, now_s))
    effects += _texts(state, now_s)
    effects += _reports(state)
    return effects


def _taken(state: AgentState, happened: AnyInput, now_s: float) -> Iterable[AnyEffect]:
    match happened:
        case KeyPressed():
            return _key(state, happened, now_s)
        case ViewCame():
            _seen(state, happened.view)
        case LinkChanged():
            state.link = happened.link
        case Answered():
            _answered(state, happened, now_s)
        case DigitsRestored():
            _keypad(state, happened.function_id).restore(happened.digits, now_s - happened.age_s)
        case PressesLost() | PressUnknown() | HealthChanged() | ReportLost():
            _note_health(state, happened, now_s)
        case NotShown() | TextTried():
            _note_display(state, happened, now_s)
        case FunctionsKnown():
            state.functions = {function.function_id: function for function in happened.functions}
            return _topics(state)
        case Moment():
            pass
        case _:
            assert_never(happened)
    return ()


def _note_display(state: AgentState, happened: NotShown | TextTried, now_s: float) -> None:
    if isinstance(happened, NotShown):
        state.show_again[happened.function_id] = now_s + SHOW_AGAIN_S
    else:
        state.notices[state.functions[happened.function_id].counter_id] = (happened.text, now_s + TRIED_S)


def _seen(state: AgentState, view: AnyView) -> None:
    if isinstance(view, BoardView):
        _forget_notices_of_change(state, view)
        if view.stopped is not None and not _is_stopped(state):
            state.notices.clear()  # What was told before is over: the displays rest.
        state.boards[view.zone_id] = view
    elif isinstance(view, CounterView):
        state.counters[view.counter_id] = view


def _forget_notices_of_change(state: AgentState, view: BoardView) -> None:
    """Take a notice away when its counter has got another number: the number is what the citizen waits for."""
    before = state.boards.get(view.zone_id)
    known = {counter.counter_id: counter.ticket_number for counter in before.counters} if before else {}
    for counter in view.counters:
        if counter.ticket_number and counter.ticket_number != known.get(counter.counter_id):
            state.notices.pop(counter.counter_id, None)


def next_moment_s(state: AgentState, now_s: float) -> float | None:
    """Give when the agent must be woken although nothing happens."""
    digits = (keypad.forgets_at_s(now_s) for keypad in state.keypads.values())
    notices = (until for _, until in state.notices.values())
    lost = (until for _, until in (*state.lost.values(), *state.unknown.values()))
    return min(
        (moment for moment in (*digits, *notices, *lost, *state.show_again.values()) if moment is not None),
        default=None,
    )


# --- Keys -------------------------------------------------------------------------------------------------------------


def _key(state: AgentState, pressed: KeyPressed, now_s: float) -> Iterable[AnyEffect]:
    function = state.functions.get(pressed.function_id)
    if function is None:
        return ()
    if function.kind == "rating_keypad":
        return _rating(state, function, pressed)
    if function.kind != "call_keypad":
        return ()
    return _call_key(state, function, pressed, now_s)


def _rating(state: AgentState, function: Function, pressed: KeyPressed) -> Iterable[AnyEffect]:
    level = RatingKeypad(state.settings.rating_keys).press(pressed.key).value
    if level is None:
        return ()
    press = c.PressRating(
        function_id=function.function_id,
        press_id=pressed.fresh_id,
        level=level,
        pressed_at=pressed.hall_at,
        buffered=state.link != "up",
    )
    return (Keep(press),)


def _call_key(state: AgentState, function: Function, pressed: KeyPressed, now_s: float) -> Iterable[AnyEffect]:
    keypad = _keypad(state, function.function_id)
    typed_before = keypad.typed(now_s)
    wanted = keypad.press(pressed.key, now_s)
    typed = keypad.typed(now_s)
    effects: list[AnyEffect] = [KeepDigits(function.function_id, typed)] if typed != typed_before else []
    if wanted is None:
        return effects
    command = command_of(function, wanted, state.settings, state.counters.get(function.counter_id))
    if command is None or state.link != "up":
        text = refusal_text("", live=state.link == "up", stopped=_is_stopped(state))
        state.notices[function.counter_id] = (text, now_s + NOTICE_S)
        return effects
    return [*effects, Ask(function.function_id, pressed.fresh_id, command)]


def _keypad(state: AgentState, function_id: str) -> CallKeypad:
    if function_id not in state.keypads:
        state.keypads[function_id] = CallKeypad(state.settings.call_keys)
    return state.keypads[function_id]


def _pause_or_open(me: str, here: str, settings: AgentSettings, view: CounterView | None) -> c.AnyCommand:
    by = view.clerk_id if view else ""
    if view is None or view.state == "open":
        return c.PauseCounter(function_id=me, counter_id=here, clerk_id=by, reason=settings.pause_reason)
    return c.OpenCounter(function_id=me, counter_id=here, clerk_id=by)


def command_of(
    function: Function, wanted: Pressed, settings: AgentSettings, view: CounterView | None
) -> c.AnyCommand | None:
    """Say what a clerk's wish asks of the server; None for an outcome or a number that there is not.

    The pause key opens a counter that is not open. END means the outcome whose place was typed before it, or the first.
    """
    me, here = function.function_id, function.counter_id
    serving_id, after_call_id = seen_at(view)
    if wanted.action is KeypadAction.NEXT:
        return c.CallNext(function_id=me, counter_id=here, after_call_id=after_call_id)
    if wanted.action in _AT_VISIT:
        return _AT_VISIT[wanted.action](function_id=me, counter_id=here, visit_id=serving_id)
    if wanted.action is KeypadAction.PAUSE:
        return _pause_or_open(me, here, settings, view)
    if wanted.action is KeypadAction.END:
        return ended(me, here, wanted, settings, view)
    if wanted.action is KeypadAction.CALL_CHOSEN and wanted.number:
        number, reason = wanted.number, settings.call_reason
        return c.CallNumber(function_id=me, counter_id=here, after_call_id=after_call_id, number=number, reason=reason)
    return rarer_command(me, here, wanted, settings, view)


_AT_VISIT: Mapping[KeypadAction, type[c.RecallVisit | c.StartService | c.MarkNoShow]] = {
    KeypadAction.RECALL: c.RecallVisit,
    KeypadAction.START: c.StartService,
    KeypadAction.NO_SHOW: c.MarkNoShow,
}


def _answered(state: AgentState, answered: Answered, now_s: float) -> None:
    function = state.functions.get(answered.function_id)
    if function is None or not (answered.reply is None or isinstance(answered.reply, Refused)):
        return
    code = answered.reply.code if isinstance(answered.reply, Refused) else ""
    state.notices[function.counter_id] = (refusal_text(code, live=True, stopped=_is_stopped(state)), now_s + NOTICE_S)


def _is_stopped(state: AgentState) -> bool:
    return any(view.stopped for view in state.boards.values())


# --- Displays ---------------------------------------------------------------------------------------------------------


def _forget(state: AgentState, now_s: float) -> None:
    state.notices = {name: kept for name, kept in state.notices.items() if kept[1] > now_s}
    state.lost = {name: lost for name, lost in state.lost.items() if lost[1] > now_s}
    state.unknown = {name: unknown for name, unknown in state.unknown.items() if unknown[1] > now_s}
    for name in [name for name, due_s in state.show_again.items() if due_s <= now_s]:
        del state.show_again[name]
        state.shown.pop(name, None)


def _texts(state: AgentState, now_s: float) -> Iterable[AnyEffect]:
    typed = {
        state.functions[name].counter_id: keypad.typed(now_s)
        for name, keypad in state.keypads.items()
        if name in state.functions
    }
    counters = {counter.counter_id: counter for view in state.boards.values() for counter in view.counters}
    # A stopped hall's displays rest, also when the server is gone since; only why a key did nothing is told meanwhile.
    stopped = CLOSED_TEXT if _is_stopped(state) else ""
    for function in state.functions.values():
        if function.kind != "counter_display" or function.at is None:
            continue
        told = state.notices.get(function.counter_id, ("", 0.0))[0]
        notice = told or stopped if stopped else typed.get(function.counter_id) or told
        text = led_text(counters, function, live=state.link == "up", notice=notice)
        if state.shown.get(function.function_id) != text:
            state.shown[function.function_id] = text
            state.show_again.pop(function.function_id, None)
            yield Show(function.function_id, text)


# --- Health and topics ------------------------------------------------------------------------------------------------


def _note_health(state: AgentState, happened: AnyInput, now_s: float) -> None:
    match happened:
        case PressesLost(function_id, count):
            before, _ = state.lost.get(function_id, (0, 0.0))
            state.lost[function_id] = (before + count, now_s + LOST_TOLD_S)
        case PressUnknown(function_id, code):
            state.unknown[function_id] = (code, now_s + LOST_TOLD_S)
        case HealthChanged():
            state.health[happened.function_id] = happened
        case ReportLost():
            state.reported.pop(happened.function_id, None)


def _reports(state: AgentState) -> Iterable[AnyEffect]:
    if state.link != "up":
        return
    for function_id, device in state.health.items():
        health = _with_losses(device, state)
        if function_id in state.functions and state.reported.get(function_id) != health:
            state.reported[function_id] = health
            yield Report(
                c.ReportDevice(
                    function_id=function_id,
                    state=health.health,
                    reason=health.reason,
                    detail=health.detail[:256],
                )
            )


def _with_losses(health: HealthChanged, state: AgentState) -> HealthChanged:
    """Let what is lost be seen on a device that is well otherwise: its clerk may have pressed for nothing."""
    name, is_well = health.function_id, health.health == "ok"
    if is_well and name in state.lost:
        return HealthChanged(name, "degraded", "presses_lost", f"{state.lost[name][0]} presses; the journal has them")
    if is_well and name in state.unknown:
        detail = f"it sent the code {state.unknown[name][0]}; add it to [keys] of its file, or look which key it is"
        return HealthChanged(name, "degraded", "presses_unknown", detail)
    return health


def _topics(state: AgentState) -> Iterable[AnyEffect]:
    for function in state.functions.values():
        match function.kind:
            case "call_keypad":
                topic = f"counter/{function.counter_id}"
            case "counter_display":
                topic = f"board/{function.zone_id}"
            case _:
                continue
        if topic not in state.watched:
            state.watched.add(topic)
            yield Watch(topic)
