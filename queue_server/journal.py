"""The log as its readers see it: rows, days, visits, configurations, and whether the chain still holds.

The log is one table. Each row carries the SHA-256 of the row before it and of its own columns, so that whoever changes,
removes or moves a row must make every later hash anew; and the *day heads*, kept in a second file and printed on the
closing slip, tell that too. Readers open the file read-only and may do so while the server writes.
"""

import hashlib
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Final, Literal, NamedTuple, Self

import apsw
import msgspec

from protocol.codec import decode_event
from protocol.configuration import Configuration
from protocol.events import AnyEvent, ConfigurationChanged

OLDEST_SQLITE: Final = (3, 51, 3)
"""Older libraries can corrupt a database in WAL mode when a checkpoint and a reset meet (mended in SQLite 3.51.3)."""

SCHEMA_VERSION: Final = 1
GENESIS: Final = bytes(32)
READ_WAIT_MS: Final = 2000


class OldSqlite(Exception):  # noqa: N818 -- it says what is wrong with the library.
    """The SQLite library is too old to be trusted with a hall's log."""


class NotALog(Exception):  # noqa: N818 -- it says what the file is not.
    """The file is missing, or is no log of ours, or comes from a newer program."""


class Row(NamedTuple):
    """One row of the log. ``at`` is ISO 8601 in UTC, ``body`` the event's JSON, ``hash`` 32 bytes."""

    seq: int
    day: str
    at: str
    type: str
    body: str
    hash: bytes

    def event(self) -> AnyEvent:
        """Give the event; raises :class:`protocol.codec.Malformed`."""
        return decode_event(self.body)


class Head(msgspec.Struct, frozen=True):
    """Where the chain stood at a moment: ``why`` is ``closed`` for the head of a business day."""

    day: str
    seq: int
    hash: str
    why: Literal["closed", "started", "stopped"] = "closed"


Kind = Literal["changed", "missing", "reordered", "cut", "recomputed", "unreadable"]


class Wrong(NamedTuple):
    """The first thing that is wrong with a log, and a sentence about it."""

    kind: Kind
    seq: int
    sentence: str


class Verdict(NamedTuple):
    """What verification found: how much was read and compared, and the first thing wrong, if any."""

    events: int
    heads: int
    last_hash: str
    wrong: Wrong | None


def require_sqlite(library: str = apsw.sqlite_lib_version()) -> None:
    """Raise :class:`OldSqlite` when the library (the one in use) is older than 3.51.3."""
    version = tuple(int(part) for part in library.split(".")[:3])
    if version < OLDEST_SQLITE:
        found, wanted = (".".join(map(str, one)) for one in (version, OLDEST_SQLITE))
        raise OldSqlite(f"SQLite {found} can corrupt a log in WAL mode; install apsw with SQLite {wanted} or newer")


def chained(previous: bytes, seq: int, *columns: str) -> bytes:
    r"""Give a row's hash: SHA-256 over the hash before it, the seq, and day, at, type and body, parted by ``\n``."""
    return hashlib.sha256(previous + "\n".join((str(seq), *columns)).encode()).digest()


class Only(NamedTuple):
    """Which rows are wanted: of these types, of these visits, with one of these fields at this value; None is any.

    The names of ``fields`` are our own, never typed by anybody; each group of them stands for one value.
    """

    types: frozenset[str] | None = None
    visit_ids: frozenset[str] | None = None
    fields: tuple[tuple[tuple[str, ...], int | str], ...] = ()


class Journal:
    """A read-only look at a log. Close it, or use it in a ``with``; one thread at a time."""

    def __init__(self, path: Path) -> None:
        require_sqlite()
        self._path = path
        try:
            self._connection = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)
            self._connection.set_busy_timeout(READ_WAIT_MS)
            version = self._connection.pragma("user_version")
        except apsw.Error as error:
            raise NotALog(f"{path} cannot be read as a log: {error}") from error
        if version != SCHEMA_VERSION:
            self._connection.close()
            raise NotALog(f"{path} has schema {version}; this program reads {SCHEMA_VERSION}")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    def head(self) -> tuple[int, bytes]:
        """Give the last row's seq and hash, ``(0, GENESIS)`` for an empty log."""
        return head_of(self._connection)

    def rows(self, from_seq: int = 1, limit: int | None = None) -> Iterator[Row]:
        """Read rows in order, from ``from_seq`` on, ``limit`` at most."""
        return rows_of(self._connection, from_seq, limit)

    def days(self) -> list[str]:
        """List the business days, oldest first."""
        return [
            day for (day,) in self._connection.execute("SELECT day FROM events WHERE type='day_opened' ORDER BY seq")
        ]

    def rows_of_day(self, day: str) -> Iterator[Row]:
        """Read a business day: from its opening up to the next day's."""
        first = self._first_seq("SELECT seq FROM events WHERE type='day_opened' AND day=?", (day,))
        if first is None:
            return iter(())
        last = self._first_seq("SELECT min(seq) FROM events WHERE type='day_opened' AND seq>?", (first,))
        return rows_of(self._connection, first, None if last is None else last - first)

    def last_day_opened(self) -> Row | None:
        """Give the row that opened the last business day."""
        return last_day_opened(self._connection)

    def visit(self, visit_id: str) -> list[Row]:
        """Read a visit's events, of whatever day, by the index."""
        return visit_of(self._connection, visit_id)

    def configuration(self, configuration_id: str) -> Configuration | None:
        """Give a configuration that was once effective, as it was."""
        query = f"SELECT {_COLUMNS} FROM events WHERE type='configuration_changed' ORDER BY seq DESC"  # noqa: S608 -- our own names.
        for columns in self._connection.execute(query):
            event = Row(*columns).event()
            assert isinstance(event, ConfigurationChanged)
            if event.configuration.configuration_id == configuration_id:
                return event.configuration
        return None

    def latest(self, type_: Literal["configuration_changed", "day_opened"], limit: int) -> Iterator[Row]:
        """Read the last rows of one type of event, newest first."""
        # Named in the query itself, or SQLite does not see that it has an index of just these.
        query = f"SELECT {_COLUMNS} FROM events WHERE type='{type_}' ORDER BY seq DESC LIMIT ?"  # noqa: S608 -- one of two names.
        return map(Row._make, self._connection.execute(query, (limit,)))

    def seq_at(self, at: datetime) -> int:
        """Give the first seq whose event happened at ``at`` or later; one past the last where none did.

        Hall time never runs back, so the rows stand in its order and some twenty looks find the place.
        """
        low, high = 1, self.head()[0] + 1
        while low < high:
            middle = (low + high) // 2
            told = next(iter(self._connection.execute("SELECT at FROM events WHERE seq=?", (middle,))), None)
            if told is not None and datetime.fromisoformat(str(told[0])) < at:
                low = middle + 1
            else:
                high = middle
        return low

    def chosen(self, from_seq: int, to_seq: int, only: "Only", limit: int) -> list[Row]:
        """Read the rows from ``from_seq`` up to but not including ``to_seq`` that fit, newest first, ``limit`` at most.

        What is read to find them is these rows alone, so the span bounds the time that it takes.
        """
        # The plus keeps SQLite from walking an index: it is the span that bounds the work.
        conditions = ["seq>=? AND seq<?"]
        values: list[int | str] = [from_seq, to_seq]
        for column, among in (("type", only.types), ("visit_id", only.visit_ids)):
            if among is not None:
                conditions.append(f"+{column} IN ({','.join('?' * len(among))})")
                values += sorted(among)
        for names, value in only.fields:
            conditions.append("(" + " OR ".join(f"json_extract(body,'$.{name}')=?" for name in names) + ")")
            values += [value] * len(names)
        query = f"SELECT {_COLUMNS} FROM events WHERE {' AND '.join(conditions)} ORDER BY seq DESC LIMIT ?"  # noqa: S608 -- our own names; values are bound.
        return [Row(*columns) for columns in self._connection.execute(query, (*values, limit))]

    def misleading_index(self) -> Wrong | None:
        """Name the first event that the index of visits would find under another visit than its body names."""
        seq = self._first_seq(
            "SELECT min(seq) FROM events WHERE coalesce(json_extract(body,'$.visit_id'),'')<>coalesce(visit_id,'')", ()
        )
        return None if seq is None else Wrong("changed", seq, f"event {seq} stands under a visit that is not its own")

    def _first_seq(self, query: str, bindings: tuple[str | int, ...]) -> int | None:
        for (seq,) in self._connection.execute(query, bindings):
            return None if seq is None else int(seq)
        return None


_COLUMNS: Final = "seq, day, at, type, body, hash"
_VISIT: Final = f"SELECT {_COLUMNS} FROM events WHERE visit_id=?"  # noqa: S608 -- constants only.


def rows_of(connection: apsw.Connection, from_seq: int, limit: int | None = None) -> Iterator[Row]:
    """Read rows in order over an open connection."""
    query = f"SELECT {_COLUMNS} FROM events WHERE seq>=? ORDER BY seq LIMIT ?"  # noqa: S608 -- constants only.
    return map(Row._make, connection.execute(query, (from_seq, -1 if limit is None else limit)))


def head_of(connection: apsw.Connection) -> tuple[int, bytes]:
    """Give the last seq and hash over an open connection."""
    for seq, value in connection.execute("SELECT seq, hash FROM events ORDER BY seq DESC LIMIT 1"):
        return seq, value
    return 0, GENESIS


def last_day_opened(connection: apsw.Connection) -> Row | None:
    """Give the row that opened the last business day over an open connection."""
    query = f"SELECT {_COLUMNS} FROM events WHERE type='day_opened' ORDER BY seq DESC LIMIT 1"  # noqa: S608 -- our own names.
    for columns in connection.execute(query):
        return Row(*columns)
    return None


def visit_of(connection: apsw.Connection, visit_id: str) -> list[Row]:
    """Read a visit's events over an open connection, by the index."""
    # Every new number asks whether its visit was ever known; sorting what is found costs less than asking for order.
    return sorted(Row(*columns) for columns in connection.execute(_VISIT, (visit_id,)))


# --- Verification ----------------------------------------------------------------------------------------------------


def read_heads(path: Path) -> list[Head]:
    """Read the file of heads, one JSON object a line; a missing file is an empty one. Raises :class:`NotALog`."""
    try:
        lines = path.read_bytes().splitlines()
    except FileNotFoundError:
        return []
    try:
        return [msgspec.json.decode(line, type=Head) for line in lines]
    except msgspec.DecodeError as error:
        raise NotALog(f"{path} is no file of day heads: {error}") from error


def verify(path: Path, heads_path: Path | None = None) -> Verdict:
    """Read a whole log and name the first event that was changed, is missing or was moved.

    With the file of heads also a cut tail and a chain that was made anew are seen. Raises :class:`NotALog`.
    """
    heads = {head.seq: head for head in (read_heads(heads_path) if heads_path is not None else [])}
    with Journal(path) as journal:
        seq, previous, recomputed = 0, GENESIS, None
        try:
            for row in journal.rows(from_seq=-(2**62)):
                wrong = _check(journal, row, seq, previous)
                if wrong is not None:
                    return Verdict(seq, len(heads), previous.hex(), wrong)
                seq, previous = row.seq, row.hash
                head = heads.get(seq)
                if recomputed is None and head is not None and head.hash != row.hash.hex():
                    recomputed = Wrong("recomputed", seq, _recomputed(head, row))
            misled = journal.misleading_index()
            if misled is not None:
                return Verdict(seq, len(heads), previous.hex(), misled)
        except (apsw.Error, UnicodeDecodeError) as error:
            return Verdict(seq, len(heads), previous.hex(), Wrong("unreadable", seq + 1, f"after event {seq}: {error}"))
    beyond = [head for head in heads.values() if head.seq > seq]
    if recomputed is None and beyond:
        head = min(beyond, key=lambda head: head.seq)
        recomputed = Wrong(
            "cut", seq + 1, f"the log ends at event {seq}, but the head of {head.day} names event {head.seq}"
        )
    return Verdict(seq, len(heads), previous.hex(), recomputed)


def _check(journal: Journal, row: Row, last_seq: int, previous: bytes) -> Wrong | None:
    expected = last_seq + 1
    if row.seq != expected:
        gap = f"event {expected} is missing: after {last_seq} comes {row.seq}"
        return Wrong("missing", expected, gap)
    if chained(previous, row.seq, row.day, row.at, row.type, row.body) == row.hash:
        return None
    for other in journal.rows(expected + 1):
        if chained(previous, expected, other.day, other.at, other.type, other.body) == other.hash:
            return Wrong("reordered", expected, f"what belongs at event {expected} stands at event {other.seq}")
    return Wrong("changed", expected, f"event {expected} ({row.type} of {row.day or 'no day'} at {row.at}) was changed")


def _recomputed(head: Head, row: Row) -> str:
    return (
        f"the chain fits in itself, but at event {row.seq} its head is {row.hash.hex()[:16]}… and was "
        f"{head.hash[:16]}… when {head.day or 'the branch'} was {head.why}: an event up to there was changed and all "
        "hashes after it made anew"
    )
