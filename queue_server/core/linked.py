"""Services that follow one another in one visit: one citizen, one number, one place in the line.

What is to come stands with the visit: from the kiosk, where a procedure begins ``[[linked_services]]``, or from a
clerk, who adds what a citizen asks for besides. When a service ends, the visit goes on to the next by itself:
it waits for it by the branch's policy, or begins it at once at the same counter, where the citizen sits already.

A service that a new configuration has taken away since it was planned is left out: nobody can be sent to it.
"""

from datetime import datetime

from protocol import commands as c
from protocol import events as e
from protocol.configuration import Outcome, Service
from queue_server.core.counters import need_open_day
from queue_server.core.permission import counter_in_charge
from queue_server.core.ranks import rank_in
from queue_server.core.refusals import Refusal
from queue_server.core.request import Request
from queue_server.core.state import Branch, CounterToday, Visit
from queue_server.core.tickets import Events, number_of, visit_of_today

_AT_COUNTER = ("called", "in_service", "parked")


def plan_services(branch: Branch, request: Request, command: c.PlanServices, at: datetime) -> Events:
    """Decide what follows for a visit that this counter calls, serves or keeps; the same plan changes nothing."""
    need_open_day(branch)
    counter = counter_in_charge(branch, request.actor, command)
    visit = visit_of_today(branch, request.facts, command.visit_id)
    if visit.state not in _AT_COUNTER or visit.counter_id != counter.counter_id:
        raise Refusal("not_at_counter", number=number_of(visit))
    for service_id in command.service_ids:
        if service_id not in branch.hall.services:
            raise Refusal("unknown_service", service_id=service_id)
    if visit.coming == command.service_ids:
        return ()
    return (
        e.ServicesPlanned(
            at=at,
            counter_id=counter.counter_id,
            clerk_id=counter.clerk_id,
            visit_id=visit.visit_id,
            coming_service_ids=command.service_ids,
        ),
    )


def what_follows(branch: Branch, visit: Visit) -> tuple[Service, ...]:
    """Give the services that are to come and that there still are."""
    services = branch.hall.services
    return tuple(services[one] for one in visit.coming if one in services)


def following(
    branch: Branch, counter: CounterToday, visit: Visit, command: c.EndService, outcome: Outcome
) -> tuple[Service, ...]:
    """Give what this visit goes on to after this end; raises :class:`Refusal` when it cannot go on as asked."""
    goes_on = outcome.goes_on and not command.stop_here and not command.come_back_today
    services = what_follows(branch, visit) if goes_on else ()
    if command.stay:
        if not services:
            raise Refusal("nothing_follows")
        profile = branch.hall.profiles[counter.work_profile_id]
        if services[0].queue_id not in (*profile.primary_queue_ids, *profile.backup_queue_ids):
            raise Refusal("service_not_here", service_id=services[0].service_id)
    return services


def go_on(
    branch: Branch,
    counter: CounterToday,
    visit: Visit,
    services: tuple[Service, ...],
    at: datetime,
    *,
    stay: bool = False,
) -> e.VisitContinued | e.ServiceContinued:
    """Let a visit whose service has just ended go on to the first of these, the others to come."""
    service, *later = services
    coming = tuple(one.service_id for one in later)
    if stay:
        return e.ServiceContinued(
            at=at,
            counter_id=counter.counter_id,
            clerk_id=counter.clerk_id,
            visit_id=visit.visit_id,
            to_service_id=service.service_id,
            to_queue_id=service.queue_id,
            coming_service_ids=coming,
        )
    return e.VisitContinued(
        at=at,
        counter_id=counter.counter_id,
        clerk_id=counter.clerk_id,
        visit_id=visit.visit_id,
        to_service_id=service.service_id,
        to_queue_id=service.queue_id,
        rank_at=rank_in(branch, visit, service.queue_id, branch.configuration.staff_rules.linked_place, at),
        coming_service_ids=coming,
    )
