"""What time it is in the hall, derived from the envelopes of views.

Hall time exists only in the server. Each envelope carries it (``at``) and its speed (``rate``, 1.0 in a real hall); a
terminal counts on from there by its own monotonic clock, which no one can set.
"""

from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from threading import Lock
from typing import Final

_WINDOW: Final = 32
"""An envelope that came late says an earlier time than it is, never a later one; so the best of the last ones counts.
The window is short so that two clocks that drift apart stay together."""


class HallClock:
    """The hall's time at this terminal; may be asked from any thread."""

    def __init__(self, monotonic: Callable[[], float], utc_now: Callable[[], datetime]) -> None:
        self._monotonic = monotonic
        self._utc_now = utc_now
        self._lock = Lock()
        self._offsets: deque[float] = deque(maxlen=_WINDOW)
        self._epoch = -1
        self._rate = 1.0
        self._last = datetime.min.replace(tzinfo=UTC)

    @property
    def rate(self) -> float:
        """How many hall seconds pass in a real one."""
        return self._rate

    def heard(self, at: datetime, rate: float, epoch: int) -> None:
        """Take the time of an envelope that has just arrived."""
        with self._lock:
            if (rate, epoch) != (self._rate, self._epoch):
                self._offsets.clear()
                self._rate, self._epoch = rate, epoch
                self._last = datetime.min.replace(tzinfo=UTC)
            self._offsets.append(at.timestamp() - rate * self._monotonic())

    def now(self) -> datetime:
        """Tell hall time: by the last envelopes, also while the link is down; by the machine's clock before any."""
        with self._lock:
            if not self._offsets:
                return self._utc_now()
            seconds = max(self._offsets) + self._rate * self._monotonic()
            self._last = max(self._last, datetime.fromtimestamp(0, UTC) + timedelta(seconds=seconds))
            return self._last
