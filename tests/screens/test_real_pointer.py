"""Once with all that a hall has between a hand and the flow: an X server, SDL's X11 driver, a pointer that moves.

Everywhere else the touch programs draw into memory and are touched at their door or by Kivy's events.
"""

from pathlib import Path

import pytest

from protocol.commands import CallNext, EndService, OpenCounter, SignInClerk, StartService
from tests.screens.test_rating_program import AT_COUNTER
from tests.support.asking_hall import asking_at_once
from tests.support.real_display import RealDisplay
from tests.support.real_hall import PATIENCE_S, RealHall, RealScreen, middle_of, number_on, words

pytestmark = [pytest.mark.screen, pytest.mark.slow, pytest.mark.timeout(300)]


def click(display: RealDisplay, screen: RealScreen, action: str, then: str) -> None:
    """Press what is shown now with the pointer until the page that follows it is there."""
    since = len(screen.seen)
    for _ in range(3):  # A machine that is busy may take the first press for one that the old page was meant.
        display.click(*middle_of(screen.seen[-1], action))
        try:
            screen.wait_for_screen(then, since=since, patience_s=PATIENCE_S / 3)
        except AssertionError:
            continue
        return
    raise AssertionError(f"the pointer pressed {action} and {then} never came; last was {words(screen.seen[-1])}")


def test_a_pointer_walks_from_the_start_to_a_number_and_rates_the_visit(tmp_path: Path) -> None:
    with RealHall(tmp_path, config=asking_at_once(tmp_path)) as hall, RealDisplay(1080, 1920) as display:
        state = hall.pair("kiosk-a", "kiosk:kiosk-1")
        with RealScreen("kiosk", state, "--size", "1080x1920", display=display.name) as kiosk:
            kiosk.on("services")
            assert display.windows() == 1, "SDL drew somewhere else"
            for action, then in (
                ("service:civil_status", "class"), ("class:usual", "confirm"), ("take", "number"),
            ):  # fmt: skip
                click(display, kiosk, action, then)
            number = number_on(kiosk.on("number"))
        assert kiosk.exit_code == 0
        assert number == "H001"
        terminal_state = hall.pair("tablet-2", "rating_terminal:rating-terminal-2:counter-2")
        with RealScreen("rating", terminal_state, "--size", "1080x1920", display=display.name) as terminal:
            terminal.on("idle", having="Quầy 2")
            hall.staff(
                SignInClerk(**AT_COUNTER),
                OpenCounter(**AT_COUNTER),
                CallNext(**AT_COUNTER),
                StartService(**AT_COUNTER),
                EndService(**AT_COUNTER, outcome="received"),
            )
            terminal.on("question", having=number)
            terminal.wait_for_hall_time(0.5)
            click(display, terminal, "answer:1", "thanks")
        assert terminal.exit_code == 0
        assert display.windows() == 0
