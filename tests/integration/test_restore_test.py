"""A restore test tells the truth about the newest copy, beside a branch that is served and never notices."""

import hashlib
import json
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from motcua.__main__ import main
from protocol.commands import TakeTicket
from protocol.link import new_id
from protocol.views import TicketTaken
from queue_server.backup import back_up
from queue_server.backup_shelf import TESTS_FILE, Copy, RestoreTest, copies_in, kept_tests, troubles
from queue_server.restore_test import PLACE, try_restore
from tests.support.served_branch import ServedBranch, function

AT = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)


def number(branch: ServedBranch) -> str:
    taken = branch.ask(
        "kiosk",
        TakeTicket(function_id="kiosk-1", visit_id=new_id(), service_id="land", priority_class_id="usual"),
    )
    assert isinstance(taken, TicketTaken)
    return f"{taken.prefix}{taken.number:03d}"


def everything(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.name.endswith("-shm")
    }


def test_the_newest_copy_is_restored_beside_a_served_branch(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    copies = tmp_path / "copies"
    with ServedBranch(tmp_path) as branch:
        branch.pair("kiosk", function("kiosk", "kiosk-1"))
        numbers = [number(branch) for _ in range(3)]
        back_up(branch.state, copies, AT - timedelta(days=1))
        newest = back_up(branch.state, copies, AT)
        after = number(branch)
        before = everything(branch.state)
        capsys.readouterr()
        assert main(["restore", "--test", str(copies), "--state", str(branch.state), "--json"]) == 0
        told = msgspec.json.decode(capsys.readouterr().out, type=RestoreTest)
        assert everything(branch.state) == before, "the served branch is as it was, to the byte"
        assert number(branch) != after, "and goes on"
    assert told.good
    assert told.copy == newest.path.name
    assert (told.events, told.last_hash) == (newest.verdict.events, newest.verdict.last_hash)
    assert told.last_number == numbers[-1], "what was given after the copy is not in it"
    assert (told.visits, told.agrees) == (3, "same")
    assert told.size > 10_000
    assert 0 < told.took_s < 60
    assert not list(copies.glob(f"{PLACE}*")), "its place is taken away again"
    assert (copies / TESTS_FILE).stat().st_mode & 0o077 == 0
    (kept,) = kept_tests(copies)
    assert kept == told


def test_copies_that_cannot_be_trusted_are_told_and_kept_as_failures(tmp_path: Path) -> None:
    copies = tmp_path / "copies"
    with ServedBranch(tmp_path) as branch:
        branch.pair("kiosk", function("kiosk", "kiosk-1"))
        good = back_up(branch.state, copies, AT).path
        number(branch)
        other = tmp_path / "other"
        shutil.copytree(branch.state, other)

    log = good / "branch.db"
    whole = log.read_bytes()
    log.write_bytes(whole.replace(b"server_started", b"server_stopped"))
    touched = try_restore(copies, branch.state, AT)
    assert "was changed" in touched.why
    log.write_bytes(whole[: len(whole) // 2])
    assert not try_restore(copies, branch.state, AT).good
    log.write_bytes(whole)
    (good / "branch.key").rename(good / "away")
    assert "branch.key" in try_restore(copies, branch.state, AT).why
    (good / "away").rename(good / "branch.key")

    with ServedBranch(tmp_path / "another") as another:
        another.pair("kiosk", function("kiosk", "kiosk-1"))
        [number(another) for _ in range(4)]
        strange = try_restore(copies, another.state, AT)
    assert "is another than that of the served branch" in strange.why
    assert try_restore(copies, None, AT).agrees == "unknown"
    assert [one.good for one in kept_tests(copies)] == [True, False, False, False, False]
    assert not list(copies.glob(f"{PLACE}*"))


def test_what_a_killed_test_left_is_swept_and_a_broken_line_hides_no_other(tmp_path: Path) -> None:
    copies = tmp_path / "copies"
    with ServedBranch(tmp_path) as branch:
        back_up(branch.state, copies, AT)
    (copies / f"{PLACE}killed" / "branch").mkdir(parents=True)
    (copies / TESTS_FILE).write_text('{"at": "2026-11-01T00:00:00Z", "copy": "branch-20261101T000000Z"}\n{"at": "20')
    assert try_restore(copies, branch.state, AT).good
    assert not list(copies.glob(f"{PLACE}*"))
    assert [one.copy for one in kept_tests(copies)] == ["branch-20261123T100000Z", "branch-20261101T000000Z"]


def test_without_a_copy_there_is_nothing_to_test(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "copies").mkdir()
    assert main(["restore", "--test", str(tmp_path / "copies"), "--json"]) == 1
    assert "no copy" in json.loads(capsys.readouterr().out)["why"]
    assert main(["restore", "--test", str(tmp_path / "nowhere")]) == 2 or "kept" in capsys.readouterr().err


def test_what_is_wrong_with_the_backups_is_told() -> None:
    fresh, old = Copy("b", AT - timedelta(hours=1), 1), Copy("a", AT - timedelta(hours=27), 1)
    good = RestoreTest(at=AT - timedelta(days=34), copy="a")
    stale = RestoreTest(at=AT - timedelta(days=36), copy="a")
    bad = RestoreTest(at=AT - timedelta(days=1), copy="a", why="the disk lies")
    assert troubles([fresh, old], [good], AT) == ()
    assert troubles(None, [], AT) == ("no_folder",)
    assert troubles([], [], AT) == ("no_copy", "never_tested")
    assert troubles([old], [stale, bad], AT) == ("copy_old", "test_old")
    assert troubles([fresh], [bad, good], AT) == ("test_failed",)


def test_names_that_are_no_copies_are_left_out(tmp_path: Path) -> None:
    for name in ("branch-20261123T100000Z", "branch-20261123T100000Z.unfinished", "branch-99999999T999999Z", "notes"):
        (tmp_path / name).mkdir()
    assert [one.name for one in copies_in(tmp_path)] == ["branch-20261123T100000Z"]
