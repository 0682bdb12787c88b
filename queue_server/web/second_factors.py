"""The second factor: a code that a phone shows for half a minute (TOTP, RFC 6238), and codes on paper for a lost phone.

The phone's clock may differ by one step of 30 s to either side. A code opens the door once, and none before it opens
any more (RFC 6238, 5.2). Recovery codes have 118 random bits each, so their SHA-256 gives nothing away (ASVS 6.5.2);
each works once.
"""

import hashlib
import hmac
import secrets
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

import pyotp

from queue_server.web.accounts import ONE_TIME_ALPHABET
from queue_server.web.changes import note
from queue_server.web.store import Store

STEPS_ASIDE: Final = 1
RECOVERY_CODES: Final = 8
_GROUPS: Final = 6
_GROUP: Final = 4


@dataclass(frozen=True, slots=True)
class Standing:
    """What a person has: since when a phone, and how many recovery codes are unused."""

    set_at: datetime | None
    codes_left: int


class SecondFactors:
    """The second factors of all accounts."""

    def __init__(self, store: Store, utc_now: Callable[[], datetime]) -> None:
        self._store = store
        self._utc_now = utc_now

    def standing(self, clerk_id: str) -> Standing:
        """Tell what a person has."""
        rows = self._store.rows("SELECT set_at FROM second_factors WHERE clerk_id = ?", clerk_id)
        (left,) = self._store.rows("SELECT count(*) FROM recovery_codes WHERE clerk_id = ?", clerk_id)[0]
        set_at_s = rows[0]["set_at"] if rows else None
        return Standing(None if set_at_s is None else datetime.fromtimestamp(set_at_s, UTC), left)

    def offer(self, clerk_id: str) -> str:
        """Give the secret that this person's phone shall learn, in base32; the same until it is confirmed."""
        with self._store.transaction() as connection:
            connection.execute(
                "INSERT INTO second_factors (clerk_id, offered) VALUES (?1, ?2)"
                " ON CONFLICT DO UPDATE SET offered = coalesce(offered, ?2)",
                (clerk_id, pyotp.random_base32()),
            )
        offered: str = self._store.rows("SELECT offered FROM second_factors WHERE clerk_id = ?", clerk_id)[0][0]
        return offered

    def confirm(self, clerk_id: str, code: str) -> tuple[str, ...] | None:
        """Take the offered secret when the phone shows its code; gives the recovery codes, or None for a wrong code.

        What the person had before is worth nothing from then on, and all their sessions end.
        """
        now = self._utc_now()
        rows = self._store.rows("SELECT offered FROM second_factors WHERE clerk_id = ?", clerk_id)
        step = _step_of(rows[0]["offered"], code, now) if rows and rows[0]["offered"] else None
        if step is None:
            return None
        codes = tuple(_recovery_code() for _ in range(RECOVERY_CODES))
        with self._store.transaction() as connection:
            connection.execute(
                "UPDATE second_factors SET secret = offered, offered = NULL, last_step = ?, set_at = ?"
                " WHERE clerk_id = ? AND offered IS NOT NULL",
                (step, now.timestamp(), clerk_id),
            )
            connection.execute("DELETE FROM recovery_codes WHERE clerk_id = ?", (clerk_id,))
            connection.executemany(
                "INSERT INTO recovery_codes VALUES (?, ?)", [(_hash(one), clerk_id) for one in codes]
            )
            connection.execute("DELETE FROM sessions WHERE clerk_id = ?", (clerk_id,))
            note(connection, now.timestamp(), clerk_id, "second_factor_set", clerk_id)
        return codes

    def right(self, clerk_id: str, code: str) -> bool:
        """Tell whether this is the phone's code of now, or a recovery code; either is used up by it."""
        now = self._utc_now()
        with self._store.transaction() as connection:
            return _uses_code(connection, clerk_id, code, now) or _uses_recovery_code(connection, clerk_id, code, now)


def _uses_code(connection: sqlite3.Connection, clerk_id: str, code: str, now: datetime) -> bool:
    row = connection.execute("SELECT secret FROM second_factors WHERE clerk_id = ?", (clerk_id,)).fetchone()
    step = _step_of(row["secret"], code, now) if row and row["secret"] else None
    if step is None:
        return False
    question = "UPDATE second_factors SET last_step = ?1 WHERE clerk_id = ?2 AND last_step < ?1"
    return connection.execute(question, (step, clerk_id)).rowcount == 1


def _uses_recovery_code(connection: sqlite3.Connection, clerk_id: str, code: str, now: datetime) -> bool:
    question = "DELETE FROM recovery_codes WHERE clerk_id = ? AND code_hash = ?"
    if connection.execute(question, (clerk_id, _hash(code))).rowcount == 0:
        return False
    note(connection, now.timestamp(), clerk_id, "recovery_code_used", clerk_id)
    return True


def _step_of(secret: str, code: str, now: datetime) -> int | None:
    """Tell which step of time a code belongs to; None for a wrong one."""
    shown = pyotp.TOTP(secret)
    typed = "".join(code.split()).encode()
    steps = range(-STEPS_ASIDE, STEPS_ASIDE + 1)
    fitting = [aside for aside in steps if hmac.compare_digest(shown.at(now, counter_offset=aside).encode(), typed)]
    return shown.timecode(now) + fitting[0] if fitting else None


def _recovery_code() -> str:
    groups = ("".join(secrets.choice(ONE_TIME_ALPHABET) for _ in range(_GROUP)) for _ in range(_GROUPS))
    return "-".join(groups)


def _hash(code: str) -> str:
    """Hash a recovery code as it is meant, however it was grouped when it was typed."""
    meant = "".join(letter for letter in code.casefold() if letter.isalnum())
    return hashlib.sha256(meant.encode()).hexdigest()
