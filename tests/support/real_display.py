"""A display of an X server in memory (Xvfb), and the pointer that moves on it (xdotool, by XTEST)."""

import os
import select
import subprocess
from typing import Self

from tests.support.real_hall import PATIENCE_S


class RealDisplay:
    """One X server on a display that it finds free itself; ended by its own id."""

    def __init__(self, width: int, height: int) -> None:
        self._size = f"{width}x{height}x24"
        self.name = ""

    def __enter__(self) -> Self:
        reading, writing = os.pipe()
        command = ["Xvfb", "-displayfd", str(writing), "-screen", "0", self._size, "-nolisten", "tcp", "-noreset"]
        self._server = subprocess.Popen(
            command, pass_fds=(writing,), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        os.close(writing)
        with os.fdopen(reading, "rb") as said:
            ready, _, _ = select.select([said], [], [], PATIENCE_S)
            number = said.readline().decode().strip() if ready else ""
        if not number:
            self.__exit__()
            raise AssertionError(f"Xvfb found no display: exit code {self._server.poll()}")
        self.name = f":{number}"
        return self

    def __exit__(self, *_: object) -> None:
        self._server.terminate()
        try:
            self._server.wait(PATIENCE_S)
        finally:
            self._server.kill()
            self._server.wait()

    def click(self, x: float, y: float) -> None:
        """Move the pointer there as a hand does, press, and let go."""
        at = [str(round(x)), str(round(y))]
        self._do("mousemove", "--sync", *at)
        self._do("mousedown", "1")
        self._do("mouseup", "1")

    def windows(self) -> int:
        """Count the windows that programs show on the display."""
        found = subprocess.run(
            ["xdotool", "search", "--onlyvisible", "--maxdepth", "1", "--class", "."],
            env={**os.environ, "DISPLAY": self.name}, capture_output=True, text=True, timeout=PATIENCE_S, check=False,
        )  # fmt: skip
        return len(found.stdout.split())

    def _do(self, *order: str) -> None:
        environment = {**os.environ, "DISPLAY": self.name}
        subprocess.run(["xdotool", *order], env=environment, check=True, timeout=PATIENCE_S)
