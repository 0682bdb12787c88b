"""The far end of a terminal's link, played by the test itself: real sockets and CURVE, no rules."""

import time
from datetime import UTC, datetime
from typing import Self

import zmq
from zmq.auth.thread import ThreadAuthenticator

from protocol.codec import decode_command, encode
from protocol.commands import AnyCommand
from protocol.keys import Keys, LinkSettings, make_keys
from protocol.message import PROTOCOL_VERSION
from protocol.views import AnyReply, AnyView, Envelope
from protocol.wire import wire_topic

PATIENCE_MS = 5000


def bind_again(socket: "zmq.Socket[bytes]", address: str) -> None:
    """Bind, though the socket that had the port before is still being closed by libzmq's own thread."""
    deadline = time.monotonic() + PATIENCE_MS / 1000
    while True:
        try:
            socket.bind(address)
        except zmq.ZMQError as error:
            if error.errno != zmq.EADDRINUSE or time.monotonic() > deadline:
                raise
            socket.poll(10)
        else:
            return


class FarEnd:
    """A ROUTER and a PUB which say only what the test tells them to, to the keys that it lets in."""

    def __init__(self) -> None:
        self.keys: Keys = make_keys()
        self.allowed: set[str] | None = None
        self._context: zmq.Context[zmq.Socket[bytes]] = zmq.Context()
        self._door = ThreadAuthenticator(self._context)
        self._commands: zmq.Socket[bytes] | None = None
        self._views: zmq.Socket[bytes] | None = None
        self._ports: tuple[int, int] = (0, 0)
        self._request: list[bytes] | None = None

    def __enter__(self) -> Self:
        self._door.start()
        self._door.configure_curve_callback(domain="hall", credentials_provider=self)
        self.open()
        return self

    def __exit__(self, *_: object) -> None:
        self.shut()
        self._door.stop()
        self._context.destroy(linger=0)

    def callback(self, domain: str, key: bytes) -> bool:  # noqa: ARG002 -- pyzmq's credentials provider.
        """Tell pyzmq's authenticator who may come in; the key is in Z85 already."""
        return self.allowed is None or key.decode() in self.allowed

    @property
    def settings(self) -> LinkSettings:
        """Give the addresses as a paired device has them."""
        commands, views = (f"tcp://127.0.0.1:{port}" for port in self._ports)
        return LinkSettings(
            commands_address=commands, views_address=views, pairing_address=commands, server_key=self.keys.public
        )

    def open(self) -> None:
        """Bind; after `shut`, at the same ports again."""
        self._commands, commands = self._bind(zmq.ROUTER, self._ports[0])
        self._views, views = self._bind(zmq.PUB, self._ports[1])
        self._ports = (commands, views)

    def shut(self) -> None:
        """Close the sockets, as a killed server does."""
        for socket in (self._commands, self._views):
            if socket is not None:
                socket.close(linger=0)

    def _bind(self, kind: int, port: int) -> tuple["zmq.Socket[bytes]", int]:
        socket: zmq.Socket[bytes] = self._context.socket(kind)
        socket.curve_server = True
        socket.curve_secretkey = self.keys.secret.encode()
        socket.zap_domain = b"hall"
        socket.linger = 0
        bind_again(socket, f"tcp://127.0.0.1:{port or '*'}")
        return socket, int(str(socket.getsockopt_string(zmq.LAST_ENDPOINT)).rpartition(":")[2])

    def asked(self, within_ms: int) -> bool:
        """Tell whether a request waits, or comes within a time; signs of life are none."""
        while self._request is None:
            frames = self._received(within_ms)
            if frames is None:
                return False
            self._request = frames if frames[1] else None
        return True

    def next_request(self) -> tuple[bytes, str, AnyCommand]:
        """Wait for a request: who asked, the request id, the command."""
        assert self.asked(PATIENCE_MS), "no request came"
        assert self._request is not None
        (who, request_id, body), self._request = self._request, None
        return who, request_id.decode(), decode_command(body)

    def next_sign_of_life(self) -> bytes:
        """Wait for a sign of life, past requests; gives who is there."""
        while True:
            frames = self._received(PATIENCE_MS)
            assert frames is not None, "no sign of life came"
            if not frames[1] and not frames[2]:
                return frames[0]

    def _received(self, within_ms: int) -> list[bytes] | None:
        assert self._commands is not None
        return self._commands.recv_multipart() if self._commands.poll(within_ms) else None

    def reply(self, who: bytes, request_id: str, reply: AnyReply) -> None:
        """Answer a request."""
        assert self._commands is not None
        self._commands.send_multipart([who, request_id.encode(), encode(reply)])

    def publish(
        self,
        topic: str,
        view: AnyView,
        *,
        epoch: int = 1,
        sequence: int = 1,
        rate: float = 1.0,
        at: datetime | None = None,
    ) -> None:
        """Send a view to whoever watches its topic."""
        assert self._views is not None
        at = at or datetime(2026, 11, 23, 1, 0, sequence, tzinfo=UTC)
        envelope = Envelope(epoch=epoch, sequence=sequence, at=at, rate=rate, version=PROTOCOL_VERSION, view=view)
        self._views.send_multipart([wire_topic(topic), encode(envelope)])
