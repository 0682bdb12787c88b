"""Who may ask what: from the key of a connection to an actor, and the two tables of ``protocol.roles``.

A device is its key. A command names a function, and that function must hang on that key; the function's kind is its
role. The staff pages hold one key for many people, so for them a second table says what a person of a role may ask,
and commands at a counter count only while that clerk is signed in there.
"""

from typing import Final

from protocol import ballot_commands as bc
from protocol import commands as c
from protocol import inquiry_commands as ic
from protocol import month_commands as mc
from protocol import voice_commands as vc
from protocol.commands import AnyCommand
from protocol.roles import may_send, staff_may_send
from queue_server.core.refusals import Refusal
from queue_server.core.request import Actor
from queue_server.core.state import Branch, CounterToday

_LOOP: Final = frozenset({c.Tick, c.Configure, c.OpenDay, c.CloseDay, c.CreateDevice, c.RevokeDevice, c.ReportDevice})
"""What the server's own loop may ask: time, the first start, and the health of devices that fell silent."""

_NAME_A_CLERK: Final = (
    *(c.CounterCommand, c.CancelVisit, c.AnswerHelp, c.AnswerCounterHelp, c.TakeTicket),
    *(c.StopHall, c.ResumeHall, c.MendVisit, c.PlanRoster, c.PrintTicket),
    *(bc.DrawBallots, bc.HandBallots, bc.EnterBallot, bc.SettleBallot, bc.VoidBallot, bc.PlanCampaign, bc.EndCampaign),
    *(vc.ReceiveVoice, vc.AssignVoice, vc.AnswerVoice, vc.EndVoice),
    *(mc.CloseMonth, mc.CorrectMonth, mc.EvaluateClerk),
    *(vc.FindVoice, vc.FindVoiceCode, vc.FetchVoices, vc.FollowVoice),
    *(ic.StepAlert, ic.StepInquiry, ic.SpeakInInquiry),
    *(ic.FetchAlerts, ic.FetchInquiries, ic.FindInquiry, ic.FetchHearings, ic.FetchConcerns),
)
"""What the staff pages ask in the name of a person."""

_MEANT_BY_A_CLERK: Final = (c.PauseCounter, c.OpenCounter, c.CloseCounter)
"""What a call keypad may ask in the name of the clerk whom it saw, so that a late press does nothing to the next."""


def actor_of(branch: Branch, public_key: str, command: AnyCommand) -> Actor:
    """Tell who speaks with this key (Z85); raises :class:`Refusal` for a stranger or a function of another device."""
    device = branch.devices.get(branch.device_by_key.get(public_key, ""))
    if device is None or device.pairing != "paired":
        raise Refusal("unknown_device")
    if not isinstance(command, c.TerminalCommand):
        return Actor(device_id=device.device_id, functions=device.functions)
    for function in device.functions:
        if function.function_id == command.function_id:
            return Actor(
                device_id=device.device_id,
                functions=device.functions,
                function=function,
                staff_role=command.staff_role if function.kind == "staff" else "",
                clerk_id=_clerk_of(branch, function, command),
            )
    raise Refusal("unknown_function", function_id=command.function_id)


def check_role(actor: Actor, command: AnyCommand) -> None:
    """Refuse what neither table allows this actor to ask."""
    kind = type(command)
    if actor.origin == "loop":
        allowed = kind in _LOOP
    elif actor.origin == "stranger":
        allowed = kind is c.Pair
    elif actor.function is None:
        allowed = not isinstance(command, c.TerminalCommand) and any(may_send(f.kind, kind) for f in actor.functions)
    else:
        allowed = may_send(actor.function.kind, kind)
        if actor.function.kind == "staff" and kind is not c.ReportDevice:
            allowed = allowed and staff_may_send(actor.staff_role, kind)
    if not allowed:
        raise Refusal("not_allowed")


def counter_in_charge(branch: Branch, actor: Actor, command: c.CounterCommand) -> CounterToday:
    """Give the counter that the command is about, once it is sure that whoever is signed in there asks."""
    counter = named_counter(branch, actor, command)
    if not counter.clerk_id:
        raise Refusal("nobody_signed_in" if _is_keypad(actor) else "not_signed_in")
    if counter.clerk_id != actor.clerk_id:
        raise Refusal("not_signed_in")
    return counter


def named_counter(branch: Branch, actor: Actor, command: c.CounterCommand) -> CounterToday:
    """Give the counter that the command names, if this function may speak for it."""
    counter = branch.counters.get(command.counter_id)
    if counter is None:
        raise Refusal("unknown_counter", counter_id=command.counter_id)
    if actor.function is not None and actor.function.counter_id not in ("", command.counter_id):
        raise Refusal("wrong_counter", counter_id=command.counter_id)
    if _is_keypad(actor) and not (actor.function and actor.function.counter_id):
        raise Refusal("wrong_counter", counter_id=command.counter_id)
    return counter


def _is_keypad(actor: Actor) -> bool:
    return actor.function is not None and actor.function.kind == "call_keypad"


def _clerk_of(branch: Branch, function: c.FunctionDescription, command: c.TerminalCommand) -> str:
    if function.kind == "call_keypad":
        counter = branch.counters.get(function.counter_id)
        signed_in = counter.clerk_id if counter else ""
        if isinstance(command, _MEANT_BY_A_CLERK) and command.clerk_id not in ("", signed_in):
            raise Refusal("not_signed_in")
        return signed_in
    if function.kind == "staff" and isinstance(command, _NAME_A_CLERK):
        return command.clerk_id
    return ""
