"""The far end of a real pty or TCP port, which can be unplugged and plugged in again."""

import os
import socket
import struct
import tty
from contextlib import suppress
from pathlib import Path
from typing import Final, Protocol

REPLIES_MOST: Final = 65536
LINGER_NOT: Final = struct.pack("ii", 1, 0)  # Closing resets the connection, as a pulled plug does.


class Endpoint(Protocol):
    """Where a simulated device meets its driver."""

    address: str

    def descriptors(self) -> list[int]:
        """Return what to wait for: the wire's descriptor, or a listener's while nobody is connected."""

    def read(self, most: int) -> bytes:
        """Return what has come, up to ``most`` bytes; b"" when there is nothing."""

    def write(self, data: bytes) -> bytes:
        """Send what goes at once; return the rest."""

    def unplug(self) -> None:
        """Break the wire, as a pulled cable does."""

    def plug(self) -> None:
        """Mend the wire."""


class _TcpEndpoint:
    """A network device that serves one connection at a time, as many printers do; the next one waits."""

    def __init__(self, host: str, port: int) -> None:
        self._host, self._port = host, port
        self._listener: socket.socket | None = None
        self._connection: socket.socket | None = None
        self.plug()
        self.address = f"tcp://{host}:{self._port}"

    def descriptors(self) -> list[int]:
        open_now = self._connection or self._listener
        return [] if open_now is None else [open_now.fileno()]

    def read(self, most: int) -> bytes:
        if self._connection is None:
            self._accept()
            return b""
        try:
            data = self._connection.recv(most)
        except BlockingIOError:
            return b""
        except OSError:
            data = b""
        if not data:
            self._connection.close()
            self._connection = None
        return data

    def _accept(self) -> None:
        if self._listener is not None:
            with suppress(OSError):  # The caller has gone again.
                self._connection, _ = self._listener.accept()
                self._connection.settimeout(0)
                self._connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def write(self, data: bytes) -> bytes:
        if self._connection is None:
            return b""  # Nobody listens; a printer does not keep what it says.
        try:
            return data[self._connection.send(data) :][-REPLIES_MOST:]
        except BlockingIOError:
            return data[-REPLIES_MOST:]
        except OSError:
            return b""

    def unplug(self) -> None:
        if self._connection is not None:
            self._connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, LINGER_NOT)
            self._connection.close()
        if self._listener is not None:
            self._listener.close()
        self._connection = self._listener = None

    def plug(self) -> None:
        if self._listener is None:
            self._listener = socket.create_server((self._host, self._port), backlog=4)
            self._listener.settimeout(0)
            self._port = self._listener.getsockname()[1]


class _PtyEndpoint:
    """A serial device: the far end of a pty, whose near end is found by a symbolic link that keeps its name.

    The near end is held open here too, so that the wire outlives each opening by the driver, as a cable does.
    """

    def __init__(self, link: Path) -> None:
        self.link = link
        self._far = self._near = -1
        self.address = f"serial://{link}?baud=115200"
        self.plug()

    def descriptors(self) -> list[int]:
        return [] if self._far < 0 else [self._far]

    def read(self, most: int) -> bytes:
        if self._far < 0:
            return b""  # Unplugged by an order that came in the same turn.
        try:
            return os.read(self._far, most)
        except BlockingIOError:
            return b""

    def write(self, data: bytes) -> bytes:
        if self._far < 0:
            return b""
        try:
            return data[os.write(self._far, data) :][-REPLIES_MOST:]
        except BlockingIOError:
            return data[-REPLIES_MOST:]

    def unplug(self) -> None:
        if self._far >= 0:
            self.link.unlink(missing_ok=True)
            os.close(self._far)
            os.close(self._near)
            self._far = self._near = -1

    def plug(self) -> None:
        if self._far < 0:
            self._far, self._near = os.openpty()
            tty.setraw(self._near)
            os.set_blocking(self._far, False)
            self.link.parent.mkdir(parents=True, exist_ok=True)
            self.link.unlink(missing_ok=True)
            self.link.symlink_to(os.ttyname(self._near))


def endpoint(address: str) -> Endpoint:
    """Open the far end named ``tcp://host:port`` or ``pty:/path``. Raises ValueError, OSError."""
    if address.startswith("pty:/"):
        return _PtyEndpoint(Path(address.removeprefix("pty:")))
    if address.startswith("tcp://"):
        host, _, port = address.removeprefix("tcp://").rpartition(":")
        if host and port.isdecimal():
            return _TcpEndpoint(host, int(port))
    raise ValueError(f"{address!r} is no far end: write tcp://127.0.0.1:0 or pty:/path/of/a/link")
