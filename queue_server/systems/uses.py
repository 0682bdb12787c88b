"""What the keys were used for: each change by itself, everything else counted by the hour.

A page that shows waiting times asks thousands of times a day; a line for each would hide the one that matters and cost
a write to disk. What a key changes in the hall stands here with the visit's id, which the branch's log has too. It is
noted before the hall is asked, so that neither a crash nor a lost answer leaves a change without a trace.
"""

import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from queue_server.store import Store
from queue_server.systems.register import instant

KEPT_DAYS: Final = 92
ACTS_MOST: Final = 200_000
_HOUR_S: Final = 3600
_DAY_S: Final = 86_400

UNKNOWN_KEY: Final = ""
"""Stands for requests without a good key: what they showed is nobody's business."""


@dataclass(frozen=True, slots=True)
class Use:
    """How often a key asked for something in an hour, and how it was answered."""

    hour_at: datetime
    key_id: str
    operation: str
    status: int
    count: int


@dataclass(frozen=True, slots=True)
class Act:
    """Something that a key changed."""

    at: datetime
    key_id: str
    operation: str
    visit_id: str
    done: bool
    """False: it was asked, and what became of it is not known here. The branch's log tells."""


class Uses:
    """The counts and the changes. Counts are in memory until they are flushed; a crash loses the last seconds."""

    def __init__(self, store: Store, utc_now: Callable[[], datetime]) -> None:
        self._store = store
        self._utc_now = utc_now
        self._lock = threading.Lock()
        self._counted: Counter[tuple[int, str, str, int]] = Counter()

    def count(self, key_id: str, operation: str, status: int) -> None:
        """Count one request."""
        hour = int(self._utc_now().timestamp()) // _HOUR_S
        with self._lock:
            self._counted[hour, key_id, operation, status] += 1

    def intend(self, key_id: str, operation: str, visit_id: str) -> int:
        """Note, at once and durably, what a key is about to change; gives the number of the note."""
        with self._store.transaction() as connection:
            noted = connection.execute(
                "INSERT INTO acts (at, key_id, operation, visit_id, done) VALUES (?, ?, ?, ?, 0)",
                (self._utc_now().timestamp(), key_id, operation, visit_id),
            )
            assert noted.lastrowid is not None, "a row was inserted"
            return noted.lastrowid

    def carried_out(self, number: int) -> None:
        """Note that what was intended has happened."""
        with self._store.transaction() as connection:
            connection.execute("UPDATE acts SET done = 1 WHERE number = ?", (number,))

    def refused(self, number: int) -> None:
        """Take an intention away that the hall refused: nothing was changed. The refusal is counted like any answer."""
        with self._store.transaction() as connection:
            connection.execute("DELETE FROM acts WHERE number = ? AND done = 0", (number,))

    def flush(self) -> None:
        """Keep what was counted, and forget what is too old."""
        with self._lock:
            counted, self._counted = self._counted, Counter()
        oldest_s = self._utc_now().timestamp() - KEPT_DAYS * _DAY_S
        if not counted and not self._outlived(oldest_s):
            return
        with self._store.transaction() as connection:
            connection.executemany(
                "INSERT INTO uses VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET count = count + excluded.count",
                [(*what, count) for what, count in counted.items()],
            )
            connection.execute("DELETE FROM uses WHERE hour < ?", (int(oldest_s) // _HOUR_S,))
            connection.execute(
                "DELETE FROM acts WHERE at < ? OR number <= (SELECT max(number) FROM acts) - ?", (oldest_s, ACTS_MOST)
            )

    def _outlived(self, oldest_s: float) -> bool:
        """Tell whether something is too old, though nobody has asked for anything since."""
        question = "SELECT EXISTS (SELECT 1 FROM uses WHERE hour < ?) OR EXISTS (SELECT 1 FROM acts WHERE at < ?)"
        return bool(self._store.rows(question, int(oldest_s) // _HOUR_S, oldest_s)[0][0])

    def last(self, system_id: str, most: int) -> list[Use]:
        """List the last hours in which a system used its keys, newest first."""
        rows = self._store.rows(
            "SELECT uses.* FROM uses JOIN keys USING (key_id) WHERE system_id = ?"
            " ORDER BY hour DESC, operation, status, key_id LIMIT ?",
            *(system_id, most),
        )
        return [
            Use(instant(row["hour"] * _HOUR_S), row["key_id"], row["operation"], row["status"], row["count"])
            for row in rows
        ]

    def acts(self, system_id: str, most: int) -> list[Act]:
        """List the last changes by a system, newest first."""
        rows = self._store.rows(
            "SELECT acts.* FROM acts JOIN keys USING (key_id) WHERE system_id = ? ORDER BY number DESC LIMIT ?",
            *(system_id, most),
        )
        return [
            Act(instant(row["at"]), row["key_id"], row["operation"], row["visit_id"], bool(row["done"])) for row in rows
        ]
