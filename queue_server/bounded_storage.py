"""Counts in memory for the library `limits`, of so many names at most."""

import threading
import time
from collections import OrderedDict, deque
from typing import Any, Final

from limits.storage import MovingWindowSupport, Storage

REMEMBERED: Final = 10_000
"""Different names and places that are remembered; the longest untouched is forgotten first."""


class BoundedStorage(Storage, MovingWindowSupport):
    """Counts in this process's memory, of so many keys at most.

    `limits` keeps an empty list for every name that was ever tried, and starts a thread for each count; names come
    from whoever knocks. Only moving windows are kept. Both places that count here have that strategy and no other,
    which a test holds (`tests/unit/test_web_tries.py`).
    """

    STORAGE_SCHEME: list[str] | None = ["bounded"]  # noqa: RUF012 -- the library's own declaration.

    def __init__(self, uri: str | None = None, *, wrap_exceptions: bool = False, **options: Any) -> None:
        super().__init__(uri, wrap_exceptions, **options)
        self._most: int = options.get("most", REMEMBERED)
        self._now_s = options.get("now_s", time.monotonic)
        self._lock = threading.Lock()
        self._counted: OrderedDict[str, deque[float]] = OrderedDict()

    @property
    def base_exceptions(self) -> type[Exception]:
        """Memory does not fail."""
        return OSError

    def acquire_entry(self, key: str, limit: int, expiry: int, amount: int = 1) -> bool:
        """Count one more unless that were too many within `expiry` seconds."""
        now_s = self._now_s()
        with self._lock:
            counted = self._counted.setdefault(key, deque())
            self._counted.move_to_end(key)
            while counted and now_s - counted[0] >= expiry:
                counted.popleft()
            if len(counted) + amount > limit:
                return False
            counted.extend([now_s] * amount)
            while len(self._counted) > self._most:
                self._counted.popitem(last=False)
            return True

    def get_moving_window(self, key: str, limit: int, expiry: int) -> tuple[float, int]:  # noqa: ARG002 -- the library's signature.
        """Give when the oldest that still counts was counted, and how many count."""
        now_s = self._now_s()
        with self._lock:
            counting = [at for at in self._counted.get(key, ()) if now_s - at < expiry]
        return (counting[0] if counting else now_s), len(counting)

    def clear(self, key: str) -> None:
        """Forget what was counted under a key."""
        with self._lock:
            self._counted.pop(key, None)

    def reset(self) -> int:
        """Forget all."""
        with self._lock:
            number = len(self._counted)
            self._counted.clear()
        return number

    def check(self) -> bool:
        """Memory is always there."""
        return True

    def incr(self, key: str, expiry: float, amount: int = 1) -> int:
        """Fixed windows let through twice as many at their edge: to ask for one is a mistake of ours."""
        raise AssertionError(f"{key} ({amount} in {expiry} s) is to be counted in a moving window")

    def get(self, key: str) -> int:
        """See `incr`."""
        raise AssertionError(f"{key} is counted in a moving window")

    def get_expiry(self, key: str) -> float:
        """See `incr`."""
        raise AssertionError(f"{key} is counted in a moving window")
