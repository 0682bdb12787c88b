"""What a hall board shows, and for how long: pure, `stage, input -> stage, scene, announcement`.

A call has its *turn* in the large amber place: it stays there for the hall's minimum (`board_minimum_s`) even when
five counters call at once, and while it is being said; the others wait for their turn, but stand on the lines below
from the first moment, so nobody waits to *see* a number. With each turn comes one announcement, so eyes and ears get
the same call. When more wait than `BACKLOG`, turns are hurried: half the minimum, and said once in one language. A
citizen who is served before the turn is passed over: the board never calls someone who is already at the counter.

When the turns are done, the large place goes back to the newest citizen who is still on the way; when nobody is, the
last call stands there without amber; and after `IDLE_AFTER_S` of quiet the board greets. All times here are hall time.
In a hall's quiet hours turns are given in silence, and what was shown so is not said later.
Whether the server can still be heard is a safety question, measured on the real clock by the link and handed in with
each step: what is not live is never shown.

A hall that is stopped says nothing but why, large and still, and its voice says it again and again, also when the
server is gone since: nobody has said that it goes on. Calls are not said meanwhile, and lose no turn by it.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from presentation.board import (
    LANGUAGES,
    BoardLines,
    Told,
    board_lines,
    clock_digits,
    latest_calls,
    next_opening,
    told_before,
    told_with,
    turns,
)
from presentation.formats import hall_time
from presentation.speech import SPOKEN_LANGUAGES
from presentation.stopping import StopWords, stop_words
from presentation.texts import Texts
from protocol.views import BoardCall, BoardView, StoppedHall

BACKLOG = 5
"""When more calls than this wait for their turn, turns are hurried."""

SPEECH_LIMIT_S = 45
"""No turn lasts longer than this, however long its announcement takes (a stuck sound card)."""

IDLE_AFTER_S = 120
"""With nobody on the way, the last call is taken from the large place after this long."""

NIGHT_AHEAD = timedelta(hours=3)
"""A closed hall that opens again later than this goes dark, once `NIGHT_AFTER` has passed since its last call."""

NIGHT_AFTER = timedelta(minutes=30)

SceneKind = Literal["starting", "calls", "idle", "closed", "night", "stopped", "out_of_service"]
LinkState = Literal["connecting", "up", "gone", "refused"]


@dataclass(frozen=True, slots=True)
class Stage:
    """What the board itself knows: how far the turns have come, and who has the large place since when."""

    told: Told | None = None
    current_id: int | None = None
    since: datetime | None = None
    in_turn: bool = False  # The large place was won by a turn, which has its minimum; else it is only kept warm.
    warned_of: datetime | None = None  # Which message of a stopped hall was said last …
    warned_at: datetime | None = None  # … and when that was begun.


@dataclass(frozen=True, slots=True)
class Input:
    """The world at one moment. `memory` is how far the turns had come in the board's last run.

    `link` is how the server can be heard: "connecting" for the first seconds only, "refused" when this board is not
    paired (any more).
    """

    view: BoardView | None
    now: datetime
    link: LinkState
    speaking_id: int | None = None
    memory: Told | None = None


@dataclass(frozen=True, slots=True)
class Announcement:
    """One call to be said now. A hurried one is said once and in the first language only."""

    call: BoardCall
    hurried: bool = False


@dataclass(frozen=True, slots=True)
class HallWarning:
    """Why the hall is stopped, to be said now before anything else."""

    emergency_id: str
    words: tuple[StopWords, ...]


@dataclass(frozen=True, slots=True)
class Scene:
    """All that is painted: the kind of scene, its lines, and for quiet scenes a title and hints per language.

    `translations` are the lines in every language of the board, the first one's first.
    """

    kind: SceneKind
    clock: str = ""
    translations: tuple[BoardLines, ...] = ()
    amber: bool = False
    titles: tuple[str, ...] = ()
    hints: tuple[str, ...] = ()

    @property
    def lines(self) -> BoardLines | None:
        """The lines in the board's first language."""
        return self.translations[0] if self.translations else None

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages of the board, in order."""
        return tuple(lines.language for lines in self.translations) or LANGUAGES


@dataclass(frozen=True, slots=True)
class Step:
    """What follows from an input; `wake_at` is the hall time of the next step should nothing else happen."""

    stage: Stage
    scene: Scene
    announcement: Announcement | None = None
    wake_at: datetime | None = None
    warning: HallWarning | None = None


def step(stage: Stage, world: Input, texts: Texts) -> Step:
    """Go one step: the only way in which a board changes."""
    view = world.view
    if view is not None and view.stopped is not None and world.link != "refused":
        return _stopped(_for_the_day(stage, world, view), world, view, view.stopped, texts)
    if view is None or world.link != "up":
        return Step(stage, _unheard(world, texts))
    stage = replace(_for_the_day(stage, world, view), warned_of=None, warned_at=None)
    clock = clock_digits(world.now, view.utc_offset_s)
    stage, announcement = _next_turn(stage, world, view)
    scene = _calls_or_quiet(stage, world, view, texts, clock)
    return Step(stage, scene, announcement, _wake_at(stage, view, world.now))


def _stopped(stage: Stage, world: Input, view: BoardView, stopped: StoppedHall, texts: Texts) -> Step:
    """Show why the hall is stopped, and have it said when it is due; in an empty hall by night it is shown alone."""
    words = stop_words(stopped, texts, view.policies.board_languages)
    titles, hints = tuple(one.title for one in words), tuple(one.hint for one in words if one.hint)
    clock = clock_digits(world.now, view.utc_offset_s) if world.link == "up" else ""
    scene = _scene("stopped", view, stage, texts, clock, titles=titles, hints=hints)
    if view.state == "closed" and _is_night(view, world.now):
        return Step(stage, scene)
    again_at = stage.warned_at + timedelta(seconds=stopped.repeat_s) if stage.warned_at else world.now
    is_told = stage.warned_of == stopped.told_at and stage.warned_at is not None and stage.warned_at <= world.now
    if is_told and world.now < again_at:
        return Step(stage, scene, wake_at=again_at)
    stage = replace(stage, warned_of=stopped.told_at, warned_at=world.now)
    said = stop_words(stopped, texts, _warning_languages(view))
    wake_at = world.now + timedelta(seconds=stopped.repeat_s)
    return Step(stage, scene, wake_at=wake_at, warning=HallWarning(stopped.emergency_id, said))


def _warning_languages(view: BoardView) -> tuple[str, ...]:
    """Give the languages in which a warning is said: all that the hall says or shows and that can be said."""
    wanted = dict.fromkeys((*view.policies.announce_languages, *view.policies.board_languages))
    return tuple(language for language in wanted if language in SPOKEN_LANGUAGES)


def _for_the_day(stage: Stage, world: Input, view: BoardView) -> Stage:
    if stage.told is not None and stage.told.day == view.day:
        return stage
    return Stage(told=told_before(view, world.now, stage.told or world.memory))


def _next_turn(stage: Stage, world: Input, view: BoardView) -> tuple[Stage, Announcement | None]:
    """Keep who has the large place, or give it to the next; a turn that begins is announced."""
    assert stage.told is not None, "a stage knows its day before turns are given"
    waiting = turns(view, stage.told)
    if _holds(stage, world, view, len(waiting)):
        return stage, None
    if not waiting:
        return _without_turns(stage, world, view), None
    call = waiting[0]
    told = told_with(view, stage.told, call.call_id)
    stage = Stage(told=told, current_id=call.call_id, since=world.now, in_turn=True)
    return stage, None if is_quiet(view, world.now) else Announcement(call, hurried=len(waiting) > BACKLOG)


def is_quiet(view: BoardView, now: datetime) -> bool:
    """Tell whether the hall wants nothing said aloud at this time of day."""
    time_of_day = clock_digits(now, view.utc_offset_s)
    return any(begins <= time_of_day < ends for begins, ends in view.policies.quiet_hours)


def _without_turns(stage: Stage, world: Input, view: BoardView) -> Stage:
    """Give the large place to somebody who is still on the way; when nobody is, the last call rests there."""
    latest = latest_calls(view)
    awaited = [call.call_id for call in latest if call.state == "called"]
    if stage.current_id in awaited:
        return stage
    known = [call.call_id for call in latest]
    resting = stage.current_id if stage.current_id in known else next(iter(known), None)
    current_id = next(iter(awaited), resting)
    if current_id == stage.current_id:
        return stage
    return replace(stage, current_id=current_id, since=world.now, in_turn=False)


def _holds(stage: Stage, world: Input, view: BoardView, waiting: int) -> bool:
    """Tell whether the present turn may not be taken away yet."""
    if not stage.in_turn or stage.since is None:
        return False
    elapsed = world.now - stage.since
    if elapsed < _minimum(view, waiting):
        return True
    return stage.current_id == world.speaking_id and elapsed < timedelta(seconds=SPEECH_LIMIT_S)


def _minimum(view: BoardView, waiting: int) -> timedelta:
    minimum = timedelta(seconds=view.policies.board_minimum_s)
    return minimum / 2 if waiting > BACKLOG else minimum


def _wake_at(stage: Stage, view: BoardView, now: datetime) -> datetime | None:
    assert stage.told is not None, "a stage knows its day before it sleeps"
    if stage.since is None:
        return None
    moments = (
        stage.since + _minimum(view, len(turns(view, stage.told))),
        stage.since + timedelta(seconds=SPEECH_LIMIT_S),
        _idle_at(view),
    )
    return min((moment for moment in moments if moment is not None and moment > now), default=None)


def _idle_at(view: BoardView) -> datetime | None:
    last = max((call.called_at for call in view.calls), default=None)
    return last + timedelta(seconds=IDLE_AFTER_S) if last is not None else None


# --- Scenes ----------------------------------------------------------------------------------------------------------


def _calls_or_quiet(stage: Stage, world: Input, view: BoardView, texts: Texts, clock: str) -> Scene:
    current = next((call for call in view.calls if call.call_id == stage.current_id), None)
    awaited = current is not None and current.state == "called"
    minimum_runs = _holds(stage, replace(world, speaking_id=None), view, 0)
    amber = awaited or (current is not None and minimum_runs)
    if amber:
        return _scene("calls", view, stage, texts, clock, amber=True)
    languages = view.policies.board_languages
    if view.state == "closed":
        return _scene(
            "night" if _is_night(view, world.now) else "closed",
            view,
            stage,
            texts,
            clock,
            titles=tuple(texts(_closed_key(view, world.now), language) for language in languages),
            hints=next_opening(view, world.now, texts),
        )
    idle_at = _idle_at(view)
    if current is None or (idle_at is not None and world.now >= idle_at):
        titles = tuple(texts("board.none_called", language) for language in languages)
        return _scene("idle", view, replace(stage, current_id=None), texts, clock, titles=titles)
    return _scene("calls", view, stage, texts, clock)


def _closed_key(view: BoardView, now: datetime) -> str:
    """Tell a break within the day from its end."""
    opens_at, offset_s = view.next_opens_at, view.utc_offset_s
    same_day = opens_at is not None and hall_time(opens_at, offset_s).date() == hall_time(now, offset_s).date()
    return "board.closed_break" if same_day else "board.closed"


def _is_night(view: BoardView, now: datetime) -> bool:
    """Tell whether nobody is expected to look at the board for hours."""
    last = max((call.called_at for call in view.calls), default=None)
    if last is not None and now < last + NIGHT_AFTER:
        return False
    return view.next_opens_at is None or view.next_opens_at - now > NIGHT_AHEAD


def _scene(
    kind: SceneKind,
    view: BoardView,
    stage: Stage,
    texts: Texts,
    clock: str,
    *,
    amber: bool = False,
    titles: tuple[str, ...] = (),
    hints: tuple[str, ...] = (),
) -> Scene:
    assert stage.told is not None, "a stage knows its day before it is painted"
    current_id = stage.current_id if kind == "calls" else None
    return Scene(kind, clock, _translations(view, current_id, stage.told, texts), amber, titles, hints)


def _translations(view: BoardView, current_id: int | None, told: Told, texts: Texts) -> tuple[BoardLines, ...]:
    return tuple(board_lines(view, current_id, told, texts, language) for language in view.policies.board_languages)


def _unheard(world: Input, texts: Texts) -> Scene:
    """Say that nothing is known: no number, no waiting line, no time of day that may be wrong."""
    view = world.view
    if view is None and world.link in ("connecting", "up"):
        return Scene("starting")
    languages = view.policies.board_languages if view else LANGUAGES
    known = _translations(view, None, Told(view.day, 0), texts) if view else ()
    hint = "refusal.unknown_device" if world.link == "refused" else "board.out_of_service_hint"
    return Scene(
        "out_of_service",
        translations=tuple(replace(lines, others=(), waiting=(), closed_counters="") for lines in known),
        titles=tuple(texts("board.out_of_service", language) for language in languages),
        hints=tuple(texts(hint, language) for language in languages),
    )
