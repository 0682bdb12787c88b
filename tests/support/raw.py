"""A peer without manners: bare ZeroMQ sockets with any key, any identity, any bytes."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import zmq

from protocol.keys import KEY_FILE, Keys, LinkSettings, load_or_make_keys

PATIENCE_MS = 5000
SILENCE_MS = 1200
"""Longer than a heartbeat: who has heard nothing by then hears nothing."""


@contextmanager
def peer(
    kind: int, address: str, settings: LinkSettings, keys: Keys, identity: bytes = b""
) -> Iterator["zmq.Socket[bytes]"]:
    """Open a bare socket with this key."""
    context: zmq.Context[zmq.Socket[bytes]] = zmq.Context()
    try:
        socket = context.socket(kind)
        socket.linger = 0
        socket.sndtimeo = PATIENCE_MS
        socket.rcvtimeo = PATIENCE_MS
        if identity:
            socket.identity = identity
        socket.curve_serverkey = settings.server_key.encode()
        socket.curve_publickey = keys.public.encode()
        socket.curve_secretkey = keys.secret.encode()
        socket.connect(address)
        yield socket
    finally:
        context.destroy(linger=0)


def keys_of(state: Path) -> Keys:
    """Give the keys of a paired device."""
    return load_or_make_keys(state / KEY_FILE)


def hears(socket: "zmq.Socket[bytes]", within_ms: int = SILENCE_MS) -> list[bytes] | None:
    """Give what comes within a time, ``None`` for nothing."""
    return socket.recv_multipart() if socket.poll(within_ms) else None
