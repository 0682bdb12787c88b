"""A cable between a driver and a network device, which may be cut: nothing comes through, and nobody is told.

What the driver sends after the cut is taken by the kernel and reaches nobody, as with a cable that was pulled.
"""

import selectors
import socket
import threading
from contextlib import suppress

from hardware.links import Interrupt


class Relay:
    """Listens at a port of its own and carries bytes to and from the device; a thread of its own."""

    def __init__(self, device_address: str) -> None:
        host, _, port = device_address.removeprefix("tcp://").rpartition(":")
        self._device = (host, int(port))
        self._listener: socket.socket | None = socket.create_server(("127.0.0.1", 0))
        self._own = self._listener.getsockname()
        self.address = f"tcp://127.0.0.1:{self._own[1]}"
        self._pairs: dict[socket.socket, socket.socket] = {}
        self._left: int | None = None  # Bytes to the device until the cut.
        self._is_cut = self._ends = False
        self._bell = Interrupt()
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._run, name="relay")
        self._thread.start()

    def cut_after(self, count: int) -> None:
        """Cut the cable when so many more bytes have gone to the device."""
        with self._lock:
            self._left = count

    def cut(self) -> None:
        """Cut the cable now, both ways."""
        with self._lock:
            self._is_cut = True
            self._stop_listening()
        self._bell.ring()

    @property
    def is_cut(self) -> bool:
        """Whether nothing comes through."""
        return self._is_cut

    def mend(self) -> None:
        """Lay a new cable: the old connections are lost, new ones are carried."""
        with self._lock:
            self._drop()
            self._is_cut, self._left = False, None
            self._listener = socket.create_server(self._own)
        self._bell.ring()

    def close(self) -> None:
        """End the thread and all connections."""
        self._ends = True
        self._bell.ring()
        self._thread.join()
        self._drop()
        if self._listener is not None:
            self._listener.close()
        self._bell.close()

    def _drop(self) -> None:
        for end in self._pairs:
            end.close()
        self._pairs.clear()

    def _run(self) -> None:
        while not self._ends:
            with selectors.DefaultSelector() as selector:
                selector.register(self._bell.fileno(), selectors.EVENT_READ)
                with self._lock:
                    for end in [] if self._is_cut else [self._listener, *self._pairs]:
                        if end is not None:
                            selector.register(end, selectors.EVENT_READ)
                ready = [key.fileobj for key, _ in selector.select()]
            self._bell.clear()
            with self._lock:
                for one in ready:
                    if isinstance(one, socket.socket) and one.fileno() >= 0:
                        self._serve(one)

    def _serve(self, end: socket.socket) -> None:
        if self._listener is not None and end is self._listener:
            near, _ = self._listener.accept()
            try:
                far = socket.create_connection(self._device)
            except ConnectionRefusedError:  # The far end has gone: whoever calls is hung up on, as without a relay.
                near.close()
                return
            self._pairs |= {near: far, far: near}
            return
        other = self._pairs.get(end)
        if other is None or self._is_cut:
            return
        to_device = other.getpeername() == self._device
        data = b""
        with suppress(OSError):
            data = end.recv(4096)
        if not data:
            for one in (end, other):
                del self._pairs[one]
                one.close()
            return
        if to_device and self._left is not None:
            data, self._left = data[: self._left], max(0, self._left - len(data))
        with suppress(OSError):
            other.sendall(data)
        if self._left == 0:
            self._is_cut = True
            self._stop_listening()

    def _stop_listening(self) -> None:
        if self._listener is not None:
            self._listener.close()
            self._listener = None
