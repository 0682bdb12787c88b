"""Rosters: who is planned at which counter on which day; what is refused, and what a day's roster says of a counter.

A roster is a plan, and nothing in the hall obeys it: a counter is open when its clerk opens it. It is used to foresee,
by the wait estimates and the manager's advice, and to be looked at. A day without a roster is foreseen as if there were
no rosters at all.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Final

from protocol import commands as c
from protocol import events as e
from protocol import views as v
from protocol.configuration import Configuration
from protocol.estimates import Stretch
from protocol.rosters import DAYS_AHEAD, DAYS_KEPT, DayRoster, Hours, Shift, WantedRoster, mistakes_of
from queue_server.core.calendar import business_date, working_weekday
from queue_server.core.refusals import Refusal
from queue_server.core.request import Request
from queue_server.core.state import Branch
from queue_server.core.tickets import Events

_MINUTE_S: Final = 60
_YEARS: Final = range(2000, 3000)


def plan_roster(branch: Branch, request: Request, command: c.PlanRoster, at: datetime) -> Events:
    """Plan these days, if nothing is wrong with any; what is planned so already changes nothing."""
    today = business_date(at, request.facts.utc_offset_s)
    if len({wanted.day for wanted in command.rosters}) < len(command.rosters):
        raise Refusal("roster_day_twice")
    changed = []
    for wanted in command.rosters:
        known = branch.rosters.get(wanted.day)
        shifts = tuple(sorted(wanted.shifts, key=lambda one: (one.starts, one.counter_id, one.clerk_id)))
        if shifts == (known.shifts if known is not None else ()):
            continue
        if wanted.instead_of != (known.planned_at if known is not None else None):
            raise Refusal("roster_changed", day=wanted.day)
        _check(branch, wanted, today)
        roster = DayRoster(day=wanted.day, shifts=shifts, planned_at=at, by_clerk_id=request.actor.clerk_id)
        changed.append(roster)
    return (e.RosterPlanned(at=at, rosters=tuple(changed)),) if changed else ()


def still_planned(branch: Branch, today: str, at: datetime) -> Iterator[e.AnyEvent]:
    """Carry over to a new day what is planned, and what was lately; nothing in a hall without rosters."""
    oldest = (date.fromisoformat(today) - timedelta(days=DAYS_KEPT)).isoformat()
    kept = tuple(roster for day, roster in sorted(branch.rosters.items()) if day >= oldest)
    if kept:
        yield e.RosterPlanned(at=at, rosters=kept)


def keep_rosters(branch: Branch, event: e.RosterPlanned) -> None:
    """Keep what is planned."""
    for roster in event.rosters:
        if roster.shifts:
            branch.rosters[roster.day] = roster
        else:
            branch.rosters.pop(roster.day, None)


def planned_today(branch: Branch) -> dict[str, tuple[Stretch, ...]] | None:
    """Give when each counter should be open today: its shifts less breaks and the hall's own rest, in seconds of day.

    ``None`` on a day without a roster. A counter that nobody is planned at has no stretch.
    """
    roster = branch.rosters.get(branch.day)
    if roster is None:
        return None
    hours = [(_second_of(opens), _second_of(closes)) for opens, closes in hours_on(branch.configuration, branch.day)]
    planned: dict[str, tuple[Stretch, ...]] = dict.fromkeys(branch.counters, ())
    for shift in roster.shifts:
        if shift.counter_id in planned:
            planned[shift.counter_id] += tuple(_worked(shift, hours))
    return {counter_id: tuple(sorted(stretches)) for counter_id, stretches in planned.items()}


def own_shifts(branch: Branch, clerk_id: str) -> tuple[Shift, ...]:
    """Give a clerk's shifts of today, in their order."""
    roster = branch.rosters.get(branch.day)
    if roster is None or not clerk_id:
        return ()
    return tuple(shift for shift in roster.shifts if shift.clerk_id == clerk_id)


def hours_on(configuration: Configuration, day: str) -> tuple[Hours, ...]:
    """Give the spans of a date in which anything of the hall is open, joined where they meet; none on a free day."""
    calendar = configuration.calendar
    weekday = working_weekday(calendar, date.fromisoformat(day))
    if weekday is None:
        return ()
    joined: list[Hours] = []
    for opens, closes in sorted(span for hours in calendar.hours for span in hours.spans.get(weekday, ())):
        if joined and opens <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(joined[-1][1], closes)
        else:
            joined.append((opens, closes))
    return tuple(joined)


def rosters_found(branch: Branch, command: c.FetchRosters) -> v.RostersFound:
    """Give the rosters of some days as the pages show them."""
    first = date.fromisoformat(command.first_day)
    return v.RostersFound(days=tuple(_day(branch, first + timedelta(days=ahead)) for ahead in range(command.days)))


def check_days(command: c.FetchRosters) -> None:
    """Refuse a date that no calendar has, or that no hall will see."""
    if _date_of(command.first_day).year not in _YEARS:
        raise Refusal("roster_no_date", day=command.first_day)


def _day(branch: Branch, day: date) -> v.RosterDay:
    known = branch.rosters.get(day.isoformat())
    return v.RosterDay(
        day=day.isoformat(),
        hours=hours_on(_effective_on(branch, day.isoformat()), day.isoformat()),
        shifts=known.shifts if known is not None else (),
        planned_at=known.planned_at if known is not None else None,
        by_clerk_id=known.by_clerk_id if known is not None else "",
    )


def _effective_on(branch: Branch, day: str) -> Configuration:
    """Give the configuration that a day will be worked by, as far as it is known."""
    return branch.coming if branch.coming is not None and day > branch.day else branch.configuration


def _check(branch: Branch, wanted: WantedRoster, today: date) -> None:
    day = _date_of(wanted.day)
    if day < today:
        raise Refusal("roster_past", day=wanted.day)
    if day > today + timedelta(days=DAYS_AHEAD):
        raise Refusal("roster_far", day=wanted.day, days=str(DAYS_AHEAD))
    configuration = _effective_on(branch, wanted.day)
    counter_ids = {counter.counter_id for counter in configuration.counters}
    for mistake in mistakes_of(wanted.day, wanted.shifts, hours_on(configuration, wanted.day), counter_ids):
        raise Refusal(mistake.code, **mistake.parts)


def _date_of(day: str) -> date:
    try:
        return date.fromisoformat(day)
    except ValueError as error:
        raise Refusal("roster_no_date", day=day) from error


def _worked(shift: Shift, hours: list[Stretch]) -> Iterator[Stretch]:
    """Give when a shift is worked: between its breaks, while anything is open."""
    free_at = _second_of(shift.starts)
    rests = [(_second_of(starts), _second_of(ends)) for starts, ends in sorted(shift.breaks)]
    end = _second_of(shift.ends)
    for rest_starts, rest_ends in (*rests, (end, end)):
        for opens, closes in hours:
            starts, ends = max(free_at, opens), min(rest_starts, closes)
            if starts < ends:
                yield starts, ends
        free_at = rest_ends


def _second_of(clock: str) -> int:
    hour, minute = clock.split(":")
    return (int(hour) * _MINUTE_S + int(minute)) * _MINUTE_S
