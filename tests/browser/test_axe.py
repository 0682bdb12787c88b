"""Every page in every language before axe-core, the usual judge of pages for people who hear, tab or enlarge them.

Which pages there are is read from the url map; a page that does not open by its address alone has a row in `STATES`.
axe-core (Deque Systems, MPL-2.0) comes with the package axe-playwright-python, of which its file alone is used.
"""

from collections.abc import Callable, Iterator
from functools import partial
from importlib.resources import files
from typing import Any, Final

import msgspec
import pytest
from playwright.sync_api import Browser, Page

from tests.browser.conftest import Served, live, serving
from tests.support.filled_pages import filled_pages
from tests.support.paper_ballots import DRAW
from tests.support.paper_hall import counter_view, furnish, hall_view
from tests.support.paper_inquiries import APPEALED_ID
from tests.support.paper_voices import CODE, OWN, VOICES
from tests.support.programs import PROGRAMS
from tests.support.routes import routes
from tests.support.web_pages import PASSWORD, Visitor

pytestmark = [
    pytest.mark.browser,
    pytest.mark.begins_first,
    pytest.mark.leaves_behind("Chromium keeps a connection for a while after its page is closed"),
]

AXE = (files("axe_playwright_python") / "axe.min.js").read_text("utf-8")
BAD = {"serious", "critical"}
LANGUAGES = ("vi", "en")


@pytest.fixture(scope="module")
def gallery(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with filled_pages(tmp_path_factory.mktemp("gallery") / "web") as pages, serving(browser, pages) as reached:
        yield reached


@pytest.fixture(autouse=True)
def _pages_are_closed(gallery: Served) -> Iterator[None]:
    yield
    gallery.visits.close()


def findings(page: Page, within: str = "html", *, colours: bool = True) -> list[str]:
    """Give what axe-core finds serious or critical on a page, or within one part of it.

    Looking at every colour takes three quarters of its time; colours are the same in each language.
    """
    page.evaluate(AXE)
    found: dict[str, Any] = page.evaluate(
        """([within, enabled]) => axe.run(within, {
          resultTypes: ['violations'], rules: {'color-contrast': {enabled}}
        })""",
        [within, colours],
    )
    assert found["passes"], "axe-core has looked at something"
    return [
        f"{one['impact']} {one['id']}: {node['html'][:160]} ({node['failureSummary'][:200]})"
        for one in found["violations"]
        if one["impact"] in BAD
        for node in one["nodes"]
    ]


def in_each_language(gallery: Served, page: Page, what: str, show: Callable[[], object]) -> list[str]:
    """Show something in each language and give what axe-core finds."""
    found = []
    for language in LANGUAGES:
        page.context.add_cookies([{"name": "motcua-language", "value": language, "url": gallery.visits.address}])
        show()
        if page.locator("[data-live]").count():
            live(page)
        assert page.locator("html").get_attribute("lang") == language, what
        colours = language == LANGUAGES[0]
        found += [f"{what} in {language}: {one}" for one in findings(page, colours=colours)]
    return found


# --- Pages that open by their address --------------------------------------------------------------------------------


def addresses(gallery: Served) -> Iterator[tuple[str, str, str]]:
    """Give each address that somebody can open, with who: one person of the first role to whom its door opens."""
    program = PROGRAMS[0]
    for route in routes(gallery.pages.app):
        if route.method == "GET" and route.endpoint not in STATES:
            yield (
                route.endpoint,
                route.path,
                next(one for one in program.people if program.may_open(route.endpoint, one)),
            )


@pytest.mark.timeout(300)
def test_every_page_that_opens_by_its_address(gallery: Served) -> None:
    found, looked_at = [], []
    people: dict[str, tuple[Visitor, Page]] = {}
    for endpoint, path, clerk_id in addresses(gallery):
        if clerk_id not in people:
            visitor = gallery.pages.signed_in(clerk_id) if clerk_id else gallery.pages.visitor()
            people[clerk_id] = visitor, gallery.visits.cookie_of(visitor)
        visitor, page = people[clerk_id]
        answer = visitor.get(path)
        answer.close()
        if answer.mimetype != "text/html":
            continue
        assert answer.status_code == 200, f"{endpoint} does not open by its address alone: give it a row in STATES"
        found += in_each_language(gallery, page, path, partial(page.goto, f"{gallery.visits.address}{path}"))
        looked_at.append(endpoint)
    assert len(looked_at) >= 10
    assert found == []


# --- Pages that need a state -----------------------------------------------------------------------------------------


_KNOWN: Final[dict[tuple[int, str], Visitor]] = {}
"""Who is signed in at which gallery: whoever came anew for each page would be kept out as one who tries codes."""


def signed_in(gallery: Served, clerk_id: str) -> Page:
    known = id(gallery), clerk_id
    if known not in _KNOWN:
        _KNOWN[known] = gallery.pages.signed_in(clerk_id)
    return gallery.visits.cookie_of(_KNOWN[known])


def at_the_code(gallery: Served) -> Page:
    visitor = gallery.pages.visitor()
    visitor.log_in("boss", PASSWORD)
    return gallery.visits.cookie_of(visitor)


def with_a_one_time_password(gallery: Served) -> Page:
    visitor = gallery.pages.visitor()
    clerk_id = f"new-{len(gallery.pages.parts.accounts.all())}"
    visitor.log_in(clerk_id, gallery.pages.parts.accounts.add(clerk_id, "Người Mới", "clerk"))
    return gallery.visits.cookie_of(visitor)


def refused_at_the_door(page: Page) -> None:
    page.fill("#username", "nobody")
    page.fill("#password", "wrong")
    page.keyboard.press("Enter")
    page.wait_for_selector("[role=alert]")


def refused_code(page: Page) -> None:
    page.fill("#code", "000000")
    page.keyboard.press("Enter")
    page.wait_for_selector("[role=alert]")


def refused_account(page: Page) -> None:
    page.fill("#clerk_id", "anh")
    page.fill("#name", "Another")
    page.keyboard.press("Enter")
    page.wait_for_selector("[role=alert]")


def new_one_time_password(page: Page) -> None:
    page.locator("#ask-reset_password summary").click()
    page.locator("#ask-reset_password button").first.click()
    page.wait_for_selector("#one-time")


def created_device(page: Page) -> None:
    for field in ("device_id", "function_id", "name"):
        page.fill(f"#{field}", "kiosk-7")
    page.keyboard.press("Enter")
    page.get_by_text("7KPQ2M4X").first.wait_for()


def the_newest_version(page: Page) -> None:
    page.locator("a[href*='/editor/versions/']").first.click()
    page.wait_for_selector("table")


def named_people(page: Page) -> None:
    page.locator("details:has(.voice-people) > summary").click()


def one_followed(page: Page) -> None:
    page.fill("#code", CODE)
    page.keyboard.press("Enter")
    page.wait_for_selector(".voice-answer")


State = tuple[Callable[[Served], Page], str, Callable[[Page], object]]


def nothing(_: Page) -> None:
    """Only look."""


STATES: dict[str, State] = {
    # Routes that do not open by their address alone.
    "entry.start": (lambda gallery: signed_in(gallery, "boss"), "/", nothing),
    "entry.code": (at_the_code, "/login/code", nothing),
    "an appeal to be decided": (lambda gallery: signed_in(gallery, "boss"), f"/inquiries/{APPEALED_ID}", nothing),
    "ballots.sheet": (lambda gallery: signed_in(gallery, "boss"), f"/ballots/sheet?draw={DRAW}", nothing),
    "voices.slip": (lambda gallery: signed_in(gallery, "boss"), f"/voices/slip?voice={VOICES[0].voice_id}", nothing),
    # States of routes that do.
    "a voice in hand": (lambda gallery: signed_in(gallery, "boss"), f"/voices/{VOICES[0].voice_id}", named_people),
    "a voice that is answered": (lambda gallery: signed_in(gallery, "boss"), f"/voices/{VOICES[3].voice_id}", nothing),
    "a voice about oneself": (lambda gallery: signed_in(gallery, "boss"), f"/voices/{OWN}", nothing),
    "all voices": (lambda gallery: signed_in(gallery, "inspector"), "/voices/?shown=all", nothing),
    "a voice looked up at the desk": (lambda gallery: signed_in(gallery, "hoa"), "/voices/look", one_followed),
    "a voice to be entered": (lambda gallery: signed_in(gallery, "hoa"), "/voices/new", named_people),
    "a version of the hall": (lambda gallery: signed_in(gallery, "tech"), "/editor/versions", the_newest_version),
    "a device and its trials": (lambda gallery: signed_in(gallery, "tech"), "/devices/agent-1", nothing),
    "a device that is not there": (lambda gallery: signed_in(gallery, "tech"), "/devices/kiosk-99", nothing),
    "a search that finds": (lambda gallery: signed_in(gallery, "boss"), "/log/?kind=numbers", nothing),
    "a search that finds nothing": (lambda gallery: signed_in(gallery, "boss"), "/log/?number=Z999", nothing),
    "a wrong password": (lambda gallery: gallery.visits.page(), "/login", refused_at_the_door),
    "a wrong code": (at_the_code, "/login/code", refused_code),
    "a one-time password to be changed": (with_a_one_time_password, "/password", nothing),
    "a phone to be changed": (lambda gallery: signed_in(gallery, "boss"), "/second-factor?replace=1", nothing),
    "an account that cannot be": (lambda gallery: signed_in(gallery, "tech"), "/people/", refused_account),
    "a new one-time password": (lambda gallery: signed_in(gallery, "tech"), "/people/lan", new_one_time_password),
    "the house rules": (lambda gallery: signed_in(gallery, "tech"), "/editor/parts/policies/", nothing),
    "one after the other": (lambda gallery: signed_in(gallery, "tech"), "/editor/parts/linked_services/0", nothing),
    "a device was created": (lambda gallery: signed_in(gallery, "tech"), "/devices/", created_device),
    "nothing there": (lambda gallery: gallery.visits.page(), "/nowhere", nothing),
    "a door that is shut": (lambda gallery: signed_in(gallery, "anh"), "/people/", nothing),
    "a day without figures": (lambda gallery: signed_in(gallery, "boss"), "/reports/day?date=2001-01-01", nothing),
}


@pytest.mark.parametrize("state", STATES)
def test_pages_in_a_state(gallery: Served, state: str) -> None:
    come, path, act = STATES[state]
    page = come(gallery)

    def show() -> None:
        page.goto(f"{gallery.visits.address}{path}")
        act(page)

    assert in_each_language(gallery, page, state, show) == []


@pytest.mark.parametrize("state", ["idle", "called", "paused", "closed", "a hall without anybody"])
def test_the_console_and_the_hall_in_their_states(gallery: Served, state: str) -> None:
    hall = gallery.pages.hall
    if state == "a hall without anybody":
        hall.publish("hall", msgspec.structs.replace(hall_view(clerks={}), day_open=False))
        page, path = signed_in(gallery, "boss"), "/hall/"
    else:
        hall.publish("counter/counter-3", counter_view(state))
        page, path = signed_in(gallery, "anh"), "/counters/counter-3"
    try:
        found = in_each_language(gallery, page, state, lambda: page.goto(f"{gallery.visits.address}{path}"))
    finally:
        furnish(hall)
    assert found == []


def test_every_dialog_and_menu_of_the_console(gallery: Served) -> None:
    page = signed_in(gallery, "anh")
    found = []
    for language in LANGUAGES:
        page.context.add_cookies([{"name": "motcua-language", "value": language, "url": gallery.visits.address}])
        page.goto(f"{gallery.visits.address}/counters/counter-3")
        live(page)
        colours = language == LANGUAGES[0]
        dialogs = page.locator("dialog").evaluate_all("all => all.map(one => one.id)")
        assert len(dialogs) >= 7
        for dialog in dialogs:
            page.evaluate("id => document.getElementById(id).showModal()", dialog)
            found += [f"{dialog} in {language}: {one}" for one in findings(page, f"#{dialog}", colours=colours)]
            page.evaluate("id => document.getElementById(id).close()", dialog)
        page.locator("details.menu summary").first.click()
        found += [f"menu in {language}: {one}" for one in findings(page, colours=colours)]
    assert found == []


def test_every_menu_of_the_other_pages(gallery: Served) -> None:
    found = []
    for clerk_id, path in (("boss", "/hall/"), ("tech", "/devices/"), ("tech", "/people/lan")):
        page = signed_in(gallery, clerk_id)
        page.goto(f"{gallery.visits.address}{path}")
        page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true; })")
        found += [f"{path}: {one}" for one in findings(page)]
    assert found == []


def test_the_judge_sees_what_is_bad(gallery: Served) -> None:
    """Without this, a judge that has gone blind would let every page pass."""
    page = gallery.visits.page()
    page.goto(f"{gallery.visits.address}/login")
    page.evaluate("document.querySelector('label[for=username]').remove(); document.documentElement.lang = ''")
    found = findings(page)
    assert any("label" in one for one in found)
    assert any("html-has-lang" in one for one in found)
