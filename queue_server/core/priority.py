"""The decision about a priority class that staff give or take back, with a reason."""

from datetime import datetime

from protocol import commands as c
from protocol import events as e
from queue_server.core.calls import waiting_number
from queue_server.core.counters import need_open_day
from queue_server.core.permission import counter_in_charge
from queue_server.core.refusals import Refusal
from queue_server.core.request import Request
from queue_server.core.state import Branch
from queue_server.core.tickets import Events


def prioritize_number(branch: Branch, request: Request, command: c.PrioritizeNumber, at: datetime) -> Events:
    """Put who waits under a number into another class, for a reason that is kept; the same class changes nothing."""
    need_open_day(branch)
    counter = counter_in_charge(branch, request.actor, command)
    if command.priority_class_id not in branch.hall.classes:
        raise Refusal("unknown_class", priority_class_id=command.priority_class_id)
    reason = branch.hall.reasons.get(command.reason)
    if reason is None or "priority" not in reason.uses:
        raise Refusal("unknown_reason", reason=command.reason)
    visit = waiting_number(branch, command.prefix, command.number)
    if visit.priority_class_id == command.priority_class_id:
        return ()
    return (
        e.VisitPrioritized(
            at=at,
            counter_id=counter.counter_id,
            clerk_id=counter.clerk_id,
            visit_id=visit.visit_id,
            priority_class_id=command.priority_class_id,
            reason=command.reason,
        ),
    )
