"""From an address in the configuration to an open link.

====================================================================== ==============================================
``serial:///dev/serial/by-id/…?baud=115200&parity=N&stop_bits=1``       a serial port; ``flow=hardware`` for RTS/CTS
``tcp://10.0.0.9:9100``                                                 a device in the network
``file:///dev/usb/lp0``                                                 a character device
``simulated://printer/front?tickets=/var/tmp/tickets``                  a printer that exists only in this process
``simulated://wire/hall?call_keypads=1,2&rating_keypads=21&leds=41``    an RS-485 wire, likewise
====================================================================== ==============================================

An address is checked when the configuration is read, long before the device is there; a wrong one is refused with its
place and its mend. No port is ever probed: bytes sent to find out what a device is may print or open something.
"""

import os
import tempfile
import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Final, TypeVar
from urllib.parse import parse_qsl, urlsplit

import msgspec

from hardware.links import Link, open_file, open_serial, open_tcp

if TYPE_CHECKING:
    from hardware.simulated import HallConfig, HallThread

T = TypeVar("T")

BAUDS: Final = (1200, 2400, 4800, 9600, 19200, 38400, 57600, 115200, 230400, 460800, 921600)
_EXAMPLES: Final = {
    "serial": "serial:///dev/serial/by-id/usb-printer?baud=115200",
    "tcp": "tcp://10.0.0.9:9100",
    "file": "file:///dev/usb/lp0",
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


def find(address: str) -> Device:
    """Check ``address`` and return how to open it; nothing is opened yet. Raises WrongAddress."""
    scheme, separator, _ = address.partition("://")
    finders = {"serial": _serial, "tcp": _tcp, "file": _file, "simulated": _simulated}
    if not separator or scheme not in finders:
        known = ", ".join(_EXAMPLES.values())
        raise WrongAddress(address, "no kind of device stands before ://", f"Write one of: {known}")
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
    given = _parameters(address, {"baud", "parity", "stop_bits", "flow"})
    baud = _one_of(address, "baud", given.get("baud", "9600"), {str(baud): baud for baud in BAUDS})
    opening = partial(
        open_serial,
        _path(address),
        baud=baud,
        parity=_one_of(address, "parity", given.get("parity", "N"), {mark: mark for mark in "NEO"}),
        stop_bits=_one_of(address, "stop_bits", given.get("stop_bits", "1"), {"1": 1, "2": 2}),
        hardware_flow=_one_of(address, "flow", given.get("flow", "none"), {"none": False, "hardware": True}),
    )
    return Device(address, opening, bytes_per_s=baud / 10)


def _tcp(address: str) -> Device:
    _parameters(address, set())
    parts = urlsplit(address)
    try:
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port = parts.hostname, None
    if not host or not port or parts.path not in {"", "/"}:
        raise WrongAddress(address, "no host and port", f"Write them as in {_EXAMPLES['tcp']}")
    return Device(address, partial(open_tcp, host, port))


def _file(address: str) -> Device:
    _parameters(address, set())
    return Device(address, partial(open_file, _path(address)))


# --- Simulated devices: each address is one device of this process, however often it is opened. ----------------------

_halls: "dict[str, HallThread]" = {}
_halls_lock = threading.Lock()
_SLAVES: Final = {
    "call_keypads": "call_keypad",
    "rating_keypads": "rating_keypad",
    "leds": "led",
    "line_boards": "led_am03127",
}


def _simulated(address: str) -> Device:
    from hardware.simulated import HallConfig

    parts = urlsplit(address)
    name = parts.path.strip("/")
    if parts.netloc not in {"printer", "wire"} or not name or "/" in name:
        mend = "Write simulated://printer/NAME or simulated://wire/NAME"
        raise WrongAddress(address, "no such simulated device", mend)
    folder = tempfile.gettempdir()
    if parts.netloc == "printer":
        given = _parameters(address, {"tickets", "width_dots", "rows_per_s"})
        entry: dict[str, Any] = {"name": name, "address": "tcp://127.0.0.1:0"}
        entry.update((key, given[key]) for key in ("width_dots", "rows_per_s") if key in given)
        hall: dict[str, Any] = {"tickets": given.get("tickets", f"{folder}/tickets-{name}"), "printers": [entry]}
    else:
        given = _parameters(address, set(_SLAVES))
        slaves = [
            {"address": number, "kind": kind}
            for parameter, kind in _SLAVES.items()
            for number in given.get(parameter, "").split(",")
            if number
        ]
        entry = {"name": name, "address": f"pty:{folder}/wires-{os.getpid()}/{name}", "slaves": slaves}
        hall = {"tickets": folder, "wires": [entry]}
    try:
        config = msgspec.convert(hall, HallConfig, strict=False)
    except msgspec.ValidationError as error:
        raise WrongAddress(address, str(error), "See docs/devices.md, Simulated devices") from error
    return Device(address, lambda: _open_simulated(address, config))


def _open_simulated(address: str, config: "HallConfig") -> Link:
    hall = _hall(address, config)
    (real,) = [*hall.addresses["printers"].values(), *hall.addresses["wires"].values()]
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
