"""The figures in a real browser: charts are drawn from the table, and it sorts and filters at once."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Served, keep, live
from tests.browser.test_axe import findings
from tests.integration.web.test_hall_advice import crowded
from tests.support.logs import follow_log
from tests.support.month import FIRST, MONTH, weeks

pytestmark = pytest.mark.browser

HISTORY = f"/figures/?from={FIRST}&to={MONTH}-31"
PATHS = {
    "history-hour": f"{HISTORY}&by=hour",
    "history-day": f"{HISTORY}&by=day",
    "history-service": f"{HISTORY}&by=service&group=service",
    "history-order": f"{HISTORY}&by=service&group=order",
    "history-counter": f"{HISTORY}&by=counter&group=counters",
    "history-clerk": f"{HISTORY}&by=clerk&group=service",
    "history-none": "/figures/?from=2001-01-01&to=2001-01-31",
    "month": f"/figures/month?month={MONTH}",
    "definitions": "/figures/definitions",
}

PICTURE_MS = 30_000
"""A month is a long page, and a busy machine is slow to paint it."""

INKED = (
    """canvas => canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data.some(value => value)"""
)


@pytest.fixture
def page(served: Served, tmp_path: Path) -> Page:
    follow_log(tmp_path / "web", list(weeks(15)))
    return served.visits.signed_in("boss", PATHS["history-service"])


@pytest.mark.slow
@pytest.mark.picture
def test_pictures_of_the_figures(served: Served, page: Page, picture: Callable[[str], Path]) -> None:
    page.wait_for_function("() => window.Chart && Object.keys(Chart.instances).length === 2")
    keep(page, picture("figures"))
    served.pages.hall.publish("hall", crowded(day="2027-03-19"))
    page.goto(f"{served.visits.address}/hall/")
    live(page)
    expect(page.locator("#region-advice .advice-sentence")).to_be_visible(timeout=PICTURE_MS)
    keep(page, picture("advice"))


def names(page: Page) -> list[str]:
    """The rows that are seen, by name."""
    rows = page.locator("#figures-table tbody th:visible")
    return [text.strip() for text in rows.all_inner_texts()]


def test_charts_are_drawn_from_the_table_under_the_strict_policy(page: Page) -> None:
    canvases = page.locator("canvas[data-columns]")
    expect(canvases).to_have_count(2)
    page.wait_for_function("() => window.Chart && Object.keys(Chart.instances).length === 2")
    for canvas in canvases.all():
        assert canvas.evaluate(INKED)
        assert canvas.get_attribute("aria-label")
    drawn = page.evaluate("() => Chart.instances[0].data.labels")
    assert drawn == names(page)


def test_a_click_sorts_at_once_and_the_chart_follows(page: Page) -> None:
    head = page.locator("#figures-table thead th").nth(1)
    loaded = page.evaluate("() => performance.timeOrigin")
    head.get_by_role("link").click()
    expect(head).to_have_attribute("aria-sort", "descending")
    down = names(page)
    head.get_by_role("link").press("Enter")
    expect(head).to_have_attribute("aria-sort", "ascending")
    up = names(page)
    assert up != down
    assert page.evaluate("() => Chart.instances[0].data.labels") == up
    assert page.evaluate("() => performance.timeOrigin") == loaded, "no page was loaded"
    page.reload()
    expect(page.locator("#figures-table thead th").nth(1)).to_have_attribute("aria-sort", "ascending")
    assert names(page) == up, "the address says how it is sorted, and the server sorts alike"


def test_typing_filters_at_once_and_without_marks(page: Page) -> None:
    every = names(page)
    wanted = next(name for name in every if name.startswith("Đất"))
    page.fill("#contains", "dat dai")
    assert names(page) == [wanted]
    page.fill("#contains", "xyzzy")
    assert names(page) == []
    expect(page.locator("tr.no-rows")).to_be_visible()
    page.fill("#contains", "")
    assert names(page) == every


def test_without_a_script_the_links_do_the_same(served: Served, page: Page, tmp_path: Path) -> None:
    del tmp_path
    cookies = page.context.cookies()
    plain = served.visits.browser.new_context(java_script_enabled=False)
    served.visits.contexts.append(plain)
    plain.add_cookies(cookies)  # type: ignore[arg-type]  # What one context gives, another takes.
    other = served.visits.page(plain)
    other.goto(f"{served.visits.address}{PATHS['history-service']}")
    other.locator("#figures-table thead th").nth(1).get_by_role("link").click()
    expect(other.locator("#figures-table thead th").nth(1)).to_have_attribute("aria-sort", "descending")
    assert len(names(other)) > 3


@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_page_fits_and_asks_nobody_outside(served: Served, page: Page, language: str, tmp_path: Path) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.context.add_cookies([{"name": "motcua-language", "value": language, "url": served.visits.address}])
    for name, path in PATHS.items():
        page.goto(f"{served.visits.address}{path}")
        page.wait_for_load_state("networkidle")
        (tmp_path / f"{name}-{language}.png").write_bytes(page.screenshot(full_page=True, timeout=PICTURE_MS))
        assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth"), f"{name} is too wide"
    assert {url.split("/")[2] for url in asked if url.startswith("http")} == {served.visits.address.split("/")[2]}


def test_the_monthly_report_fits_paper(served: Served, page: Page, tmp_path: Path) -> None:
    page.goto(f"{served.visits.address}{PATHS['month']}")
    paper = page.pdf(prefer_css_page_size=True, print_background=True)
    (tmp_path / "month.pdf").write_bytes(paper)
    assert paper.count(b"/Type /Page\n") <= 12, "a month is read, not leafed through"
    page.emulate_media(media="print")
    for hidden in (".top", ".rooms", ".day-choice"):
        expect(page.locator(hidden).first).to_be_hidden()
    expect(page.locator(".figures-table").first).to_be_visible()
    page.set_viewport_size({"width": 1040, "height": 720})  # A4 across, less its margins.
    (tmp_path / "month-paper.png").write_bytes(page.screenshot(full_page=True, timeout=PICTURE_MS))


@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_hall_says_which_counter_to_open(served: Served, tmp_path: Path, language: str) -> None:
    follow_log(tmp_path / "web", list(weeks(15)))
    served.pages.hall.publish("hall", crowded(day="2027-03-19"))
    page = served.visits.signed_in("boss", "/hall/")
    page.context.add_cookies([{"name": "motcua-language", "value": language, "url": served.visits.address}])
    page.reload()
    live(page)
    expect(page.locator("#region-advice .advice-sentence")).to_be_visible(timeout=PICTURE_MS)
    expect(page.locator("#region-today dd").first).to_be_visible()
    (tmp_path / f"hall-{language}.png").write_bytes(page.screenshot(full_page=True, timeout=PICTURE_MS))
    assert findings(page) == []
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
