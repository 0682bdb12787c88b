"""The people who may use the staff pages: an id, a shown name, one staff role and a password.

Passwords are kept as Argon2id hashes with the parameters that OWASP's password storage cheat sheet names as the least
(19 MiB, 2 passes, 1 lane): under 100 ms on a branch's machine. One hash is computed at a time, so that a flood of
logins costs one core and 19 MiB, not all of them.
"""

import logging
import re
import secrets
import sqlite3
import threading
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, Literal, TypeVar, get_args

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError

from queue_server.web.changes import AT_THE_MACHINE, What, note
from queue_server.web.guessing import guessable
from queue_server.web.store import Store

Role = Literal["clerk", "usher", "technician", "manager", "inspector"]
ROLES: Final[tuple[Role, ...]] = get_args(Role)

WorkT = TypeVar("WorkT")

PASSWORD_LEAST: Final = 10
PASSWORD_MOST: Final = 128
ONE_TIME_FOR: Final = timedelta(days=3)
"""So long a one-time password may be used."""

NEEDS_SECOND_FACTOR: Final[frozenset[Role]] = frozenset({"technician", "manager"})
_NAME_MOST: Final = 64
"""What a page can show."""

log = logging.getLogger(__name__)

_HASH_WAIT_S: Final = 5.0
_CLERK_ID: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:-]{0,63}")
ONE_TIME_ALPHABET: Final = "23456789abcdefghjkmnpqrstuvwxyz"
"""Without 0, 1, i, l and o, which are mistaken for each other on paper."""


@dataclass(frozen=True, slots=True)
class Account:
    """A person. `clerk_id` is what commands and the log know; the name stays in this file."""

    clerk_id: str
    shown_name: str
    staff_role: Role
    must_change: bool
    disabled: bool
    has_second_factor: bool
    password_at: datetime

    @property
    def one_time_until(self) -> datetime | None:
        """Until when the one-time password may be used; None for somebody with a password of their own."""
        return self.password_at + ONE_TIME_FOR if self.must_change else None


class AccountProblem(Exception):  # noqa: N818 -- it is shown to people.
    """An account cannot be made or changed so; says why. `code` is the last part of a text's key."""

    def __init__(self, code: str, sentence: str) -> None:
        self.code = code
        super().__init__(sentence)


class HashingBusy(Exception):  # noqa: N818 -- a state, not a fault.
    """Too many people log in at once; try again in a moment."""


class Passwords:
    """Hash and check passwords, one at a time."""

    def __init__(self, *, memory_kib: int = 19_456, passes: int = 2) -> None:
        self._hasher = PasswordHasher(time_cost=passes, memory_cost=memory_kib, parallelism=1)
        self._one_at_a_time = threading.Lock()
        self._nobodys = self.hash(secrets.token_hex(16))

    def hash(self, password: str) -> str:
        """Give the hash to keep."""
        return self._alone(lambda: self._hasher.hash(_composed(password)))

    def right(self, password: str, kept: str | None) -> bool:
        """Tell whether the password is right; for nobody (`None`) it takes as long and is wrong."""

        def check() -> bool:
            try:
                return self._hasher.verify(kept or self._nobodys, _composed(password)) and kept is not None
            except VerifyMismatchError:
                return False

        return self._alone(check)

    def _alone(self, work: Callable[[], WorkT]) -> WorkT:
        if not self._one_at_a_time.acquire(timeout=_HASH_WAIT_S):
            raise HashingBusy
        try:
            return work()
        finally:
            self._one_at_a_time.release()


class Accounts:
    """All accounts of this branch."""

    def __init__(self, store: Store, passwords: Passwords, utc_now: Callable[[], datetime]) -> None:
        self._store = store
        self._passwords = passwords
        self._utc_now = utc_now

    def all(self) -> list[Account]:
        """Give every account, by id."""
        return [account_of(row) for row in self._store.rows("SELECT * FROM people ORDER BY clerk_id")]

    def find(self, clerk_id: str) -> Account | None:
        """Give one account."""
        rows = self._store.rows("SELECT * FROM people WHERE clerk_id = ?", clerk_id)
        return account_of(rows[0]) if rows else None

    def names(self) -> dict[str, str]:
        """Give the shown name of every clerk id."""
        return {row["clerk_id"]: row["shown_name"] for row in self._store.rows("SELECT * FROM accounts")}

    def add(self, clerk_id: str, shown_name: str, staff_role: Role, *, by: str = AT_THE_MACHINE) -> str:
        """Make an account and return its one-time password; raises `AccountProblem`. `by` is who makes it."""
        if not _CLERK_ID.fullmatch(clerk_id):
            raise AccountProblem("clerk_id", f"the id {clerk_id!r} may hold letters a-z, digits and _ . : - only")
        name = _composed(shown_name).strip()
        if not 1 <= len(name) <= _NAME_MOST or not all(_is_seen(letter) for letter in name):
            raise AccountProblem("shown_name", "a shown name has 1 to 64 letters, all of which are seen")
        password = _one_time_password()
        hashed, now_s = self._passwords.hash(password), self._utc_now().timestamp()
        try:
            with self._store.transaction() as connection:
                _need_another_name(connection, clerk_id)
                connection.execute(
                    "INSERT INTO accounts (clerk_id, shown_name, staff_role, password_hash, must_change, created_at,"
                    " password_at) VALUES (?, ?, ?, ?, 1, ?, ?)",
                    (clerk_id, name, staff_role, hashed, now_s, now_s),
                )
                note(connection, now_s, by, "account_created", clerk_id, detail=staff_role)
        except sqlite3.IntegrityError as error:
            raise AccountProblem("exists", f"there is an account {clerk_id!r} already") from error
        return password

    def first_technician(self, shown_name: str) -> str | None:
        """Make the account `technician` if there is none at all; returns its one-time password, to be shown once."""
        return None if self.all() else self.add("technician", shown_name, "technician")

    def check(self, clerk_id: str, password: str) -> Account | None:
        """Give the account if the password is right and the account may be used; raises `HashingBusy`."""
        rows = self._store.rows("SELECT * FROM people WHERE clerk_id = ?", clerk_id)
        account = account_of(rows[0]) if rows else None
        until = account.one_time_until if account else None
        too_late = until is not None and self._utc_now() > until
        usable = account is not None and not account.disabled and not too_late and len(password) <= PASSWORD_MOST
        right = self._passwords.right(password[:PASSWORD_MOST], rows[0]["password_hash"] if usable else None)
        return account if right else None

    def note_refused(self, clerk_id: str, address: str) -> None:
        """Note that somebody showed a wrong password or code for this account, and tell the journal from where.

        A name that is none is not noted: people type passwords into the wrong field. The journal has that it was tried.
        """
        known = False
        with self._store.transaction() as connection:
            if connection.execute("SELECT 1 FROM accounts WHERE clerk_id = ?", (clerk_id,)).fetchone():
                note(connection, self._utc_now().timestamp(), "", "sign_in_refused", clerk_id)
                known = True
        log.warning("a sign-in as %s was refused, from %s", clerk_id if known else "nobody we know", address)

    def choose_password(self, clerk_id: str, password: str, words: Iterable[str] = ()) -> None:
        """Set the password that a person chose; `words` are the hall's own names. Raises `AccountProblem`."""
        if not PASSWORD_LEAST <= len(password) <= PASSWORD_MOST:
            raise AccountProblem("password_short", f"a password has {PASSWORD_LEAST} to {PASSWORD_MOST} characters")
        if password.casefold().find(clerk_id.casefold()) >= 0:
            raise AccountProblem("password_guessable", "a password does not hold the user's own id")
        account = self.find(clerk_id)
        if guessable(_composed(password), (clerk_id, account.shown_name if account else "", *words)):
            raise AccountProblem("password_common", "a password is none of those that are guessed first")
        self._set_password(clerk_id, password, clerk_id, "password_chosen")

    def reset_password(self, clerk_id: str, *, by: str = AT_THE_MACHINE) -> str:
        """Give a person a new one-time password and end their sessions; raises `AccountProblem`."""
        password = _one_time_password()
        self._set_password(clerk_id, password, by, "password_reset")
        return password

    def disable(self, clerk_id: str, *, disabled: bool = True, by: str = AT_THE_MACHINE) -> None:
        """Shut an account (or open it again) and end its sessions; raises `AccountProblem`."""
        what: What = "account_disabled" if disabled else "account_enabled"
        self._change(clerk_id, "UPDATE accounts SET disabled = ? WHERE clerk_id = ?", (int(disabled),), by, what)

    def remove_second_factor(self, clerk_id: str, *, by: str = AT_THE_MACHINE) -> None:
        """Take a person's phone and recovery codes away and end their sessions; raises `AccountProblem`."""
        with self._store.transaction() as connection:
            connection.execute("DELETE FROM recovery_codes WHERE clerk_id = ?", (clerk_id,))
            connection.execute("DELETE FROM second_factors WHERE clerk_id = ?", (clerk_id,))
            _end_sessions(connection, clerk_id)
            note(connection, self._utc_now().timestamp(), by, "second_factor_removed", clerk_id)

    def _set_password(self, clerk_id: str, password: str, by: str, what: What) -> None:
        values = (self._passwords.hash(password), int(what == "password_reset"), self._utc_now().timestamp())
        question = "UPDATE accounts SET password_hash = ?, must_change = ?, password_at = ? WHERE clerk_id = ?"
        self._change(clerk_id, question, values, by, what)

    def _change(self, clerk_id: str, question: str, values: tuple[str | float, ...], by: str, what: What) -> None:
        """Change an account. Whoever used it until now has to show again who they are."""
        with self._store.transaction() as connection:
            connection.execute(question, (*values, clerk_id))
            if what == "account_disabled" and _is_last_technician(connection, clerk_id):
                raise AccountProblem("last_technician", "somebody must be able to mend accounts: keep one technician")
            _end_sessions(connection, clerk_id)
            note(connection, self._utc_now().timestamp(), by, what, clerk_id)


def _need_another_name(connection: sqlite3.Connection, clerk_id: str) -> None:
    """Refuse an id that is taken, in whatever letters: on paper and by telephone `lan` and `Lan` are one person."""
    if connection.execute("SELECT 1 FROM accounts WHERE lower(clerk_id) = lower(?)", (clerk_id,)).fetchone():
        raise AccountProblem("exists", f"there is an account {clerk_id!r} already, or one in other letters")


def _end_sessions(connection: sqlite3.Connection, clerk_id: str) -> None:
    if not connection.execute("SELECT 1 FROM accounts WHERE clerk_id = ?", (clerk_id,)).fetchone():
        raise AccountProblem("unknown", f"there is no account {clerk_id!r}")
    connection.execute("DELETE FROM sessions WHERE clerk_id = ?", (clerk_id,))


def account_of(row: sqlite3.Row) -> Account:
    """Read an account from a row of the view `people`."""
    return Account(
        clerk_id=row["clerk_id"],
        shown_name=row["shown_name"],
        staff_role=row["staff_role"],
        must_change=bool(row["must_change"]),
        disabled=bool(row["disabled"]),
        has_second_factor=bool(row["has_second_factor"]),
        password_at=datetime.fromtimestamp(row["password_at"], UTC),
    )


def _is_last_technician(connection: sqlite3.Connection, clerk_id: str) -> bool:
    """Tell whether this technician was the last one who could use their account."""
    mine, left = connection.execute(
        "SELECT sum(clerk_id = ?), sum(NOT disabled) FROM accounts WHERE staff_role = 'technician'", (clerk_id,)
    ).fetchone()
    return bool(mine) and not left


def _one_time_password() -> str:
    """Make 12 characters in groups of four, 59 bits: read aloud or typed once."""
    letters = "".join(secrets.choice(ONE_TIME_ALPHABET) for _ in range(12))
    return "-".join(letters[at : at + 4] for at in (0, 4, 8))


def _is_seen(letter: str) -> bool:
    """Tell a letter from controls, line ends and marks that turn the writing, by which a name passes for another."""
    return unicodedata.category(letter) not in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


def _composed(text: str) -> str:
    """Write letters with marks in one way only: keyboards send ế composed or in parts."""
    return unicodedata.normalize("NFC", text)
