"""What staff and their devices see: the rating terminal of a counter, the hall, the devices."""

from datetime import datetime
from typing import Final

import msgspec

from protocol import views as v
from protocol.configuration import Counter, Service
from protocol.estimates import Stretch
from queue_server.core.print_orders import kiosks, shown_orders
from queue_server.core.shown import (
    Estimates,
    estimate_of_service,
    stopped_hall,
    utc_offset_s,
    visit_state_at_counter,
)
from queue_server.core.state import HELP_CALLED, SILENT, Branch
from queue_server.core.views_counter import counter_help
from queue_server.core.voices import alarming

HELP_CALLS_SHOWN: Final = 8

_ROOM_FOR_ENVELOPE: Final = 512

# --- counters ---------------------------------------------------------------------------------------------------------


def rating_view(branch: Branch, counter_id: str) -> v.RatingView:
    """Give what the rating terminal of this counter asks. No press ever changes it."""
    configuration = branch.configuration
    window = branch.counters[counter_id].window
    visit = branch.visits[window.visit_id] if window is not None else None
    today = branch.hall.scale_on(branch.day)
    return v.RatingView(
        counter_id=counter_id,
        counter_number=branch.hall.counters[counter_id].number,
        agency=configuration.agency,
        languages=configuration.languages,
        scale=branch.hall.scales.get(window.scale_id, today) if window is not None else today,
        window=v.RatingWindow(
            nonce=window.nonce,
            prefix=visit.prefix,
            number=visit.number,
            tone=window.tone,
            closes_at=window.closes_at,
            language=visit.language,
            after_words=branch.hall.after_words_of(window.service_id, visit.procedure_code),
            clerk_id=window.clerk_id if configuration.policies.rating_shows_clerk else "",
        )
        if window is not None and visit is not None
        else None,
        utc_offset_s=utc_offset_s(branch),
        hotline=configuration.hotline,
        stopped=stopped_hall(branch),
    )


# --- hall ------------------------------------------------------------------------------------------------------------


def hall_view(branch: Branch, estimates: Estimates, at: datetime) -> v.HallView:
    """Give what staff need besides their counter: the words, the queues, the counters, the day."""
    configuration = branch.configuration
    plan, planned = branch.plan, branch.planned
    voices_overdue, voices_due_soon = alarming(branch)
    return v.HallView(
        branch_id=configuration.branch_id,
        configuration_id=configuration.configuration_id,
        agency=configuration.agency,
        names=branch.hall.names,
        languages=configuration.languages,
        day=branch.day,
        day_open=branch.day_open,
        utc_offset_s=utc_offset_s(branch),
        opens_at=plan.opens_at if plan else None,
        closes_at=plan.closes_at if plan else None,
        services=tuple(_hall_service(service) for service in configuration.services),
        queues=tuple(_hall_queue(branch, queue_id, estimates) for queue_id in branch.hall.queues),
        counters=tuple(
            _hall_counter(branch, counter, (planned or {}).get(counter.counter_id, ()))
            for counter in configuration.counters
        ),
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
        voices_overdue=voices_overdue,
        voices_due_soon=voices_due_soon,
        voices_offered=bool(configuration.voices.channels),
        help_calls=_help_calls(branch),
        kiosks_cut_off=_kiosks_cut_off(branch),
        counter_help=tuple(
            wanted for one in branch.counters.values() if (wanted := counter_help(branch, one)) is not None
        ),
        linked_services=tuple(
            v.HallLinked(linked_id=one.linked_id, names=one.names, service_ids=one.service_ids)
            for one in configuration.linked_services
        ),
        stopped=stopped_hall(branch),
        emergencies=configuration.emergencies,
        training=bool(configuration.training),
        has_roster=planned is not None,
        kiosks=kiosks(branch),
        print_orders=tuple(shown_orders(branch, at)),
    )


def _help_calls(branch: Branch) -> tuple[v.HelpCall, ...]:
    """Give the calls for help that nobody has answered, the longest first."""
    calling = [(health.since_at, one) for one, health in branch.health.items() if health.reason == HELP_CALLED]
    shown: list[v.HelpCall] = []
    for since_at, function_id in sorted(calling)[:HELP_CALLS_SHOWN]:
        device = branch.devices[branch.device_by_function[function_id]]
        if device.pairing == "paired":
            shown.append(v.HelpCall(function_id=function_id, name=device.name, since_at=since_at))
    return tuple(shown)


def _kiosks_cut_off(branch: Branch) -> tuple[v.KioskCutOff, ...]:
    """Give the kiosks that are not heard on an open day, the longest first: people may be taking numbers there."""
    gone = [(health.since_at, one) for one, health in branch.health.items() if health.state == "gone"]
    cut_off: list[v.KioskCutOff] = []
    for since_at, function_id in sorted(gone) if branch.day_open else ():
        device = branch.devices[branch.device_by_function[function_id]]
        kinds = {function.function_id: function.kind for function in device.functions}
        if device.pairing == "paired" and kinds[function_id] == "kiosk" and branch.health[function_id].reason == SILENT:
            cut_off.append(v.KioskCutOff(function_id=function_id, name=device.name, since_at=since_at))
    return tuple(cut_off[:HELP_CALLS_SHOWN])


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
    ranges = [found for part in services if (found := estimate_of_service(branch, part, estimates)) is not None]
    return v.HallQueue(
        queue_id=queue_id,
        names=branch.hall.queues[queue_id].names,
        waiting=waiting,
        oldest_at=oldest,
        estimate=max(ranges, key=lambda estimate: estimate.high_s, default=None),
    )


def _hall_counter(branch: Branch, counter: Counter, planned: tuple[Stretch, ...]) -> v.HallCounter:
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
        visit_state=visit_state_at_counter(visit),
        since_at=since_at,
        planned=planned,
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
