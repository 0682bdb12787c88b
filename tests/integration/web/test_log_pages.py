"""The page that searches the log: who opens it, what it finds, and that stored text stays text."""

from pathlib import Path

import pytest

from protocol import events as e
from tests.support.driven_branch import instant
from tests.support.logs import write_log
from tests.support.paper_hall import furnish
from tests.support.web_pages import Pages, staff_pages

SPAN = "from=2020-01-01T00:00&to=2040-01-01T00:00"


def test_whoever_may_look_finds_the_morning_and_a_clerk_finds_no_door(pages: Pages) -> None:
    for clerk_id in ("tech", "boss", "inspector"):
        page = pages.signed_in(clerk_id).get(f"/log/?{SPAN}").text
        assert "Bắt đầu phục vụ" in page, clerk_id
        assert page.count("<tr>") > 10
    for clerk_id in ("anh", "hoa"):
        assert pages.signed_in(clerk_id).get("/log/").status_code == 403


def test_one_visit_is_a_click_away_and_what_was_chosen_stays_chosen(pages: Pages) -> None:
    visitor = pages.signed_in("boss")
    page = visitor.get(f"/log/?{SPAN}&kind=visit_taken").text
    address = page.split('<td class="tight"><a href="', 1)[1].partition('"')[0].replace("&amp;", "&")
    assert "kind=" not in address, "all of its story, not the one kind that was looked for"
    assert "from=2020" in address
    visit = visitor.get(address).text
    assert "<td>Mời số</td>" in visit
    assert '<option value="visit_taken" selected>' in page


def test_an_instant_is_typed_as_it_is_written_and_refused_by_its_field(pages: Pages) -> None:
    visitor = pages.signed_in("inspector")
    page = visitor.get(f"/log/?{SPAN}").text
    assert 'name="from" value="01/01/2020 00:00"' in page
    assert "datetime-local" not in page
    typed = visitor.get("/log/?from=01/01/2020+00:00&to=01/01/2040+00:00").text
    assert typed.count("<tr>") == page.count("<tr>") > 1
    refused = visitor.get("/log/?from=31/02/2026+08:00").text
    assert "Ô “Từ lúc” ghi “31/02/2026 08:00”" in refused
    assert "ví dụ 05/03/2026 08:30" in refused
    assert 'aria-describedby="wrong-from"' in refused


def test_what_no_form_would_send_is_told_and_left_out(pages: Pages) -> None:
    visitor = pages.signed_in("inspector")
    for wrong in ("from=yesterday", "to=2026-99-99T10:00", "kind=secrets", "from=2026-11-23T10:00&to=2026-11-23T09:00"):
        answer = visitor.get(f"/log/?{wrong}")
        assert answer.status_code == 200, wrong
        assert 'role="alert"' in answer.text, wrong
    assert (
        visitor.get("/log/?before=9999999999999999999999&from=0001-01-01T00:00&to=9999-12-31T23:59").status_code == 200
    )


ABSURD = ("9999-12-31", "0001-01-01", "0000-00-00", "31/12/9999", "01/01/0001", "31/02/2026", "٣١/١٢/٢٠٢٦", "9" * 40)
DATED = {
    "/figures/": "from to",
    "/figures/table.csv": "from to",
    "/figures/table.xlsx": "from to",
    "/figures/month": "month",
    "/figures/month.xlsx": "month",
    "/reports/day": "date",
    "/reports/day.csv": "date",
    "/roster/": "week",
}
"""Every page that takes a date, beside the log."""


def test_absurd_dates_are_told_on_every_page_that_takes_one(pages: Pages) -> None:
    visitor = pages.signed_in("boss")
    for day in ABSURD:
        for name in ("from", "to"):
            for at in (f"{day}T23:59", f"{day} 00:00", f"{day} 23:59"):
                answer = visitor.client.get("/log/", query_string={name: at})
                assert answer.status_code == 200, (name, at)
                assert f'aria-describedby="wrong-{name}"' in answer.text, (name, at)
        for address, names in DATED.items():
            typed = {one: day[:7] if one == "month" else day for one in names.split()}
            answer = visitor.client.get(address, query_string=typed)
            assert answer.status_code in {200, 400, 404}, (address, day)


def test_stored_text_is_escaped(tmp_path: Path) -> None:
    evil = "<script>alert(1)</script>\"'"
    events: list[e.AnyEvent] = [
        e.DeviceReported(at=instant("08:00"), device_id="d", function_id=evil, state="out", reason=evil, detail=evil),
        e.CounterPaused(at=instant("08:01"), counter_id=evil, clerk_id=evil, reason=evil),
    ]
    write_log(tmp_path / "web", events)
    with staff_pages(tmp_path / "web") as pages:
        furnish(pages.hall)
        page = pages.signed_in("tech").get(f"/log/?{SPAN}").text
    assert page.count("&lt;script&gt;alert(1)") >= 5
    assert "<script>alert" not in page


def test_without_a_log_the_page_says_so(tmp_path: Path) -> None:
    with staff_pages(tmp_path / "web") as pages:
        answer = pages.signed_in("tech").get("/log/")
    assert answer.status_code == 404
    assert "máy chủ" in answer.text


@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_level_stands_on_no_page(pages: Pages, language: str) -> None:
    visitor = pages.signed_in("boss")
    visitor.post("/language", "/account", language=language, place="/log/")
    page = visitor.get(f"/log/?{SPAN}&kind=ratings").text
    assert page.count("<tr>") >= 3
    assert "level" not in page.lower()
