"""What was changed about people and devices through the pages: who, when, what, about whom. It only ever grows.

The branch's log belongs to the queue server, which knows neither passwords nor sessions and need not be there when one
is changed; so the pages note such changes themselves, in the same transaction as the change. Only ids stand here.

What the queue server changes for a page (a device, the hall) is noted before it is asked, and once more with what came
of it: neither a crash nor a lost answer leaves a change without a trace.
"""

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, Literal, get_args

from queue_server.web.store import Store

What = Literal[
    "account_created",
    "account_disabled",
    "account_enabled",
    "password_chosen",
    "password_reset",
    "second_factor_set",
    "second_factor_removed",
    "recovery_code_used",
    "signed_in",
    "signed_out",
    "sign_in_refused",
    "session_ended",
    "device_created",
    "device_revoked",
    "device_placed",
    "device_tried",
    "backup_made",
    "restore_tested",
    "restored",
    "draft_saved",
    "hall_changed",
    "hall_changes_next_day",
    "hall_change_taken_back",
    "system_added",
    "system_key_made",
    "system_key_revoked",
    "webhook_set",
    "webhook_removed",
    "deliveries_sent_again",
    "deliveries_forgotten",
]
KINDS: Final[tuple[What, ...]] = get_args(What)

Standing = Literal["asked", "done", "refused", "unknown"]
"""How a change stands that the queue server makes: it is noted before it is asked for, and what came of it after."""

AT_THE_MACHINE: Final = "@machine"
"""Who changes accounts by the tool on the machine itself; no account can have this id."""

PAGE: Final = 100


@dataclass(frozen=True, slots=True)
class Change:
    """One change. `detail` is a code: the role of a new account, or how a change stands ("" for one that was made)."""

    number: int
    changed_at: datetime
    by_id: str
    what: What
    about_id: str
    detail: str


class Changes:
    """All that was noted."""

    def __init__(self, store: Store, utc_now: Callable[[], datetime]) -> None:
        self._store = store
        self._utc_now = utc_now

    def add(self, by: str, what: What, about: str, standing: Standing = "done") -> None:
        """Note a change that is made elsewhere, and how it stands."""
        detail = "" if standing == "done" else standing
        with self._store.transaction() as connection:
            note(connection, self._utc_now().timestamp(), by, what, about, detail=detail)

    def now(self) -> datetime:
        """Give the instant at which a change would be noted now."""
        return self._utc_now()

    def before(self, number: int | None = None, about: str = "", *, most: int = PAGE) -> list[Change]:
        """Give the last changes before a number, newest first; of one person (by or about them), or of all."""
        rows = self._store.rows(
            "SELECT * FROM changes WHERE number < ? AND (? = '' OR by_id = ? OR about_id = ?)"
            " ORDER BY number DESC LIMIT ?",
            *(2**62 if number is None else number, about, about, about, most),
        )
        return [
            Change(number, datetime.fromtimestamp(at_s, UTC), by, what, about_id, detail)
            for number, at_s, by, what, about_id, detail in rows
        ]


def note(connection: sqlite3.Connection, now_s: float, by: str, what: What, about: str, *, detail: str = "") -> None:
    """Note a change within the transaction that makes it."""
    connection.execute(
        "INSERT INTO changes (changed_at, by_id, what, about_id, detail) VALUES (?, ?, ?, ?, ?)",
        (now_s, by, what, about, detail),
    )
