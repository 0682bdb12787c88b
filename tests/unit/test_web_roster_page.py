"""The roster's page: what it shows of a week, what its forms want, and what it says is wrong, in people's words."""

from datetime import datetime
from pathlib import Path

import msgspec
import pytest

from presentation.texts import texts_from
from protocol.rosters import RosterMistake
from queue_server.web.roster_page import (
    ShiftForm,
    Week,
    clock_of,
    copied,
    monday_of,
    problems,
    sentence,
    shift_of,
    version_in,
    versions_of,
    week_page,
    with_shift,
)
from tests.support.paper_hall import hall_view
from tests.support.rosters import MONDAY, PLANNED, shift, week

TEXTS = texts_from(
    {path.stem: path.read_text("utf-8") for path in (Path(__file__).parents[2] / "config" / "texts").glob("*.toml")}
)
NAMES = {"anh": "Nguyễn Thị Ánh", "minh": "Trần Văn Minh", "lan": "Lê Thị Lan", "boss": "Phạm Quang Huy"}


def shown(language: str = "vi", today: str = "2026-11-24", **more: object) -> Week:
    plain = Week(week(), hall_view(), today, NAMES, {"anh", "minh", "lan"}, TEXTS.words(language))
    return Week(**{**vars(plain), **more})


def test_the_week_stands_by_counter_and_day() -> None:
    page = week_page(shown())
    assert page.title == "Tuần 23/11/2026 – 29/11/2026"
    assert (page.before, page.after) == ("2026-11-16", "2026-11-30")
    assert [row.number for row in page.rows] == ["1", "2", "3", "4", "5", "6"]
    counter_3 = page.rows[2]
    assert [[chip.clerk for chip in cell] for cell in counter_3.cells] == [["Nguyễn Thị Ánh"]] * 4 + [[]] * 3
    chip = counter_3.cells[0][0]
    assert (chip.hours, chip.breaks, chip.known) == ("07:30–17:00", ("09:30–09:45", "15:00–15:15"), True)
    assert [column.is_past for column in page.columns] == [True] + [False] * 6
    assert [column.is_free for column in page.columns] == [False] * 6 + [True]
    assert "Phạm Quang Huy" in page.columns[0].planned
    assert page.can_copy
    assert not page.empty


def test_a_clerk_without_account_and_a_counter_that_is_gone_are_seen() -> None:
    found = week((shift("xuan", 3), shift("anh", 9)))
    page = week_page(shown(found=found))
    assert not page.rows[2].cells[0][0].known
    assert page.rows[-1].number == "?"
    assert "counter-9" in page.rows[-1].name


@pytest.mark.parametrize(
    ("typed", "read"),
    [("7:30", "07:30"), ("7h30", "07:30"), ("0730", "07:30"), ("730", "07:30"), ("7g", "07:00"), (" 17.00 ", "17:00")],
)
def test_times_are_read_as_people_type_them(typed: str, read: str) -> None:
    assert clock_of(typed) == read


@pytest.mark.parametrize("typed", ["", "noon", "25:00", "7:75", "-1:00", "٣:٠٠x"])
def test_what_is_no_time_of_day_is_no_shift(typed: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        shift_of(ShiftForm("counter-1", "anh", typed, "11:30"))


def test_breaks_are_read_and_written_alike() -> None:
    form = ShiftForm("counter-1", "anh", "730", "1130", "10h-10h15; 9:00 – 9:10")
    assert shift_of(form).breaks == (("09:00", "09:10"), ("10:00", "10:15"))
    for wrong in ("9:00", "9-10, x", "1-2,2-3,3-4,4-5,5-6"):
        with pytest.raises(ValueError, match=r".+"):
            shift_of(ShiftForm("counter-1", "anh", "730", "1130", wrong))


def test_a_form_wants_whole_days_from_the_version_it_has_seen() -> None:
    day = week().days[0]
    versions = versions_of(week().days)
    more = with_shift(day, shift("lan", 5), None, versions)
    assert more.shifts == (*PLANNED, shift("lan", 5))
    assert more.instead_of == day.planned_at == version_in(versions, MONDAY)
    assert with_shift(day, None, 0, versions).shifts == PLANNED[1:]
    assert version_in(versions, "2026-11-29") is None
    assert version_in("2026-11-23=yesterday", MONDAY) is None
    assert version_in(f"{MONDAY}={datetime(2026, 11, 20).isoformat()}", MONDAY) is None, "an instant knows its offset"  # noqa: DTZ001 -- what a forged form may hold.


def test_last_week_is_copied_to_days_that_have_none() -> None:
    before = week(first=-7, planned=6)
    wanted, mistakes = copied(shown(), before, versions_of(week().days))
    assert [one.day for one in wanted] == ["2026-11-27"], "Friday; Monday to Thursday are planned"
    assert wanted[0].shifts == PLANNED
    assert {one.code for one in mistakes} == {"roster_outside_hours"}, "Saturday has a morning only"
    assert {one.parts["day"] for one in mistakes} == {"2026-11-28"}


def test_nothing_is_copied_into_the_past() -> None:
    empty = msgspec.structs.replace(week(), days=week(planned=0).days)
    wanted, _ = copied(shown(today="2026-11-26", found=empty), week(first=-7, planned=5), "")
    assert [one.day for one in wanted] == ["2026-11-26", "2026-11-27"]


@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_mistake_is_said_by_names_people_know(language: str) -> None:
    seen = shown(language)
    day = seen.found.days[0]
    wrong = (shift("xuan", 1), shift("anh", 3), shift("anh", 4, "09:00", "10:00"), shift("minh", 9, "06:00", "08:00"))
    said = [sentence(seen, one) for one in problems(seen, day, wrong)]
    assert len(said) == 4
    assert all("23/11/2026" in one for one in said)
    assert any("Nguyễn Thị Ánh" in one and "3" in one and "4" in one for one in said)
    assert any("xuan" in one for one in said)
    stale = sentence(seen, RosterMistake("roster_changed", {"day": MONDAY}))
    assert "23/11/2026" in stale


def test_the_week_begins_on_monday() -> None:
    assert {monday_of(datetime.fromisoformat(one.day).date()).isoformat() for one in week().days} == {MONDAY}
