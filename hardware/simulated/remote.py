"""The other side of the control port: orders to a hall of simulated devices, and its events."""

import socket
import time
from collections import deque
from typing import Any

import msgspec

ANSWER_TIMEOUT_S = 10.0


class OrderRefused(Exception):  # noqa: N818 - named for what happened.
    """The hall does not know the order or the device; the message says which."""


class Remote:
    """One connection to a control port; not to be shared between threads. Raises OSError when the hall is gone."""

    def __init__(self, address: str) -> None:
        if address.startswith("unix:"):
            self._connection = socket.socket(socket.AF_UNIX)
            self._connection.connect(address.removeprefix("unix:"))
        else:
            host, _, port = address.removeprefix("tcp://").rpartition(":")
            self._connection = socket.create_connection((host, int(port)), timeout=ANSWER_TIMEOUT_S)
        self._held = b""
        self._events: deque[dict[str, Any]] = deque()

    def close(self) -> None:
        """Leave the hall."""
        self._connection.close()

    def order(self, do: str, **parameters: object) -> Any:
        """Give an order and return its answer. Raises OrderRefused, TimeoutError, OSError."""
        self._connection.sendall(msgspec.json.encode({"do": do, **parameters}) + b"\n")
        deadline_s = time.monotonic() + ANSWER_TIMEOUT_S
        while True:
            message = self._read(deadline_s)
            if "event" in message:
                self._events.append(message)
            elif message["ok"]:
                return message.get("answer")
            else:
                raise OrderRefused(f"{do} {parameters}: {message['error']}")

    def watch(self) -> None:
        """Ask to be told of tickets, texts and keys from now on."""
        self.order("watch")

    def event(self, timeout_s: float) -> dict[str, Any] | None:
        """Return the next event that has been told, waiting up to ``timeout_s``; None when there was none."""
        if self._events:
            return self._events.popleft()
        try:
            return self._read(time.monotonic() + timeout_s)
        except TimeoutError:
            return None

    def _read(self, deadline_s: float) -> dict[str, Any]:
        while b"\n" not in self._held:
            left_s = deadline_s - time.monotonic()
            if left_s <= 0:
                raise TimeoutError("the hall of simulated devices has not answered")
            self._connection.settimeout(left_s)
            data = self._connection.recv(65536)
            if not data:
                raise ConnectionError("the hall of simulated devices has ended")
            self._held += data
        line, _, self._held = self._held.partition(b"\n")
        message: dict[str, Any] = msgspec.json.decode(line)
        return message
