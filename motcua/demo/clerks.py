"""The clerks of a simulated day: they sit down, call, wait, serve, go to lunch, and leave when the hall is empty.

A clerk knows what a clerk knows: how many wait (the console's side column), who stands at the counter, and what the
buttons answer. The rules of calling are the server's alone.
"""

import random
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Protocol

from motcua.demo.consoles import Answer, Console
from motcua.demo.crowd import Visit
from motcua.demo.pace import DayOver
from motcua.demo.world import World
from protocol.configuration import Configuration

ARRIVES_S: Final = 7 * 3600 + 58 * 60
WORK_S: Final = ((8 * 3600, 12 * 3600), (13 * 3600, 17 * 3600))
LAST_S: Final = 17 * 3600 + 50 * 60
"""Whoever is still there then goes home all the same; the calendar closes the day at 18:00."""

SEEN_ON_BOARD_REAL_S: Final = 3.0
RECALL_AFTER_S: Final = 45.0
BACK_FROM_LUNCH_S: Final = 60
RECALLS_IN_VAIN: Final = 2
BACK_AFTER_S: Final = (300.0, 900.0)
SET_ASIDE_S: Final = (240.0, 600.0)


class Hands(Protocol):
    """By what a clerk works: the keys of a console's page, or a call keypad. Each press is answered in the end."""

    def call_next(self) -> str | None:
        """Call who is next and give the number; None when nobody waits."""

    def recall(self) -> None:
        """Call again."""

    def start(self) -> None:
        """The citizen is here."""

    def end(self, outcome_key: str) -> None:
        """The work is done."""

    def no_show(self) -> None:
        """The citizen did not come."""


class ConsoleHands:
    """The keys of the console's page."""

    def __init__(self, console: Console, outcomes: dict[str, str], note: Callable[[str, Answer], None]) -> None:
        self._console = console
        self._outcomes = outcomes
        self._note = note

    def call_next(self) -> str | None:
        """Press the space bar, and read the number off the page."""
        answer = self.press("call_next")
        if answer.result != "done" and answer.code != "call_unanswered":
            return None
        return self._console.look_until(lambda seen: bool(seen.number)).number or None

    def recall(self) -> None:
        """Press R."""
        self.press("recall")

    def start(self) -> None:
        """Press Enter."""
        self.press("start")

    def end(self, outcome_key: str) -> None:
        """Press Enter and the key of the outcome."""
        self.press("end", outcome=self._outcomes[outcome_key])

    def no_show(self) -> None:
        """Press V, twice."""
        self.press("no_show")

    def press(self, action: str, **particulars: str) -> Answer:
        """Press, and write down how it was answered."""
        answer = self._console.press(action, **particulars)
        self._note(action, answer)
        return answer


@dataclass(frozen=True)
class Seat:
    """A clerk's place: the counter, the console on its table, and by what its clerk works."""

    counter_id: str
    console: Console
    hands: Hands


class Clerk:
    """One clerk at one counter, from the first minute to the last; ``work`` is the body of a thread."""

    def __init__(self, world: World, configuration: Configuration, seat: Seat, seed: int) -> None:
        self._world = world
        self._pace = world.pace
        counter = next(one for one in configuration.counters if one.counter_id == seat.counter_id)
        profile = next(one for one in configuration.work_profiles if one.work_profile_id == counter.work_profile_id)
        self._counter_id = seat.counter_id
        self.number = counter.number
        self._queues = frozenset((*profile.primary_queue_ids, *profile.backup_queue_ids))
        self._services = tuple(service.service_id for service in configuration.services)
        self._console = seat.console
        outcomes = {one.key: one.outcome_id for one in configuration.outcomes}
        self._page = ConsoleHands(seat.console, outcomes, world.notes.answered)
        self._hands = seat.hands
        self._chance = random.Random(f"{seat.counter_id}/{seed}")
        self._errands: deque[Callable[[], None]] = deque()
        self.rate: Callable[[Visit], None] = lambda _visit: None
        """Called when a service has ended: the citizen may press the keys at this counter."""
        self.everybody_has_come: Callable[[], bool] = lambda: False
        """Tells, before the hours are over, that nobody comes any more."""

    def work(self) -> None:
        """Live through the day. Raises ConsoleProblem, OSError and HTTPException when the pages cannot be used."""
        try:
            with suppress(DayOver):
                self._day()
        finally:
            self._console.close()

    def _day(self) -> None:
        world = self._world
        self._console.log_in()
        self._pace.until(world.at(ARRIVES_S))
        self._console.sign_in()
        (morning_s, noon_s), (afternoon_s, evening_s) = WORK_S
        self._pace.until(world.at(morning_s))
        self._serve_until(world.at(noon_s))
        if not self._may_leave():
            self._page.press("pause", reason="break")
            self._pace.until(world.at(afternoon_s - BACK_FROM_LUNCH_S))
            self._page.press("open")
            self._pace.until(world.at(afternoon_s))
            self._serve_until(world.at(evening_s))
            self._serve_until(world.at(LAST_S), overtime=True)
        self._page.press("sign_out")

    def _serve_until(self, ends_at: datetime, *, overtime: bool = False) -> None:
        while self._pace.now() < ends_at and not self._may_leave(overtime=overtime):
            if self._errands:
                self._errands.popleft()()
                continue
            seen = self._world.hall.value
            number = None
            if self._somebody_waits() or self._called_here():
                self._pace.rest(self._chance.uniform(3, 9))
                number = self._call()
            if number is not None:
                self._receive(number)
            else:
                self._look_up(seen, ends_at)

    def _look_up(self, seen: object, ends_at: datetime) -> None:
        """Wait until something has changed in the hall, or an errand has come, or the time is over."""
        left_s = self._pace.real_s((ends_at - self._pace.now()).total_seconds())
        self._world.hall.wait(lambda view: view is not seen or bool(self._errands), max(0.0, min(left_s, 1.0)))

    def _somebody_waits(self) -> bool:
        view = self._world.hall.value
        return view is not None and any(
            sum(queue.waiting.values()) for queue in view.queues if queue.queue_id in self._queues
        )

    def _called_here(self) -> bool:
        """Tell whether a call of this counter stands unanswered, whose answer came too late to be seen."""
        counter = self._world.counter(self._counter_id)
        return counter is not None and counter.visit_state == "called"

    def _may_leave(self, *, overtime: bool = False) -> bool:
        return (overtime or self.everybody_has_come()) and self._hall_is_empty()

    def _hall_is_empty(self) -> bool:
        view = self._world.hall.value
        if view is None or self._errands or self._world.expected_back.count:
            return False
        today = view.today
        return not (today.waiting or today.called or today.in_service or today.parked)

    # --- One citizen -------------------------------------------------------------------------------------------------

    def _call(self) -> str | None:
        pressed_s = time.monotonic()
        number = self._hands.call_next()
        if number is not None:
            self._world.notes.calls_pressed.append((number, self.number, pressed_s))
        return number

    def _receive(self, number: str) -> None:
        """Receive whoever holds the number that was called, or find that nobody comes."""
        held_from_s = time.monotonic()
        visit = self._world.crowd.called(number)
        let_go_s = self._serve(visit) if visit.comes() else self._call_in_vain(visit)
        self._world.notes.held(number, self.number, held_from_s, let_go_s)

    def _call_in_vain(self, visit: Visit) -> float:
        for _ in range(RECALLS_IN_VAIN):
            self._pace.rest(RECALL_AFTER_S)
            self._hands.recall()
        self._pace.rest(RECALL_AFTER_S)
        let_go_s = time.monotonic()
        self._hands.no_show()
        if visit.person is not None and visit.person.ending == "no_show_returns" and not visit.gone:
            self._later(BACK_AFTER_S, lambda: self._reinstate(visit))
        return let_go_s

    def _serve(self, visit: Visit) -> float:
        """Wait for the citizen, who walks once the board shows the number; serve; and let go."""
        here = (visit.number, self.number)
        self._world.boards.wait(lambda shown: here in shown, SEEN_ON_BOARD_REAL_S)
        self._pace.rest(visit.walking_s())
        visit.met += 1
        self._hands.start()
        stint_s, deed = visit.stint()
        self._pace.rest(stint_s)
        let_go_s = time.monotonic()
        match deed:
            case "end":
                self._hands.end(visit.outcome_key())
                self.rate(visit)
            case "park":
                self._page.press("park")
                self._later(SET_ASIDE_S, lambda: self._resume(visit))
            case "transfer":
                others = [one for one in self._services if visit.person is None or one != visit.person.service_id]
                self._page.press("transfer", service_id=self._chance.choice(others), reason="wrong_service")
        return let_go_s

    # --- Errands -----------------------------------------------------------------------------------------------------

    def _later(self, after_s: tuple[float, float], errand: Callable[[], None]) -> None:
        """Do something for a citizen who comes back after a while, once there is a moment."""
        self._world.expected_back.one_more()

        def come_back() -> None:
            self._errands.append(errand)
            self._world.expected_back.one_less()
            self._world.look_up()

        self._world.agenda.put(self._pace.now() + timedelta(seconds=self._chance.uniform(*after_s)), come_back)

    def _reinstate(self, visit: Visit) -> None:
        self._page.press("reinstate", visit_id=visit.visit_id, reason="came_late")

    def let_go(self, visit: Visit) -> None:
        """A citizen who waits has told this clerk that they will leave; for any thread."""
        self._errands.append(lambda: self._cancel(visit))
        self._world.look_up()

    def _cancel(self, visit: Visit) -> None:
        visit.gone = self._page.press("cancel", visit_id=visit.visit_id).result == "done"

    def _resume(self, visit: Visit) -> None:
        answer = self._page.press("resume", visit_id=visit.visit_id)
        if answer.result == "done":
            self._world.notes.calls_pressed.append((visit.number, self.number, answer.pressed_at_s))
            self._receive(visit.number)
