"""The hall is stopped while a citizen stands before the kiosk: nothing is given, nothing is lost, and it says why."""

import msgspec
import pytest

from kiosk.rating import flow as f
from kiosk.rating import pages as rating_pages
from kiosk.ticket import model as m
from kiosk.ticket.hall import own_range, service_of
from kiosk.widgets.page import actions
from tests.support.boards import stopped
from tests.support.kiosk_gallery import hall, numbered, stopped_now
from tests.support.kiosks import TO_NUMBER, Scene, ward_texts
from tests.support.rating_states import RATING_STATES
from tests.unit.kiosk.test_rating_flow import Terminal

KEYS = {"key:language", "key:large_text", "key:low_reach", "key:high_contrast", "key:help"}


def resumed(scene: Scene) -> Scene:
    scene.happen(m.Viewed(msgspec.structs.replace(scene.view, stopped=None)))
    return scene


@pytest.mark.parametrize(
    "before",
    [
        (),
        ("service:civil_status",),
        ("service:civil_status", "class:usual"),
        ("search",),
    ],
)
def test_what_was_begun_is_there_again_when_the_hall_goes_on(before: tuple[str, ...]) -> None:
    scene = hall()
    for action in before:
        scene.touch(action)
    screen = scene.state.screen
    stopped_now(scene)
    assert scene.page.name == "stopped"
    assert set(scene.actions) == KEYS
    for action in ("service:land", "class:usual", "take", "start_again", "back", "search"):
        scene.tap(action)
    assert resumed(scene).state.screen == screen


def test_the_message_stands_there_in_the_citizens_language_and_in_the_others() -> None:
    scene = stopped_now(hall())
    assert scene.page.title == "Mời rời khỏi tòa nhà ngay"
    assert "Please leave the building now" in scene.sentences
    scene.touch("key:language")
    assert scene.page.title == "Please leave the building now"
    assert "Mời rời khỏi tòa nhà ngay" in scene.sentences


def test_a_number_that_is_given_is_shown_with_the_message_above_it() -> None:
    scene = stopped_now(numbered().printer("confirmed"))
    assert scene.page.name == "number"
    assert scene.shown_number == "H025"
    assert "Mời rời khỏi tòa nhà ngay" in scene.sentences
    assert scene.touch("done").page.name == "stopped"


def test_who_is_refused_because_the_hall_was_stopped_stands_where_they_were() -> None:
    scene = hall().touch(*TO_NUMBER).disk()
    scene.refuses("hall_stopped", vi="…", en="…")
    assert scene.page.name == "confirm"
    assert scene.count(m.DropVisit) == 1
    resumed(stopped_now(scene)).touch("take").disk()
    assert scene.number(25).shown_number == "H025"


def test_a_kiosk_whose_server_is_gone_stays_stopped_and_gives_no_number_of_its_own() -> None:
    scene = stopped_now(hall())
    scene.happen(m.LinkChanged("gone"))
    assert scene.page.name == "stopped"
    service = service_of(scene.state, "civil_status")
    assert service is not None
    assert own_range(scene.state, service, scene.hall_at) is None
    assert scene.last(m.KeepKnowledge).view == scene.state.view, "it knows so after a power cut too"


def test_nobody_is_asked_whether_they_are_there_and_the_next_citizen_finds_the_start() -> None:
    scene = stopped_now(hall().touch("service:civil_status"))
    scene.later(80)
    assert not isinstance(scene.state.screen, m.Services)
    assert scene.page.name == "stopped"
    scene.later(20)
    assert isinstance(scene.state.screen, m.Services)


def test_a_rating_terminal_rests_and_says_why() -> None:
    terminal = Terminal().opened()
    RATING_STATES["stopped"](terminal)
    page = rating_pages.page(terminal.state, ward_texts())
    assert (page.name, page.title) == ("stopped", "Mời rời khỏi tòa nhà ngay")
    assert all(action.startswith("key:") for action in actions(page))
    terminal.happen(f.Touched("answer:1"))
    assert terminal.state.outbox == ()


def test_the_message_of_nobody_is_in_the_words_of_the_kiosk() -> None:
    scene = stopped_now(hall(), stopped(names={}, hints={}))
    assert scene.page.title == "Sảnh tạm dừng phục vụ"
