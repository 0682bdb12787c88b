"""What managers ask of the report tables: the figures of `definitions`, over days, cut by one thing, within others.

Each base (numbers taken, first calls, ends of service …) is asked once, in SQL; all figures of a row come from these
few answers. Rows are keyed by ids; names and words are the pages' affair.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any, Final

import msgspec
from sqlite_utils import Database

from queue_server.reporting.definitions import DEFINITIONS, Definition, Dimension
from queue_server.reporting.figures import Share, Spread, TimeShare, share, spread_of_ordered, time_share
from queue_server.reporting.tables import open_to_read

Value = int | Share | Spread | TimeShare
MICROSECONDS: Final = 1_000_000


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """Days (the first and the last, ISO), what the rows are, and what else is held fast: dimension -> id."""

    first_day: str
    last_day: str
    by: Dimension | None = None
    within: dict[Dimension, str] = msgspec.field(default_factory=dict)

    @property
    def cuts(self) -> frozenset[Dimension]:
        """By what the figures are cut."""
        return frozenset(self.within) | ({self.by} if self.by else frozenset())

    @property
    def definitions(self) -> tuple[Definition, ...]:
        """Which figures exist where it is cut so."""
        return tuple(one for one in DEFINITIONS if one.answers(self.cuts))


class FigureRow(msgspec.Struct, frozen=True, kw_only=True):
    """The figures of one hour, service, counter … (`key` is its id; empty for the whole), by figure id."""

    key: str
    values: dict[str, Value]
    outcomes: dict[str, int]


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """The rows in the order of their keys, the whole, how many business days there were, and up to which event."""

    question: Question
    rows: tuple[FigureRow, ...]
    whole: FigureRow
    days: tuple[str, ...]
    followed_seq: int


@dataclass(frozen=True)
class _Base:
    """A table, which of its rows count, and its column for each dimension."""

    table: str
    columns: Mapping[Dimension, str]
    condition: str = ""


_DAY_AND_HOUR: Final[dict[Dimension, str]] = {"day": "day", "hour": "hour"}
_OF_VISIT: Final[dict[Dimension, str]] = {"service": "service_id", "priority_class": "priority_class_id"}
_OF_COUNTER: Final[dict[Dimension, str]] = {"counter": "counter_id", "clerk": "clerk_id"}
_AT_COUNTER: Final = {**_DAY_AND_HOUR, **_OF_VISIT, **_OF_COUNTER}

_TAKEN: Final = _Base("visits", {**_DAY_AND_HOUR, **_OF_VISIT, "service": "first_service_id"})
_FIRST_CALLS: Final = _Base(
    "visits",
    {**_TAKEN.columns, "counter": "first_counter_id", "clerk": "first_clerk_id"},
    "waited_s IS NOT NULL",
)
_STAGES: Final = _Base("stages", _AT_COUNTER)
_ENDS: Final = _Base("stages", _AT_COUNTER, "outcome <> ''")
_CALLS: Final = _Base("calls", _AT_COUNTER)
_NO_SHOWS: Final = _Base("no_shows", _AT_COUNTER)
_PRIORITIES: Final = _Base("priorities", _AT_COUNTER)
_TRANSFERS: Final = _Base("transfers", _AT_COUNTER)
_STOPS: Final = _Base("stops", _DAY_AND_HOUR)
_STRETCHES: Final = _Base("stretches", {**_DAY_AND_HOUR, **_OF_COUNTER})

_SUMS: Final[tuple[tuple[_Base, dict[str, str]], ...]] = (
    (
        _TAKEN,
        {"taken": "count(*)", "cancelled": "sum(state = 'cancelled')", "expired": "sum(state = 'expired')"},
    ),
    (
        _FIRST_CALLS,
        {"waiting": "count(*)", "within_target": "sum(waited_s <= target_s)", "stopped_waits": "sum(stopped_s > 0)"},
    ),
    (_ENDS, {"ended": "count(*)", "served": "sum(served)", "papers_missing": "sum(papers_missing)"}),
    (
        _CALLS,
        {
            "calls": "count(*)",
            "by_hand": "sum(clause = 'chosen')",
            "passed_over": "sum(iif(clause = 'chosen', passed_over, 0))",
        },
    ),
    (_NO_SHOWS, {"no_shows": "count(*)"}),
    (_PRIORITIES, {"prioritized": "count(*)"}),
    (_TRANSFERS, {"transfers": "count(*)", "transfers_first": "sum(place = 'first')"}),
    (
        _STRETCHES,
        {
            "signed_in": "sum(lasted_us)",
            "open": "sum(iif(doing IN ('idle', 'called', 'serving'), lasted_us, 0))",
            "idle": "sum(iif(doing = 'idle', lasted_us, 0))",
            "paused": "sum(iif(doing = 'paused', lasted_us, 0))",
        },
    ),
    (_STOPS, {"stops": "sum(begins)", "stopped": "sum(lasted_us)"}),
)
_SPREADS: Final = (("waiting", _FIRST_CALLS, "waited_s"), ("service", _STAGES, "served_s"))

NOTHING_SPREAD: Final = Spread(n=0, p50_s=None, p90_s=None)


def answer(path: Path, question: Question) -> Answer:
    """Answer a question from the report tables; raises `NoReports`."""
    with open_to_read(path) as (tables, followed_seq):
        return answer_of(tables, followed_seq, question)


def answer_of(tables: Database, followed_seq: int, question: Question) -> Answer:
    """Answer a question from tables that are open."""
    days = tables.execute(
        "SELECT day FROM days WHERE day BETWEEN ? AND ? ORDER BY day", (question.first_day, question.last_day)
    )
    return Answer(
        question=question,
        days=tuple(day for (day,) in days),
        rows=tuple(_Asked(tables, question).rows(question.definitions)) if question.by else (),
        whole=_whole(tables, question),
        followed_seq=followed_seq,
    )


def _whole(tables: Database, question: Question) -> FigureRow:
    """Give the row of all days and all that is within; the figures are those of the rows."""
    asked = _Asked(tables, msgspec.structs.replace(question, by=None))
    for row in asked.rows(question.definitions):
        return row
    return asked.row("", question.definitions)


class _Asked:
    """What the bases answered to one question, by key."""

    def __init__(self, tables: Database, question: Question) -> None:
        self._tables = tables
        self._question = question
        self._sums: dict[str, dict[str, int]] = {}
        self._spreads: dict[str, dict[str, Spread]] = {}
        self._outcomes: dict[str, dict[str, int]] = {}
        for base, measures in _SUMS:
            for key, *values in self._grouped(base, ", ".join(measures.values())):
                self._sums.setdefault(key, {}).update(zip(measures, values, strict=True))
        for name, base, column in _SPREADS:
            for key, durations_s in self._ordered(base, column):
                self._spreads.setdefault(key, {})[name] = spread_of_ordered(durations_s)
        for key, outcome, count in self._grouped(_ENDS, "outcome, count(*)", ", outcome"):
            self._outcomes.setdefault(key, {})[outcome] = count

    def rows(self, definitions: tuple[Definition, ...]) -> Iterator[FigureRow]:
        """Give the rows in the order of their keys, hours as numbers."""
        for key in sorted(self._sums, key=lambda key: (len(key) if self._question.by == "hour" else 0, key)):
            yield self.row(key, definitions)

    def row(self, key: str, definitions: tuple[Definition, ...]) -> FigureRow:
        """Give one row."""
        values = {one.figure_id: self._value(key, one) for one in definitions}
        return FigureRow(key=key, values=values, outcomes=self._outcomes.get(key, {}))

    def _value(self, key: str, definition: Definition) -> Value:
        sums = self._sums.get(key, {})
        found = sums.get(definition.figure_id, 0)
        match definition.kind:
            case "count":
                return found
            case "time":
                return found // MICROSECONDS
            case "spread":
                return self._spreads.get(key, {}).get(definition.figure_id, NOTHING_SPREAD)
            case "share":
                return share(found, sums.get(definition.whole_id, 0))
            case "time_share":
                return time_share(found // MICROSECONDS, sums.get(definition.whole_id, 0) // MICROSECONDS)

    def _grouped(self, base: _Base, selected: str, also_by: str = "") -> Iterator[tuple[Any, ...]]:
        if not self._question.cuts <= base.columns.keys():
            return
        key, condition, values = self._cut(base)
        query = f"SELECT {key} AS key, {selected} FROM {base.table} WHERE {condition} GROUP BY key{also_by}"  # noqa: S608 -- names of our own; what comes from outside is bound.
        yield from self._tables.execute(f"{query} ORDER BY key{also_by}", values)

    def _ordered(self, base: _Base, column: str) -> Iterator[tuple[str, list[int]]]:
        """Give the values of each key in ascending order. Windows would give percentiles in SQL, in thrice the time."""
        key, condition, values = self._cut(base)
        query = f"SELECT {key} AS key, {column} FROM {base.table} WHERE {condition} ORDER BY key, {column}"  # noqa: S608 -- as above.
        for found, rows in groupby(self._tables.execute(query, values), key=itemgetter(0)):
            yield found, [value for _, value in rows]

    def _cut(self, base: _Base) -> tuple[str, str, list[str]]:
        """Give the key's expression, the condition, and the values bound in it."""
        question = self._question
        key = f"CAST({base.columns[question.by]} AS TEXT)" if question.by else "''"
        conditions, values = ["day BETWEEN ? AND ?"], [question.first_day, question.last_day]
        if base.condition:
            conditions.append(base.condition)
        for dimension, wanted in question.within.items():
            conditions.append(f"CAST({base.columns[dimension]} AS TEXT) = ?")
            values.append(wanted)
        return key, " AND ".join(conditions), values
