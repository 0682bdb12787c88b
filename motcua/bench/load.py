"""A load of many terminals from one process: each asks, waits for the answer, asks again.

The same load drives the bare loop (the floor) and the real server, so that their ratio says something about the server
and not about the load.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import zmq

from protocol.keys import Keys

RequestMaker = Callable[[int], tuple[bytes, bytes]]
"""For the n-th terminal: the next request id and body."""


@dataclass
class Load:
    """What a load measured: milliseconds of each answer, the answers' bodies that were kept, and how long it took."""

    latencies_ms: list[float] = field(default_factory=list)
    elapsed_s: float = 0.0
    sample: bytes = b""

    @property
    def per_second(self) -> float:
        """Answers a second."""
        return len(self.latencies_ms) / self.elapsed_s


def run_load(address: str, server_key: str, keys: Sequence[Keys], make: RequestMaker, *, answers: int) -> Load:
    """Ask from as many terminals as there are keys until so many answers came; raises TimeoutError after 5 s."""
    result = Load()
    with zmq.Context() as context:
        sockets = [_terminal(context, address, server_key, pair) for pair in keys]
        try:
            _drive(sockets, make, answers, result)
        finally:
            for socket in sockets:
                socket.close(linger=0)
    return result


def _terminal(
    context: "zmq.Context[zmq.Socket[bytes]]", address: str, server_key: str, keys: Keys
) -> "zmq.Socket[bytes]":
    socket: zmq.Socket[bytes] = context.socket(zmq.DEALER)
    socket.setsockopt(zmq.LINGER, 0)
    socket.setsockopt(zmq.SNDTIMEO, 5000)
    socket.setsockopt(zmq.CURVE_SERVERKEY, server_key.encode())
    socket.setsockopt(zmq.CURVE_PUBLICKEY, keys.public.encode())
    socket.setsockopt(zmq.CURVE_SECRETKEY, keys.secret.encode())
    socket.connect(address)
    return socket


def _drive(sockets: "Sequence[zmq.Socket[bytes]]", make: RequestMaker, answers: int, result: Load) -> None:
    poller = zmq.Poller()
    asked_at: dict[zmq.Socket[bytes], float] = {}
    number = {socket: index for index, socket in enumerate(sockets)}
    for socket in sockets:
        poller.register(socket, zmq.POLLIN)
        socket.send_multipart(make(number[socket]))
        asked_at[socket] = time.perf_counter()
    started = time.perf_counter()
    while len(result.latencies_ms) < answers:
        ready = poller.poll(5000)
        if not ready:
            raise TimeoutError(f"no answer for 5 s after {len(result.latencies_ms)} answers")
        for socket, _ in ready:
            frames = socket.recv_multipart()
            now = time.perf_counter()
            result.latencies_ms.append((now - asked_at[socket]) * 1000)
            result.sample = frames[-1]
            socket.send_multipart(make(number[socket]))
            asked_at[socket] = time.perf_counter()
    result.elapsed_s = time.perf_counter() - started
