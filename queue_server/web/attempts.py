"""How often somebody may try a password: few tries for one person from one place, more for a place, more for a person.

Wrong tries are counted in a sliding time. A person's own limit is the loosest, so that nobody can lock a colleague out
by typing nonsense at another computer within the first tries.
"""

import threading
from collections import OrderedDict, deque
from collections.abc import Callable
from typing import Final

SPAN_S: Final = 900
TRIES_TOGETHER: Final = 5
TRIES_OF_ADDRESS: Final = 30
TRIES_OF_PERSON: Final = 25
REMEMBERED: Final = 10_000
"""Different names and places that are remembered; the longest untouched is forgotten first."""

_LIMITS: Final = (TRIES_TOGETHER, TRIES_OF_ADDRESS, TRIES_OF_PERSON)
_Key = tuple[str, str]


class Attempts:
    """Wrong tries of the last minutes; may be used from any thread."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._wrong: OrderedDict[_Key, deque[float]] = OrderedDict()

    def wait_s(self, clerk_id: str, address: str) -> int:
        """Tell how long this person has to wait before the next try from this place; 0 = not at all."""
        now = self._monotonic()
        with self._lock:
            return max(
                self._wait(key, limit, now) for key, limit in zip(_keys(clerk_id, address), _LIMITS, strict=True)
            )

    def failed(self, clerk_id: str, address: str) -> None:
        """Note a wrong try."""
        now = self._monotonic()
        with self._lock:
            for key in _keys(clerk_id, address):
                self._wrong.setdefault(key, deque(maxlen=TRIES_OF_ADDRESS)).append(now)
                self._wrong.move_to_end(key)
            while len(self._wrong) > REMEMBERED:
                self._wrong.popitem(last=False)

    def succeeded(self, clerk_id: str, address: str) -> None:
        """Forget the wrong tries of this person from this place; those of the place and of the person stay."""
        with self._lock:
            self._wrong.pop(_keys(clerk_id, address)[0], None)

    def _wait(self, key: _Key, limit: int, now: float) -> int:
        tries = [at for at in self._wrong.get(key, ()) if now - at < SPAN_S]
        return max(1, round(tries[-limit] + SPAN_S - now)) if len(tries) >= limit else 0


def _keys(clerk_id: str, address: str) -> tuple[_Key, _Key, _Key]:
    return (clerk_id, address), ("", address), (clerk_id, "")
