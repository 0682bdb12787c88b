"""What a board costs a small machine: frames a second while something moves, and processor time while nothing does."""

import os
import queue
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from PIL import Image

from motcua.bench.branch import new_branch, serving
from motcua.bench.program_rows import board_words, running_program
from motcua.bench.rows import Row
from motcua.demo.witnesses import SocketWitness

MOVING_S = 5.0
TURN_S = 0.15
"""Shorter than the gentle change of a slide, so that something moves all the time."""
STILL_S = 36.0
"""Three times as long as the board leaves its footer and its slide alone."""
SETTLED_S = 3.0
ANSWER_TIMEOUT_S = 10.0
PICTURE_SIZE = (1600, 1170)


def board_rows() -> Iterator[Row]:
    """The real board at 1920 x 1080, drawn by software, in a quiet hall: its slides are the most that ever moves."""
    with new_branch(kiosks=1) as branch, serving(branch) as server, tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        pictures = folder / "pictures"
        pictures.mkdir()
        Image.effect_noise(PICTURE_SIZE, 90).save(pictures / "1.png")
        witness = folder / "witness"
        words = [*board_words(folder, branch.board, server, branch), "--pictures", str(pictures)]
        words += ["--witness-socket", str(witness)]
        with running_program(words) as (pid, _), _asking(witness) as door:
            _wait(SETTLED_S)
            moving = _frames_per_second(door)
            _wait(SETTLED_S)
            still = _processor_share(pid)
    yield Row(
        what="board: frames a second while a slide changes, 1920 x 1080 in software",
        value=moving,
        unit="frames/s",
        budget=30,
        sense="at least",
    )
    yield Row(
        what="board: processor time while nobody is called (a slide each 12 s)",
        value=100 * still,
        unit="% of a core",
        budget=8,
    )


class _Door:
    """The board's own door for witnesses."""

    def __init__(self, path: Path) -> None:
        self._answers: queue.Queue[dict[str, Any]] = queue.Queue()
        self._witness = SocketWitness(path, self._take)

    def ask(self, question: str) -> dict[str, Any]:
        """Ask, and wait for the answer."""
        self._witness.ask(ask=question)
        return self._answers.get(timeout=ANSWER_TIMEOUT_S)

    def close(self) -> None:
        self._witness.close()

    def _take(self, event: dict[str, Any]) -> None:
        if "answer" in event:
            self._answers.put(event)


@contextmanager
def _asking(path: Path) -> Iterator[_Door]:
    door = _Door(path)
    try:
        yield door
    finally:
        door.close()


def _frames_per_second(door: _Door) -> float:
    """Have one slide after the other come in for some seconds, and count the frames that reached the screen meanwhile.

    Only the time in which something moves counts, and that is from when a slide has been set to when the next one is.
    """
    state = door.ask("state")
    assert state["scene"] == "idle", f"the hall is not quiet: {state['scene']}"
    frames, moving_s = 0, 0.0
    came = door.ask("turn")["after"]
    while moving_s < MOVING_S:
        _wait(TURN_S)
        turn = door.ask("turn")
        frames += turn["before"]["frame"] - came["frame"]
        moving_s += (turn["before"]["monotonic_ns"] - came["monotonic_ns"]) / 1e9
        came = turn["after"]
    return frames / moving_s


def _processor_share(pid: int) -> float:
    """Tell which share of one core the program takes when it is left alone."""
    before, began_s = _processor_s(pid), time.monotonic()
    _wait(STILL_S)
    return (_processor_s(pid) - before) / (time.monotonic() - began_s)


def _processor_s(pid: int) -> float:
    """Read the processor time of a process, all its threads together (see proc(5), utime and stime)."""
    fields = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _wait(seconds: float) -> None:
    threading.Event().wait(seconds)
