"""The decision to free a counter whose clerk has gone home without signing out.

Only a manager or a technician may, with a reason that stands in the log beside their id. Nobody is lost by it: whoever
was called, parked, or sent to this counter goes back to the queues by the old arrival. Of a service that is still open
nobody here knows whether it is over, so who frees the counter says it: the citizen waits still, or the service is ended
as the day's end would end it.
"""

from datetime import datetime

from protocol import commands as c
from protocol import events as e
from queue_server.core.counters import give_back, need_open_day, need_reason
from queue_server.core.day import UNRECORDED
from queue_server.core.linked import go_on, what_follows
from queue_server.core.permission import named_counter
from queue_server.core.refusals import Refusal
from queue_server.core.request import Request
from queue_server.core.services import served_until
from queue_server.core.state import Branch, CounterToday, Visit
from queue_server.core.tickets import Events


def release_counter(branch: Branch, request: Request, command: c.ReleaseCounter, at: datetime) -> Events:
    """Sign out a clerk who has gone, so that another may sit there. A visit left at the counter is not lost."""
    need_open_day(branch)
    counter = named_counter(branch, request.actor, command)
    need_reason(branch, command.reason, "release")
    if not counter.clerk_id:
        return ()
    if counter.clerk_id != command.released_clerk_id:
        raise Refusal("counter_taken")
    visit = branch.visits.get(counter.visit_id)
    visit_moves = () if visit is None else _left_behind(branch, counter, visit, at, put_back=command.put_back)
    signed_out = e.ClerkSignedOut(
        at=at,
        counter_id=counter.counter_id,
        clerk_id=counter.clerk_id,
        by_clerk_id=request.actor.clerk_id,
        reason=command.reason,
    )
    return (*visit_moves, *give_back(branch, counter, at), signed_out)


def _left_behind(branch: Branch, counter: CounterToday, visit: Visit, at: datetime, *, put_back: bool) -> Events:
    """Put back a visit whose clerk has gone, or end it as the day's end does: nothing is made up.

    A citizen whose service is over goes on to what follows, as if the clerk had ended it.
    """
    if visit.state == "in_service" and not put_back:
        ended = e.ServiceEnded(
            at=at,
            counter_id=counter.counter_id,
            clerk_id=counter.clerk_id,
            visit_id=visit.visit_id,
            outcome=UNRECORDED,
            served_s=served_until(visit, at),
        )
        follows = what_follows(branch, visit)
        return (ended, go_on(branch, counter, visit, follows, at)) if follows else (ended,)
    put_into_queue = e.VisitTransferred(
        at=at,
        counter_id=counter.counter_id,
        clerk_id=counter.clerk_id,
        visit_id=visit.visit_id,
        to_service_id=visit.service_id,
        to_queue_id=visit.queue_id,
        rank_at=visit.rank_at,
        served_s=served_until(visit, at),
    )
    return (put_into_queue,)
