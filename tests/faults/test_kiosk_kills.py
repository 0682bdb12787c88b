"""The real kiosk without its server, killed at its system calls: what anyone saw is handed over, once, as it was."""

import shutil
from collections.abc import Iterable
from pathlib import Path

import pytest

from protocol.commands import Configure
from protocol.views import Done
from queue_server.config import read_sources
from tests.faults.kiosk_kills import Witness, live_and_die, on_paper, plans
from tests.support.blind_kiosk import CONFIG, BlindKiosk
from tests.support.real_hall import PaperPrinter
from tests.support.replayed import ReplayedBranch
from tests.support.served_branch import ServedBranch, function

needs_strace = pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed")


def killed_and_reconciled(folder: Path, where: Iterable[tuple[str, int]], kills: int) -> Witness:
    with ServedBranch(folder, anchor="2026-11-23T08:00:00+07:00") as branch, PaperPrinter(folder / "paper") as paper:
        with branch.technician() as technician:
            many = {name: text.replace("last = 599", "last = 9999") for name, text in read_sources(CONFIG).items()}
            assert technician.ask_and_wait(Configure(function_id="technician", sources=many)) == Done()
        state = branch.pair("kiosk-1", function("kiosk", "kiosk-1"))
        with BlindKiosk(state) as kiosk:
            assert kiosk.take("civil_status") == "H001"
        branch.kill()
        witness = live_and_die(state, paper.address, where, kills)
        branch.start()
        with BlindKiosk(state, paper.address) as kiosk:
            kiosk.wait(lambda: kiosk.state.link == "up" and not kiosk.state.outbox)
            assert kiosk.state.refused == ()
        branch.stop()
        papers = on_paper(paper)
    replayed = ReplayedBranch(branch.state)
    replayed.check()
    taken = {one.visit_id: f"{one.prefix}{one.number:03d}" for one in replayed.taken().values() if one.off_line}
    assert all(len(numbers) == 1 for numbers in witness.numbers.values()), "a citizen saw two numbers"
    assert {visit_id: numbers.pop() for visit_id, numbers in witness.numbers.items()}.items() <= taken.items()
    assert set(papers) <= set(taken), "a paper that nobody knows"
    assert len(set(taken.values())) == len(taken), "a number was used twice"
    return witness


@needs_strace
def test_killed_at_a_few_system_calls_every_number_is_handed_over_once(tmp_path: Path) -> None:
    where = [("pwrite64", 8), ("fdatasync", 3), ("pwrite64", 14), ("fdatasync", 5)]
    witness = killed_and_reconciled(tmp_path, where, kills=4)
    assert witness.kills.total() >= 3, witness.kills
    assert len(witness.numbers) >= 4


@needs_strace
@pytest.mark.slow
@pytest.mark.timeout(1500)
def test_killed_at_a_hundred_system_calls_every_number_is_handed_over_once(tmp_path: Path) -> None:
    witness = killed_and_reconciled(tmp_path, plans(), kills=100)
    print(dict(witness.kills), witness.lives, len(witness.numbers))  # noqa: T201 -- figures for people.
