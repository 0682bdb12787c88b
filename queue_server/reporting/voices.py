"""Figures of voices: how many came, how many were answered in time, late or not at all; by month, kind and channel.

A voice belongs to the month in which it was told. In time is a first answer up to its last day; one that is open after
that day is overdue and counts as not in time, so that nobody's figure gets better by not answering. What was forwarded
or withdrawn unanswered is counted apart, and is in no share. A channel that was off is a gap: of it nothing is known.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Final

from queue_server.reporting.rows import NOTHING_MEANT, Context, DayRow, VoiceStepRow, together
from queue_server.reporting.tables import NoReports, context_of, open_to_read, rows_where

MONTHS_SHOWN: Final = 12


@dataclass(frozen=True)
class VoiceCounts:
    """What became of some voices; each is in one of the five numbers after ``received``."""

    received: int = 0
    in_time: int = 0
    late: int = 0
    overdue: int = 0
    waiting: int = 0
    """Open, and not yet due."""
    unanswered: int = 0
    """Forwarded or withdrawn without an answer."""

    @property
    def due(self) -> int:
        """Count those of which it is known whether the promise was kept."""
        return self.in_time + self.late + self.overdue


@dataclass(frozen=True)
class VoiceLine:
    """The counts of a month, a channel or a kind; of how many of its business days the way in was open."""

    line_id: str
    counts: VoiceCounts
    days_open: int = 0
    days: int = 0


@dataclass(frozen=True)
class VoiceFigures:
    """The figures of a month, and of the months up to it of which anything is known, the latest first."""

    month: str
    months: tuple[VoiceLine, ...]
    channels: tuple[VoiceLine, ...]
    kinds: tuple[VoiceLine, ...]
    kind_names: dict[str, dict[str, str]]


@dataclass
class _Story:
    """How one voice has gone."""

    told: VoiceStepRow
    answered_day: str = ""
    is_over: bool = False


@dataclass
class _Month:
    """The business days of a month, and on how many of them each channel was open at the end of the day."""

    days: int = 0
    open: dict[str, int] = field(default_factory=dict)
    days_open: int = 0
    """Days with any channel."""


def voice_figures(path: Path, month: str) -> VoiceFigures:
    """Read the figures of a month (``2026-11``; the last one that is known for an empty one); raises `NoReports`."""
    with open_to_read(path) as (tables, _):
        last = rows_where(tables, DayRow, "day = (SELECT max(day) FROM days) AND ? = ''", "")
        if not last:
            raise NoReports(f"{path} holds no business day yet")
        today = last[0].day
        month = month or today[:7]
        first = months_up_to(month)[0]
        steps = rows_where(tables, VoiceStepRow, "day >= ? ORDER BY seq", f"{first}-01")
        days = rows_where(tables, DayRow, "day >= ? AND day <= ? ORDER BY day", f"{first}-01", f"{month}-31")
        return figures_of(steps, days, context_of(tables), month, today)


def figures_of(
    steps: Iterable[VoiceStepRow], days: Iterable[DayRow], context: Context, month: str, today: str
) -> VoiceFigures:
    """Count the steps of voices. `days` are the business days of the months shown, `today` the last day known."""
    stories = _stories(steps)
    months = months_up_to(month)
    calendar: dict[str, _Month] = {one: _Month() for one in months}
    for day in days:
        one = calendar[day.day[:7]]
        channels = context.meanings.get(day.configuration_id, NOTHING_MEANT).voice_channels
        one.days += 1
        one.days_open += bool(channels)
        for channel in channels:
            one.open[channel] = one.open.get(channel, 0) + 1
    known = calendar[month]
    of_month = [one for one in stories if _month_of(one) == month]
    by_month = _counts(stories, _month_of, today)
    by_channel = _counts(of_month, lambda story: story.told.channel, today)
    by_kind = _counts(of_month, lambda story: story.told.kind_id, today)
    kind_names = together(context.meaning, context.meanings.values()).voice_kind_names
    ways = {*by_channel, *(channel for each in calendar.values() for channel in each.open)}
    return VoiceFigures(
        month=month,
        months=tuple(
            VoiceLine(one, by_month.get(one, VoiceCounts()), calendar[one].days_open, calendar[one].days)
            for one in reversed(months)
            if calendar[one].days or one in by_month or one == month
        ),
        channels=tuple(
            VoiceLine(one, by_channel.get(one, VoiceCounts()), known.open.get(one, 0), known.days)
            for one in sorted(ways)
        ),
        kinds=tuple(
            VoiceLine(one, by_kind.get(one, VoiceCounts()), known.days_open, known.days)
            for one in sorted({*by_kind, *kind_names})
        ),
        kind_names=kind_names,
    )


def months_up_to(month: str) -> tuple[str, ...]:
    """Give the months shown beside one, that one last."""
    found = [month]
    while len(found) < MONTHS_SHOWN:
        before = date.fromisoformat(f"{found[0]}-01") - timedelta(days=1)
        found.insert(0, before.isoformat()[:7])
    return tuple(found)


def _stories(steps: Iterable[VoiceStepRow]) -> list[_Story]:
    """Join the steps of each voice; of one that was told before the first of them nothing is counted."""
    stories: dict[str, _Story] = {}
    for one in steps:
        if one.step == "received":
            stories[one.voice_id] = _Story(one)
        elif (story := stories.get(one.voice_id)) is not None:
            if one.step == "answered":
                story.answered_day = story.answered_day or one.day
            else:
                story.is_over = True
    return list(stories.values())


def _counts(stories: Iterable[_Story], group: Callable[[_Story], str], today: str) -> dict[str, VoiceCounts]:
    """Count what became of the voices of each group; each is counted once."""
    counts: dict[str, VoiceCounts] = {}
    for story in stories:
        one, fate = counts.get(group(story), VoiceCounts()), _fate(story, today)
        counts[group(story)] = replace(one, received=one.received + 1, **{fate: getattr(one, fate) + 1})
    return counts


def _month_of(story: _Story) -> str:
    return story.told.day[:7]


def _fate(story: _Story, today: str) -> str:
    """Name the count that a voice is in."""
    if story.answered_day:
        return "in_time" if story.answered_day <= story.told.due_day else "late"
    if story.is_over:
        return "unanswered"
    return "overdue" if story.told.due_day < today else "waiting"
