"""A month from the report tables: its figures, what came late for it, and what was said of it afterwards.

All is read as of one moment. The snapshot that is made of the tables as they were at an event of the log is the same
bytes whenever it is made, so a lost one comes back from the log.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final, Literal, NamedTuple

import msgspec
from sqlite_utils import Database

from protocol.evaluation import EvaluationForm
from queue_server.reporting.definitions import Dimension
from queue_server.reporting.inquiry_steps import InquiryCounts, InquiryStepRow, inquiry_counts
from queue_server.reporting.month_rows import ClosingRow, CorrectionRow, EvaluationRow
from queue_server.reporting.month_snapshot import (
    AT_COUNTER,
    CHANNELS,
    ChannelPart,
    Evaluated,
    MonthSnapshot,
    MonthWords,
    Numbers,
    Part,
    ScaleWords,
    numbers_of,
)
from queue_server.reporting.questions import Question, answer_of
from queue_server.reporting.rows import NOTHING_MEANT, DayRow, Meaning, together
from queue_server.reporting.tables import context_of, open_to_read, rows_where
from queue_server.satisfaction.months import Belongs, Came, Correction, belongs, month_before

Cut = Literal["", "counter", "service", "clerk"]
"""By what the ratings of a month are counted: the whole hall, counters, services, clerks."""

_CUTS: Final[tuple[Cut, ...]] = ("", "counter", "service", "clerk")
_DEVICES: Final = frozenset({"keypad", "terminal"})


Asked = Mapping[tuple[str, str], int]
"""How many were asked, by channel and key."""


class NoMonth(Exception):  # noqa: N818 -- a state, not a fault.
    """The tables know no business day of that month."""


class Rating(msgspec.Struct, frozen=True):
    """A rating with whom and what it is about. `channel` is the one it came by."""

    seq: int
    day: str
    rated_day: str
    channel: str
    scale_id: str
    level: int
    satisfied: int
    counter: str
    service: str
    clerk: str

    def key(self, cut: Cut) -> str:
        """Give the row that counts it."""
        match cut:
            case "":
                return ""
            case "counter":
                return self.counter
            case "service":
                return self.service
            case "clerk":
                return self.clerk


class Corrected(msgspec.Struct, frozen=True, kw_only=True):
    """A correction, and the ratings that it takes in, by cut and key."""

    row: CorrectionRow
    ratings: dict[Cut, dict[str, tuple[ChannelPart, ...]]]


class MonthNow(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a month now. Of a closed one `figures` are those of now, and its snapshot is the word."""

    figures: MonthSnapshot
    closing: ClosingRow | None
    corrections: tuple[Corrected, ...]
    evaluations: dict[str, EvaluationRow]
    """By clerk: the latest evaluation."""
    late: dict[str, int]
    """By channel: ratings of the month's visits that came too late for its snapshot and are in no other yet."""
    forms: tuple[EvaluationForm, ...]
    """Those that hold by now, for new evaluations …"""
    known_forms: dict[str, EvaluationForm]
    """… and every one that ever held, by id."""
    last_day_closed: bool


def read_month(path: Path, month: str) -> MonthNow:
    """Read a month; raises `NoReports` or `NoMonth`."""
    with open_to_read(path) as (tables, seq):
        return month_now(tables, seq, month)


def closed_months(path: Path) -> dict[str, ClosingRow]:
    """Give the closings by month; raises `NoReports`."""
    with open_to_read(path) as (tables, _):
        return _closings(tables)


def public_months(path: Path) -> dict[str, ClosingRow]:
    """Give the closings of the months whose results the hall shows to everybody; raises `NoReports`."""
    with open_to_read(path) as (tables, _):
        return _closings(tables) if context_of(tables).meaning.house.publish_results else {}


def month_now(tables: Database, seq: int, month: str) -> MonthNow:
    """Read a month from open tables that know the log up to `seq`; raises `NoMonth`."""
    first, last = f"{month}-01", f"{month}-31"
    days = rows_where(tables, DayRow, "day BETWEEN ? AND ? ORDER BY day", first, last)
    if not days:
        raise NoMonth(f"the tables know no business day of {month}")
    closings, corrections = _closings(tables), rows_where(tables, CorrectionRow, "seq > ? ORDER BY seq", "0")
    meaning = _meaning(tables, days[-1].configuration_id)
    placed = _placed(_ratings(tables, month), closings, corrections)
    own = [rating for rating, place in placed if place.month == month and not place.correction_seq]
    evaluations = {row.evaluated_id: row for row in rows_where(tables, EvaluationRow, "month = ? ORDER BY seq", month)}
    return MonthNow(
        figures=_figures(_Open(tables, seq, month), days, own, meaning, evaluations),
        closing=closings.get(month),
        corrections=tuple(
            Corrected(row=row, ratings={cut: _taken_in(placed, row, cut, meaning) for cut in _CUTS})
            for row in corrections
            if row.month == month
        ),
        evaluations=evaluations,
        late=_late(placed, month, closings),
        forms=context_of(tables).meaning.house.forms,
        known_forms={form.form_id: form for one in context_of(tables).meanings.values() for form in one.house.forms},
        last_day_closed=bool(days[-1].closed_at),
    )


def _closings(tables: Database) -> dict[str, ClosingRow]:
    return {row.month: row for row in rows_where(tables, ClosingRow, "seq > ? ORDER BY seq", "0")}


def _meaning(tables: Database, configuration_id: str) -> Meaning:
    """Give what ids mean, by the words of the month's last day; in one order, whatever the tables were made from."""
    meanings = context_of(tables).meanings
    return together(meanings.get(configuration_id, NOTHING_MEANT), [meanings[key] for key in sorted(meanings)])


class _Open(NamedTuple):
    """Open tables, up to which event they know the log, and the month that is asked for."""

    tables: Database
    seq: int
    month: str


def _figures(
    opened: _Open,
    days: list[DayRow],
    own: list[Rating],
    meaning: Meaning,
    evaluations: Mapping[str, EvaluationRow],
) -> MonthSnapshot:
    def parts(cut: Literal["counter", "service", "clerk"]) -> tuple[Part, ...]:
        figures = _figures_by(opened, cut)
        ratings = _by_key(own, cut, meaning, _asked(opened, cut))
        keys = sorted(key for key in figures.keys() | ratings.keys() if key)
        return tuple(Part(key=key, figures=figures.get(key, {}), ratings=ratings.get(key, ())) for key in keys)

    counters, services, clerks = parts("counter"), parts("service"), parts("clerk")
    whole = _by_key(own, "", meaning, _asked(opened, "")).get("", ())
    return MonthSnapshot(
        month=opened.month,
        seq=opened.seq,
        days=tuple(day.day for day in days),
        target_percent=meaning.house.target_percent,
        least_rated=meaning.house.least_rated,
        whole=Part(key="", figures=_figures_by(opened, None)[""], ratings=whole),
        counters=counters,
        services=services,
        clerks=clerks,
        evaluations=tuple(_evaluated(evaluations[clerk]) for clerk in sorted(evaluations)),
        words=_words(meaning, counters, services, own),
        inquiries=_inquiries(opened),
    )


def _inquiries(opened: _Open) -> tuple[InquiryCounts, ...]:
    steps = rows_where(opened.tables, InquiryStepRow, "day >= ? ORDER BY seq", f"{opened.month}-01")
    ((today,),) = opened.tables.execute("SELECT max(day) FROM days")
    return inquiry_counts(steps, opened.month, str(today))


def _figures_by(opened: _Open, by: Dimension | None) -> dict[str, dict[str, Numbers]]:
    days = Question(first_day=f"{opened.month}-01", last_day=f"{opened.month}-31", by=by)
    found = answer_of(opened.tables, opened.seq, days)
    rows = found.rows if by else (found.whole,)
    return {row.key: {figure_id: numbers_of(value) for figure_id, value in row.values.items()} for row in rows}


def _evaluated(row: EvaluationRow) -> Evaluated:
    return Evaluated(
        clerk_id=row.evaluated_id, form_id=row.form_id, points=row.by_indicator, by_clerk_id=row.clerk_id, at=row.at
    )


def _words(meaning: Meaning, counters: Iterable[Part], services: Iterable[Part], own: Iterable[Rating]) -> MonthWords:
    """Give the words of the ids that the month speaks of, and of no other."""
    scales = sorted({rating.scale_id for rating in own})
    return MonthWords(
        services={one.key: meaning.services[one.key].names for one in services if one.key in meaning.services},
        counters={one.key: meaning.counter_numbers[one.key] for one in counters if one.key in meaning.counter_numbers},
        scales={
            scale: ScaleWords(
                names=tuple(level.names for level in meaning.levels.get(scale, ())),
                satisfied=tuple(sorted(meaning.satisfied.get(scale, ()))),
            )
            for scale in scales
        },
    )


# --- Ratings ---------------------------------------------------------------------------------------------------------


def _ratings(tables: Database, month: str) -> list[Rating]:
    """Read every rating that may belong to the month, in the order in which they came."""
    query = (
        "SELECT seq, day, rated_day, channel, scale_id, level, satisfied, counter_id, service_id, clerk_id"
        " FROM ratings WHERE day BETWEEN ? AND ? OR rated_day BETWEEN ? AND ? ORDER BY seq"
    )
    last = f"{month}-31"
    bounds = (f"{month}-01", last, f"{month_before(month)}-01", last)
    return [Rating(*row) for row in tables.execute(query, bounds)]


def _placed(
    ratings: Iterable[Rating], closings: Mapping[str, ClosingRow], corrections: Iterable[CorrectionRow]
) -> list[tuple[Rating, Belongs]]:
    reached = {month: row.reached_seq for month, row in closings.items()}
    known = [
        Correction(seq=row.seq, month=row.month, channel=row.channel, up_to_seq=row.up_to_seq) for row in corrections
    ]
    return [
        (rating, belongs(Came(rating.seq, rating.day, rating.rated_day, rating.channel), reached, known))
        for rating in ratings
    ]


def _late(placed: Iterable[tuple[Rating, Belongs]], month: str, closings: Mapping[str, ClosingRow]) -> dict[str, int]:
    """Count the ratings of the month's visits that another month counts, which is still open; by channel."""
    return dict(
        Counter(
            rating.channel
            for rating, place in placed
            if rating.day[:7] == month and place.month != month and place.month not in closings
        )
    )


def _taken_in(
    placed: Iterable[tuple[Rating, Belongs]], row: CorrectionRow, cut: Cut, meaning: Meaning
) -> dict[str, tuple[ChannelPart, ...]]:
    return _by_key([rating for rating, place in placed if place.correction_seq == row.seq], cut, meaning, {})


_ASKED: Final[dict[str, str]] = {
    AT_COUNTER: """
        FROM questions WHERE day BETWEEN :first AND :last AND (keypad OR terminal OR (visit_id, counter_id) IN
            (SELECT visit_id, counter_id FROM ratings
            WHERE day BETWEEN :first AND :last AND channel IN ('keypad', 'terminal')))
    """,
    "link": """
        FROM visits WHERE day BETWEEN :first AND :last AND served AND state = 'ended'
            AND day IN (SELECT day FROM days WHERE links)
    """,
    **dict.fromkeys(
        ("paper", "surprise", "home"),
        "FROM ballots WHERE day BETWEEN :first AND :last AND channel = :channel AND visit_id <> '' AND state <> 'void'",
    ),
}
"""Who was asked, as `queue_server.reporting.satisfaction` counts it: a silent device, or a link that led nowhere, asked
nobody. The two devices of a counter ask one question together."""


def _asked(opened: _Open, cut: Cut) -> Asked:
    """Count who was asked by channel and key, by the days of their visits."""
    column = f"{cut}_id" if cut else "''"
    bound = {"first": f"{opened.month}-01", "last": f"{opened.month}-31"}
    return {
        (channel, key): count
        for channel, source in _ASKED.items()
        for key, count in opened.tables.execute(
            f"SELECT {column}, count(*) {source} GROUP BY 1",
            {**bound, "channel": channel},
        )
        if key or not cut
    }


def _by_key(ratings: Iterable[Rating], cut: Cut, meaning: Meaning, asked: Asked) -> dict[str, tuple[ChannelPart, ...]]:
    """Count ratings by key, channel and scale; a channel that asked and was never answered has a row too."""
    counted: dict[tuple[str, str, str], Counter[int]] = {}
    satisfied: Counter[tuple[str, str, str]] = Counter()
    for rating in ratings:
        name = (rating.key(cut), channel_of(rating.channel), rating.scale_id)
        counted.setdefault(name, Counter())[rating.level] += 1
        satisfied[name] += rating.satisfied
    for channel, key in asked.keys() - {(channel, key) for key, channel, _ in counted}:
        counted[key, channel, ""] = Counter()
    found: dict[str, list[ChannelPart]] = {}
    for name in sorted(counted, key=lambda name: (name[0], CHANNELS.index(name[1]), name[2])):
        key, channel, scale_id = name
        levels = counted[name]
        most = max((len(meaning.levels.get(scale_id, ())), *levels)) if scale_id else 0
        found.setdefault(key, []).append(
            ChannelPart(
                channel=channel,
                scale_id=scale_id,
                asked=asked.get((channel, key), 0),
                rated=levels.total(),
                satisfied=satisfied[name],
                levels=tuple(levels[level] for level in range(1, most + 1)),
            )
        )
    return {key: tuple(parts) for key, parts in found.items()}


def channel_of(channel: str) -> str:
    """Give the group of channels by which ratings are counted."""
    return AT_COUNTER if channel in _DEVICES else channel
