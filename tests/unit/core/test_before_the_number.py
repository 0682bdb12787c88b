"""What a kiosk is told of the day, as tables: why it is closed and until when, the rests, the quota, who is on duty.

The small hall works on weekdays 07:30–11:30 and 13:00–17:00, results also on Saturday 08:00–11:00; numbers are given
half an hour before each opening, until half an hour before the last closing. Tuesday 24/11 is a holiday, and Sunday
29/11 works as a Tuesday.
"""

from datetime import date, datetime, timedelta

import msgspec
import pytest

from protocol.configuration import Configuration, DutyContact, Holiday, NumbersPerPerson, Policies, WorkingDay
from protocol.views import KioskService, KioskView
from queue_server import core
from queue_server.core.calendar import next_working_day
from tests.support.driven_branch import DrivenBranch, instant
from tests.support.halls import UTC_OFFSET_S, calendar, services, small_hall, words
from tests.support.tables import Table, play


def seen(clock: str, day: str = "2026-11-23", hall: Configuration | None = None) -> KioskView:
    branch = DrivenBranch(hall or small_hall(), instant("05:00"))
    branch.advance(instant(clock, day))
    return core.kiosk_view(branch.branch, {}, branch.at)


def local(at: datetime | None) -> str:
    return (at + timedelta(seconds=UTC_OFFSET_S)).strftime("%d/%m %H:%M") if at else ""


def service(view: KioskView, service_id: str) -> KioskService:
    return next(one for one in view.services if one.service_id == service_id)


@pytest.mark.parametrize(
    ("day", "clock", "because", "opens_next"),
    [
        ("2026-11-23", "06:59", "early", "23/11 07:00"),
        ("2026-11-23", "07:00", "", ""),
        ("2026-11-23", "11:29", "", ""),
        ("2026-11-23", "11:30", "rest", "23/11 12:30"),
        ("2026-11-23", "12:30", "", ""),
        ("2026-11-23", "16:30", "over", "25/11 07:00"),  # tomorrow is a holiday
        ("2026-11-23", "20:00", "over", "25/11 07:00"),
        ("2026-11-24", "09:00", "holiday", "25/11 07:00"),
        ("2026-11-25", "05:30", "early", "25/11 07:00"),
        ("2026-11-27", "18:00", "over", "28/11 07:30"),  # results open on Saturday
        ("2026-11-28", "07:00", "early", "28/11 07:30"),
        ("2026-11-28", "09:00", "", ""),
        ("2026-11-28", "10:30", "over", "29/11 07:00"),
        ("2026-11-29", "09:00", "", ""),  # a Sunday that works as a Tuesday
        ("2026-12-06", "09:00", "weekend", "07/12 07:00"),
    ],
)
def test_why_it_is_closed_and_until_when(day: str, clock: str, because: str, opens_next: str) -> None:
    view = seen(clock, day)
    assert (view.closed_because, local(view.next_opens_at)) == (because, opens_next)
    assert view.state == ("closed" if because else "open")
    assert view.holiday_names == (words("Culture day") if because == "holiday" else {})


def test_over_tet_the_hall_names_the_holiday_each_day_and_the_first_working_day_after_it() -> None:
    tet = tuple(Holiday(day=f"2027-02-{day:02d}", names=words("Tết")) for day in range(5, 12))
    moved = (WorkingDay(day="2027-02-13", as_weekday="friday"),)
    hall = small_hall(calendar=msgspec.structs.replace(calendar(), holidays=tet, working_days=moved))
    branch = DrivenBranch(hall, instant("05:00", "2027-02-04"))
    told = []
    for day in range(4, 14):
        branch.advance(instant("18:00", f"2027-02-{day:02d}"))
        view = core.kiosk_view(branch.branch, {}, branch.at)
        told.append((day, view.closed_because, view.holiday_names.get("en", ""), local(view.next_opens_at)))
    assert told == [
        (4, "over", "", "12/02 07:00"),
        *((day, "holiday", "Tết", "12/02 07:00") for day in range(5, 12)),
        (12, "over", "", "13/02 07:00"),  # the Saturday that is worked instead
        (13, "over", "", "15/02 07:00"),
    ]


def test_a_day_that_a_manager_ends_early_is_over() -> None:
    table = play("""
        at       10:00
        closeday
    """)
    view = core.kiosk_view(table.hall.branch, {}, table.hall.at)
    assert (view.closed_because, local(view.next_opens_at)) == ("over", "25/11 07:00")


@pytest.mark.parametrize(
    ("hours", "after", "next_day"),
    [
        ("", "2026-11-23", "2026-11-25"),  # past the holiday
        ("", "2026-11-27", "2026-11-29"),  # the worked Sunday
        ("with_saturday", "2026-11-27", "2026-11-28"),
        ("", "2026-12-04", "2026-12-07"),
        ("unheard_of", "2026-12-04", ""),
    ],
)
def test_the_next_working_day(hours: str, after: str, next_day: str) -> None:
    assert next_working_day(calendar(), hours, date.fromisoformat(after)) == next_day


@pytest.mark.parametrize(
    ("clock", "rest", "closes"),
    [
        ("07:10", ("23/11 11:30", "23/11 13:00"), "23/11 17:00"),
        ("12:40", ("23/11 11:30", "23/11 13:00"), "23/11 17:00"),
        ("13:00", None, "23/11 17:00"),
        ("20:30", None, ""),  # the day is closed
    ],
)
def test_rests_and_closing(clock: str, rest: tuple[str, str] | None, closes: str) -> None:
    land = service(seen(clock), "land")
    assert (land.rest and (local(land.rest.opens_at), local(land.rest.closes_at)), local(land.closes_at)) == (
        rest,
        closes,
    )


def test_the_quota_is_told_before_it_is_reached_and_where_it_ends() -> None:
    few = tuple(msgspec.structs.replace(one, daily_quota=3) if one.service_id == "land" else one for one in services())
    table = Table(small_hall(services=few))

    def left() -> tuple[str, int | None, str]:
        land = service(core.kiosk_view(table.hall.branch, {}, table.hall.at), "land")
        return land.state, land.numbers_left, local(land.next_opens_at)

    told = [left()]
    for line in ("take V1 land -> L001", "take V2 land -> L002", "take V3 land -> L003"):
        table.line(1, line)
        told.append(left())
    table.line(2, "take V4 land -> refused quota_reached 3")
    assert told == [
        ("open", 3, ""),
        ("open", 2, ""),
        ("open", 1, ""),
        ("quota_reached", 0, "25/11 07:00"),  # not after today's rest
    ]
    table.line(3, "at 12:00")
    assert left() == ("closed", 0, "25/11 07:00")
    table.line(4, "at 07:30 2026-11-25")
    assert left() == ("open", 3, "")


def test_a_hall_whose_services_are_all_given_away_says_so() -> None:
    none_left = tuple(msgspec.structs.replace(one, daily_quota=1) for one in services())
    table = Table(small_hall(services=none_left))
    for number, one in enumerate(none_left):
        table.say(f"take V{number} {one.service_id}")
    view = core.kiosk_view(table.hall.branch, {}, table.hall.at)
    assert (view.state, view.closed_because) == ("closed", "quota")


@pytest.mark.parametrize(("day", "phones"), [("2026-11-23", ["1"]), ("2026-11-24", ["2", "3"]), ("2026-12-06", ["1"])])
def test_who_is_on_duty(day: str, phones: list[str]) -> None:
    contacts = (
        DutyContact(names=words("Deaths"), phone="1"),
        DutyContact(names=words("Deaths"), phone="2", days=("2026-11-24",)),
        DutyContact(names=words("Disasters"), phone="3", days=("2026-11-24", "2026-11-30")),
    )
    view = seen("21:00", day, small_hall(duty_contacts=contacts))
    assert [contact.phone for contact in view.duty_contacts] == phones


def test_the_house_rules_reach_the_kiosk() -> None:
    policies = Policies(
        late_receipt_from="14:30", consent_waiting_s=10, consent_closing_s=20, quota_notice=3, help_wait_s=40
    )
    one = NumbersPerPerson(day=1)
    rules = seen("08:00", hall=small_hall(policies=policies, numbers_per_person=one)).rules
    assert msgspec.structs.asdict(rules) == {
        "late_receipt_from": "14:30",
        "consent_waiting_s": 10,
        "consent_closing_s": 20,
        "quota_notice": 3,
        "help_wait_s": 40,
        "numbers_per_person": one,
    }
