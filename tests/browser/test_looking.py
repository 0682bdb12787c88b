"""A console for which there is no stream: it looks, is as true, and takes a stream when there is one again."""

import pytest
from playwright.sync_api import Page

from protocol.commands import CallNext
from queue_server.web.live import STREAMS_OF_SESSION
from tests.browser.conftest import Served, live, within
from tests.support.paper_hall import counter_view

pytestmark = pytest.mark.browser

TRUTH_S = 3.0


def looking(served: Served) -> Page:
    """Open a console whose session has used up its streams."""
    page = served.visits.signed_in("anh", "/counters/")
    streams, sessions = served.pages.parts.streams, served.pages.parts.sessions
    (session,) = sessions.of("anh")
    for _ in range(STREAMS_OF_SESSION):
        assert streams.take(session.session_id)
    with page.expect_response("**/live?look"):
        page.goto(f"{served.visits.address}/counters/counter-3")
    live(page)
    return page


def test_it_is_live_and_shows_what_changes(served: Served) -> None:
    page = looking(served)
    served.pages.hall.publish("counter/counter-3", counter_view("idle"))
    within(TRUTH_S, lambda: page.wait_for_selector("[data-state=idle]"))


def test_its_press_is_seen_at_once(served: Served) -> None:
    page = looking(served)
    served.pages.hall.publish("counter/counter-3", counter_view("idle"))
    page.wait_for_selector("[data-state=idle]")
    live(page)
    with page.expect_response("**/commands?look"):
        page.keyboard.press("Space")
    assert isinstance(served.asked(1)[0][1], CallNext)


def test_it_says_within_three_seconds_that_the_server_is_gone_and_back(served: Served) -> None:
    page = looking(served)
    served.pages.hall.become("gone")
    within(TRUTH_S, lambda: page.wait_for_selector("body.stale"))
    assert page.locator("#banner").is_visible()
    served.pages.hall.become("up")
    within(TRUTH_S, lambda: live(page))


def test_it_leaves_when_the_session_is_over(served: Served) -> None:
    page = looking(served)
    served.pages.parts.accounts.disable("anh")
    within(TRUTH_S, lambda: page.wait_for_url("**/login"))
