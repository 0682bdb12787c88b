"""The log's one writer: events and replies in one transaction, durable before anyone is told.

``synchronous=FULL`` in WAL mode: when :meth:`Log.append` returns, the disk has said that the bytes are safe. When it
raises :class:`CommitUnknown`, nobody knows: SQLite reports errors from COMMIT of transactions that it kept (measured:
about a third of the I/O errors). So the caller must call :meth:`Log.reopen` and look what is there; never guess.
"""

import contextlib
import hashlib
import os
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final, Literal, NamedTuple

import apsw
import msgspec

from protocol.codec import encode
from protocol.events import AnyEvent, DayOpened
from queue_server.journal import (
    SCHEMA_VERSION,
    Head,
    NotALog,
    Row,
    chained,
    head_of,
    last_day_opened,
    require_sqlite,
    rows_of,
    visit_of,
)

LOG_FILE: Final = "branch.db"
HEADS_FILE: Final = "heads.jsonl"
REPLY_DAYS: Final = 8
"""Replies are kept for so many business days."""
PRUNE_AT_ONCE: Final = 500
LOCK_WAIT_MS: Final = 2000
CHECKPOINT_PAGES: Final = 1000
PRIVATE: Final = 0o600
WAL_LIMIT_BYTES: Final = 16 * 1024 * 1024

# Ids of requests and visits begin with the time, so whatever a batch adds stands at the end of each index: a commit
# writes few pages, however many devices asked.
_SCHEMA: Final = """
CREATE TABLE events(
    seq INTEGER PRIMARY KEY, day TEXT NOT NULL, at TEXT NOT NULL, type TEXT NOT NULL, body TEXT NOT NULL,
    hash BLOB NOT NULL, visit_id TEXT
) STRICT;
CREATE INDEX events_visit ON events(visit_id, seq) WHERE visit_id IS NOT NULL;
CREATE INDEX events_day_opened ON events(seq) WHERE type='day_opened';
CREATE INDEX events_configuration ON events(seq) WHERE type='configuration_changed';
CREATE TABLE replies(
    device_id TEXT NOT NULL, request_id TEXT NOT NULL, body_hash BLOB NOT NULL, reply TEXT NOT NULL, day TEXT NOT NULL,
    PRIMARY KEY (request_id, device_id)
) STRICT, WITHOUT ROWID;
CREATE TABLE meta(name TEXT PRIMARY KEY, value) WITHOUT ROWID;
"""


class CommitUnknown(Exception):  # noqa: N818 -- a state of our knowledge.
    """The disk failed while committing: the transaction may have been kept or not. Reopen and look."""


class LogUnusable(Exception):  # noqa: N818 -- a state of the disk.
    """The log cannot be opened now; says why."""


class StoredReply(NamedTuple):
    """A reply as it was given to a device's request."""

    device_id: str
    request_id: str
    body_hash: bytes
    reply: bytes


def body_hash(body: bytes) -> bytes:
    """Give what tells two requests under one id apart."""
    return hashlib.sha256(body).digest()[:16]


class Log:
    """A branch's log, opened for writing. One connection, one thread; the named settings serve crash tests."""

    def __init__(
        self,
        path: Path,
        *,
        vfs: str | None = None,
        exclusive: bool = False,
        synchronous: Literal["FULL", "OFF"] = "FULL",
        checkpoint_pages: int = CHECKPOINT_PAGES,
    ) -> None:
        require_sqlite()
        self.path = path
        self._vfs = vfs
        self._exclusive = exclusive
        self._synchronous = synchronous
        self._checkpoint_pages = checkpoint_pages
        self._connection: apsw.Connection | None = None
        self._failed = False
        """A write failed; nothing is believed of this connection any more."""
        self.seq = 0
        self.hash = b""
        self.day = ""
        self._swept_to = ("", "")
        """The request and device up to which :meth:`prune_replies` has come."""
        if vfs is None:
            self._keep_private()
        self.reopen()

    # --- opening -----------------------------------------------------------------------------------------------------

    def reopen(self) -> None:
        """Open the file anew and read where the chain stands; raises :class:`LogUnusable` or :class:`NotALog`.

        The old connection is let go only when the new one has read: it keeps the write-ahead log and its index in their
        place, which on a full disk could not be made again, so that reading goes on there.
        """
        old, self._connection = self._connection, None
        if old is not None:
            with contextlib.suppress(apsw.Error):  # There may be none left to roll back.
                old.execute("ROLLBACK")
            if self._exclusive:
                _let_go(old)
        try:
            connection = apsw.Connection(str(self.path), vfs=self._vfs)
            try:
                self._prepare(connection)
                self.seq, self.hash = head_of(connection)
                opened = last_day_opened(connection)
            except BaseException:
                _let_go(connection)
                raise
        except apsw.Error as error:
            raise LogUnusable(f"{self.path} cannot be used: {error}") from error
        finally:
            if old is not None:
                _let_go(old)
        self._connection, self._failed = connection, False
        self.day = opened.day if opened is not None else ""

    def _keep_private(self) -> None:
        """Let the owner alone read the file; SQLite gives its -wal and -shm the same rights when it makes them."""
        try:
            # A file that is there is not opened here: closing it would drop the locks of connections in this process.
            if not self.path.exists():
                self.path.touch(mode=PRIVATE)
            for path in (self.path, *(self.path.with_name(self.path.name + end) for end in ("-wal", "-shm"))):
                if path.exists() and stat.S_IMODE(path.stat().st_mode) & ~PRIVATE:
                    path.chmod(PRIVATE)
        except OSError as error:
            raise LogUnusable(f"{self.path} cannot be used: {error}") from error

    def _prepare(self, connection: apsw.Connection) -> None:
        connection.set_busy_timeout(LOCK_WAIT_MS)
        if self._exclusive:
            connection.pragma("locking_mode", "EXCLUSIVE")
        # Until the file is in WAL mode it has a rollback journal, whose removal must outlive a power cut as well: with
        # FULL alone it may come back from the folder's unwritten block and roll the log back (seen in the crash tests).
        connection.pragma("synchronous", "EXTRA" if self._synchronous == "FULL" else "OFF")
        mode = connection.pragma("journal_mode", "WAL")
        if mode != "wal":
            raise LogUnusable(f"{self.path} lies where SQLite cannot keep a write-ahead log (mode {mode})")
        connection.pragma("synchronous", self._synchronous)
        connection.pragma("wal_autocheckpoint", self._checkpoint_pages)
        connection.pragma("journal_size_limit", WAL_LIMIT_BYTES)
        connection.pragma("trusted_schema", 0)
        version = connection.pragma("user_version")
        if version == 0:
            connection.execute("BEGIN IMMEDIATE")
            connection.execute(_SCHEMA)
            connection.pragma("user_version", SCHEMA_VERSION)
            connection.execute("COMMIT")
        elif version != SCHEMA_VERSION:
            raise NotALog(f"{self.path} has schema {version}; this program writes {SCHEMA_VERSION}")

    def close(self) -> None:
        """Let go of the file. What was committed stays; an open transaction is rolled back by the next opening."""
        connection, self._connection = self._connection, None
        if connection is not None:
            _let_go(connection)

    @property
    def usable(self) -> bool:
        """Whether the file is open and has not failed."""
        return self._connection is not None and not self._failed

    def _open(self) -> apsw.Connection:
        if self._connection is None or self._failed:
            raise LogUnusable(f"{self.path} is not open")
        return self._connection

    # --- writing -----------------------------------------------------------------------------------------------------

    def begin(self) -> None:
        """Begin the transaction of a batch; :meth:`append` ends it. What is looked up in between needs none of its own.

        Raises :class:`CommitUnknown`.
        """
        try:
            self._open().execute("BEGIN IMMEDIATE")
        except (apsw.Error, LogUnusable) as error:
            self._failed = True
            raise CommitUnknown(f"{self.path}: {error}") from error

    def append(self, events: Sequence[AnyEvent], replies: Sequence[StoredReply] = ()) -> None:
        """Commit events and replies together, durably. Raises :class:`CommitUnknown`, after which only reopen helps."""
        seq, previous, day = self.seq, self.hash, self.day
        rows = []
        for event in events:
            seq += 1
            day = event.day if isinstance(event, DayOpened) else day
            type_ = type(event).__struct_config__.tag
            assert isinstance(type_, str)
            columns = (day, event.at.isoformat(), type_, encode(event).decode())
            previous = chained(previous, seq, *columns)
            rows.append((seq, *columns, previous, getattr(event, "visit_id", None) or None))
        kept = [(one.device_id, one.request_id, one.body_hash, one.reply.decode(), day) for one in replies]
        self._write(
            [("INSERT INTO events VALUES(?,?,?,?,?,?,?)", rows), ("INSERT INTO replies VALUES(?,?,?,?,?)", kept)]
        )
        self.seq, self.hash, self.day = seq, previous, day

    def _write(self, changes: Sequence[tuple[str, Sequence[tuple[Any, ...]]]]) -> None:
        """Carry out statements, each for all its rows, and commit: in the transaction that was begun, or in its own."""
        try:
            connection = self._open()
            if not connection.in_transaction:
                if not any(rows for _, rows in changes):
                    return
                connection.execute("BEGIN IMMEDIATE")
            for statement, rows in changes:
                connection.executemany(statement, rows)
            connection.execute("COMMIT")
        except (apsw.Error, LogUnusable) as error:
            self._failed = True
            raise CommitUnknown(f"{self.path}: {error}") from error

    def probe(self) -> None:
        """Write one row of no meaning and commit it, to see whether the disk takes writes again."""
        self._set_meta("probe", self.seq)

    def next_epoch(self) -> int:
        """Raise the epoch by one, durably, and give it; called once at each start of a server."""
        epoch = int(self.meta("epoch") or 0) + 1
        self._set_meta("epoch", epoch)
        return epoch

    def skip_epochs(self, count: int) -> None:
        """Raise the epoch by more than one start, durably: for a branch that comes back from a copy."""
        self._set_meta("epoch", int(self.meta("epoch") or 0) + count)

    def meta(self, name: str) -> int | str | None:
        """Give a value that belongs to the branch rather than to its story."""
        for (value,) in self._reading("SELECT value FROM meta WHERE name=?", (name,)):
            assert isinstance(value, int | str)
            return value
        return None

    def _set_meta(self, name: str, value: int | str) -> None:
        try:
            self._open().execute(
                "INSERT INTO meta VALUES(?,?) ON CONFLICT(name) DO UPDATE SET value=excluded.value", (name, value)
            )
        except (apsw.Error, LogUnusable) as error:
            self._failed = True
            raise CommitUnknown(f"{self.path}: {error}") from error

    def prune_replies(self) -> int:
        """Look at the next few hundred replies and remove those older than the last 8 business days; gives how many.

        Each call goes on where the last one stopped, and round again. An index by day would find the old ones at once,
        but every command would have to write it: a fifth of the time until its number is safe.
        """
        query = "SELECT day FROM events WHERE type='day_opened' ORDER BY seq DESC LIMIT 1 OFFSET ?"
        oldest = [day for (day,) in self._reading(query, (REPLY_DAYS - 1,))]
        if not oldest:
            return 0
        query = (
            "SELECT request_id, device_id, day FROM replies WHERE (request_id, device_id)>(?,?) "
            "ORDER BY request_id, device_id LIMIT ?"
        )
        seen = self._reading(query, (*self._swept_to, PRUNE_AT_ONCE))
        self._swept_to = seen[-1][:2] if len(seen) == PRUNE_AT_ONCE else ("", "")
        old = [(request_id, device_id) for request_id, device_id, day in seen if day < oldest[0]]
        if old:
            self._write([("DELETE FROM replies WHERE request_id=? AND device_id=?", old)])
        return len(old)

    # --- reading, over the same connection ---------------------------------------------------------------------------

    def reply_to(self, device_id: str, request_id: str) -> StoredReply | None:
        """Give the reply that this device's request got, if it was decided."""
        query = "SELECT body_hash, reply FROM replies WHERE request_id=? AND device_id=?"
        for hash_, reply in self._reading(query, (request_id, device_id)):
            return StoredReply(device_id, request_id, hash_, reply.encode())
        return None

    def visit(self, visit_id: str) -> list[Row]:
        """Read a visit's events of whatever day."""
        try:
            return visit_of(self._open(), visit_id)
        except apsw.Error as error:
            raise LogUnusable(f"{self.path}: {error}") from error

    def rows(self, from_seq: int) -> Iterator[Row]:
        """Read rows in order; for the replay at the start."""
        try:
            yield from rows_of(self._open(), from_seq)
        except apsw.Error as error:
            raise LogUnusable(f"{self.path}: {error}") from error

    def last_day_opened(self) -> Row | None:
        """Give the row that opened the last business day."""
        try:
            return last_day_opened(self._open())
        except apsw.Error as error:
            raise LogUnusable(f"{self.path}: {error}") from error

    def configurations(self) -> Iterator[Row]:
        """Read the rows of all configurations, the latest first."""
        query = "SELECT seq FROM events WHERE type='configuration_changed' ORDER BY seq DESC"
        for (seq,) in self._reading(query, ()):
            yield from rows_of(self._open(), int(seq), 1)

    def hash_at(self, seq: int) -> bytes:
        """Give the hash of one row."""
        for (value,) in self._reading("SELECT hash FROM events WHERE seq=?", (seq,)):
            return bytes(value)
        return b""

    def end_of_month(self, month: str) -> int:
        """Give the seq up to which the log speaks of a month's business days: 0 where it had none.

        It is found by the index of openings; only the last day's own rows are read for its closing.
        """
        in_month = (f"{month}-01", f"{month}-31")
        query = "SELECT max(seq) FROM events WHERE type='day_opened' AND day BETWEEN ? AND ?"
        last = self._reading(query, in_month)[0][0]
        if last is None:
            return 0
        later = self._reading("SELECT min(seq) FROM events WHERE type='day_opened' AND seq>?", (last,))[0][0]
        if later is not None:
            return int(later) - 1
        closed = self._reading("SELECT max(seq) FROM events WHERE seq>? AND type='day_closed'", (last,))[0][0]
        return int(closed or self.seq)

    def _reading(self, query: str, bindings: tuple[str | int, ...]) -> list[tuple[Any, ...]]:
        try:
            return self._open().execute(query, bindings).fetchall()
        except apsw.Error as error:
            raise LogUnusable(f"{self.path}: {error}") from error


def _let_go(connection: apsw.Connection) -> None:
    # A disk that has failed fails at closing too; whatever matters is looked up at the next opening.
    with contextlib.suppress(apsw.Error):
        connection.close()


def write_head(path: Path, head: Head) -> None:
    """Add a head to the file of heads: whole or not at all, and safe from a power cut (write, fsync, rename)."""
    try:
        before = path.read_bytes()
    except FileNotFoundError:
        before = b""
    draft = path.with_suffix(".new")
    with draft.open("wb") as file:
        file.write(before + msgspec.json.encode(head) + b"\n")
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
