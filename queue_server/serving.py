"""The web server of a program of pages: waitress, with limits that slow and silent connections cannot wear down.

They cost a descriptor, not a thread: 500 of them were seen to leave good requests at milliseconds with these limits,
and none with waitress's own.
"""

import signal
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import waitress.server
from flask import Flask

from queue_server.own_names import Misdirected, OwnNames

CHANNEL_TIMEOUT_S: Final = 20
HEADER_LIMIT_BYTES: Final = 16_384
BODY_LIMIT_BYTES: Final = 65_536
CLOSING_S: Final = 5.0
MISDIRECTED: Final = Misdirected("This program is not reached by that name.\n")


@dataclass(frozen=True)
class Door:
    """Where a program listens, and whether a proxy on this machine adds TLS."""

    host: str
    port: int
    behind_tls: bool = False
    names: tuple[str, ...] = ()
    """The names by which it is reached, beside addresses and names that nobody holds in the world's DNS."""


@dataclass(frozen=True)
class Limits:
    """How many requests are answered at once, how many connections may be open, how much one request may carry."""

    threads: int
    connections: int = 1000
    body_bytes: int = BODY_LIMIT_BYTES


class WebServer:
    """Waitress around an application, in a thread of its own."""

    def __init__(
        self,
        app: Flask,
        door: Door,
        limits: Limits,
        misdirected: Misdirected = MISDIRECTED,
        also: Callable[[], str] = lambda: "",
    ) -> None:
        behind_proxy: dict[str, Any] = {}
        if door.behind_tls:
            behind_proxy = {
                "trusted_proxy": "127.0.0.1",
                "trusted_proxy_headers": {"x-forwarded-for", "x-forwarded-proto", "x-forwarded-host"},
            }
        listening = socket.create_server((door.host, door.port), backlog=128)
        self.port: int = listening.getsockname()[1]
        self.address = f"http://{door.host}:{self.port}/"
        self._server = waitress.server.create_server(
            OwnNames(app, door.names, misdirected, also),
            sockets=[listening],
            threads=limits.threads,
            connection_limit=limits.connections,
            channel_timeout=CHANNEL_TIMEOUT_S,
            max_request_header_size=HEADER_LIMIT_BYTES,
            max_request_body_size=limits.body_bytes,
            ident=None,
            clear_untrusted_proxy_headers=True,
            **behind_proxy,
        )
        self._thread = threading.Thread(target=self._server.run, name="web")

    def start(self) -> None:
        """Begin to answer."""
        self._thread.start()

    def close(self) -> None:
        """Stop listening, close every connection, let what runs end; once is enough, twice does no harm."""
        if not self._thread.is_alive():
            return
        trigger = self._server.trigger
        # The lock keeps the loop from closing the trigger, woken by another thread, before it has been pulled here.
        with trigger.lock:
            trigger.thunks.append(self._close_connections)
            trigger.pull_trigger()
        self._thread.join(CLOSING_S)
        self._server.task_dispatcher.shutdown(timeout=CLOSING_S)

    def _close_connections(self) -> None:
        """Run in waitress's own loop, which ends once it has nothing left to wait for."""
        self._server.asyncore.close_all(self._server._map, ignore_all=True)  # noqa: SLF001 -- it has no other way.


def told_to_end() -> threading.Event:
    """Give what SIGTERM and SIGINT set from now on; for the main thread of a program, before it opens anything."""
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    return ended


def serve_until(
    ended: threading.Event,
    server: WebServer,
    on_ready: Callable[[str], None],
    before_close: Callable[[], None] = lambda: None,
) -> None:
    """Serve until the program is told to end. `on_ready` gets the address; `before_close` frees what would stay."""
    server.start()
    try:
        on_ready(server.address)
        ended.wait()
    finally:
        # Whatever went wrong: a server that still listens would keep the process, and nobody would start it anew.
        before_close()
        server.close()
