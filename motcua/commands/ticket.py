"""Draw the ticket that a kiosk would print under a draft of the hall, as a PNG.

    motcua ticket config/branch.toml --out ticket.png
    motcua ticket - --service land --language en < sources.json > ticket.png

It is the very picture that goes to the printer, with an example's number, time and wait.
"""

import argparse
import io
import sys
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from motcua.commands import Problem

if TYPE_CHECKING:
    from kiosk.ticket.model import Ticket
    from protocol.configuration import Configuration
    from queue_server.core import Branch

CONFIG = Path(__file__).parents[2] / "config"
FROM = date(2026, 11, 23)
NUMBER = 25
AHEAD = 4
WAIT_S = (600, 1500)
TAKEN = timedelta(hours=8, minutes=42)
SECRET = "5a" * 16
VISIT_ID = "019ab5c02d1f7c3e8b1d2a6f90c4e813"
UTC_OFFSET_S = 7 * 3600


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments."""
    parser.add_argument("draft", help="the draft's branch.toml; - reads its sources as JSON from the standard input")
    parser.add_argument("--config", type=Path, default=CONFIG, help="the folder with texts/")
    parser.add_argument("--service", default="", help="the service of the example (default: the first)")
    parser.add_argument("--priority-class", default="", help="the class of the example (default: the second)")
    parser.add_argument("--language", default="vi", help="the language of the ticket (default: vi)")
    parser.add_argument("--width", type=int, default=576, choices=(576, 384), help="the dots of the paper's width")
    parser.add_argument("--out", type=Path, help="the file (default: the standard output)")


def run(arguments: argparse.Namespace) -> int:
    """Draw one ticket."""
    from hardware.ticket import draw_ticket
    from kiosk.ticket.paper import ticket_content
    from motcua.drafts import read_draft
    from presentation.text_files import texts_in
    from presentation.texts import TextsError
    from queue_server.core import kiosk_view

    draft = read_draft(arguments.draft)
    try:
        texts = texts_in(arguments.config / "texts")
    except TextsError as problem:
        raise Problem(str(problem)) from problem
    branch, at = _example_day(draft)
    ticket = _example(arguments, draft, at)
    view = kiosk_view(branch, {}, at)
    procedure = next((one for one in draft.catalogue if one.service_id == ticket.given.visit.service_id), None)
    picture = io.BytesIO()
    try:
        drawn = draw_ticket(ticket_content(ticket, view, procedure, texts), arguments.width)
    except ValueError as error:
        raise Problem(f"the ticket cannot be drawn: {error}; shorten the address of ticket_link") from error
    drawn.save(picture, "PNG", optimize=True)
    if arguments.out:
        arguments.out.write_bytes(picture.getvalue())
    else:
        sys.stdout.buffer.write(picture.getvalue())
    return 0


def _example_day(draft: "Configuration") -> "tuple[Branch, datetime]":
    """Give a branch under the draft on its next working day, a quarter to nine."""
    from protocol.events import DayOpened
    from queue_server import core
    from queue_server.core.calendar import working_days

    plan = next(working_days(draft, FROM, UTC_OFFSET_S), None)
    if plan is None:
        raise Problem("the calendar of the draft has no working day within a year; see [[calendar.hours]]")
    branch = core.new_branch(draft)
    at = plan.midnight_at + TAKEN
    opened = DayOpened(
        at=at,
        day=plan.day,
        configuration_id=draft.configuration_id,
        opens_at=plan.opens_at,
        closes_at=plan.closes_at,
        utc_offset_s=plan.utc_offset_s,
        spans=plan.spans,
    )
    core.apply(branch, opened)
    return branch, at


def _example(arguments: argparse.Namespace, draft: "Configuration", at: datetime) -> "Ticket":
    """Give a number of the draft, with all that a ticket may say of it."""
    from kiosk.ticket.kept_model import PendingVisit
    from kiosk.ticket.model import GivenNumber, Ticket
    from protocol.views import Estimate

    services = {one.service_id: one for one in draft.services}
    classes = [one.priority_class_id for one in draft.priority_classes if one.chosen_by == "citizen"]
    service = services.get(arguments.service) if arguments.service else next(iter(services.values()), None)
    if service is None:
        raise Problem(f"there is no service '{arguments.service}'; use one of {', '.join(services)}")
    chosen = arguments.priority_class or (classes[1] if len(classes) > 1 else "".join(classes[:1]))
    queue = {one.work_profile_id for one in draft.work_profiles if service.queue_id in one.primary_queue_ids}
    visit = PendingVisit(
        visit_id=VISIT_ID,
        service_id=service.service_id,
        priority_class_id=chosen,
        procedure_code="",
        language=arguments.language,
        day=at.date().isoformat(),
        decided_at=at,
    )
    given = GivenNumber(
        visit=visit,
        prefix=service.prefix,
        number=NUMBER,
        taken_at=at,
        ahead=AHEAD,
        estimate=Estimate(low_s=WAIT_S[0], high_s=WAIT_S[1]),
        counter_numbers=tuple(one.number for one in draft.counters if one.work_profile_id in queue),
    )
    return Ticket(given=given, copy=0, secret=SECRET)
