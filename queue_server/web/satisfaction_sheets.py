"""Satisfaction as tables for a spreadsheet: every channel for itself, every cut, every day, with definitions. Pure."""

from typing import Final

from presentation.texts import Words
from queue_server.reporting.exports import Cell, Column, Sheet
from queue_server.reporting.satisfaction import CHANNELS, CUTS, ChannelFound
from queue_server.satisfaction.intervals import wilson
from queue_server.satisfaction.shown import is_claimable
from queue_server.satisfaction.tallies import Tally
from queue_server.web.satisfaction_page import Sight

_TALLY: Final = ("asked", "rated", "response", "satisfied", "share", "low", "high")


def sheets_of(sight: Sight) -> list[Sheet]:
    """Make the sheets: all channels, then the chosen one by counter, clerk, service and day, and flagged presses."""
    words, own = sight.words, sight.own
    by_cut = [
        Sheet(
            words(f"figures.by.{cut}"),
            [_key_column(words, words(f"figures.by.{cut}")), _name_column(words), *_columns(words), _gap_column(words)],
            [
                [key, sight.labels.of(cut, key), *_cells(tally, sight), own.unasked_by(cut).get(key, 0)]
                for key, tally in own.by(cut).items()
            ],
        )
        for cut in CUTS
    ]
    days: list[list[Cell]] = [[day, *_cells(own.of_day(day), sight)] for day in sight.found.days]
    by_day = Sheet(words("figures.by.day"), [_key_column(words, words("figures.by.day")), *_columns(words)], days)
    return [_channels(sight), *by_cut, by_day, _flags(own, words)]


def _channels(sight: Sight) -> Sheet:
    words = sight.words
    columns = [
        _key_column(words, words("satisfaction.channel")),
        _name_column(words),
        *_columns(words),
        _gap_column(words),
        Column("flagged", words("satisfaction.flagged"), words("satisfaction.counted.flagged"), ""),
    ]
    rows: list[list[Cell]] = []
    for channel in CHANNELS:
        one = sight.found.channels[channel]
        cells = _cells(one.tally, sight) if one.offered else [None] * len(_TALLY)
        flagged = sum(part.presses for part in one.flagged)
        rows.append([channel, words(f"rating.channel.{channel}"), *cells, one.unasked, flagged])
    return Sheet(words("satisfaction.channels"), columns, rows)


def _flags(own: ChannelFound, words: Words) -> Sheet:
    columns = [
        _key_column(words, words("satisfaction.flag")),
        _name_column(words),
        Column("presses", words("satisfaction.presses"), words("satisfaction.counted.flagged"), ""),
        Column("satisfied", words("satisfaction.satisfied"), words("satisfaction.counted.flagged_satisfied"), ""),
    ]
    rows: list[list[Cell]] = [
        [one.flag, words(f"rating.flag.{one.flag}"), one.presses, one.satisfied] for one in own.flagged
    ]
    return Sheet(words("satisfaction.flagged"), columns, rows)


def _columns(words: Words) -> list[Column]:
    return [
        Column(
            one,
            words(f"satisfaction.{one}"),
            words(f"satisfaction.counted.{one}"),
            words("figures.unit.share") if one in {"response", "share", "low", "high"} else "",
        )
        for one in _TALLY
    ]


def _cells(tally: Tally, sight: Sight) -> list[Cell]:
    """Give the cells of counts; a share that too few answers would tell stays empty."""
    bounds = None
    if is_claimable(tally.satisfied, tally.rated, sight.house.least_rated):
        bounds = wilson(tally.satisfied, tally.rated)
    return [
        tally.asked,
        tally.rated,
        tally.response,
        tally.satisfied,
        tally.share if bounds else None,
        bounds.low if bounds else None,
        bounds.high if bounds else None,
    ]


def _key_column(words: Words, heading: str) -> Column:
    return Column("key", heading, words("satisfaction.counted.key"), "")


def _name_column(words: Words) -> Column:
    return Column("name", words("figures.name"), words("figures.name_counted"), "")


def _gap_column(words: Words) -> Column:
    return Column("unasked", words("satisfaction.gap"), words("satisfaction.counted.unasked"), "")
