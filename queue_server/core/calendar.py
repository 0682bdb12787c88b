"""When the branch works: pure functions from the configured calendar and a date to UTC instants.

The offset of the branch's clocks from UTC comes in as data (``utc_offset_s``), because a time-zone database is I/O.
It is taken once per business day, so a day has one offset even where clocks change at night.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

import msgspec

from protocol.configuration import WEEKDAYS, Calendar, Configuration, Holiday, OpeningHours, Weekday
from protocol.events import Span

DEFAULT_HOURS = "default"
"""The key in ``DayPlan.spans`` of the branch's own opening hours."""

SEARCH_DAYS = 400
"""How far ahead the next working day is looked for; a calendar with none in a year never opens."""


class DayPlan(msgspec.Struct, frozen=True, kw_only=True):
    """One business day as planned: when it begins and ends, and the spans by opening-hours id.

    Made by :func:`plan_day` or :func:`laid_out`, once a day, so that a command only looks things up.
    """

    day: str
    is_working: bool
    opens_at: datetime
    closes_at: datetime
    utc_offset_s: int
    spans: dict[str, tuple[Span, ...]]
    """When the branch is open."""
    giving: dict[str, tuple[Span, ...]]
    """When kiosks give numbers."""
    boundaries: tuple[datetime, ...]
    """Every instant at which something opens or closes by the clock alone, ascending."""

    def spans_of(self, hours_id: str) -> tuple[Span, ...]:
        """Give the opening spans by these hours; the branch's own when ``hours_id`` is empty."""
        return self.spans.get(hours_id or DEFAULT_HOURS, ())

    def giving_of(self, hours_id: str) -> tuple[Span, ...]:
        """Give the spans in which kiosks give numbers by these hours; the branch's own when ``hours_id`` is empty."""
        return self.giving.get(hours_id or DEFAULT_HOURS, ())

    @property
    def midnight_at(self) -> datetime:
        """When the business date begins at the branch."""
        return datetime.fromisoformat(self.day).replace(tzinfo=UTC) - timedelta(seconds=self.utc_offset_s)

    def next_boundary(self, at: datetime) -> datetime | None:
        """Tell when something next opens or closes after ``at``; ``None`` when nothing does any more that day."""
        index = bisect_right(self.boundaries, at)
        return self.boundaries[index] if index < len(self.boundaries) else None


def business_date(at: datetime, utc_offset_s: int) -> date:
    """Tell the date at the branch at this instant."""
    return (at.astimezone(UTC) + timedelta(seconds=utc_offset_s)).date()


def plan_day(configuration: Configuration, day: date, utc_offset_s: int) -> DayPlan:
    """Plan a business day: weekday hours, with holidays closed and moved days by another weekday's hours."""
    calendar = configuration.calendar
    weekday = working_weekday(calendar, day)
    spans = {hours.hours_id: _spans(hours, weekday, day, utc_offset_s) for hours in calendar.hours}
    spans[DEFAULT_HOURS] = spans.get(calendar.default_hours_id, ())
    opens_at, closes_at = (_instant(day, when, utc_offset_s) for when in (calendar.day_opens, calendar.day_closes))
    return laid_out(
        calendar, day.isoformat(), opens_at=opens_at, closes_at=closes_at, utc_offset_s=utc_offset_s, spans=spans
    )


def laid_out(
    calendar: Calendar,
    day: str,
    *,
    opens_at: datetime,
    closes_at: datetime,
    utc_offset_s: int,
    spans: dict[str, tuple[Span, ...]],
) -> DayPlan:
    """Work out all else that a plan says from a day's opening spans."""
    giving = {
        hours_id: tuple(giving_spans(of_hours, calendar.kiosk_lead_s, calendar.kiosk_stop_s))
        for hours_id, of_hours in spans.items()
    }
    boundaries = {
        when
        for of_hours in (*spans.values(), *giving.values())
        for span in of_hours
        for when in (span.opens_at, span.closes_at)
    }
    return DayPlan(
        day=day,
        is_working=any(spans.values()),
        opens_at=opens_at,
        closes_at=closes_at,
        utc_offset_s=utc_offset_s,
        spans=spans,
        giving=giving,
        boundaries=tuple(sorted(boundaries)),
    )


def working_weekday(calendar: Calendar, day: date) -> Weekday | None:
    """Tell by which weekday's hours the branch works on this date; ``None`` on a holiday.

    A moved working day wins over a holiday of the same date: it is the later, more particular decree.
    """
    iso = day.isoformat()
    for moved in calendar.working_days:
        if moved.day == iso:
            return moved.as_weekday
    if any(holiday.day == iso for holiday in calendar.holidays):
        return None
    return WEEKDAYS[day.weekday()]


def working_days(configuration: Configuration, first: date, utc_offset_s: int) -> Iterator[DayPlan]:
    """Give the plans of the working days from ``first`` on, within a year or so."""
    for ahead in range(SEARCH_DAYS):
        plan = plan_day(configuration, first + timedelta(days=ahead), utc_offset_s)
        if plan.is_working:
            yield plan


def next_working_day(calendar: Calendar, hours_id: str, day: date) -> str:
    """Tell on which day after ``day`` these hours are open next, as ISO date; empty when never within a year or so."""
    hours = next((one for one in calendar.hours if one.hours_id == (hours_id or calendar.default_hours_id)), None)
    if hours is None:
        return ""
    for ahead in range(1, SEARCH_DAYS):
        weekday = working_weekday(calendar, day + timedelta(days=ahead))
        if weekday is not None and hours.spans.get(weekday):
            return (day + timedelta(days=ahead)).isoformat()
    return ""


def holiday_on(calendar: Calendar, day: date) -> Holiday | None:
    """Give the holiday of this date, unless the branch works on it all the same."""
    if working_weekday(calendar, day) is not None:
        return None
    return next((holiday for holiday in calendar.holidays if holiday.day == day.isoformat()), None)


def next_rest(spans: tuple[Span, ...], at: datetime) -> Span | None:
    """Give the rest between two of these spans that is on at this instant or comes next."""
    rests = (Span(opens_at=one.closes_at, closes_at=other.opens_at) for one, other in pairwise(spans))
    return next((rest for rest in rests if at < rest.closes_at), None)


def giving_spans(spans: tuple[Span, ...], lead_s: int, stop_s: int) -> Iterator[Span]:
    """Give the stretches in which kiosks give numbers.

    From ``lead_s`` before each span opens, so that people need not queue for a number after lunch either; until a span
    closes, and on the last one until ``stop_s`` before, so that whoever has a number can be served today.
    """
    for index, span in enumerate(spans):
        is_last = index == len(spans) - 1
        yield Span(
            opens_at=span.opens_at - timedelta(seconds=lead_s),
            closes_at=span.closes_at - timedelta(seconds=stop_s if is_last else 0),
        )


def next_opening(spans: Iterable[Span], at: datetime) -> datetime | None:
    """Tell when the next of these spans opens; ``None`` when none does any more."""
    return min((span.opens_at for span in spans if at < span.opens_at < span.closes_at), default=None)


def is_open(spans: Iterable[Span], at: datetime) -> bool:
    """Tell whether this instant lies in one of the spans."""
    return any(span.opens_at <= at < span.closes_at for span in spans)


def _spans(hours: OpeningHours, weekday: Weekday | None, day: date, utc_offset_s: int) -> tuple[Span, ...]:
    if weekday is None:
        return ()
    return tuple(
        Span(opens_at=_instant(day, opens, utc_offset_s), closes_at=_instant(day, closes, utc_offset_s))
        for opens, closes in sorted(hours.spans.get(weekday, ()))
    )


def _instant(day: date, clock: str, utc_offset_s: int) -> datetime:
    return datetime.combine(day, time.fromisoformat(clock), UTC) - timedelta(seconds=utc_offset_s)
