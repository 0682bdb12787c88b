"""Hostile texts in a real browser: nothing runs or pops up, nothing is asked elsewhere, and all is read as text."""

import itertools
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from protocol.views import Refused
from tests.browser.conftest import Served, live, serving
from tests.integration.web.test_stored_text import UNFIT_FOR_A_NAME
from tests.support import paper_hall
from tests.support.halls import small_hall
from tests.support.payloads import MARK, PAYLOADS, poisoned
from tests.support.programs import staff

pytestmark = pytest.mark.browser


@pytest.fixture
def stained(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    texts = itertools.cycle(PAYLOADS.values())
    hall = poisoned(small_hall(), lambda: next(texts))
    with staff(tmp_path_factory.mktemp("stained"), configuration=hall) as pages:
        names = [text for kind, text in PAYLOADS.items() if kind not in UNFIT_FOR_A_NAME]
        for number, name in enumerate(names):
            pages.parts.accounts.add(f"x{number}", name, "clerk")
        pages.hall.publish("kiosk", poisoned(paper_hall.kiosk_view(), lambda: next(texts)))
        # One clerk at each counter has a name of the corpus, too.
        busy = {number: f"x{number}" for number in (1, 2, 4, 5)} | {3: "anh"}
        pages.hall.publish("hall", poisoned(paper_hall.hall_view(clerks=busy), lambda: next(texts)))
        pages.hall.publish("devices", poisoned(paper_hall.devices_view(), lambda: next(texts)))
        pages.hall.publish("counter/counter-3", poisoned(paper_hall.counter_view(), lambda: next(texts)))
        with serving(browser, pages) as reached:
            yield reached


def test_nothing_runs_and_nothing_is_asked_elsewhere(stained: Served) -> None:
    """The fixture fails when a script complained, a dialog came up or another machine was asked for anything."""
    pages, said = stained.pages, PAYLOADS["an element"]
    pages.hall.answer = lambda _: Refused(code="counter_taken", sentences={"vi": said, "en": said})
    for clerk_id, paths in {
        "anh": ("/counters/", "/counters/counter-3"),
        "boss": ("/hall/", "/reports/day", "/changes"),
        "tech": ("/devices/", "/people/", "/people/x0"),
    }.items():
        page = stained.visits.cookie_of(pages.signed_in(clerk_id))
        page.add_init_script("window.pwned = () => { window.ran = true; }")
        for path in paths:
            page.goto(f"{stained.visits.address}{path}")
            if page.locator("[data-live]").count():
                live(page)
            page.keyboard.press("Tab")  # Focus and hover are what hidden handlers wait for.
            page.mouse.move(400, 300)
            assert page.evaluate("window.ran") is None, path
            assert page.locator("iframe, object, embed, base, [onerror], [onload], [onfocus]").count() == 0, path
            if path not in {"/changes", "/devices/"}:
                assert MARK in page.locator("body").inner_text(), f"{path} shows none of it"
        if clerk_id == "anh":
            page.goto(f"{stained.visits.address}/counters/counter-3")
            live(page)
            page.keyboard.press("p")  # A press that is refused: the script writes the sentence into the page.
            page.locator("#notice", has_text=MARK).wait_for()
            assert said in page.locator("#notice").inner_text()
            assert page.evaluate("window.ran") is None


def test_after_signing_out_nothing_is_left_to_go_back_to(stained: Served) -> None:
    page = stained.visits.signed_in("boss", "/reports/day")
    page.goto(f"{stained.visits.address}/account")
    page.locator("form[action$='/logout'] button").first.click()
    page.wait_for_url("**/login")
    page.go_back()
    page.wait_for_url("**/login")
    assert page.evaluate("[localStorage.length, sessionStorage.length, document.cookie]") == [0, 0, ""]
