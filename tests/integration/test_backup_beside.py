"""Accounts, phones, drafts and keys of other systems are in each copy, and come back with the branch."""

import json
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from motcua.__main__ import main
from protocol.keys import KEY_FILE, LINK_FILE
from queue_server.api.follower import Follower
from queue_server.backup import BadCopy, back_up, restore
from queue_server.backup_shelf import kept_tests
from queue_server.beside import BY_RESTORE, KEYS, LIST_FILE, ROOMS, listed, rooms_beside
from queue_server.branch_files import BRANCH_KEY_FILE, SERVER_KEY_FILE
from queue_server.restore_test import try_restore
from queue_server.systems.file import SYSTEMS_FILE, SystemsFile
from queue_server.web.acceptance_records import ACCEPTANCE_FILE
from queue_server.web.accounts import Passwords
from queue_server.web.changes import AT_THE_MACHINE
from queue_server.web.drafts import DRAFTS_FILE
from queue_server.web.program import ACCOUNTS_FILE, Place, application, utc_now
from tests.support.logs import write_log
from tests.support.paper_hall import PaperHall
from tests.support.programs import MORNING
from tests.support.tables import play
from tests.support.web_pages import CONFIG, LINK, PASSWORD, PEOPLE, Pages, staff_pages

AT = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)


@dataclass
class Machine:
    """A branch PC: the folders of its programs, and its copies."""

    root: Path

    @property
    def server(self) -> Path:
        return self.root / "server"

    @property
    def place(self) -> Place:
        return Place(self.root / "web", CONFIG, reports=self.server / "reports.db")


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Machine, Pages, Path]]:
    """A machine whose pages are served, the pages, and a copy that was made meanwhile."""
    machine = Machine(tmp_path_factory.mktemp("machine"))
    machine.server.mkdir()
    write_log(machine.server, play(MORNING).hall.events())
    for name in (SERVER_KEY_FILE, BRANCH_KEY_FILE):
        (machine.server / name).write_text("an example, no key")
    (machine.root / "public").mkdir()
    (machine.root / "public" / KEY_FILE).write_text("an example, no key")
    with staff_pages(machine.root / "web") as pages:
        (machine.root / "api").mkdir()
        shutil.copyfile(machine.root / "web" / SYSTEMS_FILE, machine.root / "api" / SYSTEMS_FILE)
        pages.signed_in("tech")
        pages.parts.editing.drafts.save({"branch.toml": "# mine"}, by="tech", why="", begun_from=0)
        command = ["backup", str(machine.root / "copies"), "--state", str(machine.server), "--json"]
        assert main(command) == 0
        (copy,) = (machine.root / "copies").iterdir()
        yield machine, pages, copy


@contextmanager
def closing_systems(folder: Path) -> Iterator[SystemsFile]:
    """Give a file with one webhook for calls."""
    file = SystemsFile.at(folder / SYSTEMS_FILE, utc_now)
    file.register.add("portal", "Portal", by="tech")
    file.webhooks.set("portal", "https://portal.example/hook", ["calls"], by="tech")
    yield file
    file.close()


@pytest.fixture
def another(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def test_a_technician_signs_in_on_another_machine_with_the_same_password_and_phone(
    served: tuple[Machine, Pages, Path], another: Machine, capsys: pytest.CaptureFixture[str]
) -> None:
    _, pages, copy = served
    assert main(["restore", str(copy), "--state", str(another.server)]) == 0
    told = capsys.readouterr().out
    assert "web/accounts.db" in told
    assert "Everybody signs in anew" in told
    for path in another.root.rglob("*"):
        assert path.stat().st_mode & 0o077 == 0, path
    with closing(sqlite3.connect(another.root / "web" / ACCOUNTS_FILE)) as accounts:
        assert accounts.execute("SELECT count(*) FROM sessions").fetchone() == (0,)
    hall = PaperHall()
    with application(another.place, hall.opened, Passwords(memory_kib=64, passes=1)) as (app, parts):
        tech = Pages(app, parts, hall, pages.phones).visitor()
        assert tech.log_in("tech", PASSWORD).status_code == 302
        next_code = pages.phones.shown("tech", utc_now() + timedelta(seconds=30))
        tech.post("/login/code", "/login/code", code=next_code)
        assert tech.get("/devices/").status_code == 200
        noted = [(one.what, one.by_id) for one in parts.changes.before()]
        assert ("restored", BY_RESTORE) in noted
        last = parts.editing.drafts.last()
        assert last is not None
        assert last.sources == {"branch.toml": "# mine"}
        assert parts.systems is not None
        assert [one.system_id for one in parts.systems.register.systems()] == ["portal"]
        assert parts.link == LINK, "no program need be paired anew"
    assert (another.root / "public" / KEY_FILE).exists()


def test_what_the_pages_keep_is_what_is_copied(served: tuple[Machine, Pages, Path], another: Machine) -> None:
    _, _, copy = served
    assert ROOMS == {"web": (ACCOUNTS_FILE, DRAFTS_FILE, ACCEPTANCE_FILE), "api": (SYSTEMS_FILE,), "public": ()}
    assert KEYS == (KEY_FILE, LINK_FILE)
    assert BY_RESTORE == AT_THE_MACHINE
    with application(another.place, PaperHall().opened, Passwords(memory_kib=64, passes=1)):
        made = {
            f"{path.parent.name}/{path.name}"
            for path in another.root.rglob("*")
            if path.is_file() and not path.name.endswith(("-wal", "-shm", "-journal"))
        }
    beside = listed(copy)
    assert beside is not None
    assert made
    assert made <= set(beside.files), "a file that the pages begin to keep belongs into the copies"
    lying = {str(path.relative_to(copy)) for path in copy.rglob("*") if path.is_file() and path.parent != copy}
    assert lying == set(beside.files), "and nothing else lies there"


def test_a_restore_test_counts_people_and_names_what_a_copy_lacks(
    served: tuple[Machine, Pages, Path], tmp_path: Path
) -> None:
    machine, _, copy = served
    copies = tmp_path / "copies"
    shutil.copytree(copy.parent, copies)
    good = try_restore(copies, machine.server, AT)
    assert good.good, good.why
    assert (good.accounts, good.agrees) == (len(PEOPLE), "same")
    assert good.beside == 6
    touched = copies / copy.name / "web" / ACCOUNTS_FILE
    whole = touched.read_bytes()
    touched.write_bytes(whole.replace(b"tech", b"hcet", 1))
    assert "is not as it was copied" in try_restore(copies, machine.server, AT).why
    touched.unlink()
    assert "lacks web/accounts.db" in try_restore(copies, machine.server, AT).why
    touched.write_bytes(whole)
    listing = copies / copy.name / LIST_FILE
    kept = listing.read_text()
    listing.write_text(kept.replace("web/accounts.db", "web/../../accounts.db"))
    assert "which no copy holds" in try_restore(copies, machine.server, AT).why
    listing.unlink()
    assert "the pages have by now" in try_restore(copies, machine.server, AT).why, "a copy of an older release"
    assert restore(copies / copy.name, tmp_path / "old" / "server", AT).beside.files == {}
    assert [one.accounts for one in kept_tests(copies)][-1] == len(PEOPLE)


def test_a_file_that_cannot_be_copied_is_named_and_the_branch_is_copied_all_the_same(
    served: tuple[Machine, Pages, Path], another: Machine, capsys: pytest.CaptureFixture[str]
) -> None:
    _, _, copy = served
    restore(copy, another.server, AT)
    (another.root / "web" / ACCOUNTS_FILE).write_bytes(b"no database" * 1000)
    copies = another.root / "copies"
    assert main(["backup", str(copies), "--state", str(another.server), "--json"]) == 1
    told = capsys.readouterr()
    assert "is good, but lacks a part" in told.err
    assert "accounts.db cannot be copied" in told.err
    assert "web/accounts.db" not in json.loads(told.out)["beside"]
    assert "lacks a part" in try_restore(copies, another.server, AT).why
    made = next(one for one in copies.iterdir() if one.is_dir())
    found = restore(made, another.root / "restored" / "server", AT)
    assert found.verdict.events > 10
    assert "web/accounts.db" in found.beside.failed


def test_nothing_is_restored_over_pages_that_are_there(
    served: tuple[Machine, Pages, Path], another: Machine, capsys: pytest.CaptureFixture[str]
) -> None:
    _, _, copy = served
    theirs = another.root / "web" / ACCOUNTS_FILE
    theirs.parent.mkdir()
    theirs.write_text("newer")
    with pytest.raises(BadCopy, match="--branch-only"):
        restore(copy, another.server, AT)
    assert not another.server.exists()
    assert main(["restore", str(copy), "--state", str(another.server), "--branch-only"]) == 0
    assert "Nothing of the programs of pages was restored" in capsys.readouterr().out
    assert theirs.read_text() == "newer"
    assert not (another.root / "api").exists()


def test_pages_in_a_folder_of_their_own_are_copied_from_there(
    served: tuple[Machine, Pages, Path], tmp_path: Path
) -> None:
    machine, _, _ = served
    elsewhere = {"web": machine.root / "web", "api": tmp_path / "nothing", "public": tmp_path / "nothing"}
    copied = back_up(machine.server, tmp_path / "copies", AT + timedelta(hours=1), elsewhere)
    assert set(copied.beside.files) == {f"web/{name}" for name in (*ROOMS["web"], LINK_FILE)}


def test_a_restore_that_fails_leaves_nothing_that_looks_like_a_branch(
    served: tuple[Machine, Pages, Path], another: Machine, capsys: pytest.CaptureFixture[str]
) -> None:
    _, _, copy = served
    another.root.mkdir(exist_ok=True)
    (another.root / "web").symlink_to(another.root / "a-disk-that-is-not-there")
    assert main(["restore", str(copy), "--state", str(another.server)]) == 1
    assert "nothing was restored" in capsys.readouterr().err
    left = [path for path in another.root.rglob("*") if path.is_file()]
    assert left == []
    (another.root / "web").unlink()
    assert main(["restore", str(copy), "--state", str(another.server)]) == 0, "so it can be tried again"


def test_what_a_killed_program_left_unfinished_is_taken_back_in_the_copy(
    served: tuple[Machine, Pages, Path], another: Machine
) -> None:
    """A journal beside the file, as after a power cut in the middle of a transaction."""
    _, _, copy = served
    restore(copy, another.server, AT)
    whole, killed = another.root / "api" / SYSTEMS_FILE, another.root / "killed"
    killed.mkdir()
    with closing(sqlite3.connect(whole, isolation_level=None)) as writing:
        writing.executescript("PRAGMA journal_mode=TRUNCATE; PRAGMA cache_size=1; BEGIN IMMEDIATE;")
        for number in range(500):
            writing.execute("INSERT INTO systems VALUES (?, ?, 0, 'x')", (f"half-{number}", "x" * 500))
        for file in (whole, whole.with_name(f"{SYSTEMS_FILE}-journal")):
            shutil.copyfile(file, killed / file.name)
        writing.execute("ROLLBACK")
    assert (killed / f"{SYSTEMS_FILE}-journal").stat().st_size > 512
    made = back_up(another.server, another.root / "copies", AT, {**rooms_beside(another.server), "api": killed})
    assert made.beside.failed == {}
    with closing(sqlite3.connect(made.path / "api" / SYSTEMS_FILE)) as copied:
        assert copied.execute("SELECT system_id FROM systems").fetchall() == [("portal",)]


def test_other_events_of_a_restored_branch_have_other_ids_at_receivers(tmp_path: Path) -> None:
    """Receivers forget an id that they have seen: after a restore the same number is another event."""
    seen = {}
    for name, later in (("before", 0), ("restored", 1)):
        events = play(MORNING).hall.events()
        half = len(events) // 3
        log = write_log(tmp_path / name, events[:half])
        with closing_systems(tmp_path / name) as file:
            follower = Follower(log, file.outbox)
            follower.follow(file.webhooks.all())
            moved = [msgspec.structs.replace(one, at=one.at + timedelta(seconds=later)) for one in events[half:]]
            write_log(tmp_path / name, moved)
            follower.follow(file.webhooks.all())
            rows = file.store.rows("SELECT delivery_id, body FROM deliveries")
            seen[name] = {msgspec.json.decode(row["body"])["sequence"]: row["delivery_id"][12:] for row in rows}
    assert seen["before"].keys() == seen["restored"].keys() != set()
    assert not set(seen["before"].values()) & set(seen["restored"].values())
