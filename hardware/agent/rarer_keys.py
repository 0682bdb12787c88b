"""What the rarer keys of a call keypad ask: to set aside, bring back, send on, go on to the next service, help. Pure.

No key has them unless ``[call_keys]`` gives it to one: many keypads have eight keys, and whoever has twenty chooses.
"""

from typing import Final

from hardware.agent.settings import AgentSettings
from hardware.keypad import KeypadAction, Pressed
from protocol import commands as c
from protocol.views import CounterView

RARER: Final = frozenset(
    {
        KeypadAction.PARK,
        KeypadAction.RESUME,
        KeypadAction.REINSTATE,
        KeypadAction.TRANSFER,
        KeypadAction.HELP,
        KeypadAction.NEXT_SERVICE,
        KeypadAction.END_HERE,
        KeypadAction.ADD_SERVICE,
    }
)
SUPERVISOR: Final = 2
"""Typed before the key for help, it calls a supervisor instead of a colleague."""


def rarer_command(  # noqa: PLR0911 -- one case per key.
    function_id: str, counter_id: str, wanted: Pressed, settings: AgentSettings, view: CounterView | None
) -> c.AnyCommand | None:
    """Say what a rarer key asks of the server; None where there is nothing that it could mean.

    Resuming without a number takes whoever was parked first. The key for help takes back a call that stands.
    """
    number = wanted.number
    serving_id, after_call_id = seen_at(view)
    match wanted.action:
        case KeypadAction.PARK:
            remind_after_s = settings.park_reminder_s
            return c.ParkVisit(
                function_id=function_id, counter_id=counter_id, visit_id=serving_id, remind_after_s=remind_after_s
            )
        case KeypadAction.RESUME:
            parked = view.parked if view is not None else ()
            meant = [one for one in parked if number is None or one.number == number]
            if not meant:
                return None
            return c.ResumeVisit(
                function_id=function_id,
                counter_id=counter_id,
                visit_id=meant[0].visit_id,
                after_call_id=after_call_id,
            )
        case KeypadAction.REINSTATE if number:
            reason = settings.reinstate_reason
            return c.ReinstateNumber(function_id=function_id, counter_id=counter_id, number=number, reason=reason)
        case KeypadAction.TRANSFER if number and number <= len(settings.transfers):
            return c.TransferVisit(
                function_id=function_id,
                counter_id=counter_id,
                visit_id=serving_id,
                service_id=settings.transfers[number - 1],
                reason=settings.transfer_reason,
            )
        case KeypadAction.HELP if view is not None and view.help is not None:
            return c.EndHelp(function_id=function_id, counter_id=counter_id)
        case KeypadAction.HELP:
            return c.CallHelp(
                function_id=function_id,
                counter_id=counter_id,
                to="supervisor" if number == SUPERVISOR else "colleague",
            )
        case KeypadAction.NEXT_SERVICE | KeypadAction.END_HERE:
            return ended(function_id, counter_id, wanted, settings, view)
        case KeypadAction.ADD_SERVICE if number and number <= len(settings.transfers):
            return _planned(function_id, counter_id, settings.transfers[number - 1], view)
        case _:
            return None


def seen_at(view: CounterView | None) -> tuple[str, int | None]:
    """Tell who is at the counter and which was its last call, as the clerk sees it; nothing before the first view.

    Commands name it, so that a key whose command is late means nobody who came since.
    """
    if view is None:
        return "", None
    return view.serving.visit_id if view.serving is not None else "", view.last_call_id


def ended(
    function_id: str, counter_id: str, wanted: Pressed, settings: AgentSettings, view: CounterView | None
) -> c.EndService | None:
    """End this service by the outcome whose place was typed, or the first; what follows is as the key says."""
    place = 1 if wanted.number is None else wanted.number
    if not 1 <= place <= len(settings.outcomes):
        return None
    return c.EndService(
        function_id=function_id,
        counter_id=counter_id,
        visit_id=seen_at(view)[0],
        service_id=view.serving.service_id if view is not None and view.serving is not None else "",
        outcome=settings.outcomes[place - 1],
        stay=wanted.action is KeypadAction.NEXT_SERVICE,
        stop_here=wanted.action is KeypadAction.END_HERE,
    )


def _planned(function_id: str, counter_id: str, service_id: str, view: CounterView | None) -> c.PlanServices | None:
    """Let one more service follow for the citizen at the counter; one that follows already is taken back."""
    if view is None or view.serving is None:
        return None
    coming = view.serving.coming_service_ids
    left = tuple(one for one in coming if one != service_id)
    return c.PlanServices(
        function_id=function_id,
        counter_id=counter_id,
        visit_id=view.serving.visit_id,
        service_ids=left if service_id in coming else (*coming, service_id),
    )
