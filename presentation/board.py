"""What a hall board says: a view in, lines and turns out; for the big board and for the public page alike.

Two questions are answered here. *Which calls are still to be announced?* (`turns`): those that nobody announced yet
and whose citizen is still on the way, oldest first. A call has its turn once; the mark `Told` remembers how far the
turns have come, so that a board that starts late repeats nothing old and loses nothing new, and a recall (which has
a call id of its own) gets a turn of its own. *What stands on which line?* (`board_lines`).

Nothing here knows how long something is shown; that is `presentation.board_flow`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from msgspec.structs import replace

from presentation.formats import hall_time, listed, opening_long, ticket_number, wait_range
from presentation.texts import Texts, name_in
from protocol.views import BoardCall, BoardCounter, BoardView

LANGUAGES = ("vi", "en")
"""The languages of a board that has not heard yet which ones its hall wants (`Policies.board_languages`)."""

TURNS_LIMIT = 16
"""So many calls wait for their turn at most; when more do, the oldest stand on their lines and get no turn."""

FRESH_S = 20
"""A board without any memory takes calls older than this (hall time) as announced by whoever ran before it."""


@dataclass(frozen=True, slots=True)
class Told:
    """Every call of `day` up to and including `call_id` has had its turn, and so have those later ones in `ahead`."""

    day: str
    call_id: int
    ahead: tuple[int, ...] = ()

    def holds(self, day: str, call_id: int) -> bool:
        """Tell whether this call of this day has had its turn."""
        return day == self.day and (call_id <= self.call_id or call_id in self.ahead)


def told_before(view: BoardView, now: datetime, memory: Told | None) -> Told:
    """Say how far the turns have come when a board starts, or when the business day has changed.

    `memory` is what the board remembers of its last run. On a new day everything is new. Without any memory, what was
    called more than `FRESH_S` seconds ago is taken as announced.
    """
    if memory is not None:
        return memory if memory.day == view.day else Told(view.day, 0)
    old = (call.call_id for call in view.calls if call.called_at < now - timedelta(seconds=FRESH_S))
    return Told(view.day, max(old, default=0))


def turns(view: BoardView, told: Told) -> tuple[BoardCall, ...]:
    """Give the calls that wait for their turn, priority numbers before the others, else oldest first.

    They are `TURNS_LIMIT` at most. A citizen who is already served, or whose call is over, is not announced any more;
    of a call and its recall the recall is enough.
    """
    waiting = [call for call in latest_calls(view) if call.state == "called" and not told.holds(view.day, call.call_id)]
    return tuple(sorted(waiting[:TURNS_LIMIT], key=lambda call: (not call.priority, call.call_id)))


def told_with(view: BoardView, told: Told, call_id: int) -> Told:
    """Say how far the turns have come once this call has had its own."""
    had = (*(told.ahead if told.day == view.day else ()), call_id)
    before = told.call_id if told.day == view.day else 0
    pending = min((call.call_id for call in turns(view, told) if call.call_id != call_id), default=max(had) + 1)
    mark = max((each for each in had if each < pending), default=before)
    return Told(view.day, max(mark, before), tuple(sorted(each for each in had if each > max(mark, before))))


def latest_calls(view: BoardView) -> tuple[BoardCall, ...]:
    """Give the last call of each visit, newest first."""
    newest: dict[str, BoardCall] = {}
    for call in sorted(view.calls, key=lambda call: call.call_id, reverse=True):
        newest.setdefault(call.visit_id, call)
    return tuple(newest.values())


@dataclass(frozen=True, slots=True)
class CallLine:
    """One call as it stands on a board: `H025 -> 3`."""

    call_id: int
    number: str
    counter: str
    again: bool
    awaited: bool  # The citizen is still on the way.
    priority: bool = False


@dataclass(frozen=True, slots=True)
class WaitingLine:
    """How many wait for a service, and how long it may take: `C`, `Chứng thực`, `3`, `5–10 phút`."""

    prefix: str
    name: str
    count: int
    detail: str


@dataclass(frozen=True, slots=True)
class BoardLines:
    """All words of a board in one of its languages, but those of its timing."""

    language: str
    names: str  # Of the branch, in capitals.
    agency: str
    zone: str  # Of this board's zone, in a hall that has several.
    hotline: str
    current: CallLine | None
    others: tuple[CallLine, ...]
    waiting: tuple[WaitingLine, ...]
    closed_counters: str  # "2, 5" or empty.
    closed_count: int
    pledges: tuple[str, ...]
    notices: tuple[str, ...]
    recent_calls: int  # So many other calls the hall wants to see beside the current one.


def call_line(call: BoardCall) -> CallLine:
    """Write one call."""
    return CallLine(
        call_id=call.call_id,
        number=ticket_number(call.prefix, call.number),
        counter=str(call.counter_number),
        again=call.again,
        awaited=call.state == "called",
        priority=call.priority,
    )


def is_away(counter: BoardCounter) -> bool:
    """Tell whether nobody works at a counter now; one that still has its citizen is not away. LEDs go by it as well."""
    return counter.state != "open" and not counter.ticket_number


def merged(views: Sequence[BoardView]) -> BoardView:
    """Make one view of those of several zones, for a board that shows the whole hall."""
    assert views, "a hall has a zone"
    first = views[0]
    if len(views) == 1:
        return first
    waiting = {line.service_id: line for view in views for line in view.waiting}
    return replace(
        first,
        zone_id="",
        zone_names={},
        state="open" if any(view.state == "open" for view in views) else "closed",
        calls=tuple(
            sorted((call for view in views for call in view.calls), key=lambda call: call.call_id, reverse=True)
        ),
        counters=tuple(sorted((each for view in views for each in view.counters), key=lambda each: each.number)),
        waiting=tuple(waiting.values()),
    )


def board_lines(view: BoardView, current_id: int | None, told: Told, texts: Texts, language: str = "vi") -> BoardLines:
    """Write the lines of a board whose large place belongs to the call `current_id` (None: to nobody).

    The other calls stand below it: first those that still wait for their turn, in its order, so that five citizens
    who are called at once all see their number at once; then the newest of the rest.
    """
    calls = {call.call_id: call for call in view.calls}
    zone = name_in(view.zone_names, language) if view.zone_names else ""
    current = calls.get(current_id) if current_id is not None else None
    words = texts.words(language)
    away = [counter.number for counter in view.counters if is_away(counter)]
    return BoardLines(
        language=language,
        names=name_in(view.names, language).upper(),
        zone=zone,
        agency=name_in(view.agency, language),
        hotline=view.hotline,
        current=call_line(current) if current else None,
        others=_other_lines(view, current, told),
        waiting=tuple(
            WaitingLine(
                prefix=line.prefix,
                name=name_in(line.names, language),
                count=line.waiting,
                detail=wait_range(words, line.estimate.low_s, line.estimate.high_s)
                if line.estimate and line.waiting and view.policies.board_shows_estimates
                else "",
            )
            for line in view.waiting
        ),
        closed_counters=listed(words, away),
        closed_count=len(away),
        pledges=tuple(name_in(pledge, language) for pledge in view.pledges),
        notices=tuple(name_in(notice, language) for notice in view.notices),
        recent_calls=view.policies.board_recent_calls,
    )


def _other_lines(view: BoardView, current: BoardCall | None, told: Told) -> tuple[CallLine, ...]:
    taken = {current.visit_id} if current else set()
    upcoming = [call for call in turns(view, told) if call.visit_id not in taken]
    taken.update(call.visit_id for call in upcoming)
    earlier = [call for call in latest_calls(view) if call.visit_id not in taken]
    return tuple(call_line(call) for call in (*upcoming, *earlier))


def clock_digits(now: datetime, utc_offset_s: int) -> str:
    """Write the hall's time for the head of a board, whose digits stand in fixed cells: `08:42`."""
    local = hall_time(now, utc_offset_s)
    return f"{local.hour:02d}:{local.minute:02d}"


def next_opening(view: BoardView, now: datetime, texts: Texts) -> tuple[str, ...]:
    """Write when the hall opens again, one sentence per language; none when the calendar names no opening."""
    if view.next_opens_at is None:
        return ()
    opens_at = view.next_opens_at
    return tuple(
        texts("board.closed_next", language, when=opening_long(texts.words(language), opens_at, now, view.utc_offset_s))
        for language in view.policies.board_languages
    )
