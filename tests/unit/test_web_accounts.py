"""Accounts, sessions and the limits of guessing, before a clock that the test moves."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyotp
import pytest

from queue_server.web.accounts import ONE_TIME_FOR, AccountProblem, Accounts, Passwords
from queue_server.web.changes import Changes
from queue_server.web.second_factors import SecondFactors
from queue_server.web.sessions import ABSOLUTE_LIMIT_S, CODE_LIMIT_S, IDLE_LIMIT_S, SESSIONS_OF_ONE, Sessions
from queue_server.web.store import Store

PASSWORD = "quầy số ba sáng nay"  # noqa: S105 - an example, of no real account.


class Clock:
    def __init__(self) -> None:
        self.at = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.at

    def pass_s(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store(tmp_path / "web" / "accounts.db")
    yield opened
    opened.close()


@pytest.fixture
def accounts(store: Store, clock: Clock) -> Accounts:
    return Accounts(store, Passwords(memory_kib=64, passes=1), clock)


@pytest.fixture
def sessions(store: Store, clock: Clock) -> Sessions:
    return Sessions(store, clock)


def test_the_file_is_private(store: Store, tmp_path: Path) -> None:
    assert store.rows("SELECT count(*) FROM accounts")[0][0] == 0
    assert (tmp_path / "web" / "accounts.db").stat().st_mode & 0o077 == 0
    assert (tmp_path / "web").stat().st_mode & 0o077 == 0


def test_a_new_account_has_a_one_time_password(accounts: Accounts) -> None:
    password = accounts.add("lan", "Lê Thị Lan", "clerk")
    found = accounts.check("lan", password)
    assert found is not None
    assert found.must_change
    accounts.choose_password("lan", PASSWORD)
    assert accounts.check("lan", password) is None
    changed = accounts.check("lan", PASSWORD)
    assert changed is not None
    assert not changed.must_change


def test_the_first_technician_is_made_once(accounts: Accounts) -> None:
    assert accounts.first_technician("Kỹ thuật viên") is not None
    assert accounts.first_technician("Kỹ thuật viên") is None


def test_marks_count_the_same_composed_or_in_parts(accounts: Accounts) -> None:
    accounts.add("lan", "Lan", "clerk")
    accounts.choose_password("lan", "tie\u0302\u0301ng ga\u0300 tr\u01b0a nay")
    assert accounts.check("lan", "tiếng gà trưa nay") is not None


@pytest.mark.parametrize(("clerk_id", "name"), [("", "A"), ("a b", "A"), ("../x", "A"), ("lan", ""), ("lan", "x" * 65)])
def test_an_account_that_cannot_be(accounts: Accounts, clerk_id: str, name: str) -> None:
    with pytest.raises(AccountProblem):
        accounts.add(clerk_id, name, "clerk")


def test_an_id_is_given_once(accounts: Accounts) -> None:
    accounts.add("lan", "Lan", "clerk")
    with pytest.raises(AccountProblem, match="already"):
        accounts.add("lan", "Another", "manager")


@pytest.mark.parametrize("password", ["too short", "x" * 129, "my name is LAN!", "matkhau12345"])
def test_a_password_that_may_not_be(accounts: Accounts, password: str) -> None:
    accounts.add("lan", "Lan", "clerk")
    with pytest.raises(AccountProblem):
        accounts.choose_password("lan", password)


def test_nobody_and_a_shut_account_are_wrong_alike(accounts: Accounts) -> None:
    accounts.add("lan", "Lan", "clerk")
    accounts.choose_password("lan", PASSWORD)
    accounts.disable("lan")
    assert accounts.check("lan", PASSWORD) is None
    assert accounts.check("nobody", PASSWORD) is None
    accounts.disable("lan", disabled=False)
    assert accounts.check("lan", PASSWORD) is not None


def test_a_token_is_kept_as_its_hash_alone(accounts: Accounts, sessions: Sessions, store: Store) -> None:
    accounts.add("lan", "Lan", "clerk")
    account = accounts.find("lan")
    assert account is not None
    token = sessions.open(account, "10.0.0.7")
    assert len(token) >= 43  # 256 bits in base64
    kept = store.rows("SELECT * FROM sessions")[0]
    assert token not in tuple(kept)
    found = sessions.find(token, active=True)
    assert found is not None
    assert found.account.clerk_id == "lan"
    assert sessions.find(token + "x", active=True) is None


@pytest.mark.parametrize("role", ["clerk", "technician", "manager", "inspector"])
def test_a_session_ends_by_idling(accounts: Accounts, sessions: Sessions, clock: Clock, role: str) -> None:
    accounts.add("one", "One", role)  # type: ignore[arg-type]  # The parameters above are roles.
    account = accounts.find("one")
    assert account is not None
    token = sessions.open(account, "")
    limit_s = IDLE_LIMIT_S[account.staff_role]
    clock.pass_s(limit_s - 1)
    assert sessions.find(token, active=True) is not None
    clock.pass_s(limit_s - 1)
    assert sessions.find(token, active=False) is not None, "what a person did kept it"
    clock.pass_s(2)
    assert sessions.find(token, active=True) is None, "looking without acting did not"


def test_a_session_ends_with_the_working_day(accounts: Accounts, sessions: Sessions, clock: Clock) -> None:
    accounts.add("lan", "Lan", "clerk")
    account = accounts.find("lan")
    assert account is not None
    token = sessions.open(account, "")
    for _ in range(ABSOLUTE_LIMIT_S // 1800):
        clock.pass_s(1800)
        assert sessions.find(token, active=True) is not None
    clock.pass_s(1)
    assert sessions.find(token, active=True) is None


@pytest.mark.parametrize("change", ["password", "reset", "disable"])
def test_a_changed_account_ends_its_sessions(accounts: Accounts, sessions: Sessions, change: str) -> None:
    accounts.add("lan", "Lan", "clerk")
    account = accounts.find("lan")
    assert account is not None
    token = sessions.open(account, "")
    if change == "password":
        accounts.choose_password("lan", PASSWORD)
    elif change == "reset":
        accounts.reset_password("lan")
    else:
        accounts.disable("lan")
    assert sessions.find(token, active=True) is None


def test_a_sixth_session_ends_the_oldest(accounts: Accounts, sessions: Sessions, clock: Clock) -> None:
    accounts.add("lan", "Lan", "clerk")
    account = accounts.find("lan")
    assert account is not None
    tokens = []
    for _ in range(SESSIONS_OF_ONE + 1):
        tokens.append(sessions.open(account, ""))
        clock.pass_s(1)
    assert [sessions.find(token, active=False) is not None for token in tokens] == [False] + [True] * SESSIONS_OF_ONE


def test_one_verification_takes_a_tenth_of_a_second_at_most() -> None:
    """By the time of this thread's own work, which other work on the machine does not lengthen much."""
    passwords = Passwords()
    kept = passwords.hash(PASSWORD)
    took = []
    for _ in range(5):
        begun = time.thread_time()
        assert passwords.right(PASSWORD, kept)
        took.append(time.thread_time() - begun)
    assert 0.001 < min(took) < 0.1


def test_a_one_time_password_runs_out(accounts: Accounts, clock: Clock) -> None:
    password = accounts.add("lan", "Lan", "clerk")
    clock.pass_s(ONE_TIME_FOR.total_seconds())
    assert accounts.check("lan", password) is not None
    clock.pass_s(1)
    assert accounts.check("lan", password) is None
    assert accounts.check("lan", accounts.reset_password("lan")) is not None


# --- The second factor -----------------------------------------------------------------------------------------------


@pytest.fixture
def factors(store: Store, accounts: Accounts, clock: Clock) -> SecondFactors:
    accounts.add("lan", "Lan", "technician")
    return SecondFactors(store, clock)


def test_a_phones_clock_may_be_one_step_off(factors: SecondFactors, clock: Clock) -> None:
    phone = pyotp.TOTP(factors.offer("lan"))
    assert factors.confirm("lan", phone.at(clock())) is not None
    clock.pass_s(300)
    for off_s, opens in ((-60, False), (60, False), (-30, True), (0, True), (30, True)):
        assert factors.right("lan", phone.at(clock() + timedelta(seconds=off_s))) == opens, off_s


def test_no_code_opens_after_a_later_one(factors: SecondFactors, clock: Clock) -> None:
    phone = pyotp.TOTP(factors.offer("lan"))
    used = phone.at(clock())
    factors.confirm("lan", used)
    assert not factors.right("lan", used), "the code that set it up was seen"
    before, now = phone.at(clock()), phone.at(clock() + timedelta(seconds=30))
    clock.pass_s(30)
    assert factors.right("lan", f" {now[:3]} {now[3:]} "), "as it is read out"
    assert not factors.right("lan", before)
    assert not factors.right("lan", now)


def test_what_is_no_code_opens_nothing(factors: SecondFactors, clock: Clock) -> None:
    phone = pyotp.TOTP(factors.offer("lan"))
    assert not factors.right("lan", phone.at(clock())), "it was offered only"
    factors.confirm("lan", phone.at(clock()))
    clock.pass_s(60)
    for typed in ("", "0", "\u0661\u0662\u0663\u0664\u0665\u0666", phone.at(clock()) + "0", "-" * 29):
        assert not factors.right("lan", typed), typed
    assert not factors.right("nobody", phone.at(clock()))


def test_recovery_codes_are_kept_as_hashes_and_end_with_the_next(
    factors: SecondFactors, clock: Clock, store: Store
) -> None:
    first = factors.confirm("lan", pyotp.TOTP(factors.offer("lan")).at(clock()))
    assert first is not None
    kept = {row[0] for row in store.rows("SELECT code_hash FROM recovery_codes")}
    assert len(kept) == len(first)
    assert not kept & set(first)
    assert factors.right("lan", first[0])
    assert not factors.right("lan", first[0])
    second = factors.confirm("lan", pyotp.TOTP(factors.offer("lan")).at(clock()))
    assert second is not None
    assert not factors.right("lan", first[1])
    assert factors.right("lan", second[1])


def test_a_session_between_password_and_code_is_short(
    accounts: Accounts, factors: SecondFactors, sessions: Sessions, clock: Clock
) -> None:
    account = accounts.find("lan")
    assert account is not None
    assert factors.standing("lan").set_at is None
    whole = sessions.open(account, "")
    tokens = [sessions.open(account, "", code_due=True) for _ in range(SESSIONS_OF_ONE + 1)]
    assert [sessions.find(token, active=False) is not None for token in tokens] == [False] + [True] * SESSIONS_OF_ONE
    clock.pass_s(CODE_LIMIT_S)
    assert sessions.find(tokens[-1], active=True) is not None
    clock.pass_s(1)
    assert sessions.find(tokens[-1], active=True) is None
    assert sessions.find(whole, active=True) is not None, "a password alone ends nobody's session"


# --- The file --------------------------------------------------------------------------------------------------------


def test_what_was_noted_stays_as_it_is(accounts: Accounts, store: Store, clock: Clock) -> None:
    accounts.add("lan", "Lan", "clerk", by="tech")
    (change,) = Changes(store, clock).before()
    assert (change.by_id, change.what, change.about_id, change.detail) == ("tech", "account_created", "lan", "clerk")
    assert change.changed_at == clock()
    for forbidden in ("DELETE FROM changes", "UPDATE changes SET by_id = 'somebody'"):
        with pytest.raises(sqlite3.IntegrityError, match="stays"), store.transaction() as connection:
            connection.execute(forbidden)
    assert Changes(store, clock).before() == [change]


def test_what_fails_is_not_noted(accounts: Accounts, store: Store, clock: Clock) -> None:
    accounts.add("lan", "Lan", "technician")
    with pytest.raises(AccountProblem):
        accounts.add("lan", "Lan", "clerk")
    with pytest.raises(AccountProblem, match="one technician"):
        accounts.disable("lan")
    with pytest.raises(AccountProblem):
        accounts.reset_password("nobody")
    assert [one.what for one in Changes(store, clock).before()] == ["account_created"]
    assert accounts.check("lan", accounts.reset_password("lan")) is not None


def test_a_file_of_the_first_release_is_taken_over(tmp_path: Path, clock: Clock) -> None:
    passwords = Passwords(memory_kib=64, passes=1)
    with closing(sqlite3.connect(tmp_path / "accounts.db")) as old, old:
        old.execute(
            "CREATE TABLE accounts (clerk_id TEXT PRIMARY KEY, shown_name TEXT NOT NULL, staff_role TEXT NOT NULL,"
            " password_hash TEXT NOT NULL, must_change INTEGER NOT NULL, disabled INTEGER NOT NULL DEFAULT 0,"
            " created_at REAL NOT NULL) STRICT"
        )
        old.execute("CREATE TABLE secrets (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT")
        old.execute("CREATE TABLE sessions (token_hash TEXT PRIMARY KEY, clerk_id TEXT) STRICT")
        old.execute("INSERT INTO accounts VALUES ('lan', 'Lan', 'clerk', ?, 0, 0, 0)", (passwords.hash(PASSWORD),))
    for _ in range(2):
        store = Store(tmp_path / "accounts.db")
        accounts = Accounts(store, passwords, clock)
        found = accounts.check("lan", PASSWORD)
        assert found is not None
        assert not found.has_second_factor
        Sessions(store, clock).open(found, "")
        store.close()


def test_two_accounts_never_differ_by_small_and_capital_letters_alone(accounts: Accounts) -> None:
    """On paper, by telephone and in the log they would be one person."""
    accounts.add("Lan.Tran", "Trần Thị Lan", "clerk")
    for same in ("lan.tran", "LAN.TRAN", "Lan.Tran"):
        with pytest.raises(AccountProblem) as problem:
            accounts.add(same, "Trần Thị Lan", "technician")
        assert problem.value.code == "exists"
    assert [one.clerk_id for one in accounts.all()] == ["Lan.Tran"]
