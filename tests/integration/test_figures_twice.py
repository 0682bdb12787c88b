"""Each figure twice: by the SQL over `reports.db`, and by a slow reading of the log that shares no code with it."""

import random
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Any

import pytest

from queue_server.reporting.definitions import DEFINITIONS, DIMENSIONS, Dimension
from queue_server.reporting.figures import Share, Spread, TimeShare
from queue_server.reporting.questions import FigureRow, Question, answer
from tests.support.everyday import Everyday
from tests.support.halls import small_hall
from tests.support.logs import follow_log
from tests.support.slow_reading import Reading, same
from tests.support.tables import Table

DAYS = ("2026-11-23", "2026-11-25", "2026-11-26")
"""A Monday, a Wednesday and a Thursday: between them stands a holiday."""

ODD_LINES = (
    "prioritize {counter} H{number:03d} urgent",
    "prioritize {counter} L{number:03d} usual",
    "transfer {counter} land first",
    "transfer {counter} civil_status first",
    "transfer {counter} results first",
    "leap 95",
    "stop -",
    "goon",
    "goon",
)


def drawn_days(seed: str, lines: int) -> Table:
    """Draw some days: busy, full of second thoughts, with clerks who are relieved, and priorities given."""
    chance = random.Random(seed)
    table = Table(small_hall())
    everyday = Everyday(table, chance)
    for day in DAYS:
        table.say(f"at 07:30 {day}")
        for clerk, counter in (("an", "1"), ("binh", "2"), ("chi", "3")):
            table.say(f"signin {clerk} {counter}")
        for _ in range(lines):
            table.say(everyday.line())
            if chance.random() < 0.1:
                line = chance.choice(ODD_LINES)
                table.say(line.format(counter=chance.randint(1, 3), number=chance.randint(1, 40)))
            if chance.random() < 0.004:
                clerk = table.hall.branch.counters["counter-2"].clerk_id
                table.say(f"release 2 {clerk or 'an'} {chance.choice(('', 'back'))}")
        if chance.random() < 0.7:
            table.say("at 19:00")
    return table


@pytest.mark.parametrize("variation", range(3))
def test_the_sql_and_the_slow_reading_agree(tmp_path: Path, seed: int, variation: int) -> None:
    table = drawn_days(f"{seed}/{variation}", 260)
    reports = follow_log(tmp_path, table.hall.events())
    reading = Reading(tmp_path / "branch.db")
    compared = 0
    for question in questions(reading):
        found = answer(reports, question)
        expected = reading.figures(question.first_day, question.last_day, question.by, question.within)
        rows = {row.key: row for row in found.rows} if question.by else {"": found.whole}
        assert rows.keys() == expected.keys(), question
        for key, row in rows.items():
            compared += compare(row, expected[key], f"{question} {key}")
        whole = reading.figures(question.first_day, question.last_day, None, question.within)[""]
        compared += compare(found.whole, whole, f"{question}, whole")
    assert compared > 2000, "most figures of most questions were there to be compared"


def questions(reading: Reading) -> Iterator[Question]:
    """Ask by each dimension, over all days and one, and within each id of each other dimension."""
    spans = ((DAYS[0], DAYS[-1]), (DAYS[1], DAYS[1]), ("2020-01-01", "2020-12-31"))
    for first, last in spans:
        for by in (None, *DIMENSIONS):
            yield Question(first_day=first, last_day=last, by=by)
    for within in DIMENSIONS:
        keys = sorted({key for fact in reading.facts if (key := getattr(fact, within)) is not None})
        for key, by in chain.from_iterable(((key, by) for by in DIMENSIONS if by != within) for key in keys):
            yield Question(first_day=DAYS[0], last_day=DAYS[-1], by=by, within={within: key})


def compare(row: FigureRow, expected: dict[str, Any], where: str) -> int:
    """Compare every figure of a row; gives how many there were."""
    for figure_id, value in row.values.items():
        wanted = expected[figure_id]
        match value:
            case Share():
                assert (value.part, value.whole) == wanted[:2], f"{figure_id}: {where}"
                assert same(value.low, wanted[2]), f"{figure_id}: {where}"
                assert same(value.high, wanted[3]), f"{figure_id}: {where}"
            case Spread():
                assert (value.n, value.p50_s, value.p90_s) == wanted, f"{figure_id}: {where}"
            case TimeShare():
                assert (value.part_s, value.whole_s) == wanted, f"{figure_id}: {where}"
            case _:
                assert value == wanted, f"{figure_id}: {where}"
    if "ended" in row.values:
        assert row.outcomes == expected["outcomes"], where
    return len(row.values)


def test_the_drawn_days_hold_something_of_every_figure(tmp_path: Path, seed: int) -> None:
    """Otherwise the two could agree on nothing."""
    reports = follow_log(tmp_path, drawn_days(f"{seed}/whole", 1500).hall.events())
    whole = answer(reports, Question(first_day=DAYS[0], last_day=DAYS[-1])).whole
    assert set(whole.values) == {one.figure_id for one in DEFINITIONS}
    for figure_id, value in whole.values.items():
        match value:
            case Share():
                assert value.part > 0, figure_id
            case Spread():
                assert value.p90_s is not None, figure_id
            case TimeShare():
                assert value.part_s > 0, figure_id
            case _:
                assert value > 0, figure_id
    assert len(whole.outcomes) >= 3
    doings = {fact.value[0] for fact in Reading(tmp_path / "branch.db").facts if fact.kind == "time"}
    assert doings == {"idle", "stopped", "visit_called", "service_started", "paused", "closed"}


def test_served_and_papers_missing_overlap_as_their_definitions_say_and_outcomes_do_not(tmp_path: Path) -> None:
    """Of four ends three count as served and two as papers missing: one is both."""
    table = Table(small_hall())
    for line in ("at 07:30", "signin an 1", "open 1"):
        table.say(line)
    for visit, how in enumerate(("received", "received", "papers_missing", "papers_missing back"), 1):
        for line in (f"take V{visit} civil_status", "call 1", "start 1", "wait 60", f"end 1 {how}", "wait 5"):
            assert not table.say(line).startswith("refused"), line
    found = answer(follow_log(tmp_path, table.hall.events()), Question(first_day=DAYS[0], last_day=DAYS[0])).whole
    shares = {figure_id: found.values[figure_id] for figure_id in ("served", "papers_missing")}
    assert {key: (one.part, one.whole) for key, one in shares.items() if isinstance(one, Share)} == {
        "served": (3, 4),
        "papers_missing": (2, 4),
    }
    assert sum(found.outcomes.values()) == found.values["ended"] == 4
    compare(found, Reading(tmp_path / "branch.db").figures(DAYS[0], DAYS[0], None, {})[""], "four ends")


@pytest.mark.parametrize(
    ("by", "missing"),
    [
        ("counter", {"taken", "cancelled", "expired", "stops", "stopped"}),
        ("service", {"signed_in", "open", "idle", "paused", "stops", "stopped"}),
        ("hour", set()),
    ],
)
def test_what_does_not_exist_is_not_given_as_nothing(by: Dimension, missing: set[str]) -> None:
    """Nobody takes a number at a counter, and no service is idle."""
    given = {one.figure_id for one in Question(first_day="", last_day="", by=by).definitions}
    assert given == {one.figure_id for one in DEFINITIONS} - missing
