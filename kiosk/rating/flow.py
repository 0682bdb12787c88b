"""The touch rating terminal as a state machine: what happened and the moment go in, state and effects come out. Pure.

The system opens the window when a service ends, not the clerk; the last press within it counts, and each press travels
as a press of its own. A press is made durable before it is thanked for. What others pressed is never shown.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal, assert_never

from protocol.commands import AnyCommand, Introduce, PressRating
from protocol.views import AnyReply, Introduction, RatingView, RatingWindow, Refused

LinkState = Literal["connecting", "up", "gone", "refused"]

OUTBOX_LIMIT = 5_000
"""Presses that wait for the link; a counter that serves four hundred a day fills this in weeks."""

TRY_AGAIN_CODES = frozenset({"storage", "busy"})


@dataclass(frozen=True, slots=True)
class Now:
    """The moment of a step: hall time, the real clock (seconds), and a new id that a step may use once."""

    hall_at: datetime
    real_s: float
    fresh_id: str


@dataclass(frozen=True, slots=True)
class Settings:
    """How this terminal behaves; `_s` is hall time, `_real_s` the real clock."""

    language: str = "vi"
    reasons_s: float = 30.0
    thanks_s: float = 5.0
    least_still_real_s: float = 1.0
    idle_s: float = 60.0
    ask_real_s: float = 10.0
    retry_real_s: float = 5.0


@dataclass(frozen=True, slots=True)
class Preferences:
    """What a citizen chose for reading."""

    language: str = "vi"
    large_text: bool = False
    high_contrast: bool = False


@dataclass(frozen=True, slots=True)
class Identity:
    """Who the server says this terminal is, and at which counter it stands."""

    function_id: str
    counter_id: str


@dataclass(frozen=True, slots=True)
class Press:
    """A press on its way: the command is its own proof, its `press_id` is the request's id for ever."""

    command: PressRating


@dataclass(frozen=True, slots=True)
class Idle:
    """Nobody is asked: which counter this is."""


@dataclass(frozen=True, slots=True)
class Question:
    """A window is open; `level` is what was pressed before, when the citizen came back to change it."""

    window: RatingWindow
    level: int = 0


@dataclass(frozen=True, slots=True)
class Reasons:
    """What was it that did not satisfy? Any number of reasons, or none."""

    window: RatingWindow
    level: int
    chosen: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Thanks:
    """The press is safe; `saved` is None while nobody knows yet."""

    window: RatingWindow
    level: int
    saved: bool | None = None


@dataclass(frozen=True, slots=True)
class Closed:
    """The window is over and nobody has answered: said for a moment, for a hand that was on its way."""

    window: RatingWindow


Screen = Idle | Question | Reasons | Thanks | Closed


@dataclass(frozen=True, slots=True)
class Photo:
    """A face, decoded and cut square: `side` x `side` pixels, three bytes each, the uppermost row first."""

    side: int
    pixels: bytes


@dataclass(frozen=True, slots=True)
class Clerk:
    """Who has served, as the terminal's own folder knows them; no photo where there is none, or none that is fit."""

    clerk_id: str
    name: str
    photo: Photo | None = None


@dataclass(frozen=True, slots=True)
class State:
    """All that the terminal knows."""

    settings: Settings
    preferences: Preferences
    screen: Screen = Idle()
    since_hall_at: datetime | None = None
    since_real_s: float = 0.0
    """Since when the present screen stands, or was last touched."""
    link: LinkState = "connecting"
    identity: Identity | None = None
    introducing: str = ""
    introduced: bool = False
    view: RatingView | None = None
    outbox: tuple[Press, ...] = ()
    sending: str = ""
    send_after_real_s: float = 0.0
    clerk: Clerk | None = None


# --- Inputs and effects ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Restored:
    """What the disk knew from before."""

    identity: Identity | None = None
    outbox: tuple[Press, ...] = ()


@dataclass(frozen=True, slots=True)
class Touched:
    """A touch on something on the screen, by its action id."""

    action: str


@dataclass(frozen=True, slots=True)
class Viewed:
    """A complete view."""

    view: RatingView


@dataclass(frozen=True, slots=True)
class LinkChanged:
    """The link has another state."""

    link: LinkState


@dataclass(frozen=True, slots=True)
class Replied:
    """An answer; None when there was none in time."""

    request_id: str
    reply: AnyReply | None


@dataclass(frozen=True, slots=True)
class Kept:
    """A press is on disk, or could not be written."""

    press_id: str
    ok: bool = True


@dataclass(frozen=True, slots=True)
class Tick:
    """A deadline that the flow named has passed."""


@dataclass(frozen=True, slots=True)
class ClerkRead:
    """What the folder of clerks has of somebody; None for nothing."""

    clerk: Clerk | None


Input = Restored | Touched | Viewed | LinkChanged | Replied | Kept | ClerkRead | Tick


@dataclass(frozen=True, slots=True)
class Ask:
    """Send a command; answer with `Replied`."""

    request_id: str
    command: AnyCommand
    deadline_s: float


@dataclass(frozen=True, slots=True)
class KeepPress:
    """Make a press durable; answer with `Kept`."""

    press: Press


@dataclass(frozen=True, slots=True)
class DropPress:
    """The press has arrived; a refusal's code keeps it on disk for the technician."""

    press_id: str
    error: str = ""


@dataclass(frozen=True, slots=True)
class KeepIdentity:
    """Keep who we are, and watch the counter's topic from now on."""

    identity: Identity


@dataclass(frozen=True, slots=True)
class ReadClerk:
    """Look in the folder of clerks for name and photo; answer with `ClerkRead`."""

    clerk_id: str


Effect = Ask | KeepPress | DropPress | KeepIdentity | ReadClerk
Step = tuple[State, tuple[Effect, ...]]


def initial(settings: Settings) -> State:
    """Give the state of a terminal that knows nothing yet."""
    return State(settings, Preferences(settings.language))


def step(state: State, happened: Input, now: Now) -> Step:
    """Take one input: the new state, and the effects in the order in which they must be started."""
    state, effects = _taken(state, happened, now)
    state = _closed_if_over(state, now)
    for upkeep in (_introduce, _send_next):
        state, more = upkeep(state, now)
        effects += more
    return state, effects


def _taken(state: State, happened: Input, now: Now) -> Step:
    match happened:
        case Touched(action):
            state, effects = _touched(state, action, now)
        case Viewed(view):
            state, effects = _viewed(state, view, now)
        case LinkChanged(link):
            state, effects = replace(state, link=link, introduced=False), ()  # Who we are may have changed.
        case Replied(request_id, reply):
            state, effects = _replied(state, request_id, reply, now)
        case Kept(press_id, ok):
            state, effects = _kept(state, press_id, ok=ok), ()
        case Restored(identity, outbox):
            state = replace(state, identity=state.identity or identity, outbox=(*outbox, *state.outbox))
            effects = (KeepIdentity(identity),) if identity else ()
        case ClerkRead(clerk):
            state, effects = replace(state, clerk=clerk), ()
        case Tick():
            state, effects = _time_passed(state, now), ()
        case _:
            assert_never(happened)
    return state, effects


# --- Touches ---------------------------------------------------------------------------------------------------------


def _touched(state: State, action: str, now: Now) -> Step:  # noqa: PLR0911 -- a table of screens.
    verb, _, target = action.partition(":")
    if verb == "key":
        return _key(_touched_now(state, now), target), ()
    if state.view is not None and state.view.stopped is not None:
        return state, ()  # A stopped hall asks nobody.
    match state.screen, verb:
        case Question(window), "answer":
            levels = {level.level: level for level in state.view.scale.levels} if state.view else {}
            level = levels.get(int(target) if target.isdecimal() else 0)
            if level is None:
                return state, ()
            reasons = bool(level.asks_reason and state.view and state.view.scale.reasons)
            screen = Reasons(window, level.level) if reasons else Thanks(window, level.level)
            return _press(_shown(state, screen, now), window, level.level, (), now)
        case Reasons(window, level_chosen, chosen), "reason":
            known = {reason.reason_id for reason in state.view.scale.reasons} if state.view else set()
            if target in known:
                chosen = tuple(one for one in chosen if one != target) + ((target,) if target not in chosen else ())
            return _touched_now(replace(state, screen=Reasons(window, level_chosen, chosen)), now), ()
        case Reasons(window, level_chosen, chosen), "send" if chosen:
            return _press(_shown(state, Thanks(window, level_chosen), now), window, level_chosen, chosen, now)
        case Reasons(window, level_chosen, _), "skip":
            return _shown(state, Thanks(window, level_chosen, saved=True), now), ()
        case Thanks(window, level_chosen, _), "change":
            return _shown(state, Question(window, level_chosen), now), ()
        case _:
            return state, ()


def _key(state: State, key: str) -> State:
    wishes = state.preferences
    languages = state.view.languages if state.view else ("vi", "en")
    match key:
        case "language":
            place = languages.index(wishes.language) if wishes.language in languages else -1
            wishes = replace(wishes, language=languages[(place + 1) % len(languages)])
        case "large_text":
            wishes = replace(wishes, large_text=not wishes.large_text)
        case "high_contrast":
            wishes = replace(wishes, high_contrast=not wishes.high_contrast)
        case _:
            pass
    return replace(state, preferences=wishes)


def _press(state: State, window: RatingWindow, level: int, reasons: tuple[str, ...], now: Now) -> Step:
    if state.identity is None or len(state.outbox) >= OUTBOX_LIMIT:
        screen = state.screen
        return (replace(state, screen=replace(screen, saved=False)) if isinstance(screen, Thanks) else state), ()
    press = Press(
        PressRating(
            function_id=state.identity.function_id,
            press_id=now.fresh_id,
            level=level,
            reasons=reasons,
            pressed_at=now.hall_at,
            nonce=window.nonce,
            buffered=state.link != "up",
        )
    )
    # It may travel while the disk still writes: the server knows a press by its id.
    return replace(state, outbox=(*state.outbox, press)), (KeepPress(press),)


def _kept(state: State, press_id: str, *, ok: bool) -> State:
    screen = state.screen
    waiting = any(press.command.press_id == press_id for press in state.outbox)
    if isinstance(screen, Thanks) and screen.saved is None and (ok or (waiting and state.link != "up")):
        return replace(state, screen=replace(screen, saved=ok))
    return state


def _shown(state: State, screen: Screen, now: Now) -> State:
    return replace(state, screen=screen, since_hall_at=now.hall_at, since_real_s=now.real_s)


def _touched_now(state: State, now: Now) -> State:
    return replace(state, since_hall_at=now.hall_at, since_real_s=now.real_s)


# --- The window ------------------------------------------------------------------------------------------------------


def _viewed(state: State, view: RatingView, now: Now) -> Step:
    state = replace(state, view=view)
    window = view.window
    if window is None or _over(window, now):
        return state, ()
    shown = None if isinstance(state.screen, Idle) else state.screen.window
    if shown is not None and shown.nonce == window.nonce:
        return state, ()
    wishes = replace(state.preferences, language=window.language if window.language in view.languages else "vi")
    known = state.clerk is not None and state.clerk.clerk_id == window.clerk_id
    state = _shown(replace(state, preferences=wishes, clerk=state.clerk if known else None), Question(window), now)
    return state, (ReadClerk(window.clerk_id),) if window.clerk_id and not known else ()


def _closed_if_over(state: State, now: Now) -> State:
    """Leave a window that is over: it is closed by the server's word, or by its own end when the server is gone."""
    screen = state.screen
    if isinstance(screen, Idle):
        return state
    taken_back = state.link == "up" and state.view is not None and state.view.window is None
    if not (taken_back or _over(screen.window, now)):
        return state
    if isinstance(screen, Question) and not screen.level:
        return _shown(state, Closed(screen.window), now)
    if isinstance(screen, Thanks | Closed) and not _has_stood(state, now, state.settings.thanks_s):
        return state
    return _idle(state, now)


def _idle(state: State, now: Now) -> State:
    return replace(_shown(state, Idle(), now), preferences=Preferences(state.settings.language))


def _over(window: RatingWindow, now: Now) -> bool:
    return now.hall_at >= window.closes_at


def _has_stood(state: State, now: Now, for_s: float) -> bool:
    if state.since_hall_at is None:
        return True
    stood = now.hall_at - state.since_hall_at >= timedelta(seconds=for_s)
    return stood and now.real_s - state.since_real_s >= state.settings.least_still_real_s


def _time_passed(state: State, now: Now) -> State:
    screen = state.screen
    if isinstance(screen, Reasons) and _has_stood(state, now, state.settings.reasons_s):
        return _shown(state, Thanks(screen.window, screen.level, saved=True), now)
    usual = Preferences(state.settings.language)
    if isinstance(screen, Idle) and state.preferences != usual and _has_stood(state, now, state.settings.idle_s):
        return replace(state, preferences=usual)
    return state


# --- The link --------------------------------------------------------------------------------------------------------


def _introduce(state: State, now: Now) -> Step:
    if state.link != "up" or state.introduced or state.introducing:
        return state, ()
    request_id = now.fresh_id[::-1]  # The step's one new id may already name a press; turned round it is another.
    return replace(state, introducing=request_id), (Ask(request_id, Introduce(), state.settings.ask_real_s),)


def _send_next(state: State, now: Now) -> Step:
    if state.link != "up" or state.sending or not state.outbox or now.real_s < state.send_after_real_s:
        return state, ()
    command = state.outbox[0].command
    ask = Ask(command.press_id, command, state.settings.ask_real_s)
    return replace(state, sending=command.press_id), (ask,)


def _replied(state: State, request_id: str, reply: AnyReply | None, now: Now) -> Step:
    if request_id == state.introducing:
        return _introduced(replace(state, introducing=""), reply)
    if request_id != state.sending:
        return state, ()
    later = replace(state, sending="", send_after_real_s=now.real_s + state.settings.retry_real_s)
    if reply is None or (isinstance(reply, Refused) and reply.code in TRY_AGAIN_CODES):
        return later, ()
    rest = tuple(press for press in state.outbox if press.command.press_id != request_id)
    error = reply.code if isinstance(reply, Refused) else ""
    screen = state.screen
    if isinstance(screen, Thanks) and screen.saved is None:
        screen = replace(screen, saved=True)
    done = replace(state, sending="", send_after_real_s=0.0, outbox=rest, screen=screen)
    return done, (DropPress(request_id, error),)


def _introduced(state: State, reply: AnyReply | None) -> Step:
    if not isinstance(reply, Introduction):
        return state, ()
    state = replace(state, introduced=True)
    terminals = [one for one in reply.functions if one.kind == "rating_terminal" and one.counter_id]
    if not terminals:
        return state, ()
    identity = Identity(terminals[0].function_id, terminals[0].counter_id)
    if identity == state.identity:
        return state, ()
    return replace(state, identity=identity), (KeepIdentity(identity),)


def seconds_to_next(state: State, now: Now, rate: float) -> float | None:
    """Give how long (real seconds) until `Tick` can change anything; None when only an input can."""
    settings, screen = state.settings, state.screen
    waits: list[float] = []
    stood_s = (now.hall_at - state.since_hall_at).total_seconds() if state.since_hall_at else 0.0
    still_s = settings.least_still_real_s - (now.real_s - state.since_real_s)
    if not isinstance(screen, Idle):
        closes_s = (screen.window.closes_at - now.hall_at).total_seconds() / rate
        if isinstance(screen, Thanks | Closed):
            closes_s = max(closes_s, (settings.thanks_s - stood_s) / rate, still_s)
            if state.view is not None and state.view.window is None:
                closes_s = max((settings.thanks_s - stood_s) / rate, still_s)
        waits.append(closes_s)
    if isinstance(screen, Reasons):
        waits.append(max((settings.reasons_s - stood_s) / rate, still_s))
    if isinstance(screen, Idle) and state.preferences != Preferences(settings.language):
        waits.append(max((settings.idle_s - stood_s) / rate, still_s))
    if state.outbox and not state.sending and state.link == "up":
        waits.append(state.send_after_real_s - now.real_s)
    return max(0.0, min(waits)) if waits else None
