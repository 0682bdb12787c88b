"""Ballots in a real browser: their pages in both languages, without a finding of axe, and entered by keys alone."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from protocol.ballots import written_code
from tests.browser.conftest import Served
from tests.browser.test_axe import findings
from tests.browser.test_rosters import LANGUAGES, speaking, within_the_window
from tests.support.paper_ballots import DRAW, answer, code

pytestmark = [
    pytest.mark.browser,
    pytest.mark.leaves_behind("Chromium keeps a connection for a while after its page is closed"),
]


@pytest.mark.slow
def test_pictures_and_axe_of_ballots(served: Served, tmp_path: Path) -> None:
    served.pages.hall.answer = answer
    boss = served.visits.signed_in("boss", "/ballots/")
    found = []
    for path, name in (
        ("/ballots/", "ballots"),
        ("/ballots/entry", "ballots-entry"),
        ("/ballots/differences", "ballots-differences"),
        (f"/ballots/sheet?draw={DRAW}", "ballots-sheet"),
    ):
        for language in LANGUAGES:
            speaking(served, boss, language)
            boss.goto(f"{served.visits.address}{path}")
            within_the_window(boss)
            found += [f"{name} in {language}: {one}" for one in findings(boss)]
            boss.screenshot(path=tmp_path / f"{name}-{language}.png", full_page=True)
    assert found == []


def type_line(page: Page, *typed: str) -> None:
    for one in typed:
        page.keyboard.type(one)
        page.keyboard.press("Tab")


def test_ballots_are_entered_by_keys_alone(served: Served) -> None:
    served.pages.hall.answer = answer
    usher = served.visits.signed_in("hoa", "/ballots/entry")
    usher.wait_for_selector("[name=code-0]:focus")
    type_line(usher, written_code(code(25)), "4", "1 3")
    type_line(usher, written_code(code(26)), "")
    usher.keyboard.press("Enter")
    expect(usher.locator(".ballots-kept code")).to_have_text([written_code(code(25))])
    expect(usher.locator("[name=code-0]")).to_have_value(written_code(code(26)))
    expect(usher.locator("[name=code-0]")).to_be_focused()
