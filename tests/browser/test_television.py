"""A smart television before the public pages: the board fills the screen, plays each new call once, knows silence."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from display.clips import write_wav
from presentation.speech import clip_words
from queue_server.public.boards import WHOLE_HALL
from queue_server.public.program import LIMITS
from queue_server.serving import Door, WebServer
from tests.support.boards import at, board, call, stopped
from tests.support.public_pages import Phones, public_pages
from tests.support.served_branch import until

pytestmark = pytest.mark.browser

LISTENING = """
window.played = [];
HTMLMediaElement.prototype.play = function () {
  window.played.push(new URL(this.src).pathname);
  document.documentElement.dataset.played = window.played.length;
  setTimeout(() => this.dispatchEvent(new Event("ended")), 50);
  return Promise.resolve();
};
"""


ENDLESS = """() => {
  HTMLMediaElement.prototype.play = function () {
    window.played.push(this.src);
    document.documentElement.dataset.played = window.played.length;
  };
}"""


class Television:
    """A browser in the size of a television."""

    def __init__(self, phones: Phones, browser: Browser) -> None:
        self.phones = phones
        self.server = WebServer(phones.app, Door("127.0.0.1", 0), LIMITS)
        self.server.start()
        self.context = browser.new_context(viewport={"width": 1920, "height": 1080})
        self.page: Page = self.context.new_page()
        self.page.set_default_timeout(10_000)
        self.complaints: list[str] = []
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("console", lambda said: self.complaints.append(said.text) if "Security" in said.text else None)
        self.page.add_init_script(LISTENING)

    def calls(self, *names: str) -> None:
        """Let the hall call these numbers, one after the other, the last one just now."""
        self.phones.hall.at = at(100 * len(names))
        made = [
            call(place, name, place, at_s=100 * place, state="called" if place == len(names) else "over")
            for place, name in enumerate(names, start=1)
        ]
        self.phones.hall.publish("board/hall", board(*made))

    def has_called(self, name: str) -> None:
        """Let the hall have called this number, and its board have said it, before anybody opens a page."""
        self.calls(name)
        until(lambda: self._sound_id().endswith("-1"), f"the board never said {name}")

    def _sound_id(self) -> str:
        shown = self.phones.parts.boards.shown(WHOLE_HALL)
        assert shown is not None
        return shown.sound_id

    def stops(self) -> None:
        """Let the hall be stopped, just now."""
        self.phones.hall.at = at(400)
        self.phones.hall.publish("board/hall", board(stopped=stopped(400)))

    def open(self) -> None:
        self.page.goto(f"http://127.0.0.1:{self.server.port}/board/hall")


@pytest.fixture
def television(browser: Browser, tmp_path: Path) -> Iterator[Television]:
    clips = tmp_path / "clips"
    (clips / "vi").mkdir(parents=True)
    for key in clip_words("vi"):
        write_wav(clips / "vi" / f"{key}.wav", bytes(2000))
    with public_pages(tmp_path / "public", clips) as phones:
        made = Television(phones, browser)
        yield made
        made.context.close()
        made.server.close()
        assert made.complaints == []


def number(page: Page) -> str:
    return page.locator(".current .number").inner_text().replace("\n", "")


def test_the_board_fills_the_screen_and_plays_each_new_call_once(television: Television) -> None:
    television.has_called("H001")
    television.open()
    page = television.page
    page.wait_for_selector(".current.amber")
    assert number(page) == "H001"
    assert page.evaluate("document.documentElement.scrollHeight <= innerHeight"), "nothing scrolls"
    height = page.evaluate("document.querySelector('.current .number').getBoundingClientRect().height")
    assert height > 200, "read from the far end of the hall"
    assert page.evaluate("window.played") == [], "what was called before is not said again"
    television.calls("H001", "C040")
    page.wait_for_selector("html[data-played='1']", state="attached")
    television.calls("H001", "C040", "L012")
    page.wait_for_selector("html[data-played='2']", state="attached")
    names = [path.rpartition("/")[2] for path in page.evaluate("window.played")]
    assert names == ["2026-11-23-2.wav", "2026-11-23-3.wav"]
    assert number(page) == "L012"


def test_a_television_that_hears_nothing_says_so(television: Television) -> None:
    television.has_called("H001")
    television.open()
    page = television.page
    page.wait_for_selector(".current.amber")
    page.route("**/board/now*", lambda route: route.abort())
    page.wait_for_selector("#away:not([hidden])")
    assert page.locator("#away h1").inner_text() == "Màn hình tạm ngừng cập nhật"
    page.unroute("**/board/now*")
    page.wait_for_selector("#away", state="hidden")
    assert number(page) == "H001"


def test_why_the_hall_is_stopped_is_played_before_all_else(television: Television) -> None:
    television.has_called("H001")
    television.open()
    page = television.page
    page.wait_for_selector(".current.amber")
    # The sound of a call that never ends: only what goes first is played now.
    page.evaluate(ENDLESS)
    television.calls("H001", "C040")
    page.wait_for_selector("html[data-played='1']", state="attached")
    television.stops()
    page.wait_for_selector("html[data-played='2']", state="attached")
    assert "stop-" in page.evaluate("window.played[1]")
    page.wait_for_selector(".board.is-stopped")
