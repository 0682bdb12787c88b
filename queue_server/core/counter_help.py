"""Decisions about help between people of the staff: a clerk calls, somebody goes, and it is over.

A counter has one call for help at a time. It is about the counter and not about a visit, so nothing happens to whoever
sits there: the clerk in charge stays in charge, and the helper takes nobody over. One person goes; the others are told
who, so that not everybody gets up.
"""

from datetime import datetime

from protocol import commands as c
from protocol import events as e
from queue_server.core.counters import need_open_day
from queue_server.core.permission import counter_in_charge
from queue_server.core.refusals import Refusal
from queue_server.core.request import Request
from queue_server.core.state import Branch, CounterToday, HelpWanted
from queue_server.core.tickets import Events

SUPERVISORS = ("manager", "technician")


def call_help(branch: Branch, request: Request, command: c.CallHelp, at: datetime) -> Events:
    """Ask somebody to come; the same call again changes nothing, another one takes its place."""
    need_open_day(branch)
    counter = counter_in_charge(branch, request.actor, command)
    if command.to_counter_id:
        asked = branch.counters.get(command.to_counter_id)
        if asked is None:
            raise Refusal("unknown_counter", counter_id=command.to_counter_id)
        if command.to != "colleague" or asked is counter or not asked.clerk_id:
            raise Refusal("helper_not_there", counter=str(branch.hall.counters[asked.counter_id].number))
    wanted = counter.help
    if wanted is not None and (wanted.to, wanted.to_counter_id) == (command.to, command.to_counter_id):
        return ()
    return (
        e.CounterHelpCalled(
            at=at,
            counter_id=counter.counter_id,
            clerk_id=counter.clerk_id,
            to=command.to,
            to_counter_id=command.to_counter_id,
        ),
    )


def end_help(branch: Branch, request: Request, command: c.EndHelp, at: datetime) -> Events:
    """Take the call for help back, or note that it is over."""
    counter = counter_in_charge(branch, request.actor, command)
    if counter.help is None:
        return ()
    return (e.CounterHelpEnded(at=at, counter_id=counter.counter_id, clerk_id=counter.clerk_id),)


def answer_counter_help(branch: Branch, request: Request, command: c.AnswerCounterHelp, at: datetime) -> Events:
    """Note who goes. One person does; the same one again changes nothing."""
    need_open_day(branch)
    counter = branch.counters.get(command.counter_id)
    if counter is None:
        raise Refusal("unknown_counter", counter_id=command.counter_id)
    wanted = counter.help
    if wanted is None:
        raise Refusal("no_help_wanted")
    clerk_id = request.actor.clerk_id
    if not clerk_id or not _may_answer(branch, request, counter, wanted):
        raise Refusal("not_allowed")
    if wanted.answered_by == clerk_id:
        return ()
    if wanted.answered_by:
        raise Refusal("help_answered")
    return (
        e.CounterHelpAnswered(at=at, counter_id=counter.counter_id, clerk_id=counter.clerk_id, by_clerk_id=clerk_id),
    )


def _may_answer(branch: Branch, request: Request, counter: CounterToday, wanted: HelpWanted) -> bool:
    """Tell whether this person was asked: supervisors by every call, a clerk by one to colleagues, or to them alone."""
    if request.actor.staff_role in SUPERVISORS:
        return True
    here = branch.counter_by_clerk.get(request.actor.clerk_id, "")
    asked = wanted.to == "colleague" and wanted.to_counter_id in ("", here)
    return asked and here not in ("", counter.counter_id)
