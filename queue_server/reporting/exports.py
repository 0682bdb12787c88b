"""Answers as files for a spreadsheet: CSV and XLSX, each column with its definition. Pure but for the bytes it makes.

A file leaves the house, so it is made for machines and strangers: ids instead of names of clerks, seconds instead of
"24 minutes", the parts of each share beside it. Text that a spreadsheet would take for a formula is never one: in XLSX
every text is written as a text, in CSV it is led by an apostrophe (OWASP, *CSV Injection*).
"""

import csv
import io
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import xlsxwriter

from presentation.texts import Words
from queue_server.reporting.definitions import Definition
from queue_server.reporting.figures import Share, Spread, TimeShare
from queue_server.reporting.questions import Answer, FigureRow

Cell = str | int | float | None
BOM: Final = "\ufeff"
"""By it spreadsheets see that a CSV is UTF-8; without it Vietnamese is garbled in them."""

_LEADS_TO_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n")
_SHEET_NAME_MOST: Final = 31


@dataclass(frozen=True)
class Column:
    """A column: its id, its heading, what it counts, its unit."""

    column_id: str
    heading: str
    counted: str
    unit: str


@dataclass(frozen=True)
class Sheet:
    """A table for a file."""

    title: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Cell]]


_PARTS: Final[dict[str, tuple[str, ...]]] = {
    "count": ("",),
    "time": ("",),
    "share": ("", "whole", "share", "low", "high"),
    "spread": ("n", "p50", "p90"),
    "time_share": ("", "whole", "share"),
}


def sheet_of(title: str, answer: Answer, words: Words, label: Callable[[str], str]) -> Sheet:
    """Make the table of an answer; the last row is the whole. `label` names a key."""
    by = answer.question.by
    definitions = answer.question.definitions
    outcomes = sorted(answer.whole.outcomes)
    columns = [Column(by, words(f"figures.by.{by}"), words("figures.key_counted"), "")] if by else []
    if by and by not in {"day", "hour"}:
        columns.append(Column("name", words("figures.name"), words("figures.name_counted"), ""))
    columns += [column for one in definitions for column in columns_of(one, words)]
    columns += [
        Column(
            f"outcome_{outcome}",
            words("figures.outcome_heading", outcome=outcome),
            words("figures.outcome_counted"),
            words("figures.unit.services"),
        )
        for outcome in outcomes
    ]

    def cells(row: FigureRow, *, is_whole: bool) -> list[Cell]:
        head: list[Cell] = []
        if by:
            head = [words("figures.whole") if is_whole else row.key]
        if by and by not in {"day", "hour"}:
            head.append("" if is_whole else label(row.key))
        figures = [cell for one in definitions for cell in cells_of(one, row)]
        return [*head, *figures, *(row.outcomes.get(outcome, 0) for outcome in outcomes)]

    rows = [cells(row, is_whole=False) for row in answer.rows] + [cells(answer.whole, is_whole=True)]
    return Sheet(title, columns, rows)


def columns_of(definition: Definition, words: Words) -> list[Column]:
    """Give the columns of a figure: the parts of a share or a spread stand beside each other."""
    name, counted = (words(f"figure.{definition.figure_id}.{part}") for part in ("name", "counted"))
    return [
        Column(
            f"{definition.figure_id}_{part}".rstrip("_"),
            words(f"figures.part.{part}", name=name) if part else name,
            f"{counted} {words(f'figures.part_counted.{part}')}" if part else counted,
            words("figures.unit.share") if part in {"share", "low", "high"} else _unit(definition, part, words),
        )
        for part in _PARTS[definition.kind]
    ]


def _unit(definition: Definition, part: str, words: Words) -> str:
    return words("figures.unit.times" if part == "n" else f"figures.unit.{definition.unit}")


def cells_of(definition: Definition, row: FigureRow) -> list[Cell]:
    """Give a figure's cells; what too few would tell stays empty."""
    value = row.values[definition.figure_id]
    match value:
        case Share():
            return [
                value.part,
                value.whole,
                value.part / value.whole if value.low is not None else None,
                value.low,
                value.high,
            ]
        case Spread():
            return [value.n, value.p50_s, value.p90_s]
        case TimeShare():
            return [value.part_s, value.whole_s, value.part_s / value.whole_s if value.enough else None]
        case _:
            return [value]


def as_csv(sheet: Sheet) -> str:
    """Write a table as CSV (RFC 4180): column ids, headings, definitions with units, then the rows."""
    out = io.StringIO()
    table = csv.writer(out)
    out.write(BOM)
    table.writerow([one.column_id for one in sheet.columns])
    table.writerow([harmless(one.heading) for one in sheet.columns])
    table.writerow([harmless(f"{one.counted} [{one.unit}]" if one.unit else one.counted) for one in sheet.columns])
    for row in sheet.rows:
        table.writerow([_in_csv(cell) for cell in row])
    return out.getvalue()


def harmless(text: str) -> str:
    """Keep a text from being read as a formula."""
    return f"'{text}" if text.lstrip(" ").startswith(_LEADS_TO_FORMULA) else text


def _in_csv(cell: Cell) -> Cell:
    if isinstance(cell, float):
        return round(cell, 4)
    return harmless(cell) if isinstance(cell, str) else cell


def as_xlsx(sheets: Iterable[Sheet], words: Words) -> bytes:
    """Write tables as a workbook; the last sheet defines every column of the others."""
    out = io.BytesIO()
    sheets = list(sheets)
    book = xlsxwriter.Workbook(
        out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    )
    head = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bg_color": "#E3EFEC", "bottom": 1})
    styles = {"percent": book.add_format({"num_format": "0.0%"}), "total": book.add_format({"bold": True})}
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    for sheet in sheets:
        page = book.add_worksheet(sheet.title[:_SHEET_NAME_MOST])
        for at, column in enumerate(sheet.columns):
            page.write_string(0, at, column.heading, head)
            page.write_comment(0, at, column.counted, {"x_scale": 3, "y_scale": 1.5})
        page.set_column(0, len(sheet.columns), 15)
        page.freeze_panes(1, 1)
        for line, row in enumerate(sheet.rows, 1):
            for at, cell in enumerate(row):
                _write(page, line, at, cell, styles)
        page.set_landscape()
        page.fit_to_pages(1, 0)
        page.repeat_rows(0)
    page = book.add_worksheet(words("figures.definitions")[:_SHEET_NAME_MOST])
    for at, key in enumerate(("column", "name", "counted", "unit_heading")):
        page.write_string(0, at, words(f"figures.{key}"), head)
    defined = {one.column_id: one for sheet in sheets for one in sheet.columns}
    for line, column in enumerate(defined.values(), 1):
        for at, text in enumerate((column.column_id, column.heading, column.counted, column.unit)):
            page.write_string(line, at, text, wrapped)
    page.set_column(0, 1, 26)
    page.set_column(2, 2, 90)
    book.close()
    return out.getvalue()


def _write(page: xlsxwriter.worksheet.Worksheet, line: int, at: int, cell: Cell, styles: dict[str, object]) -> None:
    """Write a cell by its type, never by what its text looks like."""
    if isinstance(cell, str):
        page.write_string(line, at, cell)
    elif isinstance(cell, float):
        page.write_number(line, at, cell, styles["percent"])
    elif cell is not None:
        page.write_number(line, at, cell)
