"""The console under the hands of a clerk, in a real browser, before a hall on paper."""

import random
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from playwright.sync_api import Page, expect

from protocol import commands as c
from protocol.views import Done, KioskCutOff, Refused
from tests.browser.conftest import Served, keep, live, within
from tests.support.everyday import Everyday
from tests.support.halls import small_hall
from tests.support.logs import follow_log
from tests.support.paper_hall import NOW, counter_view, hall_view
from tests.support.tables import Table

pytestmark = pytest.mark.browser


def shows(served: Served, page: Page, state: str, **more: object) -> None:
    """Publish counter 3 in a state and wait until the page shows it."""
    served.pages.hall.publish("counter/counter-3", counter_view(state, **more))
    shown = {"closed": "closed", "paused": "paused"}.get(state, state)
    page.wait_for_selector(f"[data-state={shown}]")
    live(page)


def last(served: Served, count: int) -> c.AnyCommand:
    return served.asked(count)[-1][1]


# --- By keyboard alone -----------------------------------------------------------------------------------------------


PRESSES: list[tuple[str, list[str], type[c.Command], dict[str, Any]]] = [
    ("idle", ["Space"], c.CallNext, {}),
    ("called", ["r"], c.RecallVisit, {}),
    ("called", ["Enter"], c.StartService, {}),
    ("called", ["v", "v"], c.MarkNoShow, {}),
    ("serving", ["Enter", "3"], c.EndService, {"outcome": "guided", "come_back_today": False}),
    ("serving", ["Enter", "Enter"], c.EndService, {"outcome": "dossier_received"}),
    ("serving", ["Enter", "h", "4"], c.EndService, {"outcome": "papers_missing", "come_back_today": True}),
    ("serving", ["p"], c.ParkVisit, {}),
    ("serving", ["t", "ArrowDown", "ArrowDown", "Enter"], c.TransferVisit, {"service_id": "certification"}),
    ("idle", ["b", "2"], c.PauseCounter, {"reason": "meeting"}),
    ("paused", ["b"], c.OpenCounter, {}),
    ("idle", ["1"], c.ResumeVisit, {"visit_id": f"{19:032x}"}),
    ("idle", ["2", "1"], c.ReinstateVisit, {"visit_id": f"{18:032x}", "reason": "frail"}),
    (
        "idle",
        ["c", "h", "4", "2", "Enter", "Enter"],
        c.CallNumber,
        {"prefix": "H", "number": 42, "reason": "frail"},
    ),
    (
        "serving",
        ["u", "h", "4", "2", "Enter", "a", "1"],
        c.PrioritizeNumber,
        {"prefix": "H", "number": 42, "priority_class_id": "elderly", "reason": "unwell"},
    ),
    ("closed", ["b"], c.OpenCounter, {}),
    ("idle", ["x", "x"], c.SignOutClerk, {}),
]
"""State, keys, the command that they ask, and its particulars; leaving the counter is last, for it leaves the page."""


def test_one_key_or_two_per_press(served: Served) -> None:
    page = served.console()
    for count, (state, keys, asked, fields) in enumerate(PRESSES, 1):
        shows(served, page, state)
        for place, key in enumerate(keys, 1):
            page.keyboard.press(key)
            if place < len(keys):
                live(page)
        command = last(served, count)
        assert isinstance(command, asked), (state, keys)
        assert {name: getattr(command, name) for name in fields} == fields, (state, keys)
        page.wait_for_selector("body:not(.busy)")
    assert len(served.pages.hall.asked) == len(PRESSES)


def test_the_next_key_ends_the_service_first_and_then_calls(served: Served) -> None:
    page = served.console()
    page.keyboard.press("Space")
    live(page)
    page.keyboard.press("2")
    ended, called = (command for _, command in served.asked(2))
    assert isinstance(ended, c.EndService)
    assert ended.outcome == "result_returned"
    assert isinstance(called, c.CallNext)


def test_a_dialog_remembers_nothing_of_the_last_citizen(served: Served) -> None:
    page = served.console()
    for keys in (["u", "4", "2", "Enter", "a", "1"], ["u", "4", "3", "Enter", "1"]):
        for key in keys:
            page.keyboard.press(key)
            live(page)
    assert isinstance(last(served, 1), c.PrioritizeNumber)
    expect(page.get_by_text("Vui lòng chọn diện ưu tiên.")).to_be_visible()
    assert len(served.pages.hall.asked) == 1, "the second press named no class"


def test_keys_reach_through_a_vietnamese_input_method(served: Served) -> None:
    page = served.console()
    shows(served, page, "called")
    page.evaluate(
        "document.body.dispatchEvent(new KeyboardEvent('keydown', {key: 'Process', code: 'KeyR', bubbles: true}))"
    )
    assert isinstance(last(served, 1), c.RecallVisit)


def test_escape_leaves_a_dialog_and_nothing_happens(served: Served) -> None:
    page = served.console()
    page.keyboard.press("t")
    expect(page.locator("#dialog-transfer")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#dialog-transfer")).to_be_hidden()
    assert served.pages.hall.asked == []


def test_a_button_reached_by_tab_answers_to_enter(served: Served) -> None:
    page = served.console()
    shows(served, page, "called")
    page.locator("#key-R").focus()
    page.keyboard.press("Enter")
    assert isinstance(last(served, 1), c.RecallVisit), "not StartService, which Enter is elsewhere"


# --- Presses that were not meant -------------------------------------------------------------------------------------


def test_a_bouncing_key_calls_one(served: Served) -> None:
    page = served.console()
    shows(served, page, "idle")
    for _ in range(5):
        page.keyboard.press("Space")
    served.asked(1)
    live(page)
    assert len(served.pages.hall.asked) == 1


def test_a_press_just_after_a_change_is_not_taken(served: Served) -> None:
    page = served.console()
    served.pages.hall.publish("counter/counter-3", counter_view("idle"))
    page.wait_for_selector("[data-state=idle]")
    page.keyboard.press("Space")
    live(page)
    assert served.pages.hall.asked == []


def test_after_a_click_space_is_not_that_button_again(served: Served) -> None:
    page = served.console()
    shows(served, page, "idle")
    page.get_by_role("button", name="Tạm nghỉ").click()
    page.keyboard.press("Escape")
    live(page)
    page.keyboard.press("Space")
    assert isinstance(last(served, 1), c.CallNext)


def test_a_waiting_visit_is_called_or_cancelled_by_its_row(served: Served) -> None:
    page = served.console()
    page.get_by_role("button", name="H026").click()
    live(page)
    dialog = page.locator("#dialog-call")
    assert dialog.locator(".choice:enabled").count() == 0, "somebody is being served; nobody can be called"
    dialog.get_by_role("button", name="Hủy lượt").click()
    live(page)
    page.locator("#dialog-cancel .choice").click()
    cancelled = last(served, 1)
    assert isinstance(cancelled, c.CancelVisit)
    assert cancelled.visit_id == f"{26:032x}"
    shows(served, page, "idle")
    page.get_by_role("button", name="H026").click()
    live(page)
    page.keyboard.press("2")
    called = last(served, 2)
    assert isinstance(called, c.CallVisit)
    assert (called.visit_id, called.reason) == (f"{26:032x}", "papers")


def test_a_dialog_goes_when_its_visit_is_over(served: Served) -> None:
    page = served.console()
    page.keyboard.press("Enter")
    expect(page.locator("#dialog-end")).to_be_visible()
    served.pages.hall.publish("counter/counter-3", counter_view("idle"))
    expect(page.locator("#dialog-end")).to_be_hidden()


# --- Answers ---------------------------------------------------------------------------------------------------------


def test_a_refusal_is_said_in_its_sentence(served: Served) -> None:
    served.pages.hall.answer = lambda _: Refused(code="x", sentences={"vi": "Không có người chờ. Vui lòng đợi."})
    page = served.console()
    shows(served, page, "idle")
    page.keyboard.press("Space")
    expect(page.locator("#notice")).to_have_text("Không có người chờ. Vui lòng đợi.")
    expect(page.locator("#key-Space")).to_be_enabled()


def test_a_lost_answer_is_asked_again_under_the_same_id(served: Served) -> None:
    answers = iter([None, None, Done()])
    served.pages.hall.answer = lambda _: next(answers)
    page = served.console()
    shows(served, page, "idle")
    page.keyboard.press("Space")
    served.asked(1)
    expect(page.locator("#notice")).to_contain_text("Chưa rõ lệnh đã được ghi chưa")
    expect(page.locator("#key-Space")).to_be_disabled()
    ids = {request_id for request_id, _ in served.asked(3)}
    assert len(ids) == 1
    assert re.fullmatch("[0-9a-f]{12}7[0-9a-f]{3}[89ab][0-9a-f]{15}", ids.pop()), "a UUIDv7"
    expect(page.locator("#notice")).to_be_hidden()
    expect(page.locator("#key-Space")).to_be_enabled()


# --- The truth -------------------------------------------------------------------------------------------------------


def test_a_server_that_is_gone_is_said_within_three_seconds(served: Served) -> None:
    page = served.console()
    served.pages.hall.become("gone")
    within(3, lambda: expect(page.locator("#banner")).to_be_visible())
    assert page.locator(".keys button:enabled").count() == 0
    page.keyboard.press("Space")
    served.pages.hall.become("up")
    expect(page.locator("#banner")).to_be_hidden()
    expect(page.locator("#key-Enter")).to_be_enabled()
    assert served.pages.hall.asked == [], "what was pressed meanwhile is not done later"


def test_pages_that_are_gone_themselves_are_said_within_three_seconds(served: Served) -> None:
    page = served.console()
    served.pages.parts.streams.stop()
    served.server.close()
    within(3.5, lambda: expect(page.locator("#banner")).to_be_visible())
    assert page.locator(".keys button:enabled").count() == 0


def test_two_tabs_tell_the_same(served: Served) -> None:
    first = served.console()
    second = served.visits.page(first.context)
    second.goto(first.url)
    live(second)
    shows(served, first, "called")
    second.wait_for_selector("[data-state=called]")
    live(second)
    second.keyboard.press("Enter")
    assert isinstance(last(served, 1), c.StartService)


def test_a_counter_taken_over_by_somebody_else_says_by_whom(served: Served) -> None:
    page = served.console()
    served.pages.hall.publish("counter/counter-3", counter_view("idle", clerk_id="minh"))
    expect(page.get_by_role("heading", name="Quầy 3 hiện do Trần Văn Minh phục vụ")).to_be_visible()
    assert page.locator(".keys button:enabled").count() == 0


def test_a_session_that_ended_leads_to_the_door(served: Served) -> None:
    page = served.console()
    served.pages.parts.accounts.disable("anh")
    page.wait_for_url("**/login", timeout=10_000)


def test_the_clock_counts_in_hall_time(served: Served) -> None:
    served.pages.hall.rate = 60.0
    page = served.console()
    expect(page.locator(".stopwatch")).to_have_text(re.compile(r"^0[6-9]:\d\d$"))
    shown = page.locator(".stopwatch").inner_text()
    expect(page.locator(".stopwatch")).not_to_have_text(shown)


# --- The look --------------------------------------------------------------------------------------------------------

STATES: list[tuple[str, dict[str, Any]]] = [
    ("serving", {}),
    ("called", {}),
    ("idle", {}),
    ("idle", {"next_visits": (), "waiting": 0, "parked": (), "no_shows": ()}),
    ("paused", {}),
    ("closed", {}),
]


def test_nothing_scrolls_and_nothing_is_small(served: Served, picture: Callable[[str], Path]) -> None:
    page = served.console()
    for state, more in STATES:
        shows(served, page, state, **more)
        extent = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.scrollHeight]")
        assert extent == [1366, 768], state
        assert page.evaluate("(side => side.scrollHeight <= side.clientHeight)(document.querySelector('.side'))"), state
        assert page.evaluate("(it => it.scrollHeight <= it.clientHeight + 1)(document.querySelector('.visit'))"), state
        smallest = page.evaluate(
            "Math.min(...[...document.querySelectorAll('body *')].filter(e => e.checkVisibility() && e.innerText)"
            ".map(e => parseFloat(getComputedStyle(e).fontSize)))"
        )
        assert smallest >= 14, state
        keep(page, picture(f"console-{state}{'-empty' if more else ''}"))
    assert page.evaluate("document.fonts.check('500 16px \"Be Vietnam Pro\"')")


def test_a_kiosk_that_is_cut_off_leaves_the_console_its_shape(served: Served, picture: Callable[[str], Path]) -> None:
    page = served.console()
    cut_off = KioskCutOff(function_id="kiosk-1", name="Kiosk cửa chính", since_at=NOW)
    served.pages.hall.publish("hall", msgspec.structs.replace(hall_view(), kiosks_cut_off=(cut_off,)))
    expect(page.locator(".cut-off")).to_be_visible()
    first, *others = counter_view("serving").next_visits
    late = msgspec.structs.replace(first, off_line=True, prefix="H", number=501)
    shows(served, page, "serving", next_visits=(late, *others))
    extent = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.scrollHeight]")
    assert extent == [1366, 768]
    assert page.evaluate("(side => side.scrollHeight <= side.clientHeight)(document.querySelector('.side'))")
    keep(page, picture("console-cut-off"))


@pytest.mark.picture
def test_picture_of_the_console(served: Served, picture: Callable[[str], Path]) -> None:
    page = served.console()
    keep(page, picture("console"))
    page.keyboard.press("u")
    live(page)
    keep(page, picture("console-priority"))
    page.keyboard.press("Escape")


@pytest.mark.picture
def test_picture_of_the_hall(served: Served, picture: Callable[[str], Path]) -> None:
    page = served.visits.signed_in("boss", "/hall/")
    live(page)
    keep(page, picture("overview"))


def test_picture_of_a_report(served: Served, picture: Callable[[str], Path], tmp_path: Path, seed: int) -> None:
    table = Table(small_hall())
    everyday = Everyday(table, random.Random(seed))
    for clerk, counter in (("an", "1"), ("binh", "2"), ("chi", "3")):
        table.say(f"signin {clerk} {counter}")
    for _ in range(900):
        table.say(everyday.line())
    follow_log(tmp_path / "web", table.hall.events())
    page = served.visits.signed_in("boss", "/reports/day")
    expect(page.get_by_role("heading", level=1)).to_contain_text("23/11/2026")
    keep(page, picture("report"))


@pytest.mark.slow
def test_pictures_of_the_rest(served: Served, picture: Callable[[str], Path]) -> None:
    login = served.visits.page()
    login.goto(f"{served.visits.address}/login")
    keep(login, picture("login"))
    devices = served.visits.signed_in("tech", "/devices/")
    expect(devices.get_by_text("sắp hết giấy")).to_be_visible()
    keep(devices, picture("devices"))
    page = served.visits.signed_in("minh", "/counters/")
    keep(page, picture("counters"))
    page = served.console()
    for key, name in (("Enter", "end"), ("t", "transfer")):
        page.keyboard.press(key)
        expect(page.locator(f"#dialog-{name}")).to_be_visible()
        keep(page, picture(f"console-dialog-{name}"))
        page.keyboard.press("Escape")
        live(page)
    served.pages.hall.become("gone")
    expect(page.locator("#banner")).to_be_visible()
    keep(page, picture("console-gone"))


def test_a_tablet_shows_every_key(served: Served, picture: Callable[[str], Path]) -> None:
    page = served.console()
    for width, height in ((820, 1180), (1180, 820), (1024, 768)):
        page.set_viewport_size({"width": width, "height": height})
        assert page.evaluate("document.documentElement.scrollWidth") == width
        for key in page.locator(".keys button").all():
            box = key.bounding_box()
            assert box is not None
            assert box["height"] >= 44, width
            assert box["y"] + box["height"] <= height, f"a key lies below the fold at {width} x {height}"
        keep(page, picture(f"tablet-{width}"))
