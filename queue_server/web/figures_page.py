"""The history as people read it: an answer -> a table that sorts and filters, and charts of its columns. Pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from presentation.formats import duration, fraction_text, number, percentage, rate
from presentation.texts import Words, name_in
from queue_server.reporting.definitions import DEFINITIONS, Definition, Dimension, Group, Kind
from queue_server.reporting.figures import Share, Spread, TimeShare
from queue_server.reporting.questions import Answer, FigureRow, Value
from queue_server.reporting.rows import Meaning

Order = Literal["ascending", "descending"]
_MINUTE_S: Final = 60
_SPREAD_PARTS: Final = ("p50", "p90")


@dataclass(frozen=True)
class Cell:
    """A figure in words, what stands small below it, and the number that it is sorted and drawn by (None: too few)."""

    text: str
    below: str
    value: float | None


@dataclass(frozen=True)
class Head:
    """A column: its id, words and definition; how it is sorted now, and how a click would sort it."""

    column_id: str
    label: str
    counted: str
    sorted_as: Order | Literal[""]
    next_order: Order


@dataclass(frozen=True)
class Row:
    """A row: its id, its name, its figures; `sort` orders names as they are meant, hours by the clock."""

    key: str
    label: str
    sort: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Chart:
    """A picture of some columns of the table: their places, and by what their values are divided to be drawn."""

    title: str
    columns: tuple[int, ...]
    divisor: float


@dataclass(frozen=True)
class Table:
    """All that is shown of one group of figures."""

    first: Head
    heads: tuple[Head, ...]
    rows: tuple[Row, ...]
    whole: Row
    charts: tuple[Chart, ...]


@dataclass(frozen=True)
class Wanted:
    """How a table is wanted: which group, sorted by which column, which rows."""

    group: Group
    sort: str = ""
    order: Order = "descending"
    contains: str = ""


@dataclass(frozen=True)
class Labels:
    """Names of ids in the reader's language. `clerks` is empty for whoever is not shown them."""

    words: Words
    meaning: Meaning
    clerks: Mapping[str, str]

    def of(self, by: Dimension, key: str) -> str:
        """Name a row."""
        match by:
            case "day":
                return "/".join(reversed(key.split("-")))
            case "hour":
                return f"{int(key):02d}:00–{int(key) + 1:02d}:00"
            case "service":
                service = self.meaning.services.get(key)
                return self._name(service.names if service else {}, key)
            case "counter":
                shown = self.meaning.counter_numbers.get(key)
                return self.words("common.counter", counter=shown) if shown else self._name({}, key)
            case "clerk":
                return self.clerks.get(key) or self._name({}, key)
            case "priority_class":
                return self._name(self.meaning.class_names.get(key, {}), key)

    def outcome(self, key: str) -> str:
        """Name an outcome."""
        return self._name(self.meaning.outcome_names.get(key, {}), key)

    def sort(self, by: Dimension, key: str) -> str:
        """Give what a row is sorted by where its name is: counters by number, hours by the clock."""
        if by == "counter":
            return f"{self.meaning.counter_numbers.get(key, 0):04d}"
        return f"{int(key):02d}" if by == "hour" else key if by == "day" else self.of(by, key)

    def _name(self, names: Mapping[str, str], key: str) -> str:
        return name_in(names, self.words.language) if names else key or self.words("figures.unknown")


def table_of(answer: Answer, wanted: Wanted, labels: Labels) -> Table:
    """Make the table of one group of figures; `answer` must be cut by something."""
    by = answer.question.by
    assert by is not None, "a table has rows"
    definitions = [one for one in answer.question.definitions if one.group == wanted.group]
    rows = [
        Row(row.key, labels.of(by, row.key), labels.sort(by, row.key), _cells(row, definitions, labels.words))
        for row in answer.rows
    ]
    columns = [column for one in definitions for column in columns_of(one, labels.words)]
    ids = [column_id for column_id, _, _ in columns]
    whole = Row("", labels.words("figures.whole"), "", _cells(answer.whole, definitions, labels.words))
    return Table(
        first=_head("name", labels.words(f"figures.by.{by}"), "", wanted),
        heads=tuple(_head(*column, wanted) for column in columns),
        rows=tuple(_sorted(_containing(rows, wanted.contains), ids, wanted)),
        whole=whole,
        charts=tuple(_charts(definitions, ids, labels.words)),
    )


def _head(column_id: str, label: str, counted: str, wanted: Wanted) -> Head:
    present: Order | Literal[""] = wanted.order if wanted.sort == column_id else ""
    if not present and column_id == "name" and not wanted.sort:
        present = "ascending"
    first: Order = "ascending" if column_id == "name" else "descending"
    other: Order = "ascending" if present == "descending" else "descending"
    return Head(column_id, label, counted, present, other if present else first)


def columns_of(definition: Definition, words: Words) -> list[tuple[str, str, str]]:
    """Give the columns of a figure: id, words, definition."""
    name, counted = (words(f"figure.{definition.figure_id}.{part}") for part in ("name", "counted"))
    if definition.kind != "spread":
        return [(definition.figure_id, name, counted)]
    return [
        (
            f"{definition.figure_id}_{part}",
            words(f"figures.part.{part}", name=name),
            f"{counted} {words(f'figures.part_counted.{part}')}",
        )
        for part in _SPREAD_PARTS
    ]


def _cells(row: FigureRow, definitions: Sequence[Definition], words: Words) -> tuple[Cell, ...]:
    return tuple(cell for one in definitions for cell in cells_of(one, row.values[one.figure_id], words))


def cells_of(definition: Definition, value: Value, words: Words) -> list[Cell]:
    """Write a figure: a share with its counts and its interval, percentiles with how many were measured."""
    match value:
        case Share():
            return [share_cell(value, words)]
        case Spread():
            measured = words("figures.measured", count=number(words, value.n))
            return [
                Cell("–" if one is None else _duration(one, words), measured, one) for one in (value.p50_s, value.p90_s)
            ]
        case TimeShare():
            text = words("format.share_of", part=_duration(value.part_s, words), whole=_duration(value.whole_s, words))
            if not value.enough:
                return [Cell(text, "", None)]
            return [Cell(percentage(words, value.part_s, value.whole_s, 0), text, value.part_s / value.whole_s)]
        case _ if definition.kind == "time":
            return [Cell(_duration(value, words), "", value)]
        case _:
            return [Cell(number(words, value), "", value)]


def share_cell(value: Share, words: Words) -> Cell:
    """Write a share with its counts and its interval; of too few the counts alone."""
    if value.low is None or value.high is None:
        part, whole = (number(words, one) for one in (value.part, value.whole))
        return Cell(words("format.share_of", part=part, whole=whole), "", None)
    low, high = (fraction_text(words, bound, 1) for bound in (value.low, value.high))
    below = words("reports.interval", low=low, high=high)
    return Cell(rate(words, value.part, value.whole, 1), below, value.part / value.whole)


def _duration(seconds: int, words: Words) -> str:
    return duration(words, seconds)


def _containing(rows: Sequence[Row], contains: str) -> list[Row]:
    wanted = contains.casefold().strip()
    return [row for row in rows if wanted in row.label.casefold()]


def _sorted(rows: list[Row], ids: Sequence[str], wanted: Wanted) -> list[Row]:
    """Sort by a column; rows of which too little is known come last either way."""
    rows = sorted(rows, key=lambda row: row.sort)
    descending = wanted.order == "descending"
    if wanted.sort not in ids:
        return rows[::-1] if wanted.sort == "name" and descending else rows
    at = ids.index(wanted.sort)
    known = [row for row in rows if row.cells[at].value is not None]
    unknown = [row for row in rows if row.cells[at].value is None]
    return sorted(known, key=lambda row: row.cells[at].value or 0.0, reverse=descending) + unknown


_CHARTS: Final[dict[Group, tuple[tuple[str, ...], ...]]] = {
    "waiting": (("waiting_p50", "waiting_p90"), ("taken",)),
    "service": (("service_p50", "service_p90"), ("ended",)),
    "order": (("calls",), ("passed_over",)),
    "counters": (("open", "signed_in"), ("idle",)),
}


_DRAWN: Final[dict[Kind, tuple[str, float]]] = {
    "spread": ("in_minutes", _MINUTE_S),
    "time": ("in_hours", 3600),
    "time_share": ("in_percent", 0.01),
}
"""How kinds of figures are drawn: the key of the title, and what their values are divided by."""


def _charts(definitions: Sequence[Definition], ids: Sequence[str], words: Words) -> list[Chart]:
    """Choose the columns that are drawn: those of `_CHARTS` that exist here."""
    kinds = {one.figure_id: one for one in definitions}
    charts = []
    for columns in _CHARTS[definitions[0].group] if definitions else ():
        if all(column in ids for column in columns):
            first = kinds.get(columns[0]) or kinds[columns[0].rpartition("_")[0]]
            name, drawn = words(f"figure.{first.figure_id}.name"), _DRAWN.get(first.kind)
            title = words(f"figures.{drawn[0]}", name=name) if drawn else name
            charts.append(Chart(title, tuple(ids.index(column) for column in columns), drawn[1] if drawn else 1))
    return charts


def definitions_in(words: Words, groups: Callable[[Group], bool] = lambda _: True) -> list[tuple[str, str, str, str]]:
    """Give every definition: its id, name, what it counts, its unit."""
    return [
        (
            one.figure_id,
            words(f"figure.{one.figure_id}.name"),
            words(f"figure.{one.figure_id}.counted"),
            words(f"figures.unit.{one.unit}"),
        )
        for one in DEFINITIONS
        if groups(one.group)
    ]
