"""Days as people type them: day, month, year, whatever the machine's language; stored addresses by ISO 8601 too."""

import re
from datetime import date, datetime

import pytest

from queue_server.web.typed_days import DAY_PATTERN, MOMENT_PATTERN, read_day, read_moment, show_day, show_moment


@pytest.mark.parametrize("typed", ["03/04/2026", "3/4/2026", " 03.04.2026 ", "3-4-2026", "2026-04-03"])
def test_a_day_is_read_day_first(typed: str) -> None:
    assert read_day(typed) == date(2026, 4, 3)
    assert show_day(date(2026, 4, 3)) == "03/04/2026"


@pytest.mark.parametrize("typed", ["03/04/2026 8:05", "03/04/2026  08:05", "3/4/2026 08h05", "2026-04-03T08:05"])
def test_an_instant_is_read_by_24_hours(typed: str) -> None:
    assert read_moment(typed) == datetime(2026, 4, 3, 8, 5)  # noqa: DTZ001 -- by the hall's clock.
    assert show_moment(datetime(2026, 4, 3, 20, 5)) == "03/04/2026 20:05"  # noqa: DTZ001 -- the same.


@pytest.mark.parametrize("typed", ["", "31/02/2026", "04/23/2026", "3/4/26", "today", "03/04/2026 25:00", "٣/4/2026"])
def test_what_is_no_day_is_none(typed: str) -> None:
    assert read_day(typed) is None
    assert read_moment(typed) is None


def test_the_fields_let_through_what_is_read() -> None:
    for typed, pattern in (("3/4/2026", DAY_PATTERN), ("03.04.2026", DAY_PATTERN), ("3/4/2026 8:05", MOMENT_PATTERN)):
        assert re.fullmatch(pattern, typed)
    assert not re.fullmatch(DAY_PATTERN, "2026-04-03")
