"""What the pages of months say beside ratings: figures, rows, forms that are filled in, definitions. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from presentation.formats import number
from presentation.texts import Words, name_in
from protocol.evaluation import EvaluationForm
from queue_server.reporting.definitions import BY_ID
from queue_server.reporting.inquiry_steps import InquiryCounts
from queue_server.reporting.month_snapshot import Part
from queue_server.reporting.month_words import Limits, RatingLine, counter_line
from queue_server.satisfaction.evaluation import total
from queue_server.web.figures_page import Cell, cells_of, columns_of

HALL_FIGURES: Final = (
    *("taken", "waiting", "within_target", "ended", "served", "papers_missing", "service", "calls", "no_shows"),
    *("signed_in", "idle"),
)
"""What a month's report tells of the whole hall …"""
ROW_FIGURES: Final = ("ended", "waiting", "within_target", "service")
"""… of each service, counter and clerk …"""
CARD_FIGURES: Final = (
    "ended",
    "waiting",
    "within_target",
    "service",
    "papers_missing",
    "no_shows",
    "signed_in",
    "paused",
)
"""… and on a clerk's card."""


@dataclass(frozen=True)
class FigureLine:
    """A figure with its definition and its cells."""

    label: str
    counted: str
    cell: Cell


@dataclass(frozen=True)
class PartRow:
    """A counter, service or clerk: its figures, and its ratings at the counter, which is all that is compared."""

    key: str
    label: str
    cells: tuple[Cell, ...]
    rating: RatingLine


def figure_lines(part: Part, figures: Iterable[str], words: Words) -> list[FigureLine]:
    """Write the figures of a part, one below the other; those that it does not have are left out."""
    lines = []
    for figure_id in figures:
        value = part.value(figure_id)
        if value is None:
            continue
        columns = columns_of(BY_ID[figure_id], words)
        cells = cells_of(BY_ID[figure_id], value, words)
        lines += [FigureLine(label, counted, cell) for (_, label, counted), cell in zip(columns, cells, strict=True)]
    return lines


def heads(words: Words) -> list[tuple[str, str]]:
    """Give the columns of a row's figures: their words and what they count."""
    return [(label, counted) for one in ROW_FIGURES for _, label, counted in columns_of(BY_ID[one], words)]


def part_rows(
    parts: Iterable[Part], labels: Mapping[str, tuple[str, str]], limits: Limits, words: Words
) -> list[PartRow]:
    """Write parts in the order of their labels. `labels`: key -> by what it is sorted, and its name."""
    rows = []
    for part in sorted(parts, key=lambda one: labels.get(one.key, ("", one.key))):
        cells: list[Cell] = []
        for figure_id in ROW_FIGURES:
            value = part.value(figure_id)
            width = len(columns_of(BY_ID[figure_id], words))
            nothing = [Cell("–", "", None)] * width
            cells += nothing if value is None else cells_of(BY_ID[figure_id], value, words)
        label = labels.get(part.key, ("", part.key))[1]
        rows.append(PartRow(part.key, label, tuple(cells), counter_line(part, limits, words)))
    return rows


# --- Evaluations -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class IndicatorLine:
    """One line of a form: its words, what each number of points is given for, and what was given."""

    indicator_id: str
    name: str
    choices: tuple[tuple[int, str], ...]
    given: int | None


@dataclass(frozen=True)
class FormPage:
    """A form with what was given by it, the sum and its class; `class_name` is empty while points are missing."""

    form_id: str
    name: str
    source: str
    lines: tuple[IndicatorLine, ...]
    points: int
    most: int
    class_name: str


def form_page(form: EvaluationForm, points: Mapping[str, int], words: Words) -> FormPage:
    """Write a form with the points that were given by it."""
    known = {one.indicator_id for one in form.indicators}
    summed = total(form, {key: given for key, given in points.items() if key in known})
    lines = tuple(
        IndicatorLine(
            one.indicator_id,
            name_in(one.names, words.language),
            tuple(
                (given, name_in(names, words.language))
                for given, names in ((2, one.two_points), (1, one.one_point), (0, one.no_point))
            ),
            points.get(one.indicator_id),
        )
        for one in form.indicators
    )
    held = name_in(summed.held.names, words.language) if summed.held is not None else ""
    return FormPage(
        form.form_id, name_in(form.names, words.language), form.source, lines, summed.points, form.most_points, held
    )


# --- Definitions -----------------------------------------------------------------------------------------------------

RATING_FIGURES: Final = ("asked", "rated", "response", "satisfied")


def definitions(figures: Iterable[str], words: Words) -> list[tuple[str, str, str, str]]:
    """Give how each figure of a page is counted, those of ratings first: its id, name, what it counts, its unit."""
    of_ratings = [
        (one, words(f"months.{one}"), words(f"months.counted.{one}"), words("figures.unit.ratings"))
        for one in RATING_FIGURES
    ]
    others = [
        (one, words(f"figure.{one}.name"), words(f"figure.{one}.counted"), words(f"figures.unit.{BY_ID[one].unit}"))
        for one in dict.fromkeys(figures)
    ]
    return of_ratings + others


# --- Inquiries -------------------------------------------------------------------------------------------------------


def inquiry_lines(counts: InquiryCounts | None, words: Words, *, is_own: bool = False) -> list[tuple[str, str, str]]:
    """Write what became of inquiries: what it is, how many, and how that is counted; nothing where it is not known.

    `is_own`: for the clerk whom they are about, who hears of those alone that somebody has answered.
    """
    if counts is None or (not counts.opened and not is_own):
        return []
    answered = counts.in_time + counts.late
    part, whole = number(words, counts.in_time), number(words, counts.due)
    in_time = words("format.share_of", part=part, whole=whole) if counts.due else words("common.no_data")
    lines = [
        ("opened", number(words, counts.opened)),
        ("in_time", in_time),
        ("waiting", number(words, counts.overdue + counts.waiting)),
    ]
    own = [
        ("answered", number(words, answered)),
        ("held", words("format.share_of", part=counts.held, whole=answered) if answered else words("common.no_data")),
        ("appealed", number(words, counts.appealed)),
        ("changed", words("format.share_of", part=counts.changed, whole=counts.reviewed) if counts.reviewed else "–"),
    ]
    shown = own if is_own else [*lines, *own]
    return [(words(f"months.inquiry.{key}"), text, words(f"months.inquiry_counted.{key}")) for key, text in shown]
