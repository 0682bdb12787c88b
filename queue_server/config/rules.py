"""What must hold between the parts of a configuration.

Every id that is named exists, every word is there, and a visit can always be called.
"""

from collections import Counter as Tally
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import msgspec

from presentation.mistakes import Mistake, Path, place_of
from presentation.said import Said, said
from presentation.speech import SPOKEN_LANGUAGES
from presentation.texts import NAME_ORDER
from protocol.commands import LONG_MESSAGE_LETTERS, SHORT_MESSAGE_LETTERS
from protocol.configuration import (
    Configuration,
    DutyContact,
    Emergency,
    KioskRange,
    NumbersPerPerson,
    PersonLimits,
    Policies,
    Procedure,
    Service,
    VoiceRules,
    Words,
)
from queue_server.config.calendar import check_calendar, check_day
from queue_server.config.evaluation import check_first_scale
from queue_server.config.linked import check_linked
from queue_server.config.links import check_ticket_link
from queue_server.config.noted import (
    NO_SERVICE,
    Note,
    check_unique,
    long_name,
    long_words,
    missing_languages,
    no_words,
    shorten_to,
    stands_twice,
    use_one_of,
    use_some_of,
)

MAIN = "branch.toml"
SHORT_NAME_LIMIT = 40
AFTER_WORDS_LIMIT: Final = 80
"""What fits below the question of a rating terminal in two lines, also in large text."""
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
    "linked_services": "linked_id",
    "emergencies": "emergency_id",
}

_NO_QUEUE = ("no_such_queue", "there is no queue '{name}'")
_NO_HOURS = ("no_such_hours", "there are no opening hours '{name}'")
_NO_ZONE = ("no_such_zone", "there is no zone '{name}'")
_NO_PROFILE = ("no_such_profile", "there is no work profile '{name}'")

IN_CATALOGUES = frozenset({"catalogue", "later_scales", "evaluation_forms"})
"""Parts that stand in files of their own, and are checked there."""

_SHOWN_TO_ALL = ("pledges", "notices")
"""Lists of words that boards show, in all their languages."""


def check(values: Mapping[str, Any], tables: Mapping[str, Mapping[str, Any]], mistakes: list[Mistake]) -> None:
    """Check what was read (``values`` lacks parts that were already wrong) and add to ``mistakes``."""

    def note(path: Path, what: Said, mend: Said) -> None:
        mistakes.append(Mistake(MAIN, 0, place_of(path), what, mend, path))

    languages = tuple(values.get("languages", ()))
    demanded = tuple(language for language in languages if language in NAME_ORDER)
    _check_languages(values, demanded, note)
    for list_name, id_name in _IDS.items():
        check_unique(values.get(list_name, ()), list_name, id_name, note)
    # References are checked only when their targets were read without mistakes: one mend at a time per name.
    if all(len(values.get(name, ())) == len(tables[MAIN].get(name, ())) for name in _IDS):
        _check_references(values, note)
        _check_reachable(values, note)
        check_linked(values.get("linked_services", ()), values.get("services", ()), values["catalogue"], note)
        _check_ranges(values.get("kiosk_ranges", ()), values, note)
    _check_counters(values, note)
    _check_classes(values, note)
    if "calendar" in values:
        check_calendar(values, note)
    if "rating_scale" in values:
        check_first_scale(values["rating_scale"], note)
    if "policies" in values:
        _check_policies(values["policies"], values, languages, note)
    if all(name in values for name in ("numbers_per_person", "services", "reasons")):
        _check_persons(values, note)
    _check_emergencies(values.get("emergencies", ()), note)
    _check_duty(values.get("duty_contacts", ()), note)
    _check_voices(values.get("voices", VoiceRules()), note)
    if "ticket_link" in values:
        check_ticket_link(values["ticket_link"], lambda what, mend: note(("ticket_link", "base_address"), what, mend))
    _check_catalogue(values, tables, demanded, mistakes)


def unnamed(configuration: Configuration) -> dict[str, int]:
    """Count, for each further language of the hall, the names and sentences that are not given in it.

    Nobody is stopped by them: `presentation.texts.name_in` shows the Vietnamese ones.
    """
    tables = [
        words
        for name in Configuration.__struct_fields__
        for path, words in _words_in(getattr(configuration, name), (name,))
        if words or path[-1] == "names"
    ]
    further = (language for language in configuration.languages if language not in NAME_ORDER)
    counted = {language: sum(bool(missing_languages(words, (language,))) for words in tables) for language in further}
    return {language: count for language, count in counted.items() if count}


def _check_languages(values: Mapping[str, Any], languages: tuple[str, ...], note: Note) -> None:
    if "languages" in values and "vi" not in languages:
        mend = said("write_languages", 'write languages = ["vi", "en"]')
        note(("languages",), said("no_vietnamese", "Vietnamese is missing"), mend)
    for name in Configuration.__struct_fields__:
        if name in IN_CATALOGUES or name not in values:
            continue
        for path, words in _words_in(values[name], (name,)):
            missing = missing_languages(words, languages)
            if missing and (words or path[-1] == "names"):
                note(path, *no_words(missing))


def _words_in(value: Any, path: Path) -> Iterable[tuple[Path, Words]]:
    """Every table of words in a part, with its place."""
    if isinstance(value, msgspec.Struct):
        for field in value.__struct_fields__:
            if field in ("names", "hints", "agency", "result_place", "after_words"):
                yield (*path, field), getattr(value, field)
            else:
                yield from _words_in(getattr(value, field), (*path, field))
    elif isinstance(value, tuple):
        for index, item in enumerate(value):
            yield from _words_in(item, (*path, index))
    elif isinstance(value, dict) and (
        path[-1] in ("names", "agency", "ticket_footer", "training") or path[0] in _SHOWN_TO_ALL
    ):
        yield path, value


def _check_voices(rules: VoiceRules, note: Note) -> None:
    if rules.channels and not rules.kinds:
        what = said("no_voice_kinds", "there are no kinds of voices")
        note(("voices",), what, said("add_voice_kinds", "add [[voices.kinds]], or take channels out"))
    tally = Tally(kind.kind_id for kind in rules.kinds)
    for index, kind in enumerate(rules.kinds):
        if tally[kind.kind_id] > 1:
            note(("voices", "kinds", index, "kind_id"), *stands_twice(kind.kind_id))


def _check_references(values: Mapping[str, Any], note: Note) -> None:
    ids = {name: {getattr(part, key) for part in values.get(name, ())} for name, key in _IDS.items()}
    hours = {hours.hours_id for hours in values["calendar"].hours} if "calendar" in values else set()

    def refer(path: Path, identifier: str, known: set[str], key: str, english: str) -> None:
        if identifier and identifier not in known:
            note(path, said(key, english, name=identifier), use_one_of(known))

    for index, service in enumerate(values.get("services", ())):
        refer(("services", index, "queue_id"), service.queue_id, ids["queues"], *_NO_QUEUE)
        if hours:
            refer(("services", index, "hours_id"), service.hours_id, hours, *_NO_HOURS)
    for index, queue in enumerate(values.get("queues", ())):
        refer(("queues", index, "zone_id"), queue.zone_id, ids["zones"], *_NO_ZONE)
    for index, profile in enumerate(values.get("work_profiles", ())):
        for key in ("primary_queue_ids", "backup_queue_ids"):
            for queue_id in getattr(profile, key):
                refer(("work_profiles", index, key), queue_id, ids["queues"], *_NO_QUEUE)
    for index, counter in enumerate(values.get("counters", ())):
        profile_id = counter.work_profile_id
        refer(("counters", index, "work_profile_id"), profile_id, ids["work_profiles"], *_NO_PROFILE)
        refer(("counters", index, "zone_id"), counter.zone_id, ids["zones"], *_NO_ZONE)


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
                said("unserved_queue", "no counter serves the queue '{name}'", name=queue.queue_id),
                said("serve_queue", "put it among primary_queue_ids of a work profile that a counter uses"),
            )


def _check_counters(values: Mapping[str, Any], note: Note) -> None:
    tally = Tally(counter.number for counter in values.get("counters", ()))
    for index, counter in enumerate(values.get("counters", ())):
        if tally[counter.number] > 1:
            what = said("same_number", "two counters have the number {number}", number=counter.number)
            note(("counters", index, "number"), what, said("number_apart", "number them apart"))
    if "counters" in values and not values["counters"]:
        note(("counters",), said("no_counter", "there is no counter"), said("add_counter", "add [[counters]]"))
    for index, service in enumerate(values.get("services", ())):
        for key, what, mend in _too_long(service):
            note(("services", index, key), what, mend)


def _too_long(part: Service | Procedure) -> Iterable[tuple[str, Said, Said]]:
    """Each name and each sentence that does not fit where it is shown: its key, what is wrong, the mend."""
    for language, name in part.names.items():
        if len(name) > SHORT_NAME_LIMIT:
            yield ("names", *long_name(language, name, SHORT_NAME_LIMIT))
    for language, words in part.after_words.items():
        if len(words) > AFTER_WORDS_LIMIT:
            yield ("after_words", *long_words(language, words, AFTER_WORDS_LIMIT))


def _check_classes(values: Mapping[str, Any], note: Note) -> None:
    for index, part in enumerate(values.get("priority_classes", ())):
        if part.slope <= 0:
            note(
                ("priority_classes", index, "slope"),
                said("flat_slope", "a slope of {slope} would let people wait for ever", slope=part.slope),
                said("raise_slope", "use a number above 0; 1.0 is the usual class"),
            )
        if part.guaranteed_waiting_s <= 0:
            note(
                ("priority_classes", index, "guaranteed_waiting_s"),
                said("no_guarantee", "a guarantee of no wait cannot be kept"),
                said("give_guarantee", "give the longest wait in seconds"),
            )
    classes = values.get("priority_classes", ())
    if classes and not any(part.chosen_by == "citizen" for part in classes):
        what = said("no_class_to_choose", "citizens can choose no class")
        note(("priority_classes",), what, said("let_citizens_choose", 'let one have chosen_by = "citizen"'))


def _check_ranges(ranges: Sequence[KioskRange], values: Mapping[str, Any], note: Note) -> None:
    prefixes = {service.prefix for service in values.get("services", ())}
    for index, part in enumerate(ranges):
        if part.first > part.last:
            what = said("empty_range", "the range {first}–{last} is empty", first=part.first, last=part.last)
            note(("kiosk_ranges", index), what, said("order_range", "let first be below last"))
        if prefixes and part.prefix not in prefixes:
            note(
                ("kiosk_ranges", index, "prefix"),
                said("no_such_prefix", "no service has the prefix '{name}'", name=part.prefix),
                use_one_of(prefixes),
            )
        for other in ranges[:index]:
            if other.prefix == part.prefix and part.first <= other.last and other.first <= part.last:
                note(
                    ("kiosk_ranges", index),
                    said(
                        "ranges_overlap",
                        "it overlaps the range of {kiosk} ({prefix}{first}–{prefix}{last})",
                        kiosk=other.function_id,
                        prefix=other.prefix,
                        first=other.first,
                        last=other.last,
                    ),
                    said("own_ranges", "give each kiosk its own numbers"),
                )


def _check_policies(policies: Policies, values: Mapping[str, Any], languages: tuple[str, ...], note: Note) -> None:
    calendar = values.get("calendar")
    if calendar and not calendar.day_opens < policies.late_receipt_from < calendar.day_closes:
        note(
            ("policies", "late_receipt_from"),
            said(
                "late_outside_day",
                "{time} is outside the day ({opens}–{closes})",
                time=policies.late_receipt_from,
                opens=calendar.day_opens,
                closes=calendar.day_closes,
            ),
            said(
                "give_late",
                "give the time from which a dossier counts as received the next day, 15:00 by most rules",
            ),
        )
    for index, (begins, ends) in enumerate(policies.quiet_hours):
        if begins >= ends:
            note(
                ("policies", "quiet_hours", index),
                said("no_span", "{begins}–{ends} is no span of a day", begins=begins, ends=ends),
                said("order_span", "let the first time be the earlier one; a span over midnight is two spans"),
            )
    if not policies.board_languages:
        mend = said("write_board_languages", 'write board_languages = ["vi", "en"]')
        note(("policies", "board_languages"), said("mute_boards", "boards have no language"), mend)
    for language in policies.board_languages:
        if languages and language not in languages:
            note(
                ("policies", "board_languages"),
                said("not_spoken", "the hall does not speak '{name}'", name=language),
                use_some_of(languages),
            )
    for language in policies.announce_languages:
        if language not in SPOKEN_LANGUAGES:
            note(
                ("policies", "announce_languages"),
                said("no_grammar", "there is no grammar of numbers for '{name}'", name=language),
                use_some_of(SPOKEN_LANGUAGES),
            )


def _check_persons(values: Mapping[str, Any], note: Note) -> None:
    """Limits per person can be reached, somebody can be known, and who has no card can be helped."""
    policy: NumbersPerPerson = values["numbers_per_person"]
    _check_limits(policy, ("numbers_per_person",), note)
    for index, service in enumerate(values["services"]):
        own: PersonLimits = service.numbers_per_person
        path: Path = ("services", index, "numbers_per_person")
        _check_limits(own, path, note)
        if own.any and service.free_for_all:
            what = said("free_and_limited", "the service is free for all and has limits")
            note(path, what, said("free_or_limited", "leave out free_for_all, or the limits"))
        if policy.day and own.day > policy.day:
            what = said(
                "more_than_branch",
                "{count} a day is more than the branch allows ({allowed})",
                count=own.day,
                allowed=policy.day,
            )
            note(path, what, said("lower_it", "lower it, or leave it out"))
    limited = [one for one in values["services"] if not one.free_for_all and (policy.any or one.numbers_per_person.any)]
    if not limited:
        return
    if not policy.known_by:
        mend = said("write_known_by", 'write known_by = ["citizen_card"]')
        note(("numbers_per_person", "known_by"), said("nobody_known", "nobody can be known"), mend)
    if not any("without_card" in reason.uses for reason in values["reasons"]):
        note(
            ("reasons",),
            said(
                "no_reason_without_card",
                "numbers are limited per person, and staff have no reason to give one to somebody without a card",
            ),
            said("add_reason_without_card", 'add [[reasons]] with uses = ["without_card"]'),
        )


def _check_limits(limits: PersonLimits, path: Path, note: Note) -> None:
    if limits.day and limits.at_once > limits.day:
        note(
            path,
            said(
                "at_once_beyond_day",
                "{at_once} at once cannot be reached with {day} a day",
                at_once=limits.at_once,
                day=limits.day,
            ),
            said("lower_at_once", "let at_once be no more than day, or leave one of them out"),
        )


def _check_emergencies(emergencies: Sequence[Emergency], note: Note) -> None:
    """A message is read from the back of a hall, by people who are frightened perhaps."""
    limits = (("names", SHORT_MESSAGE_LETTERS), ("hints", LONG_MESSAGE_LETTERS))
    for index, emergency in enumerate(emergencies):
        for field, limit in limits:
            for language, text in getattr(emergency, field).items():
                if len(text) > limit:
                    path: Path = ("emergencies", index, field)
                    what = said(
                        "long_text", "the {language} text has {count} letters", language=language, count=len(text)
                    )
                    note(path, what, shorten_to(limit))


def _check_duty(contacts: Sequence[DutyContact], note: Note) -> None:
    for index, contact in enumerate(contacts):
        path: Path = ("duty_contacts", index)
        if not any(sign.isdigit() for sign in contact.phone):
            what = said("no_phone", "'{number}' cannot be dialled", number=contact.phone)
            note((*path, "phone"), what, said("write_phone", "write the number as people dial it"))
        for day in contact.days:
            check_day((*path, "days"), day, note)


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
            what: Said,
            mend: Said,
            *,
            file: str = file,
            path: Path = path,
            code: str = procedure.code,
        ) -> None:
            mistakes.append(Mistake(file, 0, f"{place_of(path)}.{key} ({code})", what, mend, (*path, key)))

        if all_services_read and procedure.service_id not in services:
            note("service_id", said(*NO_SERVICE, name=procedure.service_id), use_one_of(services))
        if procedure.code in seen:
            note("code", *stands_twice(procedure.code))
        seen.add(procedure.code)
        said_to_all = {"names": procedure.names} | (
            {"after_words": procedure.after_words} if procedure.after_words else {}
        )
        for key, words in said_to_all.items():
            for language in missing_languages(words, languages):
                note(key, *no_words([language]))
        for key, what, mend in _too_long(procedure):
            note(key, what, mend)
