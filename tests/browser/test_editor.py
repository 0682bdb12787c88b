"""A technician changes the hall in a real browser, as `docs/editing.md` tells it; with the pictures of that guide."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from protocol.commands import Configure
from queue_server.config import MAIN
from queue_server.web.program import Place, WebServer
from tests.browser.conftest import Served, Visits, keep
from tests.support.paper_hall import furnish
from tests.support.recorded_hall import DAYS, keep_ward
from tests.support.web_pages import CONFIG, staff_pages

TICKETS = 240
LONG_MS = 60_000


@pytest.fixture
def served(browser: Browser, tmp_path: Path) -> Iterator[Served]:
    """Serve the pages beside a log with recorded days; afterwards no script may have complained."""
    keep_ward(tmp_path / "web", tickets=TICKETS)
    with staff_pages(tmp_path / "web") as pages:
        furnish(pages.hall)
        server = WebServer(pages.app, Place(tmp_path / "web", CONFIG, port=0))
        server.start()
        visits = Visits(browser, f"http://127.0.0.1:{server.port}", pages.phones)
        yield Served(pages, server, visits)
        visits.close()
        pages.parts.streams.stop()
        server.close()
        assert visits.complaints == []


def go(served: Served, page: Page, path: str) -> None:
    page.goto(f"{served.visits.address}/editor/{path}")


@pytest.mark.browser
@pytest.mark.picture
def test_a_change_from_the_form_to_the_hall(served: Served, picture: Callable[[str], Path]) -> None:
    page = served.visits.signed_in("tech", "/editor/")

    # A form, by keyboard alone: the slope of the elderly.
    go(served, page, "parts/priority_classes/1")
    page.focus("[name=slope]")
    page.keyboard.press("Control+A")
    page.keyboard.insert_text("1.2")
    keep(page, picture("editor-form"))
    page.keyboard.press("Enter")
    page.wait_for_selector(".done")
    saved = served.pages.parts.editing.drafts.last()
    assert saved is not None
    assert "slope = 1.2" in saved.sources[MAIN]

    # The text, with a mistake and the way to its line.
    go(served, page, "text")
    good = page.input_value("#text")
    page.fill("#text", good.replace('queue_id = "land"\nprefix', 'queue_id = "attic"\nprefix'))
    page.click(".save-row button")
    page.click(".mistake [data-line]")
    chosen = page.evaluate(
        "() => { const t = document.getElementById('text'); return t.value.slice(t.selectionStart, t.selectionEnd); }"
    )
    assert chosen == 'queue_id = "attic"'
    keep(page, picture("editor-mistake"))
    page.fill("#text", good)
    page.click(".save-row button")
    page.wait_for_selector(".mistake", state="detached")

    # What it would change, and what it would have done to last month's waits.
    go(served, page, "difference")
    assert page.locator(".lines .changed").count() == 1
    keep(page, picture("editor-difference"))
    go(served, page, "trial")
    page.click(".trial-state button.main")
    page.wait_for_selector(".before-after", timeout=LONG_MS)
    assert f"{DAYS} ngày" in page.inner_text(".result-head")
    page.wait_for_selector(".before-after .moved")
    keep(page, picture("editor-trial"))

    # Published for tomorrow, with a reason.
    go(served, page, "")
    page.fill("#why", "Người cao tuổi chờ ít, người khác chờ lâu")
    keep(page, picture("editor-publish"))
    page.click("[value=next_day]")
    page.wait_for_selector(".plain-list strong")
    (sent,) = [one for _, one in served.pages.hall.asked if isinstance(one, Configure)]
    assert sent.effective == "next_day"
    assert "slope = 1.2" in sent.sources[MAIN]


@pytest.mark.browser
@pytest.mark.picture
def test_the_ticket_is_seen_as_it_prints(served: Served, picture: Callable[[str], Path]) -> None:
    page = served.visits.signed_in("tech", "/editor/")
    page.set_default_timeout(LONG_MS)  # A page is loaded when its picture is, which a process of its own draws.
    go(served, page, "parts/ticket/")
    image = page.locator(".ticket-picture img")
    page.wait_for_function("() => document.querySelector('.ticket-picture img').naturalWidth === 576", timeout=LONG_MS)
    before = image.get_attribute("src")
    page.fill("[name='ticket_footer.vi']", "Mời quý vị ngồi chờ, có nước uống ở góc phòng.")
    page.click("#hall-form button")
    page.wait_for_selector(".done")
    page.wait_for_function("() => document.querySelector('.ticket-picture img').naturalWidth === 576", timeout=LONG_MS)
    assert image.get_attribute("src") != before, "a new draft is a new picture"
    keep(page, picture("editor-ticket"))


@pytest.mark.browser
def test_two_technicians_at_once_lose_nothing(served: Served) -> None:
    one, other = (served.visits.signed_in("tech", "/editor/text") for _ in range(2))
    text = one.input_value("#text")
    one.fill("#text", text.replace('hotline = "024 3xxx xxxx"', 'hotline = "1900 0001"'))
    one.click(".save-row button")
    one.wait_for_selector(".done")
    mine = text.replace("slope = 2.5", "slope = 3.5", 1)
    other.fill("#text", mine)
    other.click(".save-row button")
    other.wait_for_selector(".meanwhile")
    assert other.input_value("#text") == mine
    assert "1900 0001" in other.inner_text(".meanwhile")


@pytest.mark.browser
def test_pages_fit_the_screen_of_a_counter(served: Served, picture: Callable[[str], Path]) -> None:
    page = served.visits.signed_in("tech", "/editor/")
    for path in ("", "text", "difference", "trial", "versions", "parts/services/", "parts/services/0", "parts/ticket/"):
        go(served, page, path)
        wide = page.evaluate("() => document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"{path} is {wide} pixels too wide"
        keep(page, picture(f"editor-fits-{path.strip('/').replace('/', '-') or 'home'}"))
