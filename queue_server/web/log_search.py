"""Searching the branch's log: what happened when, to which number, at which counter, by whom, at which device.

The log has no index of clerks or devices, and none is worth its cost to every commit of the day: whoever searches names
a span of time, and of that so many rows are read at once. A search that has not come to its end says how far it came.

What was pressed on a rating device is never told here, to nobody: neither the level nor its reasons leave `told_of`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final, NamedTuple

import apsw
import msgspec

from presentation.formats import ticket_number
from queue_server.journal import Journal, NotALog, OldSqlite, Only, Row

SHOWN: Final = 100
"""Events on a page."""
READ_AT_ONCE: Final = 50_000
"""Events that are looked at for a page: some ten busy days, in a fraction of a second."""
VISITS_MOST: Final = 200
"""Visits of one number within a span: it is given once a day."""

GROUPS: Final[Mapping[str, tuple[str, ...]]] = {
    "numbers": (
        "visit_taken",
        "visit_renumbered",
        "ticket_reported",
        "ticket_print_ordered",
        "visit_mended",
        "visit_cancelled",
        "visit_expired",
    ),
    "calls": (
        "visit_called",
        "visit_recalled",
        "call_left_unsaid",
        "visit_marked_no_show",
        "visit_reinstated",
        "visit_prioritized",
    ),
    "services": (
        "service_started",
        "service_ended",
        "services_planned",
        "service_continued",
        "visit_continued",
        "visit_parked",
        "visit_transferred",
    ),
    "counters": (
        "clerk_signed_in",
        "clerk_signed_out",
        "counter_opened",
        "counter_paused",
        "counter_closed",
        "counter_help_called",
        "counter_help_answered",
        "counter_help_ended",
    ),
    "ratings": (
        *("rating_opened", "rating_pressed", "rating_closed", "visit_rated"),
        *("ballots_drawn", "ballots_handed", "ballot_entered", "ballot_settled", "ballot_voided", "ballots_kept"),
        *("campaign_planned", "campaign_ended"),
    ),
    "voices": (
        *("voice_received", "voice_assigned", "voice_answered", "voice_ended"),
        *("voices_erased", "voices_kept"),
    ),
    "months": ("month_closed", "months_kept", "month_corrected", "clerk_evaluated"),
    "inquiries": ("alert_stepped", "alerts_kept", "inquiry_stepped", "inquiries_kept", "inquiries_erased"),
    "devices": (
        "device_created",
        "pairing_failed",
        "device_paired",
        "device_revoked",
        "device_reported",
        "function_placed",
        "help_answered",
    ),
    "hall": (
        "day_opened",
        "day_closed",
        "hall_stopped",
        "hall_resumed",
        "configuration_changed",
        "roster_planned",
        "server_started",
        "clock_stepped",
    ),
}
"""Every type of event that is shown, in the groups in which people look for them."""

UNTOLD: Final = frozenset({"alert_raised", "alert_grew", "inquiry_opened"})
"""Events that are not shown: each follows a rating at once, and would tell that it was a low one."""

_SHOWN_TYPES: Final = frozenset(kind for members in GROUPS.values() for kind in members)

TOLD: Final = (
    *("service_id", "to_service_id", "priority_class_id", "to_counter_id", "work_profile_id"),
    *("outcome", "reason", "without_card", "clause", "waited_s", "stopped_s", "passed_over", "recalls", "served_s"),
    *("off_line", "over_limit", "come_back_today", "stop_here", "noted", "by", "by_clerk_id", "to"),
    *("state", "detail", "copy", "channel", "flag", "tries", "name"),
    *("emergency_id", "effective", "day", "visits_taken", "served", "expired", "epoch", "step_s", "seed"),
)
"""The fields that are told, in this order. All others stay in the log: keys, hashes, marks of persons, ratings."""

_NUMBER: Final = re.compile(r"(?P<prefix>[A-ZĐ]*)(?P<digits>[0-9]{1,6})")
"""A number as a ticket shows it, or its digits alone; `protocol.message.Prefix` has the letters."""

KEYS_OF_RATINGS: Final = "presses_unknown"
"""The reason of a report whose detail names a key that was pressed."""


class CannotSearch(Exception):  # noqa: N818 -- a state of this machine.
    """The branch's log is not here, or cannot be read; says why."""


@dataclass(frozen=True, slots=True)
class Question:
    """What is looked for, from `first_at` up to but not including `last_at`; empty fields are any.

    `kind` is a group or a type of event, `number` what a ticket shows (`H025`) or a visit's id, `device_id` a device
    or one of its functions. `before` is where the last page ended.
    """

    first_at: datetime
    last_at: datetime
    kind: str = ""
    number: str = ""
    counter_id: str = ""
    clerk_id: str = ""
    device_id: str = ""
    before: int | None = None


class Found(NamedTuple):
    """A page of a search: its events, newest first, with the numbers of their visits.

    `more_before` is where the next page begins, None at the end; `reached_at` is how far back was looked when the page
    ended for the time it took, not for being full.
    """

    rows: tuple[Row, ...]
    numbers: Mapping[str, str]
    more_before: int | None
    reached_at: datetime | None


def search(log: Path, question: Question) -> Found:
    """Look into the log of a branch. Raises :class:`CannotSearch`."""
    try:
        with Journal(log) as journal:
            return _search(journal, question)
    except (NotALog, OldSqlite, apsw.Error) as error:
        raise CannotSearch(str(error)) from error


def _search(journal: Journal, question: Question) -> Found:
    begin, end = journal.seq_at(question.first_at), journal.seq_at(question.last_at)
    if question.before is not None:
        end = min(end, question.before)
    start = max(begin, end - READ_AT_ONCE)
    only = _only(journal, question, start, end)
    rows = journal.chosen(start, end, only, SHOWN) if only is not None else []
    if len(rows) == SHOWN and rows[-1].seq > begin:
        more, reached_at = rows[-1].seq, None
    elif start > begin:
        more, reached_at = start, next((instant(row) for row in journal.rows(start, 1)), None)
    else:
        more, reached_at = None, None
    visits = {str(told["visit_id"]) for told in map(body_of, rows) if told.get("visit_id")}
    return Found(tuple(rows), {visit_id: _number(journal, visit_id) for visit_id in visits}, more, reached_at)


def _only(journal: Journal, question: Question, start: int, end: int) -> Only | None:
    """Tell which rows are wanted; None when no row can be."""
    types = frozenset(GROUPS.get(question.kind, (question.kind,))) if question.kind else _SHOWN_TYPES
    groups = (
        (("counter_id", "to_counter_id"), question.counter_id),
        (("clerk_id", "by_clerk_id"), question.clerk_id),
        (("device_id", "function_id"), question.device_id),
    )
    fields = tuple((names, value) for names, value in groups if value)
    visit_ids: frozenset[str] | None = None
    if question.number:
        visit_ids = _visits_of(journal, question, start, end)
        if not visit_ids:
            return None
    return Only(types, visit_ids, fields)


def _visits_of(journal: Journal, question: Question, start: int, end: int) -> frozenset[str]:
    """Find the visits that a number stands for: itself where it is an id, else those that bore it within the span."""
    written = question.number.replace(" ", "")
    if len(written) == 32:  # noqa: PLR2004 -- a UUID in hex.
        return frozenset({written.lower()})
    found = _NUMBER.fullmatch(written.upper())
    if found is None:
        return frozenset()
    prefix = found["prefix"]
    fields: tuple[tuple[tuple[str, ...], int | str], ...] = ((("number",), int(found["digits"])),)
    if prefix:
        fields = (*fields, (("prefix",), prefix))
    given = Only(frozenset({"visit_taken", "visit_renumbered"}), None, fields)
    return frozenset(str(body_of(row)["visit_id"]) for row in journal.chosen(start, end, given, VISITS_MOST))


def _number(journal: Journal, visit_id: str) -> str:
    """Give the number that a visit bears in the end; empty for one that never got any."""
    number = ""
    for row in journal.visit(visit_id):
        if row.type in {"visit_taken", "visit_renumbered"}:
            told = body_of(row)
            number = ticket_number(str(told["prefix"]), int(told["number"]))
    return number


def body_of(row: Row) -> dict[str, Any]:
    """Read an event as it was written, of whatever version; the typed reading would refuse what is no more known."""
    told: dict[str, Any] = msgspec.json.decode(row.body)
    return told


def told_of(row: Row) -> dict[str, int | float | str]:
    """Give what may be told of an event, in the order of `TOLD`; what is empty or not so is left out."""
    body = body_of(row)
    told = {name: body[name] for name in TOLD if isinstance(body.get(name), int | float | str) and body[name]}
    if body.get("reason") == KEYS_OF_RATINGS:
        told.pop("detail", None)
    return told


def instant(row: Row) -> datetime:
    """Give when an event happened."""
    return datetime.fromisoformat(row.at)
