"""A press becomes one command, or none."""

import msgspec
import pytest

from protocol import commands as c
from queue_server.web.presses import ACTIONS, Asker, BadPress, command_of, read_press

REQUEST_ID = "0" * 31 + "1"
ASKER = Asker("staff-1", "clerk", "anh", "counter-3")
VISIT_ID = "a" * 32


def made(action: str, **fields: object) -> c.AnyCommand:
    body = msgspec.json.encode({"request_id": REQUEST_ID, "action": action, **fields})
    return command_of(read_press(body), ASKER)


def test_every_action_names_who_asks_and_where() -> None:
    fields = {"visit_id": VISIT_ID, "reason": "frail", "outcome": "guided", "service_id": "land"}
    fields |= {"number": "H026", "priority_class_id": "elderly"}
    for action in ACTIONS - {"cancel", "answer_help"}:
        command = made(action, **fields)
        assert isinstance(command, c.CounterCommand)
        assert (command.function_id, command.staff_role, command.clerk_id, command.counter_id) == (
            "staff-1",
            "clerk",
            "anh",
            "counter-3",
        )


def test_cancelling_names_who_asks() -> None:
    """It is no command of a counter: the citizen waits for all of them."""
    command = made("cancel", visit_id=VISIT_ID)
    assert command == c.CancelVisit(function_id="staff-1", staff_role="clerk", clerk_id="anh", visit_id=VISIT_ID)
    with pytest.raises(BadPress, match="malformed"):
        made("cancel")


def test_answering_a_call_for_help_names_who_goes_and_where() -> None:
    assert made("answer_help", kiosk="kiosk-1") == c.AnswerHelp(
        function_id="staff-1", staff_role="clerk", clerk_id="anh", kiosk_function_id="kiosk-1"
    )
    with pytest.raises(BadPress, match="malformed"):
        made("answer_help")


@pytest.mark.parametrize(
    ("typed", "prefix", "number"),
    [("H026", "H", 26), ("h26", "H", 26), (" đ 007 ", "Đ", 7), ("26", "", 26), ("A-1000", "A", 1000)],
)
def test_numbers_as_people_type_them(typed: str, prefix: str, number: int) -> None:
    command = made("call_chosen", number=typed, reason="frail")
    assert isinstance(command, c.CallNumber)
    assert (command.prefix, command.number) == (prefix, number)


@pytest.mark.parametrize("typed", ["", "H", "H0", "H 26 27", "ABCD1", "1; drop", "H1234567"])
def test_numbers_that_are_none(typed: str) -> None:
    with pytest.raises(BadPress, match="wrong_number"):
        made("call_chosen", number=typed, reason="frail")


def test_another_priority_class_needs_a_number_a_class_and_a_reason() -> None:
    assert made("prioritize", number="h26", priority_class_id="urgent", reason="unwell") == c.PrioritizeNumber(
        function_id="staff-1",
        staff_role="clerk",
        clerk_id="anh",
        counter_id="counter-3",
        prefix="H",
        number=26,
        priority_class_id="urgent",
        reason="unwell",
    )
    for missing in ({"reason": ""}, {"priority_class_id": ""}, {"number": ""}):
        with pytest.raises(BadPress):
            made("prioritize", **{"number": "26", "priority_class_id": "urgent", "reason": "unwell", **missing})


def test_calling_out_of_order_needs_a_reason() -> None:
    with pytest.raises(BadPress, match="reason_required"):
        made("call_chosen", number="H026")
    with pytest.raises(BadPress, match="reason_required"):
        made("call_chosen", visit_id=VISIT_ID)


def test_a_transfer_goes_somewhere() -> None:
    with pytest.raises(BadPress, match="transfer_nowhere"):
        made("transfer")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b'{"action": "call_next"}',
        b'{"request_id": "short", "action": "call_next"}',
        b'{"request_id": "%s", "action": "call_next", "clerk_id": "minh"}' % REQUEST_ID.encode(),
        b'{"request_id": "%s", "action": "end", "outcome": 3}' % REQUEST_ID.encode(),
    ],
)
def test_bodies_that_are_no_press(body: bytes) -> None:
    with pytest.raises(BadPress, match="malformed"):
        read_press(body)


def test_an_action_that_does_not_exist() -> None:
    with pytest.raises(BadPress, match="malformed"):
        made("tick")
    with pytest.raises(BadPress, match="malformed"):
        made("resume", visit_id="../etc", reason="frail")
