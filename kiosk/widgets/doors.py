"""Two doors for who stands outside: a remote touch panel, and a witness of what the real widgets show.

Both are Unix sockets of the user who runs the program (0600), with one JSON object per line, and shut unless asked for.
Points and boxes are pixels from the upper left, boxes `[x, y, width, height]`. The touch panel sends

    {"down": [x, y]}   -> {"down": [x, y], "on": "take"}                  what lies there (null: nothing)
    {"up": [x, y]}     -> {"up": [x, y], "on": "take", "obeyed": true}    false: lifted elsewhere, or a bounce

and the answer comes when the program has acted on it. What a touch is for is judged by when it came in here, however
long the program takes to get to it. A witness is told by itself whenever other words or other things
to touch stand on the screen, after the frame was flipped and its drawing had finished, and may ask for the same:

    {"event": "shown", "screen": "number", "subject": "<visit_id>", "busy": false, "size": [1080, 1920],
     "texts": [{"text": "H025", "box": […]}, …], "touch": [{"action": "done", "text": "Xong", "box": […]}, …],
     "focus": "take", "frame": 481, "monotonic_ns": …, "hall_at": "2026-11-23T01:42:10+00:00"}
    {"event": "said", "text": "hát, không, hai, năm", "language": "vi", "gain_db": 0, "monotonic_ns": …}
    {"ask": "state"}                          -> {"answer": "state", …the same…}
    {"ask": "screenshot", "path": "/…/x.png"} -> {"answer": "screenshot", "path": "/…/x.png"}
"""

import contextlib
import json
import queue
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

LINES_LIMIT = 4_096
"""Who has not read so many lines is let go."""
GUESTS_LIMIT = 8
LINE_LIMIT_BYTES = 4_096

Answer = Callable[[dict[str, Any]], None]
OnLine = Callable[[dict[str, Any], Answer, float], None]
"""What was said, how to answer, and when it came in (the monotonic clock, seconds)."""


class Door:
    """A socket at which JSON lines come in. `on_join` and `on_line` are called in threads of the door."""

    def __init__(self, path: Path, on_line: OnLine, on_join: Callable[[Answer], None]) -> None:
        self._path, self._on_line, self._on_join = path, on_line, on_join
        self._lock = threading.Lock()
        self._guests: list[_Guest] = []
        path.unlink(missing_ok=True)
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(path))
        path.chmod(0o600)
        self._listener.listen(GUESTS_LIMIT)
        self._thread = threading.Thread(target=self._accept, name=f"door {path.name}", daemon=True)
        self._thread.start()

    @property
    def has_guests(self) -> bool:
        """Tell whether anybody listens."""
        return bool(self._guests)

    def tell(self, line: dict[str, Any]) -> None:
        """Send a line to everybody."""
        with self._lock:
            guests = list(self._guests)
        for guest in guests:
            guest.send(line)

    def close(self) -> None:
        """Shut the door and let all go."""
        with contextlib.suppress(OSError):  # Wakes the thread that waits for the next one.
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join()
        with self._lock:
            guests = list(self._guests)
        for guest in guests:
            guest.close()
        self._path.unlink(missing_ok=True)

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            with self._lock:
                if len(self._guests) >= GUESTS_LIMIT:
                    connection.close()
                    continue
                guest = _Guest(connection, self._on_line, self._left)
                self._guests.append(guest)
            self._on_join(guest.send)
            guest.start()

    def _left(self, guest: "_Guest") -> None:
        with self._lock:
            if guest in self._guests:
                self._guests.remove(guest)


class _Guest:
    """One connection: a thread that reads, a thread that writes."""

    def __init__(
        self,
        connection: socket.socket,
        on_line: OnLine,
        on_left: Callable[["_Guest"], None],
    ) -> None:
        self._connection, self._on_line, self._on_left = connection, on_line, on_left
        self._lines: queue.Queue[bytes | None] = queue.Queue(LINES_LIMIT)
        self._threads = [threading.Thread(target=work, daemon=True) for work in (self._read, self._write)]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def send(self, line: dict[str, Any]) -> None:
        try:
            self._lines.put_nowait(json.dumps(line, ensure_ascii=False).encode() + b"\n")
        except queue.Full:
            self._hang_up()

    def close(self) -> None:
        self._hang_up()
        for thread in self._threads:
            if thread.is_alive():
                thread.join()

    def _hang_up(self) -> None:
        with contextlib.suppress(OSError):
            self._connection.shutdown(socket.SHUT_RDWR)

    def _read(self) -> None:
        with contextlib.suppress(OSError):
            for line, came_s in self._lines_in():
                try:
                    asked = json.loads(line)
                except (ValueError, RecursionError):  # Nested too deep is no JSON of ours either.
                    asked = None
                if not isinstance(asked, dict):
                    self.send({"error": "one JSON object per line"})
                    break
                self._on_line(asked, self.send, came_s)
        with contextlib.suppress(queue.Full):
            self._lines.put_nowait(None)
        self._on_left(self)

    def _lines_in(self) -> Iterator[tuple[bytes, float]]:
        """Give each line with the moment at which it was there.

        What came together has one moment: between two lines of a piece a painting loop may hold this thread up.
        """
        rest = b""
        while piece := self._connection.recv(LINE_LIMIT_BYTES):
            came_s = time.monotonic()
            *lines, rest = (rest + piece).split(b"\n")
            for line in lines:
                yield line, came_s
            if len(rest) > LINE_LIMIT_BYTES:
                yield b"", came_s  # Too long to be one of ours: answered as what is no JSON.

    def _write(self) -> None:
        with contextlib.suppress(OSError):
            while (line := self._lines.get()) is not None:
                self._connection.sendall(line)
        self._hang_up()
        self._connection.close()


def point_of(value: Any) -> tuple[float, float] | None:
    """Read `[x, y]`; None for anything else."""
    match value:
        case [int() | float() as x, int() | float() as y]:
            return float(x), float(y)
        case _:
            return None
