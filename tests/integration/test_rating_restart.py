"""A server that is killed while a question is open goes on with it: nothing pressed is lost, and one answer counts."""

from datetime import datetime
from pathlib import Path
from typing import Any, Final

from protocol import commands as c
from protocol.events import RatingOpened, RatingPressed, VisitRated
from protocol.link import Link, new_id
from protocol.views import Introduction, Refused
from queue_server.journal import Journal
from tests.support.asking_hall import asking_at_once
from tests.support.served_branch import ServedBranch, function, until

CLERK: Final[dict[str, Any]] = {
    "function_id": "staff-1",
    "staff_role": "clerk",
    "counter_id": "counter-1",
    "clerk_id": "lan",
}
PAUSE_S: Final = 2.0


def done(branch: ServedBranch, device_id: str, *commands: c.AnyCommand) -> None:
    with branch.link(device_id) as link:
        for command in commands:
            reply = link.ask_and_wait(command)
            assert not isinstance(reply, Refused), (command, reply)


def take() -> c.TakeTicket:
    return c.TakeTicket(function_id="kiosk-1", visit_id=new_id(), service_id="certification", priority_class_id="usual")


def hall_time(link: Link) -> datetime:
    """Give the time in the hall, as its server says it."""
    told = link.ask_and_wait(c.Introduce())
    assert isinstance(told, Introduction)
    return told.at


def press(branch: ServedBranch, level: int, press_id: str) -> None:
    with branch.link("keypad") as link:
        command = c.PressRating(
            function_id="rating-keypad-1", press_id=press_id, level=level, pressed_at=hall_time(link)
        )
        assert not isinstance(link.ask_and_wait(command), Refused)


def until_past(branch: ServedBranch, at: datetime) -> None:
    """Let so much time go by in the hall that a press is neither too soon nor taken for a trembling finger's."""
    with branch.link("keypad") as link:
        until(lambda: (hall_time(link) - at).total_seconds() > PAUSE_S, "the hall's time stands still")


def events_of(branch: ServedBranch, *kinds: type) -> list[Any]:
    with Journal(branch.state / "branch.db") as journal:
        return [event for event in (row.event() for row in journal.rows()) if isinstance(event, kinds)]


def test_killed_while_a_question_is_open(tmp_path: Path) -> None:
    with ServedBranch(tmp_path, config=asking_at_once(tmp_path)) as branch:
        branch.pair("kiosk-1", function("kiosk", "kiosk-1"))
        branch.pair("staff", function("staff", "staff-1"))
        branch.pair("keypad", function("rating_keypad", "rating-keypad-1", "counter-1"))
        first, second = take(), take()
        done(branch, "kiosk-1", first, second)
        done(branch, "staff", c.SignInClerk(**CLERK), c.OpenCounter(**CLERK), c.CallNext(**CLERK))
        done(branch, "staff", c.StartService(**CLERK, visit_id=first.visit_id))
        done(branch, "staff", c.EndService(**CLERK, visit_id=first.visit_id, outcome="received"))
        (opened,) = events_of(branch, RatingOpened)
        until_past(branch, opened.at)
        before, after = new_id(), new_id()
        press(branch, 4, before)
        branch.kill()
        branch.start()
        press(branch, 4, before)
        (pressed,) = events_of(branch, RatingPressed)
        until_past(branch, pressed.at)
        press(branch, 2, after)
        assert events_of(branch, VisitRated) == [], "the question is still open"
        done(branch, "staff", c.CallNext(**CLERK), c.StartService(**CLERK, visit_id=second.visit_id))
        (rated,) = events_of(branch, VisitRated)
        assert (rated.visit_id, rated.level, rated.clerk_id, rated.channel) == (first.visit_id, 2, "lan", "keypad")
        kept = events_of(branch, RatingPressed)
        assert [(one.press_id, one.level, one.flag) for one in kept] == [(before, 4, ""), (after, 2, "")]
