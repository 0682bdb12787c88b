"""A ticket on trial from a kiosk's own printer: printed, told, and never left to come out later."""

import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from hardware.printer import profile_named
from hardware.registry import find
from hardware.simulated.remote import Remote
from kiosk.ticket.model import Input, PrinterHealth
from kiosk.ticket.printing import Printing
from tests.devices.test_printer_faults import QUICK
from tests.support.devices import simulated_hall
from tests.support.kiosks import ward_texts

PATIENCE_S = 20.0


@pytest.fixture
def printer(tmp_path: Path) -> Iterator[tuple[Remote, str]]:
    printers = [{"name": "front", "address": "tcp://127.0.0.1:0", "rows_per_s": 8000}]
    with simulated_hall(tmp_path / "hall", printers=printers) as (addresses, control):
        yield control, addresses["printers"]["front"]


class Trial:
    """How trials ended, and what the kiosk's flow was told meanwhile."""

    def __init__(self, address: str, folder: Path, profile: str = "generic_80mm") -> None:
        self.told: list[Input] = []
        self.ends: list[tuple[str, str]] = []
        self._changed = threading.Condition()
        self.printing = Printing(
            find(address),
            replace(profile_named(profile), **QUICK),
            folder,
            self._tell,
            health_every_s=0.05,
            words=ward_texts().words("vi"),
        )

    def print(self, trial_id: str) -> tuple[str, str]:
        before = len(self.ends)
        self.printing.print_trial(trial_id, self._ended)
        with self._changed:
            assert self._changed.wait_for(lambda: len(self.ends) > before, PATIENCE_S)
        return self.ends[-1]

    def is_well(self) -> None:
        """Wait until the printer has told that it is well again."""
        with self._changed:
            assert self._changed.wait_for(lambda: self.told and self.told[-1] == PrinterHealth(""), PATIENCE_S)

    def _tell(self, told: Input) -> None:
        with self._changed:
            self.told.append(told)
            self._changed.notify_all()

    def _ended(self, result: str, why: str) -> None:
        with self._changed:
            self.ends.append((result, why))
            self._changed.notify_all()


def test_it_comes_out_and_is_confirmed_and_the_flow_hears_nothing(printer: tuple[Remote, str], tmp_path: Path) -> None:
    trial = Trial(printer[1], tmp_path / "printer")
    with closing(trial.printing):
        assert trial.print("1" * 32) == ("done", "")
    assert not [one for one in trial.told if type(one).__name__ == "PrinterTold"]


def test_without_paper_it_fails_with_the_reason_and_does_not_come_later(
    printer: tuple[Remote, str], tmp_path: Path
) -> None:
    control, address = printer
    control.order("fault", device="front", fault="paper_out", on=True)
    trial = Trial(address, tmp_path / "printer")
    with closing(trial.printing):
        result, why = trial.print("2" * 32)
        assert result == "failed"
        assert "paper" in why
        control.order("fault", device="front", fault="paper_out", on=False)
        trial.is_well()
        assert trial.print("3" * 32) == ("done", "")
        states = {job: [one.state for one in trial.printing._owner.attempts(job)] for job in ("2" * 32, "3" * 32)}
    assert states == {"2" * 32: ["void"], "3" * 32: ["confirmed"]}
    assert len(trial.ends) == 2


def test_a_printer_that_is_not_there_is_said_to_be_so(tmp_path: Path) -> None:
    trial = Trial("tcp://127.0.0.1:9", tmp_path / "printer")
    with closing(trial.printing):
        result, why = trial.print("4" * 32)
    assert (result, why) == ("failed", "unreachable")
