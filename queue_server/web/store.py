"""The file of the staff pages: `accounts.db` holds accounts, sessions and changes."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from queue_server import store

_STEPS: Final[tuple[tuple[str, ...], ...]] = (
    (
        # The file of the first release may be there already.
        """CREATE TABLE IF NOT EXISTS accounts (
            clerk_id TEXT PRIMARY KEY,
            shown_name TEXT NOT NULL,
            staff_role TEXT NOT NULL,
            password_hash TEXT NOT NULL,
            must_change INTEGER NOT NULL,
            disabled INTEGER NOT NULL DEFAULT 0,
            created_at REAL NOT NULL
        ) STRICT""",
        "CREATE TABLE IF NOT EXISTS secrets (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT",
    ),
    (
        "ALTER TABLE accounts ADD COLUMN password_at REAL NOT NULL DEFAULT 0",
        # A one-time password that is on its way to its person counts from the day of the change.
        "UPDATE accounts SET password_at = CAST(strftime('%s', 'now') AS REAL)",
        "DROP TABLE IF EXISTS sessions",
        """CREATE TABLE sessions (
            token_hash TEXT PRIMARY KEY,
            clerk_id TEXT NOT NULL REFERENCES accounts (clerk_id),
            opened_at REAL NOT NULL,
            seen_at REAL NOT NULL,
            address TEXT NOT NULL,
            code_due INTEGER NOT NULL
        ) STRICT""",
        """CREATE TABLE second_factors (
            clerk_id TEXT PRIMARY KEY REFERENCES accounts (clerk_id),
            secret TEXT,
            offered TEXT,
            last_step INTEGER NOT NULL DEFAULT 0,
            set_at REAL
        ) STRICT""",
        """CREATE TABLE recovery_codes (
            code_hash TEXT PRIMARY KEY,
            clerk_id TEXT NOT NULL REFERENCES accounts (clerk_id)
        ) STRICT""",
        """CREATE VIEW people AS SELECT accounts.*, EXISTS (
            SELECT 1 FROM second_factors WHERE second_factors.clerk_id = accounts.clerk_id AND secret IS NOT NULL
        ) AS has_second_factor FROM accounts""",
        """CREATE TABLE changes (
            number INTEGER PRIMARY KEY,
            changed_at REAL NOT NULL,
            by_id TEXT NOT NULL,
            what TEXT NOT NULL,
            about_id TEXT NOT NULL,
            detail TEXT NOT NULL
        ) STRICT""",
        """CREATE TRIGGER changes_are_not_changed BEFORE UPDATE ON changes
            BEGIN SELECT RAISE(ABORT, 'what was noted stays as it is'); END""",
        """CREATE TRIGGER changes_are_not_taken_away BEFORE DELETE ON changes
            BEGIN SELECT RAISE(ABORT, 'what was noted stays'); END""",
    ),
)
"""What each version of the file added; `user_version` tells how many of them a file has."""


class Store(store.Store):
    """The accounts' file, or another of the pages' own."""

    def __init__(self, path: Path, steps: Sequence[Sequence[str]] = _STEPS) -> None:
        super().__init__(path, steps)
