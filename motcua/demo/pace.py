"""Hall time for simulated people: they wait by the hall's clock, are woken by what they see, and go home when told.

Nobody polls: a person sleeps until an instant of hall time, or until something watched has changed.
"""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final, Generic, Protocol, TypeVar

T = TypeVar("T")

LOOKS_AT_THE_CLOCK_REAL_S: Final = 1.0
"""Whoever waits for an instant looks at the clock this often, since its speed may change."""

PATIENCE_REAL_S: Final = 30.0
"""A program that has not answered a person for so long (real time) is broken; the person says so and the day fails."""


class DayOver(Exception):  # noqa: N818 -- what happened, not a fault.
    """Everybody goes home."""


class Clock(Protocol):
    """What tells hall time: the link of any paired device."""

    def hall_now(self) -> datetime:
        """Tell the hall's time."""

    @property
    def rate(self) -> float:
        """How many hall seconds pass in a real one."""


class Watched(Generic[T]):
    """Something that can be seen: whoever sees it change sets it, and people wait for it to be as they need it."""

    def __init__(self, value: T) -> None:
        self._value = value
        self._changed = threading.Condition()
        self._over = False

    @property
    def value(self) -> T:
        """What is seen now."""
        return self._value

    def set(self, value: T) -> None:
        """Show something else."""
        with self._changed:
            self._value = value
            self._changed.notify_all()

    def look_again(self) -> None:
        """Have whoever waits look again, since something else has changed."""
        with self._changed:
            self._changed.notify_all()

    def wait(self, wanted: Callable[[T], bool], real_s: float) -> bool:
        """Wait until what is seen is as wanted; False when the time is over first. Raises DayOver."""
        with self._changed:
            found = self._changed.wait_for(lambda: self._over or wanted(self._value), real_s)
            if self._over:
                raise DayOver
            return found

    def end(self) -> None:
        """Send home whoever looks."""
        with self._changed:
            self._over = True
            self._changed.notify_all()


class Pace:
    """The people's clock."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._over = threading.Event()
        self._watched: list[Watched[object]] = []

    @property
    def over(self) -> bool:
        """Whether everybody has been sent home."""
        return self._over.is_set()

    def end(self) -> None:
        """Send everybody home: each wait, present and future, raises DayOver."""
        self._over.set()
        for watched in self._watched:
            watched.end()

    def watched(self, value: T) -> Watched[T]:
        """Make something to watch, which also knows when the day is over."""
        watched = Watched(value)
        self._watched.append(watched)  # type: ignore[arg-type]  # Only ``end`` is called on it here.
        return watched

    def now(self) -> datetime:
        """Tell hall time."""
        return self._clock.hall_now()

    def real_s(self, hall_s: float) -> float:
        """Give how long a stretch of hall time really takes."""
        return hall_s / self._clock.rate

    def rest(self, hall_s: float) -> None:
        """Let hall time pass. Raises DayOver."""
        self.until(self.now() + timedelta(seconds=hall_s))

    def until(self, at: datetime) -> None:
        """Wait for an instant of hall time. Raises DayOver."""
        while (missing_s := (at - self.now()).total_seconds()) > 0:
            if self._over.wait(min(self.real_s(missing_s), LOOKS_AT_THE_CLOCK_REAL_S)):
                raise DayOver
        if self.over:
            raise DayOver
