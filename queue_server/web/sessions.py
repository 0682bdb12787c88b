"""Who is signed in: random 256-bit tokens in a cookie, their SHA-256 in the store, time-outs per staff role.

A session ends by signing out, by idling, after a working day, and whenever the account's password or state changes.
The streams of open pages do not count as activity, only what a person does.
"""

import hashlib
import secrets
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from queue_server.web.accounts import Account, Role
from queue_server.web.store import Store

IDLE_LIMIT_S: Final[dict[Role, int]] = {
    # A difficult dossier can keep a clerk from the console for long, and the counter would be lost in the middle of it.
    "clerk": 3600,
    "technician": 900,
    "manager": 1800,
    "inspector": 1800,
}
ABSOLUTE_LIMIT_S: Final = 36_000
SESSIONS_OF_ONE: Final = 5
"""A sixth login ends the oldest session."""

_NOTED_EVERY_S: Final = 30
"""Activity is written down at most so often; a time-out is that much longer at worst."""


@dataclass(frozen=True, slots=True)
class Session:
    """A signed-in person. `session_id` is the hash of the token and may be shown or logged."""

    session_id: str
    account: Account


class Sessions:
    """All sessions of this branch."""

    def __init__(self, store: Store, utc_now: Callable[[], datetime]) -> None:
        self._store = store
        self._utc_now = utc_now

    def open(self, account: Account, address: str) -> str:
        """Open a session and return its token for the cookie."""
        token = secrets.token_urlsafe(32)
        now_s = self._utc_now().timestamp()
        with self._store.transaction() as connection:
            _forget_outlived(connection, now_s)
            connection.execute(
                "INSERT INTO sessions VALUES (?, ?, ?, ?, ?)",
                (session_id_of(token), account.clerk_id, now_s, now_s, address),
            )
            connection.execute(
                "DELETE FROM sessions WHERE clerk_id = ?1 AND token_hash NOT IN"
                " (SELECT token_hash FROM sessions WHERE clerk_id = ?1 ORDER BY opened_at DESC, rowid DESC LIMIT ?2)",
                (account.clerk_id, SESSIONS_OF_ONE),
            )
        return token

    def find(self, token: str, *, active: bool) -> Session | None:
        """Give the session of a token unless it has ended; `active` tells that a person did something."""
        return self._of(session_id_of(token), active=active)

    def still(self, session_id: str) -> bool:
        """Tell whether a session goes on, for a stream that lives as long as it."""
        return self._of(session_id, active=False) is not None

    def close(self, session_id: str) -> None:
        """End a session."""
        with self._store.transaction() as connection:
            connection.execute("DELETE FROM sessions WHERE token_hash = ?", (session_id,))

    def _of(self, session_id: str, *, active: bool) -> Session | None:
        question = "SELECT * FROM sessions JOIN accounts USING (clerk_id) WHERE token_hash = ? AND NOT disabled"
        rows = self._store.rows(question, session_id)
        if not rows:
            return None
        row, now_s = rows[0], self._utc_now().timestamp()
        if now_s - row["seen_at"] > IDLE_LIMIT_S[row["staff_role"]] or now_s - row["opened_at"] > ABSOLUTE_LIMIT_S:
            self.close(session_id)
            return None
        if active and now_s - row["seen_at"] > _NOTED_EVERY_S:
            with self._store.transaction() as connection:
                connection.execute("UPDATE sessions SET seen_at = ? WHERE token_hash = ?", (now_s, session_id))
        account = Account(
            row["clerk_id"], row["shown_name"], row["staff_role"], bool(row["must_change"]), bool(row["disabled"])
        )
        return Session(session_id, account)


def session_id_of(token: str) -> str:
    """Give the hash under which a token is known; a stolen file of hashes opens no session."""
    return hashlib.sha256(token.encode()).hexdigest()


def _forget_outlived(connection: sqlite3.Connection, now_s: float) -> None:
    connection.execute("DELETE FROM sessions WHERE opened_at < ?", (now_s - ABSOLUTE_LIMIT_S,))
