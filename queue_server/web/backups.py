"""Copies and restore tests as the pages start them: one child process at a time, and what the folder of copies says.

The pages copy and restore nothing by themselves: `motcua backup` and `motcua restore --test` do, in a process of their
own that nothing of the hall waits for. What a test found is kept beside the copies, whoever started it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Final, Literal

from queue_server.backup_shelf import Copy, RestoreTest, Trouble, copies_in, kept_tests, troubles
from queue_server.web.children import Busy, Child, Ended, Work

__all__ = ["Backups", "Busy", "Progress", "Shelf", "State", "Task"]

TIME_LIMIT_S: Final = 900.0
"""A year of a large hall is copied and tried in a minute; a disk that needs longer is ill."""

Task = Literal["copy", "test"]
State = Literal["idle", "running", "done", "failed"]


@dataclass(frozen=True, slots=True)
class Progress:
    """What runs, or ran last since this program began. `why` is the child's own sentence when it failed."""

    state: State = "idle"
    task: Task = "copy"
    why: str = ""


@dataclass(frozen=True, slots=True)
class Shelf:
    """The folder of copies as it is now; `copies` is None where there is none."""

    copies: tuple[Copy, ...] | None
    tests: tuple[RestoreTest, ...]
    troubles: tuple[Trouble, ...]


class Backups:
    """The copies of the branch in `server_state`, and of the programs of pages in `rooms`, in the folder `target`."""

    def __init__(
        self,
        server_state: Path,
        target: Path,
        now: Callable[[], datetime],
        rooms: Mapping[str, Path],
        *,
        time_limit_s: float = TIME_LIMIT_S,
    ) -> None:
        self.target = target
        self._state = server_state
        self._now = now
        self._rooms = rooms
        self._child = Child("backup", Progress(), limit_s=time_limit_s)

    @property
    def progress(self) -> Progress:
        """What runs, or ran last."""
        return self._child.known

    def wait(self, timeout_s: float) -> Progress:
        """Wait until nothing runs, or the time is over."""
        return self._child.wait(timeout_s)

    def shelf(self) -> Shelf:
        """Look into the folder."""
        try:
            copies: tuple[Copy, ...] | None = tuple(copies_in(self.target))
            tests = tuple(kept_tests(self.target))
        except OSError:
            copies, tests = None, ()
        return Shelf(copies, tests, troubles(copies, tests, self._now()))

    def start(self, task: Task) -> None:
        """Begin to copy, or to try the newest copy. Raises :class:`Busy`, OSError."""
        if task == "copy":
            rooms = [word for room, folder in self._rooms.items() for word in (f"--{room}", str(folder))]
            words = ["backup", *rooms]
        else:
            words = ["restore", "--test"]
        arguments = [*words, "--json", "--state", str(self._state), str(self.target)]
        self._child.start(Work(arguments, Progress("running", task), _settled, _failed))

    def close(self) -> None:
        """End what runs: a copy that was not finished gets no name, a test leaves nothing that counts."""
        self._child.close()


def _settled(known: Progress, ended: Ended) -> Progress:
    return replace(known, state="failed" if ended.code else "done", why=ended.said)


def _failed(known: Progress, why: str) -> Progress:
    return replace(known, state="failed", why=why)
