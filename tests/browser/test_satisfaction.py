"""The satisfaction of citizens in a real browser: drawn on the server, readable by everybody, and true on paper too."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Served, keep
from tests.browser.test_axe import findings
from tests.support.logs import follow_log
from tests.support.month import FIRST, MONTH, weeks
from tests.support.rated_hall import rated_hall

pytestmark = pytest.mark.browser

SPAN = f"/satisfaction/?from={FIRST}&to={MONTH}-31"
PATHS = {
    "counters": SPAN,
    "clerks": f"{SPAN}&by=clerk",
    "services": f"{SPAN}&by=service",
    "paper": f"{SPAN}&channel=paper",
    "switched-off": f"{SPAN}&channel=surprise",
    "no-days": "/satisfaction/?from=2001-01-01&to=2001-01-31",
    "wrong-day": "/satisfaction/?from=31/02/2027",
}
PICTURE_MS = 30_000


@pytest.fixture
def page(served: Served, tmp_path: Path) -> Page:
    follow_log(tmp_path / "web", list(rated_hall()))
    return served.visits.signed_in("boss", SPAN)


@pytest.mark.slow
@pytest.mark.picture
def test_picture_of_the_satisfaction(page: Page, picture: Callable[[str], Path]) -> None:
    expect(page.locator("svg.picture").first).to_be_visible()
    keep(page, picture("satisfaction"))


@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_view_fits_is_found_clean_and_asks_nobody_outside(
    served: Served, page: Page, language: str, tmp_path: Path
) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.context.add_cookies([{"name": "motcua-language", "value": language, "url": served.visits.address}])
    for name, path in PATHS.items():
        page.goto(f"{served.visits.address}{path}")
        (tmp_path / f"{name}-{language}.png").write_bytes(page.screenshot(full_page=True, timeout=PICTURE_MS))
        assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth"), f"{name} is too wide"
        assert findings(page) == [], name
    assert {url.split("/")[2] for url in asked if url.startswith("http")} == {served.visits.address.split("/")[2]}


def test_who_lies_outside_has_another_shape_and_stands_there_in_words(page: Page) -> None:
    rows = page.locator("table:has(caption), table").nth(1)
    expect(rows).to_be_visible()
    assert page.locator("svg .mark.inside").count() > 0
    told = page.locator("td", has_text="giới hạn 99,8 %")
    assert page.locator("svg[aria-labelledby] polygon.far").count() == told.count() > 0


def test_a_hall_that_nobody_rates_has_no_data_and_no_share(served: Served, tmp_path: Path) -> None:
    follow_log(tmp_path / "web", list(weeks(3)))
    page = served.visits.signed_in("boss", SPAN)
    expect(page.locator(".verdict.met")).to_have_count(0)
    expect(page.locator(".headline .big")).to_contain_text("Không có dữ liệu")
    assert "100" not in page.locator(".headline").inner_text()
