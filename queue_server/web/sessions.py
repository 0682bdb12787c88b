"""Who is signed in: random 256-bit tokens in a cookie, their SHA-256 in the store, time-outs per staff role.

A session ends by signing out, by idling, after a working day, by its owner's or a technician's hand, and whenever the
account's password, second factor or state changes. The streams of open pages do not count as activity, only what a
person does. Between password and second factor a session is short and opens nothing but the next door.
"""

import hashlib
import secrets
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from queue_server.web.accounts import Account, Role, account_of
from queue_server.web.changes import What, note
from queue_server.web.store import Store

IDLE_LIMIT_S: Final[dict[Role, int]] = {
    # A difficult dossier can keep a clerk from the console for long, and the counter would be lost in the middle of it.
    "clerk": 3600,
    "usher": 3600,
    "technician": 900,
    "manager": 1800,
    "inspector": 1800,
}
ABSOLUTE_LIMIT_S: Final = 36_000
CODE_LIMIT_S: Final = 300
"""So long a person may look for their phone."""

SESSIONS_OF_ONE: Final = 5
"""A sixth login ends the oldest session."""

_NOTED_EVERY_S: Final = 30
"""Activity is written down at most so often; a time-out is that much longer at worst."""


@dataclass(frozen=True, slots=True)
class Session:
    """A signed-in person. `session_id` is the hash of the token and may be shown or logged."""

    session_id: str
    account: Account
    code_due: bool
    """Whether the second factor has still to be shown."""


@dataclass(frozen=True, slots=True)
class SignedInPlace:
    """A session as it is listed."""

    session_id: str
    opened_at: datetime
    seen_at: datetime
    address: str


class Sessions:
    """All sessions of this branch."""

    def __init__(self, store: Store, utc_now: Callable[[], datetime]) -> None:
        self._store = store
        self._utc_now = utc_now

    def open(self, account: Account, address: str, *, code_due: bool = False) -> str:
        """Open a session and return its token for the cookie."""
        token = secrets.token_urlsafe(32)
        now_s = self._utc_now().timestamp()
        with self._store.transaction() as connection:
            _forget_outlived(connection, now_s)
            connection.execute(
                "INSERT INTO sessions VALUES (?, ?, ?, ?, ?, ?)",
                (session_id_of(token), account.clerk_id, now_s, now_s, address, int(code_due)),
            )
            connection.execute(
                # Whoever knows a password alone ends only sessions that stand before the second door, as theirs does.
                "DELETE FROM sessions WHERE clerk_id = ?1 AND code_due = ?2 AND token_hash NOT IN (SELECT token_hash"
                " FROM sessions WHERE clerk_id = ?1 AND code_due = ?2 ORDER BY opened_at DESC, rowid DESC LIMIT ?3)",
                (account.clerk_id, int(code_due), SESSIONS_OF_ONE),
            )
            if not code_due:
                note(connection, now_s, account.clerk_id, "signed_in", account.clerk_id)
        return token

    def find(self, token: str, *, active: bool) -> Session | None:
        """Give the session of a token unless it has ended; `active` tells that a person did something."""
        return self._of(session_id_of(token), active=active)

    def still(self, session_id: str) -> bool:
        """Tell whether a session goes on, for a stream that lives as long as it."""
        return self._of(session_id, active=False) is not None

    def of(self, clerk_id: str) -> list[SignedInPlace]:
        """Give the sessions in which a person is signed in, the last used first."""
        now_s = self._utc_now().timestamp()
        rows = self._store.rows(
            "SELECT * FROM sessions JOIN people USING (clerk_id)"
            " WHERE clerk_id = ? AND NOT code_due ORDER BY seen_at DESC, opened_at DESC",
            clerk_id,
        )
        return [
            SignedInPlace(
                row["token_hash"],
                datetime.fromtimestamp(row["opened_at"], UTC),
                datetime.fromtimestamp(row["seen_at"], UTC),
                row["address"],
            )
            for row in rows
            if not _is_over(row, now_s)
        ]

    def close(self, session_id: str) -> None:
        """End the session in which a person signs out."""
        self._close("signed_out", None, "token_hash = ?", session_id)

    def end(self, clerk_id: str, session_id: str, *, by: str) -> None:
        """End one session of a person."""
        self._close("session_ended", by, "clerk_id = ? AND token_hash = ?", clerk_id, session_id)

    def end_others(self, clerk_id: str, session_id: str, *, by: str) -> None:
        """End all sessions of a person but one."""
        self._close("session_ended", by, "clerk_id = ? AND token_hash <> ?", clerk_id, session_id)

    def _close(self, what: What, by: str | None, which: str, *values: str) -> None:
        """End sessions, each with its note; `by` None is the person."""
        with self._store.transaction() as connection:
            question = f"DELETE FROM sessions WHERE {which} RETURNING clerk_id, code_due"  # noqa: S608 -- a condition of ours.
            for clerk_id, code_due in connection.execute(question, values).fetchall():
                if not code_due:
                    note(connection, self._utc_now().timestamp(), by or clerk_id, what, clerk_id)

    def _of(self, session_id: str, *, active: bool) -> Session | None:
        question = "SELECT * FROM sessions JOIN people USING (clerk_id) WHERE token_hash = ? AND NOT disabled"
        rows = self._store.rows(question, session_id)
        if not rows:
            return None
        row, now_s = rows[0], self._utc_now().timestamp()
        if _is_over(row, now_s):
            with self._store.transaction() as connection:
                connection.execute("DELETE FROM sessions WHERE token_hash = ?", (session_id,))
            return None
        if active and now_s - row["seen_at"] > _NOTED_EVERY_S:
            with self._store.transaction() as connection:
                connection.execute("UPDATE sessions SET seen_at = ? WHERE token_hash = ?", (now_s, session_id))
        return Session(session_id, account_of(row), bool(row["code_due"]))


def session_id_of(token: str) -> str:
    """Give the hash under which a token is known; a stolen file of hashes opens no session."""
    return hashlib.sha256(token.encode()).hexdigest()


def _is_over(row: sqlite3.Row, now_s: float) -> bool:
    """Tell whether a session has outlived its limits."""
    open_s: float = now_s - row["opened_at"]
    idle_s: float = now_s - row["seen_at"]
    longest_s = CODE_LIMIT_S if row["code_due"] else ABSOLUTE_LIMIT_S
    return open_s > longest_s or idle_s > IDLE_LIMIT_S[row["staff_role"]]


def _forget_outlived(connection: sqlite3.Connection, now_s: float) -> None:
    connection.execute("DELETE FROM sessions WHERE opened_at < ?", (now_s - ABSOLUTE_LIMIT_S,))
