"""Owners of keypads and scanners against simulated ones at the far ends of real ptys."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from hardware import registry
from hardware.codecs.hid_keypad import CALL_KEYS, HidKeypad, key_table
from hardware.codecs.scan import Dropped, Scanned
from hardware.evdev import EVIOCGBIT_KEY, EVIOCGNAME, EVIOCGRAB, EVIOCSCLOCKID, open_evdev
from hardware.inputs import InputOwner, KeypadSource, SourceHealth, scans_of
from hardware.links import LinkGone
from hardware.simulated.remote import OrderRefused, Remote
from tests.support.cards import CARD
from tests.support.devices import Heard, simulated_hall

INPUTS = [
    {"name": "counter", "kind": "serial_scanner"},
    {"name": "front", "kind": "keyboard_scanner"},
    {"name": "keys", "kind": "keypad"},
]


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[tuple[dict[str, str], Remote]]:
    inputs = [{**one, "address": f"pty:{tmp_path}/{one['name']}"} for one in INPUTS]
    with simulated_hall(tmp_path, inputs=inputs) as (addresses, control):
        yield addresses["inputs"], control


def scans(heard: Heard) -> Callable[[int], list[str]]:
    def wait(count: int) -> list[str]:
        heard.wait(lambda news: len([one for one in news if isinstance(one, Scanned)]) >= count)
        return [one.text.reveal() for one in heard.all if isinstance(one, Scanned)]

    return wait


def healths(heard: Heard) -> list[bool]:
    return [one.is_open for one in heard.all if isinstance(one, SourceHealth)]


@pytest.mark.parametrize("name", ["counter", "front"])
def test_a_scan_goes_through_a_real_pty_whole(name: str, hall: tuple[dict[str, str], Remote]) -> None:
    addresses, control = hall
    device = registry.find(addresses[name])
    heard = Heard()
    owner = InputOwner(device.open, scans_of(device), heard)
    try:
        heard.wait(lambda _: healths(heard) == [True])
        control.order("scan", device=name, code="H001-a|B_c\r")
        assert scans(heard)(1) == ["H001-a|B_c"]
        control.order("scan", device=name, code=CARD + "\r")
        read = scans(heard)(2)[1]
        # A US keyboard has no key for these letters; the rest is what it was.
        assert read == (CARD if name == "counter" else "".join(sign for sign in CARD if sign < "\x7f"))
        control.order("scan", device=name, code="half")
        heard.wait(lambda news: any(isinstance(one, Dropped) for one in news))
    finally:
        owner.close()
    log = control.order("log", device=name)
    assert [entry[1].split(",")[0] for entry in log] == ["from device"] * 3
    assert "Nguy" not in str(log)
    assert CARD.encode().hex(" ")[:30] not in str(log)


@pytest.mark.parametrize("name", ["counter", "front"])
def test_a_scanner_without_a_suffix_is_read_after_a_pause(name: str, hall: tuple[dict[str, str], Remote]) -> None:
    addresses, control = hall
    address = addresses[name]
    device = registry.find(f"{address}{'&' if '?' in address else '?'}suffix=none")
    heard = Heard()
    owner = InputOwner(device.open, scans_of(device), heard)
    try:
        heard.wait(lambda _: healths(heard) == [True])
        for count, code in enumerate(("H001", "H002"), 1):
            control.order("scan", device=name, code=code)
            assert scans(heard)(count)[-1] == code
    finally:
        owner.close()


def test_keys_of_a_keypad_and_a_pulled_plug(hall: tuple[dict[str, str], Remote]) -> None:
    addresses, control = hall
    device = registry.find(addresses["keys"])
    heard = Heard()
    owner = InputOwner(device.open, KeypadSource(HidKeypad(key_table(CALL_KEYS))), heard)
    try:
        control.order("press_keys", device="keys", keys=["KEY_KP4", "KEY_KP2", "KEY_KPDOT"])
        heard.wait(lambda news: news[-3:] == ["4", "2", "C"])
        control.order("fault", device="keys", fault="unplugged")
        heard.wait(lambda _: healths(heard) == [True, False])
        gone = next(one for one in heard.all if isinstance(one, SourceHealth) and not one.is_open)
        assert "plugged in" in gone.what
        control.order("fault", device="keys", fault="unplugged", on=False)
        heard.wait(lambda _: healths(heard) == [True, False, True])
        control.order("press_keys", device="keys", keys=["KEY_KPENTER"])
        heard.wait(lambda news: news[-1] == "N")
    finally:
        owner.close()


def test_a_device_that_is_away_at_first_is_told_once_and_tried_again() -> None:
    heard = Heard()
    tries = threading.Semaphore(0)

    def failing() -> Any:
        tries.release()
        raise LinkGone("away", "here", "Plug it in")

    owner = InputOwner(failing, KeypadSource(HidKeypad({})), heard)
    try:
        assert tries.acquire(timeout=10)
        assert tries.acquire(timeout=10)
        assert healths(heard) == [False]
    finally:
        owner.close()


def test_a_device_belongs_to_one_program(hall: tuple[dict[str, str], Remote]) -> None:
    addresses, _ = hall
    link = registry.find(addresses["keys"]).open()
    with pytest.raises(LinkGone, match=r"another program holds the device .* End the program"):
        registry.find(addresses["keys"]).open()
    link.close()
    registry.find(addresses["keys"]).open().close()


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/dev/input/by-id/usb-nothing-event-kbd", "cannot be opened: No such file.*by-id"),
        ("/dev/null", "no input device .*-event-kbd"),
    ],
)
def test_what_is_no_input_device_is_refused_with_a_mend(path: str, said: str) -> None:
    before = set(Path("/proc/self/fd").iterdir())
    with pytest.raises(LinkGone, match=said):
        open_evdev(path)
    assert set(Path("/proc/self/fd").iterdir()) == before


def test_the_requests_are_those_of_the_kernel() -> None:
    # linux/input.h as _IOC of a 64-bit x86 or ARM makes them; the guest of `make qemu-devices` proves them.
    assert [EVIOCGRAB, EVIOCSCLOCKID, EVIOCGNAME, EVIOCGBIT_KEY] == [0x40044590, 0x400445A0, 0x81004506, 0x80604521]


@pytest.mark.parametrize(
    ("address", "device", "code", "read"),
    [
        ("simulated://scanner/a", "a", "H001\r", "H001"),
        ("simulated://scanner/b?kind=keyboard", "b", "H002\r", "H002"),
    ],
)
def test_a_scanner_of_this_process(address: str, device: str, code: str, read: str) -> None:
    found = registry.find(address)
    heard = Heard()
    owner = InputOwner(found.open, scans_of(found), heard)
    try:
        heard.wait(lambda _: healths(heard) == [True])
        control = Remote(registry.simulated_control(address))
        control.order("scan", device=device, code=code)
        assert scans(heard)(1) == [read]
        with pytest.raises(OrderRefused, match="no keys to press"):
            control.order("press_keys", device=device, keys=["KEY_A"])
        control.close()
    finally:
        owner.close()
        registry.close_simulated()


def test_a_keypad_of_this_process() -> None:
    found = registry.find("simulated://keypad/front")
    assert found.gives_events
    heard = Heard()
    owner = InputOwner(found.open, KeypadSource(HidKeypad(key_table(CALL_KEYS))), heard)
    try:
        heard.wait(lambda _: healths(heard) == [True])
        control = Remote(registry.simulated_control("simulated://keypad/front"))
        control.order("press_keys", device="front", keys=["KEY_KPENTER"])
        heard.wait(lambda news: news[-1] == "N")
        for order, what in (
            ({"do": "press_keys", "keys": ["KEY_NEXT"]}, "KEY_NEXT"),
            ({"do": "scan", "code": "x"}, "scans nothing"),
        ):
            with pytest.raises(OrderRefused, match=what):
                control.order(device="front", **order)
        control.close()
    finally:
        owner.close()
        registry.close_simulated()
