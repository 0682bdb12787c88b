"""A citizen's phone: a small window, a bad line, perhaps no script; before the public pages and a hall on paper."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Response, Route

from queue_server.public.program import LIMITS
from queue_server.serving import Door, WebServer
from tests.support.boards import stopped
from tests.support.public_pages import LINK, Phones, called, public_pages, ticket
from tests.support.served_branch import until

FIRST_VIEW_BYTES = 60_000
PATIENCE_MS = 10_000
CHEAP = {"width": 360, "height": 640}

LISTENING = """
window.felt = [];
window.played = 0;
navigator.vibrate = (pattern) => window.felt.push(pattern);
HTMLMediaElement.prototype.play = function () {
  document.documentElement.dataset.played = window.played += 1;
  return Promise.resolve();
};
"""


@dataclass
class Phone:
    """A phone's browser; it notes what it fetched and what its script complained about."""

    page: Page
    fetched: list[Response] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    @property
    def bytes(self) -> int:
        """Give the size of all that was fetched: heads and bodies."""
        return sum(
            len(one.body()) + sum(len(f"{k}: {v}\r\n") for k, v in one.all_headers().items()) for one in self.fetched
        )


@dataclass
class Hall:
    """The public pages as phones reach them."""

    phones: Phones
    browser: Browser
    address: str
    contexts: list[BrowserContext] = field(default_factory=list)
    opened: list[Phone] = field(default_factory=list)

    def phone(self, path: str, **more: Any) -> Phone:
        """Open a path on a phone of its own."""
        context = self.browser.new_context(**{"viewport": CHEAP, "locale": "vi-VN", **more})
        self.contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        phone = Phone(page)
        page.add_init_script(LISTENING)
        page.on("response", lambda response: phone.fetched.append(response))  # noqa: PLW0108 -- Playwright looks into what it is given.
        page.on("pageerror", lambda error: phone.complaints.append(str(error)))
        page.on("console", lambda said: phone.complaints.append(said.text) if "Security" in said.text else None)
        self.opened.append(phone)
        page.goto(f"{self.address}{path}")
        return phone


@pytest.fixture
def hall(browser: Browser, tmp_path: Path) -> Iterator[Hall]:
    with public_pages(tmp_path) as phones:
        server = WebServer(phones.app, Door("127.0.0.1", 0), LIMITS)
        server.start()
        made = Hall(phones, browser, f"http://127.0.0.1:{server.port}")
        try:
            yield made
            assert [phone.complaints for phone in made.opened] == [[] for _ in made.opened]
            fetched = {one.url for phone in made.opened for one in phone.fetched}
            assert all(url.startswith(made.address) for url in fetched), "no request leaves the machine"
        finally:
            for context in made.contexts:
                context.close()
            server.close()


@pytest.mark.browser
@pytest.mark.parametrize("path", [f"/t/{LINK}", "/", "/procedures/", "/procedures/1.001193", "/waits"])
def test_the_first_view_is_small(hall: Hall, path: str) -> None:
    phone = hall.phone(path)
    phone.page.wait_for_load_state("networkidle")
    assert 2_000 < phone.bytes <= FIRST_VIEW_BYTES, f"{phone.bytes} bytes"
    width = phone.page.evaluate("document.documentElement.scrollWidth")
    assert width <= CHEAP["width"], "nothing is wider than the phone"


@pytest.mark.browser
def test_a_phone_hears_that_it_is_called_and_again(hall: Hall) -> None:
    phone = hall.phone(f"/t/{LINK}").page
    phone.get_by_role("button", name="Báo tôi khi đến lượt").click()
    assert phone.evaluate("[window.felt.length, window.played]") == [1, 1], "the press itself is answered"
    hall.phones.becomes(ticket(ahead=1))
    phone.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    phone.wait_for_selector("[data-state=near]")
    assert phone.evaluate("window.played") == 1
    for recalls, heard in ((0, 2), (1, 3)):
        hall.phones.becomes(called(recalls=recalls))
        phone.wait_for_selector(f"html[data-played='{heard}']")
        assert phone.evaluate("window.felt.length") == heard
    assert phone.locator(".headline").inner_text() == "Mời quý vị đến Quầy 3."
    assert not phone.locator("#leave").is_visible()
    hall.phones.becomes(ticket("ended", ahead=0))
    phone.wait_for_selector("[data-state=ended]")
    assert not phone.locator("#alert-offer").is_visible()


@pytest.mark.browser
def test_nothing_changed_is_nothing_sent(hall: Hall) -> None:
    hall.phones.becomes(ticket(ahead=1))
    phone = hall.phone(f"/t/{LINK}")
    with phone.page.expect_response(lambda one: one.status == 304):
        phone.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")


@pytest.mark.browser
def test_without_a_script_it_comes_again_and_can_be_cancelled(hall: Hall) -> None:
    phone = hall.phone(f"/t/{LINK}", java_script_enabled=False).page
    assert phone.locator("noscript meta[http-equiv=refresh]").count() == 1
    assert not phone.locator("#alert-offer").is_visible(), "what needs a script is not offered"
    phone.get_by_text("Tôi không chờ nữa").click()
    phone.get_by_role("button", name="Hủy số H025").click()
    phone.wait_for_selector("[data-state=cancelled]")


@pytest.mark.browser
def test_by_keyboard_and_in_english(hall: Hall) -> None:
    phone = hall.phone(f"/t/{LINK}").page
    for _ in range(20):
        phone.keyboard.press("Tab")
        if phone.evaluate("document.activeElement.textContent.trim()") == "English":
            break
    phone.keyboard.press("Enter")
    phone.wait_for_url("**lang=en")
    assert phone.locator("html").get_attribute("lang") == "en"
    assert phone.locator(".headline").inner_text() == "6 people ahead of you"
    assert not phone.locator("#alert-offer").is_hidden()


@pytest.mark.slow
@pytest.mark.browser
def test_a_stopped_hall_comes_first_and_no_phone_rings(hall: Hall) -> None:
    hall.phones.becomes(ticket(ahead=1))
    phone = hall.phone(f"/t/{LINK}").page
    phone.get_by_role("button", name="Báo tôi khi đến lượt").click()
    hall.phones.becomes(called(), stopped())
    phone.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    phone.wait_for_selector("[data-state=stopped]")
    assert phone.locator("main").inner_text().startswith("Mời rời khỏi tòa nhà ngay")
    assert not phone.locator("#alert-offer").is_visible()
    assert phone.evaluate("[window.felt.length, window.played]") == [1, 1], "the press alone was answered"
    hall.phones.becomes(called())
    phone.wait_for_selector("html[data-played='2']")
    assert phone.locator(".stopped").count() == 0
    hall.phones.becomes(called(), stopped())
    phone.wait_for_selector("[data-state=stopped]")
    hall.phones.becomes(called())
    phone.wait_for_selector("html[data-played='3']")  # The call that still stands is news again.


@pytest.mark.slow
@pytest.mark.browser
@pytest.mark.parametrize("path", ["/", "/procedures/", "/procedures/1.001193"])
def test_a_page_that_is_read_hears_of_a_stopped_hall_and_of_its_end(hall: Hall, path: str) -> None:
    phone = hall.phone("/t/wrong").page
    phone.clock.install()
    phone.goto(f"{hall.address}{path}")
    phone.wait_for_load_state("networkidle")
    hall.phones.becomes(ticket(), stopped())
    phone.clock.run_for(16_000)
    phone.wait_for_selector(".stopped")
    hall.phones.becomes(ticket())
    phone.clock.run_for(16_000)
    phone.wait_for_selector(".stopped", state="detached")


@pytest.mark.slow
@pytest.mark.browser
def test_a_line_that_takes_questions_and_never_answers_is_said_too(hall: Hall) -> None:
    held: list[Route] = []
    phone = hall.phone("/t/wrong").page
    phone.clock.install()
    phone.goto(f"{hall.address}/t/{LINK}")
    phone.wait_for_load_state("networkidle")
    phone.route("**/now*", lambda route: held.append(route))  # noqa: PLW0108 -- Playwright looks into what it is given.
    # The page's clock runs on by itself too, so a busy machine is given some seconds on either side of the 45.
    phone.clock.run_for(30_000)
    assert not phone.locator("#stale").is_visible()
    phone.clock.run_for(20_000)
    assert "Chưa có số liệu mới từ 08:42" in phone.locator("#stale").inner_text()
    until(lambda: bool(phone.evaluate("1")) and len(held) > 1, "a question that hangs holds up the next")
    hall.phones.becomes(ticket(ahead=3))
    phone.unroute("**/now*")
    phone.clock.run_for(15_000)
    phone.wait_for_selector("#stale", state="hidden")
    assert "còn 3 người" in phone.locator(".headline").inner_text()


@pytest.mark.slow
@pytest.mark.browser
def test_waits_that_hang_say_since_when(hall: Hall) -> None:
    phone = hall.phone("/t/wrong").page
    phone.clock.install()
    phone.goto(f"{hall.address}/waits")
    phone.wait_for_load_state("networkidle")
    phone.route("**/waits*", lambda _: None)
    phone.clock.run_for(71_000)
    phone.wait_for_selector("#stale:not([hidden])")
    assert "08:42" in phone.locator("#stale").inner_text()
    phone.unroute("**/waits*")
    phone.clock.run_for(61_000)
    phone.wait_for_selector("#stale", state="hidden")


@pytest.mark.browser
def test_a_dead_line_is_said(hall: Hall) -> None:
    phone = hall.phone(f"/t/{LINK}").page
    phone.wait_for_load_state("networkidle")
    hall.phones.hall.become("gone")
    phone.evaluate("Date.now = ((now) => () => now() + 60000)(Date.now)")
    phone.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    phone.wait_for_selector("#stale:not([hidden])")
    assert "Chưa có số liệu mới từ 08:42" in phone.locator("#stale").inner_text()
    hall.phones.hall.become("up")
    phone.wait_for_selector("#stale", state="hidden")
