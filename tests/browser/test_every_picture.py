"""Every page of both programs, in both languages, as a picture: `make screenshots` keeps them under `docs/images/`.

Which pages there are is read from the url maps, as at axe-core (`test_axe.py`), so a page that is added is photographed
by itself. None may be wider than its screen, nor show a word's key in place of the word.
"""

import re
import tempfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from motcua.bench.recorded_days import recorded_days, simulated_hall
from protocol.views import CounterHelp
from queue_server.public.program import LIMITS
from queue_server.serving import Door, WebServer
from tests.browser import test_axe_public, test_months, test_satisfaction, test_ushers_page
from tests.browser.conftest import Served, live, serving
from tests.browser.test_axe import LANGUAGES, STATES
from tests.browser.test_console_more import AHEAD, HELP
from tests.support import picture_set
from tests.support.boards import at, board, call, stopped
from tests.support.filled_pages import fill, filled_pages
from tests.support.logs import follow_log
from tests.support.paper_answers import answer
from tests.support.paper_hall import NOW, counter_view, furnish, hall_view, visit
from tests.support.programs import PROGRAMS
from tests.support.public_pages import EXAMPLES, Phones, called, public_pages, ticket
from tests.support.rated_hall import rated_hall
from tests.support.recorded_hall import ward_sources
from tests.support.routes import routes
from tests.support.web_pages import Visitor, staff_pages

pytestmark = [
    pytest.mark.browser,
    pytest.mark.leaves_behind("Chromium keeps a connection for a while after its page is closed"),
]
DESK, TABLET, PHONE, TELEVISION = (1366, 768), (820, 1180), (390, 844), (1920, 1080)
CHEAP_PHONE = (360, 640)
SHARES = 3
"""The walk is cut into so many tests, each of less than a minute."""
TALLEST_PX = 1200
"""Of a long page its beginning is kept."""
CALM_MS = 30_000
A_KEY = re.compile(r"(?<![\w./@-])[a-z]+(?:_[a-z]+)*\.[a-z]+(?:[._][a-z]+)+(?![\w/@-])")
"""What stands on a page where a word is missing, such as `people.one_time_title`."""
DRAWN = """() => {
  const charts = document.querySelectorAll("canvas[data-columns]").length;
  return !charts || (window.Chart && Object.keys(Chart.instances).length === charts);
}"""

SEEMLY = """folder => {
  for (const one of document.querySelectorAll("code, .meta, .meta-id")) {
    if (one.textContent.startsWith(folder)) one.textContent = "/var/backups/motcua";
  }
}"""
"""A test's own folder has no place on a picture: the guide's stands there instead."""

Place = Callable[[str], Path]


@dataclass
class Album:
    """Pages in one language, looked at and kept."""

    program: str
    language: str
    place: Place

    def keep(self, page: Page, state: str, size: tuple[int, int] = DESK, below: str = "html") -> list[str]:
        """Keep what a page shows from the first element `below` on, and give what is wrong with it at first sight."""
        page.set_viewport_size({"width": size[0], "height": size[1]})
        page.evaluate("() => document.fonts.ready")
        wide, high = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.scrollHeight]")
        top = page.locator(below).first.evaluate("one => Math.round(one.getBoundingClientRect().top + scrollY)")
        shown = min(max(high, size[1]) - top, TALLEST_PX)
        whole: Any = {"x": 0, "y": top, "width": size[0], "height": shown}
        page.evaluate(SEEMLY, str(Path(tempfile.gettempdir())))
        picture = page.screenshot(full_page=True, clip=whole, animations="disabled", timeout=CALM_MS)
        self.place(picture_set.page_name(self.program, state, self.language, size)).write_bytes(picture)
        found = self._width(state, wide, size)
        keys = A_KEY.findall(page.locator("main").first.inner_text()) if page.locator("main").count() else []
        return found + [f"{state} in {self.language} shows the key {key}" for key in keys]

    def too_wide_on(self, page: Page, state: str, size: tuple[int, int]) -> list[str]:
        """Look at a page on another screen, and keep nothing."""
        page.set_viewport_size({"width": size[0], "height": size[1]})
        found = self._width(state, page.evaluate("document.documentElement.scrollWidth"), size)
        page.set_viewport_size({"width": DESK[0], "height": DESK[1]})
        return found

    def _width(self, state: str, wide: int, size: tuple[int, int]) -> list[str]:
        if wide <= size[0]:
            return []
        return [f"{state} in {self.language} is {wide - size[0]} px too wide at {size[0]}"]


def in_language(page: Page, gallery: Served, language: str) -> None:
    page.context.add_cookies([{"name": "motcua-language", "value": language, "url": gallery.visits.address}])


def opened(page: Page, address: str) -> None:
    """Open an address and wait until all is there: what is live, and what is drawn."""
    page.goto(address)
    if page.locator("[data-live]").count():
        live(page)
    page.wait_for_function(DRAWN)


# --- The pages of staff ----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def _pictures_are_kept(request: pytest.FixtureRequest) -> None:
    """Spare the long lane five minutes: what is wrong with a page is found by its own tests and by axe-core."""
    if request.config.option.pictures is None:
        pytest.skip("every page is photographed when pictures are kept: make screenshots")


@pytest.fixture(scope="module")
def gallery(browser: Browser, tmp_path_factory: pytest.TempPathFactory, _pictures_are_kept: None) -> Iterator[Served]:
    """Serve the pages beside three recorded weeks, with a draft that changes something."""
    folder = tmp_path_factory.mktemp("album") / "web"
    follow_log(folder, recorded_days(simulated_hall("ward 1", 150, 4), 15, ward_sources()))
    with staff_pages(folder) as pages, serving(browser, pages) as reached:
        furnish(pages.hall)
        test_ushers_page.furnished(reached)
        fill(pages)
        yield reached


@pytest.fixture(autouse=True)
def _pages_are_closed(request: pytest.FixtureRequest) -> Iterator[None]:
    yield
    if "gallery" in request.fixturenames:
        request.getfixturevalue("gallery").visits.close()


def signed_in(gallery: Served, clerk_id: str) -> Page:
    visitor = gallery.pages.signed_in(clerk_id) if clerk_id else gallery.pages.visitor()
    return gallery.visits.cookie_of(visitor)


def addresses(gallery: Served) -> Iterator[tuple[str, str, str]]:
    """Give each page that opens by its address, with one person to whom its door opens."""
    program = PROGRAMS[0]
    visitors: dict[str, Visitor] = {}
    for route in routes(gallery.pages.app):
        if route.method != "GET" or route.endpoint in STATES:
            continue
        who = next((one for one in program.people if program.may_open(route.endpoint, one)), None)
        if who is None:
            continue
        if who not in visitors:
            visitors[who] = gallery.pages.signed_in(who) if who else gallery.pages.visitor()
        visitor = visitors[who]
        reply = visitor.get(route.path)
        reply.close()
        if reply.mimetype == "text/html" and reply.status_code == 200:
            yield route.endpoint, route.path, who


@pytest.mark.picture
@pytest.mark.slow
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("share", range(SHARES))
def test_every_page_that_opens_by_its_address(gallery: Served, picture: Place, language: str, share: int) -> None:
    album, found = Album("staff", language, picture), []
    people: dict[str, Page] = {}
    pages = [one for one in addresses(gallery) if zlib.crc32(one[0].encode()) % SHARES == share]
    assert len(pages) >= 8
    for endpoint, path, who in pages:
        if who not in people:
            people[who] = signed_in(gallery, who)
        page = people[who]
        in_language(page, gallery, language)
        opened(page, f"{gallery.visits.address}{path}")
        assert page.locator("html").get_attribute("lang") == language, path
        found += album.keep(page, endpoint)
        found += album.too_wide_on(page, endpoint, TABLET)
    assert found == []


@pytest.mark.picture
@pytest.mark.slow
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.usefixtures("_pictures_are_kept")
def test_pages_in_a_state(browser: Browser, tmp_path: Path, picture: Place, language: str) -> None:
    """Each language has a hall of its own: whoever signs in so often within a minute is taken for a guesser."""
    album, found = Album("staff", language, picture), []
    with filled_pages(tmp_path / "web") as pages, serving(browser, pages) as gallery:
        for state, (come, path, act) in STATES.items():
            page = come(gallery)
            in_language(page, gallery, language)
            page.goto(f"{gallery.visits.address}{path}")
            act(page)
            found += album.keep(page, state)
            gallery.visits.close()
    assert found == []


def _rated_weeks(state: Path, _served: Served) -> None:
    follow_log(state, list(rated_hall()))


RATED: dict[str, tuple[Callable[[Path, Served], None], dict[str, str]]] = {
    "satisfaction": (_rated_weeks, test_satisfaction.PATHS),
    "months": (test_months.a_closed_month, test_months.PATHS),
}


@pytest.mark.picture
@pytest.mark.slow
@pytest.mark.parametrize("room", RATED)
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.usefixtures("_pictures_are_kept")
def test_the_figures_of_a_rated_hall(served: Served, tmp_path: Path, picture: Place, language: str, room: str) -> None:
    """The other pages stand before weeks in which nobody rated."""
    album, found = Album("staff", language, picture), []
    come, paths = RATED[room]
    come(tmp_path / "web", served)
    page = signed_in(served, "boss")
    in_language(page, served, language)
    for name, path in paths.items():
        page.goto(f"{served.visits.address}{path}")
        found += album.keep(page, f"{room} rated {name}")
        if name in {"counters", "clerks"}:
            found += album.keep(page, f"{room} rated {name} in pictures", below=".part:has(svg.picture)")
        found += album.too_wide_on(page, f"{room} rated {name}", TABLET)
    assert found == []


CONSOLES: dict[str, dict[str, Any]] = {
    "serving": {"serving": msgspec.structs.replace(AHEAD, noted=True, transferred_from="counter-1", reason="birth")},
    "called": {"serving": visit(25, "called", called_at=NOW - timedelta(seconds=50), recalls=3)},
    "idle": {},
    "paused": {},
    "closed": {},
}
EMPTY: dict[str, Any] = {"next_visits": (), "waiting": 0, "parked": (), "no_shows": (), "classes": ()}
HELPED: CounterHelp = msgspec.structs.replace(HELP, counter_id="counter-3", number=3, answered_by="minh")


@pytest.mark.picture
@pytest.mark.slow
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_console_in_every_state(gallery: Served, picture: Place, language: str) -> None:
    album, hall, found = Album("staff", language, picture), gallery.pages.hall, []
    page = signed_in(gallery, "anh")
    in_language(page, gallery, language)
    shown: list[tuple[str, str, dict[str, Any]]] = [(f"console {one}", one, more) for one, more in CONSOLES.items()]
    shown += [("console empty", "idle", EMPTY), ("console helped", "serving", {"help": HELPED, "asked": (HELP,)})]
    for name, state, more in shown:
        hall.publish("counter/counter-3", counter_view(state, **more))
        opened(page, f"{gallery.visits.address}/counters/counter-3")
        page.wait_for_selector(f"[data-state={state}]")
        found += album.keep(page, name)
        found += album.keep(page, name, TABLET) if state in {"serving", "idle"} else []
    page.set_viewport_size({"width": DESK[0], "height": DESK[1]})
    hall.publish("counter/counter-3", counter_view("serving", serving=AHEAD))
    opened(page, f"{gallery.visits.address}/counters/counter-3")
    for dialog in page.locator("dialog").evaluate_all("all => all.map(one => one.id)"):
        page.evaluate("id => document.getElementById(id).showModal()", dialog)
        found += album.keep(page, f"console {dialog}")
        page.evaluate("id => document.getElementById(id).close()", dialog)
    hall.become("gone")
    expect(page.locator("#banner")).to_be_visible()
    found += album.keep(page, "console gone")
    hall.become("up")
    furnish(hall)
    test_ushers_page.furnished(gallery)
    hall.answer = answer
    assert found == []


@pytest.mark.picture
@pytest.mark.slow
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_hall_in_its_states(gallery: Served, picture: Place, language: str) -> None:
    """Ushers with their tablet in both positions, a hall that is stopped, one without anybody, menus that are open."""
    album, hall, found = Album("staff", language, picture), gallery.pages.hall, []
    places = {"hoa": ("usher", "/usher/"), "boss": ("overview", "/hall/"), "tech": ("devices", "/devices/")}
    for who, (name, path) in places.items():
        page = signed_in(gallery, who)
        in_language(page, gallery, language)
        opened(page, f"{gallery.visits.address}{path}")
        for size in (TABLET, (1180, 820)):
            found += album.keep(page, name, size)
        if name != "devices":  # Of those the page of devices tells nothing.
            hall.publish("hall", msgspec.structs.replace(hall_view(), stopped=stopped()))
            expect(page.locator(".stop-banner").first).to_be_visible()
            found += album.keep(page, f"{name} stopped")
            hall.publish("hall", msgspec.structs.replace(hall_view(clerks={}), day_open=False))
            expect(page.locator(".stop-banner")).to_have_count(0)
            found += album.keep(page, f"{name} without anybody")
        test_ushers_page.furnished(gallery)
        hall.answer = answer
        opened(page, f"{gallery.visits.address}{path}")
        page.evaluate("document.querySelectorAll('details:not([name])').forEach(one => { one.open = true; })")
        found += album.keep(page, f"{name} opened")
    assert found == []


# --- The public pages ------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def phones(tmp_path_factory: pytest.TempPathFactory, _pictures_are_kept: None) -> Iterator[tuple[Phones, str]]:
    with public_pages(tmp_path_factory.mktemp("public")) as made:
        server = WebServer(made.app, Door("127.0.0.1", 0), LIMITS)
        server.start()
        yield made, f"http://127.0.0.1:{server.port}"
        server.close()


@pytest.fixture
def phone(browser: Browser) -> Iterator[Page]:
    context: BrowserContext = browser.new_context(locale="vi-VN")
    yield context.new_page()
    context.close()


@pytest.mark.picture
@pytest.mark.slow
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_public_page(phone: Page, phones: tuple[Phones, str], picture: Place, language: str) -> None:
    (made, address), album, found = phones, Album("public", language, picture), []
    made.becomes(ticket())
    for route in routes(made.app, EXAMPLES):
        reply = made.phone().get(route.path) if route.method == "GET" else None
        if reply is None or reply.mimetype != "text/html" or "<html" not in reply.text:
            continue
        size = TELEVISION if "data-board" in reply.text or "board.css" in reply.text else PHONE
        phone.set_viewport_size({"width": size[0], "height": size[1]})
        opened(phone, f"{address}{route.path}{'&' if '?' in route.path else '?'}lang={language}")
        found += album.keep(phone, route.endpoint, size)
        if size == PHONE:
            found += album.too_wide_on(phone, route.endpoint, CHEAP_PHONE)
    for state, (told, path) in test_axe_public.STATES.items():
        made.becomes(told)
        opened(phone, f"{address}{path}{'&' if '?' in path else '?'}lang={language}")
        found += album.keep(phone, state, PHONE)
        found += album.too_wide_on(phone, state, CHEAP_PHONE)
    made.becomes(called(), stopped())
    for state, path in test_axe_public.STOPPED.items():
        opened(phone, f"{address}{path}?lang={language}")
        found += album.keep(phone, state, PHONE)
        found += album.too_wide_on(phone, state, CHEAP_PHONE)
    made.becomes(ticket())
    assert found == []


@pytest.mark.picture
@pytest.mark.slow
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_television_in_its_states(phone: Page, phones: tuple[Phones, str], picture: Place, language: str) -> None:
    (made, address), album, found = phones, Album("public", language, picture), []
    phone.set_viewport_size({"width": TELEVISION[0], "height": TELEVISION[1]})
    made.hall.at = at(300)
    calls = tuple(call(place, name, place, at_s=100 * place) for place, name in enumerate(("H001", "C040", "L012"), 1))
    for state, shown in (
        ("idle", board()),
        ("calls", board(*calls)),
        ("stopped", msgspec.structs.replace(board(*calls), stopped=stopped())),
    ):
        made.hall.publish("board/hall", shown)
        phone.goto(f"{address}/board/hall?lang={language}")
        phone.evaluate("() => document.fonts.ready")
        found += album.keep(phone, f"television {state}", TELEVISION)
    made.hall.publish("board/hall", board())
    assert found == []


# --- What is kept ----------------------------------------------------------------------------------------------------


def test_what_is_kept_is_small_and_in_both_languages() -> None:
    """Whoever adds a page runs `make screenshots` and looks at what came out."""
    there = picture_set.kept(pages=True)
    without = [name for name in there if "-vi-" in name and name.replace("-vi-", "-en-") not in there]
    assert len(there) >= 150
    assert len(there) % 2 == 0
    assert without == []
    assert max(there.values()) <= picture_set.PAGE_LARGEST
    assert sum(there.values()) <= picture_set.ALL_PAGES_LARGEST
