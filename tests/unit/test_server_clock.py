"""Hall time: an anchor and a rate, never backwards, and steps of the machine's clock told."""

import itertools
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from queue_server.clock import Anchor, Clock, keep_anchor

NOON = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)


class Machine:
    """A machine's two clocks in a test's hands."""

    def __init__(self, at: datetime = NOON) -> None:
        self.at = at
        self.monotonic_s = 1000.0

    def passes(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)
        self.monotonic_s += seconds

    def is_set(self, by_s: float) -> None:
        self.at += timedelta(seconds=by_s)

    def clock(self, *, anchor_at: datetime = NOON, rate: float = 1.0, last_at: datetime | None = None) -> Clock:
        anchor = Anchor(at=anchor_at, machine_at=NOON, rate=rate)
        return Clock(anchor, lambda: self.at, lambda: self.monotonic_s, last_at)


def test_in_a_real_hall_hall_time_is_the_machines() -> None:
    machine = Machine()
    clock = machine.clock()
    machine.passes(90)
    assert clock.now() == NOON + timedelta(seconds=90)
    assert clock.take_step() == 0


def test_a_simulated_hall_runs_from_its_anchor_at_its_rate() -> None:
    machine, monday = Machine(), datetime(2027, 2, 1, 1, 0, tzinfo=UTC)
    clock = machine.clock(anchor_at=monday, rate=300)
    machine.passes(12)
    assert clock.now() == monday + timedelta(hours=1)
    assert clock.real_seconds_until(monday + timedelta(hours=2)) == pytest.approx(12)


@pytest.mark.parametrize("rate", [1, 300])
def test_a_clock_set_back_is_told_and_time_goes_on_a_little_slower_until_it_has_caught_up(rate: float) -> None:
    machine = Machine()
    clock = machine.clock(rate=rate)
    machine.passes(10)
    before = clock.now()
    machine.is_set(-3600)
    assert clock.now() == before
    assert clock.take_step() == pytest.approx(-3600)
    assert clock.take_step() == 0
    said = [before]
    for _ in range(100):
        machine.passes(10)
        said.append(clock.now())
    assert all(earlier < later for earlier, later in itertools.pairwise(said))
    assert (said[-1] - before).total_seconds() == pytest.approx(1000 * 0.9 * rate)
    machine.passes(40_000)
    assert clock.now() == NOON + (machine.at - NOON) * rate, "caught up: it is the machine's time again"


def test_a_leap_forward_is_told_and_believed() -> None:
    machine = Machine()
    clock = machine.clock()
    machine.is_set(7200)
    assert clock.now() == NOON + timedelta(hours=2)
    assert clock.take_step() == pytest.approx(7200)


def test_a_drift_of_less_than_two_seconds_is_no_step() -> None:
    machine = Machine()
    clock = machine.clock()
    for _ in range(100):
        machine.passes(1)
        machine.is_set(-0.2)
        clock.now()
    assert clock.take_step() == 0


def test_a_start_never_goes_back_before_the_last_event() -> None:
    machine, last_at = Machine(), NOON + timedelta(minutes=5)
    clock = machine.clock(last_at=last_at)
    assert clock.now() >= last_at
    assert clock.take_step() == pytest.approx(-300)


def test_an_anchor_asked_for_again_goes_on_and_another_begins_anew(tmp_path: Path) -> None:
    asked = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
    first = keep_anchor(tmp_path, asked, 20, NOON)
    assert keep_anchor(tmp_path, asked, 20, NOON + timedelta(minutes=3)) == first
    other = keep_anchor(tmp_path, asked + timedelta(days=1), 20, NOON + timedelta(minutes=3))
    assert (other.at, other.machine_at) == (asked + timedelta(days=1), NOON + timedelta(minutes=3))


def test_a_real_hall_has_the_present_for_its_anchor(tmp_path: Path) -> None:
    kept = keep_anchor(tmp_path, None, 1.0, NOON)
    assert (kept.at, kept.machine_at) == (NOON, NOON)
    assert keep_anchor(tmp_path, None, 1.0, NOON + timedelta(days=9)) == kept
