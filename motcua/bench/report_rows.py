"""How long the report tables take to be made anew from a year's log, and a page to be answered from them."""

import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from motcua.bench.estimates.playing import date_of
from motcua.bench.recorded_days import keep_log, recorded_days, simulated_hall
from motcua.bench.rows import Row
from protocol import events as e
from queue_server.journal import Journal
from queue_server.log import LOG_FILE
from queue_server.reporting.definitions import DIMENSIONS
from queue_server.reporting.questions import Question, answer
from queue_server.reporting.tables import REPORTS_FILE, following

DAYS: Final = 250
"""The working days of a year."""
VISITS: Final = 260
"""Of a day, in the mean."""
SEED: Final = 1
RATED_OF_TEN: Final = 6


def report_rows() -> Iterator[Row]:
    """Play a year of a large hall, write its log, make the tables, and ask them about the whole year."""
    with tempfile.TemporaryDirectory() as name:
        state = Path(name)
        events, visits = _write_year(state)
        began, worked = time.perf_counter(), time.process_time()
        with Journal(state / LOG_FILE) as journal, following(state / REPORTS_FILE) as tables:
            tables.rebuild(journal, lambda seq, last: print(f"  {seq:,} of {last:,}", file=sys.stderr, flush=True))
        took_s = time.perf_counter() - began
        note = f"{DAYS} days, {visits:,} visits, {events:,} events; {time.process_time() - worked:.1f} s of processor"
        yield Row(what="reports.db made anew from a year's log", value=took_s, unit="s", budget=30, note=note)
        first, last = date_of(0).isoformat(), date_of(DAYS).isoformat()
        questions = [Question(first_day=first, last_day=last, by=by) for by in DIMENSIONS]
        slowest_s = max(_asked_s(state / REPORTS_FILE, question) for question in questions)
        yield Row(what="a year's figures by hour, service, counter …: the slowest", value=slowest_s, unit="s", budget=3)


def _asked_s(reports: Path, question: Question) -> float:
    began = time.perf_counter()
    found = answer(reports, question)
    assert len(found.days) == DAYS, "every day of the year is in the tables"
    return time.perf_counter() - began


def _write_year(state: Path) -> tuple[int, int]:
    """Write the log of a year; gives how many events and visits are in it."""
    print(f"  playing {DAYS} days", file=sys.stderr, flush=True)
    events = list(_with_papers(recorded_days(simulated_hall("large 1", VISITS, SEED), DAYS)))
    keep_log(state, events)
    return len(events), sum(isinstance(event, e.VisitTaken) for event in events)


def _with_papers(events: Iterable[e.AnyEvent]) -> Iterator[e.AnyEvent]:
    """Add what the played people leave out and a real hall's log holds: each paper, and six ratings of ten."""
    asked: dict[str, e.RatingOpened] = {}
    for number, event in enumerate(events):
        if isinstance(event, e.RatingClosed) and number % 10 < RATED_OF_TEN:
            yield from _rating(asked[event.visit_id], event, number)
        yield event
        if isinstance(event, e.VisitTaken):
            device_id = event.device_id
            yield e.TicketReported(at=event.at, visit_id=event.visit_id, device_id=device_id, state="confirmed")
        if isinstance(event, e.RatingOpened):
            asked[event.visit_id] = event


def _rating(asked: e.RatingOpened, closed: e.RatingClosed, number: int) -> Iterator[e.AnyEvent]:
    yield e.RatingPressed(
        at=asked.at,
        press_id=f"{number:032x}",
        device_id="keypads",
        function_id="rating-keypad-1",
        counter_id=asked.counter_id,
        visit_id=asked.visit_id,
        channel="keypad",
        level=1,
        pressed_at=asked.at,
    )
    yield e.VisitRated(
        at=closed.at,
        counter_id=asked.counter_id,
        clerk_id=asked.clerk_id,
        visit_id=asked.visit_id,
        service_id=asked.service_id,
        channel="keypad",
        scale_id=asked.scale_id,
        level=1,
    )
