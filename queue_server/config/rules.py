"""What must hold between the parts of a configuration.

Every id that is named exists, every word is there, and a visit can always be called.
"""

from collections import Counter as Tally
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Final
from zoneinfo import ZoneInfo

import msgspec

from presentation.mistakes import Mistake, Path, place_of
from presentation.speech import SPOKEN_LANGUAGES
from protocol.configuration import (
    Calendar,
    Configuration,
    DutyContact,
    KioskRange,
    OpeningHours,
    Policies,
    RatingScale,
    Words,
)

MAIN = "branch.toml"
SHORT_NAME_LIMIT = 40
"""Longest name of a service or procedure that fits a tile and a ticket (letters)."""

_IDS = {
    "zones": "zone_id",
    "queues": "queue_id",
    "services": "service_id",
    "priority_classes": "priority_class_id",
    "work_profiles": "work_profile_id",
    "counters": "counter_id",
    "outcomes": "outcome_id",
    "reasons": "reason_id",
}

_SHOWN_TO_ALL = ("pledges", "notices")
"""Lists of words that boards show, in all their languages."""

_TET = "Tết Nguyên đán (the first day of the lunar year)"
_HUNG_KINGS = "Giỗ Tổ Hùng Vương (the tenth of the third lunar month)"

LUNAR_HOLIDAYS: Final = {
    **dict.fromkeys(
        (
            "2026-02-17",
            "2027-02-06",
            "2028-01-26",
            "2029-02-13",
            "2030-02-02",
            "2031-01-23",
            "2032-02-11",
            "2033-01-31",
        ),
        _TET,
    ),
    **dict.fromkeys(
        (
            "2026-04-26",
            "2027-04-16",
            "2028-04-04",
            "2029-04-23",
            "2030-04-12",
            "2031-04-01",
            "2032-04-19",
            "2033-04-09",
        ),
        _HUNG_KINGS,
    ),
}
"""By the Vietnamese calendar, whose moons are reckoned at UTC+7 (in 2030 Tết is a day before China's)."""

Note = Callable[[Path, str, str], None]


def check(values: Mapping[str, Any], tables: Mapping[str, Mapping[str, Any]], mistakes: list[Mistake]) -> None:
    """Check what was read (``values`` lacks parts that were already wrong) and add to ``mistakes``."""

    def note(path: Path, what: str, mend: str) -> None:
        mistakes.append(Mistake(MAIN, 0, place_of(path), what, mend, path))

    languages = tuple(values.get("languages", ()))
    _check_languages(values, languages, note)
    for list_name, id_name in _IDS.items():
        _check_unique(values.get(list_name, ()), list_name, id_name, note)
    # References are checked only when their targets were read without mistakes: one mend at a time per name.
    if all(len(values.get(name, ())) == len(tables[MAIN].get(name, ())) for name in _IDS):
        _check_references(values, note)
        _check_reachable(values, note)
        _check_ranges(values.get("kiosk_ranges", ()), values, note)
    _check_counters(values, note)
    _check_classes(values, note)
    if "calendar" in values:
        _check_calendar(values, note)
    if "rating_scale" in values:
        _check_scale(values["rating_scale"], note)
    if "policies" in values:
        _check_policies(values["policies"], values, languages, note)
    _check_duty(values.get("duty_contacts", ()), note)
    _check_catalogue(values, tables, languages, mistakes)


def _check_languages(values: Mapping[str, Any], languages: tuple[str, ...], note: Note) -> None:
    if "languages" in values and "vi" not in languages:
        note(("languages",), "Vietnamese is missing", 'write languages = ["vi", "en"]')
    for name in Configuration.__struct_fields__:
        if name == "catalogue" or name not in values:
            continue
        for path, words in _words_in(values[name], (name,)):
            missing = missing_languages(words, languages)
            if missing and (words or path[-1] == "names"):
                note(path, f"there are no words in {', '.join(missing)}", f'add {missing[0]} = "…" there')


def _words_in(value: Any, path: Path) -> Iterable[tuple[Path, Words]]:
    """Every table of words in a part, with its place."""
    if isinstance(value, msgspec.Struct):
        for field in value.__struct_fields__:
            if field in ("names", "hints", "agency", "result_place"):
                yield (*path, field), getattr(value, field)
            else:
                yield from _words_in(getattr(value, field), (*path, field))
    elif isinstance(value, tuple):
        for index, item in enumerate(value):
            yield from _words_in(item, (*path, index))
    elif isinstance(value, dict) and (path[-1] in ("names", "agency", "ticket_footer") or path[0] in _SHOWN_TO_ALL):
        yield path, value


def _check_unique(parts: Sequence[Any], list_name: str, id_name: str, note: Note) -> None:
    tally = Tally(getattr(part, id_name) for part in parts)
    for index, part in enumerate(parts):
        identifier = getattr(part, id_name)
        if tally[identifier] > 1:
            tally[identifier] = 0
            note((list_name, index, id_name), f"'{identifier}' stands there more than once", "give each its own id")


def _check_references(values: Mapping[str, Any], note: Note) -> None:
    ids = {name: {getattr(part, key) for part in values.get(name, ())} for name, key in _IDS.items()}
    hours = {hours.hours_id for hours in values["calendar"].hours} if "calendar" in values else set()

    def refer(path: Path, identifier: str, known: set[str], what: str) -> None:
        if identifier and identifier not in known:
            note(path, f"there is no {what} '{identifier}'", f"use one of {', '.join(sorted(known)) or 'none yet'}")

    for index, service in enumerate(values.get("services", ())):
        refer(("services", index, "queue_id"), service.queue_id, ids["queues"], "queue")
        if hours:
            refer(("services", index, "hours_id"), service.hours_id, hours, "opening hours")
    for index, queue in enumerate(values.get("queues", ())):
        refer(("queues", index, "zone_id"), queue.zone_id, ids["zones"], "zone")
    for index, profile in enumerate(values.get("work_profiles", ())):
        for key in ("primary_queue_ids", "backup_queue_ids"):
            for queue_id in getattr(profile, key):
                refer(("work_profiles", index, key), queue_id, ids["queues"], "queue")
    for index, counter in enumerate(values.get("counters", ())):
        refer(("counters", index, "work_profile_id"), counter.work_profile_id, ids["work_profiles"], "work profile")
        refer(("counters", index, "zone_id"), counter.zone_id, ids["zones"], "zone")


def _check_reachable(values: Mapping[str, Any], note: Note) -> None:
    """Note each queue that no counter calls from: it would hold its visits until closing."""
    profiles = {profile.work_profile_id: profile for profile in values.get("work_profiles", ())}
    used = [
        profiles[counter.work_profile_id]
        for counter in values.get("counters", ())
        if counter.work_profile_id in profiles
    ]
    served = {queue_id for profile in used for queue_id in profile.primary_queue_ids}
    for index, queue in enumerate(values.get("queues", ())):
        if queue.queue_id not in served:
            note(
                ("queues", index),
                f"no counter serves the queue '{queue.queue_id}'",
                "put it among primary_queue_ids of a work profile that a counter uses",
            )


def _check_counters(values: Mapping[str, Any], note: Note) -> None:
    tally = Tally(counter.number for counter in values.get("counters", ()))
    for index, counter in enumerate(values.get("counters", ())):
        if tally[counter.number] > 1:
            note(("counters", index, "number"), f"two counters have the number {counter.number}", "number them apart")
    if "counters" in values and not values["counters"]:
        note(("counters",), "there is no counter", "add [[counters]]")
    for index, service in enumerate(values.get("services", ())):
        for language, name in service.names.items():
            if len(name) > SHORT_NAME_LIMIT:
                note(
                    ("services", index, "names"),
                    f"the {language} name has {len(name)} letters",
                    f"shorten it to {SHORT_NAME_LIMIT}",
                )


def _check_classes(values: Mapping[str, Any], note: Note) -> None:
    for index, part in enumerate(values.get("priority_classes", ())):
        if part.slope <= 0:
            note(
                ("priority_classes", index, "slope"),
                f"a slope of {part.slope} would let people wait for ever",
                "use a number above 0; 1.0 is the usual class",
            )
        if part.guaranteed_waiting_s <= 0:
            note(
                ("priority_classes", index, "guaranteed_waiting_s"),
                "a guarantee of no wait cannot be kept",
                "give the longest wait in seconds",
            )
    classes = values.get("priority_classes", ())
    if classes and not any(part.chosen_by == "citizen" for part in classes):
        note(("priority_classes",), "citizens can choose no class", 'let one have chosen_by = "citizen"')


def _check_ranges(ranges: Sequence[KioskRange], values: Mapping[str, Any], note: Note) -> None:
    prefixes = {service.prefix for service in values.get("services", ())}
    for index, part in enumerate(ranges):
        if part.first > part.last:
            note(("kiosk_ranges", index), f"the range {part.first}–{part.last} is empty", "let first be below last")
        if prefixes and part.prefix not in prefixes:
            note(
                ("kiosk_ranges", index, "prefix"),
                f"no service has the prefix '{part.prefix}'",
                f"use one of {', '.join(sorted(prefixes))}",
            )
        for other in ranges[:index]:
            if other.prefix == part.prefix and part.first <= other.last and other.first <= part.last:
                note(
                    ("kiosk_ranges", index),
                    f"it overlaps the range of {other.function_id} "
                    f"({other.prefix}{other.first}–{other.prefix}{other.last})",
                    "give each kiosk its own numbers",
                )


def _check_policies(policies: Policies, values: Mapping[str, Any], languages: tuple[str, ...], note: Note) -> None:
    calendar = values.get("calendar")
    if calendar and not calendar.day_opens < policies.late_receipt_from < calendar.day_closes:
        note(
            ("policies", "late_receipt_from"),
            f"{policies.late_receipt_from} is outside the day ({calendar.day_opens}–{calendar.day_closes})",
            "give the time from which a dossier counts as received the next day, 15:00 by most rules",
        )
    for index, (begins, ends) in enumerate(policies.quiet_hours):
        if begins >= ends:
            note(
                ("policies", "quiet_hours", index),
                f"{begins}–{ends} is no span of a day",
                "let the first time be the earlier one; a span over midnight is two spans",
            )
    if not policies.board_languages:
        note(("policies", "board_languages"), "boards have no language", 'write board_languages = ["vi", "en"]')
    for language in policies.board_languages:
        if languages and language not in languages:
            note(
                ("policies", "board_languages"),
                f"the hall does not speak '{language}'",
                f"use some of {', '.join(languages)}",
            )
    for language in policies.announce_languages:
        if language not in SPOKEN_LANGUAGES:
            note(
                ("policies", "announce_languages"),
                f"there is no grammar of numbers for '{language}'",
                f"use some of {', '.join(SPOKEN_LANGUAGES)}",
            )


def _check_duty(contacts: Sequence[DutyContact], note: Note) -> None:
    for index, contact in enumerate(contacts):
        path: Path = ("duty_contacts", index)
        if not any(sign.isdigit() for sign in contact.phone):
            note((*path, "phone"), f"'{contact.phone}' cannot be dialled", "write the number as people dial it")
        for day in contact.days:
            _check_day((*path, "days"), day, note)


def _check_day(path: Path, day: str, note: Note) -> None:
    try:
        date.fromisoformat(day)
    except ValueError:
        note(path, f"there is no day {day}", "write yyyy-mm-dd")


def _check_calendar(values: Mapping[str, Any], note: Note) -> None:
    calendar = values["calendar"]
    try:
        ZoneInfo(calendar.time_zone)
    except (KeyError, OSError, ValueError):
        note(("calendar", "time_zone"), f"there is no time zone '{calendar.time_zone}'", "write Asia/Ho_Chi_Minh")
    _check_unique(calendar.hours, "calendar.hours", "hours_id", note)
    if calendar.default_hours_id not in {hours.hours_id for hours in calendar.hours}:
        note(
            ("calendar", "default_hours_id"),
            f"there are no opening hours '{calendar.default_hours_id}'",
            "name one of [[calendar.hours]]",
        )
    if calendar.day_opens >= calendar.day_closes:
        note(("calendar", "day_closes"), "the day would close before it opens", "let day_closes be the later one")
    _check_lunar(calendar, note)
    for index, hours in enumerate(calendar.hours):
        _check_hours(hours, ("calendar", "hours", index), (calendar.day_opens, calendar.day_closes), note)
    for list_name in ("holidays", "working_days"):
        days = [part.day for part in getattr(calendar, list_name)]
        for index, day in enumerate(days):
            _check_day(("calendar", list_name, index, "day"), day, note)
            if day in days[:index]:
                note(("calendar", list_name, index, "day"), f"{day} stands there more than once", "keep one")


def _check_lunar(calendar: Calendar, note: Note) -> None:
    """Note the lunar holidays that a list passes over: between its first day and the end of its last year."""
    days = sorted(holiday.day for holiday in calendar.holidays)
    if not days or calendar.time_zone != "Asia/Ho_Chi_Minh":
        return
    listed = {*days, *(moved.day for moved in calendar.working_days)}
    for day, name in LUNAR_HOLIDAYS.items():
        if days[0] <= day and day[:4] <= days[-1][:4] and day not in listed:
            note(
                ("calendar", "holidays"),
                f"{day}, {name}, is not among the holidays",
                f'add [[calendar.holidays]] with day = "{day}", or [[calendar.working_days]] if you work then',
            )


def _check_hours(hours: OpeningHours, path: Path, day: tuple[str, str], note: Note) -> None:
    for weekday, spans in hours.spans.items():
        place = (*path, "spans")
        last = day[0]
        for opens, closes in spans:
            if opens >= closes:
                note(
                    place,
                    f"{weekday}: {opens}–{closes} ends before it starts",
                    "let the first time be earlier",
                )
            elif opens < last or closes > day[1]:
                note(
                    place,
                    f"{weekday}: {opens}–{closes} overlaps the span before it or leaves the day ({day[0]}–{day[1]})",
                    "sort the spans and keep them within day_opens and day_closes",
                )
            last = closes


def _check_scale(scale: RatingScale, note: Note) -> None:
    levels = [level.level for level in scale.levels]
    if levels != list(range(1, len(levels) + 1)) or len(levels) < 2:  # noqa: PLR2004 -- a scale has a better and a worse.
        note(("rating_scale", "levels"), f"the levels are {levels}", "number them 1, 2, 3 … from best to worst")


def _check_catalogue(
    values: Mapping[str, Any],
    tables: Mapping[str, Mapping[str, Any]],
    languages: tuple[str, ...],
    mistakes: list[Mistake],
) -> None:
    """Each procedure belongs to a service, has a short name in each language, and stands there once."""
    services = {service.service_id for service in values.get("services", ())}
    all_services_read = len(values.get("services", ())) == len(tables[MAIN].get("services", ()))
    places = [
        (name, index)
        for name, table in tables.items()
        if name != MAIN
        for index in range(len(table.get("procedures", ())))
    ]
    if len(places) != len(values["catalogue"]):
        return  # Some were wrong in themselves; their places would not fit.
    seen: set[str] = set()
    for (file, index), procedure in zip(places, values["catalogue"], strict=True):
        path: Path = ("procedures", index)

        def note(
            key: str,
            what: str,
            mend: str,
            *,
            file: str = file,
            path: Path = path,
            code: str = procedure.code,
        ) -> None:
            mistakes.append(Mistake(file, 0, f"{place_of(path)}.{key} ({code})", what, mend, (*path, key)))

        if all_services_read and procedure.service_id not in services:
            note(
                "service_id",
                f"there is no service '{procedure.service_id}'",
                f"use one of {', '.join(sorted(services))}",
            )
        if procedure.code in seen:
            note("code", f"'{procedure.code}' stands there more than once", "keep one")
        seen.add(procedure.code)
        for language in missing_languages(procedure.names, languages):
            note("names", f"there is no name in {language}", f'add {language} = "…"')
        for language, name in procedure.names.items():
            if len(name) > SHORT_NAME_LIMIT:
                note("names", f"the {language} name has {len(name)} letters", f"shorten it to {SHORT_NAME_LIMIT}")


def missing_languages(words: Words, languages: tuple[str, ...]) -> list[str]:
    """Languages in which these words are not given, or are empty."""
    return [language for language in languages if not words.get(language, "").strip()]
