"""Hall time: the machine's clock seen through an anchor and a rate, and never backwards.

A hall that is simulated starts its server with an anchor (what time it was there) and a rate (how fast it runs); in a
real hall the anchor is the present and the rate 1, by the same formula. What was begun is kept on disk, so that time
goes on through a restart.

The machine's clock may be set while the server runs. Its leaps are seen by comparing it with the monotonic clock, and
told as steps. After a step back hall time waits for nobody: it goes on, a tenth slower, until the clock has caught up.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import msgspec

from protocol.keys import write_private

STEP_S: Final = 2.0
"""A difference between the two clocks that is no drift any more."""

CATCHING_UP: Final = 0.9
CLOCK_FILE: Final = "clock.json"


class Anchor(msgspec.Struct, frozen=True, kw_only=True):
    """It was ``at`` in the hall when the machine's clock said ``machine_at``; it runs ``rate`` times as fast since."""

    at: datetime
    machine_at: datetime
    rate: float
    asked_at: datetime | None = None
    """The anchor that was asked for on the command line; asked for again, the clock goes on and does not begin anew."""


def keep_anchor(state: Path, asked_at: datetime | None, rate: float, machine_at: datetime) -> Anchor:
    """Give the anchor kept in ``state``, or begin a new one when another was asked for."""
    path = state / CLOCK_FILE
    try:
        kept = msgspec.json.decode(path.read_bytes(), type=Anchor)
    except FileNotFoundError:
        kept = None
    if kept is not None and (kept.asked_at, kept.rate) == (asked_at, rate):
        return kept
    anchor = Anchor(at=(asked_at or machine_at).astimezone(UTC), machine_at=machine_at, rate=rate, asked_at=asked_at)
    write_private(path, msgspec.json.encode(anchor) + b"\n")
    return anchor


class Clock:
    """Tells hall time. ``machine`` is the settable clock, ``monotonic`` the one that nobody sets."""

    def __init__(
        self,
        anchor: Anchor,
        machine: Callable[[], datetime],
        monotonic: Callable[[], float],
        last_at: datetime | None = None,
    ) -> None:
        self._anchor = anchor
        self._machine = machine
        self._monotonic = monotonic
        self._seen_machine = machine()
        self._seen_monotonic = monotonic()
        self.step_s = 0.0
        """By how much the clock stepped since this was last taken; see :meth:`take_step`."""
        said = self._said(self._seen_machine)
        if last_at is not None and (last_at - said).total_seconds() > STEP_S * anchor.rate:
            self.step_s = (said - last_at).total_seconds()
        self._last = said if last_at is None else max(said, last_at)

    @property
    def rate(self) -> float:
        """How many hall seconds pass in a real one."""
        return self._anchor.rate

    def now(self) -> datetime:
        """Tell hall time; never earlier than it was told before."""
        machine, monotonic = self._machine(), self._monotonic()
        passed_s = monotonic - self._seen_monotonic
        leapt_s = (machine - self._seen_machine).total_seconds() - passed_s
        if abs(leapt_s) > STEP_S:
            self.step_s += leapt_s
        self._seen_machine, self._seen_monotonic = machine, monotonic
        said = self._said(machine)
        going_on = self._last + timedelta(seconds=passed_s * self._anchor.rate * CATCHING_UP)
        self._last = max(said, going_on) if said < self._last else said
        return self._last

    def take_step(self) -> float:
        """Give by how much the machine's clock stepped since last asked, in its own seconds; 0.0 for not at all."""
        step_s, self.step_s = self.step_s, 0.0
        return step_s

    def real_seconds_until(self, at: datetime) -> float:
        """Tell how long to wait, really, until this instant of hall time."""
        return max(0.0, (at - self._last).total_seconds() / self._anchor.rate)

    def _said(self, machine: datetime) -> datetime:
        return self._anchor.at + (machine - self._anchor.machine_at) * self._anchor.rate


def machine_clock() -> datetime:
    """Read the machine's clock."""
    return datetime.now(UTC)  # noqa: TID251 -- the one place where the server's loop gets its time from.
