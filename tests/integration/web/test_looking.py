"""A page that found no room for its stream looks: what it is told, and how soon after a press."""

import threading
import time

from protocol.link import LinkState
from queue_server.web.counter import VIEW_DEADLINE_S
from queue_server.web.drawing import shown_of
from tests.support.paper_hall import NOW, counter_view
from tests.support.web_pages import Pages, Visitor

CONSOLE = "/counters/counter-3"
COMMANDS = f"{CONSOLE}/commands"
LIVE = f"{CONSOLE}/live"


def test_a_look_tells_all_and_then_only_what_is_new(pages: Pages, clerk: Visitor) -> None:
    first = clerk.get(f"{LIVE}?look")
    assert set(first.json or {}) == {"top", "card", "buttons", "side", "dialogs"}
    assert float(first.headers["X-Hall-At"]) == NOW.timestamp()
    mark = {"If-None-Match": first.headers["ETag"]}
    second = clerk.client.get(f"{LIVE}?look", headers=mark)
    assert (second.status_code, second.data) == (304, b"")
    assert second.headers["X-Hall-Rate"] == "1.0", "the page's clock goes by it all the same"
    pages.hall.publish("counter/counter-3", counter_view("idle"))
    third = clerk.client.get(f"{LIVE}?look", headers=mark)
    assert third.status_code == 200
    assert 'data-state="idle"' in (third.json or {})["card"]


def test_a_press_of_a_page_that_looks_is_answered_when_its_view_is_here(pages: Pages, clerk: Visitor) -> None:
    press: dict[str, object] = {"request_id": "0" * 31 + "1", "action": "call_next"}
    coming = threading.Timer(VIEW_DEADLINE_S / 3, pages.hall.publish, ("counter/counter-3", counter_view("called")))
    coming.start()
    assert clerk.press(f"{COMMANDS}?look", CONSOLE, press).status_code == 200
    assert 'data-state="called"' in (clerk.get(f"{LIVE}?look").json or {})["card"]
    coming.join()
    begun = time.monotonic()
    assert clerk.press(f"{COMMANDS}?look", CONSOLE, press).status_code == 200
    assert time.monotonic() - begun >= VIEW_DEADLINE_S, "a press that changes nothing is answered all the same"


def test_a_look_says_that_the_hall_is_away(pages: Pages, clerk: Visitor) -> None:
    gone: LinkState = "gone"
    pages.hall.become(gone)
    answer = clerk.get(f"{LIVE}?look")
    assert (answer.status_code, answer.text) == (503, pages.parts.texts("console.link_lost", "vi"))


def test_looking_is_for_who_is_signed_in_and_keeps_nobody_so(pages: Pages, clerk: Visitor) -> None:
    assert pages.visitor().get(f"{LIVE}?look").status_code == 401
    pages.parts.accounts.disable("anh")
    assert clerk.get(f"{LIVE}?look").status_code == 401


def test_the_dialogs_show_nothing_that_changes_by_the_second(pages: Pages) -> None:
    """Else each beat of every console would make them anew, which takes most of a page's time."""
    shown = shown_of(pages.app.jinja_env, "console/dialogs.html")
    assert shown is not None
    assert not {"waiting", "lights", "classes", "next_rows", "at_counter"} & set(shown)
