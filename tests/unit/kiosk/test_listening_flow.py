"""More time for who listens: the flow's own clock, without window, keypad or voice (WCAG 2.2.1)."""

from typing import Literal

import pytest

from kiosk.ticket import model as m
from tests.support.kiosks import TO_NUMBER, Scene


def listening(*touches: str) -> Scene:
    scene = Scene().opened().with_catalogue()
    scene.happen(m.Listening(is_on=True))
    return scene.touch(*touches)


def test_the_question_comes_later_and_waits_longer() -> None:
    scene = listening("service:land").later(100)
    assert scene.page.name == "class"
    scene.later(21)
    assert scene.page.name == "still_there"
    assert any(f"{seconds} giây" in scene.page.hint for seconds in (59, 60))
    scene.later(50)
    assert scene.page.name == "still_there", "twenty seconds would do for the standard"
    scene.later(11)
    assert (scene.page.name, scene.state.listening) == ("services", False)


def test_time_counts_from_the_last_sentence_and_any_key_gives_more() -> None:
    scene = listening("service:land").later(100)
    scene.happen(m.Attended())
    scene.later(100)
    assert scene.page.name == "class"
    scene.later(21)
    assert scene.page.name == "still_there"
    for _ in range(11):  # WCAG asks for ten times at least.
        scene.later(50)
        scene.happen(m.Attended())
    assert scene.page.name == "still_there"
    scene.touch("stay")
    assert scene.page.name == "class"


def test_the_number_stays_until_it_has_been_heard() -> None:
    scene = listening(*TO_NUMBER).disk().number(25).printer("confirmed").later(100)
    assert scene.shown_number == "H025"
    scene.happen(m.Attended())
    scene.later(100)
    assert scene.shown_number == "H025"
    scene.later(21)
    assert scene.page.name == "services"


def test_nobody_else_waits_longer() -> None:
    scene = Scene().opened().touch("service:land")
    scene.happen(m.Attended())
    scene.later(61)
    assert scene.page.name == "still_there"


def test_unplugging_gives_the_screen_back_to_the_usual_time() -> None:
    scene = listening("service:land")
    scene.happen(m.Listening(is_on=False))
    scene.later(61)
    assert scene.page.name == "still_there"


def test_listening_at_the_start_ends_by_itself() -> None:
    scene = listening().later(119)
    assert scene.state.listening
    scene.later(2)
    assert (scene.page.name, scene.state.listening) == ("services", False)


def test_help_is_called_even_while_the_kiosk_asks() -> None:
    scene = listening("service:land").later(121)
    assert scene.page.name == "still_there"
    scene.touch("key:help")
    assert scene.count(m.Ask, "ReportDevice")
    assert scene.state.help == "asked"


@pytest.mark.parametrize(("part", "reason"), [("keypad", "tactile_keypad_gone"), ("speech", "speech_gone")])
def test_a_dead_part_is_told_and_takes_no_number_from_anybody(part: Literal["keypad", "speech"], reason: str) -> None:
    scene = Scene(settings=m.Settings(has_printer=False)).opened().with_catalogue()
    scene.happen(m.ListeningHealth(part, "it was unplugged"))
    report = scene.last(m.Ask, "ReportDevice").command
    assert (report.state, report.reason, report.detail) == ("degraded", reason, "it was unplugged")  # type: ignore[union-attr]  # a report.
    assert scene.touch(*TO_NUMBER).disk().number(25).shown_number == "H025"
    scene.happen(m.ListeningHealth(part, ""))
    assert scene.last(m.Ask, "ReportDevice").command.state == "ok"  # type: ignore[union-attr]  # a report.
