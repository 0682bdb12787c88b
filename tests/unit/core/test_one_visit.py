"""One citizen from the number to the rating, and the day around it."""

from protocol import commands as c
from protocol import events as e
from protocol import views as v
from queue_server import core
from tests.support.driven_branch import DrivenBranch, instant
from tests.support.halls import UTC_OFFSET_S, small_hall


def test_a_visit_from_number_to_rating() -> None:
    hall = DrivenBranch(small_hall(), instant("06:30"))
    hall.advance(instant("07:30"))
    visit_id = "1" * 32
    taken = hall.ask(
        c.TakeTicket(function_id="kiosk-1", visit_id=visit_id, service_id="civil_status", priority_class_id="usual")
    )
    assert isinstance(taken, v.TicketTaken)
    assert (taken.prefix, taken.number, taken.ahead) == ("H", 1, 0)
    hall.ask(c.SignInClerk(function_id="staff-1", staff_role="clerk", clerk_id="an", counter_id="counter-1"))
    called = hall.ask(c.CallNext(function_id="call-keypad-1", counter_id="counter-1"))
    assert isinstance(called, v.VisitCalledReply)
    assert (called.visit_id, called.clause, called.call_id) == (visit_id, "priority", 1)
    hall.advance(instant("07:31"))
    hall.ask(c.StartService(function_id="call-keypad-1", counter_id="counter-1"))
    hall.advance(instant("07:41"))
    hall.ask(c.EndService(function_id="call-keypad-1", counter_id="counter-1", outcome="received"))
    assert core.rating_view(hall.branch, "counter-1").window is not None
    hall.advance(instant("07:41:05"))
    hall.ask(c.PressRating(function_id="rating-keypad-1", press_id="2" * 32, level=1, pressed_at=hall.at))
    hall.advance(instant("07:45"))
    assert core.rating_view(hall.branch, "counter-1").window is None
    rated = [event for event in hall.events() if isinstance(event, e.VisitRated)]
    assert [(event.visit_id, event.level, event.channel) for event in rated] == [(visit_id, 1, "keypad")]


def test_the_day_opens_and_closes_by_the_calendar_and_skips_a_holiday() -> None:
    hall = DrivenBranch(small_hall(), instant("05:00"))
    hall.advance(instant("05:59"))
    assert not hall.branch.day_open
    hall.advance(instant("06:00"))
    assert (hall.branch.day_open, hall.branch.day) == (True, "2026-11-23")
    hall.advance(instant("20:00"))
    assert not hall.branch.day_open
    assert core.next_deadline(hall.branch, hall.at, UTC_OFFSET_S) == instant("06:00", "2026-11-25")
