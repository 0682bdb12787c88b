"""Whichever key was pressed, the clerk's side sees the same: console, views, the terminal from afar."""

from datetime import timedelta
from typing import Any

import msgspec
import pytest

from protocol import codec
from protocol import commands as c
from queue_server import core
from tests.support.driven_branch import DrivenBranch, instant
from tests.support.halls import small_hall
from tests.support.kiosks import ward
from tests.unit.kiosk.test_rating_flow import Terminal, window

LEVELS = [level.level for level in ward().rating_scale.levels]
CLERK: dict[str, Any] = {"function_id": "staff-1", "staff_role": "clerk", "counter_id": "counter-1", "clerk_id": "an"}


def rated(level: int) -> tuple[DrivenBranch, dict[str, bytes]]:
    """Serve one citizen who presses this level at the terminal, and give every view there is, as bytes."""
    hall = DrivenBranch(small_hall(rating_scale=ward().rating_scale), instant("05:00"))
    hall.advance(instant("09:00"))
    visit = c.TakeTicket(
        function_id="kiosk-1",
        visit_id="a" * 32,
        service_id="civil_status",
        priority_class_id="usual",
        procedure_code="",
    )
    commands = (
        visit, c.SignInClerk(**CLERK), c.OpenCounter(**CLERK), c.CallNext(**CLERK), c.StartService(**CLERK),
    )  # fmt: skip
    for command in commands:
        hall.ask(command)
    hall.advance(hall.at + timedelta(minutes=5))
    hall.ask(c.EndService(**CLERK, outcome="received"))
    shown = hall.branch.counters["counter-1"].window
    assert shown is not None
    hall.advance(hall.at + timedelta(seconds=5))
    press = c.PressRating(
        function_id="rating-terminal-1", press_id="b" * 32, level=level, reasons=(), pressed_at=hall.at,
        nonce=shown.nonce, buffered=False,
    )  # fmt: skip
    hall.ask(press)
    assert shown.presses, "the press counts"
    views = {}
    for topic in core.topics(hall.branch):
        views[topic] = msgspec.json.encode(core.view_of(hall.branch, topic, {}, hall.at))
    return hall, views


def test_no_view_of_anybody_tells_which_key_was_pressed() -> None:
    first, *others = (rated(level)[1] for level in LEVELS)
    assert {"counter/counter-1", "rating/counter-1", "hall", "board/hall"} <= set(first)
    for other in others:
        assert other == first


def test_the_log_alone_tells_them_apart() -> None:
    logs = [b"".join(rated(level)[0].log) for level in LEVELS]
    assert len(set(logs)) == len(LEVELS), "the comparison above would prove nothing"
    assert codec.decode_event(rated(1)[0].log[-1])


@pytest.mark.parametrize("level", LEVELS)
def test_the_terminal_thanks_in_the_same_way_and_for_as_long(level: int) -> None:
    def walked(pressed: int) -> tuple[object, float]:
        terminal = Terminal().opened().asks(window(closes_s=90)).touch(f"answer:{pressed}")
        if terminal.page.name == "reasons":
            terminal.touch("skip")
        terminal.disk()
        thanks, began_s = terminal.page, terminal.real_s
        while terminal.page.name == "thanks":
            terminal.later(1)
        return thanks, terminal.real_s - began_s

    assert walked(level) == walked(LEVELS[0])


def test_what_was_pressed_is_not_marked_for_whoever_looks_over() -> None:
    fresh = Terminal().opened().asks().page
    again = Terminal().opened().asks().touch("answer:4", "skip", "change").page
    assert again == fresh
