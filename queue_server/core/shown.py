"""What several views say in the same way."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Literal

from protocol.configuration import Service
from protocol.views import Estimate, StoppedHall
from queue_server.core.calendar import next_opening, working_days
from queue_server.core.state import Branch, Visit

Estimates = Mapping[tuple[str, str], Estimate]
"""By (service id, priority class id): how long a citizen of that class who comes now may wait."""


def estimate_of_service(branch: Branch, service: Service, estimates: Estimates) -> Estimate | None:
    """Give the estimate of the class that most citizens have: the slowest one."""
    usual = min(branch.configuration.priority_classes, key=lambda part: part.slope)
    return estimates.get((service.service_id, usual.priority_class_id))


def stopped_hall(branch: Branch) -> StoppedHall | None:
    """Tell why the hall is stopped; None while it is not."""
    stopped = branch.stopped
    if stopped is None:
        return None
    return StoppedHall(
        emergency_id=stopped.emergency_id,
        names=stopped.names,
        hints=stopped.hints,
        since_at=stopped.since_at or stopped.at,
        told_at=stopped.at,
        repeat_s=branch.configuration.policies.emergency_repeat_s,
    )


def next_giving_at(branch: Branch, hours_id: str, at: datetime) -> datetime | None:
    """Tell when kiosks next give numbers by these hours, today or on the next working day."""
    if branch.day_open and branch.plan is not None:
        today = next_opening(branch.plan.giving_of(hours_id), at)
        if today is not None:
            return today
    if not branch.day:
        return None
    configuration = branch.coming or branch.configuration
    tomorrow = date.fromisoformat(branch.day) + timedelta(days=1)
    for plan in islice(working_days(configuration, tomorrow, utc_offset_s(branch)), 14):
        begins = next_opening(plan.giving_of(hours_id), at)
        if begins is not None:
            return max(begins, plan.opens_at)
    return None


def open_counter_numbers(branch: Branch, queue_id: str) -> tuple[int, ...]:
    """Give the numbers of the open counters that serve this queue as their own."""
    profiles = branch.hall.profiles
    return tuple(
        sorted(
            branch.hall.counters[counter.counter_id].number
            for counter in branch.counters.values()
            if counter.state == "open" and queue_id in profiles[counter.work_profile_id].primary_queue_ids
        )
    )


def visit_state_at_counter(visit: Visit | None) -> Literal["", "called", "in_service"]:
    """Tell what the visit at a counter does; empty when there is none."""
    if visit is None:
        return ""
    return "called" if visit.state == "called" else "in_service"


def utc_offset_s(branch: Branch) -> int:
    """Give the offset of the last day that was opened; 0 before the first."""
    return branch.plan.utc_offset_s if branch.plan is not None else 0
