"""The commissioning wizard and its sheet: step by step, kept with who and when, and open points told as they are."""

import re

import pytest
from werkzeug.test import TestResponse

from protocol.link import new_id
from tests.support.paper_hall import furnish
from tests.support.rosters import answer
from tests.support.web_pages import Pages, Visitor


@pytest.fixture
def tech(pages: Pages) -> Visitor:
    furnish(pages.hall)
    pages.hall.answer = answer
    return pages.signed_in("tech")


def record(visitor: Visitor, item: str, verdict: str = "passed", note: str = "", request_id: str = "") -> TestResponse:
    return visitor.post(
        "/acceptance/", "/acceptance/", item=item, verdict=verdict, note=note, request_id=request_id or new_id()
    )


def items(visitor: Visitor) -> list[str]:
    return re.findall(r'href="/acceptance/\?item=([^"]+)"', visitor.get("/acceptance/").text)


def test_the_walk_goes_from_step_to_step_and_tells_what_the_program_sees(pages: Pages, tech: Visitor) -> None:
    texts = pages.parts.texts
    first = tech.get("/acceptance/").text
    assert texts("acceptance.identity.question", "vi") in first
    assert "UBND phường Phúc Lợi" in first
    assert record(tech, "identity").headers["Location"].startswith("/acceptance/?item=hours")
    hours = tech.get("/acceptance/?item=hours").text
    assert "07:30–11:30, 13:30–17:00" in hours
    tls = tech.get("/acceptance/?item=tls").text
    assert texts("acceptance.against", "vi", seen=texts("acceptance.tls.off", "vi")) in tls


def test_every_item_can_be_answered_and_the_sheet_is_honest(pages: Pages, tech: Visitor) -> None:
    texts = pages.parts.texts
    walked = [item.replace("%3A", ":") for item in items(tech)]
    assert {"kiosk:kiosk-1", "backup", "power", "handover"} <= set(walked)
    for item in walked:
        verdict = "skipped" if item == "power" else "failed" if item == "restore" else "passed"
        note = {"power": "<b>chưa được phép</b>", "restore": "ổ đĩa đầy"}.get(item, "")
        assert record(tech, item, verdict, note).status_code == 302, item
    sheet = tech.get("/acceptance/sheet").text
    assert texts("acceptance.summary", "vi", passed=len(walked) - 2, total=len(walked)) in sheet
    assert texts("acceptance.summary", "en", passed=len(walked) - 2, total=len(walked)) in sheet
    assert texts("acceptance.open.failed", "en", note="ổ đĩa đầy") in sheet
    assert "&lt;b&gt;chưa được phép&lt;/b&gt;" in sheet
    assert "<b>chưa" not in sheet
    assert "Kỹ thuật viên" in sheet, "who has tried, by name"
    assert texts("acceptance.tls.off", "vi") in sheet, "passed by word, but the program sees otherwise"
    for who in ("boss", "inspector"):
        assert pages.signed_in(who).get("/acceptance/sheet").status_code == 200


def test_what_failed_or_was_left_out_needs_its_reason(pages: Pages, tech: Visitor) -> None:
    for verdict in ("failed", "skipped"):
        shown = record(tech, "backup", verdict, "   ")
        assert shown.status_code == 409
        assert pages.parts.texts("acceptance.say_why", "vi") in shown.text
    assert pages.parts.acceptance.of("backup") == []
    assert record(tech, "backup", "maybe").status_code == 400
    assert record(tech, "the moon").status_code == 400
    assert record(tech, "backup", request_id="../x").status_code == 400


def test_a_form_that_is_sent_twice_is_one_answer_and_an_older_one_stays(pages: Pages, tech: Visitor) -> None:
    twice = new_id()
    record(tech, "clock", "failed", "hai phút", twice)
    record(tech, "clock", "failed", "hai phút", twice)
    record(tech, "clock")
    assert [one.verdict for one in pages.parts.acceptance.of("clock")] == ["passed", "failed"]
    page = tech.get("/acceptance/?item=clock").text
    assert "hai phút" in page


def test_before_the_server_is_there_the_page_says_so(pages: Pages, tech: Visitor) -> None:
    pages.hall.become("gone")
    shown = tech.get("/acceptance/")
    assert shown.status_code == 200
    assert pages.parts.texts("error.link_gone", "vi") in shown.text
