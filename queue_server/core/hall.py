"""The configuration by name: look-ups that the rules need on every command, made once per configuration."""

import hashlib
from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Final, Literal

import msgspec

from presentation.texts import name_in
from protocol.configuration import (
    Configuration,
    Counter,
    KioskRange,
    Outcome,
    PriorityClass,
    Procedure,
    Queue,
    RatingScale,
    Reason,
    Service,
    Words,
    WorkProfile,
    Zone,
)
from queue_server.core.calendar import next_working_day

CATALOGUE_PAGE_BYTES: Final = 60_000
"""A page of the catalogue is cut before it grows past this, well under what one message may hold."""

NEXT_DAYS_KEPT: Final = 64


class Hall:
    """One checked configuration with its parts by id. Never changed after it is made."""

    def __init__(self, configuration: Configuration) -> None:
        self.configuration = configuration
        self.names = _marked(configuration)
        """The hall's name as it is shown: a training hall's begins with its mark."""
        self.services: dict[str, Service] = {part.service_id: part for part in configuration.services}
        self.queues: dict[str, Queue] = {part.queue_id: part for part in configuration.queues}
        self.classes: dict[str, PriorityClass] = {p.priority_class_id: p for p in configuration.priority_classes}
        self.profiles: dict[str, WorkProfile] = {part.work_profile_id: part for part in configuration.work_profiles}
        self.counters: dict[str, Counter] = {part.counter_id: part for part in configuration.counters}
        self.zones: dict[str, Zone] = {part.zone_id: part for part in configuration.zones}
        self.outcomes: dict[str, Outcome] = {part.outcome_id: part for part in configuration.outcomes}
        self.reasons: dict[str, Reason] = {part.reason_id: part for part in configuration.reasons}
        self.scales: dict[str, RatingScale] = {
            scale.scale_id: scale for scale in (configuration.rating_scale, *configuration.later_scales)
        }
        self.procedures: dict[str, Procedure] = {part.code: part for part in configuration.catalogue}
        self._follows = {
            (linked.service_ids[0], code): linked.service_ids[1:]
            for linked in configuration.linked_services
            for code in linked.procedure_codes
        }
        self.ranges_by_function: dict[str, list[KioskRange]] = defaultdict(list)
        self.ranges_by_prefix: dict[str, list[KioskRange]] = defaultdict(list)
        for numbers in configuration.kiosk_ranges:
            self.ranges_by_function[numbers.function_id].append(numbers)
            self.ranges_by_prefix[numbers.prefix].append(numbers)
        for ranges in self.ranges_by_prefix.values():
            ranges.sort(key=lambda numbers: numbers.first)
        self._next_days: dict[tuple[str, date], str] = {}
        self.catalogue_pages = _pages(configuration.catalogue)
        catalogue = msgspec.json.encode(configuration.catalogue, order="deterministic")
        self.catalogue_hash = hashlib.sha256(catalogue).hexdigest()

    def follows(self, service_id: str, procedure_code: str) -> tuple[str, ...]:
        """Give the services that follow a number taken for this procedure, where linked services begin with it."""
        return self._follows.get((service_id, procedure_code), ())

    def next_number(self, prefix: str, last: int, former: Sequence[KioskRange] = ()) -> int:
        """Give the number after ``last`` that no kiosk owns off line, nor owned until a ``former`` configuration."""
        number = last + 1
        owned = [*self.ranges_by_prefix.get(prefix, ()), *(numbers for numbers in former if numbers.prefix == prefix)]
        for numbers in sorted(owned, key=lambda numbers: numbers.first) if former else owned:
            if numbers.first <= number <= numbers.last:
                number = numbers.last + 1
        return number

    def next_working_day(self, hours_id: str, day: date) -> str:
        """Give the next day after ``day`` on which these hours are open; worked out once a day, asked for each view."""
        known = self._next_days.get((hours_id, day))
        if known is None:
            known = next_working_day(self.configuration.calendar, hours_id, day)
            if len(self._next_days) >= NEXT_DAYS_KEPT:
                self._next_days.clear()
            self._next_days[hours_id, day] = known
        return known

    def scale_on(self, day: str) -> RatingScale:
        """Give the scale by which ratings are asked for on this business day; before any day, the first one."""
        begun = [scale for scale in self.configuration.later_scales if scale.valid_from <= day]
        return max(begun, key=lambda scale: scale.valid_from, default=self.configuration.rating_scale)

    def tone_of(self, service_id: str, procedure_code: str) -> Literal["usual", "neutral"]:
        """Tell in which tone a rating is asked for: neutral when the service or the procedure is a sad one."""
        procedure = self.procedures.get(procedure_code)
        service = self.services.get(service_id)
        tones = {part.rating_tone for part in (procedure, service) if part is not None}
        return "neutral" if "neutral" in tones else "usual"

    def after_words_of(self, service_id: str, procedure_code: str) -> Words:
        """Give what is said to the citizen once it is over: the procedure's words, else the service's, else nothing."""
        procedure, service = self.procedures.get(procedure_code), self.services.get(service_id)
        return next((part.after_words for part in (procedure, service) if part is not None and part.after_words), {})


def _pages(catalogue: tuple[Procedure, ...]) -> tuple[tuple[Procedure, ...], ...]:
    """Cut the catalogue into pages by encoded size; an empty one has no page."""
    pages: list[tuple[Procedure, ...]] = []
    page: list[Procedure] = []
    size = 0
    for procedure in catalogue:
        length = len(msgspec.json.encode(procedure))
        if page and size + length > CATALOGUE_PAGE_BYTES:
            pages.append(tuple(page))
            page, size = [], 0
        page.append(procedure)
        size += length
    if page:
        pages.append(tuple(page))
    return tuple(pages)


def _marked(configuration: Configuration) -> Words:
    """Give the hall's name with the mark of a training hall before it, in each language."""
    mark = configuration.training
    if not mark:
        return configuration.names
    return {language: f"{name_in(mark, language)} · {name}" for language, name in configuration.names.items()}
