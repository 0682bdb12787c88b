"""The roster's page before a hall on paper: what its forms ask of the server, and what it says when it may not."""

from collections.abc import Iterator
from datetime import timedelta

import msgspec
import pytest
from werkzeug.test import TestResponse

from protocol.commands import AnyCommand, FetchRosters, PlanRoster
from protocol.views import AnyReply, Refused
from tests.support.paper_hall import NOW, counter_view, furnish, hall_view
from tests.support.programs import staff
from tests.support.rosters import MONDAY, PLANNED, answer, shift, week
from tests.support.web_pages import ORIGIN, Pages, Visitor

WEDNESDAY, FRIDAY = "2026-11-25", "2026-11-27"


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pages]:
    with staff(tmp_path_factory.mktemp("rosters")) as ready:
        yield ready


@pytest.fixture(scope="module")
def signed_in(pages: Pages) -> Visitor:
    return pages.signed_in("boss")


@pytest.fixture
def boss(pages: Pages, signed_in: Visitor) -> Visitor:
    """A manager before a hall that is as it was in the morning."""
    pages.hall.become("up")
    furnish(pages.hall)
    pages.hall.answer = answer
    pages.hall.asked.clear()
    return signed_in


def send(visitor: Visitor, action: str, **fields: str | list[str]) -> TestResponse:
    versions = " ".join(f"{one.day}={one.planned_at.isoformat() if one.planned_at else ''}" for one in week().days)
    data = {"csrf": visitor.token("/roster/"), "week": MONDAY, "versions": versions, **fields}
    return visitor.client.post(f"/roster/{action}", data=data, headers={"Origin": ORIGIN}, base_url=ORIGIN)


def planned(pages: Pages) -> list[PlanRoster]:
    return [command for _, command in pages.hall.asked if isinstance(command, PlanRoster)]


def test_a_shift_is_planned_on_every_day_that_is_ticked(pages: Pages, boss: Visitor) -> None:
    shown = send(
        boss, "add", clerk_id="lan", counter_id="counter-5", starts="7h30", ends="1130", breaks="9:00-9:10",
        days=[WEDNESDAY, FRIDAY],
    )  # fmt: skip
    assert shown.status_code == 409, "lan is planned at counter 2 on Wednesday already"
    assert "Lê Thị Lan" in shown.text
    assert planned(pages) == []
    answered = send(
        boss,
        "add",
        clerk_id="anh",
        counter_id="counter-3",
        starts="7h30",
        ends="1130",
        breaks="9:00-9:10",
        days=[FRIDAY],
    )
    assert answered.status_code == 302
    (command,) = planned(pages)
    assert (command.staff_role, command.clerk_id) == ("manager", "boss")
    (roster,) = command.rosters
    assert (roster.day, roster.instead_of) == (FRIDAY, None)
    assert roster.shifts == (shift("anh", 3, "07:30", "11:30", ("09:00", "09:10")),)
    assert pages.parts.texts("roster.done.planned", "vi") in boss.get(answered.headers["Location"]).text


def test_one_days_shift_is_changed_and_taken_away(pages: Pages, boss: Visitor) -> None:
    form = boss.get(f"/roster/?week={MONDAY}&day={WEDNESDAY}&place=2").text
    assert 'value="10:00–10:15"' in form
    changed = {"clerk_id": "lan", "counter_id": "counter-2", "starts": "08:00", "ends": "11:30", "breaks": ""}
    assert send(boss, "change", day=WEDNESDAY, place="2", **changed).status_code == 302
    assert send(boss, "change", day=WEDNESDAY, place="0", remove="yes", **changed).status_code == 302
    first, second = (command.rosters[0] for command in planned(pages))
    assert set(first.shifts) == {*(one for one in PLANNED if one.clerk_id != "lan"), shift("lan", 2, "08:00")}
    assert second.shifts == PLANNED[1:]
    assert first.instead_of == NOW - timedelta(days=3)


def test_last_week_is_copied_and_what_cannot_be_is_told(pages: Pages, boss: Visitor) -> None:
    shown = send(boss, "copy")
    (command,) = planned(pages)
    assert [one.day for one in command.rosters] == [FRIDAY]
    assert "28/11/2026" in shown.text, "Saturday has a morning only"
    assert pages.parts.texts("roster.done.copied", "vi") in shown.text


def test_a_days_roster_is_removed(pages: Pages, boss: Visitor) -> None:
    assert send(boss, "clear", day=WEDNESDAY).status_code == 302
    (command,) = planned(pages)
    assert command.rosters[0].shifts == ()


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"days": []}, "roster.choose_days"),
        ({"starts": "noon"}, "07:30"),
        ({"breaks": "09:00"}, "07:30"),
        ({"clerk_id": "nobody"}, "nobody"),
        ({"clerk_id": "hoa"}, "Đỗ Thị Hoa"),
        ({"counter_id": "counter-77"}, "counter-77"),
        ({"starts": "05:00"}, "07:30–17:00"),
        ({"ends": "07:00"}, "07:00"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_planned(
    pages: Pages, boss: Visitor, fields: dict[str, str | list[str]], said: str
) -> None:
    right: dict[str, str | list[str]] = {
        "clerk_id": "anh", "counter_id": "counter-5", "starts": "07:30", "ends": "11:30", "breaks": "", "days": [FRIDAY]
    }  # fmt: skip
    shown = send(boss, "add", **{**right, **fields})
    assert shown.status_code == 409
    assert (pages.parts.texts(said, "vi") if said.startswith("roster.") else said) in shown.text
    assert planned(pages) == []


def test_the_servers_no_is_said_by_names(pages: Pages, boss: Visitor) -> None:
    def refuse(command: AnyCommand) -> AnyReply:
        if isinstance(command, FetchRosters):
            return week()
        return Refused(code="roster_changed", parts={"day": FRIDAY}, sentences={"vi": "…"})

    pages.hall.answer = refuse
    fields = {"clerk_id": "anh", "counter_id": "counter-5", "starts": "07:30", "ends": "11:30"}
    shown = send(boss, "add", days=[FRIDAY], **fields)
    assert shown.status_code == 409
    assert pages.parts.texts("refusal.roster_changed", "vi", day="27/11/2026") in shown.text


@pytest.mark.parametrize("week", ["9999-12-31", "0001-01-01", "yesterday", "2026-13-01", "x" * 300])
def test_a_week_that_nobody_plans_is_this_one(boss: Visitor, week: str) -> None:
    assert "23/11/2026" in boss.get(f"/roster/?week={week}").text


def test_others_look_and_have_no_forms(pages: Pages, boss: Visitor) -> None:
    assert 'action="/roster/add"' in boss.get("/roster/").text
    inspector = pages.signed_in("inspector").get("/roster/")
    assert inspector.status_code == 200
    assert "Nguyễn Thị Ánh" in inspector.text
    assert "/roster/add" not in inspector.text
    assert "/roster/clear" not in inspector.text


def test_a_server_that_is_gone_is_no_empty_week(pages: Pages, boss: Visitor) -> None:
    pages.hall.become("gone")
    shown = boss.get("/roster/")
    assert shown.status_code == 503
    assert pages.parts.texts("roster.empty_lead", "vi") not in shown.text


def test_the_hall_shows_who_is_planned_and_who_is_missing(pages: Pages, boss: Visitor) -> None:
    hall = hall_view()
    counters = tuple(
        msgspec.structs.replace(one, planned=((27_000, 41_400),) if one.number in (2, 3) else ())
        for one in hall.counters
    )
    pages.hall.publish("hall", msgspec.structs.replace(hall, counters=counters, has_roster=True))
    text = boss.get("/hall/").text
    assert "07:30–11:30" in text
    assert text.count(pages.parts.texts("roster.missing", "vi")) == 1, "counter 2 is closed at 08:42, counter 3 serves"
    pages.hall.publish("hall", hall)
    assert pages.parts.texts("roster.planned", "vi") + ": " not in boss.get("/hall/").text


@pytest.mark.usefixtures("boss")
def test_the_console_shows_the_own_shifts(pages: Pages) -> None:
    pages.hall.publish("counter/counter-3", counter_view("idle", own_shifts=(PLANNED[0],)))
    clerk = pages.signed_in("anh")
    text = clerk.get("/counters/counter-3").text
    assert pages.parts.texts("roster.own_today", "vi") in text
    assert "07:30–17:00" in text
    assert "09:30–09:45" in text
    pages.hall.publish("counter/counter-3", counter_view("idle"))
    assert pages.parts.texts("roster.own_today", "vi") not in clerk.get("/counters/counter-3").text
