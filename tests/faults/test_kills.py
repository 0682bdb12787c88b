"""The real server, killed at its system calls: nothing told is lost, and nothing is given twice.

How soon it is back is measured by `motcua bench`, where neither strace nor other tests slow it down.
"""

import shutil
from pathlib import Path

import pytest

from tests.faults.kills import held_against_the_log, live_and_die, plans
from tests.support.served_branch import ServedBranch

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
        print(dict(ledger.kills), len(ledger.entries))  # noqa: T201 -- figures for people.
        assert held_against_the_log(branch, ledger) == []
        branch.start()
