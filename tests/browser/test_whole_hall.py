"""A clerk's work in a real browser, before the real pages and the real server, each a process of its own."""

import re
import signal

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visits, live, within
from tests.support.served_pages import ServedPages

pytestmark = pytest.mark.browser

OWN_PASSWORD = "quầy số ba sáng nay"  # noqa: S105 -- an example, of no real account.


def at_counter(visits: Visits, clerk_id: str, number: int) -> Page:
    """Sign a clerk in and take place at a counter, by keyboard."""
    page = visits.signed_in(clerk_id, "/counters/")
    page.locator(f"form[action='/counters/counter-{number}/sign-in'] button").focus()
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/counters/counter-{number}")
    live(page)
    return page


def number_at(page: Page) -> str:
    return page.locator(".number").inner_text().replace("\n", "")


def state(page: Page, name: str) -> None:
    page.wait_for_selector(f"[data-state={name}]")
    live(page)


def test_a_morning_by_keyboard_alone(hall: ServedPages, visits: Visits) -> None:
    first, second = (hall.take("civil_status") for _ in range(2))
    page = at_counter(visits, "anh", 1)
    assert [row.inner_text() for row in page.locator(".next-number").all()] == [first, second]

    page.keyboard.press("Space")
    state(page, "called")
    assert number_at(page) == first
    page.keyboard.press("r")
    expect(page.locator("#key-R")).to_contain_text("1/3")
    live(page)
    page.keyboard.press("Enter")
    state(page, "serving")

    page.keyboard.press("Space")  # Ends by its outcome, then calls the next.
    live(page)
    page.keyboard.press("3")
    state(page, "called")
    assert number_at(page) == second
    page.keyboard.press("v")
    live(page)
    page.keyboard.press("v")
    state(page, "idle")
    expect(page.locator(".chip")).to_contain_text(second)
    page.keyboard.press("1")
    live(page)
    page.keyboard.press("2")
    expect(page.locator(".next-number")).to_have_text([second])
    live(page)
    page.keyboard.press("b")
    live(page)
    page.keyboard.press("1")
    state(page, "paused")
    page.keyboard.press("b")
    state(page, "idle")
    page.keyboard.press("x")
    live(page)
    page.keyboard.press("x")
    page.wait_for_url("**/counters/")


def test_what_is_not_everyday_by_keyboard_alone(hall: ServedPages, visits: Visits) -> None:
    _, chosen = (hall.take("civil_status") for _ in range(2))
    page = at_counter(visits, "anh", 1)
    page.keyboard.press("c")
    live(page)
    page.keyboard.type(chosen)
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    state(page, "called")
    assert number_at(page) == chosen
    page.keyboard.press("Enter")
    state(page, "serving")
    page.keyboard.press("p")
    state(page, "idle")
    expect(page.locator(".chip").first).to_contain_text(chosen)
    page.keyboard.press("1")
    state(page, "called")

    page.keyboard.press("t")
    live(page)
    page.locator("input[name=service_id][value=land]").focus()
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    state(page, "idle")
    expect(page.locator(".chip")).to_have_count(0)


def test_a_refusal_of_the_server_is_its_own_sentence(visits: Visits) -> None:
    page = at_counter(visits, "anh", 1)
    page.keyboard.press("Space")
    expect(page.locator("#notice")).to_have_text("Không có người chờ. Vui lòng chờ lượt mới.")


def test_two_tabs_and_two_clerks_see_one_truth(hall: ServedPages, visits: Visits) -> None:
    hall.take("civil_status")
    first = at_counter(visits, "anh", 1)
    second = visits.page(first.context)
    second.goto(first.url)
    live(second)
    second.keyboard.press("Space")
    state(first, "called")
    assert number_at(first) == number_at(second)

    other = visits.signed_in("minh", "/counters/")
    expect(other.locator("form[action='/counters/counter-1/sign-in'] button")).to_be_disabled()
    other.goto(first.url)
    expect(other.get_by_role("heading", level=1)).to_contain_text("Nguyễn Thị Ánh")
    live(other)
    assert other.locator(".keys button:enabled").count() == 0


def test_a_killed_server_is_said_and_nothing_is_lost_when_it_is_back(hall: ServedPages, visits: Visits) -> None:
    hall.take("civil_status")
    page = at_counter(visits, "anh", 1)
    page.keyboard.press("Space")
    state(page, "called")
    number = number_at(page)
    hall.branch.kill()
    within(3.5, lambda: expect(page.locator("#banner")).to_be_visible())
    assert page.locator(".keys button:enabled").count() == 0
    page.keyboard.press("Enter")
    hall.branch.start()
    expect(page.locator("#banner")).to_be_hidden(timeout=20_000)
    live(page)
    assert number_at(page) == number
    assert page.locator("[data-state]").get_attribute("data-state") == "called", "Enter was not done later"
    page.keyboard.press("Enter")
    state(page, "serving")


def test_killed_pages_come_back_and_the_clerk_is_still_there(hall: ServedPages, visits: Visits) -> None:
    page = at_counter(visits, "anh", 1)
    port = hall.port
    hall.end(signal.SIGKILL)
    within(3.5, lambda: expect(page.locator("#banner")).to_be_visible())
    hall.start(port)
    expect(page.locator("#banner")).to_be_hidden(timeout=20_000)
    live(page)
    hall.take("civil_status")
    expect(page.locator(".next-number")).to_have_count(1)
    page.keyboard.press("Space")
    state(page, "called")


def test_a_press_while_the_server_is_down_for_a_moment_is_done_once(hall: ServedPages, visits: Visits) -> None:
    hall.take("civil_status")
    hall.take("civil_status")
    page = at_counter(visits, "anh", 1)
    hall.branch.kill()
    page.keyboard.press("Space")  # The page still believes in the server.
    hall.branch.start()
    page.wait_for_selector("[data-state=called]", timeout=30_000)
    live(page)
    expect(page.locator(".waiting")).to_contain_text("1")


def test_the_first_technician_chooses_a_password_and_pairs_a_device(hall: ServedPages, visits: Visits) -> None:
    page = visits.page()
    page.goto(f"{hall.address}/login")
    page.fill("#username", "technician")
    page.fill("#password", hall.one_time_password)
    page.keyboard.press("Enter")
    page.wait_for_url("**/password")
    page.fill("#old", hall.one_time_password)
    page.fill("#new", OWN_PASSWORD)
    page.fill("#repeat", OWN_PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/second-factor")
    hall.phones.learn("technician", page.locator(".factor code").inner_text())
    page.fill("#code", hall.phones.shown("technician"))
    page.keyboard.press("Enter")
    expect(page.locator(".recovery-codes li")).to_have_count(8)
    page.get_by_role("link", name="Tôi đã cất các mã này").click()
    page.wait_for_url("**/devices/")
    expect(page.locator("#region-devices")).to_contain_text("kiosk-1")
    page.fill("#device_id", "board-hall")
    page.fill("#name", "Màn hình sảnh")
    page.select_option("#kind", "board")
    page.fill("#function_id", "board-1")
    page.get_by_role("button", name="Tạo và lấy mã ghép").click()
    code = page.locator(".pairing-code").get_attribute("aria-label") or ""
    assert re.fullmatch("[0-9A-HJKMNP-TV-Z]{8}", code)
    expect(page.locator("#region-devices")).to_contain_text("board-hall")
    page.locator("tr", has_text="board-hall").get_by_role("link", name="Thu hồi thiết bị").click()
    page.locator("#revoke summary").click()
    expect(page.locator("#revoke")).to_contain_text("board-1")
    page.locator("#revoke").get_by_role("button").click()
    page.wait_for_url("**/devices/")
    expect(page.locator("tr", has_text="board-hall")).to_contain_text("Đã thu hồi")


def test_a_manager_sees_the_hall_live(hall: ServedPages, visits: Visits) -> None:
    page = visits.signed_in("boss", "/hall/")
    live(page)
    before = page.locator(".figures dd").first.inner_text()
    hall.take("land")
    expect(page.locator(".figures dd").first).not_to_have_text(before)
