"""A technician in a real browser, by keyboard: tries a device, makes a copy and tests it, finds what happened."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from queue_server.branch_files import BRANCH_KEY_FILE, SERVER_KEY_FILE
from tests.browser.conftest import Served, keep, live, serving
from tests.integration.web.test_device_pages import Device
from tests.support.programs import staff

pytestmark = [
    pytest.mark.browser,
    pytest.mark.picture,
    pytest.mark.leaves_behind("Chromium keeps a connection for a while after its page is closed"),
]

LONG_MS = 60_000


@pytest.fixture(scope="module")
def bench(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("bench")
    with staff(folder) as pages:
        for name in (SERVER_KEY_FILE, BRANCH_KEY_FILE):
            (folder / name).write_text("an example, no key")
        pages.hall.answer = Device().answer
        with serving(browser, pages) as reached:
            yield reached


@pytest.fixture(params=["vi", "en"])
def page(request: pytest.FixtureRequest, bench: Served) -> Iterator[Page]:
    """Give a page of a technician in each language; `language` names it."""
    page = bench.visits.cookie_of(bench.pages.signed_in("tech"))
    page.context.add_cookies([{"name": "motcua-language", "value": request.param, "url": bench.visits.address}])
    yield page
    page.close()


def named(page: Page, name: str) -> str:
    language = page.locator("html").get_attribute("lang")
    return name if language == "vi" else f"{name}-{language}"


def test_a_device_is_tried(bench: Served, page: Page, picture: Callable[[str], Path]) -> None:
    page.goto(f"{bench.visits.address}/devices/")
    live(page)
    page.focus("a[href='/devices/agent-1']")
    page.keyboard.press("Enter")
    page.wait_for_url("**/devices/agent-1")
    live(page)
    page.focus("form:has(input[value='text']) button")
    page.keyboard.press("Enter")
    page.wait_for_selector(".tried .pill.fine", timeout=LONG_MS)
    live(page)
    keep(page, picture(named(page, "device")))


def test_a_copy_is_made_and_tested(bench: Served, page: Page, picture: Callable[[str], Path]) -> None:
    page.goto(f"{bench.visits.address}/backups/")
    page.focus("form[action='/backups/copy'] button")
    page.keyboard.press("Enter")
    page.wait_for_selector(".done-line", timeout=LONG_MS)
    page.focus("form[action='/backups/test'] button")
    page.keyboard.press("Enter")
    page.wait_for_selector(".restore-test .pill.fine", timeout=LONG_MS)
    keep(page, picture(named(page, "backups")))


def test_what_happened_is_found(bench: Served, page: Page, picture: Callable[[str], Path]) -> None:
    page.goto(f"{bench.visits.address}/log/?from=2020-01-01T00:00&to=2040-01-01T00:00")
    page.select_option("#kind", "calls")
    page.focus("#asking button")
    page.keyboard.press("Enter")
    page.wait_for_selector("#log-table")
    link = page.locator("#log-table a").first
    number = link.inner_text()
    link.focus()
    page.keyboard.press("Enter")
    page.wait_for_function("() => document.querySelector('#number')?.value.length === 32")
    assert set(page.locator("#log-table a").all_inner_texts()) == {number}
    page.fill("#number", number)
    page.keyboard.press("Enter")
    page.wait_for_selector("#log-table tbody tr:nth-child(2)")
    keep(page, picture(named(page, "log-search")))
