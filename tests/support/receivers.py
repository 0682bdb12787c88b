"""A real HTTP receiver of webhooks at a port of this machine: it checks signatures as docs/api.md tells, and dies."""

import base64
import hashlib
import hmac
import json
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

PATIENCE_S = 20.0


@dataclass(frozen=True)
class Got:
    """One try that reached the receiver."""

    delivery_id: str
    timestamp: int
    signature: str
    body: bytes
    path: str
    headers: dict[str, str]

    @property
    def told(self) -> dict[str, Any]:
        """The message."""
        told: dict[str, Any] = json.loads(self.body)
        return told

    def is_signed(self, secret: str) -> bool:
        """Tell whether the owner of the secret has sent it; written from the page, not from our own code."""
        key = base64.b64decode(secret.removeprefix("whsec_"))
        mac = hmac.new(key, b"%s.%d.%s" % (self.delivery_id.encode(), self.timestamp, self.body), hashlib.sha256)
        return self.signature == f"v1,{base64.b64encode(mac.digest()).decode()}"


@dataclass
class Receiver:
    """What came, in order; and how it answers."""

    port: int = 0
    tls: ssl.SSLContext | None = None
    status: int = 204
    headers: dict[str, str] = field(default_factory=dict)
    got: list[Got] = field(default_factory=list)
    changed: threading.Condition = field(default_factory=threading.Condition)
    _server: ThreadingHTTPServer | None = None
    _thread: threading.Thread | None = None

    @property
    def address(self) -> str:
        return f"{'https' if self.tls else 'http'}://127.0.0.1:{self.port}/hook"

    def start(self) -> None:
        """Begin to listen, at the same port as before."""
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                receiver._take(self)

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        if self.tls:
            self._server.socket = self.tls.wrap_socket(
                self._server.socket, server_side=True, do_handshake_on_connect=False
            )
        self.port = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})
        self._thread.start()

    def die(self) -> None:
        """Stop listening."""
        if self._server is None or self._thread is None:
            return
        self._server.shutdown()
        self._thread.join(PATIENCE_S)
        self._server.server_close()
        self._server = None

    def _take(self, request: BaseHTTPRequestHandler) -> None:
        headers = {name.lower(): value for name, value in request.headers.items()}
        body = request.rfile.read(int(headers["content-length"]))
        with self.changed:
            self.got.append(
                Got(
                    headers["webhook-id"],
                    int(headers["webhook-timestamp"]),
                    headers["webhook-signature"],
                    body,
                    request.path,
                    headers,
                )
            )
            self.changed.notify_all()
            status, answered = self.status, dict(self.headers)
        request.send_response(status)
        for name, value in answered.items():
            request.send_header(name, value)
        request.send_header("Content-Length", "0")
        request.end_headers()

    def becomes(self, status: int) -> None:
        """Answer otherwise from now on."""
        with self.changed:
            self.status = status

    def wait(self, count: int) -> list[Got]:
        """Wait until so many tries have come, and give them."""
        with self.changed:
            came = self.changed.wait_for(lambda: len(self.got) >= count, PATIENCE_S)
            assert came, f"{len(self.got)} of {count} came: {[one.told['type'] for one in self.got]}"
            return list(self.got)

    def numbers(self) -> list[int]:
        """Give the sequences of what came, each once, in the order in which it came first."""
        with self.changed:
            return list(dict.fromkeys(one.told["sequence"] for one in self.got))


@contextmanager
def receiving(tls: ssl.SSLContext | None = None) -> Iterator[Receiver]:
    """Run a receiver."""
    receiver = Receiver(tls=tls)
    receiver.start()
    yield receiver
    receiver.die()


@contextmanager
def dripping() -> Iterator[int]:
    """Listen, and answer each connection with one byte now and then; gives the port."""
    listening = socket.create_server(("127.0.0.1", 0))
    ended = threading.Event()

    def drip() -> None:
        with listening:
            listening.settimeout(PATIENCE_S)
            line, _ = listening.accept()
            with line:
                while not ended.wait(0.05):
                    try:
                        line.sendall(b"H")
                    except OSError:
                        return

    thread = threading.Thread(target=drip)
    thread.start()
    yield listening.getsockname()[1]
    ended.set()
    thread.join(PATIENCE_S)


def within(seconds: float, begun_s: float) -> bool:
    """Tell whether no more than so many seconds have passed since `time.monotonic()` gave `begun_s`."""
    return time.monotonic() - begun_s <= seconds
