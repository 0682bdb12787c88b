"""Every public page in every language before axe-core, on a phone; what is no page of its own has a row in `STATES`."""

from collections.abc import Iterator

import pytest
from msgspec.structs import replace
from playwright.sync_api import Browser, Page

from protocol.ballots import written_code
from protocol.views import VisitFound
from queue_server.public.program import LIMITS
from queue_server.serving import Door, WebServer
from tests.browser.test_axe import LANGUAGES, findings
from tests.support.boards import stopped
from tests.support.paper_hall import kiosk_view
from tests.support.public_pages import (
    EXAMPLES,
    LINK,
    VOICE_CODE,
    Phones,
    called,
    public_pages,
    served,
    services,
    ticket,
)
from tests.support.routes import routes

pytestmark = pytest.mark.browser

STATES: dict[str, tuple[VisitFound, str]] = {
    "no show": (ticket("no_show", ahead=0), f"/t/{LINK}"),
    "called": (called(), f"/t/{LINK}"),
    "ended": (ticket("ended", ahead=0), f"/t/{LINK}"),
    "served": (served(), f"/t/{LINK}"),
    "rated": (served(given=True), f"/t/{LINK}"),
    "rating": (served(), f"/t/{LINK}/rate"),
    "rating, neutral": (served(tone="neutral"), f"/t/{LINK}/rate"),
    "rating, thanks": (served(given=True), f"/t/{LINK}/rate"),
    "cancelled": (ticket("cancelled", ahead=0), f"/t/{LINK}"),
    "a wrong link": (ticket(), "/t/wrong"),
    "nothing there": (ticket(), "/nowhere/at/all"),
    "a search": (ticket(), "/procedures/?q=khai+sinh"),
    "a search for nothing": (ticket(), "/procedures/?q=zzzz"),
}
STOPPED: dict[str, str] = {
    "stopped ticket": f"/t/{LINK}",
    "stopped waits": "/waits",
    "stopped start": "/",
    "stopped procedures": "/procedures/",
    "stopped procedure": "/procedures/1.001193",
}
"""What each page shows while the hall is stopped."""


@pytest.fixture(scope="module")
def phones(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Phones, str]]:
    with public_pages(tmp_path_factory.mktemp("public")) as made:
        server = WebServer(made.app, Door("127.0.0.1", 0), LIMITS)
        server.start()
        yield made, f"http://127.0.0.1:{server.port}"
        server.close()


@pytest.fixture
def phone(browser: Browser, phones: tuple[Phones, str]) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 390, "height": 844}, locale="vi-VN")
    asked: list[str] = []
    context.on("request", lambda request: asked.append(request.url))
    yield context.new_page()
    context.close()
    assert asked
    assert all(url.startswith(f"{phones[1]}/") for url in asked), "no request leaves the machine"


def looked_at(phone: Page, address: str, path: str) -> list[str]:
    """Show an address in each language and give what axe-core finds."""
    found = []
    for language in LANGUAGES:
        phone.goto(f"{address}{path}{'&' if '?' in path else '?'}lang={language}")
        assert phone.locator("html").get_attribute("lang") == language, path
        found += [f"{path} in {language}: {one}" for one in findings(phone)]
    return found


def test_every_page_that_opens_by_its_address(phone: Page, phones: tuple[Phones, str]) -> None:
    made, address = phones
    made.becomes(ticket())
    found, pages = [], 0
    for route in routes(made.app, EXAMPLES):
        answer = made.phone().get(route.path) if route.method == "GET" else None
        if answer is None or answer.mimetype != "text/html" or "<html" not in answer.text:
            continue  # What a page fetches to renew itself is a part of it.
        assert answer.status_code == 200, f"{route} does not open by its address alone: give it a row in STATES"
        found += looked_at(phone, address, route.path)
        pages += 1
    assert pages >= 5
    assert found == []


@pytest.mark.parametrize("state", STATES)
def test_pages_in_a_state(phone: Page, phones: tuple[Phones, str], state: str) -> None:
    made, address = phones
    made.becomes(STATES[state][0])
    assert looked_at(phone, address, STATES[state][1]) == []


@pytest.mark.slow
@pytest.mark.parametrize("state", STOPPED)
def test_pages_of_a_stopped_hall(phone: Page, phones: tuple[Phones, str], state: str) -> None:
    made, address = phones
    made.becomes(called(), stopped())
    try:
        assert looked_at(phone, address, STOPPED[state]) == []
        assert phone.locator(".stopped").count() == 1
    finally:
        made.becomes(ticket())


def test_the_waits_renew_themselves_and_leave_the_reader_in_place(phone: Page, phones: tuple[Phones, str]) -> None:
    made, address = phones
    made.becomes(ticket())
    phone.clock.install()
    phone.goto(f"{address}/waits?lang=en")
    phone.locator("#service").focus()
    view = kiosk_view()
    first, *rest = services()
    made.hall.publish("kiosk", replace(view, services=(replace(first, waiting=77), *rest)))
    phone.clock.run_for(61_000)
    phone.locator("#now", has_text="77").wait_for(timeout=5000)
    assert phone.evaluate("document.activeElement.id") == "service"
    made.hall.become("gone")
    phone.clock.run_for(61_000)
    phone.locator("#message").wait_for(timeout=5000)
    made.hall.become("up")
    phone.clock.run_for(61_000)
    phone.locator("#now").wait_for(timeout=5000)


def test_a_voice_is_told_and_followed_by_keys_alone(phone: Page, phones: tuple[Phones, str]) -> None:
    made, address = phones
    made.becomes(ticket())
    found = []
    for language in LANGUAGES:
        phone.goto(f"{address}/voices/?lang={language}")
        phone.locator("[name=kind]").first.focus()
        phone.keyboard.press("ArrowDown")
        phone.keyboard.press("Tab")
        phone.keyboard.type("Ghế chờ ở sảnh bị gãy.")
        for _ in range(4):
            phone.keyboard.press("Tab")
        assert phone.evaluate("document.activeElement.tagName") == "BUTTON"
        phone.keyboard.press("Enter")
        phone.locator(".voice-code", has_text=written_code(VOICE_CODE)).wait_for()
        found += findings(phone)
        phone.goto(f"{address}/voices/look?lang={language}")
        phone.locator("#code").fill("7K3QM")
        phone.keyboard.press("Enter")
        phone.locator("[role=alert]").wait_for()
        found += findings(phone)
        phone.locator("#code").fill(written_code(VOICE_CODE).lower())
        phone.keyboard.press("Enter")
        phone.locator(".voice-answer").wait_for()
        found += findings(phone)
        assert phone.locator("html").get_attribute("lang") == language
    assert found == []
    told = list(made.voices.values())[-1]
    assert (told.kind_id, told.text) == ("complaint", "Ghế chờ ở sảnh bị gãy.")
