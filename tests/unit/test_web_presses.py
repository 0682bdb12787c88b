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
    fields |= {"number": "H026", "priority_class_id": "elderly", "help": "colleague"}
    for action in ACTIONS - {"cancel", "answer_help", "answer_counter_help", "give"}:
        command = made(action, **fields)
        assert isinstance(command, c.CounterCommand)
        assert (command.function_id, command.staff_role, command.clerk_id, command.counter_id) == (
            "staff-1",
            "clerk",
            "anh",
            "counter-3",
        )


def test_presses_name_what_the_page_showed_of_the_counter() -> None:
    seen = {"serving_id": VISIT_ID, "serving_service_id": "land", "after_call_id": 7}
    more = {"outcome": "guided", "service_id": "results", "reason": "frail"}
    for action in ("recall", "start", "end", "no_show", "park", "transfer"):
        command = made(action, **seen, **more)
        assert isinstance(command, c.VisitCommand)
        assert command.visit_id == VISIT_ID
        older = made(action, **more)
        assert isinstance(older, c.VisitCommand)
        assert older.visit_id == ""
    end = made("end", **seen, outcome="guided")
    assert isinstance(end, c.EndService)
    assert end.service_id == "land"
    for call in ({"action": "call_next"}, {"action": "call_chosen", "number": "H7"}, {"action": "resume"}):
        chosen = {"visit_id": "b" * 32, "reason": "frail"} if call["action"] != "call_chosen" else {"reason": "frail"}
        command = made(**call, **seen, **chosen)  # type: ignore[arg-type]  # Words alone.
        assert isinstance(command, c.CallingCommand)
        assert command.after_call_id == 7
    with pytest.raises(BadPress):
        made("call_next", after_call_id=-1)
    with pytest.raises(BadPress):
        made("start", serving_id="H026")


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


def test_a_number_without_a_card_has_the_id_of_its_press_and_needs_a_service_and_a_reason() -> None:
    fields = {"service_id": "land", "priority_class_id": "usual", "reason": "no_card"}
    assert made("give", **fields) == c.TakeTicket(
        function_id="staff-1",
        staff_role="clerk",
        clerk_id="anh",
        visit_id=REQUEST_ID,
        service_id="land",
        priority_class_id="usual",
        without_card="no_card",
    )
    for missing in fields:
        with pytest.raises(BadPress):
            made("give", **{**fields, missing: ""})


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


def test_how_a_visit_goes_on() -> None:
    ends = [made("end", outcome="guided", goes=goes) for goes in ("", "stay", "stop")]
    assert [(one.stay, one.stop_here) for one in ends if isinstance(one, c.EndService)] == [
        (False, False),
        (True, False),
        (False, True),
    ]
    plan = made("plan", visit_id=VISIT_ID, services="land+results")
    assert isinstance(plan, c.PlanServices)
    assert plan.service_ids == ("land", "results")
    nothing = made("plan", visit_id=VISIT_ID, services="")
    assert isinstance(nothing, c.PlanServices)
    assert nothing.service_ids == ()
    for wrong in ({"services": "land+"}, {"services": "+".join(["land"] * 9)}, {"services": "a b"}):
        with pytest.raises(BadPress):
            made("plan", visit_id=VISIT_ID, **wrong)


@pytest.mark.parametrize(
    ("chosen", "to", "counter"),
    [("supervisor", "supervisor", ""), ("colleague", "colleague", ""), ("counter-4", "colleague", "counter-4")],
)
def test_whom_a_clerk_calls_for_help(chosen: str, to: str, counter: str) -> None:
    command = made("help", help=chosen)
    assert isinstance(command, c.CallHelp)
    assert (command.to, command.to_counter_id) == (to, counter)
    goes = made("answer_counter_help", counter="counter-1")
    assert isinstance(goes, c.AnswerCounterHelp)
    assert (goes.clerk_id, goes.counter_id) == ("anh", "counter-1")


def test_a_note_goes_with_the_transfer_and_a_long_one_with_none() -> None:
    command = made("transfer", to_counter_id="counter-1", note="đã hẹn <b>bổ sung</b>")
    assert isinstance(command, c.TransferVisit)
    assert command.note == "đã hẹn <b>bổ sung</b>"
    with pytest.raises(BadPress):
        made("transfer", to_counter_id="counter-1", note="x" * 281)


def test_a_number_is_reinstated_by_its_id_or_as_it_is_typed() -> None:
    assert isinstance(made("reinstate", visit_id=VISIT_ID, reason="frail"), c.ReinstateVisit)
    typed = made("reinstate", number="h26", reason="frail")
    assert isinstance(typed, c.ReinstateNumber)
    assert (typed.prefix, typed.number) == ("H", 26)
