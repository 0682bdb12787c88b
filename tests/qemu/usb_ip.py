"""USB devices made of nothing: the device's side of USB/IP, plugged into this very kernel by its module vhci_hcd.

The kernel's own drivers (usblp, cdc_acm, usbhid, ftdi_sio) take what stands here for hardware, and so are witnesses: a
wrong descriptor or a late answer is refused by them, not by us. The protocol is that of
Documentation/usb/usbip_protocol.rst; numbers on the wire are big-endian, those of USB itself little-endian.
"""

import socket
import struct
import threading
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Final, NamedTuple, Self

VHCI: Final = Path("/sys/devices/platform/vhci_hcd.0")
FULL_SPEED: Final = 2

CMD_SUBMIT, CMD_UNLINK, RET_SUBMIT, RET_UNLINK = 1, 2, 3, 4
CONNECTION_RESET: Final = -104
PIPE_BROKEN: Final = -32
"""How USB/IP tells a stall: the device refuses the request."""

DEVICE, CONFIGURATION, STRING, HID_REPORT = 1, 2, 3, 0x22


class Setup(NamedTuple):
    """The eight bytes that begin a control transfer."""

    kind: int
    request: int
    value: int
    part: int
    length: int


class UsbDevice:
    """A device, plugged in from `plug` to `unplug`. Its kinds override `control`, `taken` and the descriptors."""

    vendor, product, version, device_class = 0x1209, 0x0001, 0x0100, 0
    strings = ("Motcua tests", "Device", "0001")

    def __init__(self) -> None:
        self._lock = threading.RLock()  # A device may answer from within what it takes.
        self._waiting: dict[int, deque[tuple[int, int]]] = {}  # By endpoint: number and room of the requests that wait.
        self._ready: dict[int, deque[bytes]] = {}
        self._wire: socket.socket | None = None
        self._port = -1
        self._thread: threading.Thread | None = None

    def __enter__(self) -> Self:
        self.plug()
        return self

    def __exit__(self, *_: object) -> None:
        self.unplug()

    def interfaces(self) -> tuple[int, bytes]:
        """Give how many interfaces there are, and their descriptors with those of their endpoints."""
        raise NotImplementedError

    def control(self, setup: Setup, data: bytes) -> bytes | None:  # noqa: ARG002 -- for kinds to use.
        """Answer a request of the class or vendor; None refuses it."""
        return None

    def taken(self, endpoint: int, data: bytes) -> None:
        """Take what the host has sent to an endpoint."""

    def give(self, endpoint: int, data: bytes) -> None:
        """Have the host read `data` from an endpoint, in one transfer; b"" is an empty one."""
        with self._lock:
            self._ready.setdefault(endpoint, deque()).append(data)
            self._serve(endpoint)

    # --- The plug ---

    def plug(self) -> None:
        """Put the device into a free port of the virtual host controller."""
        ours, theirs = socket.socketpair()
        self._wire = ours
        self._waiting, self._ready = {}, {}
        self._port = free_port()
        self._thread = threading.Thread(target=self._run, args=(ours,), name=self.strings[1])
        self._thread.start()
        with theirs:
            (VHCI / "attach").write_text(f"{self._port} {theirs.fileno()} {0x10002 + self._port} {FULL_SPEED}")

    def unplug(self) -> None:
        """Pull it out."""
        if self._thread is not None and self._wire is not None:
            (VHCI / "detach").write_text(str(self._port))
            self._thread.join()
            self._wire.close()
            self._thread = None

    # --- The wire ---

    def _run(self, wire: socket.socket) -> None:
        with wire.makefile("rb") as incoming:
            while len(header := incoming.read(48)) == 48:
                command, number, _, inward, endpoint = struct.unpack(">5I", header[:20])
                if command == CMD_UNLINK:
                    self._unlink(number, struct.unpack(">I", header[20:24])[0])
                    continue
                length = struct.unpack(">I", header[24:28])[0]
                data = b"" if inward else incoming.read(length)
                with self._lock:
                    self._submitted(number, endpoint, length, data, header[40:48], inward=bool(inward))

    def _submitted(self, number: int, endpoint: int, length: int, data: bytes, setup: bytes, *, inward: bool) -> None:
        if endpoint == 0:
            answer = self._standard(Setup(*struct.unpack("<BBHHH", setup)), data)
            if answer is None:
                self._return(number, b"", status=PIPE_BROKEN)
            else:
                self._return(number, answer[:length], length=None if inward else len(data))
        elif inward:
            self._waiting.setdefault(endpoint, deque()).append((number, length))
            self._serve(endpoint)
        else:
            self._return(number, b"", length=len(data))
            self.taken(endpoint, data)

    def _serve(self, endpoint: int) -> None:
        waiting, ready = self._waiting.setdefault(endpoint, deque()), self._ready.setdefault(endpoint, deque())
        while waiting and ready:
            number, room = waiting.popleft()
            data = ready.popleft()
            if len(data) > room:
                ready.appendleft(data[room:])
            self._return(number, data[:room])

    def _unlink(self, number: int, victim: int) -> None:
        with self._lock:
            found = False
            for waiting in self._waiting.values():
                kept = [one for one in waiting if one[0] != victim]
                found = found or len(kept) < len(waiting)
                waiting.clear()
                waiting.extend(kept)
            status = CONNECTION_RESET if found else 0
            self._send(struct.pack(">5Ii24x", RET_UNLINK, number, 0, 0, 0, status))

    def _return(self, number: int, data: bytes, *, status: int = 0, length: int | None = None) -> None:
        actual = len(data) if length is None else length
        self._send(struct.pack(">5Iii3I8x", RET_SUBMIT, number, 0, 0, 0, status, actual, 0, 0, 0) + data)

    def _send(self, data: bytes) -> None:
        assert self._wire is not None, "something was said by a device that is not plugged in"
        try:
            self._wire.sendall(data)
        except (BrokenPipeError, ConnectionResetError):
            return  # It is being unplugged; the reading side ends the thread.

    # --- What every device answers ---

    def _standard(self, setup: Setup, data: bytes) -> bytes | None:
        if setup.kind & 0x60:
            return self.control(setup, data)
        match setup.request:
            case 6 if setup.value >> 8 in {DEVICE, CONFIGURATION, STRING}:  # GET_DESCRIPTOR
                return self._descriptor(setup.value >> 8, setup.value & 0xFF)
            case 6:
                return self.control(setup, data)
            case 0:  # GET_STATUS: fed by the bus, wakes nobody.
                return b"\x00\x00"
            case 1 | 3 | 9 | 11:  # CLEAR_FEATURE, SET_FEATURE, SET_CONFIGURATION, SET_INTERFACE
                return b""
            case _:
                return None

    def _descriptor(self, kind: int, number: int) -> bytes | None:
        if kind == DEVICE:
            head = struct.pack("<BBHBBBB", 18, DEVICE, 0x0200, self.device_class, 0, 0, 64)
            return head + struct.pack("<HHHBBBB", self.vendor, self.product, self.version, 1, 2, 3, 1)
        if kind == CONFIGURATION:
            count, interfaces = self.interfaces()
            return struct.pack("<BBHBBBBB", 9, CONFIGURATION, 9 + len(interfaces), count, 1, 0, 0x80, 50) + interfaces
        if number > len(self.strings):
            return None
        text = b"\x09\x04" if number == 0 else self.strings[number - 1].encode("utf-16-le")
        return bytes((2 + len(text), STRING)) + text


def free_port() -> int:
    """Find a free port of the virtual controller's full- and high-speed half."""
    for line in (VHCI / "status").read_text().splitlines()[1:]:
        hub, port, state = line.split()[:3]
        if hub == "hs" and int(state) == 4:
            return int(port)
    raise RuntimeError("no free port of vhci_hcd")


def interface(number: int, endpoints: int, kind: int, subclass: int, protocol: int) -> bytes:
    """Give an interface's descriptor."""
    return bytes((9, 4, number, 0, endpoints, kind, subclass, protocol, 0))


def endpoint_descriptor(address: int, transfer: int, size: int, interval: int) -> bytes:
    """Give an endpoint's descriptor; `transfer` is 2 for bulk and 3 for interrupt."""
    return struct.pack("<BBBBHB", 7, 5, address, transfer, size, interval)


# --- Kinds -----------------------------------------------------------------------------------------------------------


class Printer(UsbDevice):
    """A bidirectional printer (USB printer class 1.1): what is printed goes to `on_data`, `give` answers."""

    vendor, product = 0x04B8, 0x0E28
    strings = ("EPSON", "TM simulated", "P0001")

    def __init__(self, on_data: Callable[[bytes], None]) -> None:
        super().__init__()
        self._on_data = on_data

    def interfaces(self) -> tuple[int, bytes]:
        """Give one interface with a pipe each way."""
        pipes = endpoint_descriptor(0x01, 2, 64, 0) + endpoint_descriptor(0x82, 2, 64, 0)
        return 1, interface(0, 2, 7, 1, 2) + pipes

    def control(self, setup: Setup, data: bytes) -> bytes | None:  # noqa: ARG002 -- none of these carries data.
        """Tell the IEEE 1284 id and the port's status (selected, no error), and take a reset."""
        match setup.request:
            case 0:
                text = b"MFG:EPSON;CMD:ESC/POS;MDL:TM simulated;CLS:PRINTER;"
                return struct.pack(">H", len(text) + 2) + text
            case 1:
                return b"\x18"
            case 2:
                return b""
            case _:
                return None

    def taken(self, endpoint: int, data: bytes) -> None:  # noqa: ARG002 -- there is one.
        """Hand on what is to be printed."""
        self._on_data(data)

    def say(self, data: bytes) -> None:
        """Answer the host."""
        self.give(2, data)


class SerialScanner(UsbDevice):
    """A scanner as a serial port (CDC ACM 1.2): `scan` sends; what the host set stands in `line` and `lines_up`."""

    vendor, product, device_class = 0x05F9, 0x4204, 2
    strings = ("Datalogic simulated", "Scanner", "S0001")

    def __init__(self) -> None:
        super().__init__()
        self.line = struct.pack("<IBBB", 9600, 0, 0, 8)
        """Bits per second, stop bits (0: one), parity (0 none, 1 odd, 2 even), data bits."""
        self.lines_up = 0
        self.heard = b""

    def interfaces(self) -> tuple[int, bytes]:
        """Give a control interface with its functional descriptors, and a data interface."""
        functions = b"\x05\x24\x00\x10\x01" + b"\x05\x24\x01\x00\x01" + b"\x04\x24\x02\x02" + b"\x05\x24\x06\x00\x01"
        first = interface(0, 1, 2, 2, 1) + functions + endpoint_descriptor(0x83, 3, 16, 10)
        pipes = endpoint_descriptor(0x01, 2, 64, 0) + endpoint_descriptor(0x82, 2, 64, 0)
        return 2, first + interface(1, 2, 10, 0, 0) + pipes

    def control(self, setup: Setup, data: bytes) -> bytes | None:
        """Take and tell the line's coding, and take the modem lines."""
        match setup.request:
            case 0x20:
                self.line = data
                return b""
            case 0x21:
                return self.line
            case 0x22:
                self.lines_up = setup.value
                return b""
            case _:
                return None

    def taken(self, endpoint: int, data: bytes) -> None:  # noqa: ARG002 -- there is one.
        """Keep what the host said."""
        self.heard += data

    def scan(self, code: bytes) -> None:
        """Send a code, in packets of the wire's size as scanners do."""
        for at in range(0, len(code), 64):
            self.give(2, code[at : at + 64])


class Keyboard(UsbDevice):
    """A boot keyboard (HID 1.11, appendix B.1): `press` and `release` by HID usages."""

    vendor, product = 0x1C4F, 0x0002
    strings = ("SIGMACHIP", "USB keypad", "K0001")
    report = bytes.fromhex(
        "05 01 09 06 a1 01 05 07 19 e0 29 e7 15 00 25 01 75 01 95 08 81 02 95 01 75 08 81 03 95 05 75 01 05 08 19 01"
        "29 05 91 02 95 01 75 03 91 03 95 06 75 08 15 00 25 65 05 07 19 00 29 65 81 00 c0"
    )

    def interfaces(self) -> tuple[int, bytes]:
        """Give one interface with its HID descriptor."""
        hid = struct.pack("<BBHBBBH", 9, 0x21, 0x0111, 0, 1, HID_REPORT, len(self.report))
        return 1, interface(0, 1, 3, 1, 1) + hid + endpoint_descriptor(0x81, 3, 8, 8)

    def control(self, setup: Setup, data: bytes) -> bytes | None:  # noqa: ARG002 -- lamps are not looked at.
        """Tell the report's descriptor; take lamps, idle rate and protocol."""
        if setup.request == 6:
            return self.report if setup.value >> 8 == HID_REPORT else None
        return b"" if setup.kind == 0x21 else b"\x00" * 8

    def press(self, usage: int, *, shift: bool = False) -> None:
        """Put a key down."""
        self.give(1, bytes((2 if shift else 0, 0, usage, 0, 0, 0, 0, 0)))

    def release(self) -> None:
        """Let all keys go."""
        self.give(1, bytes(8))

    def tap(self, usage: int, *, shift: bool = False) -> None:
        """Press a key and let it go."""
        self.press(usage, shift=shift)
        self.release()


class FtdiAdapter(UsbDevice):
    """An FT232R as RS-485 adapters have it, as far as its latency timer goes."""

    vendor, product, version = 0x0403, 0x6001, 0x0600
    strings = ("FTDI", "FT232R USB UART", "A0001")

    def __init__(self) -> None:
        super().__init__()
        self.latency_ms = 16
        """What the chip begins with, and what would make a keypad slow."""

    def interfaces(self) -> tuple[int, bytes]:
        """Give one vendor's interface with a pipe each way."""
        pipes = endpoint_descriptor(0x81, 2, 64, 0) + endpoint_descriptor(0x02, 2, 64, 0)
        return 1, interface(0, 2, 0xFF, 0xFF, 0xFF) + pipes

    def control(self, setup: Setup, data: bytes) -> bytes | None:  # noqa: ARG002 -- none of these carries data.
        """Take and tell the latency timer (requests 9 and 10); to the rest say nothing that matters."""
        if setup.request == 9:
            self.latency_ms = setup.value & 0xFF
        return bytes((self.latency_ms,)) if setup.request == 10 else b"\x00\x00"
