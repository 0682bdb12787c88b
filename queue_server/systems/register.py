"""Which systems there are, and by which keys they are known.

A key is `mc_<key id>_<secret>`. Its secret has 256 random bits, so a plain SHA-256 of it is as good as any slow hash,
and is all that is kept. Rights and limit belong to the key: a system that shows waiting times on a page and creates
tickets elsewhere has two, and loses one without the other.
"""

import hashlib
import hmac
import re
import secrets
import sqlite3
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, Literal, get_args

from queue_server.store import Store

Right = Literal["hall:read", "tickets:read", "tickets:write"]
RIGHTS: Final[tuple[Right, ...]] = get_args(Right)

SYSTEMS_MOST: Final = 32
KEYS_MOST: Final = 8
"""Keys of one system that are good at the same time; two let a system change over."""
PER_MINUTE_MOST: Final = 6000
PER_MINUTE_USUAL: Final = 120
TITLE_MOST: Final = 64

KEY: Final = re.compile(r"mc_([0-9a-f]{12})_([A-Za-z0-9_-]{43})", re.ASCII)
_SYSTEM_ID: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,31}", re.ASCII)

Problem = Literal["system_id", "title", "exists", "too_many", "no_rights", "per_minute", "address", "kinds"]


class SystemProblem(Exception):  # noqa: N818 -- it says what is wrong with a wish.
    """Something cannot be done; `code` says why."""

    def __init__(self, code: Problem) -> None:
        super().__init__(code)
        self.code: Problem = code


@dataclass(frozen=True, slots=True)
class System:
    """Another program that speaks with the hall."""

    system_id: str
    title: str
    made_at: datetime
    made_by: str


@dataclass(frozen=True, slots=True)
class Key:
    """By what a system is known, and what it may do."""

    key_id: str
    system_id: str
    rights: frozenset[Right]
    per_minute: int
    made_at: datetime
    made_by: str
    revoked_at: datetime | None


class Register:
    """The systems and their keys."""

    def __init__(self, store: Store, utc_now: Callable[[], datetime]) -> None:
        self._store = store
        self._utc_now = utc_now

    def systems(self) -> list[System]:
        """List all systems by name."""
        return [_system(row) for row in self._store.rows("SELECT * FROM systems ORDER BY system_id")]

    def find(self, system_id: str) -> System | None:
        """Give a system."""
        rows = self._store.rows("SELECT * FROM systems WHERE system_id = ?", system_id)
        return _system(rows[0]) if rows else None

    def add(self, system_id: str, title: str, *, by: str) -> None:
        """Make a system; raises :class:`SystemProblem`."""
        if not _SYSTEM_ID.fullmatch(system_id):
            raise SystemProblem("system_id")
        if not title.isprintable() or not 1 <= len(title) <= TITLE_MOST:
            raise SystemProblem("title")
        with self._store.transaction() as connection:
            (count,) = connection.execute("SELECT count(*) FROM systems").fetchone()
            if count >= SYSTEMS_MOST:
                raise SystemProblem("too_many")
            try:
                values = (system_id, title, self._utc_now().timestamp(), by)
                connection.execute("INSERT INTO systems VALUES (?, ?, ?, ?)", values)
            except sqlite3.IntegrityError:
                raise SystemProblem("exists") from None

    def keys(self, system_id: str) -> list[Key]:
        """List the keys of a system, those that are good first, newest first."""
        question = "SELECT * FROM keys WHERE system_id = ? ORDER BY revoked_at IS NOT NULL, made_at DESC, key_id"
        return [_key(row) for row in self._store.rows(question, system_id)]

    def make_key(self, system_id: str, rights: Iterable[Right], per_minute: int, *, by: str) -> str:
        """Make a key and give it whole, this once; raises :class:`SystemProblem`."""
        wanted = frozenset(rights)
        if not wanted or not wanted <= set(RIGHTS):
            raise SystemProblem("no_rights")
        if not 1 <= per_minute <= PER_MINUTE_MOST:
            raise SystemProblem("per_minute")
        key_id, secret = secrets.token_hex(6), secrets.token_urlsafe(32)
        with self._store.transaction() as connection:
            question = "SELECT count(*) FROM keys WHERE system_id = ? AND revoked_at IS NULL"
            (count,) = connection.execute(question, (system_id,)).fetchone()
            if count >= KEYS_MOST:
                raise SystemProblem("too_many")
            row = (key_id, system_id, _hash(secret), " ".join(sorted(wanted)), per_minute)
            connection.execute(
                "INSERT INTO keys VALUES (?, ?, ?, ?, ?, ?, ?, NULL)", (*row, self._utc_now().timestamp(), by)
            )
        return f"mc_{key_id}_{secret}"

    def revoke_key(self, system_id: str, key_id: str) -> bool:
        """Make a key worthless from the next request on; tells whether it was good until now."""
        with self._store.transaction() as connection:
            done = connection.execute(
                "UPDATE keys SET revoked_at = ? WHERE key_id = ? AND system_id = ? AND revoked_at IS NULL",
                (self._utc_now().timestamp(), key_id, system_id),
            )
            return done.rowcount > 0

    def key_of(self, shown: str) -> Key | None:
        """Give the key that somebody shows, if it is one and still good."""
        match = KEY.fullmatch(shown)
        if match is None:
            return None
        rows = self._store.rows("SELECT * FROM keys WHERE key_id = ? AND revoked_at IS NULL", match[1])
        expected = rows[0]["secret_hash"] if rows else _hash("")
        return _key(rows[0]) if hmac.compare_digest(_hash(match[2]), expected) and rows else None


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _system(row: sqlite3.Row) -> System:
    return System(row["system_id"], row["title"], instant(row["made_at"]), row["made_by"])


def _key(row: sqlite3.Row) -> Key:
    known: dict[str, Right] = {right: right for right in RIGHTS}
    return Key(
        key_id=row["key_id"],
        system_id=row["system_id"],
        rights=frozenset(known[right] for right in row["rights"].split()),
        per_minute=row["per_minute"],
        made_at=instant(row["made_at"]),
        made_by=row["made_by"],
        revoked_at=instant(row["revoked_at"]) if row["revoked_at"] is not None else None,
    )


def instant(at_s: float) -> datetime:
    """Give an instant as it is kept in this file."""
    return datetime.fromtimestamp(at_s, UTC)
