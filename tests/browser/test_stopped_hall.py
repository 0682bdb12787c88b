"""A hall is stopped and goes on, and all is real: server, pages, browser, kiosk, board, and what breaks meanwhile."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from display.clips import write_wav
from tests.browser.conftest import Visits, live, within
from tests.browser.test_whole_hall import at_counter, number_at, state
from tests.support.blind_kiosk import BlindKiosk
from tests.support.board_hall import RealBoard
from tests.support.packs import small_pack
from tests.support.served_branch import function
from tests.support.served_pages import ServedPages

pytestmark = pytest.mark.browser

EVERYWHERE_S = 3.5
"""Three seconds, and half a one for the test's own looking."""


def warnings(board: RealBoard, least: int) -> list[dict[str, Any]]:
    """Wait until the board has really said a warning so often, in all its lives."""
    count = least
    while len(said := [one for one in board.wait_until_said(count) if "warning" in one]) < least:
        count += 1
    return said


def stop(boss: Page) -> None:
    boss.locator(".stop-choice").first.click()
    expect(boss.locator("h1")).to_be_focused()
    boss.keyboard.press("Tab")
    expect(boss.locator(".stop-now")).to_be_focused()
    boss.keyboard.press("Enter")
    boss.wait_for_url("**/stop/?done=1")


def go_on(boss: Page, address: str) -> None:
    boss.goto(f"{address}/stop/")
    boss.locator("#ask-resume > summary").click()
    boss.locator("#ask-resume button").click()
    boss.wait_for_url("**/stop/?done=1")


@pytest.mark.slow
def test_everybody_is_told_nobody_loses_a_place_and_a_breakdown_forgets_nothing(
    hall: ServedPages, visits: Visits, tmp_path: Path
) -> None:
    clips = small_pack(tmp_path / "clips")
    for language in ("vi", "en"):
        write_wav(clips / language / "emergency_fire.wav", bytes(4000))
    branch = hall.branch
    board_state = branch.pair("board", function("board", "board-1", zone_id="hall"))
    with BlindKiosk(branch.folder / "devices" / "kiosk-1") as kiosk:
        kiosk.wait(lambda: kiosk.state.link == "up" and kiosk.page.name == "services")
        first, second = kiosk.take("civil_status"), kiosk.take("civil_status")
        clerk = at_counter(visits, "anh", 1)
        clerk.keyboard.press("Space")
        state(clerk, "called")
        boss = visits.signed_in("boss", "/stop/")
        with RealBoard(board_state, "--clips", str(clips)) as board:
            board.wait_for_scene("calls")
            stop(boss)
            within(EVERYWHERE_S, lambda: expect(clerk.locator(".stop-banner")).to_be_visible())
            board.wait_for_scene("stopped")
            kiosk.wait(lambda: kiosk.page.name == "stopped")
            assert warnings(board, 1)[0]["warning"] == "fire"
            expect(clerk.locator("#key-R")).to_be_disabled()
            expect(clerk.locator("#key-R")).to_contain_text("Sảnh đang tạm dừng")
            expect(clerk.locator("#key-V")).to_be_disabled()
            clerk.keyboard.press("v")
            state(clerk, "called")
            assert number_at(clerk) == first, "nobody is a no-show of a stopped hall"
            branch.kill()
            board.kill()
        with RealBoard(board_state, "--clips", str(clips)) as board:
            board.wait_for_scene("stopped")
            assert warnings(board, 2), "a board that was switched on without its server still says it"
            assert board.ask(ask="state")["link"] == "gone"
            kiosk.wait(lambda: kiosk.state.link == "gone" and kiosk.page.name == "stopped")
            branch.start()
            live(clerk)
            go_on(boss, hall.address)
            board.wait_for_scene("calls")
            kiosk.wait(lambda: kiosk.page.name == "services")
            assert kiosk.take("civil_status") not in {first, second}
            within(EVERYWHERE_S, lambda: expect(clerk.locator("#key-R")).to_be_enabled())
            assert number_at(clerk) == first
            expect(clerk.locator(".next-number").first).to_contain_text(second)
