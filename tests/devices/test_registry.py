"""Addresses: right ones open, wrong ones are refused with their place and their mend."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image

from hardware import registry
from hardware.bus import BusConfig, BusOwner, TextShown
from hardware.printer import JobState, PrinterOwner, profile_named
from hardware.registry import WrongAddress
from hardware.simulated.remote import OrderRefused, Remote
from hardware.speeches import speech
from tests.devices.test_printer import EPSON, _body
from tests.support.devices import Heard, simulated_hall


@pytest.mark.parametrize(
    ("address", "mend"),
    [
        ("/dev/ttyUSB0", "serial:///dev/serial/by-id/"),
        ("parallel://printer", "Write one of"),
        ("usb://printer", "the two numbers that lsusb shows"),
        ("usb://04b8:0e28/1", "the two numbers that lsusb shows"),
        ("usb://04b8:0e28?number=1", "Known here are: serial"),
        ("tcp://10.0.0.9:9100?give_up_s=0", "seconds from 1 to 60"),
        ("serial://dev/ttyUSB0", "three slashes"),
        ("serial:///dev/ttyUSB0?baud=9601", "Write one of: 1200"),
        ("serial:///dev/ttyUSB0?speed=9600", "Known here are: baud"),
        ("serial:///dev/ttyUSB0?parity=X", "Write one of: N, E, O"),
        ("tcp://10.0.0.9", "tcp://10.0.0.9:9100"),
        ("tcp://10.0.0.9:99999", "tcp://10.0.0.9:9100"),
        ("tcp://:9100", "tcp://10.0.0.9:9100"),
        ("file://lp0", "three slashes"),
        ("simulated://scale/one", "simulated://printer/NAME"),
        ("simulated://printer/front?width_dots=600", "docs/devices.md"),
        ("evdev:///dev/input/event3", "/dev/input/by-id/"),
        ("evdev:///dev/input/by-id/usb-keypad-event-kbd?source=usb", "Write one of: kernel, pty"),
        ("evdev://keypad", "three slashes"),
        ("simulated://scanner/front?kind=camera", "Write one of: serial, keyboard"),
        ("simulated://keypad/front?keys=5", "Known here are: kind"),
        ("simulated://wire/hall?leds=x", "docs/devices.md"),
        ("simulated://wire/hall?lamps=1", "Known here are: call_keypads"),
        ("simulated://wire/hall?modbus_leds=41:dm37", "there are: caller_21_keys, dm36"),
        ("simulated://wire/hall?modbus_leds=41:keypad_inputs", "needs a preset or a file of kind 'modbus_led'"),
    ],
)
def test_a_wrong_address_is_refused_with_its_place_and_its_mend(address: str, mend: str) -> None:
    with pytest.raises(WrongAddress) as refused:
        registry.find(address)
    assert address in str(refused.value)
    assert mend in str(refused.value)


def test_a_right_address_is_only_checked_not_opened() -> None:
    assert registry.find("serial:///dev/serial/by-id/not-there?baud=115200").bytes_per_s == 11520
    assert registry.find("tcp://printer.hall:9100").bytes_per_s is None
    assert registry.find("file:///dev/usb/lp7").address == "file:///dev/usb/lp7"


@pytest.fixture
def _none_left() -> Iterator[None]:
    yield
    registry.close_simulated()


@pytest.mark.usefixtures("_none_left")
def test_a_simulated_printer_is_an_address_like_any_other(tmp_path: Path) -> None:
    device = registry.find(f"simulated://printer/front?tickets={tmp_path}/paper")
    heard = Heard()
    owner = PrinterOwner(device.open, EPSON, tmp_path / "front" / "jobs.db", heard)
    owner.submit("job-1", "visit-1", _body(1))
    assert heard.settled("job-1").state is JobState.CONFIRMED
    owner.close()
    with Image.open(tmp_path / "paper" / "front-00001.png") as picture:
        assert [found.text for found in zxingcpp.read_barcodes(picture.convert("L"))] == ["visit-1"]


@pytest.mark.usefixtures("_none_left")
def test_a_simulated_wire_is_an_address_like_any_other() -> None:
    address = "simulated://wire/hall?call_keypads=1&leds=41"
    heard = Heard()
    bus = BusOwner(
        registry.find(address).open,
        BusConfig((speech("reference", 1, has_keys=True), speech("reference", 41, has_keys=False))),
        heard,
    )
    bus.show(41, "A042")
    heard.wait(lambda events: TextShown(41, "A042") in events)
    remote = Remote(registry.simulated_control(address))
    assert remote.order("shown", wire="hall", slave=41) == "A042"
    with pytest.raises(OrderRefused, match="unknown: 'sing'"):
        remote.order("sing")
    with pytest.raises(OrderRefused, match="no wire is called 'cellar'; there are: hall"):
        remote.order("press", wire="cellar", slave=1, keys="N")
    remote.close()
    bus.close()


def test_a_58_mm_printer_with_a_tear_bar_behind_a_character_device(tmp_path: Path) -> None:
    printer = {"name": "small", "address": f"pty:{tmp_path}/lp0", "width_dots": 384, "tear_bar": True}
    with simulated_hall(tmp_path, printers=[printer]) as (_, remote):
        heard = Heard()
        open_file = registry.find(f"file://{tmp_path}/lp0").open
        owner = PrinterOwner(open_file, profile_named("generic_58mm"), tmp_path / "small" / "jobs.db", heard)
        owner.submit("job-1", "visit-1", _body(1, width_dots=384, feed_units_per_dot=1))
        assert heard.settled("job-1").state is JobState.CONFIRMED
        owner.close()
        (note,) = remote.order("tickets", device="small")
        with Image.open(note["picture"]) as picture:
            assert picture.width == 384
            assert [found.text for found in zxingcpp.read_barcodes(picture.convert("L"))] == ["visit-1"]
