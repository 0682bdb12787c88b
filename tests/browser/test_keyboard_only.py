"""A clerk's whole shift by keyboard alone, from the login to the log-out, before real pages and a real server.

Nothing here clicks, fills, checks or focuses: there are keys, and eyes that see where the focus is. The page counts
every pointer and every click that a pointer made, and each stop of Tab must be seen and marked.
"""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from protocol import events as e
from queue_server.journal import Journal
from queue_server.log import LOG_FILE
from tests.browser.conftest import Visits, live
from tests.browser.test_whole_hall import number_at, state
from tests.support.served_pages import PASSWORD, ServedPages, whole_hall

pytestmark = [pytest.mark.browser, pytest.mark.slow]

STOPS_MOST = 80

COUNTING = """
for (const kind of ["pointerdown", "mousedown", "touchstart", "click"]) {
  addEventListener(kind, (event) => {
    if (kind === "click" && event.detail === 0) return;
    sessionStorage.pointed = `${sessionStorage.pointed ?? ""} ${kind}`;
  }, true);
}
"""

STOP = """() => {
  const one = document.activeElement, box = one.getBoundingClientRect(), look = getComputedStyle(one);
  const seen = box.width > 0 && box.bottom > 0 && box.right > 0 && box.top < innerHeight && box.left < innerWidth;
  return {
    name: one.outerHTML.slice(0, 120),
    seen: one === document.body || seen,
    marked: one === document.body || (look.outlineStyle !== "none" && parseFloat(look.outlineWidth) >= 2),
  };
}"""


class Hands:
    """Ten fingers on a keyboard."""

    def __init__(self, page: Page) -> None:
        self.page = page
        page.add_init_script(COUNTING)

    def press(self, *keys: str) -> None:
        """Press keys, each as soon as the console takes it."""
        for key in keys:
            live(self.page)
            self.page.keyboard.press(key)
        live(self.page)

    def write(self, text: str) -> None:
        """Type where the cursor is."""
        self.page.keyboard.insert_text(text)

    def tab_to(self, selector: str) -> None:
        """Press Tab until the focus is there; every stop on the way is to be seen, and marked."""
        for _ in range(STOPS_MOST):
            self.page.keyboard.press("Tab")
            stop = self.page.evaluate(STOP)
            assert stop["seen"], f"the focus is out of sight: {stop['name']}"
            assert stop["marked"], f"nothing marks the focus: {stop['name']}"
            if self.page.evaluate("selector => document.activeElement.matches(selector)", selector):
                return
        raise AssertionError(f"Tab never comes to {selector}")

    def go_down_to(self, selector: str) -> None:
        """Go through a group of radio buttons by arrow."""
        for _ in range(STOPS_MOST):
            if self.page.evaluate("selector => document.activeElement.matches(selector)", selector):
                return
            self.page.keyboard.press("ArrowDown")
        raise AssertionError(f"the arrow never comes to {selector}")

    def menu(self, selector: str) -> None:
        """Open the menu of the console and take something from it."""
        self.tab_to("#menu > summary")
        self.page.keyboard.press("Enter")
        self.tab_to(selector)
        self.page.keyboard.press("Enter")

    @property
    def pointed(self) -> str:
        """What pointers did on the pages of this shift."""
        return str(self.page.evaluate("sessionStorage.pointed ?? ''"))


@pytest.fixture(scope="module")
def hall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedPages]:
    with whole_hall(tmp_path_factory.mktemp("shift")) as pages:
        yield pages


@pytest.fixture
def hands(browser: Browser, hall: ServedPages) -> Iterator[Hands]:
    visits = Visits(browser, hall.address, hall.phones)
    yield Hands(visits.page())
    visits.close()
    assert visits.complaints == []


def test_a_shift_without_a_mouse(hall: ServedPages, hands: Hands) -> None:
    numbers = [hall.take("civil_status") for _ in range(6)]
    signs_in(hall, hands)
    serves_one_who_is_sent_on_with_a_note(hands, numbers[0])
    marks_one_absent_and_reinstates(hands, numbers[1])
    parks_plans_and_ends(hands, numbers[1])
    gives_another_class_and_calls_out_of_order(hands, numbers[2], numbers[3])
    cancels_one_from_the_list(hands, numbers[4])
    calls_for_help_rests_and_goes_on_in_english(hands)
    leaves(hands)
    assert hands.pointed == ""
    assert what_was_done(hall) == DONE


def signs_in(hall: ServedPages, hands: Hands) -> None:
    page = hands.page
    page.goto(f"{hall.address}/login")
    page.wait_for_selector("#username:focus")
    hands.write("anh")
    hands.tab_to("#password")
    hands.write(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/counters/")
    hands.tab_to("form[action='/counters/counter-3/sign-in'] button")
    page.keyboard.press("Enter")
    page.wait_for_url("**/counters/counter-3")
    state(page, "idle")


def serves_one_who_is_sent_on_with_a_note(hands: Hands, number: str) -> None:
    """Transfer: service, counter, reason and place by arrow, the note by typing, and Enter."""
    page = hands.page
    hands.press("Space", "r", "Enter")
    state(page, "serving")
    assert number_at(page) == number
    hands.press("t")
    hands.tab_to("#dialog-transfer [name=service_id]")
    hands.go_down_to("[name=service_id][value=residence]")
    hands.tab_to("#dialog-transfer [name=to_counter_id]")
    hands.go_down_to("[name=to_counter_id][value=counter-6]")
    hands.go_down_to("[name=to_counter_id][value='']")  # Nobody sits at counter 6; the arrow goes round to anywhere.
    hands.tab_to("#dialog-transfer [name=reason]")
    hands.go_down_to("[name=reason][value=needs_specialist]")
    hands.tab_to("#dialog-transfer [name=position]")
    hands.go_down_to("[name=position][value=first]")
    hands.tab_to("#transfer-note")
    hands.write("Đã xem bản chính")
    page.keyboard.press("Enter")
    state(page, "idle")


def marks_one_absent_and_reinstates(hands: Hands, number: str) -> None:
    page = hands.page
    hands.press("Space", "v", "v")
    state(page, "idle")
    expect(page.locator(".chip")).to_contain_text(number)
    hands.press("i")
    page.wait_for_selector("#reinstate-number:focus")
    hands.write(number)
    page.keyboard.press("Enter")
    hands.press("2")
    expect(page.locator(".chip")).to_have_count(0)


def parks_plans_and_ends(hands: Hands, number: str) -> None:
    page = hands.page
    hands.press("Space", "Enter", "p")
    state(page, "idle")
    hands.press("1")
    state(page, "called")
    assert number_at(page) == number
    hands.press("Enter", "l", "1", "Enter", "k", "h", "4")
    state(page, "idle")
    expect(page.locator(".chip")).to_contain_text(number)


def gives_another_class_and_calls_out_of_order(hands: Hands, urgent: str, chosen: str) -> None:
    page = hands.page
    hands.press("u")
    page.wait_for_selector("#priority-number:focus")
    hands.write(urgent)
    hands.tab_to("#dialog-priority [name=priority_class_id]")
    hands.go_down_to("[name=priority_class_id][value=urgent]")
    hands.tab_to("#dialog-priority [data-value=unwell]")
    page.keyboard.press("Enter")
    expect(page.locator(".next-row").first).to_contain_text(urgent)
    hands.press("c")
    page.wait_for_selector("#call-number:focus")
    hands.write(chosen)
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    state(page, "called")
    assert number_at(page) == chosen
    hands.press("Enter", "Space", "3")
    state(page, "called")
    assert number_at(page) == urgent
    hands.press("Enter", "Enter", "Enter")
    state(page, "idle")


def cancels_one_from_the_list(hands: Hands, number: str) -> None:
    page = hands.page
    hands.tab_to(f".next-row [data-number={number}]")
    page.keyboard.press("Enter")
    expect(page.locator("#dialog-call")).to_be_visible()
    hands.press("Escape")
    hands.tab_to(f".next-row [data-number={number}]")
    page.keyboard.press("Enter")
    hands.press("h", "h")
    expect(page.locator(f".next-row [data-number={number}]")).to_have_count(0)


def calls_for_help_rests_and_goes_on_in_english(hands: Hands) -> None:
    page = hands.page
    hands.press("o", "Escape", "k", "2")
    expect(page.locator("#more-K.lit")).to_be_visible()
    hands.press("k", "b", "2")
    state(page, "paused")
    hands.press("b")
    state(page, "idle")
    hands.menu("#menu [name=language][value=en]")
    page.wait_for_selector("html[lang=en]")
    live(page)


def leaves(hands: Hands) -> None:
    page = hands.page
    hands.press("x")
    page.keyboard.press("x")
    page.wait_for_url("**/counters/")
    hands.tab_to("form[action='/logout'] button")
    page.keyboard.press("Enter")
    page.wait_for_url("**/login")


DONE: list[type[e.Event]] = [
    *(e.ClerkSignedIn, e.CounterOpened),
    *(e.VisitCalled, e.VisitRecalled, e.ServiceStarted, e.VisitTransferred),
    *(e.VisitCalled, e.VisitMarkedNoShow, e.VisitReinstated),
    *(e.VisitCalled, e.ServiceStarted, e.VisitParked, e.VisitCalled),
    *(e.ServiceStarted, e.ServicesPlanned, e.ServiceEnded),
    e.VisitPrioritized,
    *(e.VisitCalled, e.ServiceStarted, e.ServiceEnded, e.VisitCalled, e.ServiceStarted, e.ServiceEnded),
    e.VisitCancelled,
    *(e.CounterHelpCalled, e.CounterHelpEnded, e.CounterPaused, e.CounterOpened),
    e.ClerkSignedOut,
]
"""The shift, as the log tells it."""

NOT_THE_CLERKS = (e.VisitTaken, e.RatingOpened, e.RatingClosed, e.CallLeftUnsaid)


def what_was_done(hall: ServedPages) -> list[type[e.Event]]:
    """Read from the log what was asked in the clerk's name."""
    with Journal(hall.branch.state / LOG_FILE) as journal:
        events = [row.event() for row in journal.rows()]
    return [type(one) for one in events if getattr(one, "clerk_id", "") and not isinstance(one, NOT_THE_CLERKS)]
