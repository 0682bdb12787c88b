"""Rosters, the commissioning wizard and a training hall's mark in a real browser: before paper, and before a server."""

from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from playwright.sync_api import Browser, Page, expect

from protocol.link import new_id
from tests.browser.conftest import Served, Visits, keep, live
from tests.browser.test_axe import findings
from tests.support.paper_hall import counter_view, hall_view
from tests.support.rosters import MONDAY, PLANNED, answer
from tests.support.served_pages import whole_hall

pytestmark = [
    pytest.mark.browser,
    pytest.mark.leaves_behind("Chromium keeps a connection for a while after its page is closed"),
]

LANGUAGES = ("vi", "en")
SHOWN = {"roster-vi", "acceptance-vi", "acceptance-sheet-vi"}
"""What the docs show."""


def speaking(served: Served, page: Page, language: str) -> None:
    page.context.add_cookies([{"name": "motcua-language", "value": language, "url": served.visits.address}])


def within_the_window(page: Page) -> None:
    """Nothing is wider than the window, so nobody scrolls sideways."""
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth + 1")


@pytest.mark.slow
@pytest.mark.picture
def test_pictures_and_axe_of_rosters_and_commissioning(
    served: Served, picture: Callable[[str], Path], tmp_path: Path
) -> None:
    served.pages.hall.answer = answer
    records = served.pages.parts.acceptance
    for item, verdict, note in (
        ("identity", "passed", ""),
        ("hours", "passed", ""),
        ("kiosk:kiosk-1", "passed", ""),
        ("power", "skipped", "Chủ tòa nhà chưa cho cúp điện; hẹn 28/11."),
        ("board:board-1", "failed", "Hàng ghế cuối nghe không rõ."),
    ):
        records.keep(new_id(), "tech", item, verdict, note)  # type: ignore[arg-type]  # The table holds verdicts.
    tech = served.visits.signed_in("tech", "/acceptance/")
    found = []
    for path, name in (
        (f"/roster/?week={MONDAY}", "roster"),
        (f"/roster/?week={MONDAY}&day=2026-11-25&place=2", "roster-change"),
        ("/roster/?week=2026-12-07", "roster-next"),
        ("/acceptance/?item=people", "acceptance"),
        ("/acceptance/?item=board:board-1", "acceptance-failed"),
        ("/acceptance/sheet", "acceptance-sheet"),
    ):
        for language in LANGUAGES:
            speaking(served, tech, language)
            tech.goto(f"{served.visits.address}{path}")
            within_the_window(tech)
            found += [f"{name} in {language}: {one}" for one in findings(tech)]
            shown = f"{name}-{language}"
            tech.screenshot(path=picture(shown) if shown in SHOWN else tmp_path / f"{shown}.png", full_page=True)
    assert found == []


@pytest.mark.slow
@pytest.mark.picture
def test_pictures_of_a_planned_hall_and_the_own_roster(
    served: Served, picture: Callable[[str], Path], tmp_path: Path
) -> None:
    hall = hall_view()
    counters = tuple(
        msgspec.structs.replace(one, planned=((27_000, 34_200), (35_100, 41_400)) if one.number < 4 else ())
        for one in hall.counters
    )
    served.pages.hall.publish("hall", msgspec.structs.replace(hall, counters=counters, has_roster=True, training=True))
    served.pages.hall.publish("counter/counter-3", counter_view(own_shifts=(PLANNED[0],)))
    boss = served.visits.signed_in("boss", "/hall/")
    live(boss)
    keep(boss, tmp_path / "planned-hall.png")
    assert findings(boss) == []
    expect(boss.locator(".training-mark")).to_be_visible()
    console = served.console()
    expect(console.locator(".own-roster li")).to_contain_text("07:30–17:00")
    keep(console, picture("console-roster"))
    assert findings(console) == []
    assert console.evaluate("document.documentElement.scrollHeight <= innerHeight"), "the console is one window"


def test_a_manager_plans_and_the_clerk_sees_it(browser: Browser, tmp_path: Path) -> None:
    """The real server keeps it: over its own restart, and refuses what is wrong by name and place."""
    with whole_hall(tmp_path) as hall:
        visits = Visits(browser, hall.address, hall.phones)
        boss = visits.signed_in("boss", "/roster/")
        expect(boss.locator("h1")).to_contain_text("23/11/2026")

        def plan(clerk: str, counter: str, starts: str, ends: str, breaks: str) -> None:
            boss.select_option("#clerk_id", clerk)
            boss.select_option("#counter_id", counter)
            for field, value in (("starts", starts), ("ends", ends), ("breaks", breaks)):
                boss.fill(f"#{field}", value)
            for day in ("2026-11-23", "2026-11-25"):
                boss.check(f"input[name=days][value='{day}']")
            boss.locator(".roster-form .button.main").click()

        expect(boss.locator("input[name=days][value='2026-11-24']")).to_be_disabled()
        plan("anh", "counter-1", "8h", "17:00", "10:00-10:15")
        expect(boss.locator("[role=status]")).to_be_visible()
        expect(boss.locator(".shift")).to_have_count(2)
        plan("anh", "counter-2", "09:00", "10:00", "")
        expect(boss.locator("[role=alert]")).to_contain_text("25/11/2026")
        expect(boss.locator("[role=alert]")).to_contain_text("Nguyễn Thị Ánh")
        expect(boss.locator("#starts")).to_have_value("09:00")

        hall.branch.kill()
        hall.branch.start()
        boss.goto(f"{hall.address}/roster/")
        boss.wait_for_function("() => document.querySelectorAll('.shift').length === 2 || location.reload()")
        boss.goto(f"{hall.address}/roster/?week=2026-11-30")
        boss.locator("form[action='/roster/copy'] button").click()
        expect(boss.locator(".shift")).to_have_count(2)

        clerk = visits.signed_in("anh", "/counters/")
        clerk.locator("form[action='/counters/counter-1/sign-in'] button").click()
        clerk.wait_for_url("**/counters/counter-1")
        live(clerk)
        expect(clerk.locator(".own-roster li")).to_contain_text("10:00–10:15")
        visits.close()
        assert visits.complaints == []
