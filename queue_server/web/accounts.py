"""The people who may use the staff pages: an id, a shown name, one staff role and a password.

Passwords are kept as Argon2id hashes with the parameters that OWASP's password storage cheat sheet names as the least
(19 MiB, 2 passes, 1 lane): under 100 ms on a branch's machine. One hash is computed at a time, so that a flood of
logins costs one core and 19 MiB, not all of them.
"""

import re
import secrets
import sqlite3
import threading
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal, TypeVar, get_args

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError

from queue_server.web.store import Store

Role = Literal["clerk", "technician", "manager", "inspector"]
ROLES: Final[tuple[Role, ...]] = get_args(Role)

WorkT = TypeVar("WorkT")

PASSWORD_LEAST: Final = 10
PASSWORD_MOST: Final = 128
_HASH_WAIT_S: Final = 5.0
_CLERK_ID: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:-]{0,63}")
_ONE_TIME_ALPHABET: Final = "23456789abcdefghjkmnpqrstuvwxyz"
"""Without 0, 1, i, l and o, which are mistaken for each other on paper."""


@dataclass(frozen=True, slots=True)
class Account:
    """A person. `clerk_id` is what commands and the log know; the name stays in this file."""

    clerk_id: str
    shown_name: str
    staff_role: Role
    must_change: bool
    disabled: bool


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
        return [_account(row) for row in self._store.rows("SELECT * FROM accounts ORDER BY clerk_id")]

    def find(self, clerk_id: str) -> Account | None:
        """Give one account."""
        rows = self._store.rows("SELECT * FROM accounts WHERE clerk_id = ?", clerk_id)
        return _account(rows[0]) if rows else None

    def names(self) -> dict[str, str]:
        """Give the shown name of every clerk id."""
        return {row["clerk_id"]: row["shown_name"] for row in self._store.rows("SELECT * FROM accounts")}

    def add(self, clerk_id: str, shown_name: str, staff_role: Role) -> str:
        """Make an account and return its one-time password; raises `AccountProblem`."""
        if not _CLERK_ID.fullmatch(clerk_id):
            raise AccountProblem("clerk_id", f"the id {clerk_id!r} may hold letters a-z, digits and _ . : - only")
        name = _composed(shown_name).strip()
        if not 1 <= len(name) <= 64:  # noqa: PLR2004 -- what a page can show.
            raise AccountProblem("shown_name", "a shown name has 1 to 64 letters")
        password = _one_time_password()
        hashed = self._passwords.hash(password)
        try:
            with self._store.transaction() as connection:
                connection.execute(
                    "INSERT INTO accounts VALUES (?, ?, ?, ?, 1, 0, ?)",
                    (clerk_id, name, staff_role, hashed, self._utc_now().timestamp()),
                )
        except sqlite3.IntegrityError as error:
            raise AccountProblem("exists", f"there is an account {clerk_id!r} already") from error
        return password

    def first_technician(self, shown_name: str) -> str | None:
        """Make the account `technician` if there is none at all; returns its one-time password, to be shown once."""
        return None if self.all() else self.add("technician", shown_name, "technician")

    def check(self, clerk_id: str, password: str) -> Account | None:
        """Give the account if the password is right and the account may be used; raises `HashingBusy`."""
        rows = self._store.rows("SELECT * FROM accounts WHERE clerk_id = ?", clerk_id)
        usable = rows and not rows[0]["disabled"] and len(password) <= PASSWORD_MOST
        right = self._passwords.right(password[:PASSWORD_MOST], rows[0]["password_hash"] if usable else None)
        return _account(rows[0]) if right else None

    def choose_password(self, clerk_id: str, password: str) -> None:
        """Set the password that a person chose; raises `AccountProblem`."""
        if not PASSWORD_LEAST <= len(password) <= PASSWORD_MOST:
            raise AccountProblem("password_short", f"a password has {PASSWORD_LEAST} to {PASSWORD_MOST} characters")
        if password.casefold().find(clerk_id.casefold()) >= 0:
            raise AccountProblem("password_guessable", "a password does not hold the user's own id")
        self._set_password(clerk_id, password, must_change=False)

    def reset_password(self, clerk_id: str) -> str:
        """Give a person a new one-time password and end their sessions; raises `AccountProblem`."""
        password = _one_time_password()
        self._set_password(clerk_id, password, must_change=True)
        return password

    def disable(self, clerk_id: str, *, disabled: bool = True) -> None:
        """Shut an account (or open it again) and end its sessions; raises `AccountProblem`."""
        self._change(clerk_id, "UPDATE accounts SET disabled = ? WHERE clerk_id = ?", int(disabled))

    def _set_password(self, clerk_id: str, password: str, *, must_change: bool) -> None:
        hashed = self._passwords.hash(password)
        question = "UPDATE accounts SET password_hash = ?, must_change = ? WHERE clerk_id = ?"
        self._change(clerk_id, question, hashed, int(must_change))

    def _change(self, clerk_id: str, question: str, *values: str | int) -> None:
        """Change an account. Whoever used it until now has to show again who they are."""
        with self._store.transaction() as connection:
            if connection.execute(question, (*values, clerk_id)).rowcount == 0:
                raise AccountProblem("unknown", f"there is no account {clerk_id!r}")
            connection.execute("DELETE FROM sessions WHERE clerk_id = ?", (clerk_id,))


def _account(row: sqlite3.Row) -> Account:
    return Account(
        row["clerk_id"], row["shown_name"], row["staff_role"], bool(row["must_change"]), bool(row["disabled"])
    )


def _one_time_password() -> str:
    """Make 12 characters in groups of four, 59 bits: read aloud or typed once."""
    letters = "".join(secrets.choice(_ONE_TIME_ALPHABET) for _ in range(12))
    return "-".join(letters[at : at + 4] for at in (0, 4, 8))


def _composed(text: str) -> str:
    """Write letters with marks in one way only: keyboards send ế composed or in parts."""
    return unicodedata.normalize("NFC", text)
