"""The decision to give who waits another service or class, because the wrong one was chosen.

The number stays, whatever its letter: it stands on paper in a citizen's hand, and transferred visits keep theirs. The
arrival stays, so nobody loses a place by a mistake, and nobody wins one but by the class they are entitled to.
"""

from datetime import datetime

from protocol import commands as c
from protocol import events as e
from queue_server.core.refusals import Refusal
from queue_server.core.request import Request
from queue_server.core.state import Branch
from queue_server.core.tickets import Events, number_of, visit_of_today


def mend_visit(branch: Branch, request: Request, command: c.MendVisit, at: datetime) -> Events:
    """Change service or class of who waits, for a reason that is kept; what is so already changes nothing."""
    reason = branch.hall.reasons.get(command.reason)
    if reason is None or "mend" not in reason.uses:
        raise Refusal("unknown_reason", reason=command.reason)
    visit = visit_of_today(branch, request.facts, command.visit_id)
    if visit.state != "waiting":
        raise Refusal("visit_not_waiting", number=number_of(visit))
    service_id = command.service_id or visit.service_id
    class_id = command.priority_class_id or visit.priority_class_id
    service = branch.hall.services.get(service_id)
    if service is None:
        raise Refusal("unknown_service", service_id=service_id)
    if class_id not in branch.hall.classes:
        raise Refusal("unknown_class", priority_class_id=class_id)
    if (service_id, class_id) == (visit.service_id, visit.priority_class_id):
        return ()
    taken = branch.taken_by_service.get(service_id, 0)
    if service_id != visit.service_id and service.daily_quota and taken >= service.daily_quota:
        raise Refusal("quota_reached", quota=str(service.daily_quota))
    return (
        e.VisitMended(
            at=at,
            visit_id=visit.visit_id,
            clerk_id=request.actor.clerk_id,
            service_id=service_id,
            queue_id=service.queue_id,
            priority_class_id=class_id,
            reason=command.reason,
        ),
    )
