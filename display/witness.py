"""A door for witnesses: what the real widgets show, told over a local socket, one JSON object per line.

Whoever judges the board from outside (a test, the benchmark, a demonstration day) connects to the Unix socket that
`--witness-socket` names. Events come by themselves:

    {"event": "shown", "call_id": 12, "number": "H025", "counter": "3", "place": "current", "amber": true,
     "frame": 481, "monotonic_ns": …, "hall_at": "2026-11-23T01:42:10+00:00"}     a call's place on the board changed
    {"event": "scene", "scene": "out_of_service", "frame": …, "monotonic_ns": …, "hall_at": …}
    {"event": "health", "state": "ok", "detail": "default"}                       the voice's

A witness that joins late gets the latest of these events for all that stands on the board. `monotonic_ns` is read
after the frame was flipped to the screen and the drawing had finished. Asked are

    {"ask": "state"}                         -> {"answer": "state", …all that the widgets show…}
    {"ask": "turn"}                          -> {"answer": "turn", "turn": 4, …}     the next of what shares a place
    {"ask": "screenshot", "path": "/…/x.png"} -> {"answer": "screenshot", "path": "/…/x.png"}

The socket belongs to the user who runs the board (0600) and shows nothing that the board does not show to the hall.
"""

import contextlib
import json
import queue
import socket
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

LINES_LIMIT = 4_096
"""A witness that has not read so many lines is let go."""

CLIENTS_LIMIT = 8
ASK_LIMIT_BYTES = 4_096

Answer = Callable[[dict[str, Any]], None]
"""Gives the answer to one question, from any thread, once."""


class Witness:
    """The door. `on_join(answer)` and `on_ask(question, answer)` are called in threads of the door's own."""

    def __init__(
        self,
        path: Path,
        on_join: Callable[[Answer], None],
        on_ask: Callable[[dict[str, Any], Answer], None],
    ) -> None:
        self._path = path
        self._on_join = on_join
        self._on_ask = on_ask
        self._clients: list[_Client] = []
        self._lock = threading.Lock()
        path.unlink(missing_ok=True)
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(path))
        path.chmod(0o600)
        self._listener.listen(CLIENTS_LIMIT)
        self._thread = threading.Thread(target=self._accept, name="witness", daemon=True)
        self._thread.start()

    def tell(self, event: dict[str, Any]) -> None:
        """Send an event to every witness."""
        line = _line(event)
        with self._lock:
            clients = list(self._clients)
        for client in clients:
            client.send(line)

    def close(self) -> None:
        """Close the door and let all witnesses go."""
        with contextlib.suppress(OSError):  # Wakes the thread that waits for the next witness.
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join()
        for client in self._clients:
            client.close()
        self._path.unlink(missing_ok=True)

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:  # The door was closed.
                return
            with self._lock:
                gone = [client for client in self._clients if client.gone]
                self._clients = [client for client in self._clients if not client.gone]
                full = len(self._clients) >= CLIENTS_LIMIT
                if not full:
                    client = _Client(connection, self._on_ask)
                    self._clients.append(client)
            if full:
                connection.close()
            else:
                self._on_join(client.answer)
            for left in gone:
                left.close()


class _Client:
    """One witness: a thread that reads its questions and one that writes its lines."""

    def __init__(self, connection: socket.socket, on_ask: Callable[[dict[str, Any], Answer], None]) -> None:
        self._connection = connection
        self._on_ask = on_ask
        self._lines: queue.Queue[bytes | None] = queue.Queue(LINES_LIMIT)
        self.gone = False
        self._threads = (
            threading.Thread(target=self._read, name="witness-reads", daemon=True),
            threading.Thread(target=self._write, name="witness-writes", daemon=True),
        )
        for thread in self._threads:
            thread.start()

    def answer(self, message: dict[str, Any]) -> None:
        self.send(_line(message))

    def send(self, line: bytes) -> None:
        try:
            self._lines.put_nowait(line)
        except queue.Full:
            self._hang_up()

    def close(self) -> None:
        self._hang_up()
        for thread in self._threads:
            thread.join()
        self._connection.close()

    def _hang_up(self) -> None:
        self.gone = True
        with contextlib.suppress(OSError):
            self._connection.shutdown(socket.SHUT_RDWR)
        with contextlib.suppress(queue.Full):
            self._lines.put_nowait(None)

    def _read(self) -> None:
        with self._connection.makefile("rb") as questions, contextlib.suppress(OSError):
            while line := questions.readline(ASK_LIMIT_BYTES):
                try:
                    question = json.loads(line)
                    self._on_ask(question, self.answer)
                except (ValueError, TypeError, KeyError) as error:
                    self.answer({"answer": "error", "why": f"{line[:200]!r} is no question: {error}"})
        self._hang_up()

    def _write(self) -> None:
        try:
            while (line := self._lines.get()) is not None:
                self._connection.sendall(line)
        except OSError:
            self._hang_up()


def _line(message: dict[str, Any]) -> bytes:
    return json.dumps(message, ensure_ascii=False).encode() + b"\n"
