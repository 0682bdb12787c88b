"""A second opinion: the printer's owner against emupos, an emulator made by others after Epson's reference.

emupos needs Python 3.13, which is not this project's; so it is run as a program of its own when it is at hand: install
it anywhere and name it by ``MOTCUA_EMUPOS=/path/to/emupos``. Without it these tests are skipped, visibly.
"""

import json
import os
import shutil
import socket
import subprocess
import threading
import time
import unicodedata
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image

from hardware import registry
from hardware.printer import PROFILES, JobState, PrinterOwner, Profile, profile_named
from hardware.ticket import draw_ticket, ticket_bytes
from tests.devices.test_printer import QUICK, _body, _says
from tests.devices.test_ticket import TICKET
from tests.support.devices import Heard

EMUPOS = os.environ.get("MOTCUA_EMUPOS") or shutil.which("emupos")
pytestmark = pytest.mark.skipif(EMUPOS is None, reason="emupos is not at hand: set MOTCUA_EMUPOS to its program")
LIKE = {"xprinter": "xprinter-xp80t", "rongta": "rongta-rp326"}  # Else Epson's own.
PAPER_DOTS = 576


def _free_ports(count: int) -> list[int]:
    """Find ports for a program that must be told which; all at once, so that none is found twice."""
    with ExitStack() as stack:
        servers = [stack.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(count)]
        return [server.getsockname()[1] for server in servers]


class Emulator:
    """One printer for each of our profiles, like it where emupos has its like."""

    def __init__(self, folder: Path) -> None:
        assert EMUPOS is not None
        self.folder = folder
        self.api, *ports = _free_ports(1 + len(PROFILES))
        self.ports = dict(zip(PROFILES, ports, strict=True))
        devices = [
            {
                "id": name.replace("_", "-"),
                "type": "printer",
                "profile": LIKE.get(name.split("_", maxsplit=1)[0], "epson-tm-t20iii"),
                "connections": [{"tcp": {"port": port}}],
            }
            for name, port in self.ports.items()
        ]
        config = {"schema": 1, "api": {"port": self.api}, "devices": devices}
        (folder / "emupos.yaml").write_text(json.dumps(config))
        self.process = subprocess.Popen(
            [EMUPOS, "run"], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        assert self.process.stdout is not None
        said: list[str] = []
        for line in self.process.stdout:
            said.append(line)
            if "Showing events" in line:
                return
        self.end()
        pytest.fail(f"emupos did not start: {''.join(said)}")

    def fault(self, name: str, do: str, fault: str) -> None:
        assert EMUPOS is not None
        command = [EMUPOS, "--api", f"http://127.0.0.1:{self.api}", "fault", do, name.replace("_", "-"), fault]
        subprocess.run(command, check=True, capture_output=True, timeout=30)

    def pictures(self, name: str, count: int = 0) -> list[Path]:
        """Give the pictures of a printer's tickets; emupos writes a picture some time after it has said so."""
        deadline_s = time.monotonic() + 10
        wait = threading.Event()
        while True:
            found = sorted(path for path in self.folder.rglob("*.png") if name.replace("_", "-") in path.name)
            if len(found) >= count or time.monotonic() > deadline_s:
                return found
            wait.wait(0.05)  # Another program's folder: there is nothing to wait on.

    def end(self) -> None:
        self.process.terminate()
        self.process.wait(timeout=20)
        assert self.process.stdout is not None
        self.process.stdout.close()


@pytest.fixture(scope="module")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    started = Emulator(tmp_path_factory.mktemp("emupos"))
    yield started
    started.end()


def _ink_of(picture: Image.Image) -> Image.Image:
    """Cut a picture down to its ink."""
    grey = picture.convert("L").point([255 if level < 128 else 0 for level in range(256)])
    box = grey.getbbox()
    assert box is not None
    return grey.crop(box)


@pytest.mark.parametrize("name", sorted(PROFILES))
def test_a_ticket_on_every_profile_is_what_two_others_read(emulator: Emulator, tmp_path: Path, name: str) -> None:
    """Emupos prints the dots that were drawn, in either form of Unicode; zxing-cpp reads the code from them."""
    profile = replace(profile_named(name), **QUICK)
    if profile.confirm == "process_id":
        profile = replace(
            profile, confirm="gs_r"
        )  # emupos knows no GS ( H; golden frames stand in test_printer_replies.
    # What has no cutter is cut here all the same: emupos keeps a ticket until it is cut.
    profile = replace(profile, cut="partial")
    heard = Heard()
    device = registry.find(f"tcp://127.0.0.1:{emulator.ports[name]}")
    owner = PrinterOwner(device.open, profile, tmp_path / "jobs.db", heard)
    decomposed = replace(TICKET, service=unicodedata.normalize("NFD", TICKET.service))
    assert decomposed.service != TICKET.service
    try:
        for number, content in enumerate((TICKET, decomposed)):
            owner.submit(f"job-{number}", f"visit-{number}", ticket_bytes(content, profile.width_dots))
            wanted = JobState.SENT if profile.confirm == "none" else JobState.CONFIRMED
            assert heard.settled(f"job-{number}").state is wanted
    finally:
        owner.close(finish_s=5)
    wanted_ink = _ink_of(draw_ticket(TICKET, profile.width_dots))
    printed = emulator.pictures(name, 2)
    assert len(printed) == 2
    for path in printed:
        with Image.open(path) as picture:
            assert _ink_of(picture).tobytes() == wanted_ink.tobytes(), path
            assert [code.text for code in zxingcpp.read_barcodes(picture.convert("L"))] == [TICKET.qr_text]


def test_another_emulator_reports_and_goes_on_where_paper_ended(emulator: Emulator, tmp_path: Path) -> None:
    heard = Heard()
    name = "generic_80mm"
    device = registry.find(f"tcp://127.0.0.1:{emulator.ports[name]}")
    before = len(emulator.pictures(name))
    owner = PrinterOwner(device.open, replace(profile_named(name), **QUICK), tmp_path / "jobs.db", heard)
    try:
        emulator.fault(name, "set", "paper-out")
        owner.submit("job-1", "visit-1", _body(1))
        heard.wait(_says("held:paper_out"))
        emulator.fault(name, "clear", "paper-out")
        assert heard.settled("job-1").state is JobState.CONFIRMED
    finally:
        owner.close(finish_s=0)
    assert len(emulator.pictures(name, before + 1)) == before + 1


def test_a_fence_that_the_printer_does_not_know_is_never_taken_for_confirmed(
    emulator: Emulator, tmp_path: Path
) -> None:
    """The profile promises GS ( H, the printer has none: printed, and still uncertain."""
    heard = Heard()
    profile: Profile = replace(profile_named("tm_t82"), **QUICK)
    device = registry.find(f"tcp://127.0.0.1:{emulator.ports['tm_t88iii']}")
    owner = PrinterOwner(device.open, profile, tmp_path / "jobs.db", heard)
    try:
        owner.submit("job-1", "visit-1", _body(1))
        outcome = heard.settled("job-1")
        assert (outcome.state, outcome.reason) == (JobState.UNCERTAIN, "unconfirmed")
    finally:
        owner.close(finish_s=0)
