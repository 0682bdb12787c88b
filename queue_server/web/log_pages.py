"""The page on which technicians, managers and inspectors search the branch's log."""

from collections.abc import Collection
from datetime import UTC, datetime, time, timedelta, timezone
from typing import Final
from urllib.parse import urlencode

from flask import Blueprint, Response, render_template, request, url_for

from presentation.formats import moment
from protocol.views import DevicesView, HallView
from queue_server.web.log_page import Names, day_of, kinds, log_rows
from queue_server.web.log_search import GROUPS, CannotSearch, Question, search
from queue_server.web.shared import message_page, parts, words
from queue_server.web.typed_days import MOMENT_PATTERN, read_moment, show_moment

log_pages = Blueprint("log_search", __name__, url_prefix="/log")

WHOLE_DAY: Final = timedelta(days=1)
TEXT_MOST: Final = 64
YEARS: Final = range(2000, 2200)
"""A log has no other; at the ends of the calendar no day can be counted on, and no other zone's clock be told."""


@log_pages.get("/")
def find() -> str | Response:
    """Search: an empty form finds what happened today."""
    shared, spoken = parts(), words()
    hall = shared.hall.view("hall", HallView)
    names = Names(spoken, shared.accounts.names(), hall)
    question, wrong = _question(names.utc_offset_s)
    try:
        found = search(shared.editing.log, question)
    except CannotSearch:
        return message_page(spoken("log.title"), spoken("log.no_log"), 404)
    reached = moment(spoken, found.reached_at, names.utc_offset_s) if found.reached_at else ""
    return render_template(
        "log.html",
        question=question,
        typed={
            "from": _in_field("from", question.first_at, names.utc_offset_s, wrong),
            "to": _in_field("to", question.last_at, names.utc_offset_s, wrong),
        },
        moment_pattern=MOMENT_PATTERN,
        rows=log_rows(found, names),
        wrong=wrong,
        reached=reached,
        more=_address(before=str(found.more_before)) if found.more_before is not None else "",
        newest=_address() if question.before is not None else "",
        of_visit=_whole_visit,
        kinds=kinds(spoken),
        counters=hall.counters if hall else (),
        people=sorted(names.people.items(), key=lambda one: one[1]),
        devices=_devices(shared.hall.view("devices", DevicesView)),
    )


def _devices(view: DevicesView | None) -> list[str]:
    """Give the devices and their functions, to choose from."""
    return sorted({one for line in (view.lines if view else ()) for one in (line.device_id, line.function_id)})


def _question(utc_offset_s: int) -> tuple[Question, tuple[str, ...]]:
    """Read what is asked; what no form would send is left out, and the names of its fields are told."""
    asked = request.args
    today = day_of(parts().hall.now(), utc_offset_s)
    zone = timezone(timedelta(seconds=utc_offset_s))
    begin = datetime.combine(today, time(), zone)
    first_at, first_wrong = _instant(asked.get("from", ""), begin, zone)
    last_at, last_wrong = _instant(asked.get("to", ""), max(begin, first_at) + WHOLE_DAY, zone)
    kind, before = asked.get("kind", ""), asked.get("before", "")
    known = not kind or kind in GROUPS or any(kind in members for members in GROUPS.values())
    question = Question(
        first_at=first_at,
        last_at=last_at,
        kind=kind if known else "",
        number=asked.get("number", "").strip()[:TEXT_MOST],
        counter_id=asked.get("counter_id", "").strip()[:TEXT_MOST],
        clerk_id=asked.get("clerk_id", "").strip()[:TEXT_MOST],
        device_id=asked.get("device_id", "").strip()[:TEXT_MOST],
        before=int(before) if before.isascii() and before.isdecimal() and len(before) < 16 else None,  # noqa: PLR2004 -- SQLite's integers have 18 digits.
    )
    order_wrong = first_at >= last_at and not first_wrong and not last_wrong
    wrong = {"from": first_wrong, "to": last_wrong, "kind": not known, "order": order_wrong}
    return question, tuple(name for name, is_wrong in wrong.items() if is_wrong)


def _instant(typed: str, otherwise: datetime, zone: timezone) -> tuple[datetime, bool]:
    """Read an instant by the hall's clock; and tell whether it was none."""
    if not typed.strip():
        return otherwise, False
    read = read_moment(typed)
    if read is None or read.year not in YEARS:
        return otherwise, True
    return read.replace(tzinfo=zone).astimezone(UTC), False


def _in_field(name: str, at: datetime, utc_offset_s: int, wrong: Collection[str]) -> str:
    """Give what a field of an instant holds: what was meant, or what was typed there and is none."""
    if name in wrong:
        return request.args.get(name, "")
    return show_moment(at.astimezone(timezone(timedelta(seconds=utc_offset_s))))


def _address(**changed: str) -> str:
    """Give the address of this search with something changed; an empty value takes a field out."""
    kept = {name: value for name, value in request.args.items() if name != "before"}
    query = {name: value for name, value in {**kept, **changed}.items() if value}
    return f"{url_for('log_search.find')}?{urlencode(query)}" if query else url_for("log_search.find")


def _whole_visit(visit_id: str) -> str:
    """Give the address of all that happened to a visit within the same span."""
    return _address(number=visit_id, kind="", counter_id="", clerk_id="", device_id="")
