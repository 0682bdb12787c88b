"""Print jobs on disk: what has been asked for, and how far each has come.

One table in ``<state>/<device>/jobs.db``, WAL, ``synchronous=FULL``. A job is known by (job_id, attempt): attempt 0 is
the ticket, attempt n its n-th reprint with the same number. States::

    queued ── sending ── sent ── confirmed          the way it should go
       │         │         │
       ├─────────┴─ held ──┘                        waits for paper, cover, cutter or link; goes on by itself
       │              │
       failed         ├── void                      taken back before it was printed
     (never sent)     └── uncertain                 nobody can know; only a person may ask for a reprint

What is ``settled`` changes no more. A job that has been settled loses its bytes, not its row.
"""

import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

import apsw

from hardware.printer.paper import Paper

KEPT_DAYS: Final = 8
WAITING_MOST: Final = 50
BUSY_TIMEOUT_MS: Final = 2000
SERIALS_BEFORE_FIRST: Final = 80_000_000
"""Within what four printable characters can tell apart (`commands.process_id`)."""


class JobState(StrEnum):
    """How far a job has come."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    CONFIRMED = "confirmed"
    HELD = "held"
    UNCERTAIN = "uncertain"
    FAILED = "failed"
    VOID = "void"


@dataclass(frozen=True, slots=True)
class Job:
    """One piece of paper that is wanted. ``serial`` is unique in its table and names the job to the printer."""

    job_id: str
    visit_id: str
    attempt: int
    serial: int
    body: bytes
    submitted_at: datetime


@dataclass(frozen=True, slots=True)
class JobRecord:
    """What the table knows about a job. An instant that has not come is None."""

    job_id: str
    visit_id: str
    attempt: int
    state: JobState
    reason: str
    settled: bool
    replied_at: datetime | None  # When the server's reply reached the terminal, as told with the job.
    submitted_at: datetime
    started_at: datetime | None  # Just before the first byte was handed to the link.
    handed_at: datetime | None  # When the last byte had been handed to the link.
    changed_at: datetime


class TooManyJobs(Exception):  # noqa: N818 - named for what happened.
    """More tickets wait for this printer than it could print while their citizens are there."""


class JobMissing(Exception):  # noqa: N818 - named for what happened.
    """No such job was ever submitted."""


_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS jobs(
  serial INTEGER PRIMARY KEY AUTOINCREMENT,
  job_id TEXT NOT NULL, attempt INTEGER NOT NULL, visit_id TEXT NOT NULL,
  state TEXT NOT NULL, reason TEXT NOT NULL, settled INTEGER NOT NULL, handed INTEGER NOT NULL DEFAULT 0,
  replied_us INTEGER, submitted_us INTEGER NOT NULL, started_us INTEGER, handed_us INTEGER, changed_us INTEGER NOT NULL,
  body BLOB,
  UNIQUE(job_id, attempt)) STRICT;
CREATE INDEX IF NOT EXISTS unsettled ON jobs(serial) WHERE settled = 0;
CREATE TABLE IF NOT EXISTS counters(name TEXT PRIMARY KEY, value REAL NOT NULL) STRICT;
"""

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def _us(at: datetime | None) -> int | None:
    return None if at is None else (at - _EPOCH) // timedelta(microseconds=1)


def _at(us: int | None) -> datetime | None:
    return None if us is None else _EPOCH + timedelta(microseconds=us)


class JobTable:
    """The table, usable from several threads. Each change is on disk when its method returns. Raises apsw.Error."""

    def __init__(self, path: Path, now: datetime) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._lock = threading.Lock()
        self._connection: Any = apsw.Connection(str(path))
        self._connection.set_busy_timeout(BUSY_TIMEOUT_MS)
        for pragma in ("journal_mode=WAL", "synchronous=FULL"):
            self._connection.execute(f"PRAGMA {pragma}").fetchall()
        self._connection.execute(_SCHEMA)
        # Each table counts from a place of its own: a late answer to another program's ticket must name no job here.
        self._connection.execute(
            "INSERT INTO sqlite_sequence(name, seq) SELECT 'jobs', ?"
            " WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = 'jobs')",
            (secrets.randbelow(SERIALS_BEFORE_FIRST),),
        )
        oldest = _us(now - timedelta(days=KEPT_DAYS))
        self._connection.execute("DELETE FROM jobs WHERE settled = 1 AND changed_us < ?", (oldest,))

    @contextmanager
    def _transaction(self) -> Iterator[Any]:
        with self._lock, self._connection:
            yield self._connection

    def close(self) -> None:
        """Close the file; the table may not be used afterwards."""
        with self._lock:
            self._connection.close()

    def add(
        self, job_id: str, visit_id: str, body: bytes, *, attempt: int, now: datetime, replied_at: datetime | None
    ) -> Job | None:
        """Keep a new job; None when it is known already. Raises TooManyJobs."""
        with self._transaction() as connection:
            known = connection.execute("SELECT 1 FROM jobs WHERE job_id = ? AND attempt = ?", (job_id, attempt))
            if known.fetchone():
                return None
            (waiting,) = connection.execute("SELECT count(*) FROM jobs WHERE settled = 0").fetchone()
            if waiting >= WAITING_MOST:
                raise TooManyJobs(f"{waiting} tickets wait for this printer: see whether it is on and has paper")
            us = _us(now)
            connection.execute(
                "INSERT INTO jobs(job_id, attempt, visit_id, state, reason, settled, replied_us, submitted_us,"
                " changed_us, body) VALUES(?, ?, ?, 'queued', '', 0, ?, ?, ?, ?)",
                (job_id, attempt, visit_id, _us(replied_at), us, us, body),
            )
            return Job(job_id, visit_id, attempt, connection.last_insert_rowid(), body, now)

    def record(self, serial: int, state: JobState, reason: str, *, settled: bool, now: datetime) -> None:
        """Note how far a job has come. The first ``sending`` and ``sent`` leave their instants."""
        us = _us(now)
        with self._transaction() as connection:
            connection.execute(
                "UPDATE jobs SET state = ?1, reason = ?2, settled = ?3, changed_us = ?4,"
                " started_us = CASE WHEN ?1 = 'sending' THEN coalesce(started_us, ?4) ELSE started_us END,"
                " handed_us = CASE WHEN ?1 = 'sent' THEN coalesce(handed_us, ?4) ELSE handed_us END,"
                " handed = max(handed, ?1 IN ('sending', 'sent')),"
                " body = CASE WHEN ?3 THEN NULL ELSE body END WHERE serial = ?5 AND settled = 0",
                (state, reason, int(settled), us, serial),
            )

    def put_back(self, serial: int, now: datetime) -> None:
        """Queue a job again of which not one byte has left."""
        with self._transaction() as connection:
            connection.execute(
                "UPDATE jobs SET state = 'queued', reason = '', handed = 0, started_us = NULL, changed_us = ?"
                " WHERE serial = ? AND settled = 0",
                (_us(now), serial),
            )

    def unsettled(self) -> tuple[list[Job], list[Job]]:
        """Return the jobs of an earlier run: (those of which nothing has left, those of which something may have)."""
        with self._lock:
            rows = self._connection.execute(
                "SELECT handed, job_id, visit_id, attempt, serial, body, submitted_us FROM jobs"
                " WHERE settled = 0 ORDER BY serial"
            ).fetchall()
        jobs: tuple[list[Job], list[Job]] = ([], [])
        for handed, job_id, visit_id, attempt, serial, body, submitted_us in rows:
            submitted_at = _at(submitted_us)
            assert submitted_at is not None
            jobs[handed].append(Job(job_id, visit_id, attempt, serial, body, submitted_at))
        return jobs

    def attempts(self, job_id: str) -> list[JobRecord]:
        """Return the ticket and its reprints, in order; empty when the job is unknown."""
        with self._lock:
            rows = self._connection.execute(
                "SELECT job_id, visit_id, attempt, state, reason, settled, replied_us, submitted_us, started_us,"
                " handed_us, changed_us FROM jobs WHERE job_id = ? ORDER BY attempt",
                (job_id,),
            ).fetchall()
        return [_record(*row) for row in rows]

    def paper(self) -> Paper:
        """Return what is known of the roll."""
        with self._lock:
            kept: dict[str, float] = dict(self._connection.execute("SELECT name, value FROM counters").fetchall())
        return Paper(
            used_mm=kept.get("paper_used_mm", 0.0),
            ticket_mm=kept.get("ticket_mm", 0.0),
            tickets_since_near_end=int(kept.get("tickets_since_near_end", 0.0)),
            near_end=bool(kept.get("near_end", 0.0)),
            known=bool(kept.get("roll_known", 0.0)),
        )

    def keep_paper(self, paper: Paper) -> None:
        """Keep what is known of the roll."""
        values = {
            "paper_used_mm": paper.used_mm,
            "ticket_mm": paper.ticket_mm,
            "tickets_since_near_end": float(paper.tickets_since_near_end),
            "near_end": float(paper.near_end),
            "roll_known": float(paper.known),
        }
        with self._transaction() as connection:
            for counter in values.items():
                connection.execute("INSERT OR REPLACE INTO counters VALUES(?, ?)", counter)


def _record(*row: Any) -> JobRecord:
    job_id, visit_id, attempt, state, reason, settled, *instants_us = row
    replied_at, submitted_at, started_at, handed_at, changed_at = (_at(us) for us in instants_us)
    assert submitted_at is not None
    assert changed_at is not None
    return JobRecord(
        job_id=job_id,
        visit_id=visit_id,
        attempt=attempt,
        state=JobState(state),
        reason=reason,
        settled=bool(settled),
        replied_at=replied_at,
        submitted_at=submitted_at,
        started_at=started_at,
        handed_at=handed_at,
        changed_at=changed_at,
    )
