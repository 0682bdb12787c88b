"""A USB printer of others' making: the device side is the package ``usbip``, which answers USB requests over loopback.

:class:`UsbPrinter` is the simulated printer behind a printer-class interface of that package; :class:`OverLoopback` is
a PyUSB backend that reaches it with requests of USB/IP (Linux, Documentation/usb/usbip_protocol.rst). What the backend
may be told to do wrong, short writes and transfers that time out, is what PyUSB's interface of backends allows.
"""

import errno
import itertools
import socket
import struct
import threading
import time
from array import array
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import usb.backend
import usb.core
from usbip import In, Interface, Out, Stall, USBDevice
from usbip.protocol import client_import, serve_connection

from hardware.simulated.printer import PrinterConfig, PrinterModel, Ticket

VENDOR, PRODUCT, SERIAL = 0x04B8, 0x0E28, "J5KF012345"
_SUBMIT, _UNLINK, _RET_SUBMIT, _RET_UNLINK = 1, 2, 3, 4


class _PrinterInterface(Interface):  # type: ignore[misc] # The package has no types.
    """USB printer class 1.1: class 7, subclass 1, protocol 2, GET_DEVICE_ID, GET_PORT_STATUS, SOFT_RESET."""

    bInterfaceClass, bInterfaceSubClass, bInterfaceProtocol = 7, 1, 2  # noqa: N815 - names of the standard.
    # Endpoints of no common number: a driver has to read the descriptors.
    bulk_out = Out(0x03, "bulk", mps=64)
    bulk_in = In(0x85, "bulk", mps=64)

    def __init__(self, printer: "UsbPrinter") -> None:
        super().__init__()
        self.printer = printer

    def on_control(self, setup: Any, data: bytes = b"") -> bytes:
        del data
        match setup.bmRequestType, setup.bRequest:
            case 0xA1, 0:
                identity = b"MFG:EPSON;CMD:ESC/POS;MDL:TM-T82;CLS:PRINTER;"
                return struct.pack(">H", len(identity) + 2) + identity
            case 0xA1, 1:
                return bytes((self.printer.port_status(),))
            case 0x21, 2:
                return b""
        raise Stall

    def on_out(self, endpoint: Any, data: bytes) -> None:
        del endpoint
        if said := self.printer.receive(data):
            self.bulk_in.write(said)


class UsbPrinter:
    """A simulated printer at the end of a USB cable that may be pulled."""

    def __init__(self, config: PrinterConfig | None = None, serial: str = SERIAL) -> None:
        self.model = PrinterModel(config or PrinterConfig(buffer_bytes=1 << 20))
        self.lock = threading.Condition()
        self.plugged = True
        self._wires: list[socket.socket] = []
        self.device = USBDevice(VENDOR, PRODUCT, manufacturer="EPSON", product="TM-T82", serial=serial)
        self.interface = self.device.add(_PrinterInterface(self))

    def receive(self, data: bytes) -> bytes:
        with self.lock:
            self.model.receive(data, time.monotonic())
            said, self.model.replies = self.model.replies, b""
            self.lock.notify_all()
        return said

    def fault(self, fault: str, *, on: bool = True) -> None:
        """Bring a fault about or mend it; the printer may tell so by itself."""
        with self.lock:
            self.model.set_fault(fault, time.monotonic(), on=on)
            said, self.model.replies = self.model.replies, b""
        if said:
            self.interface.bulk_in.write(said)

    def port_status(self) -> int:
        """No error, selected; paper empty: bits 3, 4 and 5."""
        paper_out = "paper_out" in self.model.faults
        return 0x10 | (0 if self.model.stopped else 0x08) | (0x20 if paper_out else 0)

    def wait_for_rows(self, count: int, timeout_s: float = 10.0) -> list[bytes]:
        """Wait until so many rows of an uncut ticket are on paper."""
        with self.lock:
            assert self.lock.wait_for(lambda: len(self.model._paper.rows) >= count, timeout_s), "the rows do not come"
            return list(self.model._paper.rows)

    def tickets(self, count: int = 0, timeout_s: float = 10.0) -> list[Ticket]:
        """Give what is cut, as soon as it is so many: a pipe has taken bytes before the printer has read them."""
        with self.lock:
            self.lock.wait_for(lambda: len(self.model.tickets) >= count, timeout_s)
            return list(self.model.tickets)

    def attach(self) -> socket.socket:
        """Give the host's end of a fresh cable."""
        if not self.plugged:
            raise _gone()
        host, far = socket.socketpair()
        self._wires.append(far)
        threading.Thread(target=serve_connection, args=(far, [self.device]), daemon=True).start()
        client_import(host)
        return host

    def unplug(self) -> None:
        self.plugged = False
        while self._wires:
            with suppress(OSError):
                self._wires.pop().shutdown(socket.SHUT_RDWR)

    def plug(self) -> None:
        self.plugged = True


def _gone() -> usb.core.USBError:
    return usb.core.USBError("No such device (it may have been disconnected)", -4, errno.ENODEV)


@dataclass
class _Request:
    done: threading.Event = field(default_factory=threading.Event)
    status: int = -errno.ENODEV
    actual: int = 0
    data: bytes = b""


class _Host:
    """The host's end of a cable: requests of several threads, answers in any order."""

    def __init__(self, wire: socket.socket) -> None:
        self._wire = wire
        self._numbers = itertools.count(1)
        self._open: dict[int, _Request] = {}
        self._lock = threading.Lock()
        self._gone = False
        self._thread = threading.Thread(target=self._listen)
        self._thread.start()

    def submit(self, endpoint: int, setup: bytes, data: bytes, length: int, timeout_ms: int) -> _Request:
        inward = bool((setup[0] if any(setup) else endpoint) & 0x80)
        request = _Request()
        tail = struct.pack(">Iiiii", 0, length, 0, 0, 0) + setup + (b"" if inward else data)
        number = self._send(_SUBMIT, struct.pack(">II", inward, endpoint & 0x0F), tail, request)
        if not request.done.wait(timeout_ms / 1000 if timeout_ms else 20):
            self._send(_UNLINK, bytes(8), struct.pack(">I", number) + bytes(24), _Request())
            with self._lock:
                given_up = self._open.pop(number, None)
            if given_up is not None:
                raise usb.core.USBTimeoutError("Operation timed out", -7, errno.ETIMEDOUT)
        if request.status == -errno.EPIPE:
            raise usb.core.USBError("Pipe error", -9, errno.EPIPE)
        if request.status:
            raise _gone()
        return request

    def _send(self, command: int, way: bytes, tail: bytes, request: _Request) -> int:
        with self._lock:
            if self._gone:
                raise _gone()
            number = next(self._numbers)
            self._open[number] = request
            try:
                self._wire.sendall(struct.pack(">III", command, number, 0x00010002) + way + tail)
            except OSError as error:
                raise _gone() from error
        return number

    def _listen(self) -> None:
        with suppress(OSError):
            while head := self._exactly(48):
                command, number, _, inward, _ = struct.unpack(">IIIII", head[:20])
                status, actual = struct.unpack(">ii", head[20:28])
                data = self._exactly(actual) if command == _RET_SUBMIT and inward and actual > 0 else b""
                with self._lock:
                    request = self._open.pop(number, None)
                if request is not None:
                    request.status, request.actual, request.data = status, actual, data
                    request.done.set()
        with self._lock:
            self._gone = True
            left, self._open = list(self._open.values()), {}
        for request in left:
            request.done.set()

    def _exactly(self, count: int) -> bytes:
        data = b""
        while len(data) < count:
            piece = self._wire.recv(count - len(data))
            if not piece:
                raise ConnectionResetError
            data += piece
        return data

    def close(self) -> None:
        with suppress(OSError):
            self._wire.shutdown(socket.SHUT_RDWR)
        self._thread.join()
        self._wire.close()


class OverLoopback(usb.backend.IBackend):  # type: ignore[misc] # PyUSB has no types.
    """PyUSB's way to printers made with the package ``usbip``."""

    def __init__(self, *printers: UsbPrinter) -> None:
        self.printers = printers
        self.takes_most: int | None = None  # Bytes that a write takes: a short write.
        self.claimed: set[int] = set()

    def enumerate_devices(self) -> Iterator[UsbPrinter]:
        return (printer for printer in self.printers if printer.plugged)

    def get_parent(self, dev: UsbPrinter) -> None:
        del dev

    def get_device_descriptor(self, dev: UsbPrinter) -> SimpleNamespace:
        fields = vars(dev.device.device_descriptor())
        more = {"bLength": 18, "bDescriptorType": 1, "address": 2, "bus": 1, "port_number": 1, "port_numbers": (1,)}
        return SimpleNamespace(**fields, **more, speed=2)

    def _descriptors(self, dev: UsbPrinter, kind: int) -> list[bytes]:
        whole, at, found = dev.device.config_bytes(), 0, []
        while at < len(whole):
            if whole[at + 1] == kind:
                found.append(whole[at : at + whole[at]])
            at += whole[at]
        return found

    def _fields(self, data: bytes, layout: str, names: str) -> SimpleNamespace:
        values = dict(zip(names.split(), struct.unpack(layout, data), strict=True))
        return SimpleNamespace(**values, extra_descriptors=[])

    def get_configuration_descriptor(self, dev: UsbPrinter, config: int) -> SimpleNamespace:
        if config:
            raise IndexError
        names = (
            "bLength bDescriptorType wTotalLength bNumInterfaces bConfigurationValue iConfiguration bmAttributes"
            " bMaxPower"
        )
        return self._fields(self._descriptors(dev, 2)[0], "<BBHBBBBB", names)

    def get_interface_descriptor(self, dev: UsbPrinter, intf: int, alt: int, config: int) -> SimpleNamespace:
        if intf or alt or config:
            raise IndexError
        names = (
            "bLength bDescriptorType bInterfaceNumber bAlternateSetting bNumEndpoints bInterfaceClass"
            " bInterfaceSubClass bInterfaceProtocol iInterface"
        )
        return self._fields(self._descriptors(dev, 4)[0], "<9B", names)

    def get_endpoint_descriptor(self, dev: UsbPrinter, ep: int, intf: int, alt: int, config: int) -> SimpleNamespace:
        del intf, alt, config
        names = "bLength bDescriptorType bEndpointAddress bmAttributes wMaxPacketSize bInterval"
        found = self._fields(self._descriptors(dev, 5)[ep], "<BBBBHB", names)
        found.bRefresh = found.bSynchAddress = 0
        return found

    def open_device(self, dev: UsbPrinter) -> _Host:
        return _Host(dev.attach())

    def close_device(self, dev_handle: _Host) -> None:
        dev_handle.close()

    def set_configuration(self, dev_handle: _Host, config_value: int) -> None:
        self.ctrl_transfer(dev_handle, 0x00, 0x09, config_value, 0, array("B"), 1000)

    def get_configuration(self, dev_handle: _Host) -> int:
        answer: array[int] = array("B", bytes(1))
        self.ctrl_transfer(dev_handle, 0x80, 0x08, 0, 0, answer, 1000)
        return answer[0] or 1

    def claim_interface(self, dev_handle: _Host, intf: int) -> None:
        del dev_handle
        if intf in self.claimed:
            raise usb.core.USBError("Resource busy", -6, errno.EBUSY)
        self.claimed.add(intf)

    def release_interface(self, dev_handle: _Host, intf: int) -> None:
        del dev_handle
        self.claimed.discard(intf)

    def is_kernel_driver_active(self, dev_handle: _Host, intf: int) -> bool:
        del dev_handle, intf
        return False

    def bulk_write(self, dev_handle: _Host, ep: int, intf: int, data: "array[int]", timeout: int) -> int:
        del intf
        if self.takes_most == 0:
            threading.Event().wait(timeout / 1000)  # The printer takes nothing: it answers NAK all along.
            raise usb.core.USBTimeoutError("Operation timed out", -7, errno.ETIMEDOUT)
        taken = data.tobytes()[: self.takes_most]
        return dev_handle.submit(ep, bytes(8), taken, len(taken), timeout).actual

    def bulk_read(self, dev_handle: _Host, ep: int, intf: int, buff: "array[int]", timeout: int) -> int:
        del intf
        request = dev_handle.submit(ep, bytes(8), b"", len(buff), timeout)
        buff[: len(request.data)] = array("B", request.data)
        return len(request.data)

    def ctrl_transfer(  # noqa: PLR0917 -- PyUSB's interface.
        self, dev_handle: _Host, kind: int, request: int, value: int, index: int, data: "array[int]", timeout: int
    ) -> int:
        setup = struct.pack("<BBHHH", kind, request, value, index, len(data))
        answer = dev_handle.submit(0, setup, data.tobytes(), len(data), timeout)
        if kind & 0x80:
            data[: len(answer.data)] = array("B", answer.data)
            return len(answer.data)
        return answer.actual
