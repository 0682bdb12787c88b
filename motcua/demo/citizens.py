"""The citizens of a simulated day at the kiosk: they stand in line before it, read its screen and touch what they need.

A citizen knows what a citizen knows: the words on the screen (here, the action of each button that is really shown)
and where they are. Nothing is sent to the kiosk but fingers.
"""

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final, Protocol

from motcua.demo.counts import NumberShown
from motcua.demo.crowd import Visit
from motcua.demo.pace import PATIENCE_REAL_S, DayOver, Watched
from motcua.demo.people import Person
from motcua.demo.world import World

STEPS_MOST: Final = 60
"""Nobody touches a kiosk more often than this for one number."""

READING_S: Final = 2.0
PAPER_REAL_S: Final = 2.0
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
        self._lock = threading.Lock()

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
        try:
            while (person := self._line.next()) is not None:
                self._world.pace.until(self._world.at(person.arrives_s))
                self._take_number(person)
        except DayOver:
            return
        except OSError as problem:
            self._world.notes.trouble("a citizen at the kiosk")(problem)

    def _take_number(self, person: Person) -> None:
        asked_for_language = False
        began_s = time.monotonic()
        for _ in range(STEPS_MOST):
            screen = self._kiosk.screen.value
            action = self._choice(person, screen, asked_for_language=asked_for_language)
            if screen.page == "number":
                # Somebody else's number still stands there; whoever comes next sends it away.
                action = "done"
            if action is None:
                if not self._wait_for_change(screen, began_s):
                    return
                continue
            asked_for_language = asked_for_language or action == "key:language"
            self._world.pace.rest(READING_S)
            lifted_s = self._kiosk.tap(action, 2 if action == "take" and person.double_tap else 1)
            self._kiosk.screen.wait(lambda now, before=screen: now.revision != before.revision, STUCK_REAL_S)  # type: ignore[misc]  # The default binds.
            if action in {"take", "retry"} and self._read_number(person, lifted_s):
                return
        self._world.notes.troubles.append(f"a citizen touched the kiosk {STEPS_MOST} times and has no number")

    def _choice(self, person: Person, screen: Screen, *, asked_for_language: bool) -> str | None:  # noqa: PLR0911 -- one line per screen.
        """Say what this citizen touches on this screen; None to wait."""
        match screen.page:
            case "services" if person.language != "vi" and not asked_for_language:
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
                self._world.notes.turned_away.append(person.service_id)
                return "start_again"
            case _:
                return None

    def _wait_for_change(self, screen: Screen, began_s: float) -> bool:
        """Wait before a screen that offers nothing; False when this citizen goes home without a number."""
        world = self._world
        changed = self._kiosk.screen.wait(lambda now: now.revision != screen.revision, STUCK_REAL_S)
        if world.pace.now() >= world.at(GIVES_UP_S):
            world.notes.turned_away.append("too_late")
            return False
        closed = screen.page in {"closed", "not_ready", "gone"}
        if not changed and not closed and time.monotonic() - began_s > PATIENCE_REAL_S:
            world.notes.troubles.append(f"the kiosk stood on its page {screen.page!r} for {PATIENCE_REAL_S:g} s")
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
        screens.wait(lambda now: now.revision != screen.revision, PAPER_REAL_S)
        self._world.pace.rest(READING_S)
        if screens.value.page == "number":
            self._kiosk.tap("done")
        return True
