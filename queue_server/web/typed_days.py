"""Days and instants as people type them, and as addresses hold them. Pure.

A browser's own field for a date shows it in the order of the machine's language, so that 03/04 is April for one clerk
and March for the next. These pages have text fields instead: 23/11/2026, and 23/11/2026 08:05 by 24 hours. Addresses
hold the form of ISO 8601, in links that were kept too; both are read everywhere.
"""

import re
from datetime import date, datetime
from typing import Final

DAY_PATTERN: Final = r"\s*\d{1,2}[\/.\-]\d{1,2}[\/.\-]\d{4}\s*"
MOMENT_PATTERN: Final = DAY_PATTERN[:-3] + r"\s+\d{1,2}[:h]\d{2}\s*"
"""For the fields' own `pattern`, by which a browser refuses a slip before it is sent."""

_DAY: Final = re.compile(r"(?P<day>\d{1,2})[/.\-](?P<month>\d{1,2})[/.\-](?P<year>\d{4})", re.ASCII)
_MOMENT: Final = re.compile(_DAY.pattern + r"\s+(?P<hour>\d{1,2})[:h](?P<minute>\d{2})", re.ASCII)
_ISO_DAY: Final = re.compile(r"(?P<year>\d{4})-(?P<month>\d{2})-(?P<day>\d{2})", re.ASCII)
_ISO_MOMENT: Final = re.compile(
    _ISO_DAY.pattern + r"T(?P<hour>\d{2}):(?P<minute>\d{2})(?::(?P<second>\d{2}))?", re.ASCII
)


def read_day(typed: str) -> date | None:
    """Read a day; None for what is none."""
    found = _match(typed, _DAY, _ISO_DAY)
    return None if found is None else found.date()


def read_iso_day(told: str) -> date | None:
    """Read a day as addresses and events hold it; None for what is none."""
    found = _match(told, _ISO_DAY)
    return None if found is None else found.date()


def read_moment(typed: str) -> datetime | None:
    """Read an instant by the hall's clock, without a zone; None for what is none."""
    return _match(typed, _MOMENT, _ISO_MOMENT)


def show_day(day: date) -> str:
    """Write a day as it is typed."""
    return f"{day.day:02d}/{day.month:02d}/{day.year:04d}"


def show_moment(at: datetime) -> str:
    """Write an instant, in the zone that it has, as it is typed."""
    return f"{show_day(at)} {at:%H:%M}"


def _match(typed: str, *forms: re.Pattern[str]) -> datetime | None:
    found = next((match for form in forms if (match := form.fullmatch(typed.strip())) is not None), None)
    if found is None:
        return None
    parts = {name: int(value) for name, value in found.groupdict(default="0").items()}
    try:
        return datetime(**parts)  # type: ignore[arg-type]  # noqa: DTZ001 -- its zone is the hall's, which the asker adds.
    except ValueError:
        return None
