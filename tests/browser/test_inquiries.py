"""Alerts, inquiries and hearings in a real browser: in both languages, in each state, without a finding of axe."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from protocol.inquiry_commands import StepAlert
from tests.browser.conftest import Served
from tests.browser.test_axe import findings
from tests.browser.test_rosters import LANGUAGES, speaking, within_the_window
from tests.support.paper_inquiries import ANSWERED_ID, APPEALED_ID, COMMENT, MINE_ID, NEW_ID, answer

pytestmark = [
    pytest.mark.browser,
    pytest.mark.leaves_behind("Chromium keeps a connection for a while after its page is closed"),
]


@pytest.mark.slow
def test_pictures_and_axe_of_alerts_inquiries_and_hearings(served: Served, tmp_path: Path) -> None:
    served.pages.hall.answer = answer
    people = {clerk_id: served.visits.signed_in(clerk_id, "/account") for clerk_id in ("boss", "anh")}
    found = []
    for clerk_id, path, name in (
        ("boss", "/alerts/", "alerts"),
        ("boss", "/inquiries/", "inquiries"),
        ("boss", f"/inquiries/{NEW_ID}", "inquiry-new"),
        ("boss", f"/inquiries/{MINE_ID}", "inquiry-in-hand"),
        ("boss", f"/inquiries/{APPEALED_ID}", "inquiry-appealed"),
        ("boss", f"/inquiries/{ANSWERED_ID}", "inquiry-answered"),
        ("boss", "/hall/", "hall-with-concerns"),
        ("anh", "/hearings/", "hearings"),
        ("anh", "/counters/", "counters-with-hearings"),
    ):
        page = people[clerk_id]
        for language in LANGUAGES:
            speaking(served, page, language)
            page.goto(f"{served.visits.address}{path}")
            within_the_window(page)
            found += [f"{name} in {language}: {one}" for one in findings(page)]
            page.screenshot(path=tmp_path / f"{name}-{language}.png", full_page=True)
    assert found == []


def test_an_alert_is_commented_and_acknowledged_without_a_mouse(served: Served) -> None:
    served.pages.hall.answer = answer
    boss = served.visits.signed_in("boss", "/alerts/")
    expect(boss.locator(".acting.open")).to_have_count(1)
    boss.locator(".acting.open textarea").focus()
    boss.keyboard.type(COMMENT)
    boss.keyboard.press("Tab")
    boss.keyboard.press("Enter")
    expect(boss.locator("h1")).to_be_visible()
    kinds = [(one.kind, one.text) for _, one in served.pages.hall.asked if isinstance(one, StepAlert)]
    assert kinds == [("acknowledged", COMMENT)]
