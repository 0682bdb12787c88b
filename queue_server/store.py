"""A small SQLite file that the threads of a program share, and perhaps another program on the same machine."""

import secrets
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final, Literal

_BUSY_TIMEOUT_S: Final = 5.0
"""How long we wait for another process that writes to finish."""

Journal = Literal["WAL", "TRUNCATE"]


class Store:
    """One connection behind one lock: a page view costs a few microseconds here, and nothing can interleave.

    `steps` are what each version of the file added; `user_version` tells how many of them a file has. Where two
    programs write all day the journal is TRUNCATE: SQLite before 3.51.3, which may be the machine's, can lose pages of
    a WAL when two connections checkpoint at once.
    """

    def __init__(self, path: Path, steps: Sequence[Sequence[str]], journal: Journal = "WAL") -> None:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        path.touch(mode=0o600)
        self._lock = threading.Lock()
        self._connection = sqlite3.connect(path, timeout=_BUSY_TIMEOUT_S, check_same_thread=False, isolation_level=None)
        self._connection.row_factory = sqlite3.Row
        self._connection.executescript(
            f"PRAGMA journal_mode={journal}; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"
        )
        with self.transaction() as connection:
            (version,) = connection.execute("PRAGMA user_version").fetchone()
            for step in steps[version:]:
                for statement in step:
                    connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {max(version, len(steps))}")

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
