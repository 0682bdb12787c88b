"""The pages of months in a real browser: looked at, on paper, and clean before axe-core in each of their states."""

import random
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest
from playwright.sync_api import Browser, Page

from protocol.events import DayOpened, RatingOpened
from protocol.month_events import ClerkEvaluated, MonthCorrected
from queue_server.journal import Journal
from queue_server.log import LOG_FILE
from queue_server.public.program import LIMITS, Place, application
from queue_server.reporting.month_shelf import Shelf, path_of
from queue_server.reporting.tables import REPORTS_FILE
from queue_server.serving import Door, WebServer
from tests.browser.conftest import Served, keep
from tests.browser.test_axe import findings
from tests.integration.public.test_results import a_hall
from tests.support.logs import follow_log
from tests.support.month import MONTH, closing_of, evaluated_weeks, rated
from tests.support.paper_hall import PaperHall, kiosk_view
from tests.support.public_pages import CONFIG

pytestmark = pytest.mark.browser

CLERK: Final = "clerk-1"
PHONE_PX: Final = 390
POINTS: Final = {
    **dict.fromkeys(("total_time", "agency_time", "contacts", "agencies", "one_stop", "attitude"), 2),
    **dict.fromkeys(("published", "answers", "online"), 1),
}
PATHS: Final = {
    "months": "/months/",
    "month-report": f"/months/report?month={MONTH}",
    "month-card": f"/months/card?month={MONTH}&clerk={CLERK}",
    "month-evaluation": f"/months/evaluation?month={MONTH}&clerk={CLERK}",
    "month-board": f"/months/board?month={MONTH}",
    "month-open": "/months/report?month=2027-04",
}


def a_closed_month(state: Path, served: Served) -> None:
    """Play March and the beginning of April, close March, let papers come late, correct it, and evaluate somebody."""
    everything = evaluated_weeks(26)
    april = next(at for at, one in enumerate(everything) if isinstance(one, DayOpened) and one.day > f"{MONTH}-31")
    march, opening = list(everything[:april]), everything[april]
    at, chance = opening.at, random.Random(3)
    served.pages.hall.at = at
    follow_log(state, march)
    closing = closing_of(state, MONTH, at)
    asked = [one for one in march if isinstance(one, RatingOpened)]
    papers = [rated(one, chance, "paper", at) for one in chance.sample(asked, 40)]
    links = [rated(one, chance, "link", at) for one in chance.sample(asked, 12)]
    evaluated = ClerkEvaluated(
        at=at, month=MONTH, evaluated_id=CLERK, form_id="nine-2018", points=POINTS, clerk_id="boss"
    )
    corrected = MonthCorrected(at=at, month=MONTH, channel="paper", seq=10**6, reason="late_papers", clerk_id="boss")
    follow_log(state, [closing, *everything[april : april + 400], *papers, *links, evaluated, corrected])
    with Journal(state / LOG_FILE) as journal:
        Shelf(state / REPORTS_FILE).complete(journal)


@pytest.fixture
def page(served: Served, tmp_path: Path) -> Page:
    a_closed_month(tmp_path / "web", served)
    return served.visits.signed_in("boss", PATHS["months"])


@pytest.mark.slow
@pytest.mark.picture
def test_pictures_of_months(served: Served, page: Page, picture: Callable[[str], Path]) -> None:
    for name in ("month-report", "month-card"):
        page.goto(f"{served.visits.address}{PATHS[name]}")
        keep(page, picture(name))


def test_axe_finds_nothing_on_months_in_their_states(served: Served, page: Page, tmp_path: Path) -> None:
    found = []
    for name, path in PATHS.items():
        page.goto(f"{served.visits.address}{path}")
        page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true; })")
        found += [f"{name}: {one}" for one in findings(page)]
    snapshot = path_of(tmp_path / "web", MONTH)
    snapshot.write_bytes(snapshot.read_bytes() + b" ")
    for name in ("months", "month-report", "month-card"):
        page.goto(f"{served.visits.address}{PATHS[name]}")
        found += [f"{name} of a changed snapshot: {one}" for one in findings(page)]
    assert found == []


@pytest.mark.leaves_behind("Chromium keeps a connection for a while after its page is closed")
def test_the_public_results_on_a_phone(browser: Browser, tmp_path: Path) -> None:
    a_hall(tmp_path / "server")
    hall = PaperHall("public")
    place = Place(tmp_path / "public", CONFIG, reports=tmp_path / "server" / REPORTS_FILE)
    with application(place, hall.opened) as (app, _):
        hall.publish("kiosk", kiosk_view())
        server = WebServer(app, Door("127.0.0.1", 0), LIMITS)
        server.start()
        context = browser.new_context(viewport={"width": PHONE_PX, "height": 844}, locale="vi-VN")
        page, found = context.new_page(), []
        for language in ("vi", "en"):
            for path in ("/results", "/"):
                page.goto(f"http://127.0.0.1:{server.port}{path}?lang={language}")
                found += [f"{path} in {language}: {one}" for one in findings(page)]
            assert page.locator("a[href*='/results']").count() == 1
            page.goto(f"http://127.0.0.1:{server.port}/results?lang={language}")
            assert page.evaluate("document.documentElement.scrollWidth") <= PHONE_PX
        context.close()
        server.close()
    assert found == []


def test_paper_holds_the_figures_and_neither_buttons_nor_forms(served: Served, page: Page) -> None:
    page.goto(f"{served.visits.address}{PATHS['month-report']}")
    page.emulate_media(media="print")
    assert page.locator(".figures-table:visible").count() >= 4
    assert page.locator(".month-act:visible, button:visible, .head-links:visible, nav:visible").count() == 0
    assert page.locator(".month-signs:visible").count() == 1
