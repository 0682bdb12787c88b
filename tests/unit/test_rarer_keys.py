"""The rarer keys of a call keypad: what each asks, and what asks nothing."""

from datetime import UTC, datetime
from typing import Any

import pytest

from hardware.agent.rarer_keys import RARER, rarer_command
from hardware.agent.settings import AgentSettings
from hardware.keypad import DEFAULT_KEYS, CallKeypad, KeypadAction, Pressed
from protocol import commands as c
from protocol.views import CounterHelp, CounterView
from tests.support.paper_hall import counter_view, visit

SETTINGS = AgentSettings(
    outcomes=("received", "advised"),
    transfers=("land", "results"),
    transfer_reason="other_work",
    reinstate_reason="came_late",
)
PARKED = (visit(19, "parked"), visit(42, "parked"))
HELP = CounterHelp(
    counter_id="counter-3",
    number=3,
    clerk_id="anh",
    to="colleague",
    to_counter_id="",
    since_at=datetime(2026, 11, 23, tzinfo=UTC),
)
SERVING = counter_view("serving", serving=visit(42, "in_service", coming_service_ids=("land",)))
BASE: dict[str, Any] = {"function_id": "call-keypad-3", "counter_id": "counter-3"}


def asked(action: str, number: int | None = None, view: CounterView | None = None) -> c.AnyCommand | None:
    return rarer_command("call-keypad-3", "counter-3", Pressed(KeypadAction(action), number), SETTINGS, view)


@pytest.mark.parametrize(
    ("action", "number", "view", "expected"),
    [
        ("park", None, None, c.ParkVisit(**BASE, remind_after_s=900)),
        ("resume", None, counter_view(parked=PARKED), c.ResumeVisit(**BASE, visit_id=f"{19:032x}", after_call_id=0)),
        ("resume", 42, counter_view(parked=PARKED), c.ResumeVisit(**BASE, visit_id=f"{42:032x}", after_call_id=0)),
        ("resume", 7, counter_view(parked=PARKED), None),
        ("resume", None, None, None),
        ("reinstate", 42, None, c.ReinstateNumber(**BASE, number=42, reason="came_late")),
        ("transfer", 2, None, c.TransferVisit(**BASE, service_id="results", reason="other_work")),
        ("transfer", 3, None, None),
        ("transfer", 0, None, None),
        ("help", None, counter_view(), c.CallHelp(**BASE, to="colleague")),
        ("help", 2, None, c.CallHelp(**BASE, to="supervisor")),
        ("help", None, counter_view(help=HELP), c.EndHelp(**BASE)),
        ("next_service", None, None, c.EndService(**BASE, outcome="received", stay=True)),
        ("next_service", 2, None, c.EndService(**BASE, outcome="advised", stay=True)),
        ("next_service", 3, None, None),
        ("end_here", None, None, c.EndService(**BASE, outcome="received", stop_here=True)),
        ("add_service", 2, SERVING, c.PlanServices(**BASE, visit_id=f"{42:032x}", service_ids=("land", "results"))),
        ("add_service", 1, SERVING, c.PlanServices(**BASE, visit_id=f"{42:032x}", service_ids=())),
        ("add_service", 3, SERVING, None),
        ("add_service", 1, counter_view("idle"), None),
        ("add_service", 1, None, None),
    ],
)
def test_what_a_key_asks(
    action: str, number: int | None, view: CounterView | None, expected: c.AnyCommand | None
) -> None:
    assert asked(action, number, view) == expected


def test_keys_about_whoever_is_there_name_who_that_is() -> None:
    there: dict[str, Any] = {"visit_id": f"{42:032x}"}
    assert asked("park", None, SERVING) == c.ParkVisit(**BASE, **there, remind_after_s=900)
    sent = c.TransferVisit(**BASE, **there, service_id="results", reason="other_work")
    assert asked("transfer", 2, SERVING) == sent
    end = asked("end_here", None, SERVING)
    assert isinstance(end, c.EndService)
    assert SERVING.serving is not None
    assert (end.visit_id, end.service_id) == (there["visit_id"], SERVING.serving.service_id)


def test_no_key_means_these_unless_it_is_told_to() -> None:
    assert not RARER & set(DEFAULT_KEYS.values())


def test_digits_go_with_the_keys_that_need_them() -> None:
    keypad = CallKeypad({"K": KeypadAction.PARK, "I": KeypadAction.REINSTATE, "G": KeypadAction.RESUME})
    assert keypad.press("I", 0.0) is None, "nobody is brought back without a number"
    for key in "042":
        keypad.press(key, 1.0)
    assert keypad.press("I", 1.0) == Pressed(KeypadAction.REINSTATE, 42)
    keypad.press("7", 2.0)
    assert keypad.press("K", 2.0) == Pressed(KeypadAction.PARK)
    assert keypad.press("G", 3.0) == Pressed(KeypadAction.RESUME)
