"""A thread that does one slow thing after the other, so that the screen never waits for a disk or a device."""

import queue
import sys
import threading
import time
import traceback
from collections.abc import Callable

JOBS_LIMIT = 1_000


class Worker:
    """Does jobs in the order in which they were put; with `every_s`, also `pulse` when so long nothing came."""

    def __init__(self, name: str, *, pulse: Callable[[], None] | None = None, every_s: float = 5.0) -> None:
        self._jobs: queue.Queue[Callable[[], None] | None] = queue.Queue(JOBS_LIMIT)
        self._pulse = pulse
        self._every_s = every_s
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def put(self, job: Callable[[], None]) -> None:
        """Have a job done; raises queue.Full when a thousand wait, which means that the disk has stopped."""
        self._jobs.put_nowait(job)

    def close(self) -> None:
        """Do what waits, then end."""
        self._jobs.put(None)
        self._thread.join()

    def _run(self) -> None:
        pulse_at_s = time.monotonic() + self._every_s
        while True:
            wait_s = max(0.0, pulse_at_s - time.monotonic()) if self._pulse else None
            try:
                job = self._jobs.get(timeout=wait_s)
            except queue.Empty:
                job = self._pulse
                pulse_at_s = time.monotonic() + self._every_s
            else:
                if job is None:
                    return
            assert job is not None, "a pulse is given where pauses are"
            try:
                job()
            except Exception:  # noqa: BLE001 -- a mistake in one job must not end the thread that all others need.
                traceback.print_exc(file=sys.stderr)
