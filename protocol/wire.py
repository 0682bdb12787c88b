"""A terminal's two sockets, and the options that bound what a peer or a dead wire can do to them."""

from collections.abc import Sequence
from typing import Final

import zmq

from protocol.codec import BODY_LIMIT_BYTES
from protocol.keys import Keys, LinkSettings

PENDING_LIMIT: Final = 256
"""Questions that may wait for an answer at one terminal."""

_MONITORED: Final = (
    zmq.EVENT_HANDSHAKE_SUCCEEDED
    | zmq.EVENT_HANDSHAKE_FAILED_AUTH
    | zmq.EVENT_HANDSHAKE_FAILED_PROTOCOL
    | zmq.EVENT_HANDSHAKE_FAILED_NO_DETAIL
    | zmq.EVENT_DISCONNECTED
)


class Wire:
    """The sockets of a link, made and unmade together; they belong to the link's thread."""

    def __init__(self, context: zmq.Context[zmq.Socket[bytes]], settings: LinkSettings, keys: Keys) -> None:
        self._context = context
        self._settings = settings
        self._keys = keys
        self._watching = False
        self.commands = self._socket(zmq.DEALER)
        self.commands.setsockopt(zmq.IMMEDIATE, 1)
        self.commands.setsockopt(zmq.SNDHWM, PENDING_LIMIT)
        self.views = self._socket(zmq.SUB)
        self.monitor = self.commands.get_monitor_socket(_MONITORED)
        self.monitor.setsockopt(zmq.LINGER, 0)

    def connect(self, topics: Sequence[str]) -> None:
        """Connect, and watch these topics."""
        self.commands.connect(self._settings.commands_address)
        for topic in topics:
            self.subscribe(topic)

    def subscribe(self, topic: str) -> None:
        """Watch one more topic."""
        self.views.setsockopt(zmq.SUBSCRIBE, wire_topic(topic))
        if not self._watching:  # Who watches nothing needs no second connection.
            self._watching = True
            self.views.connect(self._settings.views_address)

    def close(self) -> None:
        """Close all at once; nothing is waited for."""
        self.commands.disable_monitor()
        self.monitor.close(linger=0)
        self.commands.close(linger=0)
        self.views.close(linger=0)

    def _socket(self, kind: int) -> zmq.Socket[bytes]:
        socket: zmq.Socket[bytes] = self._context.socket(kind)
        harden(socket)
        socket.setsockopt(zmq.CURVE_SERVERKEY, self._settings.server_key.encode())
        socket.setsockopt(zmq.CURVE_PUBLICKEY, self._keys.public.encode())
        socket.setsockopt(zmq.CURVE_SECRETKEY, self._keys.secret.encode())
        return socket


def harden(socket: "zmq.Socket[bytes]") -> None:
    """Set, by name, each option that bounds what a peer or a dead wire can do to this end."""
    socket.setsockopt(zmq.LINGER, 0)
    socket.setsockopt(zmq.MAXMSGSIZE, BODY_LIMIT_BYTES + 1024)
    socket.setsockopt(zmq.RCVHWM, 200)
    socket.setsockopt(zmq.SNDTIMEO, 0)
    socket.setsockopt(zmq.RCVTIMEO, 0)
    socket.setsockopt(zmq.HANDSHAKE_IVL, 3000)
    socket.setsockopt(zmq.HEARTBEAT_IVL, 1000)
    socket.setsockopt(zmq.HEARTBEAT_TIMEOUT, 3000)
    socket.setsockopt(zmq.HEARTBEAT_TTL, 3000)
    socket.setsockopt(zmq.CONNECT_TIMEOUT, 2000)
    socket.setsockopt(zmq.RECONNECT_IVL, 100)
    socket.setsockopt(zmq.RECONNECT_IVL_MAX, 1000)
    socket.setsockopt(zmq.TCP_KEEPALIVE, 1)
    socket.setsockopt(zmq.IPV6, 1)


def wire_topic(topic: str) -> bytes:
    """``counter/1`` -> ``b"counter/1/"``: on the wire a topic ends with a slash.

    Subscriptions go by what a topic begins with, and ``counter/1`` begins ``counter/10`` as well. A name that ends with
    a slash is a family already (``counter/``: every counter).
    """
    return (topic if topic.endswith("/") else topic + "/").encode()
