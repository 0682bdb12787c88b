"""From an address in the configuration to an open link.

====================================================================== ==============================================
``serial:///dev/serial/by-id/…?baud=115200&parity=N&stop_bits=1``       a serial port; ``flow=hardware`` for RTS/CTS,
                                                                       ``suffix=none`` for a scanner without CR or LF
``tcp://10.0.0.9:9100``                                                 a device in the network
``file:///dev/usb/lp0``                                                 a character device
``evdev:///dev/input/by-id/…-event-kbd``                                a keypad or scanner that types, grabbed
``usb://04b8:0e28?serial=J5KF012345``                                   a USB printer without the kernel's driver
``simulated://printer/front?tickets=/var/tmp/tickets``                  a printer that exists only in this process
``simulated://wire/hall?call_keypads=1,2&rating_keypads=21&leds=41``    an RS-485 wire, likewise
``simulated://scanner/front?kind=serial``                               a scanner, ``kind=keyboard`` for one that types
``simulated://keypad/front``                                            a USB keypad
====================================================================== ==============================================

An address is checked when the configuration is read, long before the device is there; a wrong one is refused with its
place and its mend. No port is ever probed: bytes sent to find out what a device is may print or open something.
"""

import os
import re
import tempfile
import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Final, TypeVar
from urllib.parse import parse_qsl, urlsplit

import msgspec

from hardware.evdev import open_evdev
from hardware.links import Link, open_file, open_serial, open_tcp

if TYPE_CHECKING:
    from hardware.simulated import HallConfig, HallThread

T = TypeVar("T")

BAUDS: Final = (1200, 2400, 4800, 9600, 19200, 38400, 57600, 115200, 230400, 460800, 921600)
_EXAMPLES: Final = {
    "serial": "serial:///dev/serial/by-id/usb-printer?baud=115200",
    "tcp": "tcp://10.0.0.9:9100",
    "file": "file:///dev/usb/lp0",
    "evdev": "evdev:///dev/input/by-id/usb-keypad-event-kbd",
    "usb": "usb://04b8:0e28?serial=J5KF012345",
    "simulated": "simulated://printer/front",
}


class WrongAddress(ValueError):  # noqa: N818 - named for what it is.
    """An address that can never lead to a device: what is wrong, where, and what to write instead."""

    def __init__(self, address: str, what: str, mend: str) -> None:
        super().__init__(f"address {address!r}: {what}. {mend}")
        self.address, self.what, self.mend = address, what, mend


@dataclass(frozen=True, slots=True)
class Device:
    """A checked address. ``bytes_per_s`` is what its wire carries, None when the wire sets no limit."""

    address: str
    open: Callable[[], Link]  # Opens it anew each time; raises LinkGone.
    bytes_per_s: float | None = None
    gives_events: bool = False
    """Its bytes are the kernel's input records (``codecs.input_event``), not what a device itself sends."""
    ends_by_silence: bool = False
    """A scanner that puts nothing behind a code: only a pause tells that it is over."""


def find(address: str) -> Device:
    """Check ``address`` and return how to open it; nothing is opened yet. Raises WrongAddress."""
    scheme, separator, _ = address.partition("://")
    finders = {
        "serial": _serial,
        "tcp": _tcp,
        "file": _file,
        "usb": _usb,
        "evdev": _evdev,
        "simulated": _simulated,
    }
    if not separator or scheme not in finders:
        known = ", ".join(_EXAMPLES.values())
        raise WrongAddress(address, "no kind of device stands before ://", f"Write one of: {known}")
    try:
        sound = address.isprintable() and urlsplit(address) is not None
    except ValueError:
        sound = False
    if not sound:
        mend = f"Write it as in {_EXAMPLES[scheme]}"
        raise WrongAddress(address, "holds what no address can: a lone bracket, or a sign that cannot be seen", mend)
    return finders[scheme](address)


def _parameters(address: str, known: set[str]) -> dict[str, str]:
    given = dict(parse_qsl(urlsplit(address).query, keep_blank_values=True))
    for name in given:
        if name not in known:
            mend = f"Known here are: {', '.join(sorted(known)) or 'none'}"
            raise WrongAddress(address, f"parameter {name!r} means nothing", mend)
    return given


def _path(address: str) -> str:
    parts = urlsplit(address)
    if parts.netloc or not parts.path.startswith("/") or len(parts.path) < 2:
        mend = f"Write three slashes and the whole path, as in {_EXAMPLES[parts.scheme]}"
        raise WrongAddress(address, "no path of a device", mend)
    return parts.path


def _one_of(address: str, name: str, given: str, known: dict[str, T]) -> T:
    if given not in known:
        raise WrongAddress(address, f"{name}={given} is not possible", f"Write one of: {', '.join(known)}")
    return known[given]


def _serial(address: str) -> Device:
    given = _parameters(address, {"baud", "parity", "stop_bits", "flow", "suffix"})
    baud = _one_of(address, "baud", given.get("baud", "9600"), {str(baud): baud for baud in BAUDS})
    opening = partial(
        open_serial,
        _path(address),
        baud=baud,
        parity=_one_of(address, "parity", given.get("parity", "N"), {mark: mark for mark in "NEO"}),
        stop_bits=_one_of(address, "stop_bits", given.get("stop_bits", "1"), {"1": 1, "2": 2}),
        hardware_flow=_one_of(address, "flow", given.get("flow", "none"), {"none": False, "hardware": True}),
    )
    return Device(address, opening, bytes_per_s=baud / 10, ends_by_silence=_without_suffix(address, given))


def _without_suffix(address: str, given: dict[str, str]) -> bool:
    return _one_of(address, "suffix", given.get("suffix", "cr"), {"cr": False, "none": True})


def _tcp(address: str) -> Device:
    given = _parameters(address, {"give_up_s"})
    parts = urlsplit(address)
    try:
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port = parts.hostname, None
    if not host or not port or parts.path not in {"", "/"}:
        raise WrongAddress(address, "no host and port", f"Write them as in {_EXAMPLES['tcp']}")
    try:
        give_up_s = float(given.get("give_up_s", "10"))
    except ValueError:
        give_up_s = 0.0
    if not 1 <= give_up_s <= 60:
        raise WrongAddress(address, "give_up_s is no time to wait", "Write seconds from 1 to 60")
    return Device(address, partial(open_tcp, host, port, give_up_s=give_up_s))


def _file(address: str) -> Device:
    _parameters(address, set())
    return Device(address, partial(open_file, _path(address)))


_NUMBERED_EVENT: Final = re.compile(r"/dev/input/event[0-9]+")


def _evdev(address: str) -> Device:
    given = _parameters(address, {"source", "suffix"})
    path = _path(address)
    if _NUMBERED_EVENT.fullmatch(path):
        mend = "Write a name that stays: see /dev/input/by-id/ (ending in -event-kbd), or /dev/input/by-path/"
        raise WrongAddress(address, "the numbers of event nodes change with every start", mend)
    source = given.get("source", "kernel")
    is_input = _one_of(address, "source", source, {"kernel": True, "pty": False})
    opening = partial(open_evdev, path, is_input=is_input)
    return Device(address, opening, gives_events=True, ends_by_silence=_without_suffix(address, given))


def _usb(address: str) -> Device:
    given = _parameters(address, {"serial"})
    parts = urlsplit(address)
    vendor, separator, product = parts.netloc.partition(":")
    four = re.compile(r"[0-9a-fA-F]{4}")
    if not separator or not four.fullmatch(vendor) or not four.fullmatch(product) or parts.path not in {"", "/"}:
        mend = f"Write the two numbers that lsusb shows, as in {_EXAMPLES['usb']}"
        raise WrongAddress(address, "no vendor and product number", mend)
    wanted = int(vendor, 16), int(product, 16), given.get("serial")

    def opening() -> Link:
        from hardware.usb_link import UsbAddress, open_usb

        return open_usb(UsbAddress(*wanted))

    return Device(address, opening)


# --- Simulated devices: each address is one device of this process, however often it is opened. ----------------------

_halls: "dict[str, HallThread]" = {}
_halls_lock = threading.Lock()
_SLAVES: Final = {
    "call_keypads": {"kind": "call_keypad"},
    "rating_keypads": {"kind": "rating_keypad"},
    "leds": {"kind": "led"},
    "line_boards": {"kind": "led", "protocol": "am03127"},
    "modbus_leds": {"kind": "led", "protocol": "modbus_led", "preset": "dm36"},
    "modbus_keypads": {"kind": "call_keypad", "protocol": "modbus_keypad", "preset": "keypad_registers"},
    "declared": {"kind": "call_keypad", "protocol": "declared", "preset": "example_keypad"},
    "xunpeng": {"kind": "led", "protocol": "xunpeng"},
    "xunpeng_line": {"kind": "led", "protocol": "xunpeng_line"},
    "cd5220": {"kind": "led", "protocol": "cd5220"},
    "dm_d": {"kind": "led", "protocol": "dm_d"},
}


def _simulated(address: str) -> Device:
    from hardware.simulated import HallConfig

    parts = urlsplit(address)
    name = parts.path.strip("/")
    if parts.netloc not in {"printer", "wire", "scanner", "keypad"} or not name or "/" in name:
        mend = (
            "Write simulated://printer/NAME, simulated://wire/NAME, simulated://scanner/NAME or simulated://keypad/NAME"
        )
        raise WrongAddress(address, "no such simulated device", mend)
    hall, gives_events = _simulated_hall(address, parts.netloc, name)
    try:
        config = msgspec.convert(hall, HallConfig, strict=False)
        for slave in (slave for wire in config.wires for slave in wire.slaves):
            slave.model()
    except ValueError as error:
        raise WrongAddress(address, str(error), "See docs/devices.md, Addresses") from error
    return Device(address, lambda: _open_simulated(address, config), gives_events=gives_events)


def _simulated_hall(address: str, what: str, name: str) -> tuple[dict[str, Any], bool]:
    """Give the hall of one device, and whether that device gives input records. Raises WrongAddress."""
    folder = tempfile.gettempdir()
    if what == "printer":
        given = _parameters(address, {"tickets", "width_dots", "rows_per_s"})
        entry: dict[str, Any] = {"name": name, "address": "tcp://127.0.0.1:0"}
        entry.update((key, given[key]) for key in ("width_dots", "rows_per_s") if key in given)
        return {"tickets": given.get("tickets", f"{folder}/tickets-{name}"), "printers": [entry]}, False
    if what == "wire":
        given = _parameters(address, set(_SLAVES))
        slaves = [
            {"address": slave.partition(":")[0], **what, **_preset(slave)}
            for parameter, what in _SLAVES.items()
            for slave in given.get(parameter, "").split(",")
            if slave
        ]
        entry = {"name": name, "address": f"pty:{folder}/wires-{os.getpid()}/{name}", "slaves": slaves}
        return {"tickets": folder, "wires": [entry]}, False
    kinds = {"scanner": {"serial": "serial_scanner", "keyboard": "keyboard_scanner"}, "keypad": {"usb": "keypad"}}[what]
    given = _parameters(address, {"kind"})
    kind = _one_of(address, "kind", given.get("kind", next(iter(kinds))), kinds)
    entry = {"name": name, "address": f"pty:{folder}/inputs-{os.getpid()}/{name}", "kind": kind}
    return {"tickets": folder, "inputs": [entry]}, kind != "serial_scanner"


def _preset(slave: str) -> dict[str, str]:
    """``41:tm1650`` names the preset of slave 41; ``41`` leaves it as usual."""
    preset = slave.partition(":")[2]
    return {"preset": preset} if preset else {}


def _open_simulated(address: str, config: "HallConfig") -> Link:
    hall = _hall(address, config)
    (real,) = [address for kind in hall.addresses.values() for address in kind.values()]
    return find(real).open()


def _hall(address: str, config: "HallConfig") -> "HallThread":
    with _halls_lock:
        if address not in _halls:
            from hardware.simulated import HallThread

            _halls[address] = HallThread(config)
        return _halls[address]


def simulated_control(address: str) -> str:
    """Return where the control port of an opened ``simulated://`` device listens. Raises KeyError before that."""
    return _halls[address].control


def close_simulated() -> None:
    """Take away every simulated device of this process."""
    with _halls_lock:
        for hall in _halls.values():
            hall.close()
        _halls.clear()
