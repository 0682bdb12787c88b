"""A draft tried on recorded days: one child process `motcua replay` at a time, its progress, its result, its end.

The child reads the log by itself and read-only; what the pages give it is the draft's texts. It is asked to be short
(its own limits of time and memory) and is killed when it is not, when somebody stops it, and when this program ends.
"""

import json
import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, Literal

from queue_server.web.children import Busy, Child, Ended, Work

__all__ = ["DAYS", "Busy", "Progress", "Trials"]

DAYS: Final = 20
TIME_LIMIT_S: Final = 120
MEMORY_LIMIT_MB: Final = 1024
RESULT_MOST_BYTES: Final = 4_000_000
_ENDING_S: Final = 10.0

Trouble = Literal["", "too_large", "not_kept"]
State = Literal["never", "running", "done", "failed", "stopped"]


@dataclass(frozen=True, slots=True)
class Progress:
    """Where the present or last trial stands: `done` of `of` days.

    `why` is the sentence of the child, or of the disk, when it failed; `trouble` tells what hindered it after its end.
    """

    state: State = "never"
    save_number: int = 0
    by_id: str = ""
    done: int = 0
    of: int = 0
    why: str = ""
    trouble: Trouble = ""


class Trials:
    """Runs trials, one at a time."""

    def __init__(
        self,
        server_state: Path,
        keep: Callable[[int, str, bytes], None],
        *,
        time_limit_s: float = TIME_LIMIT_S,
        result_most_bytes: int = RESULT_MOST_BYTES,
    ) -> None:
        self._state = server_state
        self._keep = keep
        self._time_limit_s = time_limit_s
        self._child = Child("trial", Progress(), limit_s=time_limit_s + _ENDING_S, result_most_bytes=result_most_bytes)

    @property
    def progress(self) -> Progress:
        """Where it stands."""
        return self._child.known

    def wait(self, timeout_s: float) -> Progress:
        """Wait until no trial runs, or the time is over."""
        return self._child.wait(timeout_s)

    def start(self, save_number: int, by: str, sources: Mapping[str, str], days: int = DAYS) -> None:
        """Begin a trial. Raises :class:`Busy`, OSError."""
        arguments = [
            *("replay", "-", "--json", "--progress", "--state", str(self._state)),
            *("--days", str(days), "--time-limit-s", str(self._time_limit_s)),
            *("--memory-limit-mb", str(MEMORY_LIMIT_MB)),
        ]
        begun = Progress("running", save_number, by, 0, days)
        self._child.start(Work(arguments, begun, self._settled, _not_usable, _heard, json.dumps(dict(sources))))

    def stop(self) -> None:
        """End the trial that runs, if one does."""
        self._child.stop(lambda known: replace(known, state="stopped"))

    def close(self) -> None:
        """End for good."""
        self.stop()
        self._child.close()

    def _settled(self, known: Progress, ended: Ended) -> Progress:
        """Keep what a trial found; what cannot be kept has failed, and its page says why."""
        if ended.code:
            return replace(known, state="failed", why=ended.said)
        if ended.cut:
            return replace(known, state="failed", trouble="too_large")
        try:
            self._keep(known.save_number, known.by_id, ended.result)
        except (sqlite3.Error, OSError) as problem:
            return replace(known, state="failed", trouble="not_kept", why=str(problem))
        return replace(known, state="done", why=ended.said)


def _heard(known: Progress, line: str) -> Progress | None:
    """Read a line of progress; None for anything else that the child says."""
    try:
        step = json.loads(line)
        return replace(known, done=int(step["done"]), of=int(step["of"]))
    except (ValueError, TypeError, KeyError):
        return None


def _not_usable(known: Progress, why: str) -> Progress:
    return replace(known, state="failed", why=why)
