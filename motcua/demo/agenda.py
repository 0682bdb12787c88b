"""What will happen at given instants of hall time: a citizen presses a key, comes back, tells an usher.

One thread waits for the next instant; a few others do the deeds, so that one that takes long delays none.
"""

import heapq
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from itertools import count
from typing import Final

from motcua.demo.pace import LOOKS_AT_THE_CLOCK_REAL_S, Pace

HANDS: Final = 4


class Agenda:
    """Deeds by the hall's clock; ``put`` is for any thread."""

    def __init__(self, pace: Pace, on_trouble: Callable[[BaseException], None]) -> None:
        self._pace = pace
        self._on_trouble = on_trouble
        self._order = count()
        self._deeds: list[tuple[datetime, int, Callable[[], None]]] = []
        self._changed = threading.Condition()
        self._over = False
        self._hands = ThreadPoolExecutor(HANDS, thread_name_prefix="citizen")
        self._thread = threading.Thread(target=self._run, name="agenda", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def close(self) -> None:
        """Forget what is still to come, and wait for what is being done."""
        with self._changed:
            self._over = True
            self._changed.notify_all()
        self._thread.join()
        self._hands.shutdown()

    def put(self, at: datetime, deed: Callable[[], None]) -> None:
        """Have a deed done at an instant of hall time."""
        with self._changed:
            heapq.heappush(self._deeds, (at, next(self._order), deed))
            self._changed.notify_all()

    def _run(self) -> None:
        while (deed := self._next()) is not None:
            self._hands.submit(self._do, deed)

    def _next(self) -> Callable[[], None] | None:
        with self._changed:
            while not self._over:
                if not self._deeds:
                    self._changed.wait()
                    continue
                wait_s = self._pace.real_s((self._deeds[0][0] - self._pace.now()).total_seconds())
                if wait_s <= 0:
                    return heapq.heappop(self._deeds)[2]
                self._changed.wait(min(wait_s, LOOKS_AT_THE_CLOCK_REAL_S))
            return None

    def _do(self, deed: Callable[[], None]) -> None:
        try:
            deed()
        except Exception as problem:  # noqa: BLE001 -- whatever it is, the report must name it.
            self._on_trouble(problem)
