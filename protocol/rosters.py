"""Who is planned at which counter on a day, from when to when, with breaks; and what is wrong with such a plan. Pure.

Both the queue server, which refuses a wrong roster, and the pages, which tell all that is wrong with it at once, judge
by the same rules. Times of day are the branch's own, ``07:30``; written so they compare as they follow each other.
"""

from collections.abc import Collection, Iterator, Sequence
from itertools import combinations, pairwise
from typing import Annotated, Final

import msgspec

from protocol.configuration import ClockTime, Day
from protocol.message import Identifier, Instant, OptionalIdentifier

SHIFTS_A_DAY: Final = 200
BREAKS_A_SHIFT: Final = 4
DAYS_AT_ONCE: Final = 14
DAYS_AHEAD: Final = 42
"""So far ahead a roster can be made: every opening of a day carries what is planned over."""
DAYS_KEPT: Final = 14
"""So long a past day's roster stays at hand, to be copied; the log has it for ever."""

Hours = tuple[ClockTime, ClockTime]
"""From, to."""


class Shift(msgspec.Struct, frozen=True, kw_only=True):
    """A clerk at a counter from one time of day to another, less the breaks."""

    clerk_id: Identifier
    counter_id: Identifier
    starts: ClockTime
    ends: ClockTime
    breaks: Annotated[tuple[Hours, ...], msgspec.Meta(max_length=BREAKS_A_SHIFT)] = ()


class DayRoster(msgspec.Struct, frozen=True, kw_only=True):
    """The roster of a day. ``planned_at`` names this version of it, and ``by_clerk_id`` who made it."""

    day: Day
    shifts: Annotated[tuple[Shift, ...], msgspec.Meta(max_length=SHIFTS_A_DAY)]
    planned_at: Instant
    by_clerk_id: OptionalIdentifier = ""


class WantedRoster(msgspec.Struct, frozen=True, kw_only=True):
    """A roster as somebody wants it; no shifts: the day shall have none, and goes on as if there were no rosters.

    ``instead_of`` is the version it was made from, ``None`` where the day had none: two people who plan the same day at
    once do not undo each other unseen.
    """

    day: Day
    shifts: Annotated[tuple[Shift, ...], msgspec.Meta(max_length=SHIFTS_A_DAY)]
    instead_of: Instant | None = None


class RosterMistake(msgspec.Struct, frozen=True):
    """What is wrong with a roster: a code, and the parts of its sentence (``refusal.<code>`` in the texts)."""

    code: str
    parts: dict[str, str]


def mistakes_of(
    day: str, shifts: Sequence[Shift], hours: Sequence[Hours], counter_ids: Collection[str]
) -> Iterator[RosterMistake]:
    """Name what is wrong with the shifts of a day: each with its place, in the order of the shifts.

    ``hours`` are the spans in which anything of the hall is open that day, ascending; none on a free day.
    """
    for shift in shifts:
        yield from _of_shift(day, shift, hours, counter_ids)
    for one, other in combinations(sorted(shifts, key=lambda shift: (shift.starts, shift.ends)), 2):
        if other.starts >= one.ends:
            continue
        place = {"day": day, "starts": other.starts, "ends": min(one.ends, other.ends)}
        if one.clerk_id == other.clerk_id:
            counters = {"counter_id": one.counter_id, "other_counter_id": other.counter_id}
            yield RosterMistake("roster_clerk_twice", {**place, "clerk_id": one.clerk_id, **counters})
        elif one.counter_id == other.counter_id:
            clerks = {"clerk_id": one.clerk_id, "other_clerk_id": other.clerk_id}
            yield RosterMistake("roster_counter_twice", {**place, "counter_id": one.counter_id, **clerks})


def _of_shift(day: str, shift: Shift, hours: Sequence[Hours], counter_ids: Collection[str]) -> Iterator[RosterMistake]:
    place = {"day": day, "clerk_id": shift.clerk_id, "starts": shift.starts, "ends": shift.ends}
    if shift.counter_id not in counter_ids:
        yield RosterMistake("roster_unknown_counter", {**place, "counter_id": shift.counter_id})
    if shift.starts >= shift.ends:
        yield RosterMistake("roster_backwards", place)
        return
    if not hours:
        yield RosterMistake("roster_free_day", {"day": day, "clerk_id": shift.clerk_id})
    elif shift.starts < hours[0][0] or shift.ends > hours[-1][1]:
        yield RosterMistake("roster_outside_hours", {**place, "opens": hours[0][0], "closes": hours[-1][1]})
    breaks = sorted(shift.breaks)
    for starts, ends in breaks:
        if starts >= ends or starts < shift.starts or ends > shift.ends:
            yield RosterMistake("roster_break_outside", {**place, "break_starts": starts, "break_ends": ends})
    for (_, ends), (starts, _) in pairwise(breaks):
        if starts < ends:
            yield RosterMistake("roster_breaks_overlap", {**place, "break_starts": starts, "break_ends": ends})
