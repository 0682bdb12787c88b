"""`systems.db`: its tables, and the four things that are kept in it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final, Self

from queue_server.store import Store
from queue_server.systems.outbox import Outbox
from queue_server.systems.register import Register
from queue_server.systems.uses import Uses
from queue_server.systems.webhooks import Webhooks

SYSTEMS_FILE: Final = "systems.db"

STEPS: Final[tuple[tuple[str, ...], ...]] = (
    (
        "CREATE TABLE secrets (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT",
        """CREATE TABLE systems (
            system_id TEXT PRIMARY KEY,
            title TEXT NOT NULL,
            made_at REAL NOT NULL,
            made_by TEXT NOT NULL
        ) STRICT""",
        """CREATE TABLE keys (
            key_id TEXT PRIMARY KEY,
            system_id TEXT NOT NULL REFERENCES systems (system_id),
            secret_hash TEXT NOT NULL,
            rights TEXT NOT NULL,
            per_minute INTEGER NOT NULL,
            made_at REAL NOT NULL,
            made_by TEXT NOT NULL,
            revoked_at REAL
        ) STRICT""",
        """CREATE TABLE webhooks (
            system_id TEXT PRIMARY KEY REFERENCES systems (system_id),
            webhook_id TEXT NOT NULL UNIQUE,
            address TEXT NOT NULL,
            kinds TEXT NOT NULL,
            secret TEXT NOT NULL,
            made_at REAL NOT NULL,
            made_by TEXT NOT NULL,
            delivered INTEGER NOT NULL DEFAULT 0,
            delivered_at REAL,
            failures INTEGER NOT NULL DEFAULT 0,
            again_at REAL NOT NULL DEFAULT 0,
            problem TEXT NOT NULL DEFAULT ''
        ) STRICT""",
        """CREATE TABLE deliveries (
            number INTEGER PRIMARY KEY AUTOINCREMENT,
            webhook_id TEXT NOT NULL REFERENCES webhooks (webhook_id) ON DELETE CASCADE,
            delivery_id TEXT NOT NULL UNIQUE,
            kind TEXT NOT NULL,
            body TEXT NOT NULL,
            made_at REAL NOT NULL,
            tries INTEGER NOT NULL DEFAULT 0,
            problem TEXT NOT NULL DEFAULT '',
            dead_at REAL
        ) STRICT""",
        "CREATE INDEX deliveries_of ON deliveries (webhook_id, dead_at, number)",
        "CREATE TABLE followed (seq INTEGER NOT NULL, hash BLOB NOT NULL, webhook_ids TEXT NOT NULL) STRICT",
        """CREATE TABLE uses (
            hour INTEGER NOT NULL,
            key_id TEXT NOT NULL,
            operation TEXT NOT NULL,
            status INTEGER NOT NULL,
            count INTEGER NOT NULL,
            PRIMARY KEY (hour, key_id, operation, status)
        ) STRICT""",
        """CREATE TABLE acts (
            number INTEGER PRIMARY KEY,
            at REAL NOT NULL,
            key_id TEXT NOT NULL,
            operation TEXT NOT NULL,
            visit_id TEXT NOT NULL
        ) STRICT""",
        "CREATE INDEX acts_of ON acts (key_id, number)",
    ),
    # What was noted before then was noted once it was done.
    ("ALTER TABLE acts ADD COLUMN done INTEGER NOT NULL DEFAULT 1",),
)


@dataclass(frozen=True)
class SystemsFile:
    """The file, open. For any thread."""

    store: Store
    register: Register
    webhooks: Webhooks
    outbox: Outbox
    uses: Uses

    @classmethod
    def at(cls, path: Path, utc_now: Callable[[], datetime]) -> Self:
        """Open the file, or make it; raises sqlite3.Error or OSError."""
        store = Store(path, STEPS, "TRUNCATE")
        return cls(
            store, Register(store, utc_now), Webhooks(store, utc_now), Outbox(store, utc_now), Uses(store, utc_now)
        )

    def close(self) -> None:
        """Keep what was counted and close the file."""
        self.uses.flush()
        self.store.close()
