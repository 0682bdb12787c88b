"""Move bytes: serial port, TCP, character device, loopback.

A link knows nothing of what the bytes mean. Every wait has an end, every error says what happened, where, and what to
do. All four kinds are one file descriptor behind :class:`Link`, so that a thread may wait for its wire and for other
threads (:class:`Interrupt`) at once. A link belongs to one thread; only :class:`Interrupt` may be used from others.

pyserial opens and sets up the port, and nothing else: its reads and writes hide how many bytes have gone, which is just
what a print job must know after a stall.
"""

import errno
import fcntl
import os
import select
import socket
import stat
import sys
import termios
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final, Protocol

import serial

CHUNK_BYTES: Final = 1024  # A receive buffer of small printers holds 4 kB; more at once only hides where it stopped.
READ_BYTES: Final = 4096
SHORT_S: Final = 0.02
SELECTABLE: Final = 1024  # FD_SETSIZE
LPGETSTATUS: Final = 0x060B  # linux/lp.h; usblp answers it with what GET_PORT_STATUS told.
REOPEN_FIRST_S: Final = 0.5
REOPEN_LAST_S: Final = 30.0


class LinkError(Exception):
    """Something a technician can mend: what happened, where, and what to do."""

    def __init__(self, what: str, where: str, mend: str) -> None:
        super().__init__(f"{what} ({where}). {mend}")
        self.what, self.where, self.mend = what, where, mend


class LinkGone(LinkError):  # noqa: N818 - named for what happened to the wire.
    """The far end is away: unplugged, closed, refused, or held by another program."""


class LinkBusy(LinkGone):
    """Another program holds the device."""


class LinkStalled(LinkError):  # noqa: N818 - the same.
    """The far end takes no more bytes. ``written`` of the bytes asked for have left."""

    def __init__(self, what: str, where: str, mend: str, written: int) -> None:
        super().__init__(what, where, mend)
        self.written = written


class Interrupt:
    """A bell that other threads ring to end a wait early. Rings before the wait count; many rings are one."""

    def __init__(self) -> None:
        self._bell = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)

    def fileno(self) -> int:
        """Return the descriptor that a poll may wait for."""
        return self._bell

    def ring(self) -> None:
        """Wake the waiting thread, now or at its next wait."""
        os.eventfd_write(self._bell, 1)

    def clear(self) -> None:
        """Forget the rings so far."""
        try:
            os.eventfd_read(self._bell)
        except BlockingIOError:
            return  # Nobody had rung.

    def wait(self, timeout_s: float) -> bool:
        """Wait for a ring and forget it; False when ``timeout_s`` has passed without one."""
        rang = bool(_poll([(self._bell, select.POLLIN)], timeout_s))
        if rang:
            self.clear()
        return rang

    def close(self) -> None:
        """Take the bell down; nobody may ring it any more."""
        os.close(self._bell)


class Link(Protocol):
    """An open wire."""

    address: str

    def fileno(self) -> int:
        """Return the descriptor that a poll may wait for; -1 once closed."""

    def read(self, timeout_s: float, interrupt: Interrupt | None = None) -> bytes:
        """Return what has come, waiting up to ``timeout_s`` for the first byte; b"" when nothing came or interrupted.

        Raises LinkGone.
        """

    def write(self, data: bytes, timeout_s: float) -> None:
        """Hand over all of ``data`` in chunks of at most 1 kB within ``timeout_s``. Raises LinkStalled, LinkGone."""

    def write_some(self, data: bytes) -> int:
        """Hand over what the wire takes at once, at most 1 kB; return how many bytes. Never waits. Raises LinkGone."""

    def wait(self, timeout_s: float, interrupt: Interrupt | None = None, *, to_write: bool = False) -> bool:
        """Wait until bytes have come, or, if ``to_write``, some can go; True when so. An interrupt ends the wait."""

    def port_status(self) -> int | None:
        """Return the lines of a parallel port as USB printers still tell them; None where there are none."""

    def close(self) -> None:
        """Give the wire back. May be called twice."""


def _poll(wanted: list[tuple[int, int]], timeout_s: float) -> dict[int, int]:
    if timeout_s < SHORT_S and all(events == select.POLLIN and 0 <= one < SELECTABLE for one, events in wanted):
        # poll counts whole milliseconds, and the gap on a wire is a fraction of one.
        readable, _, _ = select.select([one for one, _ in wanted], (), (), max(0.0, timeout_s))
        return dict.fromkeys(readable, select.POLLIN)
    poller = select.poll()
    for descriptor, events in wanted:
        poller.register(descriptor, events)
    return dict(poller.poll(max(0, round(timeout_s * 1000 + 0.499))))


class DescriptorLink:
    """A link over a non-blocking file descriptor; ``release`` is called once, before the descriptor is closed."""

    def __init__(self, address: str, descriptor: int, release: Callable[[], None], mend: str) -> None:
        self.address = address
        self._descriptor = descriptor
        self._release = release
        self._mend = mend
        os.set_blocking(descriptor, False)

    def fileno(self) -> int:
        """See :class:`Link`."""
        return self._descriptor

    def _gone(self, what: str) -> LinkGone:
        return LinkGone(what, self.address, self._mend)

    def _open_descriptor(self) -> int:
        if self._descriptor < 0:
            raise self._gone("the link has been closed")
        return self._descriptor

    def wait(self, timeout_s: float, interrupt: Interrupt | None = None, *, to_write: bool = False) -> bool:
        """See :class:`Link`."""
        descriptor = self._open_descriptor()
        wanted = [(descriptor, select.POLLIN | (select.POLLOUT if to_write else 0))]
        if interrupt is not None:
            wanted.append((interrupt.fileno(), select.POLLIN))
        ready = _poll(wanted, timeout_s)
        if interrupt is not None and interrupt.fileno() in ready:
            interrupt.clear()
        return descriptor in ready

    def read(self, timeout_s: float, interrupt: Interrupt | None = None) -> bytes:
        """See :class:`Link`."""
        if not self.wait(timeout_s, interrupt):
            return b""
        try:
            data = os.read(self._open_descriptor(), READ_BYTES)
        except BlockingIOError:
            return b""
        except OSError as error:
            raise self._gone(f"reading failed: {error.strerror}") from error
        if not data:
            raise self._gone("the far end has closed the link")
        return data

    def write_some(self, data: bytes) -> int:
        """See :class:`Link`."""
        try:
            return os.write(self._open_descriptor(), data[:CHUNK_BYTES])
        except BlockingIOError:
            return 0
        except OSError as error:
            raise self._gone(f"writing failed: {error.strerror}") from error

    def write(self, data: bytes, timeout_s: float) -> None:
        """See :class:`Link`."""
        deadline = time.monotonic() + timeout_s
        written = 0
        while written < len(data):
            written += self.write_some(data[written : written + CHUNK_BYTES])
            left_s = deadline - time.monotonic()
            if written < len(data) and (left_s <= 0 or not self._writable(left_s)):
                what = f"{written} of {len(data)} bytes went in {timeout_s:g} s"
                raise LinkStalled(
                    what, self.address, "See whether the device is on, has paper and is not paused", written
                )

    def _writable(self, timeout_s: float) -> bool:
        return bool(_poll([(self._open_descriptor(), select.POLLOUT)], timeout_s))

    def port_status(self) -> int | None:
        """See :class:`Link`."""
        return None

    def close(self) -> None:
        """See :class:`Link`."""
        if self._descriptor >= 0:
            self._descriptor = -1
            self._release()


def descriptor_link(address: str, descriptor: int, release: Callable[[], None], mend: str) -> Link:
    """Make a link of a descriptor that its own room has opened; ``release`` must close it. ``mend`` says what helps."""
    return DescriptorLink(address, descriptor, release, mend)


@contextmanager
def _opening(address: str, mend: str) -> Iterator[None]:
    """Tell any failure to open in the terms of a link."""
    try:
        yield
    except OSError as error:  # serial.SerialException is one too.
        if error.errno in {errno.EAGAIN, errno.EBUSY} or "lock" in str(error):
            raise LinkBusy(
                "another program holds the device", address, "End that program, or give it the work"
            ) from error
        what = "this user may not open it" if error.errno == errno.EACCES else "cannot be opened"
        raise LinkGone(f"{what}: {error.strerror or error}", address, mend) from error


def _claim(descriptor: int) -> Callable[[], None]:
    """Keep other programs off a device: flock against our own, TIOCEXCL against any other.

    A pty keeps TIOCEXCL for as long as its far end lives, even when the holder was killed, so there flock is all.
    """
    fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    if not os.isatty(descriptor) or os.ttyname(descriptor).startswith("/dev/pts/"):
        return lambda: None
    fcntl.ioctl(descriptor, termios.TIOCEXCL)

    def release() -> None:
        try:
            fcntl.ioctl(descriptor, termios.TIOCNXCL)
        except OSError:
            return  # The device is gone, and its lock with it.

    return release


def open_serial(
    path: str, *, baud: int = 9600, parity: str = "N", stop_bits: int = 1, hardware_flow: bool = False
) -> Link:
    """Open a serial port, raw and exclusively. ``parity`` is N, E or O. Raises LinkGone.

    What a port cannot do (a pty knows no modem lines and no parity) is a fact about it, not an error.
    """
    mend = "See that the cable is plugged in, the address right, and the user a member of dialout"
    with _opening(path, mend):
        port = serial.Serial()
        port.port, port.baudrate, port.parity, port.stopbits = path, baud, parity, stop_bits
        port.timeout = port.write_timeout = 0
        port.rtscts, port.dsrdtr, port.xonxoff = hardware_flow, False, False
        port.exclusive = True
        port.open()
        try:
            descriptor = port.fileno()
            release = _claim(descriptor)
        except OSError:
            port.close()
            raise

    def close() -> None:
        release()
        port.close()

    return DescriptorLink(path, descriptor, close, mend)


def _character_device(descriptor: int) -> int:
    if not stat.S_ISCHR(os.fstat(descriptor).st_mode):
        raise OSError(errno.ENOTTY, "not a character device")
    return descriptor


class _PrinterFile(DescriptorLink):
    """A character device that may be a printer under the kernel's own driver (usblp)."""

    def port_status(self) -> int | None:
        lines = bytearray(4)
        try:
            fcntl.ioctl(self._open_descriptor(), LPGETSTATUS, lines)
        except OSError:
            return None  # Another kind of device, or one that does not tell.
        return int.from_bytes(lines, sys.byteorder)


def open_file(path: str) -> Link:
    """Open a character device such as ``/dev/usb/lp0`` for both directions, exclusively. Raises LinkGone."""
    mend = "See that the device is on and plugged in, and that the user is in the group lp"
    with _opening(path, mend):
        descriptor = os.open(path, os.O_RDWR | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC)
        try:
            release = _claim(_character_device(descriptor))
        except OSError:
            os.close(descriptor)
            raise

    def close() -> None:
        release()
        os.close(descriptor)

    return _PrinterFile(path, descriptor, close, mend)


def open_tcp(host: str, port: int, *, connect_timeout_s: float = 3.0, give_up_s: float = 10.0) -> Link:
    """Connect to a device in the network. Raises LinkGone.

    The kernel probes a silent peer (after 5 s, each 2 s, three times) and gives up unacknowledged bytes after
    ``give_up_s``; without both, a cut cable swallows twenty tickets without an error.
    """
    address = f"tcp://{host}:{port}"
    mend = (
        "See that the device is on, that its network cable is plugged in, and that no other program is connected to it"
    )
    with _opening(address, mend):
        connection = socket.create_connection((host, port), timeout=connect_timeout_s)
    for level, option, value in (
        (socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1),
        (socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, 5),
        (socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, 2),
        (socket.IPPROTO_TCP, socket.TCP_KEEPCNT, 3),
        (socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, round(give_up_s * 1000)),
        (socket.IPPROTO_TCP, socket.TCP_NODELAY, 1),
    ):
        connection.setsockopt(level, option, value)
    return DescriptorLink(address, connection.fileno(), connection.close, mend)


def loopback(name: str = "loopback") -> tuple[Link, Link]:
    """Two ends of a wire inside this process."""
    ours, theirs = socket.socketpair()
    mend = "The other end of a loopback is closed by the program itself"
    return (
        DescriptorLink(f"{name}:near", ours.fileno(), ours.close, mend),
        DescriptorLink(f"{name}:far", theirs.fileno(), theirs.close, mend),
    )


def reopen_delay_s(failures: int, jitter: float) -> float:
    """How long to wait before the next try to open: doubling from 0.5 to 30 s, less up to a quarter by ``jitter``.

    ``failures`` is the count of tries that failed in a row (at least 1), ``jitter`` lies in [0, 1) and keeps many
    devices behind one switch from knocking at the same moment. Pure.
    """
    assert failures >= 1
    longest = min(REOPEN_LAST_S, REOPEN_FIRST_S * 2.0 ** min(failures - 1, 10))
    return max(REOPEN_FIRST_S, longest * (1 - jitter / 4))
