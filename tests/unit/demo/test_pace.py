"""Simulated people live by the hall's clock: they sleep, see, do things at their time, and go home when told."""

import threading
import time
from datetime import UTC, datetime, timedelta

import pytest

from motcua.demo.agenda import Agenda
from motcua.demo.pace import DayOver, Pace

BEGAN = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
DEADLINE_S = 10.0


class FastClock:
    """Hall time that runs a thousand times as fast as the real."""

    rate = 1000.0

    def __init__(self) -> None:
        self._began_s = time.monotonic()

    def hall_now(self) -> datetime:
        return BEGAN + timedelta(seconds=self.rate * (time.monotonic() - self._began_s))


def test_a_rest_takes_hall_time() -> None:
    pace = Pace(FastClock())
    before = time.monotonic()
    pace.rest(60)
    assert 0.06 <= time.monotonic() - before < DEADLINE_S
    pace.until(BEGAN + timedelta(seconds=200))
    assert pace.now() >= BEGAN + timedelta(seconds=200)


def test_what_is_watched_wakes_whoever_waits() -> None:
    pace = Pace(FastClock())
    board = pace.watched("")
    threading.Timer(0.05, lambda: board.set("H001")).start()
    assert board.wait(lambda shown: shown == "H001", DEADLINE_S)
    assert not board.wait(lambda shown: shown == "H002", 0.01)


def test_everybody_goes_home_when_the_day_is_over() -> None:
    pace = Pace(FastClock())
    board = pace.watched(0)
    threading.Timer(0.05, pace.end).start()
    with pytest.raises(DayOver):
        board.wait(lambda shown: shown > 0, DEADLINE_S)
    with pytest.raises(DayOver):
        pace.rest(3600)
    with pytest.raises(DayOver):
        pace.until(BEGAN)


class Diary:
    """Deeds as they were done, to wait for."""

    def __init__(self, pace: Pace) -> None:
        self._pace = pace
        self._changed = threading.Condition()
        self.done: list[tuple[str, datetime]] = []

    def write(self, what: str) -> None:
        with self._changed:
            self.done.append((what, self._pace.now()))
            self._changed.notify_all()

    def wait(self, count: int) -> list[str]:
        with self._changed:
            assert self._changed.wait_for(lambda: len(self.done) >= count, DEADLINE_S)
        return [what for what, _ in self.done]


def test_deeds_are_done_at_their_time_and_in_order() -> None:
    pace = Pace(FastClock())
    diary = Diary(pace)
    agenda = Agenda(pace, lambda problem: diary.write(repr(problem)))
    agenda.start()
    agenda.put(BEGAN + timedelta(seconds=300), lambda: diary.write("second"))
    agenda.put(BEGAN + timedelta(seconds=60), lambda: diary.write("first"))
    assert diary.wait(2) == ["first", "second"]
    agenda.close()
    assert diary.done[0][1] >= BEGAN + timedelta(seconds=60)
    assert diary.done[1][1] >= BEGAN + timedelta(seconds=300)


def test_a_deed_that_fails_is_told() -> None:
    pace = Pace(FastClock())
    diary = Diary(pace)
    agenda = Agenda(pace, lambda problem: diary.write(str(problem)))
    agenda.start()

    def fail() -> None:
        raise OSError("the keypad is gone")

    agenda.put(BEGAN, fail)
    assert diary.wait(1) == ["the keypad is gone"]
    agenda.close()
