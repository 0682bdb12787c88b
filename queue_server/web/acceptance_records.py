"""What technicians have tried before a hall opens: each answer with who gave it and when, kept for ever.

An answer that was given is not changed: a later one about the same item stands beside it, and the last one counts.
"""

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, Literal, get_args

from queue_server.web.store import Store

ACCEPTANCE_FILE: Final = "acceptance.db"
NOTE_MOST: Final = 200

Verdict = Literal["passed", "failed", "skipped"]
VERDICTS: Final[tuple[Verdict, ...]] = get_args(Verdict)

_STEPS: Final = (
    (
        """CREATE TABLE answers (
            number INTEGER PRIMARY KEY AUTOINCREMENT,
            request_id TEXT NOT NULL UNIQUE,
            answered_at REAL NOT NULL,
            by_id TEXT NOT NULL,
            item TEXT NOT NULL,
            verdict TEXT NOT NULL CHECK (verdict IN ('passed', 'failed', 'skipped')),
            note TEXT NOT NULL
        ) STRICT""",
        """CREATE TRIGGER answers_are_not_changed BEFORE UPDATE ON answers
            BEGIN SELECT RAISE(ABORT, 'what was answered stays as it is'); END""",
        """CREATE TRIGGER answers_are_not_taken_away BEFORE DELETE ON answers
            BEGIN SELECT RAISE(ABORT, 'what was answered stays'); END""",
    ),
)


@dataclass(frozen=True, slots=True)
class Answer:
    """What somebody has found about an item. A failed or skipped one has a note that says why."""

    at: datetime
    by_id: str
    item: str
    verdict: Verdict
    note: str


class AcceptanceRecords:
    """The answers of this branch, in a file of their own beside the accounts."""

    def __init__(self, state: Path, utc_now: Callable[[], datetime]) -> None:
        self._store = Store(state / ACCEPTANCE_FILE, _STEPS)
        self._utc_now = utc_now

    def close(self) -> None:
        """Close the file."""
        self._store.close()

    def keep(self, request_id: str, by_id: str, item: str, verdict: Verdict, note: str) -> None:
        """Keep an answer; the same request sent twice is one answer."""
        with self._store.transaction() as connection:
            connection.execute(
                "INSERT OR IGNORE INTO answers (request_id, answered_at, by_id, item, verdict, note)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                (request_id, self._utc_now().timestamp(), by_id, item, verdict, note),
            )

    def last(self) -> dict[str, Answer]:
        """Give the answer that counts, by item."""
        rows = self._store.rows("SELECT * FROM answers ORDER BY number")
        return {row["item"]: _answer(row) for row in rows}

    def of(self, item: str) -> list[Answer]:
        """Give every answer about an item, the newest first."""
        rows = self._store.rows("SELECT * FROM answers WHERE item = ? ORDER BY number DESC", item)
        return [_answer(row) for row in rows]


def _answer(row: sqlite3.Row) -> Answer:
    at = datetime.fromtimestamp(row["answered_at"], UTC)
    return Answer(at, row["by_id"], row["item"], row["verdict"], row["note"])
