"""A hall of simulated devices in a process of its own, for tests."""

import json
import select
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from hardware.printer import Outcome
from hardware.simulated.remote import Remote

START_S = 20.0


@contextmanager
def simulated_hall(folder: Path, **config: Any) -> Iterator[tuple[dict[str, Any], Remote]]:
    """Run ``python -m hardware.simulated`` and give its addresses and a control connection."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "hall.json"
    path.write_text(json.dumps({"tickets": str(folder / "tickets"), **config}))
    command = [sys.executable, "-m", "hardware.simulated", "--config", str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        try:
            assert process.stdout is not None
            ready, _, _ = select.select([process.stdout], [], [], START_S)
            assert ready, "the simulated hall did not start"
            addresses = json.loads(process.stdout.readline())
            control = Remote(addresses["control"])
            try:
                yield addresses, control
            finally:
                control.close()
        finally:
            process.terminate()
            assert process.wait(timeout=10) == 0


class Heard:
    """What a driver's thread told, for a test to wait on."""

    def __init__(self) -> None:
        self.all: list[Any] = []
        self._changed = threading.Condition()

    def __call__(self, news: Any) -> None:
        with self._changed:
            self.all.append(news)
            self._changed.notify_all()

    def wait(self, wanted: Callable[[list[Any]], Any], timeout_s: float = 15.0) -> Any:
        """Wait until ``wanted(all heard)`` is true, and return it."""
        deadline_s = time.monotonic() + timeout_s
        with self._changed:
            while not (found := wanted(self.all)):
                left_s = deadline_s - time.monotonic()
                assert left_s > 0, f"waited {timeout_s} s in vain; heard {self.all}"
                self._changed.wait(left_s)
        return found

    def settled(self, job_id: str, attempt: int = 0) -> Outcome:
        """Wait for the last word about a job."""

        def last(heard: list[Outcome]) -> list[Outcome]:
            return [one for one in heard if one.settled and (one.job_id, one.attempt) == (job_id, attempt)]

        outcome: Outcome = self.wait(last)[0]
        return outcome

    def states(self, job_id: str) -> list[str]:
        """Return the way of a job so far: its states, with the reason where there was one."""
        return [
            f"{one.state}:{one.reason}" if one.reason else str(one.state) for one in self.all if one.job_id == job_id
        ]
