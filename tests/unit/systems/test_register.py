"""Keys of other systems: given once, kept as a hash, worth nothing once revoked."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from queue_server.store import Store
from queue_server.systems.file import STEPS, SYSTEMS_FILE, SystemsFile
from queue_server.systems.register import KEYS_MOST, RIGHTS, SYSTEMS_MOST, SystemProblem
from queue_server.systems.uses import KEPT_DAYS

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)


class Wall:
    """The clock on the wall."""

    def __init__(self) -> None:
        self.at = NOW

    def __call__(self) -> datetime:
        return self.at

    def pass_(self, **span: float) -> None:
        self.at += timedelta(**span)


@pytest.fixture
def wall() -> Wall:
    return Wall()


@pytest.fixture
def file(tmp_path: Path, wall: Wall) -> Iterator[SystemsFile]:
    opened = SystemsFile.at(tmp_path / SYSTEMS_FILE, wall)
    opened.register.add("portal", "Cổng dịch vụ công", by="tech")
    yield opened
    opened.close()


def test_a_key_is_known_until_it_is_revoked(file: SystemsFile) -> None:
    shown = file.register.make_key("portal", ["hall:read", "tickets:read"], 60, by="tech")
    assert re.fullmatch(r"mc_[0-9a-f]{12}_[A-Za-z0-9_-]{43}", shown)
    key = file.register.key_of(shown)
    assert key is not None
    assert (key.system_id, set(key.rights), key.per_minute) == ("portal", {"hall:read", "tickets:read"}, 60)
    assert not file.register.revoke_key("another", key.key_id), "only by its own system"
    assert file.register.key_of(shown) == key
    assert file.register.revoke_key("portal", key.key_id)
    assert file.register.key_of(shown) is None
    assert not file.register.revoke_key("portal", key.key_id), "once"
    assert file.register.keys("portal")[0].revoked_at == NOW


def test_only_its_hash_is_kept(file: SystemsFile, tmp_path: Path) -> None:
    shown = file.register.make_key("portal", RIGHTS, 60, by="tech")
    secret = shown.rpartition("_")[2] if "_" not in shown[16:] else shown[16:]
    assert secret.encode() not in (tmp_path / SYSTEMS_FILE).read_bytes()
    assert (tmp_path / SYSTEMS_FILE).stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("how", ["", "x", "mc_", "no such key", "another secret", "an empty secret", "cut", "more"])
def test_what_is_no_key_is_none(file: SystemsFile, how: str) -> None:
    shown = file.register.make_key("portal", RIGHTS, 60, by="tech")
    spoilt = {
        "no such key": f"mc_{'0' * 12}_{shown[16:]}",
        "another secret": f"{shown[:16]}{'A' * 43}",
        "an empty secret": shown[:16],
        "cut": shown[:-1],
        "more": f"{shown}\n",
    }
    assert file.register.key_of(spoilt.get(how, how)) is None


def test_what_cannot_be(file: SystemsFile) -> None:
    register = file.register
    for system_id, title, code in (
        ("Portal", "x", "system_id"),
        ("", "x", "system_id"),
        ("a" * 33, "x", "system_id"),
        ("other", "", "title"),
        ("other", "a\u202eb", "title"),
        ("portal", "x", "exists"),
    ):
        with pytest.raises(SystemProblem, match=code):
            register.add(system_id, title, by="tech")
    for rights, per_minute, code in (
        ((), 60, "no_rights"),
        (("hall:write",), 60, "no_rights"),
        (RIGHTS, 0, "per_minute"),
        (RIGHTS, 6001, "per_minute"),
    ):
        with pytest.raises(SystemProblem, match=code):
            register.make_key("portal", rights, per_minute, by="tech")  # type: ignore[arg-type]  # Wrong on purpose.
    for _ in range(KEYS_MOST):
        register.make_key("portal", RIGHTS, 60, by="tech")
    with pytest.raises(SystemProblem, match="too_many"):
        register.make_key("portal", RIGHTS, 60, by="tech")
    for number in range(SYSTEMS_MOST - 1):
        register.add(f"s{number}", "x", by="tech")
    with pytest.raises(SystemProblem, match="too_many"):
        register.add("one-more", "x", by="tech")


def test_uses_are_counted_by_the_hour_and_changes_stand_alone(file: SystemsFile, wall: Wall) -> None:
    key = file.register.key_of(file.register.make_key("portal", RIGHTS, 60, by="tech"))
    assert key is not None
    for status in (200, 200, 429):
        file.uses.count(key.key_id, "show_hall", status)
    file.uses.count("", "show_hall", 401)
    file.uses.intend(key.key_id, "take_appointment", "0" * 32)
    file.uses.flush()
    file.uses.count(key.key_id, "show_hall", 200)
    file.uses.flush()
    assert [(one.status, one.count) for one in file.uses.last("portal", 9)] == [(200, 3), (429, 1)]
    assert [(one.operation, one.visit_id) for one in file.uses.acts("portal", 9)] == [("take_appointment", "0" * 32)]
    wall.pass_(days=KEPT_DAYS + 1)
    file.uses.count(key.key_id, "show_key", 200)
    file.uses.flush()
    assert [one.operation for one in file.uses.last("portal", 9)] == ["show_key"]
    assert file.uses.acts("portal", 9) == []
    wall.pass_(days=KEPT_DAYS + 1)
    file.uses.flush()
    assert file.uses.last("portal", 9) == [], "also when nobody has asked for anything since"


def test_a_file_of_before_keeps_what_was_noted_as_done(tmp_path: Path, wall: Wall) -> None:
    path = tmp_path / "older.db"
    older = Store(path, STEPS[:1], "TRUNCATE")
    with older.transaction() as connection:
        connection.execute("INSERT INTO systems VALUES ('portal', 'x', 0, 'tech')")
        connection.execute("INSERT INTO keys VALUES ('k', 'portal', 'x', '', 60, 0, 'tech', NULL)")
        connection.execute(
            "INSERT INTO acts (at, key_id, operation, visit_id) VALUES (0, 'k', 'take_appointment', 'v')"
        )
    older.close()
    newer = SystemsFile.at(path, wall)
    assert [(one.visit_id, one.done) for one in newer.uses.acts("portal", 9)] == [("v", True)]
    newer.close()


def test_two_programs_use_one_file(file: SystemsFile, tmp_path: Path, wall: Wall) -> None:
    """The pages give a key, and the API knows it at once; either may write while the other does."""
    other = SystemsFile.at(tmp_path / SYSTEMS_FILE, wall)
    shown = file.register.make_key("portal", RIGHTS, 60, by="tech")
    assert other.register.key_of(shown) is not None
    other.uses.intend("0" * 12, "take_appointment", "0" * 32)
    assert file.register.find("portal") is not None
    assert file.store.secret("appointments") == other.store.secret("appointments")
    other.close()
