"""The figures of months as workbooks. Pure: figures -> sheets; whoever gives them makes the bytes.

A file leaves the house: clerks are ids in it, and of fewer ratings than the least there is how many alone, as on pages.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from presentation.texts import Words
from queue_server.reporting.definitions import BY_ID
from queue_server.reporting.exports import Cell, Column, Sheet, cells_of, columns_of
from queue_server.reporting.inquiry_steps import InquiryCounts
from queue_server.reporting.month_snapshot import WITH_INQUIRIES, ChannelPart, MonthSnapshot, Part
from queue_server.reporting.month_words import Limits, board_of, counter_labels, service_labels
from queue_server.reporting.questions import FigureRow
from queue_server.satisfaction.intervals import wilson
from queue_server.satisfaction.shown import is_claimable, met
from queue_server.web.months_page import CARD_FIGURES, HALL_FIGURES, ROW_FIGURES


def report_sheets(snapshot: MonthSnapshot, words: Words, standing: Mapping[str, str]) -> list[Sheet]:
    """Give the sheets of a branch's report: what it is, the hall, counters, services, clerks, and their ratings."""
    limits = Limits.of(snapshot)
    cuts: tuple[tuple[str, Sequence[Part], Mapping[str, tuple[str, str]]], ...] = (
        ("counter", snapshot.counters, counter_labels(snapshot, words)),
        ("service", snapshot.services, service_labels(snapshot, words)),
        ("clerk", snapshot.clerks, {}),
    )
    sheets = [_standing_sheet(standing, words)]
    sheets.append(_figures_sheet(words("figures.whole"), [snapshot.whole], {}, HALL_FIGURES, words))
    sheets += [
        _figures_sheet(words(f"figures.by.{cut}"), parts, labels, ROW_FIGURES, words) for cut, parts, labels in cuts
    ]
    named = [(words("figures.whole"), "", snapshot.whole)]
    named += [
        (words(f"figures.by.{cut}"), labels.get(part.key, ("", ""))[1], part)
        for cut, parts, labels in cuts
        for part in parts
    ]
    return [*sheets, _ratings_sheet(named, limits, words), *_inquiries_sheet(snapshot, snapshot.inquiries, words)]


def card_sheets(
    snapshot: MonthSnapshot, part: Part, words: Words, standing: Mapping[str, str], *, is_own: bool = False
) -> list[Sheet]:
    """Give the sheets of a clerk's card; `is_own`: for that very clerk."""
    return [
        _standing_sheet(standing, words),
        _figures_sheet(words("figures.by.clerk"), [part], {}, CARD_FIGURES, words),
        _ratings_sheet([(words("figures.by.clerk"), "", part)], Limits.of(snapshot, is_own=is_own), words),
        *_inquiries_sheet(snapshot, [one for one in (snapshot.inquiries_of(part.key),) if one], words, is_own=is_own),
    ]


def board_sheets(snapshot: MonthSnapshot, words: Words, standing: Mapping[str, str]) -> list[Sheet]:
    """Give the sheets of the public results: what `board_of` tells, and nothing else."""
    named = [
        (words("figures.by.counter"), name, Part(key=key, figures={}, ratings=(one,)))
        if key
        else (words("figures.whole"), "", Part(key="", figures={}, ratings=(one,)))
        for key, name, one in board_of(snapshot, words).told
    ]
    return [_standing_sheet(standing, words), _ratings_sheet(named, Limits.of(snapshot), words)]


def _standing_sheet(standing: Mapping[str, str], words: Words) -> Sheet:
    columns = [
        Column("what", words("months.what"), words("months.what_counted"), ""),
        Column("value", words("months.value"), words("months.what_counted"), ""),
    ]
    return Sheet(words("months.standing"), columns, [list(one) for one in standing.items()])


def _figures_sheet(
    title: str, parts: Iterable[Part], labels: Mapping[str, tuple[str, str]], figures: Sequence[str], words: Words
) -> Sheet:
    columns = [
        Column("key", words("months.key"), words("figures.key_counted"), ""),
        Column("name", words("figures.name"), words("figures.name_counted"), ""),
    ]
    columns += [column for one in figures for column in columns_of(BY_ID[one], words)]
    rows = []
    for part in parts:
        row: list[Cell] = [part.key, labels.get(part.key, ("", ""))[1]]
        for figure_id in figures:
            value = part.value(figure_id)
            definition = BY_ID[figure_id]
            if value is None:
                row += [None] * len(columns_of(definition, words))
            else:
                row += cells_of(definition, FigureRow(key=part.key, values={figure_id: value}, outcomes={}))
        rows.append(row)
    return Sheet(title, columns, rows)


def _ratings_sheet(named: Iterable[tuple[str, str, Part]], limits: Limits, words: Words) -> Sheet:
    unit = words("figures.unit.ratings")
    share = words("figures.unit.share")
    columns = [
        Column("of", words("months.of"), words("months.of_counted"), ""),
        Column("key", words("months.key"), words("figures.key_counted"), ""),
        Column("name", words("figures.name"), words("figures.name_counted"), ""),
        Column("channel", words("months.channel_title"), words("months.channel_counted"), ""),
        Column("scale", words("months.scale"), words("months.scale_counted"), ""),
        Column("asked", words("months.asked"), words("months.counted.asked"), unit),
        Column("rated", words("months.rated"), words("months.counted.rated"), unit),
        Column("satisfied", words("months.satisfied"), words("months.counted.satisfied"), unit),
        Column("satisfied_share", words("months.share"), words("months.counted.satisfied"), share),
        Column("low", words("months.low"), words("figures.part_counted.low"), share),
        Column("high", words("months.high"), words("figures.part_counted.high"), share),
        Column(
            "verdict",
            words("months.line", percent=limits.target),
            words("months.line_counted", percent=limits.target),
            "",
        ),
    ]
    rows: list[Sequence[Cell]] = [
        [of, part.key, name, one.channel, one.scale_id, one.asked, one.rated, *_told(one, limits, words)]
        for of, name, part in named
        for one in part.ratings
    ]
    return Sheet(words("months.ratings"), columns, rows)


def _told(one: ChannelPart, limits: Limits, words: Words) -> list[Cell]:
    """Give how many were satisfied, the share with its bounds, and the verdict: all empty where too few rated."""
    if one.rated < limits.least:
        return [None, None, None, None, words("months.verdict.no_data") if not one.rated else words("months.too_few")]
    verdict = words(f"months.verdict.{met(one.satisfied, one.rated, limits.target)}")
    if limits.are_alike(one.satisfied, one.rated):
        return [None, None, None, None, verdict]
    bounds = wilson(one.satisfied, one.rated) if is_claimable(one.satisfied, one.rated, limits.least) else None
    low, high = (bounds.low, bounds.high) if bounds is not None else (None, None)
    return [one.satisfied, one.satisfied / one.rated, low, high, verdict]


_INQUIRIES: Final = ("opened", "in_time", "late", "overdue", "waiting")
_ANSWERED: Final = ("held", "appealed", "reviewed", "changed")


def _inquiries_sheet(
    snapshot: MonthSnapshot, of: Iterable[InquiryCounts], words: Words, *, is_own: bool = False
) -> list[Sheet]:
    """Give what became of inquiries, in the hall (no key) and by clerk; no sheet where that was not counted yet."""
    if snapshot.version < WITH_INQUIRIES:
        return []
    names = _ANSWERED if is_own else (*_INQUIRIES, *_ANSWERED)
    unit = words("figures.unit.ratings")
    columns = [Column("key", words("months.key"), words("figures.key_counted"), "")]
    columns += [
        Column(one, words(f"months.inquiry.{one}"), words(f"months.inquiry_counted.{one}"), unit) for one in names
    ]
    rows: list[Sequence[Cell]] = [[one.key, *(getattr(one, name) for name in names)] for one in of]
    return [Sheet(words("months.inquiries"), columns, rows)]
