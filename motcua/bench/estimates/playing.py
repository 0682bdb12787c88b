"""A simulated day on the real rules: citizens and clerks act, ``queue_server.core`` decides, time is counted.

Everybody is a generator that yields how long it does nothing; the stage wakes it again. Whoever asks for something
asks with a command of the protocol, and what comes of it are events, as in a real branch. So whatever an estimate is
told here (a snapshot, what was learned on earlier days) is exactly what a real server would have told it.
"""

import heapq
import itertools
import random
from collections.abc import Callable, Generator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final

from motcua.bench.estimates.nature import HOUR_S, Citizen, Clerk, DayPlan, Nature, Shift
from protocol import commands as c
from protocol import events as e
from protocol.configuration import Configuration
from queue_server import core

UTC_OFFSET_S: Final = 7 * 3600
FIRST_DAY: Final = date(2027, 3, 1)
"""A Monday; a day of ours is the next weekday, holidays or not."""

OPENS_S: Final = 7 * HOUR_S
LAST_S: Final = 17.75 * HOUR_S
"""Whoever is still waiting then is sent home, and the day is closed."""

_KIOSK: Final = c.FunctionDescription(function_id="kiosk-1", kind="kiosk")
_STAFF: Final = c.FunctionDescription(function_id="staff-1", kind="staff")


Act = Callable[["Stage", Shift], "Acting"]


@dataclass(frozen=True)
class Idle:
    """Do nothing until this time of day, or until somebody comes."""

    until_s: float


Errand = Callable[[], Generator["float | Idle", None, None]]
Acting = Generator["float | Idle", None, None]
Watch = Callable[[core.Branch, str, Citizen, "Stage"], "core.Facts | None"]
"""Is shown the branch just before a citizen takes the number of a visit, and may say what the citizen is told."""


def date_of(index: int, first_day: date = FIRST_DAY) -> date:
    """Give the date of a hall's working day; the first one is a Monday."""
    return first_day + timedelta(days=index // 5 * 7 + index % 5)


def open_branch(configuration: Configuration) -> core.Branch:
    """Give a branch before its first day."""
    branch = core.new_branch(configuration)
    at = datetime.combine(FIRST_DAY, datetime.min.time(), UTC) - timedelta(days=1)
    core.apply(branch, e.ConfigurationChanged(at=at, configuration=configuration, sources={}))
    return branch


class Stage:
    """One day of one hall."""

    first_day = FIRST_DAY

    def __init__(self, branch: core.Branch, nature: Nature, plan: DayPlan, watch: Watch, act: Act) -> None:
        self.branch = branch
        self.nature = nature
        self.plan = plan
        self.chance = random.Random(f"{nature.character.name}/{plan.index}/acts")
        self.now_s = 0.0
        self._watch = watch
        self._act = act
        self._midnight = datetime.combine(date_of(plan.index, self.first_day), datetime.min.time(), UTC) - timedelta(
            seconds=UTC_OFFSET_S
        )
        self._agenda: list[tuple[float, int, int, Acting]] = []
        self._count = itertools.count()
        self._turns: dict[int, int] = {}
        self._idle: dict[int, Acting] = {}
        self._visits = 0
        self.people: dict[str, Citizen] = {}
        """Who holds which visit."""
        self.errands: dict[str, list[Errand]] = {}
        """By counter: what its clerk does as soon as there is a moment."""
        self.first_waits_s: dict[str, float] = {}
        """What each visit waited until its first call, in seconds."""
        self.met: set[str] = set()
        self.missed: set[str] = set()
        """Visits whose citizen has stood at a counter, and those who did not come at their first call."""

    @property
    def at(self) -> datetime:
        """The instant."""
        return self._midnight + timedelta(seconds=self.now_s)

    def play(self) -> None:
        """Play the day from its opening to its end."""
        self.now_s = OPENS_S
        self._decide(core.Actor.loop(), c.OpenDay(function_id="loop"), self.facts_of_opening())
        self._begin(_come(self), OPENS_S)
        for shift in self.plan.shifts:
            self._begin(self._act(self, shift), OPENS_S)
        while self._agenda:
            when_s, turn, name, acting = heapq.heappop(self._agenda)
            if self._turns.get(name) != turn:
                continue  # It was woken before its time.
            self.now_s = max(self.now_s, when_s)
            self._go_on(name, acting)
        self.now_s = max(self.now_s, LAST_S)
        if self.branch.day_open:  # Else the calendar has closed it.
            self._decide(core.Actor.loop(), c.CloseDay(function_id="loop"))

    def facts_of_opening(self) -> core.Facts:
        """Tell what the handler would say at the day's opening."""
        return facts_of_day(self.branch)

    def ask(self, clerk: Clerk, command: c.AnyCommand) -> bool:
        """Ask as a clerk; tells whether it was done."""
        actor = core.Actor(device_id="staff-1", function=_STAFF, staff_role="clerk", clerk_id=clerk.clerk_id)
        return self.ask_as(actor, command)

    def take(self, citizen: Citizen) -> str:
        """Take a number; gives the visit's id, empty when there was none to be had."""
        self._visits += 1
        visit_id = f"{self.plan.index:016x}{self._visits:016x}"
        command = c.TakeTicket(
            function_id="kiosk-1",
            visit_id=visit_id,
            service_id=citizen.service_id,
            priority_class_id=citizen.priority_class_id,
        )
        facts = self._watch(self.branch, visit_id, citizen, self)
        taken = self.ask_as(core.Actor(device_id="kiosk-1", function=_KIOSK), command, facts)
        return visit_id if taken else ""

    def cancel(self, visit_id: str) -> None:
        """Give the number back by the ticket's own secret."""
        actor = core.Actor(device_id="kiosk-1", function=_KIOSK)
        facts = core.Facts(utc_offset_s=UTC_OFFSET_S, secret_valid=True)
        self.ask_as(actor, c.CancelVisit(function_id="kiosk-1", visit_id=visit_id, secret="0" * 32), facts)

    def later(self, acting: Acting, after_s: float) -> None:
        """Let somebody act after a while."""
        self._begin(acting, self.now_s + after_s)

    def wake(self) -> None:
        """Let everybody look up who has nothing to do; the longest idle one first."""
        for name, acting in list(self._idle.items()):
            del self._idle[name]
            self._put(name, acting, self.now_s + self.chance.uniform(2, 9))

    def ask_as(self, actor: core.Actor, command: c.AnyCommand, facts: "core.Facts | None" = None) -> bool:
        """Ask as anybody; tells whether it was done."""
        try:
            self._decide(actor, command, facts)
        except core.Refusal:
            return False
        return True

    def _decide(self, actor: core.Actor, command: c.AnyCommand, facts: "core.Facts | None" = None) -> None:
        request = core.Request(actor, command, facts or core.Facts(utc_offset_s=UTC_OFFSET_S))
        for event in core.decide(self.branch, request, self.at):
            core.apply(self.branch, event)
            self.happened(event)
            if isinstance(event, e.VisitCalled):
                taken_at = self.branch.visits[event.visit_id].taken_at
                self.first_waits_s.setdefault(event.visit_id, (event.at - taken_at).total_seconds())
            if isinstance(event, e.VisitTaken | e.VisitTransferred | e.VisitReinstated | e.VisitContinued):
                self.wake()

    def happened(self, event: e.AnyEvent) -> None:
        """Hear of every event; for who keeps them."""

    def _begin(self, acting: Acting, when_s: float) -> None:
        self._put(next(self._count), acting, when_s)

    def _put(self, name: int, acting: Acting, when_s: float) -> None:
        turn = next(self._count)
        self._turns[name] = turn
        heapq.heappush(self._agenda, (when_s, turn, name, acting))

    def _go_on(self, name: int, acting: Acting) -> None:
        self._idle.pop(name, None)
        try:
            wish = next(acting)
        except StopIteration:
            del self._turns[name]
            return
        if isinstance(wish, Idle):
            self._idle[name] = acting
            self._put(name, acting, wish.until_s)
        else:
            self._put(name, acting, self.now_s + wish)


def facts_of_day(branch: core.Branch) -> core.Facts:
    """What the handler would say at a day's opening."""
    return core.Facts(utc_offset_s=UTC_OFFSET_S, learned=core.learned_by(branch))


def _come(stage: Stage) -> Acting:
    """Come one after the other; whoever has waited too long goes, and only some say so."""
    for citizen in stage.plan.citizens:
        yield max(0.0, citizen.arrives_s - stage.now_s)
        visit_id = stage.take(citizen)
        if visit_id:
            stage.people[visit_id] = citizen
            if citizen.says_goodbye:
                stage.later(_give_up(stage, visit_id), citizen.patience_s)


def _give_up(stage: Stage, visit_id: str) -> Acting:
    if stage.branch.visits[visit_id].state == "waiting":
        stage.cancel(visit_id)
    yield from ()
