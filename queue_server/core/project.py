"""What each kind of terminal may see: one pure projection per topic, complete and small.

A view is made from the branch, the estimates (an input, made elsewhere) and the instant. The instant matters because a
kiosk opens and closes by the clock and a wait grows by itself; the loop ticks at each of those instants
(:func:`queue_server.core.next_deadline`). Every view stays under ``VIEW_LIMIT_BYTES``: heads and counts instead of
lists, and the one list that could grow without end, the devices, is cut with the healthy ones last.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Final, Literal

import msgspec

from protocol import views as v
from protocol.configuration import Counter, Service
from protocol.events import Clause
from queue_server.core.calendar import giving_spans, is_open, next_opening, working_days
from queue_server.core.calling import next_visits, waiting_for
from queue_server.core.state import RECENT_CALLS_AT_LEAST, RECENT_CALLS_S, Branch, Call, CounterToday, Visit

Estimates = Mapping[tuple[str, str], v.Estimate]
"""By (service id, priority class id): how long a citizen of that class who comes now may wait."""

NEXT_SHOWN: Final = 4
"""How many of the next visits a counter's console shows."""

_ROOM_FOR_ENVELOPE: Final = 512


def topics(branch: Branch) -> tuple[str, ...]:
    """Name every topic of this branch."""
    counters = branch.hall.counters
    return (
        "hall",
        "kiosk",
        "devices",
        *(f"board/{zone_id}" for zone_id in branch.hall.zones),
        *(f"counter/{counter_id}" for counter_id in counters),
        *(f"rating/{counter_id}" for counter_id in counters),
    )


def view_of(branch: Branch, topic: str, estimates: Estimates, at: datetime) -> v.AnyView:
    """Give the view of a topic that :func:`topics` names."""
    kind, _, which = topic.partition("/")
    match kind:
        case "hall":
            return hall_view(branch, estimates, at)
        case "kiosk":
            return kiosk_view(branch, estimates, at)
        case "devices":
            return devices_view(branch)
        case "board":
            return board_view(branch, which, estimates, at)
        case "counter":
            return counter_view(branch, which, at)
        case _:
            assert kind == "rating", f"there is no topic {topic}"
            return rating_view(branch, which)


# --- kiosk -----------------------------------------------------------------------------------------------------------


def kiosk_view(branch: Branch, estimates: Estimates, at: datetime) -> v.KioskView:
    """Give what a kiosk needs to give a number, also by itself while the server is gone."""
    configuration = branch.configuration
    services = tuple(_kiosk_service(branch, service, estimates, at) for service in configuration.services)
    anything = any(service.state == "open" for service in services)
    return v.KioskView(
        branch_id=configuration.branch_id,
        configuration_id=configuration.configuration_id,
        agency=configuration.agency,
        names=configuration.names,
        hotline=configuration.hotline,
        languages=configuration.languages,
        utc_offset_s=_utc_offset_s(branch),
        day=branch.day,
        state="open" if anything else "closed",
        next_opens_at=None if anything else _next_giving(branch, "", at),
        services=services,
        priority_classes=tuple(part for part in configuration.priority_classes if part.chosen_by == "citizen"),
        kiosk_ranges=configuration.kiosk_ranges,
        ticket_link=configuration.ticket_link,
        ticket_footer=configuration.ticket_footer,
        catalogue_hash=branch.hall.catalogue_hash,
        catalogue_pages=len(branch.hall.catalogue_pages),
    )


def _kiosk_service(branch: Branch, service: Service, estimates: Estimates, at: datetime) -> v.KioskService:
    state = _service_state(branch, service, at)
    return v.KioskService(
        service_id=service.service_id,
        prefix=service.prefix,
        names=service.names,
        hints=service.hints,
        icon=service.icon,
        state=state,
        waiting=branch.waiting_by_service.get(service.service_id, 0),
        estimate=_estimate_of_service(branch, service, estimates),
        counter_numbers=open_counter_numbers(branch, service.queue_id),
        next_opens_at=_next_giving(branch, service.hours_id, at) if state == "closed" else None,
        after_15h_notice=service.after_15h_notice,
    )


def _service_state(
    branch: Branch, service: Service, at: datetime
) -> Literal["open", "closed", "quota_reached", "full"]:
    """Tell whether a kiosk gets a number for this service now; the same checks as when it asks."""
    calendar = branch.configuration.calendar
    if not branch.day_open or branch.plan is None:
        return "closed"
    spans = branch.plan.spans_of(service.hours_id)
    if not is_open(giving_spans(spans, calendar.kiosk_lead_s, calendar.kiosk_stop_s), at):
        return "closed"
    if service.daily_quota and branch.taken_by_service.get(service.service_id, 0) >= service.daily_quota:
        return "quota_reached"
    if branch.waiting >= branch.configuration.policies.waiting_limit:
        return "full"
    return "open"


def _estimate_of_service(branch: Branch, service: Service, estimates: Estimates) -> v.Estimate | None:
    """Give the estimate of the class that most citizens have: the slowest one."""
    usual = min(branch.configuration.priority_classes, key=lambda part: part.slope)
    return estimates.get((service.service_id, usual.priority_class_id))


def _next_giving(branch: Branch, hours_id: str, at: datetime) -> datetime | None:
    """Tell when kiosks next give numbers by these hours, today or on the next working day."""
    calendar = branch.configuration.calendar
    if branch.day_open and branch.plan is not None:
        spans = branch.plan.spans_of(hours_id)
        today = next_opening(giving_spans(spans, calendar.kiosk_lead_s, calendar.kiosk_stop_s), at)
        if today is not None:
            return today
    if not branch.day:
        return None
    configuration = branch.coming or branch.configuration
    calendar = configuration.calendar
    tomorrow = date.fromisoformat(branch.day) + timedelta(days=1)
    for plan in islice(working_days(configuration, tomorrow, _utc_offset_s(branch)), 14):
        spans = plan.spans_of(hours_id)
        begins = next_opening(giving_spans(spans, calendar.kiosk_lead_s, calendar.kiosk_stop_s), at)
        if begins is not None:
            return max(begins, plan.opens_at)
    return None


# --- boards ----------------------------------------------------------------------------------------------------------


def board_view(branch: Branch, zone_id: str, estimates: Estimates, at: datetime) -> v.BoardView:
    """Give the calls of the last 120 s or the last 32, whichever is more, newest first, and the hall's state."""
    configuration = branch.configuration
    opened = _hall_is_open(branch, at)
    here = [counter for counter in configuration.counters if counter.zone_id == zone_id]
    shows = configuration.policies.board_shows_estimates
    return v.BoardView(
        zone_id=zone_id,
        agency=configuration.agency,
        names=configuration.names,
        hotline=configuration.hotline,
        day=branch.day,
        utc_offset_s=_utc_offset_s(branch),
        state="open" if opened else "closed",
        next_opens_at=None if opened else _next_giving(branch, "", at),
        calls=tuple(_board_call(branch, call) for call in _recent(branch.calls[zone_id], at)),
        counters=tuple(_board_counter(branch, counter) for counter in here),
        waiting=tuple(
            v.BoardWaiting(
                service_id=service.service_id,
                prefix=service.prefix,
                names=service.names,
                waiting=branch.waiting_by_service.get(service.service_id, 0),
                estimate=_estimate_of_service(branch, service, estimates) if shows else None,
            )
            for service in _services_of_zone(branch, here)
        ),
        policies=configuration.policies,
        pledges=configuration.pledges,
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
    )


def _board_counter(branch: Branch, counter: Counter) -> v.BoardCounter:
    present = branch.counters[counter.counter_id]
    visit = branch.visits.get(present.visit_id)
    return v.BoardCounter(
        counter_id=counter.counter_id,
        number=counter.number,
        state=present.state,
        prefix=visit.prefix if visit else "",
        ticket_number=visit.number if visit else 0,
        visit_state=_visit_state(visit),
    )


# --- counters --------------------------------------------------------------------------------------------------------


def counter_view(branch: Branch, counter_id: str, at: datetime) -> v.CounterView:
    """Give what the clerk's console shows. It says nothing of ratings."""
    counter = branch.hall.counters[counter_id]
    present = branch.counters[counter_id]
    serving = branch.visits.get(present.visit_id)
    profile = branch.hall.profiles[present.work_profile_id]
    return v.CounterView(
        counter_id=counter_id,
        number=counter.number,
        names=counter.names,
        state=present.state,
        pause_reason=present.pause_reason,
        clerk_id=present.clerk_id,
        work_profile_id=present.work_profile_id,
        work_profile_names=profile.names,
        day=branch.day,
        utc_offset_s=_utc_offset_s(branch),
        day_open=branch.day_open,
        serving=counter_visit(branch, serving, at) if serving is not None else None,
        next_visits=tuple(
            counter_visit(branch, branch.visits[choice.place.visit_id], at, choice.clause, backup=choice.is_backup)
            for choice in islice(next_visits(branch, present, at), NEXT_SHOWN)
        ),
        parked=tuple(counter_visit(branch, branch.visits[visit_id], at) for visit_id in present.parked),
        no_shows=tuple(counter_visit(branch, branch.visits[visit_id], at) for visit_id in present.no_shows),
        waiting=waiting_for(branch, present),
        today=v.CounterDay(
            served=present.served,
            within_target=present.within_target,
            no_shows=present.no_show_count,
            served_total_s=present.served_total_s,
        ),
        recall_limit=branch.configuration.policies.recall_limit,
    )


def counter_visit(
    branch: Branch, visit: Visit, at: datetime, clause: Clause | None = None, *, backup: bool = False
) -> v.CounterVisit:
    """Give a visit as its counter sees it; ``clause`` is the one it would be called by while it waits."""
    waits = visit.state == "waiting"
    rule = branch.hall.classes.get(visit.priority_class_id)
    waited_s = int((at - visit.waiting_since).total_seconds()) if waits else visit.waited_s
    overdue = waits and rule is not None and (at - visit.rank_at).total_seconds() >= rule.guaranteed_waiting_s
    return v.CounterVisit(
        visit_id=visit.visit_id,
        prefix=visit.prefix,
        number=visit.number,
        state=visit.state,
        service_id=visit.service_id,
        queue_id=visit.queue_id,
        priority_class_id=visit.priority_class_id,
        procedure_code=visit.procedure_code,
        taken_at=visit.taken_at,
        rank_at=visit.rank_at,
        function_id=visit.function_id,
        called_at=visit.called_at,
        started_at=visit.started_at,
        clause=clause if waits else visit.clause,
        reason="" if waits else visit.call_reason,
        recalls=visit.recalls,
        waited_s=waited_s,
        overdue=overdue,
        backup=backup,
        remind_at=visit.remind_at,
        transferred_from=visit.transferred_from,
        language=visit.language,
    )


def rating_view(branch: Branch, counter_id: str) -> v.RatingView:
    """Give what the rating terminal of this counter asks. No press ever changes it."""
    configuration = branch.configuration
    window = branch.counters[counter_id].window
    return v.RatingView(
        counter_id=counter_id,
        counter_number=branch.hall.counters[counter_id].number,
        agency=configuration.agency,
        languages=configuration.languages,
        scale=configuration.rating_scale,
        window=v.RatingWindow(
            nonce=window.nonce,
            prefix=branch.visits[window.visit_id].prefix,
            number=branch.visits[window.visit_id].number,
            tone=window.tone,
            closes_at=window.closes_at,
            language=branch.visits[window.visit_id].language,
        )
        if window is not None
        else None,
        utc_offset_s=_utc_offset_s(branch),
        hotline=configuration.hotline,
    )


# --- hall ------------------------------------------------------------------------------------------------------------


def hall_view(branch: Branch, estimates: Estimates, at: datetime) -> v.HallView:
    """Give what staff need besides their counter: the words, the queues, the counters, the day."""
    del at
    configuration = branch.configuration
    plan = branch.plan
    return v.HallView(
        branch_id=configuration.branch_id,
        configuration_id=configuration.configuration_id,
        agency=configuration.agency,
        names=configuration.names,
        languages=configuration.languages,
        day=branch.day,
        day_open=branch.day_open,
        utc_offset_s=_utc_offset_s(branch),
        opens_at=plan.opens_at if plan else None,
        closes_at=plan.closes_at if plan else None,
        services=tuple(_hall_service(service) for service in configuration.services),
        queues=tuple(_hall_queue(branch, queue_id, estimates) for queue_id in branch.hall.queues),
        counters=tuple(_hall_counter(branch, counter) for counter in configuration.counters),
        work_profiles=tuple(
            v.HallProfile(
                work_profile_id=profile.work_profile_id,
                names=profile.names,
                primary_queue_ids=profile.primary_queue_ids,
                backup_queue_ids=profile.backup_queue_ids,
            )
            for profile in configuration.work_profiles
        ),
        class_names={part.priority_class_id: part.names for part in configuration.priority_classes},
        outcomes=configuration.outcomes,
        reasons=configuration.reasons,
        today=_hall_day(branch),
    )


def _hall_service(service: Service) -> v.HallService:
    return v.HallService(
        service_id=service.service_id,
        queue_id=service.queue_id,
        prefix=service.prefix,
        names=service.names,
        target_waiting_s=service.target_waiting_s,
        target_service_s=service.target_service_s,
    )


def _hall_queue(branch: Branch, queue_id: str, estimates: Estimates) -> v.HallQueue:
    waiting: dict[str, int] = {}
    oldest: datetime | None = None
    for (class_id, _), line in branch.lines.get(queue_id, {}).items():
        waiting[class_id] = waiting.get(class_id, 0) + len(line)
        head = line.head
        if head is not None and (oldest is None or head.rank_at < oldest):
            oldest = head.rank_at
    services = [part for part in branch.configuration.services if part.queue_id == queue_id]
    ranges = [found for part in services if (found := _estimate_of_service(branch, part, estimates)) is not None]
    return v.HallQueue(
        queue_id=queue_id,
        names=branch.hall.queues[queue_id].names,
        waiting=waiting,
        oldest_at=oldest,
        estimate=max(ranges, key=lambda estimate: estimate.high_s, default=None),
    )


def _hall_counter(branch: Branch, counter: Counter) -> v.HallCounter:
    present = branch.counters[counter.counter_id]
    visit = branch.visits.get(present.visit_id)
    since_at = present.since_at
    if visit is not None:
        since_at = visit.started_at if visit.state == "in_service" else visit.called_at
    return v.HallCounter(
        counter_id=counter.counter_id,
        number=counter.number,
        names=counter.names,
        state=present.state,
        clerk_id=present.clerk_id,
        work_profile_id=present.work_profile_id,
        zone_id=counter.zone_id,
        prefix=visit.prefix if visit else "",
        ticket_number=visit.number if visit else 0,
        visit_state=_visit_state(visit),
        since_at=since_at,
    )


def _hall_day(branch: Branch) -> v.HallDay:
    count = branch.count_by_state
    return v.HallDay(
        visits_taken=len(branch.visits),
        waiting=count.get("waiting", 0),
        called=count.get("called", 0),
        in_service=count.get("in_service", 0),
        parked=count.get("parked", 0),
        served=branch.served,
        no_shows=count.get("no_show", 0),
        cancelled=count.get("cancelled", 0),
        expired=count.get("expired", 0),
    )


# --- devices ---------------------------------------------------------------------------------------------------------

_BADNESS: Final = {"out": 0, "gone": 1, "degraded": 2, "unknown": 3, "ok": 4}


def devices_view(branch: Branch) -> v.DevicesView:
    """Give the health of all devices; where they do not all fit into a view, the healthy ones are left out first."""
    lines = [
        _device_line(branch, device_id, index)
        for device_id, device in branch.devices.items()
        for index in range(len(device.functions))
    ]
    lines.sort(key=lambda line: (line.device_id, line.function_id))
    by_need = sorted(lines, key=lambda line: _BADNESS[line.state])
    room = v.VIEW_LIMIT_BYTES - _ROOM_FOR_ENVELOPE
    fitting: set[str] = set()
    for line in by_need:
        room -= len(msgspec.json.encode(line)) + 1
        if room < 0:
            break
        fitting.add(line.function_id)
    return v.DevicesView(lines=tuple(line for line in lines if line.function_id in fitting))


def _device_line(branch: Branch, device_id: str, index: int) -> v.DeviceLine:
    device = branch.devices[device_id]
    function = device.functions[index]
    health = branch.health.get(function.function_id)
    return v.DeviceLine(
        device_id=device_id,
        function_id=function.function_id,
        kind=function.kind,
        counter_id=function.counter_id,
        pairing=device.pairing,
        state=health.state if health else "unknown",
        reason=health.reason if health else "",
        detail=health.detail if health else "",
        since_at=health.since_at if health else device.since_at,
    )


# --- shared ----------------------------------------------------------------------------------------------------------


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


def _hall_is_open(branch: Branch, at: datetime) -> bool:
    return branch.day_open and branch.plan is not None and any(is_open(s, at) for s in branch.plan.spans.values())


def _visit_state(visit: Visit | None) -> Literal["", "called", "in_service"]:
    if visit is None:
        return ""
    return "called" if visit.state == "called" else "in_service"


def _utc_offset_s(branch: Branch) -> int:
    return branch.plan.utc_offset_s if branch.plan is not None else 0


__all__ = [
    "CounterToday",
    "Estimates",
    "board_view",
    "counter_view",
    "counter_visit",
    "devices_view",
    "hall_view",
    "kiosk_view",
    "open_counter_numbers",
    "rating_view",
    "topics",
    "view_of",
]
