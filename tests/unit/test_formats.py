"""Dates, times and numbers as people write them; and shares that never flatter."""

from datetime import UTC, datetime
from fractions import Fraction

import pytest

from presentation import formats
from tests.support.texts import shipped_texts

TEXTS = shipped_texts()
VI, EN = TEXTS.words("vi"), TEXTS.words("en")
HANOI_S = 7 * 3600
MONDAY = datetime(2026, 11, 23, 1, 42, tzinfo=UTC)  # 08:42 in Hà Nội


def test_dates_and_times_are_the_hall_s_own() -> None:
    assert formats.date(VI, MONDAY, HANOI_S) == "23/11/2026"
    assert formats.weekday_date(VI, MONDAY, HANOI_S) == "T2 23/11"
    assert formats.weekday_date(EN, MONDAY, HANOI_S) == "Mon 23/11"
    assert formats.clock(VI, MONDAY, HANOI_S) == "08:42"
    assert formats.moment(VI, MONDAY, HANOI_S) == "08:42 · 23/11/2026"
    early = datetime(2026, 1, 7, 18, 5, tzinfo=UTC)  # already the 8th in Hà Nội
    assert formats.date_long(VI, early, HANOI_S) == "ngày 08 tháng 01 năm 2026"
    assert formats.clock_long(VI, early, HANOI_S) == "01 giờ 05 phút"


def test_weekdays_run_from_monday_to_sunday() -> None:
    week = [formats.weekday_date(VI, datetime(2026, 11, day, tzinfo=UTC), 0)[:2] for day in range(23, 30)]
    assert week == ["T2", "T3", "T4", "T5", "T6", "T7", "CN"]


def test_the_next_opening_names_the_day_only_when_it_is_another() -> None:
    afternoon = datetime(2026, 11, 23, 6, 30, tzinfo=UTC)
    tomorrow = datetime(2026, 11, 24, 0, 30, tzinfo=UTC)
    assert formats.opening(VI, afternoon, MONDAY, HANOI_S) == "13:30"
    assert formats.opening(VI, tomorrow, MONDAY, HANOI_S) == "07:30 T3 24/11"


def test_a_naive_instant_is_our_mistake() -> None:
    with pytest.raises(AssertionError):
        formats.clock(VI, datetime(2026, 11, 23, 8, 42), HANOI_S)  # noqa: DTZ001 - the mistake under test.


@pytest.mark.parametrize(
    ("seconds", "vi", "en"),
    [
        (0, "0 giây", "0 s"),
        (59.9, "59 giây", "59 s"),
        (60, "1 phút", "1 min"),
        (1499, "24 phút", "24 min"),
        (3600, "1 giờ", "1 h"),
        (3900, "1 giờ 5 phút", "1 h 5 min"),
    ],
)
def test_durations(seconds: float, vi: str, en: str) -> None:
    assert formats.duration(VI, seconds) == vi
    assert formats.duration(EN, seconds) == en


def test_a_running_time() -> None:
    assert [formats.stopwatch(seconds) for seconds in (0, 372, 3972)] == ["00:00", "06:12", "1:06:12"]


@pytest.mark.parametrize(
    ("low_s", "high_s", "said"),
    [
        (0, 0, "không phải chờ"),
        (0, 100, "dưới 2 phút"),
        (190, 290, "3–5 phút"),
        (240, 240, "4 phút"),
        (310, 560, "5–10 phút"),
        (100, 560, "dưới 10 phút"),
        (1000, 1700, "15–30 phút"),
        (2500, 3800, "40–65 phút"),
        (3000, 6000, "45–105 phút"),
        (7300, 9000, "2–3 giờ"),
    ],
)
def test_waits_are_ranges_no_finer_than_known(low_s: int, high_s: int, said: str) -> None:
    assert formats.wait_range(VI, low_s, high_s) == said


def test_a_range_always_covers_the_estimate() -> None:
    for low_s in range(0, 7200, 97):
        for high_s in range(low_s, 12_000, 331):
            said = formats.wait_range(EN, low_s, high_s).removesuffix(" min").removeprefix("under ")
            if said == "no waiting":
                continue
            low, high = (int(part) for part in (said.split("–") * 2)[:2]) if "–" in said else (0, int(said))
            assert low * 60 <= low_s <= high_s <= high * 60


def test_numbers_and_money() -> None:
    assert formats.number(VI, 1234567.5, 1) == "1.234.567,5"
    assert formats.number(EN, 1234567.5, 1) == "1,234,567.5"
    assert formats.number(VI, -1234) == "-1.234"
    assert formats.number(VI, Fraction(-1, 1000), 2) == "0,00"
    assert formats.number(VI, 2.5) == "3"
    assert formats.money(VI, 8000) == "8.000 đ"
    assert formats.money(EN, 8000) == "8,000 VND"


@pytest.mark.parametrize(
    ("part", "whole", "decimals", "said"),
    [
        (2499, 2500, 2, "99,96 %"),
        (2375, 2500, 2, "95,00 %"),
        (99_999, 100_000, 2, "99,99 %"),
        (999_999, 1_000_000, 0, "99 %"),
        (1, 1_000_000, 2, "0,01 %"),
        (100, 100, 2, "100,00 %"),
        (0, 100, 0, "0 %"),
        (0, 0, 2, "Không có dữ liệu"),
        (79, 100, 0, "79 %"),
    ],
)
def test_one_late_dossier_is_never_a_hundred_per_cent(part: int, whole: int, decimals: int, said: str) -> None:
    assert formats.percentage(VI, part, whole, decimals) == said


def test_a_rate_stands_with_what_it_is_made_from() -> None:
    assert formats.rate(VI, 2499, 2500) == "99,96 % (2.499/2.500)"
    assert formats.rate(EN, 2499, 2500) == "99.96% (2,499/2,500)"
    assert formats.rate(VI, 0, 0) == "Không có dữ liệu"


def test_ticket_numbers_have_three_digits_and_grow() -> None:
    assert [formats.ticket_number("H", number) for number in (1, 25, 999, 1000)] == ["H001", "H025", "H999", "H1000"]


def test_counters_in_a_row() -> None:
    assert formats.listed(VI, (3, 4)) == "3, 4"
