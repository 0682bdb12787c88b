"""`reports.db`: the report tables, derived from the log and worth nothing without it.

One process follows the log and writes; it holds a lock beside the file. Rows and the point reached in the log
(`followed`: seq and hash) are stored in the same transaction, so the tables are always those of some moment of the
log. If the log's row there has another hash, the log is another one (restored, or tampered with): the tables are made
anew, beside the old ones, and put in their place when they are complete. Readers open the file read-only.
"""

import fcntl
import os
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Final, TypeVar

import msgspec
import sqlite_utils

from queue_server.journal import Journal
from queue_server.reporting.day import DayRows
from queue_server.reporting.fold import NOT_TOLD, Fold
from queue_server.reporting.inquiry_steps import InquiryStepRow
from queue_server.reporting.month_rows import ClosingRow, CorrectionRow, EvaluationRow
from queue_server.reporting.rows import (
    NOTHING_MEANT,
    BallotRow,
    CallRow,
    Context,
    DayRow,
    Meaning,
    NoShowRow,
    PressRow,
    PriorityRow,
    QuestionRow,
    RatingRow,
    SilenceRow,
    StageRow,
    StopRow,
    StretchRow,
    TransferRow,
    VisitRow,
    VoiceStepRow,
    together,
)
from queue_server.reporting.touched import Touched

REPORTS_FILE: Final = "reports.db"
TABLES_VERSION: Final = 14
"""Raised with every change of a row or of the fold; older tables are then made anew."""

BATCH: Final = 5_000
READ_WAIT_S: Final = 5.0

_KEYS: Final[dict[type[msgspec.Struct], tuple[str, str]]] = {
    VisitRow: ("visits", "visit_id"),
    DayRow: ("days", "day"),
    CallRow: ("calls", "seq"),
    StageRow: ("stages", "seq"),
    QuestionRow: ("questions", "seq"),
    RatingRow: ("ratings", "seq"),
    PressRow: ("presses", "seq"),
    PriorityRow: ("priorities", "seq"),
    NoShowRow: ("no_shows", "seq"),
    TransferRow: ("transfers", "seq"),
    StretchRow: ("stretches", "stretch_id"),
    StopRow: ("stops", "stop_id"),
    ClosingRow: ("closings", "seq"),
    CorrectionRow: ("corrections", "seq"),
    EvaluationRow: ("evaluations", "seq"),
    BallotRow: ("ballots", "ballot_id"),
    VoiceStepRow: ("voice_steps", "seq"),
    InquiryStepRow: ("inquiry_steps", "seq"),
    SilenceRow: ("silences", "silence_id"),
}
_SQL_TYPES: Final[dict[Any, type]] = {bool: int, int: int, int | None: int}

RowT = TypeVar("RowT", bound=msgspec.Struct)
Progress = Callable[[int, int], None]
"""Called with the seq reached and the log's last one."""


class SomebodyFollows(Exception):  # noqa: N818 -- a state, not a fault.
    """Another process keeps the tables current; read them."""


class NoReports(Exception):  # noqa: N818 -- a state, not a fault.
    """There are no report tables (yet), or none of that day."""


class ReportTables:
    """The tables, open for following. Use `following`, which holds the lock."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._tables = _opened(path)

    def close(self) -> None:
        """Let go of the file."""
        self._tables.close()

    def follow(self, journal: Journal, progress: Progress = lambda _seq, _last: None) -> bool:
        """Catch up with the log; True when the tables had to be made anew. Raises `BrokenStory`."""
        if self._continues(journal):
            _catch_up(self._tables, journal, progress)
            return False
        self._tables.close()
        _rebuild(self._path, journal, progress)
        self._tables = _opened(self._path)
        return True

    def rebuild(self, journal: Journal, progress: Progress = lambda _seq, _last: None) -> None:
        """Make the tables anew from the whole log; raises `BrokenStory`."""
        self._tables.close()
        _rebuild(self._path, journal, progress)
        self._tables = _opened(self._path)

    def _continues(self, journal: Journal) -> bool:
        """Tell whether the log still holds what these tables were made from."""
        if self._tables.conn.execute("PRAGMA user_version").fetchone()[0] != TABLES_VERSION:
            return False
        seq, hash_, _ = _followed(self._tables)
        return seq == 0 or any(row.seq == seq and row.hash == hash_ for row in journal.rows(seq, 1))


@contextmanager
def following(path: Path) -> Iterator[ReportTables]:
    """Open the tables for following; raises `SomebodyFollows`."""
    with path.with_suffix(".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise SomebodyFollows(f"another process keeps {path} current") from None
        tables = ReportTables(path)
        try:
            yield tables
        finally:
            tables.close()


def read_day(path: Path, day: str) -> DayRows:
    """Read all rows of a business day (the last one for an empty `day`); raises `NoReports`."""
    with _reading(path) as tables:
        wanted = "day = ?" if day else "day = (SELECT max(day) FROM days) AND ? = ''"
        days = _rows(tables, DayRow, wanted, (day,))
        if not days:
            raise NoReports(f"{path} knows no business day {day}".rstrip())
        seq, _, context = _followed(tables)
        of_day = (days[0].day,)
        return DayRows(
            day=days[0],
            visits=_rows(tables, VisitRow, "day = ? ORDER BY taken_at", of_day),
            calls=_rows(tables, CallRow, "day = ? ORDER BY seq", of_day),
            stages=_rows(tables, StageRow, "day = ? ORDER BY seq", of_day),
            questions=_rows(tables, QuestionRow, "day = ? ORDER BY seq", of_day),
            ratings=_rows(tables, RatingRow, "day = ? ORDER BY seq", of_day),
            presses=_rows(tables, PressRow, "day = ? ORDER BY seq", of_day),
            priorities=_rows(tables, PriorityRow, "day = ? ORDER BY seq", of_day),
            silences=_rows(tables, SilenceRow, "day = ?", of_day),
            meaning=context.meanings.get(days[0].configuration_id, NOTHING_MEANT),
            followed_seq=seq,
        )


def known_days(path: Path, limit: int) -> list[str]:
    """List the last business days, the latest first; raises `NoReports`."""
    with _reading(path) as tables:
        return [day for (day,) in tables.execute("SELECT day FROM days ORDER BY day DESC LIMIT ?", (limit,))]


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """The first and last business day, what ids mean (the newest words first), and who worked in which hours."""

    first_day: str
    last_day: str
    meaning: Meaning
    clerk_ids: tuple[str, ...]
    hours: tuple[int, ...]


def read_known(path: Path) -> Known:
    """Read what the tables know of; raises `NoReports`."""
    with _reading(path) as tables:
        days = _rows(
            tables,
            DayRow,
            "day IN ((SELECT min(day) FROM days), (SELECT max(day) FROM days)) AND ? = '' ORDER BY day",
            ("",),
        )
        if not days:
            raise NoReports(f"{path} holds no business day yet")
        _, _, context = _followed(tables)
        newest = context.meanings.get(days[-1].configuration_id, NOTHING_MEANT)
        return Known(
            first_day=days[0].day,
            last_day=days[-1].day,
            meaning=together(newest, context.meanings.values()),
            clerk_ids=tuple(clerk for (clerk,) in tables.execute("SELECT DISTINCT clerk_id FROM stretches")),
            hours=tuple(hour for (hour,) in tables.execute("SELECT DISTINCT hour FROM visits ORDER BY hour")),
        )


@contextmanager
def open_to_read(path: Path) -> Iterator[tuple[sqlite_utils.Database, int]]:
    """Open the tables as of one moment, with the last event that they know of; raises `NoReports`."""
    with _reading(path) as tables:
        yield tables, _followed(tables)[0]


def context_of(tables: sqlite_utils.Database) -> Context:
    """Give what the tables know of every configuration, as of the moment at which they were opened."""
    return _followed(tables)[2]


def rows_where(tables: sqlite_utils.Database, kind: type[RowT], condition: str, *values: str) -> list[RowT]:
    """Read the rows of a kind that fit; the condition's words are our own, what comes from outside is bound."""
    return _rows(tables, kind, condition, values)


@contextmanager
def made_up_to(folder: Path, journal: Journal, seq: int) -> Iterator[sqlite_utils.Database]:
    """Make tables in an empty folder as they were at an event of the log; raises `BrokenStory`."""
    tables = _opened(folder / REPORTS_FILE)
    try:
        _hurry(tables)
        _catch_up(tables, journal, lambda _seq, _last: None, seq)
        yield tables
    finally:
        tables.close()


@contextmanager
def _reading(path: Path) -> Iterator[sqlite_utils.Database]:
    """Open the tables to read them as of one moment, though the follower may write meanwhile."""
    if not path.exists():
        raise NoReports(f"{path} does not exist yet")
    connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, timeout=READ_WAIT_S)
    with closing(connection):
        tables = sqlite_utils.Database(connection)
        with tables.atomic():
            if "days" not in tables.table_names():
                raise NoReports(f"{path} holds no business day yet")
            if tables.execute("PRAGMA user_version").fetchone()[0] != TABLES_VERSION:
                raise NoReports(f"{path} was made by another version; `motcua report --follow` makes it anew")
            yield tables


# --- Writing ---------------------------------------------------------------------------------------------------------


def _opened(path: Path) -> sqlite_utils.Database:
    """Open the tables for writing and make those that are missing."""
    tables = sqlite_utils.Database(sqlite3.connect(path, timeout=READ_WAIT_S))
    if tables.table_names():
        return tables
    with tables.atomic():
        for row, (name, key) in _KEYS.items():
            fields = {field.name: _SQL_TYPES.get(field.type, str) for field in msgspec.structs.fields(row)}
            table = tables.table(name).create(fields, pk=key)
            if key != "day":
                table.create_index(["day"])
        tables.table("followed").create({"one": int, "seq": int, "hash": bytes, "context": bytes}, pk="one")
        tables.execute(f"PRAGMA user_version = {TABLES_VERSION}")
    return tables


def _rebuild(path: Path, journal: Journal, progress: Progress) -> None:
    draft = path.with_name(f"{path.name}.draft")
    for leftover in (draft, draft.with_name(f"{draft.name}-journal")):
        leftover.unlink(missing_ok=True)
    tables = _opened(draft)
    try:
        _hurry(tables)
        _catch_up(tables, journal, progress)
    finally:
        tables.close()
    with draft.open("rb") as finished:
        os.fsync(finished.fileno())
    draft.replace(path)


def _hurry(tables: sqlite_utils.Database) -> None:
    """Write a draft fast: it is thrown away when anything goes wrong, and flushed only before it takes its place."""
    for pragma in ("synchronous = OFF", "journal_mode = MEMORY", "cache_size = -65536"):
        tables.execute(f"PRAGMA {pragma}")


def _catch_up(tables: sqlite_utils.Database, journal: Journal, progress: Progress, up_to: int | None = None) -> None:
    seq, _, context = _followed(tables)
    last, _ = journal.head()
    last = last if up_to is None else min(last, up_to)
    while seq < last:
        fold = Fold(
            context,
            stored_visit=lambda visit_id: _stored(tables, VisitRow, visit_id),
            stored_day=lambda day: _stored(tables, DayRow, day),
            stored_ballot=lambda ballot_id: _stored(tables, BallotRow, ballot_id),
        )
        hash_ = b""
        for row in journal.rows(seq + 1, min(BATCH, last - seq)):
            if row.type not in NOT_TOLD:
                fold.take(row.seq, row.event())
            seq, hash_ = row.seq, row.hash
        with tables.atomic():
            _store(tables, fold.touched)
            tables.table("followed").upsert(
                {"one": 1, "seq": seq, "hash": hash_, "context": encode_context(context)}, pk="one"
            )
        progress(seq, last)


def encode_context(context: Context) -> bytes:
    """Give the stored body of a context: sets in order, so that equal contexts are equal bytes in every process."""
    return msgspec.json.encode(context, order="deterministic")


def _store(tables: sqlite_utils.Database, touched: Touched) -> None:
    batches: list[Iterable[msgspec.Struct]] = [
        touched.visits.values(),
        touched.days.values(),
        touched.calls,
        touched.stages,
        touched.questions,
        touched.ratings,
        touched.presses,
        touched.priorities,
        touched.no_shows,
        touched.transfers,
        touched.stretches,
        touched.stops,
        touched.closings,
        touched.corrections,
        touched.evaluations,
        touched.ballots.values(),
        touched.voice_steps,
        touched.inquiry_steps,
        touched.silences.values(),
    ]
    for (name, _), rows, insert in zip(_KEYS.values(), batches, _INSERTS, strict=True):
        # Row by row through the library, a year's log took three times as long as all the rest together.
        tables.conn.executemany(insert.format(name), map(msgspec.structs.astuple, rows))


_INSERTS: Final = [
    f"INSERT OR REPLACE INTO {{}} VALUES ({', '.join('?' * len(msgspec.structs.fields(row)))})"  # noqa: S608 -- marks only.
    for row in _KEYS
]
"""Columns stand in the order of the fields, since the tables are made from them."""


def _followed(tables: sqlite_utils.Database) -> tuple[int, bytes, Context]:
    """Give where in the log the tables stand, and what the fold remembers there."""
    for seq, hash_, context in tables.execute("SELECT seq, hash, context FROM followed"):
        return seq, hash_, msgspec.json.decode(context, type=Context)
    return 0, b"", Context()


def _stored(tables: sqlite_utils.Database, kind: type[RowT], key: str) -> RowT | None:
    name, key_name = _KEYS[kind]
    found = _rows(tables, kind, f"{key_name} = ?", (key,))
    assert len(found) <= 1, f"{name} holds {key} {len(found)} times"
    return found[0] if found else None


def _rows(tables: sqlite_utils.Database, kind: type[RowT], condition: str, values: tuple[str, ...]) -> list[RowT]:
    name, _ = _KEYS[kind]
    found = tables.query(f"SELECT * FROM {name} WHERE {condition}", values)  # noqa: S608 -- our own names.
    return [msgspec.convert(row, kind, strict=False) for row in found]
