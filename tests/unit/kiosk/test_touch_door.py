"""The remote panel's door: each line with the moment at which it came in."""

import json
import queue
import socket
import time
from pathlib import Path
from typing import Any

from kiosk.widgets.doors import LINE_LIMIT_BYTES, Answer, Door

PATIENCE_S = 20.0


def test_what_comes_together_has_one_moment_however_slowly_it_is_dealt_with(tmp_path: Path) -> None:
    came: queue.Queue[tuple[dict[str, Any], float]] = queue.Queue()

    def slow(asked: dict[str, Any], answer: Answer, came_s: float) -> None:
        came.put((asked, came_s))
        spent_s = time.monotonic() + 0.05
        while time.monotonic() < spent_s:
            pass  # As a painting loop that does not let go.
        answer(asked)

    door = Door(tmp_path / "touch", slow, lambda _: None)
    with socket.socket(socket.AF_UNIX) as finger:
        finger.settimeout(PATIENCE_S)
        finger.connect(str(tmp_path / "touch"))
        sent_s = time.monotonic()
        finger.sendall(b'{"down": [1, 2]}\n{"up": [1, 2]}\n{"do')
        first, second = (came.get(timeout=PATIENCE_S) for _ in range(2))
        with finger.makefile("rb") as answers:
            assert [json.loads(answers.readline()) for _ in range(2)] == [{"down": [1, 2]}, {"up": [1, 2]}]
            finger.sendall(b'wn": [3, 4]}\n')
            third = came.get(timeout=PATIENCE_S)
    door.close()
    assert (first[0], second[0], third[0]) == ({"down": [1, 2]}, {"up": [1, 2]}, {"down": [3, 4]})
    assert sent_s <= first[1] == second[1] < third[1]


def test_a_line_without_end_is_refused(tmp_path: Path) -> None:
    door = Door(tmp_path / "touch", lambda *_: None, lambda _: None)
    with socket.socket(socket.AF_UNIX) as stranger:
        stranger.settimeout(PATIENCE_S)
        stranger.connect(str(tmp_path / "touch"))
        stranger.sendall(b"x" * (LINE_LIMIT_BYTES + 1))
        with stranger.makefile("rb") as answers:
            assert "error" in json.loads(answers.readline())
            assert answers.readline() == b"", "and shown out"
    door.close()
