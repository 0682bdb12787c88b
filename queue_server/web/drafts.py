"""The draft of the hall's configuration: every state that was ever saved, by whom and why; and what was published.

There is one draft. Each save names the save it was begun from; when somebody else has saved meanwhile it is refused,
so that nobody writes over what they have not seen. A save is one transaction on disk (`drafts.db`, synchronous=FULL):
after a crash it is there as a whole, or the one before it is. Texts are kept once, by their SHA-256; the oldest saves
that were never published are let go beyond `KEPT_SAVES`.

What is effective is none of this file's business: the queue server's log says so (`effective`).
"""

import hashlib
import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, Literal

import msgspec

from queue_server.web.store import Store

DRAFTS_FILE: Final = "drafts.db"
KEPT_SAVES: Final = 300
REASON_MOST: Final = 200
FILES_MOST: Final = 16
TEXT_MOST_BYTES: Final = 1_000_000
"""One file of the hall, as at the machine (`queue_server.config`)."""

_STEPS: Final = (
    (
        "CREATE TABLE texts (hash TEXT PRIMARY KEY, text TEXT NOT NULL) STRICT",
        """CREATE TABLE saves (
            number INTEGER PRIMARY KEY AUTOINCREMENT,
            saved_at REAL NOT NULL,
            by_id TEXT NOT NULL,
            why TEXT NOT NULL,
            begun_from INTEGER NOT NULL,
            files TEXT NOT NULL
        ) STRICT""",
        """CREATE TABLE publications (
            number INTEGER PRIMARY KEY AUTOINCREMENT,
            published_at REAL NOT NULL,
            by_id TEXT NOT NULL,
            why TEXT NOT NULL,
            configuration_id TEXT NOT NULL,
            effective TEXT NOT NULL,
            save_number INTEGER NOT NULL
        ) STRICT""",
        """CREATE TABLE trials (
            save_number INTEGER PRIMARY KEY,
            tried_at REAL NOT NULL,
            by_id TEXT NOT NULL,
            result TEXT NOT NULL
        ) STRICT""",
    ),
)

Sources = Mapping[str, str]
Effective = Literal["now", "next_day", "taken_back"]


class TooLarge(Exception):  # noqa: N818 -- it says what the draft is.
    """A file of the draft is larger than a configuration may be, or there are too many."""


class SavedMeanwhile(Exception):  # noqa: N818 -- it says what happened.
    """Somebody saved the draft since this change of it was begun; `save` is theirs."""

    def __init__(self, save: "Save") -> None:
        super().__init__(f"save {save.number} is newer")
        self.save = save


@dataclass(frozen=True, slots=True)
class Save:
    """One saved state of the draft. `begun_from` is the save that it was made of, 0 for none."""

    number: int
    saved_at: datetime
    by_id: str
    why: str
    begun_from: int
    sources: Sources


@dataclass(frozen=True, slots=True)
class Publication:
    """A configuration that somebody published through the pages."""

    published_at: datetime
    by_id: str
    why: str
    configuration_id: str
    effective: Effective
    save_number: int


@dataclass(frozen=True, slots=True)
class Trial:
    """The result of a replay of one save, as `motcua replay --json` gave it."""

    save_number: int
    tried_at: datetime
    by_id: str
    result: bytes


class Drafts:
    """The draft, its past, and its publications."""

    def __init__(self, state: Path, utc_now: Callable[[], datetime]) -> None:
        self._store = Store(state / DRAFTS_FILE, _STEPS)
        self._utc_now = utc_now

    def close(self) -> None:
        """Close the file; nothing may be asked afterwards."""
        self._store.close()

    def last(self) -> Save | None:
        """Give the draft as it was last saved."""
        return next(iter(self.saves(most=1)), None)

    def save_of(self, number: int) -> Save | None:
        """Give one save, unless it was let go."""
        rows = self._store.rows("SELECT * FROM saves WHERE number = ?", number)
        return self._read(rows[0]) if rows else None

    def saves(self, *, most: int) -> list[Save]:
        """Give the last saves, newest first."""
        return [self._read(row) for row in self._store.rows("SELECT * FROM saves ORDER BY number DESC LIMIT ?", most)]

    def save(self, sources: Sources, *, by: str, why: str, begun_from: int) -> Save:
        """Keep the draft. Raises :class:`SavedMeanwhile`, :class:`TooLarge`; the same text again is no new save."""
        _check_size(sources)
        with self._store.transaction() as connection:
            row = connection.execute("SELECT * FROM saves ORDER BY number DESC LIMIT 1").fetchone()
            last = self._read(row, connection) if row else None
            if last is not None and last.number != begun_from:
                raise SavedMeanwhile(last)
            if last is not None and last.sources == dict(sources):
                return last
            files = {}
            for name, text in sources.items():
                files[name] = hashlib.sha256(text.encode()).hexdigest()
                connection.execute("INSERT OR IGNORE INTO texts VALUES (?, ?)", (files[name], text))
            at = self._utc_now()
            made = connection.execute(
                "INSERT INTO saves (saved_at, by_id, why, begun_from, files) VALUES (?, ?, ?, ?, ?)",
                (at.timestamp(), by, why[:REASON_MOST], begun_from, msgspec.json.encode(files).decode()),
            )
            number = int(made.lastrowid or 0)
            self._let_go(connection)
        return Save(number, at, by, why[:REASON_MOST], begun_from, dict(sources))

    def publish(self, save: Save | None, *, by: str, why: str, configuration_id: str, effective: Effective) -> None:
        """Note that a configuration was published, of this save (None: an earlier configuration came back)."""
        with self._store.transaction() as connection:
            connection.execute(
                "INSERT INTO publications (published_at, by_id, why, configuration_id, effective, save_number)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                (
                    self._utc_now().timestamp(), by, why[:REASON_MOST], configuration_id, effective,
                    save.number if save else 0,
                ),
            )  # fmt: skip

    def publications(self, *, most: int) -> list[Publication]:
        """Give the last publications, newest first."""
        rows = self._store.rows("SELECT * FROM publications ORDER BY number DESC LIMIT ?", most)
        return [
            Publication(
                datetime.fromtimestamp(row["published_at"], UTC),
                row["by_id"],
                row["why"],
                row["configuration_id"],
                row["effective"],
                row["save_number"],
            )
            for row in rows
        ]

    def keep_trial(self, save_number: int, by: str, result: bytes) -> None:
        """Keep what a replay of a save found; an earlier result of the same save gives way."""
        with self._store.transaction() as connection:
            connection.execute(
                "INSERT OR REPLACE INTO trials VALUES (?, ?, ?, ?)",
                (save_number, self._utc_now().timestamp(), by, result.decode()),
            )

    def trial(self, save_number: int) -> Trial | None:
        """Give what a replay of this save found."""
        rows = self._store.rows("SELECT * FROM trials WHERE save_number = ?", save_number)
        for row in rows:
            tried_at = datetime.fromtimestamp(row["tried_at"], UTC)
            return Trial(save_number, tried_at, row["by_id"], row["result"].encode())
        return None

    def _read(self, row: sqlite3.Row, connection: sqlite3.Connection | None = None) -> Save:
        hashes = msgspec.json.decode(row["files"], type=dict[str, str])
        question = "SELECT text FROM texts WHERE hash = ?"

        def text(of: str) -> str:
            if connection is not None:
                return str(connection.execute(question, (of,)).fetchone()["text"])
            return str(self._store.rows(question, of)[0]["text"])

        sources = {name: text(of) for name, of in hashes.items()}
        at = datetime.fromtimestamp(row["saved_at"], UTC)
        return Save(row["number"], at, row["by_id"], row["why"], row["begun_from"], sources)

    @staticmethod
    def _let_go(connection: sqlite3.Connection) -> None:
        """Let the oldest saves go that were never published, and the texts and trials that nothing names any more."""
        connection.execute(
            "DELETE FROM saves WHERE number NOT IN (SELECT save_number FROM publications)"
            " AND number NOT IN (SELECT number FROM saves ORDER BY number DESC LIMIT ?)",
            (KEPT_SAVES,),
        )
        connection.execute("DELETE FROM trials WHERE save_number NOT IN (SELECT number FROM saves)")
        connection.execute("DELETE FROM texts WHERE hash NOT IN (SELECT value FROM saves, json_each(saves.files))")


def _check_size(sources: Sources) -> None:
    if len(sources) > FILES_MOST:
        raise TooLarge(f"{len(sources)} files")
    for name, text in sources.items():
        if len(text.encode()) > TEXT_MOST_BYTES:
            raise TooLarge(name)
