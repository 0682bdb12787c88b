"""What the report tables say of satisfaction: who was asked, who answered, and how, by ONE channel at a time.

A channel reaches people of its own, so nothing here adds two of them up. Whoever was asked is counted as follows:

- keypad, terminal: a question stood open at a counter whose device was heard of just then (else it counts as
  `unasked`: nobody could answer, and silence says nothing);
- link: the visit was served and over on a day on which tickets led to a page;
- paper, surprise, home: a ballot of the visit was drawn and not made void.

Whoever answered was asked, too, whatever else the tables say. Rows are keyed by ids; words are the pages' affair.
"""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final, Literal

import msgspec
from sqlite_utils import Database

from protocol.commands import RatingChannel
from queue_server.reporting.tables import open_to_read
from queue_server.satisfaction.tallies import NOTHING, Tally, total

CHANNELS: Final[tuple[RatingChannel, ...]] = ("keypad", "terminal", "link", "paper", "surprise", "home")

Cut = Literal["counter", "clerk", "service"]
CUTS: Final[tuple[Cut, ...]] = ("counter", "clerk", "service")


class Span(msgspec.Struct, frozen=True):
    """The first and the last day, ISO, both counted; days are those of the visits."""

    first_day: str
    last_day: str


class Cell(msgspec.Struct, frozen=True):
    """The answers of one day at one counter by one clerk about one service, and how many could not be asked there."""

    day: str
    counter_id: str
    clerk_id: str
    service_id: str
    tally: Tally
    unasked: int

    def key(self, cut: Cut) -> str:
        """Give the id by which it is cut."""
        return {"counter": self.counter_id, "clerk": self.clerk_id, "service": self.service_id}[cut]


class Flagged(msgspec.Struct, frozen=True):
    """Presses of one channel that do not count, by why not; how many of them would have said satisfied."""

    flag: str
    presses: int
    satisfied: int


class Answered(msgspec.Struct, frozen=True):
    """How often a level of a scale was answered."""

    scale_id: str
    level: int
    ratings: int


class ChannelFound(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that one channel says of a span."""

    channel: RatingChannel
    cells: tuple[Cell, ...]
    flagged: tuple[Flagged, ...]
    levels: tuple[Answered, ...]
    reasons: Mapping[str, int]
    """By id, how many answers named it."""

    @property
    def tally(self) -> Tally:
        """All its answers."""
        return total(cell.tally for cell in self.cells)

    @property
    def unasked(self) -> int:
        """How many could not be asked because the channel was silent."""
        return sum(cell.unasked for cell in self.cells)

    @property
    def offered(self) -> bool:
        """Whether it asked, or should have asked, anybody at all; else it was switched off, and says nothing."""
        return bool(self.tally.asked or self.unasked)

    @property
    def with_flagged(self) -> Tally:
        """What it would say if every press that was flagged had been a rating of somebody asked."""
        presses, satisfied = sum(one.presses for one in self.flagged), sum(one.satisfied for one in self.flagged)
        own = self.tally
        return Tally(own.satisfied + satisfied, own.rated + presses, own.asked + presses)

    def by(self, cut: Cut) -> dict[str, Tally]:
        """Give the tallies of counters, clerks or services, in the order of their ids."""
        return _summed((cell.key(cut), cell.tally) for cell in self.cells if cell.tally.asked)

    def unasked_by(self, cut: Cut) -> dict[str, int]:
        """Give how many could not be asked, by the same ids."""
        found: dict[str, int] = {}
        for cell in self.cells:
            found[cell.key(cut)] = found.get(cell.key(cut), 0) + cell.unasked
        return found

    def mixes(self, cut: Cut) -> dict[str, dict[str, Tally]]:
        """Give the tallies of each counter or clerk by service, for comparing like with like."""
        keys = dict.fromkeys(sorted(cell.key(cut) for cell in self.cells))
        return {
            key: _summed((cell.service_id, cell.tally) for cell in self.cells if cell.key(cut) == key) for key in keys
        }

    def daily(self, cut: Cut, days: Iterable[str]) -> list[dict[str, Tally]]:
        """Give, for each of these days, the tallies of whoever asked somebody on it."""
        by_day: dict[str, list[tuple[str, Tally]]] = {day: [] for day in days}
        for cell in self.cells:
            if cell.day in by_day and cell.tally.asked:
                by_day[cell.day].append((cell.key(cut), cell.tally))
        return [_summed(pairs) for pairs in by_day.values()]

    def of_day(self, day: str) -> Tally:
        """Give all answers of a day."""
        return total(cell.tally for cell in self.cells if cell.day == day)

    def within(self, cut: Cut, key: str) -> "ChannelFound":
        """Give the same of one counter, clerk or service; flagged presses, levels and reasons stay the branch's."""
        return msgspec.structs.replace(self, cells=tuple(cell for cell in self.cells if cell.key(cut) == key))


class SpanFound(msgspec.Struct, frozen=True, kw_only=True):
    """What all channels say of a span, each for itself, with the business days and up to which event."""

    span: Span
    days: tuple[str, ...]
    channels: dict[RatingChannel, ChannelFound]
    blank: Tally
    """Ballots that belong to no visit: asked is how many were drawn, rated how many came back."""
    followed_seq: int

    @property
    def main(self) -> RatingChannel:
        """The channel with the most answers; of equal ones the first."""
        return max(CHANNELS, key=lambda channel: self.channels[channel].tally.rated)


def read_span(path: Path, span: Span) -> SpanFound:
    """Read what all channels say of a span of days; raises `NoReports`."""
    with open_to_read(path) as (tables, followed_seq):
        days = tables.execute(
            "SELECT day FROM days WHERE day BETWEEN ? AND ? ORDER BY day", (span.first_day, span.last_day)
        )
        return SpanFound(
            span=span,
            days=tuple(day for (day,) in days),
            channels={channel: _channel(tables, channel, span) for channel in CHANNELS},
            blank=_blank(tables, span),
            followed_seq=followed_seq,
        )


_ASKED_BY_DEVICE: Final = """
    SELECT day, visit_id, counter_id, clerk_id, service_id, {channel} AS could, max(seq) FROM questions
    WHERE day BETWEEN :first AND :last AND ({channel} OR counter_id IN
        (SELECT counter_id FROM questions WHERE {channel} AND day BETWEEN :first AND :last))
    GROUP BY visit_id, counter_id
"""
"""A visit asked again at the same counter was asked once, by the last question (SQLite gives the row of the max). A
counter at which the channel was never heard of in the whole span has none, and nobody is missed there."""

_ASKED: Final[dict[str, str]] = {
    "keypad": _ASKED_BY_DEVICE.format(channel="keypad"),
    "terminal": _ASKED_BY_DEVICE.format(channel="terminal"),
    "link": """
    SELECT day, visit_id, counter_id, clerk_id, service_id, 1 AS could FROM visits
    WHERE day BETWEEN :first AND :last AND served AND state = 'ended' AND day IN (SELECT day FROM days WHERE links)
""",
}
_ASKED_BY_BALLOT: Final = """
    SELECT day, visit_id, counter_id, clerk_id, service_id, 1 AS could FROM ballots
    WHERE day BETWEEN :first AND :last AND channel = :channel AND visit_id <> '' AND state <> 'void'
"""

_CELLS: Final = """
WITH rated AS (
    SELECT day, visit_id, counter_id, clerk_id, service_id, satisfied FROM ratings
    WHERE day BETWEEN :first AND :last AND channel = :channel
),
asked AS MATERIALIZED ({asked}),
each AS (
    SELECT a.day, a.counter_id, a.clerk_id, a.service_id, r.visit_id IS NOT NULL AS rated, r.satisfied, a.could
    FROM asked a LEFT JOIN rated r ON r.visit_id = a.visit_id AND r.counter_id = a.counter_id
    UNION ALL
    SELECT r.day, r.counter_id, r.clerk_id, r.service_id, 1, r.satisfied, 1 FROM rated r
    WHERE NOT EXISTS (SELECT 1 FROM asked a WHERE a.visit_id = r.visit_id AND a.counter_id = r.counter_id)
)
SELECT day, counter_id, clerk_id, service_id,
    coalesce(sum(rated AND satisfied), 0), sum(rated), sum(could OR rated), sum(NOT could AND NOT rated)
FROM each GROUP BY day, counter_id, clerk_id, service_id ORDER BY day, counter_id, clerk_id, service_id
"""

_FLAGS: Final = "SELECT flag, count(*), sum(satisfied) FROM presses"


def _channel(tables: Database, channel: RatingChannel, span: Span) -> ChannelFound:
    bound = {"first": span.first_day, "last": span.last_day, "channel": channel}
    query = _CELLS.format(asked=_ASKED.get(channel, _ASKED_BY_BALLOT))
    counted = "WHERE day BETWEEN :first AND :last AND channel = :channel"
    return ChannelFound(
        channel=channel,
        cells=tuple(
            Cell(day, counter_id, clerk_id, service_id, Tally(satisfied, rated, asked), unasked)
            for day, counter_id, clerk_id, service_id, satisfied, rated, asked, unasked in tables.execute(query, bound)
        ),
        flagged=tuple(
            Flagged(*row)
            for row in tables.execute(
                f"{_FLAGS} {counted} AND flag <> '' GROUP BY flag ORDER BY 2 DESC, flag",
                bound,
            )
        ),
        levels=tuple(
            Answered(*row)
            for row in tables.execute(
                f"SELECT scale_id, level, count(*) FROM ratings {counted} GROUP BY scale_id, level ORDER BY 1, 2",  # noqa: S608 -- as above.
                bound,
            )
        ),
        reasons=_reasons(
            tables.execute(f"SELECT reasons, count(*) FROM ratings {counted} AND reasons <> '' GROUP BY reasons", bound)  # noqa: S608 -- as above.
        ),
    )


def _reasons(rows: Iterator[tuple[str, int]]) -> dict[str, int]:
    found: dict[str, int] = {}
    for reasons, ratings in rows:
        for reason in reasons.split():
            found[reason] = found.get(reason, 0) + ratings
    return dict(sorted(found.items(), key=lambda one: (-one[1], one[0])))


def _blank(tables: Database, span: Span) -> Tally:
    query = """
        SELECT coalesce(sum(satisfied), 0), coalesce(sum(state = 'counted'), 0), count(*) FROM ballots
        WHERE visit_id = '' AND state <> 'void' AND drawn_day BETWEEN ? AND ?
    """
    for satisfied, rated, asked in tables.execute(query, (span.first_day, span.last_day)):
        return Tally(satisfied, rated, asked)
    return NOTHING


def _summed(pairs: Iterable[tuple[str, Tally]]) -> dict[str, Tally]:
    found: dict[str, Tally] = {}
    for key, tally in pairs:
        found[key] = found.get(key, NOTHING) + tally
    return dict(sorted(found.items()))
