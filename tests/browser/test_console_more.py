"""What is rarer on the console, in a real browser before a hall on paper: services in sequence, help, notes, order."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from playwright.sync_api import Page, expect

from protocol import commands as c
from protocol.views import AnyReply, CounterHelp, Done, NoteFound, Refused
from tests.browser.conftest import Served, keep, live
from tests.browser.test_console import last, shows
from tests.support.paper_hall import NOW, counter_view, hall_view, visit

pytestmark = pytest.mark.browser

AHEAD = visit(25, "in_service", started_at=NOW, coming_service_ids=("certification", "welfare"))
HELP = CounterHelp(counter_id="counter-1", number=1, clerk_id="minh", to="colleague", to_counter_id="", since_at=NOW)

PRESSES: list[tuple[str, dict[str, Any], list[str], type[c.Command], dict[str, Any]]] = [
    ("serving", {}, ["l", "1"], c.PlanServices, {"service_ids": ("land", "welfare"), "visit_id": f"{25:032x}"}),
    ("serving", {}, ["l", "a"], c.PlanServices, {"service_ids": ("certification",)}),
    ("serving", {"serving": AHEAD}, ["l", "0"], c.PlanServices, {"service_ids": ()}),
    ("serving", {"serving": AHEAD}, ["Enter", "1"], c.EndService, {"stay": False, "stop_here": False}),
    ("serving", {"serving": AHEAD}, ["Enter", "l", "1"], c.EndService, {"stay": True, "stop_here": False}),
    ("serving", {"serving": AHEAD}, ["Enter", "k", "1"], c.EndService, {"stay": False, "stop_here": True}),
    ("serving", {"serving": AHEAD}, ["Space", "l", "1"], c.EndService, {"stay": True}),
    ("serving", {}, ["k", "2"], c.CallHelp, {"to": "supervisor", "to_counter_id": ""}),
    ("idle", {}, ["k", "1"], c.CallHelp, {"to": "colleague", "to_counter_id": ""}),
    ("idle", {}, ["k", "4"], c.CallHelp, {"to": "colleague", "to_counter_id": "counter-4"}),
    ("idle", {"help": HELP}, ["k"], c.EndHelp, {}),
    ("idle", {}, ["i", "h", "1", "8", "Enter", "1"], c.ReinstateNumber, {"prefix": "H", "number": 18}),
    ("idle", {"come_backs": (visit(33, "ended", called_at=NOW),)}, ["3", "2"], c.ReinstateVisit, {"reason": "papers"}),
]
"""State, what is otherwise in it, keys, the command that they ask, and its particulars."""


def test_the_rarer_presses_by_keyboard_too(served: Served) -> None:
    page = served.console()
    for count, (state, more, keys, asked, fields) in enumerate(PRESSES, 1):
        shows(served, page, "idle" if state == "serving" else "serving")  # So that nothing of the last press is left.
        shows(served, page, state, **more)
        for place, key in enumerate(keys, 1):
            page.keyboard.press(key)
            if place < len(keys):
                live(page)
        command = last(served, count)
        assert isinstance(command, asked), (state, keys)
        assert {name: getattr(command, name) for name in fields} == fields, (state, keys)
        page.wait_for_selector("body:not(.busy)")
    assert len(served.pages.hall.asked) == len(PRESSES), "staying for the next service calls nobody"


def test_whoever_is_called_for_help_goes_by_one_key(served: Served) -> None:
    page = served.console()
    shows(served, page, "idle", asked=(HELP,))
    expect(page.locator(".help-call")).to_contain_text("Quầy 1 (Trần Văn Minh) cần hỗ trợ")
    live(page)
    page.keyboard.press("g")
    command = last(served, 1)
    assert isinstance(command, c.AnswerCounterHelp)
    assert (command.counter_id, command.clerk_id) == ("counter-1", "anh")


def test_a_note_is_asked_for_once_and_shown_as_text(served: Served) -> None:
    def answer(command: c.AnyCommand) -> AnyReply:
        if isinstance(command, c.FindNote):
            return NoteFound(visit_id=command.visit_id, note="<img src=x onerror=alert(1)> thiếu bản sao")
        return Done()

    served.pages.hall.answer = answer
    page = served.console()
    shows(served, page, "serving", serving=msgspec.structs.replace(AHEAD, noted=True))
    expect(page.locator(".colleague-note")).to_have_text("<img src=x onerror=alert(1)> thiếu bản sao")
    assert page.locator(".colleague-note img").count() == 0
    found = last(served, 1)
    assert isinstance(found, c.FindNote)
    assert (found.clerk_id, found.counter_id, found.visit_id) == ("anh", "counter-3", f"{25:032x}")
    shows(served, page, "serving", serving=msgspec.structs.replace(AHEAD, noted=True), waiting=3)
    expect(page.locator(".colleague-note")).to_have_text("<img src=x onerror=alert(1)> thiếu bản sao")
    assert len(served.pages.hall.asked) == 1, "what is known already is not asked for again"
    shows(served, page, "serving", serving=AHEAD)
    expect(page.locator(".colleague-note")).to_have_count(0)


def test_a_note_that_is_gone_is_said_so(served: Served) -> None:
    served.pages.hall.answer = lambda _: Refused(code="no_note", sentences={"vi": "Ghi chú đã xóa."})
    page = served.console()
    shows(served, page, "serving", serving=msgspec.structs.replace(AHEAD, noted=True))
    expect(page.locator(".colleague-note")).to_have_text("Ghi chú đã xóa.")


def test_a_note_is_typed_with_a_transfer_and_forgotten_with_it(served: Served) -> None:
    page = served.console()
    page.keyboard.press("t")
    live(page)
    page.locator("input[name=to_counter_id][value=counter-1]").check()
    page.locator("#transfer-note").fill("Đã hẹn <b>14 giờ</b>, R nghĩa là gọi lại")
    page.keyboard.press("Enter")
    command = last(served, 1)
    assert isinstance(command, c.TransferVisit)
    assert (command.to_counter_id, command.note) == ("counter-1", "Đã hẹn <b>14 giờ</b>, R nghĩa là gọi lại")
    live(page)
    page.keyboard.press("t")
    expect(page.locator("#transfer-note")).to_have_value("")


def test_a_hidden_queue_shows_how_many_and_nobodys_number(served: Served) -> None:
    page = served.console()
    hidden = tuple(msgspec.structs.replace(one, prefix="", number=0) for one in counter_view().classes)
    shows(served, page, "idle", hides_queue=True, next_visits=(), classes=hidden, parked=(), no_shows=())
    assert page.locator(".next-row").count() == 0
    expect(page.locator(".classes tbody tr")).to_have_count(2)
    assert "H02" not in page.locator(".side").inner_text()


def test_lights_are_told_by_shape_and_word(served: Served) -> None:
    page = served.console()
    for place, (shape, word) in enumerate((("square", "quá hạn"), ("triangle", "sắp quá hạn"))):
        row = page.locator(".classes tbody tr").nth(place)
        expect(row).to_contain_text(word)
        assert row.locator(f".shape.{shape}").count() == 1
    expect(page.locator(".lights")).to_contain_text("Hộ tịch")


def test_managers_see_who_needs_help_and_go(served: Served, picture: Callable[[str], Path]) -> None:
    to_boss = msgspec.structs.replace(HELP, to="supervisor", counter_id="counter-4", number=4, clerk_id="lan")
    served.pages.hall.publish("hall", msgspec.structs.replace(hall_view(), counter_help=(HELP, to_boss)))
    page = served.visits.signed_in("boss", "/hall/")
    live(page)
    expect(page.locator(".help-call")).to_have_count(2)
    keep(page, picture("overview-help"))
    page.locator(".help-call button").last.click()
    command = last(served, 1)
    assert isinstance(command, c.AnswerCounterHelp)
    assert (command.counter_id, command.clerk_id, command.staff_role) == ("counter-4", "boss", "manager")


def test_managers_see_the_whole_order_ledger(served: Served, picture: Callable[[str], Path]) -> None:
    page = served.visits.signed_in("boss", "/order/")
    live(page)
    expect(page.locator("table").first.locator("tbody tr")).to_have_count(3)
    expect(page.locator("table").first).to_contain_text("Trần Văn Minh")
    keep(page, picture("order"))


def in_language(page: Page, language: str) -> None:
    page.context.add_cookies([{"name": "motcua-language", "value": language, "url": page.url}])
    page.reload()
    live(page)


@pytest.mark.slow
@pytest.mark.parametrize("language", ["vi", "en"])
def test_pictures_of_the_rarer(served: Served, picture: Callable[[str], Path], language: str) -> None:
    """Each state and dialog keeps within the screen, on a desk and on a tablet held upright."""
    served.pages.hall.answer = lambda _: NoteFound(
        visit_id=f"{25:032x}", note="Thiếu bản sao giấy chứng sinh, hẹn 14 giờ."
    )
    page = served.console()
    in_language(page, language)
    noted = msgspec.structs.replace(AHEAD, noted=True, transferred_from="counter-1", reason="birth")
    helped = msgspec.structs.replace(HELP, counter_id="counter-3", number=3, answered_by="minh")
    back = (visit(33, "ended", called_at=NOW),)
    shows(served, page, "serving", serving=noted, come_backs=back, help=helped, asked=(HELP,))
    expect(page.locator(".colleague-note")).to_contain_text("bản sao")
    for width, height in ((1366, 768), (820, 1180)):
        page.set_viewport_size({"width": width, "height": height})
        assert page.evaluate("document.documentElement.scrollWidth") == width
        keep(page, picture(f"console-full-{language}" if width > height else f"console-upright-{language}"))
    page.set_viewport_size({"width": 1366, "height": 768})
    shows(served, page, "serving", serving=AHEAD)
    for key, name in (("Enter", "end"), ("l", "plan"), ("k", "help"), ("o", "order"), ("t", "transfer")):
        page.keyboard.press(key)
        dialog = page.locator(f"#dialog-{name}")
        expect(dialog).to_be_visible()
        assert dialog.evaluate("it => it.scrollHeight <= it.clientHeight + 1"), f"{name} scrolls"
        keep(page, picture(f"console-dialog-{name}-{language}"))
        page.keyboard.press("Escape")
        live(page)
    hidden = tuple(msgspec.structs.replace(one, prefix="", number=0) for one in counter_view().classes)
    shows(served, page, "called", serving=visit(25, "called", called_at=NOW - timedelta(seconds=50), recalls=3))
    keep(page, picture(f"console-called-{language}"))
    shows(served, page, "idle", hides_queue=True, next_visits=(), classes=hidden)
    keep(page, picture(f"console-hidden-{language}"))
