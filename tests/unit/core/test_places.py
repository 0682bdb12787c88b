"""Where a device's functions stand: put elsewhere, kept over the night, and judged by where they stand now."""

import pytest

from protocol import commands as c
from protocol import events as e
from protocol import views as v
from queue_server import core
from tests.support import invariants
from tests.support.driven_branch import DrivenBranch, instant
from tests.support.halls import small_hall


@pytest.fixture
def hall() -> DrivenBranch:
    hall = DrivenBranch(small_hall(), instant("05:30"))
    hall.advance(instant("07:30"))
    return hall


def place(hall: DrivenBranch, function_id: str, **where: str | bool) -> v.AnyReply:
    reply = hall.ask(
        c.PlaceFunction(function_id="technician-1", placed_function_id=function_id, **where)  # type: ignore[arg-type]  # Fields by name.
    )
    invariants.check(hall)
    return reply


def keypad(hall: DrivenBranch) -> c.FunctionDescription:
    device = hall.branch.devices[hall.branch.device_by_function["call-keypad-1"]]
    return next(one for one in device.functions if one.function_id == "call-keypad-1")


def test_a_keypad_that_is_moved_speaks_for_its_new_counter(hall: DrivenBranch) -> None:
    before = keypad(hall)
    other = next(one for one in hall.branch.hall.counters if one != before.counter_id)
    assert place(hall, "call-keypad-1", counter_id=other, zone_id=before.zone_id) == v.Done()
    assert keypad(hall).counter_id == other
    asked = c.CallNext(function_id="call-keypad-1", counter_id=before.counter_id)
    refused = hall.ask(asked, device_id=hall.branch.device_by_function["call-keypad-1"])
    assert isinstance(refused, v.Refused)
    assert refused.code == "wrong_counter"
    (line,) = [one for one in core.devices_view(hall.branch).lines if one.function_id == "call-keypad-1"]
    assert line.counter_id == other


def test_the_same_place_again_is_no_event(hall: DrivenBranch) -> None:
    before, count = keypad(hall), len(hall.events())
    assert place(hall, "call-keypad-1", counter_id=before.counter_id, zone_id=before.zone_id) == v.Done()
    assert len(hall.events()) == count


def test_a_place_outlives_the_night_and_a_replay(hall: DrivenBranch) -> None:
    other = next(one for one in hall.branch.hall.counters if one != keypad(hall).counter_id)
    place(hall, "call-keypad-1", counter_id=other, near_clerk=True)
    hall.advance(instant("08:00", "2026-11-25"))
    opened = [event for event in hall.events() if isinstance(event, e.DayOpened)][-1]
    told = {one.function_id: one for device in opened.devices for one in device.functions}
    assert told["call-keypad-1"].counter_id == other
    assert keypad(hall).near_clerk


@pytest.mark.parametrize(
    ("function_id", "where", "code"),
    [
        ("nowhere", {}, "unknown_device"),
        ("call-keypad-1", {"counter_id": "counter-99"}, "unknown_counter"),
        ("call-keypad-1", {"zone_id": "attic"}, "unknown_zone"),
    ],
)
def test_there_is_no_such_place(hall: DrivenBranch, function_id: str, where: dict[str, str], code: str) -> None:
    refused = place(hall, function_id, **where)
    assert isinstance(refused, v.Refused)
    assert refused.code == code


def test_a_revoked_device_stands_nowhere_and_tries_nothing(hall: DrivenBranch) -> None:
    device_id = hall.branch.device_by_function["kiosk-1"]
    hall.ask(c.RevokeDevice(function_id="technician-1", device_id=device_id))
    assert isinstance(place(hall, "kiosk-1"), v.Refused)
    tried = c.TryFunction(function_id="technician-1", tried_function_id="kiosk-1", trial="answer", trial_id="1" * 32)
    assert isinstance(hall.ask(tried), v.Refused)
    found = hall.ask(c.FindDevice(function_id="technician-1", device_id=device_id))
    assert isinstance(found, v.DeviceFound)
    assert found.pairing == "revoked"


def test_a_device_hears_what_it_is_there_for_and_what_to_try(hall: DrivenBranch) -> None:
    about = c.About(program="agent", program_version="1", machine_at=hall.at, started_at=hall.at)
    trial = c.Trial(trial_id="1" * 32, function_id="call-keypad-1", trial="answer")
    device_id = hall.branch.device_by_function["call-keypad-1"]
    facts = hall.facts(attendance=core.Attendance(due=(trial,)))
    reply = hall.ask(c.Attend(about=about), device_id=device_id, facts=facts)
    assert reply == v.Attended(functions=hall.branch.devices[device_id].functions, trials=(trial,))
    assert isinstance(hall.ask(c.FindDevice(function_id="technician-1", device_id="nobody")), v.Refused)
