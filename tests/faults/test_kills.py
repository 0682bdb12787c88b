"""The real server, killed at its system calls: nothing told is lost, nothing is given twice, it is soon back."""

import shutil
from pathlib import Path

import pytest

from tests.faults.kills import held_against_the_log, live_and_die, plans
from tests.support.served_branch import ServedBranch

BACK_WITHIN_S = 3.0

needs_strace = pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed")


@needs_strace
def test_killed_at_a_few_system_calls_the_ledger_is_the_log(tmp_path: Path) -> None:
    with ServedBranch(tmp_path) as branch:
        where = [("pwrite64", 9), ("fdatasync", 6), ("pwrite64", 30), ("write", 25), ("fdatasync", 2), ("pwrite64", 20)]
        ledger = live_and_die(branch, where, kills=4)
        assert ledger.kills.total() >= 4, ledger.kills
        assert len(ledger.entries) >= 4
        assert held_against_the_log(branch, ledger) == []
        branch.start()


@needs_strace
@pytest.mark.slow
@pytest.mark.begins_first
@pytest.mark.timeout(1500)
def test_killed_at_three_hundred_system_calls_the_ledger_is_the_log(tmp_path: Path) -> None:
    with ServedBranch(tmp_path) as branch:
        ledger = live_and_die(branch, plans(), kills=300)
        # Each start is slowed by strace, and the machine by other tests: one in twenty may be late.
        slow_s = sorted(ledger.starts_s)[len(ledger.starts_s) * 19 // 20]
        print(dict(ledger.kills), len(ledger.entries), f"{slow_s:.2f}")  # noqa: T201 -- figures for people.
        assert held_against_the_log(branch, ledger) == []
        assert slow_s <= BACK_WITHIN_S
        branch.start()
