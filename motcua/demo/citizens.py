"""The citizens of a simulated day at the kiosk: they stand in line before it, read its screen and touch what they need.

A citizen knows what a citizen knows: the words on the screen (here, the action of each button that is really shown)
and where they are. Nothing is sent to the kiosk but fingers.
"""

import threading
import time
from bisect import insort
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Final, Protocol

from motcua.demo.counts import NumberShown
from motcua.demo.crowd import Visit
from motcua.demo.pace import PATIENCE_REAL_S, DayOver, Watched
from motcua.demo.people import Person
from motcua.demo.world import World

TOUCHES_MOST: Final = 30
"""Nobody touches a kiosk more often than this for one number."""

READING_S: Final = 2.0
PAPER_S: Final = 20.0
"""So long a citizen waits for the paper before stepping aside; it comes out all the same."""

STUCK_REAL_S: Final = 5.0
COMES_AGAIN_S: Final = 600.0
GIVES_UP_S: Final = 16 * 3600 + 30 * 60
"""After this second of the day no more numbers are given; whoever has none goes home."""


@dataclass(frozen=True)
class Screen:
    """What a kiosk's widgets show. ``revision`` rises with each change; ``at_s`` is the monotonic clock."""

    page: str = ""
    actions: Mapping[str, tuple[float, float, float, float]] = field(default_factory=dict)
    number: str = ""
    visit_id: str = ""
    sentence: str = ""
    """The longest text on it, which is what it has to say."""
    revision: int = 0
    at_s: float = 0.0


class Kiosk(Protocol):
    """A kiosk as a citizen stands before it."""

    screen: Watched[Screen]

    def tap(self, action: str, times: int = 1) -> float:
        """Touch what offers the action, and give the moment (monotonic) at which the finger first left the glass."""


class Line:
    """The citizens of the day in the order of arrival; several kiosks take from one line."""

    def __init__(self, people: tuple[Person, ...]) -> None:
        self._people = list(people)
        self._without_number = len(people)
        self._lock = threading.Lock()

    @property
    def is_empty(self) -> bool:
        """Whether everybody has been at a kiosk."""
        return self._without_number == 0

    def come_again(self, person: Person, at_s: float) -> None:
        """Have somebody who was turned away stand in line again later in the day."""
        with self._lock:
            insort(self._people, replace(person, arrives_s=at_s), key=lambda one: one.arrives_s)

    def one_less(self) -> None:
        """Somebody steps away from the kiosk, with a number or without."""
        with self._lock:
            self._without_number -= 1

    def next(self) -> Person | None:
        """Give whoever is next; None when nobody comes any more."""
        with self._lock:
            return self._people.pop(0) if self._people else None


class AtKiosk:
    """The place before one kiosk; ``work`` is the body of a thread that lives through the day."""

    def __init__(self, world: World, kiosk: Kiosk, line: Line, on_number: Callable[[Visit], None]) -> None:
        self._world = world
        self._kiosk = kiosk
        self._line = line
        self._on_number = on_number

    def work(self) -> None:
        """Let one citizen after the other step up to the kiosk."""
        with suppress(DayOver):
            while (person := self._line.next()) is not None:
                self._world.pace.until(self._world.at(person.arrives_s))
                again_s = self._take_number(person)
                if again_s is None:
                    self._line.one_less()
                else:
                    self._line.come_again(person, again_s)

    def _take_number(self, person: Person) -> float | None:
        """Touch one's way to a number; gives the second of the day at which one will try again, None if that is it."""
        asked_for_language = False
        touches = 0
        began_s = time.monotonic()
        while touches < TOUCHES_MOST:
            screen = self._kiosk.screen.value
            # Somebody else's number may still stand there; whoever comes next sends it away.
            action = "done" if screen.page == "number" else self._choice(person, screen, asked=asked_for_language)
            if action is None:
                if not self._wait_for_change(screen, began_s):
                    return None
                continue
            asked_for_language = asked_for_language or action == "key:language"
            touches += 1
            self._world.pace.rest(READING_S)
            lifted_s = self._kiosk.tap(action, 2 if action == "take" and person.double_tap else 1)
            self._kiosk.screen.wait(partial(_changed, screen), STUCK_REAL_S)
            if screen.page == "refused":
                self._world.notes.turned_away.append(f"{person.service_id}: {screen.sentence}")
                return self._later()
            if action in {"take", "retry"} and self._read_number(person, lifted_s):
                return None
        self._world.notes.complain(f"a citizen touched the kiosk {TOUCHES_MOST} times and has no number")
        return None

    def _later(self) -> float | None:
        """Say when somebody who was turned away comes again: not after the last numbers of the day."""
        now_s = (self._world.pace.now() - self._world.midnight).total_seconds()
        return now_s + COMES_AGAIN_S if now_s + COMES_AGAIN_S < GIVES_UP_S else None

    def _choice(self, person: Person, screen: Screen, *, asked: bool) -> str | None:  # noqa: PLR0911 -- one line per screen.
        """Say what this citizen touches on this screen; None to wait."""
        match screen.page:
            case "services" if person.language != "vi" and not asked:
                return "key:language"
            case "services":
                wanted = f"service:{person.service_id}"
                ways = (wanted, "page:next", "page:previous")
                return next((way for way in ways if way in screen.actions), None)
            case "class":
                wanted = f"class:{person.priority_class_id}"
                return wanted if wanted in screen.actions else "class:usual"
            case "confirm":
                return "take"
            case "unanswered":
                return "retry"
            case "still_there":
                return "stay"
            case "refused":
                return "start_again"
            case _:
                return None

    def _wait_for_change(self, screen: Screen, began_s: float) -> bool:
        """Wait before a screen that offers nothing; False when this citizen goes home without a number."""
        world = self._world
        changed = self._kiosk.screen.wait(partial(_changed, screen), STUCK_REAL_S)
        if world.pace.now() >= world.at(GIVES_UP_S):
            world.notes.turned_away.append("too_late")
            return False
        closed = screen.page in {"closed", "not_ready", "gone"}
        if not changed and not closed and time.monotonic() - began_s > PATIENCE_REAL_S:
            world.notes.complain(f"the kiosk stood on its page {screen.page!r} for {PATIENCE_REAL_S:g} s")
            return False
        return True

    def _read_number(self, person: Person, lifted_s: float) -> bool:
        """Wait for the number and read it; False when another screen came instead."""
        screens = self._kiosk.screen
        busy = {"confirm", "taking"}
        screens.wait(lambda now: now.page not in busy, PATIENCE_REAL_S)
        screen = screens.value
        if screen.page != "number":
            return False
        notes = self._world.notes
        notes.touch_to_number_s.append(screen.at_s - lifted_s)
        notes.sightings.numbers.append(NumberShown(screen.visit_id, screen.number))
        self._on_number(self._world.crowd.took(screen.number, screen.visit_id, person))
        screens.wait(partial(_changed, screen), self._world.pace.real_s(PAPER_S))
        if screens.value.page == "number":
            self._kiosk.tap("done")
            screens.wait(lambda now: now.page != "number", STUCK_REAL_S)
        return True


def _changed(before: Screen, now: Screen) -> bool:
    return now.revision != before.revision
