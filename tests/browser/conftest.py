"""A real browser before the staff pages: Debian's chromium, headless, through Playwright; loopback only.

Most pages are opened in Debian's build of it without windows (`chromium-headless-shell`): a page opens in a quarter of
the time that the whole browser takes, which draws tabs and menus for it that nobody sees. A new hall is set up in the
whole one (`test_new_hall.py`).
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Dialog, Page, Request, sync_playwright

from protocol.commands import AnyCommand
from queue_server.web.program import Place, WebServer
from tests.support.authenticators import Authenticators
from tests.support.paper_hall import furnish
from tests.support.served_pages import ServedPages, whole_hall
from tests.support.web_pages import CONFIG, PASSWORD, Pages, Visitor, staff_pages

SHELL = Path("/usr/lib/chromium/chromium-headless-shell")  # What stands in /usr/bin does not hand its signals on.
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
LOOKED_FOR_MS = 15_000
"""A page beside other tests on two cores is slow; whoever finds what it waits for loses nothing by more patience."""
VIEWPORT = {"width": 1366, "height": 768}


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Give one browser for all tests of a run."""
    if not SHELL.exists():
        pytest.fail(f"{SHELL} is not installed: run tools/setup test")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=SHELL, args=list(ARGUMENTS))
        yield opened
        opened.close()


@dataclass
class Visits:
    """Opens pages and remembers what their scripts complained about."""

    browser: Browser
    address: str
    phones: Authenticators
    contexts: list[BrowserContext] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def page(self, context: BrowserContext | None = None) -> Page:
        """Open a page: in a browser of its own, or as a further tab of another page's."""
        if context is None:
            context = self.browser.new_context(viewport=VIEWPORT, locale="vi-VN")  # type: ignore[arg-type]  # Playwright wants its own typed dictionary.
            self.contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(LOOKED_FOR_MS)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", lambda said: self.complaints.append(said.text) if "Security" in said.text else None)
        page.on("request", self._asked)
        page.on("dialog", self._popped)
        return page

    def signed_in(self, clerk_id: str, path: str) -> Page:
        """Sign a person in by keyboard and open a path."""
        page = self.page()
        page.goto(f"{self.address}/login")
        page.wait_for_selector("#username:focus")
        page.keyboard.insert_text(clerk_id)
        page.keyboard.press("Tab")
        page.keyboard.insert_text(PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url(lambda url: not url.endswith("/login"))
        if self.phones.has(clerk_id):
            page.wait_for_selector("#code:focus")
            page.keyboard.insert_text(self.phones.fresh(clerk_id))
            page.keyboard.press("Enter")
            page.wait_for_url(lambda url: "/login" not in url)
        page.goto(f"{self.address}{path}")
        return page

    def cookie_of(self, visitor: Visitor) -> Page:
        """Open a page that goes on in the session of somebody who has signed in without a browser."""
        page = self.page()
        kept = visitor.client.get_cookie("motcua")
        if kept is not None:
            page.context.add_cookies([{"name": "motcua", "value": kept.value, "url": self.address}])
        return page

    def _asked(self, request: Request) -> None:
        """No request leaves the machine: each page is all that it needs."""
        if not request.url.startswith((f"{self.address}/", "data:")):
            self.complaints.append(f"asked elsewhere: {request.url}")

    def _popped(self, dialog: Dialog) -> None:
        """None of our pages has such a dialog, so it is a stranger's script."""
        self.complaints.append(f"a script said: {dialog.message}")
        dialog.dismiss()

    def close(self) -> None:
        """Close every page."""
        while self.contexts:
            self.contexts.pop().close()


@dataclass
class Served:
    """The staff pages as a browser reaches them, before a hall on paper."""

    pages: Pages
    server: WebServer
    visits: Visits

    def console(self, clerk_id: str = "anh") -> Page:
        """Open counter 3's console and wait until it is live."""
        page = self.visits.signed_in(clerk_id, "/counters/counter-3")
        live(page)
        return page

    def asked(self, count: int) -> list[tuple[str, AnyCommand]]:
        """Wait until so many commands have been asked, and give them."""
        hall = self.pages.hall
        with hall.asked_something:
            hall.asked_something.wait_for(lambda: len(hall.asked) >= count, timeout=LOOKED_FOR_MS / 1000)
        return hall.asked


@contextmanager
def serving(browser: Browser, pages: Pages) -> Iterator[Served]:
    """Let a browser reach pages; afterwards no script may have complained, and nothing been asked of other machines."""
    server = WebServer(pages.app, Place(Path("unused"), CONFIG, port=0))
    server.start()
    visits = Visits(browser, f"http://127.0.0.1:{server.port}", pages.phones)
    yield Served(pages, server, visits)
    visits.close()
    pages.parts.streams.stop()
    server.close()
    assert visits.complaints == []


@pytest.fixture
def served(browser: Browser, tmp_path: Path) -> Iterator[Served]:
    """Serve the pages to one test."""
    with staff_pages(tmp_path / "web") as pages:
        furnish(pages.hall)
        with serving(browser, pages) as reached:
            yield reached


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[ServedPages]:
    """Run a whole hall's server and pages, each a process of its own."""
    with whole_hall(tmp_path) as pages:
        yield pages


@pytest.fixture
def visits(browser: Browser, hall: ServedPages) -> Iterator[Visits]:
    """Visit the whole hall; no script may have complained afterwards."""
    opened = Visits(browser, hall.address, hall.phones)
    yield opened
    opened.close()
    assert opened.complaints == []


def live(page: Page) -> None:
    """Wait until a page is live, answers presses, and is past its guard against those that were not meant."""
    page.wait_for_selector("body.live:not(.busy):not(.guarded)")


def within(seconds: float, what: Callable[[], object]) -> float:
    """Do something that waits, and tell how long it took; fails when longer."""
    begun = time.monotonic()
    what()
    took = time.monotonic() - begun
    assert took < seconds, f"it took {took:.1f} s"
    return took


def keep(page: Page, path: Path) -> None:
    """Save what a page shows; Playwright's own saving would leave threads of its event loop behind."""
    path.write_bytes(page.screenshot())
