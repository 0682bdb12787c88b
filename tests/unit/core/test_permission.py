"""Who may ask: the key owns the function, the function has a role, the person a second one, the clerk a counter."""

import typing

import msgspec
import pytest

from protocol import ballot_commands as bc
from protocol import commands as c
from protocol import inquiry_commands as ic
from protocol import month_commands as mc
from protocol import views as v
from protocol.commands import FunctionDescription
from protocol.message import type_of
from protocol.roles import COMMANDS_OF_ROLE, COMMANDS_OF_STAFF_ROLE
from queue_server import core
from queue_server.core.permission import check_role
from tests.support.driven_branch import DrivenBranch, instant
from tests.support.halls import key_of, small_hall

COMMANDS: tuple[type[c.Command], ...] = typing.get_args(c.AnyCommand)
EXAMPLES = {
    "visit_id": "1" * 32,
    "person_mark": "1" * 32,
    "press_id": "1" * 32,
    "service_ids": ("land",),
    "to": "colleague",
    "secret": "0" * 32,
    "code": "AB234567",
    "state": "ok",
    "number": 501,
    "prefix": "H",
    "level": 1,
    "draw_id": "1" * 32,
    "campaign_id": "1" * 32,
    "voice_id": "1" * 32,
    "channel": "paper",
    "ending": "closed",
    "alert_id": "1" * 32,
    "inquiry_id": "1" * 32,
    "hearing_id": "1" * 32,
    "step_id": "1" * 32,
    "text": "x",
    "codes": ("1" * 11,),
    "last_day": "2026-11-27",
    "order_id": "0198c2d400007000800000000000000a",
    "reason": "frail",
    "outcome": "received",
    "taken_at": instant("07:30"),
    "pressed_at": instant("07:30"),
    "told_at": instant("07:30"),
    "sources": {},
    "day": "2026-11-23",
    "call_id": 1,
    "first_day": "2026-11-23",
    "month": "2026-10",
    "seq": 9,
    "snapshot_hash": "0" * 64,
    "points": {"attitude": 2},
    "rosters": ({"day": "2026-11-25", "shifts": ()},),
    "functions": (FunctionDescription(function_id="x", kind="board"),),
    "trial": "answer",
    "trial_id": "1" * 32,
    "about": c.About(program="p", program_version="1", machine_at=instant("07:30"), started_at=instant("07:00")),
}


KINDS = {ic.StepAlert: "closed", ic.StepInquiry: "given", ic.SpeakInInquiry: "stated"}


def example(kind: type[c.Command], **more: object) -> c.AnyCommand:
    """Make any command, its fields filled with something that the codec lets pass."""
    fields = {field.name: EXAMPLES.get(field.name, "1") for field in msgspec.structs.fields(kind) if field.required}
    if kind is c.ReportTicket:
        fields["state"] = "confirmed"
    if kind is c.FetchCatalogue:
        fields["catalogue_hash"] = "0"
    if kind in KINDS:
        fields["kind"] = KINDS[kind]
    if kind is bc.VoidBallot:
        fields["reason"] = "lost"
    if kind is mc.CorrectMonth:
        fields["reason"] = "late_papers"
    fields |= {name: value for name, value in more.items() if name in kind.__struct_fields__}
    made: c.AnyCommand = msgspec.convert({"type": type_of(kind.__name__), **fields}, c.AnyCommand)
    return made


def allowed(actor: core.Actor, command: c.AnyCommand) -> bool:
    try:
        check_role(actor, command)
    except core.Refusal as refusal:
        return refusal.code != "not_allowed"
    return True


@pytest.mark.parametrize("kind", COMMANDS)
@pytest.mark.parametrize("role", [role for role in COMMANDS_OF_ROLE if role != "staff"])
def test_every_cell_of_role_and_command(role: str, kind: type[c.Command]) -> None:
    function = FunctionDescription(function_id="f", kind=role)  # type: ignore[arg-type]  # Each role is a kind.
    names = issubclass(kind, c.TerminalCommand)
    actor = core.Actor(device_id="d", functions=(function,), function=function if names else None)
    assert allowed(actor, example(kind)) == (kind in COMMANDS_OF_ROLE[role])


@pytest.mark.parametrize("kind", COMMANDS)
@pytest.mark.parametrize("staff_role", ["", *COMMANDS_OF_STAFF_ROLE])
def test_every_cell_of_staff_role_and_command(staff_role: str, kind: type[c.Command]) -> None:
    function = FunctionDescription(function_id="f", kind="staff")
    names = issubclass(kind, c.TerminalCommand)
    actor = core.Actor(
        device_id="d", functions=(function,), function=function if names else None, staff_role=staff_role
    )
    by_person = kind in COMMANDS_OF_STAFF_ROLE.get(staff_role, frozenset()) or kind is c.ReportDevice
    expected = kind in COMMANDS_OF_ROLE["staff"] and (by_person or not names)
    assert allowed(actor, example(kind)) == expected


@pytest.mark.parametrize("kind", COMMANDS)
def test_the_loop_and_the_stranger_have_their_own(kind: type[c.Command]) -> None:
    of_the_loop = {c.Tick, c.Configure, c.OpenDay, c.CloseDay, c.CreateDevice, c.RevokeDevice, c.ReportDevice}
    assert allowed(core.Actor.loop(), example(kind)) == (kind in of_the_loop)
    assert allowed(core.Actor.stranger(), example(kind)) == (kind is c.Pair)


def opened() -> DrivenBranch:
    hall = DrivenBranch(small_hall(), instant("05:30"))
    hall.advance(instant("07:30"))
    return hall


def test_an_actor_is_made_from_the_key() -> None:
    branch = opened().branch
    call = c.CallNext(function_id="call-keypad-1", counter_id="counter-1")
    actor = core.actor_of(branch, key_of("call-keypad-1"), call)
    assert (actor.device_id, actor.origin, actor.clerk_id) == ("call-keypad-1", "device", "")
    assert actor.function is not None
    with pytest.raises(core.Refusal, match="unknown_function"):
        core.actor_of(branch, key_of("call-keypad-2"), call)
    with pytest.raises(core.Refusal, match="unknown_device"):
        core.actor_of(branch, key_of("nobody"), call)
    question = core.actor_of(branch, key_of("kiosk-1"), c.Introduce())
    assert (question.function, len(question.functions)) == (None, 1)


def test_only_the_staff_pages_name_a_role_and_a_clerk() -> None:
    hall = opened()
    hall.ask(c.SignInClerk(function_id="staff-1", staff_role="clerk", clerk_id="an", counter_id="counter-1"))
    branch = hall.branch
    boast = c.CallNext(function_id="call-keypad-2", counter_id="counter-2", clerk_id="an", staff_role="technician")
    actor = core.actor_of(branch, key_of("call-keypad-2"), boast)
    assert (actor.staff_role, actor.clerk_id) == ("", "")
    own = c.CallNext(function_id="call-keypad-1", counter_id="counter-1", clerk_id="binh")
    assert core.actor_of(branch, key_of("call-keypad-1"), own).clerk_id == "an"
    staff = c.CallNext(function_id="staff-1", counter_id="counter-1", clerk_id="an", staff_role="clerk")
    assert core.actor_of(branch, key_of("staff-1"), staff).clerk_id == "an"
    assert core.actor_of(branch, key_of("staff-1"), staff).staff_role == "clerk"
    kiosk = c.TakeTicket(
        function_id="kiosk-1", visit_id="1" * 32, service_id="land", priority_class_id="usual", staff_role="clerk"
    )
    assert core.actor_of(branch, key_of("kiosk-1"), kiosk).staff_role == ""


def test_a_keypad_speaks_for_its_own_counter_only() -> None:
    hall = opened()
    for counter in (1, 2):
        hall.ask(
            c.SignInClerk(
                function_id="staff-1", staff_role="clerk", clerk_id=f"clerk-{counter}", counter_id=f"counter-{counter}"
            )
        )
    reply = hall.ask(c.CallNext(function_id="call-keypad-1", counter_id="counter-2"))
    assert reply == v.Refused(code="wrong_counter", parts={"counter_id": "counter-2"})
    nowhere = hall.ask(c.CallNext(function_id="call-keypad-1", counter_id="counter-9"))
    assert nowhere == v.Refused(code="unknown_counter", parts={"counter_id": "counter-9"})


def test_a_keypad_without_a_counter_speaks_for_none() -> None:
    hall = opened()
    loose = FunctionDescription(function_id="loose", kind="call_keypad")
    actor = core.Actor(device_id="d", functions=(loose,), function=loose, clerk_id="an")
    hall.ask(c.SignInClerk(function_id="staff-1", staff_role="clerk", clerk_id="an", counter_id="counter-1"))
    reply = hall.ask_as(actor, c.CallNext(function_id="loose", counter_id="counter-1"))
    assert reply == v.Refused(code="wrong_counter", parts={"counter_id": "counter-1"})


def test_signing_in_needs_a_clerk() -> None:
    hall = opened()
    nobody = c.SignInClerk(function_id="staff-1", staff_role="clerk", counter_id="counter-1")
    assert hall.ask(nobody) == v.Refused(code="not_signed_in")


def test_decide_asks_the_tables_itself() -> None:
    hall = opened()
    board = FunctionDescription(function_id="b", kind="board")
    actor = core.Actor(device_id="d", functions=(board,), function=board)
    assert hall.ask_as(actor, c.CloseDay(function_id="b")) == v.Refused(code="not_allowed")
