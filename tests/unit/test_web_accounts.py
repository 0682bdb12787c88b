"""Accounts, sessions and the limits of guessing, before a clock that the test moves."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from queue_server.web.accounts import AccountProblem, Accounts, Passwords
from queue_server.web.attempts import SPAN_S, TRIES_OF_ADDRESS, TRIES_TOGETHER, Attempts
from queue_server.web.sessions import ABSOLUTE_LIMIT_S, IDLE_LIMIT_S, SESSIONS_OF_ONE, Sessions
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
    accounts.choose_password("lan", "tie\u0302\u0301ng vie\u0302\u0323t")
    assert accounts.check("lan", "tiếng việt") is not None


@pytest.mark.parametrize(("clerk_id", "name"), [("", "A"), ("a b", "A"), ("../x", "A"), ("lan", ""), ("lan", "x" * 65)])
def test_an_account_that_cannot_be(accounts: Accounts, clerk_id: str, name: str) -> None:
    with pytest.raises(AccountProblem):
        accounts.add(clerk_id, name, "clerk")


def test_an_id_is_given_once(accounts: Accounts) -> None:
    accounts.add("lan", "Lan", "clerk")
    with pytest.raises(AccountProblem, match="already"):
        accounts.add("lan", "Another", "manager")


@pytest.mark.parametrize("password", ["too short", "x" * 129, "my name is LAN!"])
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


def test_guessing_is_limited_and_forgotten() -> None:
    now = 0.0
    attempts = Attempts(lambda: now)
    for _ in range(TRIES_TOGETHER):
        assert attempts.wait_s("lan", "10.0.0.7") == 0
        attempts.failed("lan", "10.0.0.7")
    assert 0 < attempts.wait_s("lan", "10.0.0.7") <= SPAN_S
    assert attempts.wait_s("lan", "10.0.0.8") == 0, "a colleague's nonsense at another place locks nobody out"
    now = SPAN_S + 1.0
    assert attempts.wait_s("lan", "10.0.0.7") == 0


def test_guessing_many_names_from_one_place_is_limited() -> None:
    attempts = Attempts(lambda: 0.0)
    for number in range(TRIES_OF_ADDRESS):
        assert attempts.wait_s(f"name-{number}", "10.0.0.7") == 0
        attempts.failed(f"name-{number}", "10.0.0.7")
    assert attempts.wait_s("somebody-new", "10.0.0.7") > 0
    assert attempts.wait_s("somebody-new", "10.0.0.8") == 0


def test_the_right_password_forgets_the_wrong_ones() -> None:
    attempts = Attempts(lambda: 0.0)
    for _ in range(TRIES_TOGETHER - 1):
        attempts.failed("lan", "10.0.0.7")
    attempts.succeeded("lan", "10.0.0.7")
    attempts.failed("lan", "10.0.0.7")
    assert attempts.wait_s("lan", "10.0.0.7") == 0
