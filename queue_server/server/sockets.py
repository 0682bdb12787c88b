"""The server's sockets, with every option that bounds a peer set by name, and the test that the door is shut."""

import time
from dataclasses import dataclass
from typing import Final, Self

import zmq
from zmq.utils.monitor import recv_monitor_message

from protocol.codec import BODY_LIMIT_BYTES
from protocol.keys import Keys, make_keys
from queue_server import core
from queue_server.server.door import HALL, PAIRING, answer_handshake, is_handshake

PAIRING_LIMIT_BYTES: Final = 1024
REBIND_S: Final = 2.0
SELF_TEST_S: Final = 5.0

Socket = zmq.Socket[bytes]


class PortTaken(Exception):  # noqa: N818 -- a state of the machine.
    """The address is in use, or is none of this machine's."""


class DoorOpen(Exception):  # noqa: N818 -- what the self-test found.
    """A key that nobody paired came in; the server must not run."""


@dataclass(frozen=True)
class Ports:
    """Where the server listens; 0 = any free port."""

    commands: int
    views: int
    pairing: int


class Sockets:
    """ROUTER for commands, XPUB for views, ROUTER for pairing, and the handshakes' questions."""

    def __init__(self, address: str, ports: Ports, keys: Keys) -> None:
        self._context: zmq.Context[Socket] = zmq.Context(io_threads=1)
        self._context.setsockopt(zmq.MAX_SOCKETS, 64)
        self._address = f"[{address}]" if ":" in address else address
        self._keys = keys
        # Handshakes ask here; without it CURVE would let any key in, so it is bound before anything listens.
        self.handshakes: Socket = self._context.socket(zmq.ROUTER)
        self.handshakes.setsockopt(zmq.LINGER, 0)
        self.handshakes.bind("inproc://zeromq.zap.01")
        try:
            self.commands, commands = self._listen(zmq.ROUTER, ports.commands, HALL)
            self.views, views = self._listen(zmq.XPUB, ports.views, HALL)
            self.pairing, pairing = self._listen(zmq.ROUTER, ports.pairing, PAIRING)
        except PortTaken:
            self.close()
            raise
        self.ports = Ports(commands, views, pairing)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close everything at once."""
        self._context.destroy(linger=0)

    def rebind(self) -> None:
        """Cut every live connection; who may come in is back within a fraction of a second, who may not is out.

        CURVE asks for a key once, when a connection begins: this is how a revoked device's connection ends.
        """
        self.commands.close(linger=0)
        self.views.close(linger=0)
        self.commands, _ = self._listen(zmq.ROUTER, self.ports.commands, HALL)
        self.views, _ = self._listen(zmq.XPUB, self.ports.views, HALL)

    def _listen(self, kind: int, port: int, domain: bytes) -> tuple[Socket, int]:
        socket: Socket = self._context.socket(kind)
        self._bound(socket, domain)
        if kind == zmq.XPUB:
            socket.setsockopt(zmq.XPUB_VERBOSE, 1)
            socket.setsockopt(zmq.XPUB_MANUAL, 1)
            socket.setsockopt(zmq.SNDHWM, 200)
        else:
            socket.setsockopt(zmq.SNDHWM, 1000)
        address = f"tcp://{self._address}:{port or '*'}"
        deadline = time.monotonic() + REBIND_S
        while True:
            try:
                socket.bind(address)
            except zmq.ZMQError as error:
                # A socket that was just closed leaves its port a moment later, when libzmq's own thread comes to it.
                if error.errno != zmq.EADDRINUSE or time.monotonic() > deadline:
                    socket.close(linger=0)
                    raise PortTaken(
                        f"cannot listen at {address}: {error.strerror}; is another server running?"
                    ) from error
                self.handshakes.poll(10)
            else:
                return socket, int(socket.getsockopt_string(zmq.LAST_ENDPOINT).rpartition(":")[2])

    def _bound(self, socket: Socket, domain: bytes) -> None:
        """Set what a peer can do to us."""
        socket.setsockopt(zmq.LINGER, 0)
        socket.setsockopt(zmq.SNDTIMEO, 0)
        socket.setsockopt(zmq.RCVTIMEO, 0)
        socket.setsockopt(zmq.MAXMSGSIZE, PAIRING_LIMIT_BYTES if domain == PAIRING else BODY_LIMIT_BYTES + 1024)
        socket.setsockopt(zmq.RCVHWM, 100)
        socket.setsockopt(zmq.BACKLOG, 128)
        socket.setsockopt(zmq.HANDSHAKE_IVL, 3000)
        socket.setsockopt(zmq.HEARTBEAT_IVL, 1000)
        socket.setsockopt(zmq.HEARTBEAT_TIMEOUT, 3000)
        socket.setsockopt(zmq.HEARTBEAT_TTL, 3000)
        socket.setsockopt(zmq.TCP_KEEPALIVE, 1)
        socket.setsockopt(zmq.IPV6, 1)
        socket.setsockopt(zmq.CURVE_SERVER, 1)
        socket.setsockopt(zmq.CURVE_SECRETKEY, self._keys.secret.encode())
        socket.setsockopt(zmq.ZAP_DOMAIN, domain)
        socket.setsockopt(zmq.ZAP_ENFORCE_DOMAIN, 1)

    def test_door(self, branch: core.Branch) -> None:
        """Knock with a key made by chance; raises :class:`DoorOpen` unless it is refused."""
        stranger = make_keys()
        with zmq.Context(io_threads=1) as context, context.socket(zmq.DEALER) as socket:
            socket.setsockopt(zmq.LINGER, 0)
            socket.setsockopt(zmq.IPV6, 1)
            socket.setsockopt(zmq.CURVE_SERVERKEY, self._keys.public.encode())
            socket.setsockopt(zmq.CURVE_PUBLICKEY, stranger.public.encode())
            socket.setsockopt(zmq.CURVE_SECRETKEY, stranger.secret.encode())
            monitor = socket.get_monitor_socket(zmq.EVENT_HANDSHAKE_SUCCEEDED | zmq.EVENT_HANDSHAKE_FAILED_AUTH)
            try:
                socket.connect(self.commands.getsockopt_string(zmq.LAST_ENDPOINT))
                self._await_refusal(branch, monitor)
            finally:
                socket.disable_monitor()
                monitor.close(linger=0)

    def _await_refusal(self, branch: core.Branch, monitor: Socket) -> None:
        poller = zmq.Poller()
        poller.register(self.handshakes, zmq.POLLIN)
        poller.register(monitor, zmq.POLLIN)
        deadline = time.monotonic() + SELF_TEST_S
        while time.monotonic() < deadline:
            ready = dict(poller.poll(100))
            if self.handshakes in ready:
                answer_waiting_handshake(self.handshakes, branch)
            if monitor in ready:
                if recv_monitor_message(monitor)["event"] == zmq.EVENT_HANDSHAKE_FAILED_AUTH:
                    return
                break
        raise DoorOpen(
            "a key that nobody paired was not refused at the start-up test; the server does not run like that"
        )


def answer_waiting_handshake(handshakes: Socket, branch: core.Branch) -> bool:
    """Answer one question of a handshake; False when none waits."""
    try:
        frames = handshakes.recv_multipart(zmq.NOBLOCK)
    except zmq.Again:
        return False
    if is_handshake(frames):
        handshakes.send_multipart(answer_handshake(branch, frames), zmq.NOBLOCK)
    return True
