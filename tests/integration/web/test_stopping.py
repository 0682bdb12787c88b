"""The page that stops the whole hall: one choice, one confirmation, and what the server is asked."""

import re
from datetime import timedelta

import msgspec
import pytest

from protocol import commands as c
from protocol.configuration import Emergency
from protocol.views import Refused
from tests.support.boards import FIRE, FIRE_HINTS, stopped
from tests.support.paper_hall import NOW, furnish, hall_view
from tests.support.web_pages import Pages, Visitor

EMERGENCIES = (
    Emergency(emergency_id="fire", names=FIRE, hints=FIRE_HINTS),
    Emergency(
        emergency_id="early",
        names={"vi": "Đóng cửa sớm", "en": "Closing early"},
        hints={"vi": "Hỏi quầy hướng dẫn.", "en": "Ask the guidance counter."},
        ends_with_day=True,
    ),
)


@pytest.fixture
def hall(pages: Pages) -> Pages:
    furnish(pages.hall)
    pages.hall.publish("hall", msgspec.structs.replace(hall_view(), emergencies=EMERGENCIES))
    return pages


def hidden(text: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', text)
    assert found, f"{name} is not in the form"
    return found[1]


def asked(pages: Pages) -> list[c.AnyCommand]:
    return [command for _, command in pages.hall.asked]


def confirmed(visitor: Visitor, **form: str) -> str:
    answer = visitor.post("/stop/confirm", "/stop/", **form)
    assert answer.status_code == 200, answer.text
    return str(answer.text)


@pytest.mark.parametrize("person", ["boss", "tech"])
def test_a_message_is_shown_once_before_the_hall_is_stopped_with_it(hall: Pages, person: str) -> None:
    visitor = hall.signed_in(person)
    page = confirmed(visitor, emergency_id="fire")
    assert FIRE["vi"] in page
    assert FIRE["en"] in page
    assert asked(hall) == [], "looking stops nothing"
    request_id = hidden(page, "request_id")
    for _ in range(2):
        answer = visitor.post("/stop/", "/stop/", emergency_id="fire", request_id=request_id)
        assert answer.status_code == 302
    role: c.StaffRole = "manager" if person == "boss" else "technician"
    command = c.StopHall(function_id="staff-1", staff_role=role, clerk_id=person, emergency_id="fire")
    assert hall.hall.asked == [(request_id, command)] * 2, "the same request twice is one to the server"


def test_a_free_message_goes_through_as_it_was_read(hall: Pages) -> None:
    visitor = hall.signed_in("boss")
    free = {"emergency_id": "free", "title_vi": "Mất nước <b>", "hint_vi": "Nghỉ đến 10:30", "ends_with_day": "on"}
    page = confirmed(visitor, **free)
    assert "Mất nước &lt;b&gt;" in page
    assert "<b>" not in page
    visitor.post("/stop/", "/stop/", request_id=hidden(page, "request_id"), **free)
    assert asked(hall) == [
        c.StopHall(
            function_id="staff-1",
            staff_role="manager",
            clerk_id="boss",
            names={"vi": "Mất nước <b>"},
            hints={"vi": "Nghỉ đến 10:30"},
            ends_with_day=True,
        )
    ]


@pytest.mark.parametrize(
    "form",
    [
        {"emergency_id": "free"},
        {"emergency_id": "free", "title_en": "No water"},
        {"emergency_id": "flood"},
    ],
)
def test_a_message_that_says_nothing_is_not_confirmed(hall: Pages, form: dict[str, str]) -> None:
    answer = hall.signed_in("boss").post("/stop/confirm", "/stop/", **form)
    assert answer.status_code == 400
    assert hall.parts.texts("refusal.message_without_words", "vi") in answer.text
    assert asked(hall) == []


def test_a_message_too_long_for_a_board_is_refused_before_it_is_sent(hall: Pages) -> None:
    form = {"emergency_id": "free", "title_vi": "a" * 41, "request_id": "0" * 31 + "1"}
    answer = hall.signed_in("boss").post("/stop/", "/stop/", **form)
    assert answer.status_code == 409
    assert asked(hall) == []


def test_the_hall_goes_on_by_the_message_that_was_read(hall: Pages) -> None:
    told = msgspec.structs.replace(stopped(), since_at=NOW - timedelta(minutes=5), told_at=NOW)
    view = msgspec.structs.replace(hall_view(), emergencies=EMERGENCIES, stopped=told)
    hall.hall.publish("hall", view)
    visitor = hall.signed_in("boss")
    page = str(visitor.get("/stop/").text)
    assert "08:37" in page
    assert FIRE["vi"] in page
    fields = {"told_at": hidden(page, "told_at"), "request_id": "0" * 31 + "1"}
    hall.hall.answer = lambda _: Refused(code="stopped_anew", sentences={"vi": "Thông báo khác."})
    answer = visitor.post("/stop/resume", "/stop/", **fields)
    assert answer.status_code == 409
    assert "Thông báo khác." in answer.text
    command = c.ResumeHall(function_id="staff-1", staff_role="manager", clerk_id="boss", told_at=NOW)
    assert hall.hall.asked == [(fields["request_id"], command)]
    wrong = visitor.post("/stop/resume", "/stop/", request_id=fields["request_id"], told_at="soon")
    assert wrong.status_code == 400


def test_the_page_is_live(hall: Pages) -> None:
    """What another person does is there at once, and what the own press has done when its view comes after the page."""
    visitor = hall.signed_in("boss")
    question = hall.parts.texts("stopping.question", "vi")

    def region() -> str:
        return str(visitor.get("/stop/live?look=1").get_json()["stopping"])

    assert question in region()
    going = msgspec.structs.replace(hall_view(), emergencies=EMERGENCIES)
    hall.hall.publish("hall", msgspec.structs.replace(going, stopped=stopped()))
    assert question not in region()
    assert hidden(region(), "told_at") == stopped().told_at.isoformat()
    assert EMERGENCIES[1].names["vi"] in region(), "something else can be told at once"
    hall.hall.publish("hall", going)
    assert question in region()
    assert "told_at" not in region()


def test_staff_read_on_their_pages_that_the_hall_is_stopped(hall: Pages) -> None:
    hall.hall.publish("hall", msgspec.structs.replace(hall_view(), stopped=stopped()))
    sentence = hall.parts.texts("stopping.told_to_staff", "vi")
    assert sentence in hall.signed_in("anh").get("/counters/counter-3").text
    assert sentence in hall.signed_in("inspector").get("/hall/").text


def test_a_page_without_a_hall_says_so_and_offers_nothing(hall: Pages) -> None:
    visitor = hall.signed_in("boss")
    hall.hall.become("gone")
    text = visitor.get("/stop/").text
    assert hall.parts.texts("error.link_gone", "vi") in text
    assert FIRE["vi"] not in text
