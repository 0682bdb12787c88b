"""The calendar as a table: what kind of day, which spans, when numbers are given, and when the loop must wake."""

from datetime import UTC, date, datetime, timedelta

import msgspec
import pytest

from queue_server import core
from queue_server.core.calendar import business_date, giving_spans, is_open, next_opening, plan_day, working_days
from tests.support.driven_branch import DrivenBranch, instant
from tests.support.halls import MONDAY, UTC_OFFSET_S, calendar, small_hall


def spans(day: str, hours_id: str = "") -> list[tuple[str, str]]:
    plan = plan_day(small_hall(), date.fromisoformat(day), UTC_OFFSET_S)
    return [(_clock(span.opens_at), _clock(span.closes_at)) for span in plan.spans_of(hours_id)]


def _clock(at: datetime) -> str:
    return (at + timedelta(seconds=UTC_OFFSET_S)).strftime("%H:%M")


WEEKDAY = [("07:30", "11:30"), ("13:00", "17:00")]


@pytest.mark.parametrize(
    ("day", "office", "with_saturday", "works"),
    [
        ("2026-11-23", WEEKDAY, WEEKDAY, True),  # Monday
        ("2026-11-24", [], [], False),  # a holiday
        ("2026-11-27", WEEKDAY, WEEKDAY, True),  # Friday
        ("2026-11-28", [], [("08:00", "11:00")], True),  # Saturday
        ("2026-11-29", WEEKDAY, WEEKDAY, True),  # a Sunday that works as a Tuesday
        ("2026-12-06", [], [], False),  # Sunday
    ],
)
def test_days(day: str, office: list[object], with_saturday: list[object], works: bool) -> None:
    assert spans(day) == spans(day, "office") == office
    assert spans(day, "with_saturday") == with_saturday
    plan = plan_day(small_hall(), date.fromisoformat(day), UTC_OFFSET_S)
    assert (plan.is_working, plan.day, plan.utc_offset_s) == (works, day, UTC_OFFSET_S)
    assert (_clock(plan.opens_at), _clock(plan.closes_at)) == ("06:00", "20:00")


def test_a_moved_working_day_wins_over_a_holiday() -> None:
    moved = msgspec.structs.replace(
        calendar(), working_days=(msgspec.structs.replace(calendar().working_days[0], day="2026-11-24"),)
    )
    assert plan_day(small_hall(calendar=moved), date(2026, 11, 24), UTC_OFFSET_S).is_working


@pytest.mark.parametrize(
    ("clock", "gives", "opens_next"),
    [
        ("06:59", False, "07:00"),
        ("07:00", True, "12:30"),
        ("11:29", True, "12:30"),
        ("11:30", False, "12:30"),
        ("12:29", False, "12:30"),
        ("12:30", True, None),
        ("16:29", True, None),
        ("16:30", False, None),
    ],
)
def test_kiosks_give_numbers_before_opening_and_stop_before_the_last_closing(
    clock: str, gives: bool, opens_next: str | None
) -> None:
    plan = plan_day(small_hall(), date.fromisoformat(MONDAY), UTC_OFFSET_S)
    giving = tuple(giving_spans(plan.spans_of(""), 1800, 1800))
    assert is_open(giving, instant(clock)) == gives
    assert next_opening(giving, instant(clock)) == (instant(opens_next) if opens_next else None)


def test_a_span_shorter_than_its_stop_gives_no_numbers() -> None:
    plan = plan_day(small_hall(), date(2026, 11, 28), UTC_OFFSET_S)
    giving = tuple(giving_spans(plan.spans_of("with_saturday"), 0, 4 * 3600))
    assert next_opening(giving, instant("06:00", "2026-11-28")) is None


def test_the_business_date_is_the_branch_s_own() -> None:
    late = datetime(2026, 11, 23, 17, 0, tzinfo=UTC)
    assert business_date(late - timedelta(seconds=1), UTC_OFFSET_S) == date(2026, 11, 23)
    assert business_date(late, UTC_OFFSET_S) == date(2026, 11, 24)
    assert business_date(late, -5 * 3600) == date(2026, 11, 23)


def test_a_calendar_without_working_days_never_opens() -> None:
    never = msgspec.structs.replace(calendar(), hours=(), working_days=())
    hall = DrivenBranch(small_hall(calendar=never), instant("05:00"))
    assert list(working_days(small_hall(calendar=never), date(2026, 11, 23), UTC_OFFSET_S)) == []
    assert core.next_deadline(hall.branch, hall.at, UTC_OFFSET_S) is None
    assert core.kiosk_view(hall.branch, {}, hall.at).next_opens_at is None


def test_the_loop_wakes_at_each_instant_at_which_something_changes_by_the_clock() -> None:
    hall = DrivenBranch(small_hall(), instant("05:00"))
    woken = []
    while hall.at < instant("12:00", "2026-11-25"):
        deadline = core.next_deadline(hall.branch, hall.at, UTC_OFFSET_S)
        assert deadline is not None
        woken.append(deadline)
        hall.at = max(hall.at, deadline)
        hall.tick()
    monday = ["06:00", "07:00", "07:30", "11:30", "12:30", "13:00", "16:30", "17:00", "20:00"]
    wednesday = ["06:00", "07:00", "07:30", "11:30", "12:30"]
    assert woken == [instant(clock) for clock in monday] + [instant(clock, "2026-11-25") for clock in wednesday]


def test_a_server_that_starts_late_opens_the_day_at_once_and_one_that_slept_closes_the_old_first() -> None:
    hall = DrivenBranch(small_hall(), instant("09:00"))
    assert hall.tick()
    assert hall.branch.day == MONDAY
    hall.at = instant("09:00", "2026-11-25")
    assert core.next_deadline(hall.branch, hall.at, UTC_OFFSET_S) == instant("20:00")
    hall.tick()
    assert not hall.branch.day_open
    assert core.next_deadline(hall.branch, hall.at, UTC_OFFSET_S) == instant("06:00", "2026-11-25")
    hall.tick()
    assert (hall.branch.day, hall.branch.day_open) == ("2026-11-25", True)


def test_the_kiosk_says_when_it_opens_next() -> None:
    hall = DrivenBranch(small_hall(), instant("05:00"))
    hall.advance(instant("06:30"))
    view = core.kiosk_view(hall.branch, {}, hall.at)
    assert (view.state, view.next_opens_at) == ("closed", instant("07:00"))
    hall.advance(instant("08:00"))
    view = core.kiosk_view(hall.branch, {}, hall.at)
    assert (view.state, view.next_opens_at) == ("open", None)
    hall.advance(instant("18:00"))
    view = core.kiosk_view(hall.branch, {}, hall.at)
    assert (view.state, view.next_opens_at) == ("closed", instant("07:00", "2026-11-25"))
    results = next(tile for tile in view.services if tile.service_id == "results")
    assert results.next_opens_at == instant("07:00", "2026-11-25")
    hall.advance(instant("12:00", "2026-11-28"))
    view = core.kiosk_view(hall.branch, {}, hall.at)
    assert view.next_opens_at == instant("07:00", "2026-11-29")
    board = core.board_view(hall.branch, "hall", {}, hall.at)
    assert (board.state, board.next_opens_at) == ("closed", instant("07:00", "2026-11-29"))


def test_a_plan_tells_when_kiosks_give_numbers_and_when_something_next_opens_or_closes() -> None:
    hall = small_hall()
    plan = plan_day(hall, date.fromisoformat(MONDAY), UTC_OFFSET_S)
    calendar = hall.calendar
    assert plan.giving_of("") == tuple(giving_spans(plan.spans_of(""), calendar.kiosk_lead_s, calendar.kiosk_stop_s))
    assert plan.giving_of("no such hours") == ()
    assert list(plan.boundaries) == sorted(set(plan.boundaries))
    last = plan.boundaries[-1]
    for span in (*plan.spans_of(""), *plan.giving_of("")):
        for when in (span.opens_at, span.closes_at):
            assert plan.next_boundary(when - timedelta(microseconds=1)) == when
            later = plan.next_boundary(when)
            assert later is None if when == last else later is not None and later > when
