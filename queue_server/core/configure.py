"""The decision to make a configuration effective: now, if nobody is left standing by it, or with the next day."""

from collections.abc import Iterator
from datetime import datetime

from protocol import commands as c
from protocol import events as e
from protocol.configuration import Configuration, KioskRange, RatingLevel
from queue_server.core.hall import Hall
from queue_server.core.refusals import Refusal
from queue_server.core.request import Request
from queue_server.core.state import Branch, CounterToday
from queue_server.core.tickets import Events

LIVE_STATES = ("waiting", "called", "in_service", "parked")
"""Visits in these states need their service, queue, class and counter still."""


def configure(branch: Branch, request: Request, command: c.Configure, at: datetime) -> Events:
    """Make the checked configuration effective; the one that is effective already changes nothing."""
    configuration = request.facts.configuration
    assert configuration is not None, "the handler reads and checks the sources first"
    if bool(configuration.training) != bool(branch.configuration.training):
        raise Refusal("training_mixed")
    now = command.effective == "now"
    if now and configuration.configuration_id == branch.configuration_id and branch.coming is None:
        return ()
    if not now and branch.coming is not None and branch.coming.configuration_id == configuration.configuration_id:
        return ()
    for known in (branch.configuration, branch.coming):
        if known is not None and (scale_id := _other_meaning(known, configuration)):
            raise Refusal("scale_meaning", what=scale_id)
    if now and branch.day_open:
        stranded = next(_stranded(branch, Hall(configuration)), "")
        if stranded:
            raise Refusal("would_strand", what=stranded)
    return (
        e.ConfigurationChanged(
            at=at,
            configuration=configuration,
            sources=command.sources,
            effective=command.effective,
            device_id=request.actor.device_id,
        ),
    )


def _other_meaning(known: Configuration, new: Configuration) -> str:
    """Name a scale whose levels would mean something else under the same id; ratings are told apart by it."""
    scales = {scale.scale_id: scale for scale in (known.rating_scale, *known.later_scales)}
    for scale in (new.rating_scale, *new.later_scales):
        before = scales.get(scale.scale_id, scale)
        if len(before.levels) != len(scale.levels) or any(map(_differs, before.levels, scale.levels)):
            return scale.scale_id
    return ""


def _differs(before: RatingLevel, level: RatingLevel) -> bool:
    """Tell whether a level counts otherwise than before; what authorities are told may be said later, once."""
    counts = (before.level, before.satisfied) == (level.level, level.satisfied)
    return not counts or before.official not in {"", level.official}


def _stranded(branch: Branch, hall: Hall) -> Iterator[str]:
    """Name what the new hall lacks and today still needs, one thing after the other."""
    if hall.configuration.calendar.time_zone != branch.configuration.calendar.time_zone:
        yield hall.configuration.calendar.time_zone
    for counter in branch.counters.values():
        yield from _used_at(counter, hall)
    served_queues = _served_queues(hall)
    for visit in branch.visits.values():
        if visit.state not in LIVE_STATES:
            continue
        service = hall.services.get(visit.service_id)
        needs_counter = visit.to_counter_id
        if service is None or service.queue_id != visit.queue_id or visit.queue_id not in served_queues:
            yield visit.service_id
        elif visit.priority_class_id not in hall.classes:
            yield visit.priority_class_id
        elif needs_counter and needs_counter not in hall.counters:
            yield needs_counter
    yield from _coming_in_vain(branch, hall)
    yield from _numbers_given_twice(branch, hall.configuration)


def _used_at(counter: CounterToday, hall: Hall) -> Iterator[str]:
    """Name what is in use at this counter and would be gone: itself, its work profile, the scale of its question."""
    in_use = counter.clerk_id or counter.parked or counter.window
    if in_use and counter.counter_id not in hall.counters:
        yield counter.counter_id
    if counter.clerk_id and counter.work_profile_id not in hall.profiles:
        yield counter.work_profile_id
    if counter.window is not None and counter.window.scale_id not in hall.scales:
        yield counter.window.scale_id


def _coming_in_vain(branch: Branch, hall: Hall) -> Iterator[str]:
    """Name the services that somebody has still to come to and that would be gone."""
    gone = branch.hall.services.keys() - hall.services.keys()
    for visit in branch.visits.values():
        if visit.state in LIVE_STATES:
            yield from (one for one in visit.coming if one in gone)


def _served_queues(hall: Hall) -> set[str]:
    """Give the queues that at least one counter serves by its usual work profile, as primary or backup."""
    served: set[str] = set()
    for counter in hall.counters.values():
        profile = hall.profiles[counter.work_profile_id]
        served.update(profile.primary_queue_ids, profile.backup_queue_ids)
    return served


def _numbers_given_twice(branch: Branch, configuration: Configuration) -> Iterator[str]:
    """Name a kiosk whose new off-line numbers the server, or another kiosk that may be cut off, gives today."""
    known = {*branch.configuration.kiosk_ranges, *branch.former_ranges}
    for numbers in configuration.kiosk_ranges:
        given_by_server = numbers not in known and branch.last_numbers.get(numbers.prefix, 0) >= numbers.first
        if given_by_server or any(_overlap(numbers, had) for had in known if had.function_id != numbers.function_id):
            yield numbers.function_id


def _overlap(one: KioskRange, other: KioskRange) -> bool:
    return one.prefix == other.prefix and one.first <= other.last and other.first <= one.last
