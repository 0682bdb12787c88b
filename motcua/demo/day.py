"""A simulated day in a hall that is set up: everybody comes, lives by the hall's clock, and goes home.

`live` runs until the last clerk has left and the manager has closed the day (or the calendar has); what was seen is in
the notebook. The programs of the hall know nothing of it.
"""

import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from random import Random
from typing import Final

from motcua.demo.agenda import Agenda
from motcua.demo.citizens import AtKiosk, Line, Screen
from motcua.demo.clerks import Clerk, ConsoleHands, Hands, Seat
from motcua.demo.consoles import Console
from motcua.demo.crowd import Crowd, Visit
from motcua.demo.equipment import BareDevice
from motcua.demo.keypads import Fingers, KeypadHands
from motcua.demo.pace import Pace, Watched
from motcua.demo.people import Person
from motcua.demo.stage import Hall
from motcua.demo.witnesses import BoardWitness, DeviceWitness, KioskDoor
from motcua.demo.world import Expected, Notes, World
from protocol.commands import CloseDay, Introduce
from protocol.link import Link, NoAnswer
from protocol.views import HallView

KILLS_S: Final = (300.0, 1200.0)
"""The server is killed from so long after the first citizen came until so long after the last."""
BACK_REAL_S: Final = 30.0
CANCELS_AFTER_S: Final = (20.0, 240.0)
LAST_WORDS_REAL_S: Final = 1.5


@dataclass(frozen=True)
class Script:
    """Who comes, how chance falls, and what goes wrong on purpose."""

    people: tuple[Person, ...]
    seed: int
    kills: int = 0
    ends_when_served: bool = False
    """Clerks go home once everybody who comes has been served, and not at the end of their hours."""
    counters_left_free: int = 0
    """So many counters, from the last, have no simulated clerk: they are for visitors of the demonstration."""


@dataclass
class Lived:
    """A day, or the part of it that was lived, with those who watched it."""

    world: World
    boards: tuple[BoardWitness, ...]
    devices: DeviceWitness
    gaps_s: list[float]
    """Real seconds from each kill of the server to its next answer."""


class Day:
    """The people of a day. ``end`` sends everybody home early, from any thread."""

    def __init__(self, hall: Hall, technician: Link, script: Script) -> None:
        self._hall = hall
        self._technician = technician
        self._script = script
        self._pace = Pace(technician)
        self._stop = threading.Event()
        view = technician.last_view("hall")
        seen = view.view if view is not None and isinstance(view.view, HallView) else None
        notes = Notes()
        agenda = Agenda(self._pace, notes.trouble("a citizen"))
        midnight = hall.plan.begins_at.replace(hour=0, minute=0, second=0)
        crowd, boards = Crowd(), self._pace.watched(frozenset[tuple[str, int]]())
        self.world = World(self._pace, crowd, agenda, notes, midnight, self._pace.watched(seen), boards, Expected())
        hall.on_view = self.world.hall.set
        for trouble in hall.troubles:
            notes.complain(trouble)
        self._gaps_s: list[float] = []

    def end(self) -> None:
        """Call the day off."""
        self._stop.set()
        self._pace.end()

    def live(self) -> Lived:
        """Live through the day. Raises OSError when the hall's doors cannot be opened."""
        world, hall = self.world, self._hall
        displays = {one.place: self._pace.watched("") for one in hall.equipment.bare if one.kind == "counter_display"}
        ratings = {one.place: one.counter.number for one in hall.equipment.bare if one.kind == "rating_keypad"}
        boards = tuple(
            BoardWitness(hall.socket(f"{board_id}.witness"), world.notes, world.boards) for board_id in hall.board_ids
        )
        devices = DeviceWitness(hall.control, world.notes, ratings, displays, world.look_up)
        fingers = Fingers(hall.control)
        world.agenda.start()
        try:
            with self._kiosks() as kiosks:
                self._plan_kills()
                line = Line(self._script.people)
                clerks = tuple(self._clerks(fingers, displays, line))
                places = {
                    name: AtKiosk(world, kiosk, line, lambda visit: self._decide(visit, clerks))
                    for name, kiosk in zip(hall.equipment.kiosks, kiosks, strict=True)
                }
                works = {f"the clerk at counter {clerk.number}": clerk.work for clerk in clerks}
                works |= {f"a citizen at {name}": place.work for name, place in places.items()}
                self._together(works)
                self._close_day()
        finally:
            world.agenda.close()
            fingers.close()
            self._stop.wait(LAST_WORDS_REAL_S)  # What is just being shown, printed and said is still to be seen.
            for board in boards:
                board.close()
            devices.close()
        return Lived(world, boards, devices, self._gaps_s)

    # --- Who is there ------------------------------------------------------------------------------------------------

    @contextmanager
    def _kiosks(self) -> Iterator[list[KioskDoor]]:
        doors = [
            KioskDoor(
                self._hall.socket(f"{kiosk_id}.witness"),
                self._hall.socket(f"{kiosk_id}.panel"),
                self._pace.watched(Screen()),
            )
            for kiosk_id in self._hall.equipment.kiosks
        ]
        try:
            yield doors
        finally:
            for door in doors:
                door.close()

    def _clerks(self, fingers: Fingers, displays: dict[tuple[str, int], Watched[str]], line: Line) -> Iterator[Clerk]:
        configuration, equipment = self._hall.configuration, self._hall.equipment
        outcomes = {one.key: one.outcome_id for one in configuration.outcomes}
        manned = len(configuration.counters) - self._script.counters_left_free
        for counter in configuration.counters[:manned]:
            console = self._console(f"clerk{counter.number}", counter.counter_id)
            keypad = equipment.at_counter("call_keypad", counter.counter_id)
            display = equipment.at_counter("counter_display", counter.counter_id)
            hands: Hands = ConsoleHands(console, outcomes, self.world.notes.answered)
            if keypad is not None and display is not None:
                hands = KeypadHands(self.world, fingers, keypad, displays[display.place])
            clerk = Clerk(self.world, configuration, Seat(counter.counter_id, console, hands), self._script.seed)
            clerk.everybody_has_come = (lambda: line.is_empty) if self._script.ends_when_served else (lambda: False)
            rating = equipment.at_counter("rating_keypad", counter.counter_id)
            if rating is not None:
                clerk.rate = self._rating_at(rating, fingers)
            yield clerk

    def _console(self, account: str, counter_id: str) -> Console:
        return Console(self._hall.pages, account, self._hall.passwords[account], counter_id, self._stop)

    def _together(self, works: Mapping[str, Callable[[], None]]) -> None:
        """Let everybody live in a thread of their own, and wait for the last; who is stopped by something says so."""

        def live(who: str, work: Callable[[], None]) -> None:
            try:
                work()
            except Exception as problem:  # noqa: BLE001 -- whatever it is, the report must name it.
                self.world.notes.trouble(who)(problem)

        threads = [threading.Thread(target=live, args=item, name=item[0], daemon=True) for item in works.items()]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    # --- What they do besides ----------------------------------------------------------------------------------------

    def _decide(self, visit: Visit, clerks: Sequence[Clerk]) -> None:
        """A citizen who has got a number sits down; some will not wait so long, and tell a clerk."""
        if visit.person is None or visit.person.ending != "cancels":
            return
        chance = Random(f"{self._script.seed}/{visit.person.index}")
        clerk = chance.choice(clerks)
        at = self._pace.now() + timedelta(seconds=chance.uniform(*CANCELS_AFTER_S))
        self.world.agenda.put(at, lambda: clerk.let_go(visit))

    def _rating_at(self, device: BareDevice, fingers: Fingers) -> Callable[[Visit], None]:
        return lambda visit: self._plan_rating(visit, lambda keys: fingers.press(device, keys))

    def _plan_rating(self, visit: Visit, press: Callable[[str], None]) -> None:
        """A citizen who has been served presses a key, perhaps twice, after having read the question."""
        person = visit.person
        if person is None or not person.rating_level:
            return
        keys = str(person.rating_level)
        for again in range(person.rating_presses):
            at = self._pace.now() + timedelta(seconds=person.rating_after_s + 3 * again)
            self.world.agenda.put(at, lambda: press(keys))

    def _plan_kills(self) -> None:
        chance = Random(f"kills/{self._script.seed}")
        first_s, last_s = self._script.people[0].arrives_s + KILLS_S[0], self._script.people[-1].arrives_s + KILLS_S[1]
        for _ in range(self._script.kills):
            self.world.agenda.put(self.world.at(chance.uniform(first_s, last_s)), self._kill)

    def _kill(self) -> None:
        """Kill the server, and ask until it answers again."""
        began_s = time.monotonic()
        self._hall.programs.kill("server")
        try:
            self._technician.ask_and_wait(Introduce(), deadline_s=BACK_REAL_S)
        except NoAnswer:
            self.world.notes.complain(f"the server was away for more than {BACK_REAL_S:g} s after it was killed")
        self._gaps_s.append(time.monotonic() - began_s)

    def _close_day(self) -> None:
        """The manager closes the day, unless the calendar has."""
        view = self.world.hall.value
        if self._pace.over or (view is not None and not view.day_open):
            return
        with suppress(NoAnswer):
            self._technician.ask_and_wait(CloseDay(function_id="technician"), deadline_s=BACK_REAL_S)
