"""A second opinion: the printer's owner against emupos, an emulator made by others after Epson's reference.

emupos needs Python 3.13, which is not this project's; so it is run as a program of its own when it is at hand: install
it anywhere and name it by ``MOTCUA_EMUPOS=/path/to/emupos``. Without it these tests are skipped, visibly.
"""

import json
import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image

from hardware import registry
from hardware.printer import JobState, PrinterOwner, profile_named
from tests.devices.test_printer import QUICK, _body, _says
from tests.support.devices import Heard

EMUPOS = os.environ.get("MOTCUA_EMUPOS") or shutil.which("emupos")
pytestmark = pytest.mark.skipif(EMUPOS is None, reason="emupos is not at hand: set MOTCUA_EMUPOS to its program")


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


class Emulator:
    def __init__(self, folder: Path) -> None:
        assert EMUPOS is not None
        self.folder, self.port, self.api = folder, _free_port(), _free_port()
        device = {
            "id": "front",
            "type": "printer",
            "profile": "epson-tm-t20iii",
            "connections": [{"tcp": {"port": self.port}}],
        }
        config = {"schema": 1, "api": {"port": self.api}, "devices": [device]}
        (folder / "emupos.yaml").write_text(json.dumps(config))
        self.process = subprocess.Popen([EMUPOS, "run"], cwd=folder, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        assert any("Showing events" in line for line in self.process.stdout), "it did not start"

    def fault(self, do: str, fault: str) -> None:
        assert EMUPOS is not None
        command = [EMUPOS, "--api", f"http://127.0.0.1:{self.api}", "fault", do, "front", fault]
        subprocess.run(command, check=True, capture_output=True, timeout=30)

    def codes(self) -> list[str]:
        found = []
        for path in sorted(self.folder.rglob("*.png")):
            with Image.open(path) as picture:
                found += [code.text for code in zxingcpp.read_barcodes(picture.convert("L"))]
        return found

    def end(self) -> None:
        self.process.terminate()
        self.process.wait(timeout=20)
        assert self.process.stdout is not None
        self.process.stdout.close()


@pytest.fixture
def emulator(tmp_path: Path) -> Iterator[Emulator]:
    started = Emulator(tmp_path)
    yield started
    started.end()


@pytest.mark.parametrize("profile", ["generic_80mm", "xprinter_80"])
def test_another_emulator_prints_confirms_and_reports(emulator: Emulator, tmp_path: Path, profile: str) -> None:
    heard = Heard()
    device = registry.find(f"tcp://127.0.0.1:{emulator.port}")
    owner = PrinterOwner(device.open, replace(profile_named(profile), **QUICK), tmp_path / "state" / "jobs.db", heard)
    try:
        owner.submit("job-1", "visit-1", _body(1))
        assert heard.settled("job-1").state is JobState.CONFIRMED
        emulator.fault("set", "paper-out")
        owner.submit("job-2", "visit-2", _body(2))
        heard.wait(_says("held:paper_out"))
        emulator.fault("clear", "paper-out")
        assert heard.settled("job-2").state is JobState.CONFIRMED
    finally:
        owner.close(finish_s=0)
    assert emulator.codes() == ["visit-1", "visit-2"]
