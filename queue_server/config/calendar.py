"""What must hold of a calendar: days that exist, hours within the day, and no lunar holiday passed over."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final
from zoneinfo import ZoneInfo

from presentation.mistakes import Path
from presentation.said import said
from protocol.configuration import Calendar, OpeningHours
from queue_server.config.noted import KEEP_ONE, Note, check_unique

_TET = said("tet", "Tết Nguyên đán (the first day of the lunar year)")
_HUNG_KINGS = said("hung_kings", "Giỗ Tổ Hùng Vương (the tenth of the third lunar month)")

LUNAR_HOLIDAYS: Final = {
    **dict.fromkeys(
        (
            "2026-02-17",
            "2027-02-06",
            "2028-01-26",
            "2029-02-13",
            "2030-02-02",
            "2031-01-23",
            "2032-02-11",
            "2033-01-31",
        ),
        _TET,
    ),
    **dict.fromkeys(
        (
            "2026-04-26",
            "2027-04-16",
            "2028-04-04",
            "2029-04-23",
            "2030-04-12",
            "2031-04-01",
            "2032-04-19",
            "2033-04-09",
        ),
        _HUNG_KINGS,
    ),
}
"""By the Vietnamese calendar, whose moons are reckoned at UTC+7 (in 2030 Tết is a day before China's)."""


def check_calendar(values: Mapping[str, Any], note: Note) -> None:
    """Note what is wrong with the calendar."""
    calendar = values["calendar"]
    try:
        ZoneInfo(calendar.time_zone)
    except (KeyError, OSError, ValueError):
        what = said("no_time_zone", "there is no time zone '{name}'", name=calendar.time_zone)
        note(("calendar", "time_zone"), what, said("write_time_zone", "write Asia/Ho_Chi_Minh"))
    check_unique(calendar.hours, "calendar.hours", "hours_id", note)
    if calendar.default_hours_id not in {hours.hours_id for hours in calendar.hours}:
        note(
            ("calendar", "default_hours_id"),
            said("no_default_hours", "there are no opening hours '{name}'", name=calendar.default_hours_id),
            said("name_hours", "name one of [[calendar.hours]]"),
        )
    if calendar.day_opens >= calendar.day_closes:
        what = said("day_backwards", "the day would close before it opens")
        note(("calendar", "day_closes"), what, said("order_day", "let day_closes be the later one"))
    _check_lunar(calendar, note)
    for index, hours in enumerate(calendar.hours):
        _check_hours(hours, ("calendar", "hours", index), (calendar.day_opens, calendar.day_closes), note)
    for list_name in ("holidays", "working_days"):
        days = [part.day for part in getattr(calendar, list_name)]
        for index, day in enumerate(days):
            check_day(("calendar", list_name, index, "day"), day, note)
            if day in days[:index]:
                note(
                    ("calendar", list_name, index, "day"),
                    said("day_twice", "{day} stands there more than once", day=day),
                    KEEP_ONE,
                )


def _check_lunar(calendar: Calendar, note: Note) -> None:
    """Note the lunar holidays that a list passes over: between its first day and the end of its last year."""
    days = sorted(holiday.day for holiday in calendar.holidays)
    if not days or calendar.time_zone != "Asia/Ho_Chi_Minh":
        return
    listed = {*days, *(moved.day for moved in calendar.working_days)}
    for day, name in LUNAR_HOLIDAYS.items():
        if days[0] <= day and day[:4] <= days[-1][:4] and day not in listed:
            note(
                ("calendar", "holidays"),
                said("holiday_missing", "{day}, {name}, is not among the holidays", day=day, name=name),
                said(
                    "add_holiday",
                    'add [[calendar.holidays]] with day = "{day}", or [[calendar.working_days]] if you work then',
                    day=day,
                ),
            )


def _check_hours(hours: OpeningHours, path: Path, day: tuple[str, str], note: Note) -> None:
    for weekday, spans in hours.spans.items():
        place = (*path, "spans")
        last = day[0]
        for opens, closes in spans:
            span = {"weekday": weekday, "opens": opens, "closes": closes}
            if opens >= closes:
                what = said("hours_backwards", "{weekday}: {opens}–{closes} ends before it starts", **span)
                note(place, what, said("order_hours", "let the first time be earlier"))
            elif opens < last or closes > day[1]:
                note(
                    place,
                    said(
                        "hours_overlap",
                        "{weekday}: {opens}–{closes} overlaps the span before it or leaves the day ({begins}–{ends})",
                        begins=day[0],
                        ends=day[1],
                        **span,
                    ),
                    said("sort_hours", "sort the spans and keep them within day_opens and day_closes"),
                )
            last = closes


def check_day(path: Path, day: str, note: Note) -> None:
    """Note a day that is in no calendar."""
    try:
        date.fromisoformat(day)
    except ValueError:
        note(path, said("no_such_day", "there is no day {day}", day=day), said("write_day", "write yyyy-mm-dd"))
