"""A USB printer without the kernel's own driver: bulk pipes of the printer class, through PyUSB.

Bulk transfers wait, and a link must not; so two threads carry bytes between the pipes and a socket, whose other end is
the link. The writer hands on what little the socket holds, as a kernel would; the reader is always reading.

Sources: USB Device Class Definition for Printing Devices 1.1 (interface class 7, ``GET_PORT_STATUS``).
"""

import errno
import socket
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, Final, NamedTuple

import usb.core
import usb.util

from hardware.links import DescriptorLink, Link, LinkBusy, LinkGone

PRINTER_CLASS: Final = 7
GET_PORT_STATUS: Final = 0x01
TRANSFER_MS: Final = 200  # A transfer without progress ends after so long, so that the threads see the link's end.
CONTROL_MS: Final = 500
PIECE_BYTES: Final = 1024
EMPTY_PAUSE_S: Final = 0.02  # Some printers answer a read with nothing instead of waiting.
BACKLOG_BYTES: Final = 2304  # The least that Linux lets a socket hold.


class UsbAddress(NamedTuple):
    """Which printer: two numbers from its label in ``lsusb``, and its serial number where two are alike."""

    vendor_id: int
    product_id: int
    serial_number: str | None = None

    def __str__(self) -> str:
        serial = f"?serial={self.serial_number}" if self.serial_number else ""
        return f"usb://{self.vendor_id:04x}:{self.product_id:04x}{serial}"


_MEND: Final = "See that the printer is on and plugged in, and that the user may open it (config/udev)"


def open_usb(address: UsbAddress, *, backend: Any = None) -> Link:
    """Open a printer by its bulk pipes, which are found from its descriptors. Raises LinkGone, LinkBusy.

    ``backend``: of PyUSB; None takes libusb.
    """
    with _opening(address):
        pipes = _Pipes(_find(address, backend))
        try:
            pipes.claim()
        except usb.core.USBError:
            pipes.dispose()
            raise
    return _UsbLink(address, pipes)


@contextmanager
def _opening(address: UsbAddress) -> Iterator[None]:
    """Tell any failure of PyUSB to open in the terms of a link."""
    try:
        yield
    except usb.core.NoBackendError as error:
        raise LinkGone("libusb is missing", str(address), "Install the package libusb-1.0-0") from error
    except usb.core.USBError as error:
        if error.errno == errno.EBUSY:
            raise LinkBusy("another program holds the device", str(address), _MEND) from error
        raise LinkGone(f"cannot be opened: {error}", str(address), _MEND) from error


def _find(address: UsbAddress, backend: Any) -> Any:
    found = list(
        usb.core.find(find_all=True, idVendor=address.vendor_id, idProduct=address.product_id, backend=backend)
    )
    if address.serial_number is not None:
        found = [device for device in found if _serial_number(device) == address.serial_number]
    if len(found) > 1:
        mend = "Add ?serial=… to the address; motcua doctor and lsusb -v show it"
        raise LinkGone(f"{len(found)} such printers are plugged in", str(address), mend)
    if not found:
        raise LinkGone("no such printer is plugged in", str(address), _MEND)
    return found[0]


def _serial_number(device: Any) -> str | None:
    """Read a serial number; None when there is none, or it may not be read."""
    with suppress(ValueError, NotImplementedError, usb.core.USBError):
        number: str | None = device.serial_number
        return number
    return None


class _Pipes:
    """The printer's interface with its two bulk endpoints."""

    def __init__(self, device: Any) -> None:
        self.device = device
        try:
            configuration = device.get_active_configuration()
        except usb.core.USBError:
            device.set_configuration()
            configuration = device.get_active_configuration()
        self.interface, self._out, self._in = self._printer_interface(configuration)
        self._detached = False

    @staticmethod
    def _printer_interface(configuration: Any) -> tuple[Any, Any, Any]:
        """Find a bidirectional interface of the printer class, in any alternate setting."""
        # A broken device may give one address to endpoints of two kinds; PyUSB reads from whichever it meets first.
        ends = [one for part in configuration for one in part]
        kinds = {(one.bEndpointAddress, usb.util.endpoint_type(one.bmAttributes)) for one in ends}
        clear = {address for address, count in Counter(address for address, _ in kinds).items() if count == 1}
        for interface in configuration:
            if interface.bInterfaceClass != PRINTER_CLASS:
                continue
            bulk = [
                one
                for one in interface
                if usb.util.endpoint_type(one.bmAttributes) == usb.util.ENDPOINT_TYPE_BULK
                and one.bEndpointAddress in clear
            ]
            ways = {usb.util.endpoint_direction(one.bEndpointAddress): one for one in bulk}
            if len(ways) == 2:
                return interface, ways[usb.util.ENDPOINT_OUT], ways[usb.util.ENDPOINT_IN]
        raise usb.core.USBError("it has no bidirectional interface of the printer class", errno=errno.ENXIO)

    def claim(self) -> None:
        """Take the interface from the kernel's driver and keep other programs off it."""
        number = self.interface.bInterfaceNumber
        with suppress(NotImplementedError):
            if self.device.is_kernel_driver_active(number):
                self.device.detach_kernel_driver(number)
                self._detached = True
        usb.util.claim_interface(self.device, number)
        if self.interface.bAlternateSetting:
            self.interface.set_altsetting()

    def read(self) -> bytes:
        """Return what has come within a moment. Raises usb.core.USBError."""
        with suppress(usb.core.USBTimeoutError):
            return bytes(self._in.read(max(PIECE_BYTES, self._in.wMaxPacketSize), TRANSFER_MS))
        return b""

    def write(self, data: bytes) -> int:
        """Return how many bytes have gone within a moment. Raises usb.core.USBError."""
        with suppress(usb.core.USBTimeoutError):
            return int(self._out.write(data, TRANSFER_MS))
        return 0

    def port_status(self) -> int | None:
        """Ask for the printer's lines; None when it does not answer."""
        kind = usb.util.build_request_type(
            usb.util.CTRL_IN, usb.util.CTRL_TYPE_CLASS, usb.util.CTRL_RECIPIENT_INTERFACE
        )
        try:
            told = self.device.ctrl_transfer(kind, GET_PORT_STATUS, 0, self.interface.bInterfaceNumber, 1, CONTROL_MS)
        except usb.core.USBError:
            return None
        return int(told[0]) if len(told) else None

    def dispose(self) -> None:
        """Give the interface back."""
        with suppress(usb.core.USBError, NotImplementedError):
            usb.util.release_interface(self.device, self.interface.bInterfaceNumber)
            if self._detached:
                self.device.attach_kernel_driver(self.interface.bInterfaceNumber)
        usb.util.dispose_resources(self.device)


class _UsbLink(DescriptorLink):
    """The near end of the socket, and the two threads behind its far end."""

    def __init__(self, address: UsbAddress, pipes: _Pipes) -> None:
        near, self._far = socket.socketpair()
        for end in (near, self._far):
            end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, BACKLOG_BYTES)
        self._near, self._pipes = near, pipes
        self._ended = threading.Event()
        self._failure: str | None = None
        super().__init__(str(address), near.fileno(), self._end, _MEND)
        self._threads = [
            threading.Thread(target=self._carry, args=(way,), name=f"{address} {way.__name__}")
            for way in (self._to_printer, self._from_printer)
        ]
        for thread in self._threads:
            thread.start()

    def port_status(self) -> int | None:
        return None if self._ended.is_set() else self._pipes.port_status()

    def _gone(self, what: str) -> LinkGone:
        return super()._gone(self._failure or what)

    def _carry(self, way: Any) -> None:
        """Run one way until the link is closed or the printer is gone; then the owner sees the link's end."""
        try:
            way()
        except usb.core.USBError as error:
            self._failure = self._failure or f"the printer has gone: {error.strerror or error}"
        except OSError:
            return  # The near end was closed.
        finally:
            self._ended.set()
            with suppress(OSError):
                self._far.shutdown(socket.SHUT_RDWR)

    def _to_printer(self) -> None:
        while data := self._far.recv(PIECE_BYTES):
            while data and not self._ended.is_set():
                data = data[self._pipes.write(data) :]

    def _from_printer(self) -> None:
        while not self._ended.is_set():
            if data := self._pipes.read():
                self._far.sendall(data)
            else:
                self._ended.wait(EMPTY_PAUSE_S)

    def _end(self) -> None:
        self._ended.set()
        with suppress(OSError):
            self._far.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join()
        self._far.close()
        self._near.close()
        self._pipes.dispose()
