"""The roster of a week as its page shows it, and what a form of that page wants planned. Pure."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final

import msgspec

from presentation.formats import moment
from presentation.texts import Words, name_in
from protocol.rosters import RosterMistake, Shift, WantedRoster, mistakes_of
from protocol.views import HallView, RosterDay, RostersFound

WEEK: Final = 7


@dataclass(frozen=True)
class ShiftChip:
    """A shift in the week's table; ``place`` finds it again in the day, ``known`` whether its clerk has an account."""

    place: int
    clerk: str
    hours: str
    breaks: tuple[str, ...]
    known: bool
    chosen: bool


@dataclass(frozen=True)
class DayColumn:
    """A day of the week: its date, its opening hours, whether it is past, who planned it."""

    day: str
    weekday: str
    date: str
    hours: str
    is_free: bool
    is_past: bool
    is_today: bool
    has_roster: bool
    planned: str


@dataclass(frozen=True)
class CounterRow:
    """A counter, and its shifts by day."""

    number: str
    name: str
    cells: tuple[tuple[ShiftChip, ...], ...]


@dataclass(frozen=True)
class ShiftForm:
    """What stands in the form: a new shift, or one that is there already."""

    counter_id: str = ""
    clerk_id: str = ""
    starts: str = ""
    ends: str = ""
    breaks: str = ""
    days: Collection[str] = ()
    day: str = ""
    """Of the shift that is changed; empty for a new one."""
    place: int = -1


@dataclass(frozen=True)
class WeekPage:
    """All that the page says."""

    title: str
    first_day: str
    before: str
    after: str
    columns: tuple[DayColumn, ...]
    rows: tuple[CounterRow, ...]
    versions: str
    """Which version of each day the page shows; a form sends it back."""
    form: ShiftForm
    form_clerk_known: bool
    clerks: tuple[tuple[str, str], ...]
    counters: tuple[tuple[str, str], ...]
    can_copy: bool
    empty: bool


@dataclass(frozen=True)
class Week:
    """From what the page is made."""

    found: RostersFound
    hall: HallView
    today: str
    names: Mapping[str, str]
    clerk_ids: Collection[str]
    """Of the clerks who may be planned."""
    words: Words
    form: ShiftForm = field(default_factory=ShiftForm)

    @property
    def by_day(self) -> dict[str, RosterDay]:
        """Give the days by date."""
        return {one.day: one for one in self.found.days}


def monday_of(day: date) -> date:
    """Give the first day of a date's week."""
    return day - timedelta(days=day.weekday())


def week_page(week: Week) -> WeekPage:
    """Make the page."""
    days, words = week.found.days, week.words
    first = date.fromisoformat(days[0].day)
    counters = sorted(week.hall.counters, key=lambda one: one.number)
    known = {one.counter_id for one in counters}
    gone = sorted({shift.counter_id for one in days for shift in one.shifts} - known)
    rows = [
        CounterRow(str(one.number), name_in(one.names, words.language), _cells(week, one.counter_id))
        for one in counters
    ]
    rows += [CounterRow("?", words("roster.counter_gone", counter=one), _cells(week, one)) for one in gone]
    return WeekPage(
        title=words("roster.week", first=written(days[0].day, words), last=written(days[-1].day, words)),
        first_day=days[0].day,
        before=(first - timedelta(days=WEEK)).isoformat(),
        after=(first + timedelta(days=WEEK)).isoformat(),
        columns=tuple(_column(week, one) for one in days),
        rows=tuple(rows),
        versions=versions_of(days),
        form=week.form,
        form_clerk_known=week.form.clerk_id in week.clerk_ids,
        clerks=tuple(sorted(((one, week.names.get(one, one)) for one in week.clerk_ids), key=lambda one: one[1])),
        counters=tuple((one.counter_id, f"{one.number} · {name_in(one.names, words.language)}") for one in counters),
        can_copy=any(_may_be_filled(one, week.today) for one in days),
        empty=not any(one.shifts for one in days),
    )


def written(day: str, words: Words) -> str:
    """Write an ISO date as people do: T2 23/11."""
    found = date.fromisoformat(day)
    return words("format.date", day=f"{found.day:02d}", month=f"{found.month:02d}", year=found.year)


def _column(week: Week, day: RosterDay) -> DayColumn:
    words, found = week.words, date.fromisoformat(day.day)
    planned = ""
    if day.planned_at is not None:
        by = week.names.get(day.by_clerk_id, day.by_clerk_id)
        planned = words("roster.planned_by", name=by, when=moment(words, day.planned_at, week.hall.utc_offset_s))
    return DayColumn(
        day=day.day,
        weekday=words(f"roster.weekday.{found.weekday()}"),
        date=words("roster.short_date", day=f"{found.day:02d}", month=f"{found.month:02d}"),
        hours=", ".join(f"{opens}–{closes}" for opens, closes in day.hours),
        is_free=not day.hours,
        is_past=day.day < week.today,
        is_today=day.day == week.today,
        has_roster=bool(day.shifts),
        planned=planned,
    )


def _cells(week: Week, counter_id: str) -> tuple[tuple[ShiftChip, ...], ...]:
    return tuple(
        tuple(_chip(week, day, place) for place, shift in enumerate(day.shifts) if shift.counter_id == counter_id)
        for day in week.found.days
    )


def _chip(week: Week, day: RosterDay, place: int) -> ShiftChip:
    shift = day.shifts[place]
    return ShiftChip(
        place=place,
        clerk=week.names.get(shift.clerk_id, shift.clerk_id),
        hours=f"{shift.starts}–{shift.ends}",
        breaks=tuple(f"{starts}–{ends}" for starts, ends in shift.breaks),
        known=shift.clerk_id in week.clerk_ids,
        chosen=(week.form.day, week.form.place) == (day.day, place),
    )


# --- What a form wants -----------------------------------------------------------------------------------------------


def versions_of(days: Sequence[RosterDay]) -> str:
    """Write which version of each day is shown."""
    return " ".join(f"{one.day}={one.planned_at.isoformat() if one.planned_at else ''}" for one in days)


def version_in(versions: str, day: str) -> datetime | None:
    """Read which version of a day was shown; a day that was not shown is taken as one without a roster."""
    written_versions = dict(part.partition("=")[::2] for part in versions.split(" ") if "=" in part)
    try:
        found = datetime.fromisoformat(written_versions.get(day, ""))
    except ValueError:
        return None
    return found if found.tzinfo is not None else None


def clock_of(typed: str) -> str:
    """Read a time of day as people type it: ``7:30``, ``7h30``, ``0730``, ``7.30``; else what was typed."""
    digits = typed.strip().lower().replace("h", ":").replace(".", ":").replace("g", ":")
    if digits.isdecimal() and len(digits) in (3, 4):
        digits = f"{digits[:-2]}:{digits[-2:]}"
    hour, _, minute = digits.partition(":")
    if not hour.isdecimal() or not (minute or "00").isdecimal() or int(hour) > 23 or int(minute or 0) > 59:  # noqa: PLR2004 -- a clock.
        return typed.strip()
    return f"{int(hour):02d}:{int(minute or 0):02d}"


def shift_of(form: ShiftForm) -> Shift:
    """Read a shift from a form. Raises ValueError for what is no time of day, or more breaks than there may be."""
    spans = [part for part in form.breaks.replace(";", ",").split(",") if part.strip()]
    breaks = []
    for span in spans:
        starts, dash, ends = span.replace("–", "-").partition("-")
        if not dash:
            raise ValueError(span.strip())
        breaks.append((clock_of(starts), clock_of(ends)))
    shift = Shift(
        clerk_id=form.clerk_id,
        counter_id=form.counter_id,
        starts=clock_of(form.starts),
        ends=clock_of(form.ends),
        breaks=tuple(sorted(breaks)),
    )
    try:
        return msgspec.json.decode(msgspec.json.encode(shift), type=Shift)
    except msgspec.ValidationError as error:
        raise ValueError(str(error)) from error


def with_shift(day: RosterDay, shift: Shift | None, place: int | None, versions: str) -> WantedRoster:
    """Want a day with one shift more (no ``place``), another in its place, or without it."""
    shifts = list(day.shifts)
    if place is not None:
        del shifts[place]
    if shift is not None:
        shifts.append(shift)
    return WantedRoster(day=day.day, shifts=tuple(shifts), instead_of=version_in(versions, day.day))


def copied(week: Week, before: RostersFound, versions: str) -> tuple[list[WantedRoster], list[RosterMistake]]:
    """Want each day of the week that has no roster yet as the same weekday of the week before; else say why not."""
    wanted, mistakes = [], []
    for source, target in zip(before.days, week.found.days, strict=True):
        if not source.shifts or not _may_be_filled(target, week.today):
            continue
        found = list(problems(week, target, source.shifts))
        mistakes += found
        if not found:
            instead_of = version_in(versions, target.day)
            wanted.append(WantedRoster(day=target.day, shifts=source.shifts, instead_of=instead_of))
    return wanted, mistakes


def problems(week: Week, day: RosterDay, shifts: Sequence[Shift]) -> Iterator[RosterMistake]:
    """Name all that is wrong with a day as it is wanted; that a clerk has no account, too."""
    counter_ids = {one.counter_id for one in week.hall.counters}
    yield from mistakes_of(day.day, shifts, day.hours, counter_ids)
    for clerk_id in dict.fromkeys(shift.clerk_id for shift in shifts if shift.clerk_id not in week.clerk_ids):
        yield RosterMistake("roster_unknown_clerk", {"day": day.day, "clerk_id": clerk_id})


def sentence(week: Week, mistake: RosterMistake) -> str:
    """Say what is wrong, where, and what mends it, by the names that people know."""
    parts = dict(mistake.parts)
    numbers = {one.counter_id: str(one.number) for one in week.hall.counters}
    for name in ("clerk_id", "other_clerk_id"):
        if name in parts:
            parts[name] = week.names.get(parts[name], parts[name])
    for name in ("counter_id", "other_counter_id"):
        if name in parts:
            parts[name] = numbers.get(parts[name], parts[name])
    if "day" in parts:
        parts["day"] = written(parts["day"], week.words)
    own = f"roster.{mistake.code}"
    return week.words(own if week.words.has(own) else f"refusal.{mistake.code}", **parts)


def _may_be_filled(day: RosterDay, today: str) -> bool:
    return not day.shifts and bool(day.hours) and day.day >= today
