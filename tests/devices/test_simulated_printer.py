"""The simulated printer under another's hands: python-escpos drives it, zxing-cpp reads what it printed."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import zxingcpp
from escpos.printer import Network
from PIL import Image

from hardware.simulated.printer import PrinterConfig, PrinterModel
from hardware.simulated.remote import Remote
from tests.support.devices import simulated_hall


@pytest.fixture
def driven(tmp_path: Path) -> Iterator[tuple[Any, Remote]]:
    with simulated_hall(tmp_path, printers=[{"name": "front", "address": "tcp://127.0.0.1:0"}]) as (addresses, remote):
        host, _, port = addresses["printers"]["front"].removeprefix("tcp://").rpartition(":")
        printer = Network(host, port=int(port), timeout=5, profile="TM-T88V")
        yield printer, remote
        printer.close()


@pytest.mark.parametrize("kind", ["bitImageRaster", "graphics"])
def test_what_python_escpos_prints_is_read_by_another_reader(driven: tuple[Any, Remote], kind: str) -> None:
    printer, remote = driven
    remote.watch()
    printer.qr("https://mot-cua.example/t/42", native=False, size=6, image_arguments={"impl": kind})
    printer.cut()
    note = remote.event(timeout_s=10)
    assert note is not None
    with Image.open(note["picture"]) as picture:
        assert [found.text for found in zxingcpp.read_barcodes(picture.convert("L"))] == [
            "https://mot-cua.example/t/42"
        ]


def test_python_escpos_learns_of_the_paper(driven: tuple[Any, Remote]) -> None:
    printer, remote = driven
    assert (printer.paper_status(), printer.is_online()) == (2, True)
    remote.order("fault", device="front", fault="near_end")
    assert printer.paper_status() == 1
    remote.order("fault", device="front", fault="paper_out")
    assert (printer.paper_status(), printer.is_online()) == (0, False)


def _answers(*faults: str) -> str:
    """Give the answers to DLE EOT 1, 2, 3, 4 and to GS r 1, as another emulator's log shows them."""
    model = PrinterModel(PrinterConfig())
    for fault in faults:
        model.set_fault(fault, 0.0, on=True)
    model.receive(bytes.fromhex("10 04 01 10 04 02 10 04 03 10 04 04"), 0.0)
    four, model.replies = model.replies, b""
    model.receive(bytes.fromhex("1d 72 01"), 0.0)
    return f"{four.hex(' ')}|{model.replies.hex() or '–'}"


# Measured on emupos 0.4.0, an independent emulator made after Epson's reference.
@pytest.mark.parametrize(
    ("faults", "answers"),
    [
        ((), "12 12 12 12|00"),
        (("near_end",), "12 12 12 1e|03"),
        (("paper_out",), "1a 32 12 7e|–"),
        (("cover_open",), "1a 16 12 12|–"),
        (("off_line",), "1a 12 12 12|–"),
    ],
)
def test_its_answers_are_those_of_another_emulator(faults: tuple[str, ...], answers: str) -> None:
    assert _answers(*faults) == answers


def test_a_status_request_inside_a_raster_is_dots() -> None:
    model = PrinterModel(PrinterConfig(width_dots=24))
    model.receive(b"\x1dv0\x00\x03\x00\x02\x00" + b"\x10\x04\x01" * 2, 0.0)
    assert model.replies == b""
    model.receive(b"\x10\x04\x01", 0.0)
    assert model.replies == b"\x12"


def test_a_reset_ends_automatic_status() -> None:
    model = PrinterModel(PrinterConfig())
    model.receive(b"\x1da\x0e", 0.0)
    assert model.replies.hex(" ") == "10 00 00 00"
    model.set_fault("near_end", 0.0, on=True)
    assert model.replies.hex(" ") == "10 00 00 00 10 00 03 00"
    model.receive(b"\x1b@", 0.0)
    model.set_fault("cover_open", 0.0, on=True)
    assert len(model.replies) == 8


def test_power_that_fails_for_some_bytes_comes_back_by_itself() -> None:
    model = PrinterModel(PrinterConfig(width_dots=24))
    model.later, model.lost_most = (1, "switched_off"), 4
    model.receive(b"\x1dv0\x00\x03\x00\x01\x00" + b"dot", 0.0)
    model.receive(b"\x10\x04\x01", 0.0)
    assert (model.faults, model.replies) == ({"switched_off"}, b"")
    model.receive(b"\x10" + b"\x10\x04\x01", 0.0)
    assert (model.faults, model.replies) == (set(), b"\x12")
    model.set_fault("switched_off", 0.0, on=True)
    model.receive(bytes(100), 0.0)
    assert model.faults == {"switched_off"}
