"""A small hall made in Python, for tests of the rules: three counters, four services, three priority classes.

counter 1   civil_status (H) and certification (C) share the queue ``civil``; helps ``land``
counter 2   ``land`` (L); helps ``civil``
counter 3   ``results`` (R) and ``land``; helps nobody
"""

import msgspec

from protocol import configuration as c
from protocol.commands import FunctionDescription
from protocol.events import PairedDevice

UTC_OFFSET_S = 7 * 3600
"""Hà Nội."""

_WORKDAYS: tuple[c.Weekday, ...] = ("monday", "tuesday", "wednesday", "thursday", "friday")

MONDAY = "2026-11-23"


def words(text: str) -> c.Words:
    """Give the same text in both languages, marked so that one can tell them apart."""
    return {"vi": f"{text} (vi)", "en": text}


def small_hall(**changes: object) -> c.Configuration:
    """Give the small hall, with top-level parts replaced by ``changes``."""
    hall = c.Configuration(
        configuration_id="a" * 64,
        branch_id="small",
        agency=words("People's Committee"),
        names=words("One-stop hall"),
        hotline="1900",
        languages=("vi", "en"),
        calendar=calendar(),
        zones=(c.Zone(zone_id="hall", names=words("Hall")),),
        queues=tuple(
            c.Queue(queue_id=queue_id, names=words(queue_id), overflow_after_s=600, zone_id="hall")
            for queue_id in ("civil", "land", "results")
        ),
        services=services(),
        priority_classes=priority_classes(),
        work_profiles=(
            profile("civil", ("civil",), ("land",)),
            profile("land", ("land",), ("civil",)),
            profile("results", ("results", "land"), ()),
            profile("everything", ("civil", "land", "results"), ()),
        ),
        counters=tuple(
            c.Counter(
                counter_id=f"counter-{number}",
                number=number,
                names=words(f"Counter {number}"),
                work_profile_id=profile_id,
                zone_id="hall",
            )
            for number, profile_id in ((1, "civil"), (2, "land"), (3, "results"))
        ),
        outcomes=outcomes(),
        reasons=reasons(),
        emergencies=emergencies(),
        rating_scale=c.RatingScale(
            scale_id="three",
            levels=tuple(
                c.RatingLevel(level=level, names=words(name), satisfied=level < 3, asks_reason=level == 3)
                for level, name in ((1, "Very satisfied"), (2, "Satisfied"), (3, "Not satisfied"))
            ),
            reasons=(c.Reason(reason_id="slow", names=words("Slow"), uses=()),),
        ),
        policies=c.Policies(),
        satisfaction=c.SatisfactionRules(rating_least_s=0),
        kiosk_ranges=(c.KioskRange(function_id="kiosk-1", prefix="H", first=501, last=599),),
        catalogue=(
            c.Procedure(code="birth", service_id="civil_status", names=words("Birth")),
            c.Procedure(code="death", service_id="civil_status", names=words("Death"), rating_tone="neutral"),
            c.Procedure(code="newborn", service_id="civil_status", names=words("Birth, land, results")),
        ),
        linked_services=(
            c.LinkedServices(
                linked_id="newborn",
                names=words("Birth, land, results"),
                service_ids=("civil_status", "land", "results"),
                procedure_codes=("newborn",),
            ),
        ),
    )
    return msgspec.structs.replace(hall, **changes)


def outcomes() -> tuple[c.Outcome, ...]:
    """Give three outcomes, the last of which does not count as served."""
    return (
        c.Outcome(outcome_id="received", names=words("Dossier received"), key="1"),
        c.Outcome(outcome_id="papers_missing", names=words("Papers missing"), key="2"),
        c.Outcome(outcome_id="left", names=words("Left"), served=False, key="3", goes_on=False),
    )


def reasons() -> tuple[c.Reason, ...]:
    """Give the reasons that staff may give."""
    return (
        c.Reason(reason_id="lunch", names=words("Lunch"), uses=("pause", "close")),
        c.Reason(reason_id="papers", names=words("Papers seen"), uses=("priority",)),
        c.Reason(reason_id="mistaken", names=words("Mistaken"), uses=("mend",)),
        c.Reason(reason_id="leaves", names=words("Leaves"), uses=("cancel",)),
        c.Reason(reason_id="no_card", names=words("No card"), uses=("without_card",)),
        c.Reason(reason_id="frail", names=words("Frail"), uses=("call", "transfer", "reinstate", "release")),
    )


def priority_classes() -> tuple[c.PriorityClass, ...]:
    """Give the usual class, a faster one, and one that staff alone give."""
    return (
        c.PriorityClass(priority_class_id="usual", names=words("Usual"), slope=1, guaranteed_waiting_s=3600),
        c.PriorityClass(priority_class_id="elderly", names=words("80+"), slope=3, guaranteed_waiting_s=1200),
        c.PriorityClass(
            priority_class_id="urgent",
            names=words("Urgent"),
            slope=10,
            guaranteed_waiting_s=300,
            chosen_by="staff",
        ),
    )


def emergencies() -> tuple[c.Emergency, ...]:
    """Give a message that stands until somebody ends it, and one that is over with the day."""
    return (
        c.Emergency(emergency_id="fire", names=words("Leave"), hints=words("Use the exits")),
        c.Emergency(emergency_id="early", names=words("Closing"), hints=words("Go home"), ends_with_day=True),
    )


def calendar() -> c.Calendar:
    """Open on weekdays from 07:30 to 11:30 and 13:00 to 17:00; results also on Saturday morning."""
    mornings_and_afternoons: tuple[tuple[str, str], ...] = (("07:30", "11:30"), ("13:00", "17:00"))
    saturday: tuple[tuple[str, str], ...] = (("08:00", "11:00"),)
    return c.Calendar(
        time_zone="Asia/Ho_Chi_Minh",
        default_hours_id="office",
        hours=(
            c.OpeningHours(hours_id="office", spans=dict.fromkeys(_WORKDAYS, mornings_and_afternoons)),
            c.OpeningHours(
                hours_id="with_saturday",
                spans={**dict.fromkeys(_WORKDAYS, mornings_and_afternoons), "saturday": saturday},
            ),
        ),
        holidays=(c.Holiday(day="2026-11-24", names=words("Culture day")),),
        working_days=(c.WorkingDay(day="2026-11-29", as_weekday="tuesday"),),
    )


def services() -> tuple[c.Service, ...]:
    """Give the four services; certification and civil status share a queue."""
    return tuple(
        c.Service(
            service_id=service_id,
            queue_id=queue_id,
            prefix=prefix,
            names=words(service_id),
            hints=words("hint"),
            hours_id=hours_id,
        )
        for service_id, queue_id, prefix, hours_id in (
            ("civil_status", "civil", "H", ""),
            ("certification", "civil", "C", ""),
            ("land", "land", "L", ""),
            ("results", "results", "R", "with_saturday"),
        )
    )


def limited_hall(**changes: object) -> c.Configuration:
    """Give the small hall with limits per person: 4 a day and 2 at once, 2 a day for land; results are free for all."""
    own: dict[str, dict[str, object]] = {
        "land": {"numbers_per_person": c.PersonLimits(day=2)},
        "results": {"free_for_all": True},
    }
    limited = tuple(msgspec.structs.replace(one, **own.get(one.service_id, {})) for one in services())
    return small_hall(services=limited, **{"numbers_per_person": c.NumbersPerPerson(day=4, at_once=2), **changes})


def profile(profile_id: str, primary: tuple[str, ...], backup: tuple[str, ...]) -> c.WorkProfile:
    """Give a work profile."""
    return c.WorkProfile(
        work_profile_id=profile_id, names=words(profile_id), primary_queue_ids=primary, backup_queue_ids=backup
    )


def large_hall(counters: int = 16, services_count: int = 12) -> c.Configuration:
    """Give a hall of many counters and services with long names, to see that its views stay small."""
    long_name = {"vi": "Đăng ký biến động quyền sử dụng đất và tài sản", "en": "Changes of land-use rights and assets"}
    queue_ids = tuple(f"queue-{index}" for index in range(services_count))
    return small_hall(
        configuration_id="b" * 64,
        queues=tuple(c.Queue(queue_id=queue_id, names=long_name, zone_id="hall") for queue_id in queue_ids),
        services=tuple(
            c.Service(
                service_id=f"service-{index}",
                queue_id=queue_id,
                prefix=chr(ord("A") + index),
                names=long_name,
                hints=long_name,
            )
            for index, queue_id in enumerate(queue_ids)
        ),
        work_profiles=tuple(
            c.WorkProfile(
                work_profile_id=f"profile-{index}",
                names=long_name,
                primary_queue_ids=(queue_id,),
                backup_queue_ids=tuple(other for other in queue_ids if other != queue_id)[:4],
            )
            for index, queue_id in enumerate(queue_ids)
        ),
        counters=tuple(
            c.Counter(
                counter_id=f"counter-{number}",
                number=number,
                names=words(f"Counter {number}"),
                work_profile_id=f"profile-{number % services_count}",
                zone_id="hall",
            )
            for number in range(1, counters + 1)
        ),
        kiosk_ranges=(),
        catalogue=(),
    )


def key_of(device_id: str) -> str:
    """Give a public key for a device of a test: 40 characters that name it."""
    return device_id.ljust(40, "k")


def devices_of(configuration: c.Configuration) -> tuple[PairedDevice, ...]:
    """Give two kiosks, a staff program, a public one, a technician, and the keypads of each counter, paired."""
    numbers = {counter.counter_id: counter.number for counter in configuration.counters}
    functions = [
        FunctionDescription(function_id="kiosk-1", kind="kiosk"),
        FunctionDescription(function_id="kiosk-2", kind="kiosk"),
        FunctionDescription(function_id="staff-1", kind="staff"),
        FunctionDescription(function_id="public-1", kind="public"),
        FunctionDescription(function_id="technician-1", kind="technician"),
        FunctionDescription(function_id="board-1", kind="board", zone_id="hall"),
    ]
    for counter_id, number in numbers.items():
        functions += [
            FunctionDescription(function_id=f"call-keypad-{number}", kind="call_keypad", counter_id=counter_id),
            FunctionDescription(function_id=f"rating-keypad-{number}", kind="rating_keypad", counter_id=counter_id),
            FunctionDescription(function_id=f"rating-terminal-{number}", kind="rating_terminal", counter_id=counter_id),
        ]
    return tuple(
        PairedDevice(
            device_id=function.function_id,
            name=function.function_id,
            public_key=key_of(function.function_id),
            functions=(function,),
        )
        for function in functions
    )
