"""`accounts.db`: one small SQLite file with accounts and sessions, shared by the threads of the web program."""

import secrets
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_SCHEMA = """
CREATE TABLE IF NOT EXISTS accounts (
    clerk_id TEXT PRIMARY KEY,
    shown_name TEXT NOT NULL,
    staff_role TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    must_change INTEGER NOT NULL,
    disabled INTEGER NOT NULL DEFAULT 0,
    created_at REAL NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS sessions (
    token_hash TEXT PRIMARY KEY,
    clerk_id TEXT NOT NULL REFERENCES accounts (clerk_id),
    opened_at REAL NOT NULL,
    seen_at REAL NOT NULL,
    address TEXT NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS secrets (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
"""

_BUSY_TIMEOUT_S = 5.0
"""How long we wait for the account tool, the only other writer, to finish."""


class Store:
    """One connection behind one lock: a page view costs a few microseconds here, and nothing can interleave."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        path.touch(mode=0o600)
        self._lock = threading.Lock()
        self._connection = sqlite3.connect(path, timeout=_BUSY_TIMEOUT_S, check_same_thread=False, isolation_level=None)
        self._connection.row_factory = sqlite3.Row
        self._connection.executescript("PRAGMA journal_mode=WAL; PRAGMA foreign_keys=ON;" + _SCHEMA)

    def close(self) -> None:
        """Close the file; nothing may be asked afterwards."""
        with self._lock:
            self._connection.close()

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Give the connection for one transaction: all of it happens, or none."""
        with self._lock:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")

    def rows(self, question: str, *values: str | float) -> list[sqlite3.Row]:
        """Read all rows that a question gives."""
        with self._lock:
            return self._connection.execute(question, values).fetchall()

    def secret(self, name: str) -> bytes:
        """Give a secret of this program, 256 random bits made when first asked for."""
        with self.transaction() as connection:
            connection.execute("INSERT OR IGNORE INTO secrets VALUES (?, ?)", (name, secrets.token_hex(32)))
        return bytes.fromhex(self.rows("SELECT value FROM secrets WHERE name = ?", name)[0]["value"])
