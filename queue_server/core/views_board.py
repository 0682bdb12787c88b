"""What the boards show, over the counters and in the hall."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Literal

from protocol import views as v
from protocol.configuration import Counter, Service
from queue_server.core.calendar import is_open
from queue_server.core.shown import (
    Estimates,
    estimate_of_service,
    next_giving_at,
    stopped_hall,
    utc_offset_s,
    visit_state_at_counter,
)
from queue_server.core.state import RECENT_CALLS_AT_LEAST, RECENT_CALLS_S, Branch, Call, Visit


def board_view(branch: Branch, zone_id: str, estimates: Estimates, at: datetime) -> v.BoardView:
    """Give the calls of the last 120 s or the last 32, whichever is more, newest first, and the hall's state."""
    configuration = branch.configuration
    opened = _hall_is_open(branch, at)
    here = [counter for counter in configuration.counters if counter.zone_id == zone_id]
    shows = configuration.policies.board_shows_estimates
    return v.BoardView(
        zone_id=zone_id,
        agency=configuration.agency,
        names=branch.hall.names,
        hotline=configuration.hotline,
        day=branch.day,
        utc_offset_s=utc_offset_s(branch),
        state="open" if opened else "closed",
        next_opens_at=None if opened else next_giving_at(branch, "", at),
        calls=tuple(_board_call(branch, call) for call in _recent(branch.calls[zone_id], at)),
        counters=tuple(_board_counter(branch, counter) for counter in here),
        waiting=tuple(
            v.BoardWaiting(
                service_id=service.service_id,
                prefix=service.prefix,
                names=service.names,
                waiting=branch.waiting_by_service.get(service.service_id, 0),
                estimate=estimate_of_service(branch, service, estimates) if shows else None,
            )
            for service in _services_of_zone(branch, here)
        ),
        policies=configuration.policies,
        pledges=configuration.pledges,
        zone_names=branch.hall.zones[zone_id].names if len(configuration.zones) > 1 else {},
        notices=configuration.notices,
        stopped=stopped_hall(branch),
    )


def _services_of_zone(branch: Branch, counters: list[Counter]) -> list[Service]:
    """Give the services that counters of this zone serve as their own."""
    queues: set[str] = set()
    for counter in counters:
        queues.update(branch.hall.profiles[branch.counters[counter.counter_id].work_profile_id].primary_queue_ids)
    return [service for service in branch.configuration.services if service.queue_id in queues]


def _recent(calls: Sequence[Call], at: datetime) -> list[Call]:
    oldest = at - timedelta(seconds=RECENT_CALLS_S)
    recent = [
        call
        for index, call in enumerate(calls)
        if call.called_at >= oldest or index >= len(calls) - RECENT_CALLS_AT_LEAST
    ]
    recent.reverse()
    return recent


def _board_call(branch: Branch, call: Call) -> v.BoardCall:
    configuration = branch.configuration
    visit = branch.visits[call.visit_id]
    counter = branch.counters.get(call.counter_id)  # A new configuration may have taken it away.
    present = counter is not None and counter.visit_id == call.visit_id and visit.call_id == call.call_id
    state: Literal["called", "in_service", "over"] = "over"
    if present:
        state = "called" if visit.state == "called" else "in_service"
    return v.BoardCall(
        call_id=call.call_id,
        visit_id=call.visit_id,
        prefix=call.prefix,
        number=call.number,
        counter_id=call.counter_id,
        counter_number=call.counter_number,
        called_at=call.called_at,
        again=call.again,
        state=state,
        language=call.language,
        priority=configuration.policies.announce_priority and _has_priority(branch, visit),
    )


def _has_priority(branch: Branch, visit: Visit) -> bool:
    """Tell whether a visit's class gains faster than the usual one, which is the slowest."""
    own = branch.hall.classes.get(visit.priority_class_id)
    return own is not None and own.slope > min(each.slope for each in branch.configuration.priority_classes)


def _board_counter(branch: Branch, counter: Counter) -> v.BoardCounter:
    present = branch.counters[counter.counter_id]
    visit = branch.visits.get(present.visit_id)
    return v.BoardCounter(
        counter_id=counter.counter_id,
        number=counter.number,
        state=present.state,
        prefix=visit.prefix if visit else "",
        ticket_number=visit.number if visit else 0,
        visit_state=visit_state_at_counter(visit),
    )


def _hall_is_open(branch: Branch, at: datetime) -> bool:
    return branch.day_open and branch.plan is not None and any(is_open(s, at) for s in branch.plan.spans.values())
