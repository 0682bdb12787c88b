"""The found events in words. Pure: ids become names where the hall knows them, and stay ids where it does not."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from presentation.formats import date as date_of
from presentation.formats import duration, hall_time
from presentation.texts import Words, name_in
from protocol.views import HallView
from queue_server.journal import Row
from queue_server.web.log_search import GROUPS, Found, body_of, instant, told_of
from queue_server.web.typed_days import read_iso_day, show_day

_WORDED: Final = {
    "clause": "clause",
    "channel": "rating.channel",
    "flag": "rating.flag",
    "reason": "devices.reason",
    "effective": "editor.published",
}
"""Fields whose values are codes with words of their own."""

_STATES: Final = {
    "ballot_entered": "ballots.state",
    "ballot_settled": "ballots.state",
    "device_reported": "device_state",
    "ticket_reported": "ticket_state",
}


@dataclass(frozen=True)
class LogRow:
    """One event. `visit_id` leads to all of its visit.

    It has no place in the log: a gap after a rating would tell of one that is not shown.
    """

    day: str
    time: str
    what: str
    number: str
    visit_id: str
    counter: str
    who: str
    device: str
    details: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Names:
    """What ids are called: people's by clerk id, and all that the hall's view names."""

    words: Words
    people: Mapping[str, str]
    hall: HallView | None

    @property
    def utc_offset_s(self) -> int:
        """How far the hall's clocks are ahead of UTC."""
        return self.hall.utc_offset_s if self.hall else 0

    def counter(self, counter_id: str) -> str:
        """Name a counter by its number."""
        counters = self.hall.counters if self.hall else ()
        number = next((one.number for one in counters if one.counter_id == counter_id), None)
        return counter_id if number is None else self.words("common.counter", counter=number)

    def _named(self, table: Mapping[str, Mapping[str, str]], one_id: str) -> str:
        names = table.get(one_id)
        return name_in(names, self.words.language) if names else one_id

    def value(self, kind: str, name: str, value: float | str) -> str:
        """Write the value of an event's field; a value that nobody knows is written as it stands."""
        if value is True:
            return ""
        if name.endswith("_s") and not isinstance(value, str) and value >= 0:
            return duration(self.words, float(value))
        text = str(value)
        if (day := read_iso_day(text)) is not None:
            return show_day(day)
        for words in self._words_of(kind, name):
            if self.words.has(f"{words}.{text}"):
                return self.words(f"{words}.{text}")
        return self._named_value(name, text)

    def _words_of(self, kind: str, name: str) -> tuple[str, ...]:
        """Name the tables of words in which a field's codes may stand."""
        if name == "state":
            return (_STATES.get(kind, "state"),)
        if (kind, name) == ("ballot_voided", "reason"):
            return ("ballots.void_reason",)
        return (_WORDED[name],) if name in _WORDED else ()

    def _named_value(self, name: str, text: str) -> str:
        if name == "to_counter_id":
            return self.counter(text)
        if name == "by_clerk_id":
            return self.people.get(text, text)
        return self._named(_tables(self.hall).get(name, {}), text) if self.hall else text


def _tables(hall: HallView) -> dict[str, Mapping[str, Mapping[str, str]]]:
    services = {one.service_id: one.names for one in hall.services}
    reasons = {one.reason_id: one.names for one in hall.reasons}
    return {
        "service_id": services,
        "to_service_id": services,
        "priority_class_id": hall.class_names,
        "work_profile_id": {one.work_profile_id: one.names for one in hall.work_profiles},
        "outcome": {one.outcome_id: one.names for one in hall.outcomes},
        "reason": reasons,
        "without_card": reasons,
    }


def log_rows(found: Found, names: Names) -> tuple[LogRow, ...]:
    """Write what was found."""
    return tuple(_row(row, found.numbers, names) for row in found.rows)


def _row(row: Row, numbers: Mapping[str, str], names: Names) -> LogRow:
    body, words = body_of(row), names.words
    at, offset_s = instant(row), names.utc_offset_s
    visit_id = str(body.get("visit_id") or "")
    told = told_of(row).items()
    details = tuple((words(f"log.field.{name}"), names.value(row.type, name, value)) for name, value in told)
    clerk_id = str(body.get("clerk_id") or "")
    counter_id = str(body.get("counter_id") or "")
    return LogRow(
        day=date_of(words, at, offset_s),
        time=f"{hall_time(at, offset_s):%H:%M:%S}",
        what=kind_word(words, row.type),
        number=numbers.get(visit_id, ""),
        visit_id=visit_id,
        counter=names.counter(counter_id) if counter_id else "",
        who=names.people.get(clerk_id, clerk_id),
        device=str(body.get("function_id") or body.get("device_id") or ""),
        details=details,
    )


def kind_word(words: Words, kind: str) -> str:
    """Name a type of event; one of a newer program keeps its own name."""
    return words(f"log.event.{kind}") if words.has(f"log.event.{kind}") else kind


def kinds(words: Words) -> tuple[tuple[str, str, tuple[tuple[str, str], ...]], ...]:
    """Give what can be chosen: each group with its name and its types."""
    return tuple(
        (group, words(f"log.group.{group}"), tuple((kind, kind_word(words, kind)) for kind in members))
        for group, members in GROUPS.items()
    )


def day_of(at: datetime, utc_offset_s: int) -> date:
    """Give the date on the hall's wall."""
    return hall_time(at, utc_offset_s).date()
