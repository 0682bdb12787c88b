"""Whoever steers a simulated hall by hand and writes a wrong name is told which names there are."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from hardware.simulated.config import HallConfig
from hardware.simulated.hall import SimulatedHall
from motcua.__main__ import main
from tests.support.devices import simulated_hall


@pytest.fixture
def control(tmp_path: Path) -> Iterator[str]:
    """Give the control port of a hall of one printer, one wire with one keypad, and one scanner."""
    slaves = [{"address": 65, "kind": "call_keypad"}]
    with simulated_hall(
        tmp_path / "hall",
        printers=[{"name": "kiosk-1", "address": "tcp://127.0.0.1:0"}],
        wires=[{"name": "wire-1", "address": f"pty:{tmp_path}/wire.pty", "slaves": slaves}],
        inputs=[{"name": "scanner-1", "address": f"pty:{tmp_path}/scanner.pty", "kind": "serial_scanner"}],
    ) as (addresses, _):
        yield addresses["control"]


@pytest.mark.parametrize(
    ("device", "fault", "told"),
    [
        ("nobody", "absent", "no device is called 'nobody'; there are: kiosk-1, scanner-1, wire-1"),
        ("nobody#65", "absent", "no wire is called 'nobody'; there are: wire-1"),
        ("wire-1#66", "absent", "no slave of wire-1 is called 66; there are: 65"),
        ("wire-1", "absent", "'absent' is a fault of one slave and not of its wire; there are: wire-1#65"),
        ("wire-1", "paper_out", "wire-1 cannot have the fault 'paper_out'; there are: echo, noise, noise_within"),
        ("wire-1#65", "absend", "slave 65 cannot have the fault 'absend'; there are: absent, babbling, deaf"),
        ("kiosk-1", "no_paper", "kiosk-1 cannot have the fault 'no_paper'; there are: cover_open, cutter_jam"),
        ("scanner-1", "noise", "scanner-1 cannot have the fault 'noise'; there are: unplugged"),
    ],
)
def test_a_wrong_name_is_told_with_those_there_are(
    control: str, device: str, fault: str, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["devices", "fault", "--control", control, device, fault]) == 1
    assert told in capsys.readouterr().err


@pytest.mark.parametrize(
    ("device", "fault"),
    [
        ("kiosk-1", "paper_out"),
        ("wire-1", "noise"),
        ("wire-1#65", "absent"),
        ("wire-1", "unplugged"),
        ("scanner-1", "unplugged"),
    ],
)
def test_a_right_name_is_a_fault_and_its_mend(
    control: str, device: str, fault: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["devices", "fault", "--control", control, device, fault]) == 0
    assert main(["devices", "mend", "--control", control, device, fault]) == 0
    assert capsys.readouterr().out == f"{device}: {fault} on\n{device}: {fault} off\n"


def test_a_hall_that_has_just_ended_may_be_stopped_once_more(tmp_path: Path) -> None:
    """Its thread may see that it shall stop, and end, before the one who stops it has rung."""
    hall = SimulatedHall(HallConfig(tickets=str(tmp_path)))
    hall.stop()
    hall.run()
    hall.stop()
