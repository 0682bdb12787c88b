"""A copy is made while the branch is served, verified before it counts, and gives a branch that works."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from motcua.__main__ import main
from protocol.commands import TakeTicket
from protocol.link import new_id
from protocol.views import TicketTaken
from queue_server.backup import BadCopy, back_up, kept_of, restore
from tests.support.served_branch import ServedBranch, function

AT = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)


def take() -> TakeTicket:
    return TakeTicket(function_id="kiosk-1", visit_id=new_id(), service_id="land", priority_class_id="usual")


def number(branch: ServedBranch) -> int:
    reply = branch.ask("kiosk", take())
    assert isinstance(reply, TicketTaken)
    return reply.number


def test_a_branch_comes_back_from_a_copy_that_was_made_while_it_was_served(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with ServedBranch(tmp_path) as branch:
        branch.pair("kiosk", function("kiosk", "kiosk-1"))
        assert [number(branch) for _ in range(3)] == [1, 2, 3]
        assert main(["backup", str(tmp_path / "copies"), "--state", str(branch.state), "--json"]) == 0
        copy = Path(json.loads(capsys.readouterr().out.splitlines()[-1])["path"])
        branch.stop()
        branch.state = tmp_path / "restored"
        assert main(["restore", str(copy), "--state", str(branch.state)]) == 0
        assert main(["verify", "--state", str(branch.state)]) == 0
        branch.start()
        assert branch.epoch > 1000
        assert number(branch) == 4, "the same devices, the same day, the next number"


def test_a_copy_that_was_touched_is_refused_and_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with ServedBranch(tmp_path) as branch:
        copy = back_up(branch.state, tmp_path / "copies", AT).path
    log = copy / "branch.db"
    log.write_bytes(log.read_bytes().replace(b"server_started", b"server_stopped"))
    with pytest.raises(BadCopy, match="event"):
        restore(copy, tmp_path / "restored", AT)
    assert main(["verify", "--state", str(copy)]) == 1
    assert "WRONG" in capsys.readouterr().out
    assert not (tmp_path / "restored").exists()


def test_nothing_is_restored_over_a_branch_that_is_there(tmp_path: Path) -> None:
    with ServedBranch(tmp_path) as branch:
        copy = back_up(branch.state, tmp_path / "copies", AT).path
        with pytest.raises(BadCopy, match="not empty"):
            restore(copy, branch.state, AT)


def test_kept_are_the_last_copies_and_one_for_each_older_day_and_month() -> None:
    names = [(AT - timedelta(hours=hours)).strftime("branch-%Y%m%dT%H%M%SZ") for hours in range(24 * 400)]
    kept = set(kept_of(names))
    assert set(names[:24]) <= kept
    assert len({name[:15] for name in kept}) >= 14
    assert len({name[:13] for name in kept}) == 12
    assert len(kept) <= 24 + 14 + 12
