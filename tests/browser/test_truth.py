"""Whatever breaks between a clerk and the queue: the console tells the truth within 3 s, and calls nobody twice.

Real pages and a real server, each a process of its own; the network between the browser and the pages is a cable that
can be pulled (`tests/support/relay.py`).
"""

from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from protocol import commands as c
from protocol.views import Refused, VisitCalledReply
from tests.browser.conftest import Visits, live, within
from tests.browser.test_whole_hall import at_counter, number_at, state
from tests.support.relay import Relay
from tests.support.served_branch import function, until
from tests.support.served_pages import ServedPages

pytestmark = pytest.mark.browser

PATIENCE_MS = 20_000
TRUE_WITHIN_S = 3.5
"""Three seconds, and half a one for the test's own looking."""


def press(page: Page, *keys: str) -> None:
    """Press keys one after the other, as soon as each is taken."""
    for key in keys:
        live(page)
        page.keyboard.press(key)
    live(page)


def test_a_network_that_is_dead_is_said_and_a_press_into_it_calls_one(hall: ServedPages, visits: Visits) -> None:
    first, _ = (hall.take("civil_status") for _ in range(2))
    cable = Relay(f"tcp://127.0.0.1:{hall.port}")
    try:
        visits.address = f"http://{cable.address.removeprefix('tcp://')}"
        page = at_counter(visits, "anh", 1)
        cable.cut()
        page.keyboard.press("Space")  # The page does not know yet; this press is asked again under its id.
        within(TRUE_WITHIN_S, lambda: expect(page.locator("#banner")).to_be_visible())
        assert page.locator(".keys button:enabled").count() == 0
        for _ in range(3):
            page.keyboard.press("Space")
        cable.mend()
        page.wait_for_selector("[data-state=called]", timeout=30_000)
        live(page)
        assert number_at(page) == first
        expect(page.locator(".waiting")).to_contain_text("1")
    finally:
        visits.close()
        visits.contexts.clear()
        cable.close()


def test_two_tabs_that_press_at_once_call_one(hall: ServedPages, visits: Visits) -> None:
    for _ in range(3):
        hall.take("civil_status")
    first = at_counter(visits, "anh", 1)
    second = visits.page(first.context)
    second.goto(first.url)
    live(second)
    for tab in (first, second):
        tab.keyboard.press("Space")
    for tab in (first, second):
        within(TRUE_WITHIN_S, lambda tab=tab: tab.wait_for_selector("[data-state=called]"))  # type: ignore[misc]  # Bound now.
        live(tab)
    assert number_at(first) == number_at(second)
    expect(first.locator(".waiting")).to_contain_text("2")


def test_the_call_keypad_and_the_console_at_once_call_one(hall: ServedPages, visits: Visits) -> None:
    hall.branch.pair("keypad-1", function("call_keypad", "call-keypad-1", "counter-1"))
    for _ in range(3):
        hall.take("civil_status")
    page = at_counter(visits, "anh", 1)
    reply = hall.branch.ask("keypad-1", c.CallNext(function_id="call-keypad-1", counter_id="counter-1"))
    page.keyboard.press("Space")
    assert isinstance(reply, VisitCalledReply)
    within(TRUE_WITHIN_S, lambda: page.wait_for_selector("[data-state=called]"))
    live(page)
    assert number_at(page) == f"{reply.prefix}{reply.number:03d}"
    expect(page.locator(".waiting")).to_contain_text("2")


def test_who_has_left_the_counter_sees_who_sits_there_and_presses_nothing(hall: ServedPages, visits: Visits) -> None:
    hall.take("civil_status")
    page = at_counter(visits, "anh", 1)
    forgotten = visits.page(page.context)
    forgotten.goto(page.url)
    live(forgotten)
    press(page, "x")
    page.keyboard.press("x")
    page.wait_for_url("**/counters/")
    other = at_counter(visits, "minh", 1)
    within(TRUE_WITHIN_S, lambda: expect(forgotten.get_by_role("heading", level=1)).to_contain_text("Trần Văn Minh"))
    forgotten.keyboard.press("Space")
    assert forgotten.locator(".keys button:enabled").count() == 0
    expect(other.locator("[data-state]")).to_have_attribute("data-state", "idle")
    press(other, "Space")
    state(other, "called")


def test_a_press_whose_answer_is_lost_ends_nobody_who_came_since(hall: ServedPages, visits: Visits) -> None:
    """A pulled cable, and the call keypad goes on meanwhile: the press is not sent again for ever."""
    hall.branch.pair("keypad-1", function("call_keypad", "call-keypad-1", "counter-1"))
    keypad: dict[str, Any] = {"function_id": "call-keypad-1", "counter_id": "counter-1"}
    first, second = (hall.take("civil_status") for _ in range(2))
    cable = Relay(f"tcp://127.0.0.1:{hall.port}")
    try:
        visits.address = f"http://{cable.address.removeprefix('tcp://')}"
        page = at_counter(visits, "anh", 1)
        press(page, "Space", "Enter")
        state(page, "serving")
        assert number_at(page) == first
        press(page, "Enter")
        cable.cut()
        page.keyboard.press("1")  # The end of the first citizen's service; nobody hears it.
        end = c.EndService(**keypad, outcome="received")
        for command in (end, c.CallNext(**keypad), c.StartService(**keypad)):
            assert not isinstance(hall.branch.ask("keypad-1", command), Refused)
        expect(page.locator("#notice")).to_contain_text("không gửi lại lệnh này nữa", timeout=PATIENCE_MS)
        cable.mend()
        expect(page.locator(".number")).to_have_attribute("aria-label", second, timeout=PATIENCE_MS)
        state(page, "serving")
    finally:
        visits.close()
        cable.close()


def test_a_press_that_arrives_late_is_refused_with_its_reason(hall: ServedPages, visits: Visits) -> None:
    """The press is held back as by a line that loses packets; meanwhile the call keypad goes on."""
    hall.branch.pair("keypad-1", function("call_keypad", "call-keypad-1", "counter-1"))
    keypad: dict[str, Any] = {"function_id": "call-keypad-1", "counter_id": "counter-1"}
    second = [hall.take("civil_status") for _ in range(3)][1]
    page = at_counter(visits, "anh", 1)
    held: list[Route] = []

    def meanwhile(key: str, *commands: c.AnyCommand) -> None:
        """Press a key into a line that holds it back, until the keypad has done this."""
        page.route("**/commands*", lambda route: held.append(route))  # noqa: PLW0108 -- Playwright marks what it is given.
        with page.expect_request("**/commands*"):
            page.keyboard.press(key)
        for command in commands:
            assert not isinstance(hall.branch.ask("keypad-1", command), Refused)
        # That a request goes out may be told before it is handed over.
        until(lambda: bool(page.evaluate("1")) and bool(held), "the press is not held back")
        held.pop().continue_()
        page.unroute("**/commands*")

    end = c.EndService(**keypad, outcome="received")
    meanwhile("Space", c.CallNext(**keypad), end)
    expect(page.locator("#notice")).to_contain_text("Quầy đã gọi số khác trong lúc đó")
    state(page, "idle")

    press(page, "Space", "Enter")
    state(page, "serving")
    assert number_at(page) == second
    press(page, "Enter")
    meanwhile("1", end, c.CallNext(**keypad), c.StartService(**keypad))
    expect(page.locator("#notice")).to_contain_text("Quầy đã chuyển sang người khác")
    state(page, "serving")
    assert number_at(page) != second


@pytest.mark.slow
def test_a_citizen_goes_through_three_services_by_keyboard_alone(hall: ServedPages, visits: Visits) -> None:
    """One number, two clerks, a note from one to the other, a service more, help, and all of it by keys."""
    number = hall.take("civil_status")
    page = at_counter(visits, "anh", 3)
    press(page, "Space", "Enter")
    state(page, "serving")
    press(page, "l", "1")
    expect(page.locator(".facts")).to_contain_text("Cư trú, căn cước rồi Bảo trợ xã hội, người có công")
    press(page, "Enter")
    expect(page.locator("#dialog-end")).to_contain_text("Chuyển tiếp: Cư trú, căn cước")
    press(page, "1")
    state(page, "idle")

    other = at_counter(visits, "minh", 6)
    expect(other.locator(".next-number").first).to_have_text(number)
    press(other, "Space", "Enter")
    state(other, "serving")
    assert number_at(other) == number, "the same number is called again"
    press(other, "t")
    for _ in range(2):
        other.keyboard.press("Tab")
    other.locator("input[name=to_counter_id][value=counter-3]").focus()
    other.keyboard.press("Space")
    other.locator("#transfer-note").focus()
    other.keyboard.insert_text("Đã đủ giấy tờ <b>gốc</b>")
    other.keyboard.press("Enter")
    state(other, "idle")

    press(page, "Space", "Enter")
    state(page, "serving")
    assert number_at(page) == number
    expect(page.locator(".colleague-note")).to_have_text("Đã đủ giấy tờ <b>gốc</b>")
    press(page, "k", "1")
    expect(other.locator(".help-call")).to_contain_text("Quầy 3 (Nguyễn Thị Ánh) cần hỗ trợ")
    press(other, "g")
    expect(page.locator("#more-K")).to_contain_text("Trần Văn Minh đang đến.")
    press(page, "k")
    expect(other.locator(".help-call")).to_have_count(0)
    press(page, "Enter", "k", "1")
    state(page, "idle")
    expect(page.locator(".today")).to_contain_text("2")
    press(page, "i")
    page.keyboard.insert_text(number)
    page.keyboard.press("Enter")
    live(page)
    page.keyboard.press("Enter")
    expect(page.locator("#notice")).to_contain_text(f"Không khôi phục được số {number}")


def test_a_restarted_server_has_kept_the_plan_the_note_and_the_call_for_help(hall: ServedPages, visits: Visits) -> None:
    number = hall.take("civil_status")
    page = at_counter(visits, "anh", 3)
    other = at_counter(visits, "minh", 6)
    press(page, "Space", "Enter")
    state(page, "serving")
    press(page, "l", "1")
    expect(page.locator(".facts")).to_contain_text("rồi Bảo trợ xã hội")
    press(page, "k", "1")
    expect(other.locator(".help-call")).to_be_visible()
    hall.branch.kill()
    for one in (page, other):
        within(TRUE_WITHIN_S, lambda one=one: expect(one.locator("#banner")).to_be_visible())  # type: ignore[misc]  # Bound now.
    hall.branch.start()
    for one in (page, other):
        expect(one.locator("#banner")).to_be_hidden(timeout=20_000)
        live(one)
    assert number_at(page) == number
    expect(page.locator(".facts")).to_contain_text("rồi Bảo trợ xã hội")
    expect(other.locator(".help-call")).to_be_visible()
    press(page, "Enter", "1")
    state(page, "idle")
    expect(other.locator(".next-number").first).to_have_text(number)
