"""A call whose announcement was cut off: told to the counter that called, once, and only while it still stands."""

import pytest

from protocol import commands as c
from protocol import events as e
from protocol import views as v
from queue_server import core
from tests.support import invariants
from tests.support.driven_branch import DrivenBranch, instant
from tests.support.halls import small_hall

DAY = "2026-11-23"
VISIT_ID = "1" * 32


def calling(priority_class_id: str = "usual") -> DrivenBranch:
    """Give a hall in which counter 1 calls its first visit."""
    hall = DrivenBranch(small_hall(), instant("06:30"))
    hall.advance(instant("07:30"))
    hall.ask(
        c.TakeTicket(
            function_id="kiosk-1",
            visit_id=VISIT_ID,
            service_id="civil_status",
            priority_class_id=priority_class_id,
        )
    )
    hall.ask(c.SignInClerk(function_id="staff-1", staff_role="clerk", clerk_id="an", counter_id="counter-1"))
    hall.ask(c.CallNext(function_id="call-keypad-1", counter_id="counter-1"))
    return hall


def report(hall: DrivenBranch, call_id: int = 1, day: str = DAY) -> v.AnyReply:
    reply = hall.ask(c.ReportUnsaidCall(function_id="board-1", day=day, call_id=call_id))
    invariants.check(hall)
    return reply


def is_told(hall: DrivenBranch) -> bool:
    serving = core.counter_view(hall.branch, "counter-1", hall.at).serving
    return serving is not None and serving.unsaid


def told_events(hall: DrivenBranch) -> list[e.CallLeftUnsaid]:
    return [event for event in hall.events() if isinstance(event, e.CallLeftUnsaid)]


def test_the_clerk_is_told_once_until_the_recall() -> None:
    hall = calling()
    assert not is_told(hall)
    assert report(hall) == v.Done()
    assert is_told(hall)
    assert report(hall) == v.Done()
    assert [(event.call_id, event.visit_id, event.counter_id) for event in told_events(hall)] == [
        (1, VISIT_ID, "counter-1")
    ]
    hall.ask(c.RecallVisit(function_id="call-keypad-1", counter_id="counter-1"))
    assert not is_told(hall)


LATE = (
    # what happened before the board came back, the call and the day it reports
    ("it was recalled", c.RecallVisit(function_id="call-keypad-1", counter_id="counter-1"), 1, DAY),
    ("the citizen is there", c.StartService(function_id="call-keypad-1", counter_id="counter-1"), 1, DAY),
    ("nobody came", c.MarkNoShow(function_id="call-keypad-1", counter_id="counter-1"), 1, DAY),
    ("it was yesterday", None, 1, "2026-11-22"),
    ("there is no such call", None, 7, DAY),
)


@pytest.mark.parametrize(("what", "command", "call_id", "day"), LATE, ids=[row[0] for row in LATE])
def test_what_does_not_stand_any_more_is_nobodys_business(
    what: str, command: c.AnyCommand | None, call_id: int, day: str
) -> None:
    hall = calling()
    if command is not None:
        hall.ask(command)
    assert report(hall, call_id, day) == v.Done(), what
    assert not told_events(hall)
    assert not is_told(hall)


def test_a_board_tells_that_a_number_has_priority_unless_the_branch_keeps_it_to_itself() -> None:
    for priority_class_id, expected in (("usual", False), ("elderly", True)):
        hall = calling(priority_class_id)
        (shown,) = core.board_view(hall.branch, "hall", {}, hall.at).calls
        assert shown.priority is expected
