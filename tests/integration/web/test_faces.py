"""What people are shown: no dangerous key under the finger, names in place of ids, a way on from every dead end."""

import re
from pathlib import Path
from typing import get_args, get_type_hints

import pytest

from protocol.commands import FunctionDescription
from queue_server.web import acceptance_items
from tests.support.filled_pages import filled_pages
from tests.support.paper_answers import answer
from tests.support.paper_hall import furnish
from tests.support.public_pages import public_pages
from tests.support.web_pages import Pages

FOCUSED = re.compile(r"<[a-z0-9]+\b[^>]*\bautofocus\b[^>]*>")


def dialog(page: str, name: str) -> str:
    found = re.search(rf'<dialog id="dialog-{name}".*?</dialog>', page, re.DOTALL)
    assert found
    return found[0]


@pytest.fixture
def filled(pages: Pages) -> Pages:
    furnish(pages.hall)
    pages.hall.answer = answer
    return pages


@pytest.mark.parametrize("name", ["no_show", "cancel", "sign_out"])
def test_a_dialog_that_asks_for_a_yes_begins_at_the_key_that_does_nothing(filled: Pages, name: str) -> None:
    asked = dialog(filled.signed_in("anh").get("/counters/counter-3").text, name)
    (focused,) = FOCUSED.findall(asked)
    assert "data-dismiss" in focused
    assert "danger" not in focused


def test_the_page_before_a_stop_begins_at_its_heading(filled: Pages) -> None:
    boss = filled.signed_in("boss")
    choices = re.findall(r'name="emergency_id" value="([^"]*)"', boss.get("/stop/").text)
    page = boss.post("/stop/confirm", "/stop/", emergency_id=choices[0] if choices else "").text
    (focused,) = FOCUSED.findall(page)
    assert focused.startswith("<h1")


def test_people_read_names_and_no_ids(filled: Pages) -> None:
    console = filled.signed_in("anh").get("/counters/counter-3").text
    assert "tại Máy lấy số cửa chính" in console
    assert ">kiosk-2<" not in console
    devices = filled.signed_in("tech").get("/devices/").text
    assert "<small>Quầy 3</small>" in devices
    assert "<small>counter-3</small>" not in devices
    assert "Bàn phím gọi số · Quầy 3" in filled.signed_in("tech").get("/devices/agent-1").text


def test_each_row_of_helpers_begins_with_a_capital(filled: Pages) -> None:
    helpers = re.findall(
        r"<span>([^<]+)</span>", dialog(filled.signed_in("anh").get("/counters/counter-3").text, "help")
    )
    assert len(helpers) >= 4
    assert all(one[0].isupper() for one in helpers), helpers


def test_everything_is_either_walked_to_or_at_the_server() -> None:
    kinds = set(get_args(get_type_hints(FunctionDescription)["kind"]))
    assert kinds == {*acceptance_items._DEVICE_KINDS, *acceptance_items._HERE}


def test_every_dead_end_has_a_way_on(filled: Pages, tmp_path_factory: pytest.TempPathFactory) -> None:
    for person, path in (("anh", "/nowhere"), ("anh", "/people/")):
        page = filled.signed_in(person).get(path)
        assert page.status_code in {403, 404}
        assert '<a class="button main" href="/">Về trang đầu</a>' in page.text
    with public_pages(tmp_path_factory.mktemp("public")) as phones:
        page = phones.phone().get("/nowhere?lang=en")
        assert page.status_code == 404
        assert '<a class="button" href="/?lang=en">To the first page</a>' in page.text


def test_days_are_written_day_first_and_counts_as_in_the_rates_beside_them(tmp_path: Path) -> None:
    with filled_pages(tmp_path / "web") as pages:
        tech = pages.signed_in("tech")
        shown = {path: tech.get(path).text for path in ("/log/", "/backups/", "/editor/trial")}
        boss = pages.signed_in("boss")
        boss.client.set_cookie("motcua-language", "en")
        assert "1 business day with figures" in boss.get("/figures/").text
    assert not [path for path, page in shown.items() if re.search(r">[^<]*\b20\d\d-\d\d-\d\d\b[^<]*<", page)]
    assert "Áp dụng: Từ ngày làm việc tới" in shown["/log/"]
    assert "262 lượt của ngày 20/11/2026" in shown["/backups/"]
    assert "3.081 lượt" in shown["/editor/trial"]
    assert "05/11/2026, 06/11/2026" in shown["/editor/trial"]
