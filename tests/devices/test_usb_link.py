"""A USB printer through PyUSB: pipes found from descriptors, short writes, time-outs, unplugging, two programs."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import zxingcpp
from PIL import Image

from hardware import registry
from hardware.links import Link, LinkBusy, LinkGone
from hardware.printer import JobState, PrinterOwner, profile_named
from hardware.simulated.printer import Ticket
from hardware.usb_link import UsbAddress, open_usb
from tests.devices.test_printer import QUICK, _body, _says
from tests.support.devices import Heard
from tests.support.usb_printer import PRODUCT, SERIAL, VENDOR, OverLoopback, UsbPrinter

ADDRESS = UsbAddress(VENDOR, PRODUCT, SERIAL)
INVERSE = bytes(255 - byte for byte in range(256))


@pytest.fixture
def printer() -> Iterator[UsbPrinter]:
    made = UsbPrinter()
    yield made
    made.unplug()


@pytest.fixture
def backend(printer: UsbPrinter) -> OverLoopback:
    return OverLoopback(printer)


@pytest.fixture
def link(backend: OverLoopback) -> Iterator[Link]:
    opened = open_usb(ADDRESS, backend=backend)
    yield opened
    opened.close()


def _codes(tickets: list[Ticket]) -> list[str]:
    found = []
    for ticket in tickets:
        dots = b"".join(ticket.rows).translate(INVERSE)
        picture = Image.frombytes("1", (ticket.width_dots, len(ticket.rows)), dots)
        found += [code.text for code in zxingcpp.read_barcodes(picture.convert("L"))]
    return found


def test_the_pipes_are_found_and_carry_bytes_both_ways(link: Link) -> None:
    link.write(b"\x10\x04\x01\x10\x04\x04", timeout_s=5)
    heard = b""
    while len(heard) < 2:
        heard += link.read(timeout_s=5)
    assert heard == b"\x12\x12"
    assert link.address == f"usb://04b8:0e28?serial={SERIAL}"


def test_the_port_tells_of_the_paper_when_the_printer_does_not(link: Link, printer: UsbPrinter) -> None:
    assert link.port_status() == 0x18
    printer.fault("paper_out")
    assert link.port_status() == 0x30


def test_a_short_write_loses_nothing(link: Link, backend: OverLoopback, printer: UsbPrinter) -> None:
    backend.takes_most = 7
    rows = [bytes((row,)) * 72 for row in range(40)]
    link.write(b"\x1dv0\x00\x48\x00\x28\x00" + b"".join(rows), timeout_s=20)
    assert printer.wait_for_rows(40) == rows


def test_what_is_not_there_is_told_with_its_mend(printer: UsbPrinter, backend: OverLoopback) -> None:
    with pytest.raises(LinkGone, match="no such printer is plugged in"):
        open_usb(UsbAddress(VENDOR, PRODUCT, "OTHER"), backend=backend)
    with pytest.raises(LinkGone, match="2 such printers"):
        open_usb(UsbAddress(VENDOR, PRODUCT), backend=OverLoopback(printer, UsbPrinter(serial="OTHER")))


@pytest.mark.leaves_behind("libusb keeps its own descriptors for the whole process")
def test_libusb_itself_finds_no_such_printer_here() -> None:
    with pytest.raises(LinkGone, match=r"no such printer is plugged in|libusb-1\.0-0"):
        registry.find("usb://04b8:0e28?serial=NOT-HERE").open()


def test_a_second_program_is_refused_by_name(link: Link, backend: OverLoopback) -> None:
    assert link.fileno() >= 0
    with pytest.raises(LinkBusy, match="another program holds the device"):
        open_usb(ADDRESS, backend=backend)


def test_an_unplugged_printer_is_gone(link: Link, printer: UsbPrinter) -> None:
    printer.unplug()
    with pytest.raises(LinkGone, match="the printer has gone"):
        link.read(timeout_s=5)


def _owner(backend: OverLoopback, folder: Path, heard: Heard, name: str, **differently: Any) -> PrinterOwner:
    profile = replace(profile_named(name), **{**QUICK, **differently})
    return PrinterOwner(lambda: open_usb(ADDRESS, backend=backend), profile, folder / "jobs.db", heard)


def test_tickets_are_printed_confirmed_and_found_again_after_unplugging(
    printer: UsbPrinter, backend: OverLoopback, tmp_path: Path
) -> None:
    heard = Heard()
    owner = _owner(backend, tmp_path, heard, "tm_t82")
    try:
        owner.submit("job-1", "visit-1", _body(1))
        assert heard.settled("job-1").state is JobState.CONFIRMED
        printer.unplug()
        owner.submit("job-2", "visit-2", _body(2))
        heard.wait(_says("held:unreachable"))
        printer.plug()
        assert heard.settled("job-2").state is JobState.CONFIRMED
    finally:
        owner.close(finish_s=0)
    assert _codes(printer.tickets(2)) == ["visit-1", "visit-2"]


def test_a_printer_that_says_nothing_is_out_of_paper_by_its_port(
    printer: UsbPrinter, backend: OverLoopback, tmp_path: Path
) -> None:
    printer.fault("silent")
    printer.fault("paper_out")
    heard = Heard()
    owner = _owner(backend, tmp_path, heard, "mute_80mm")
    try:
        owner.submit("job-1", "visit-1", _body(1))
        heard.wait(_says("held:paper_out", "sent:unconfirmed"))
        assert owner.status().trouble == "paper_out"
        printer.fault("paper_out", on=False)
        assert heard.settled("job-1").state is JobState.SENT
        assert _codes(printer.tickets(1)) == ["visit-1"], "before the cable is given back: the far end still reads"
    finally:
        owner.close(finish_s=0)


def test_a_pipe_that_takes_nothing_stalls_the_ticket_and_it_goes_on(
    printer: UsbPrinter, backend: OverLoopback, tmp_path: Path
) -> None:
    heard = Heard()
    owner = _owner(backend, tmp_path, heard, "tm_t82")
    try:
        owner.submit("job-1", "visit-1", _body(1))
        assert heard.settled("job-1").state is JobState.CONFIRMED
        backend.takes_most = 0
        owner.submit("job-2", "visit-2", _body(2))
        heard.wait(lambda news: any(one.reason in {"stalled", "silent"} for one in news))
        backend.takes_most = None
        assert heard.settled("job-2").state is JobState.CONFIRMED
    finally:
        owner.close(finish_s=0)
    assert _codes(printer.tickets(2)) == ["visit-1", "visit-2"]
