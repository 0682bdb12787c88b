"""What the simulated people share: the clock, the crowd, what can be seen in the hall, and the notebook."""

import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from motcua.demo.agenda import Agenda
from motcua.demo.consoles import Answer
from motcua.demo.counts import Held, Sightings
from motcua.demo.crowd import Crowd
from motcua.demo.pace import DayOver, Pace, Watched
from protocol.views import HallCounter, HallView


@dataclass
class Notes:
    """What was seen and measured in a day; for any thread (appending is atomic)."""

    sightings: Sightings = field(default_factory=Sightings)
    answers: list[Answer] = field(default_factory=list)
    """Presses on consoles, with how long each clerk waited."""
    calls_pressed: list[tuple[str, int, float]] = field(default_factory=list)
    """Number, counter, and the moment of the press on the monotonic clock."""
    touch_to_number_s: list[float] = field(default_factory=list)
    turned_away: list[str] = field(default_factory=list)
    """Refusals on the kiosk's screen, by their page or code."""
    troubles: list[str] = field(default_factory=list)

    refused: list[str] = field(default_factory=list)
    """Presses that were refused, with the code; most are people who were faster than their screens."""

    def answered(self, action: str, answer: Answer) -> None:
        """A press on a console has been answered, or has not."""
        self.answers.append(answer)
        if answer.result == "done":
            self.sightings.done.append(action)
        elif answer.result == "refused":
            self.refused.append(f"{action}: {answer.code}")
        else:
            self.complain(f"nobody answered the press of {action} for {answer.took_s:.0f} s")

    def complain(self, what: str) -> None:
        """Somebody has met what should not be: say it at once, and keep it for the report."""
        self.troubles.append(what)
        print(what, file=sys.stderr, flush=True)

    def trouble(self, who: str) -> Callable[[BaseException], None]:
        """Make a function that writes down what stopped somebody."""

        def note(problem: BaseException) -> None:
            if not isinstance(problem, DayOver):
                self.complain(f"{who}: {type(problem).__name__}: {problem}")

        return note

    def held(self, number: str, counter_number: int, from_s: float, until_s: float) -> None:
        """A clerk has let go of a number."""
        self.sightings.holds.append(Held(number, counter_number, from_s, until_s))


@dataclass
class World:
    """The hall as its people find it."""

    pace: Pace
    crowd: Crowd
    agenda: Agenda
    notes: Notes
    midnight: datetime
    """The beginning of the day at the branch."""
    hall: Watched[HallView | None]
    boards: Watched[frozenset[tuple[str, int]]]
    """Numbers with their counters, as they stand on the boards."""
    expected_back: "Expected"

    def at(self, second_of_day: float) -> datetime:
        """Give the instant of a second of the day."""
        return self.midnight + timedelta(seconds=second_of_day)

    def look_up(self) -> None:
        """Have whoever sits and waits in the hall look up: something has changed that is not in its view."""
        self.hall.look_again()

    def counter(self, counter_id: str) -> HallCounter | None:
        """Give a counter as everybody in the hall may see it."""
        view = self.hall.value
        return next((one for one in view.counters if one.counter_id == counter_id), None) if view else None


class Expected:
    """How many citizens are away and have said that they will come back; nobody goes home before."""

    def __init__(self) -> None:
        self._count = 0
        self._lock = threading.Lock()

    @property
    def count(self) -> int:
        """So many."""
        return self._count

    def one_more(self) -> None:
        """Somebody will come back."""
        with self._lock:
            self._count += 1

    def one_less(self) -> None:
        """Somebody has come back, or will not."""
        with self._lock:
            self._count -= 1
