"""The report of a day as people read it in a terminal or on paper, and as CSV. Pure."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Final

from presentation.formats import clock, duration, fraction_text, number, rate
from presentation.texts import Words, name_in
from queue_server.reporting.day import ChannelDay, DayReport, GivenPriority, OutOfOrder, ServiceDay
from queue_server.reporting.definitions import Unit
from queue_server.reporting.exports import Cell, Column, Sheet, as_csv
from queue_server.reporting.figures import LEAST_SAMPLE, Share, Spread
from queue_server.reporting.silences import Gap

CSV_COLUMNS: Final[dict[str, Unit | None]] = {
    "day": None,
    "service_id": None,
    "taken": "visits",
    "served": "visits",
    "not_served": "visits",
    "no_show": "visits",
    "cancelled": "visits",
    "expired": "visits",
    "still_here": "visits",
    "called": "visits",
    "waiting_p50_s": "seconds",
    "waiting_p90_s": "seconds",
    "target_s": "seconds",
    "within_target": "visits",
    "stages": "services",
    "service_p50_s": "seconds",
    "service_p90_s": "seconds",
}
"""The columns of the CSV, each with its unit; their names and definitions stand under `day_report.column`."""

GAPS_TOLD: Final = 4


def day_text(report: DayReport, words: Words, utc_offset_s: int) -> str:
    """Write the report for people."""
    return "\n".join(_parts(report, words, utc_offset_s)) + "\n"


def _parts(report: DayReport, words: Words, utc_offset_s: int) -> Iterator[str]:
    day = "/".join(reversed(report.day.split("-")))
    yield words("day_report.title", day=day)
    yield words("day_report.closed" if report.closed_at else "day_report.going_on", seq=report.followed_seq)
    yield ""
    yield from _table([_service_head(words), *(_service_cells(one, words) for one in (*report.services, report.all))])
    yield words("day_report.least", count=LEAST_SAMPLE)
    yield ""
    yield words("day_report.outcomes")
    yield from _table(
        [
            (f"  {_name(report.outcome_names.get(key, {}), key, words)}", number(words, count))
            for key, count in report.outcomes.items()
        ]
    )
    yield ""
    yield f"{words('reports.ratings')}: {words('day_report.answered', share=_share(report.answered, words))}"
    yield from _table([tuple(_channel_cells(one, words)) for one in report.ratings])
    if report.presses_not_counted:
        counts = ", ".join(f"{flag} {count}" for flag, count in report.presses_not_counted.items())
        yield f"  {words('day_report.not_counted', counts=counts)}"
    if report.gaps:
        yield f"  {words('day_report.gaps')}"
        yield from _table(
            [
                (f"    {channel_name(one.channel, words)}", one.counter_id, gap_text(one, words, utc_offset_s))
                for one in report.gaps
            ]
        )
    yield ""
    clauses = ", ".join(f"{words(f'clause.{clause}')} {count}" for clause, count in report.calls_by_clause.items())
    yield f"{words('day_report.calls', count=report.calls)}{': ' if clauses else ''}{clauses}"
    yield from _table([_choice_cells(one, words, utc_offset_s) for one in report.out_of_order])
    if report.priorities:
        yield words("day_report.priorities", count=len(report.priorities))
        yield from _table([_priority_cells(one, words, utc_offset_s) for one in report.priorities])
    if report.without_card:
        yield words("day_report.without_card", count=sum(report.without_card.values()))
        named = [(_name(report.reason_names[one], one, words), count) for one, count in report.without_card.items()]
        yield from _table([(f"  {name}", number(words, count)) for name, count in named])
    if report.over_limit:
        yield words("day_report.over_limit", count=report.over_limit)


def channel_name(channel: str, words: Words) -> str:
    """Name a channel of ratings; one that a newer version knows keeps its id."""
    key = f"rating.channel.{channel}"
    return words(key) if words.has(key) else channel


def satisfied_text(one: ChannelDay, words: Words) -> str:
    """Write how many were satisfied; of too few only how many answered, since that could tell of a person."""
    if one.satisfied is None:
        return words("figures.measured", count=number(words, one.rated))
    return f"{words('reports.satisfied')} {_share(one.satisfied, words)}"


def gap_text(one: Gap, words: Words, utc_offset_s: int) -> str:
    """Write why and when a channel could ask nobody; of many times the first ones, and how many there were."""

    def told(at: str) -> str:
        return clock(words, datetime.fromisoformat(at), utc_offset_s)

    reasons = ", ".join(words(f"day_report.silence.{reason}") for reason in one.reasons)
    if one.whole:
        return f"{reasons}: {words('day_report.gap_all_day')}"
    times = [
        words("day_report.gap_span", start=told(start), end=told(end))
        if end
        else words("day_report.gap_since", start=told(start))
        for start, end in one.spans[:GAPS_TOLD]
    ]
    if len(one.spans) > GAPS_TOLD:
        times.append(words("day_report.gap_times", count=number(words, len(one.spans))))
    return f"{reasons}: {', '.join(times)}"


def _service_head(words: Words) -> tuple[str, ...]:
    keys = ("service", "taken", "served", "not_served", "no_show", "gone", "here", "p50", "p90", "kept", "service_time")
    return tuple(words(f"day_report.head.{key}") for key in keys)


def _service_cells(one: ServiceDay, words: Words) -> tuple[str, ...]:
    visits = one.visits
    counts = (
        visits.taken,
        visits.served,
        visits.not_served,
        visits.no_show,
        visits.cancelled + visits.expired,
        visits.still_here,
    )
    return (
        _name(one.names, one.service_id, words) if one.service_id else words("day_report.all"),
        *(number(words, count) for count in counts),
        _measured(one.waiting.p50_s, one.waiting.n, words),
        _measured(one.waiting.p90_s, one.waiting.n, words),
        _share(one.within_target, words),
        _measured(one.service.p50_s, one.service.n, words),
    )


def _channel_cells(one: ChannelDay, words: Words) -> Iterator[str]:
    yield f"  {channel_name(one.channel, words)}"
    yield satisfied_text(one, words)
    if one.satisfied is not None and one.satisfied.low is not None and one.satisfied.high is not None:
        low, high = (fraction_text(words, bound, 1) for bound in (one.satisfied.low, one.satisfied.high))
        yield words("reports.interval", low=low, high=high)
    else:
        yield ""


def _choice_cells(one: OutOfOrder, words: Words, utc_offset_s: int) -> tuple[str, ...]:
    return (
        f"  {clock(words, datetime.fromisoformat(one.at), utc_offset_s)}",
        one.number,
        one.counter_id,
        one.clerk_id,
        _name(one.reason_names, one.reason, words),
        words("console.waiting_for", duration=duration(words, one.waited_s)),
        words("day_report.passed_over", count=one.passed_over),
    )


def _priority_cells(one: GivenPriority, words: Words, utc_offset_s: int) -> tuple[str, ...]:
    return (
        f"  {clock(words, datetime.fromisoformat(one.at), utc_offset_s)}",
        one.number,
        one.counter_id,
        one.clerk_id,
        f"{name_in(one.before_names, words.language)} → {name_in(one.class_names, words.language)}",
        _name(one.reason_names, one.reason, words),
    )


def _name(names: Mapping[str, str], key: str, words: Words) -> str:
    return name_in(names, words.language) if names else key


def _share(share: Share, words: Words) -> str:
    """Write a share: with its percentage when there are enough, else its counts alone."""
    if share.low is None:
        return words("format.share_of", part=share.part, whole=share.whole)
    return rate(words, share.part, share.whole, 1)


def _measured(seconds: int | None, count: int, words: Words) -> str:
    """Write a percentile with how many were measured; of too few the count alone."""
    measured = words("figures.measured", count=number(words, count))
    return measured if seconds is None else f"{duration(words, seconds)} ({measured})"


def _table(rows: list[tuple[str, ...]]) -> Iterator[str]:
    """Set rows in columns: the first to the left, the others to the right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for first, *others in rows:
        cells = [first.ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(others, widths[1:], strict=True))]
        yield "  ".join(cells).rstrip()


def day_sheet(report: DayReport, words: Words) -> Sheet:
    """Make the table of the figures by service, with ids and seconds; the last row is the whole hall."""
    columns = [
        Column(
            column_id,
            words(f"day_report.column.{column_id}.name"),
            words(f"day_report.column.{column_id}.counted"),
            words(f"figures.unit.{unit}") if unit else "",
        )
        for column_id, unit in CSV_COLUMNS.items()
    ]
    rows = [_sheet_row(report.day, one) for one in (*report.services, report.all)]
    return Sheet(words("day_report.title", day=report.day), columns, rows)


def day_csv(report: DayReport, words: Words) -> str:
    """Write the figures by service as CSV: ids, headings, definitions with units, then a row for each service."""
    return as_csv(day_sheet(report, words))


def _sheet_row(day: str, one: ServiceDay) -> list[Cell]:
    visits = one.visits
    return [
        day,
        one.service_id,
        visits.taken,
        visits.served,
        visits.not_served,
        visits.no_show,
        visits.cancelled,
        visits.expired,
        visits.still_here,
        *_spread_cells(one.waiting),
        one.target_s,
        one.within_target.part,
        *_spread_cells(one.service),
    ]


def _spread_cells(spread: Spread) -> list[Cell]:
    return [spread.n, spread.p50_s, spread.p90_s]
