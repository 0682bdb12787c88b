"""Presses on the real rules: a hall whose citizens and clerks act, while ``queue_server.core`` decides what counts."""

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final, NamedTuple

from motcua.bench.estimates.playing import FIRST_DAY, UTC_OFFSET_S, facts_of_day, open_branch
from motcua.bench.satisfaction.nature import SATISFIED, UNSATISFIED
from protocol import commands as c
from protocol import events as e
from protocol.configuration import Configuration
from queue_server import core
from queue_server.satisfaction.tallies import Tally

_KIOSK: Final = c.FunctionDescription(function_id="kiosk-1", kind="kiosk")
_STAFF: Final = c.FunctionDescription(function_id="staff-1", kind="staff")
_PUBLIC: Final = c.FunctionDescription(function_id="public-1", kind="public")
_OPENING: Final = timedelta(hours=8)
_SERVICE_S: Final = 30.0


class Hall:
    """One day of a hall in which any clerk can be called for, the clock being ours."""

    def __init__(self, configuration: Configuration) -> None:
        self.branch = open_branch(configuration)
        self.at = datetime.combine(FIRST_DAY, datetime.min.time(), UTC) - timedelta(seconds=UTC_OFFSET_S) + _OPENING
        self.events: list[e.AnyEvent] = []
        self._count = 0
        self._do(core.Actor.loop(), c.OpenDay(function_id="loop"), facts_of_day(self.branch))
        self.services = [service.service_id for service in configuration.services]
        for counter in configuration.counters:
            self.clerk(c.SignInClerk, counter.counter_id)
            self.clerk(c.OpenCounter, counter.counter_id)

    def wait(self, seconds: float) -> None:
        """Let time pass, with a tick at each deadline."""
        until = self.at + timedelta(seconds=seconds)
        while (due := core.next_deadline(self.branch, self.at, UTC_OFFSET_S)) is not None and due <= until:
            if due <= self.at and not self._do(core.Actor.loop(), c.Tick()):
                raise AssertionError(f"a deadline at {due} made no event")
            if due > self.at:
                self.at = due
                self._do(core.Actor.loop(), c.Tick())
        self.at = until

    def clerk(self, command: Callable[..., c.AnyCommand], counter_id: str, **more: Any) -> None:
        """Do something at a counter, as its clerk."""
        clerk_id = f"clerk-of-{counter_id}"
        asked = command(function_id="staff-1", staff_role="clerk", clerk_id=clerk_id, counter_id=counter_id, **more)
        actor = core.Actor(device_id="staff-1", function=_STAFF, staff_role="clerk", clerk_id=clerk_id)
        self._do(actor, asked)

    def call(self, counter_id: str) -> str:
        """Let a citizen take a number and be called; gives the visit."""
        visit_id = self._id()
        take = c.TakeTicket(
            function_id="kiosk-1", visit_id=visit_id, service_id=self.services[0], priority_class_id="usual"
        )
        self._do(core.Actor(device_id="kiosk-1", function=_KIOSK), take)
        self.clerk(c.CallNext, counter_id)
        return visit_id

    def serve(self, counter_id: str) -> str:
        """Serve a citizen until the question is asked; gives the visit."""
        visit_id = self.call(counter_id)
        self.wait(2)
        self.clerk(c.StartService, counter_id)
        self.wait(_SERVICE_S)
        self.clerk(c.EndService, counter_id, outcome="received")
        return visit_id

    def press(self, counter_id: str, level: int = SATISFIED, **more: Any) -> None:
        """Press a key of the counter's rating keypad."""
        keypad = c.FunctionDescription(function_id=f"keys-{counter_id}", kind="rating_keypad", counter_id=counter_id)
        actor = core.Actor(device_id=keypad.function_id, functions=(keypad,), function=keypad)
        press = c.PressRating(
            function_id=keypad.function_id, press_id=self._id(), level=level, pressed_at=self.at, **more
        )
        self._do(actor, press)

    def rate_by_link(self, visit_id: str, *, right: bool) -> None:
        """Rate by a ticket's link; a refusal is an answer, too."""
        actor = core.Actor(device_id="public-1", functions=(_PUBLIC,), function=_PUBLIC)
        rate = c.RateByLink(function_id="public-1", visit_id=visit_id, secret="0" * 32, level=SATISFIED)
        try:
            self._do(actor, rate, core.Facts(utc_offset_s=UTC_OFFSET_S, secret_valid=right))
        except core.Refusal:
            return

    def close(self) -> None:
        """Close the day."""
        self.wait(200)
        self._do(core.Actor.loop(), c.CloseDay(function_id="loop"))

    def tally(self, counter_id: str) -> Tally:
        """Count what the log says of a counter's keypad."""
        asked = sum(isinstance(event, e.RatingOpened) and event.counter_id == counter_id for event in self.events)
        rated = [
            event.level == SATISFIED
            for event in self.events
            if isinstance(event, e.VisitRated) and event.counter_id == counter_id and event.channel == "keypad"
        ]
        return Tally(sum(rated), len(rated), asked)

    def _id(self) -> str:
        self._count += 1
        return f"{self._count:032x}"

    def _do(self, actor: core.Actor, command: c.AnyCommand, facts: core.Facts | None = None) -> Sequence[e.AnyEvent]:
        request = core.Request(actor, command, facts or core.Facts(utc_offset_s=UTC_OFFSET_S))
        events = core.decide(self.branch, request, self.at)
        for event in events:
            core.apply(self.branch, event)
        self.events += events
        return events


def play(configuration: Configuration, days: Sequence[list[tuple[int, ...]]]) -> list[Tally]:
    """Play a day at as many counters as there are lists of visits, one citizen after the other; gives what counted."""
    hall = Hall(configuration)
    counters = [counter.counter_id for counter in configuration.counters]
    for counter_id, visits in zip(counters, days, strict=False):
        for keys in visits:
            hall.serve(counter_id)
            for key in keys:
                hall.wait(3)
                hall.press(counter_id, key)
            hall.wait(3)
    hall.close()
    return [hall.tally(counter_id) for counter_id, _ in zip(counters, days, strict=False)]


class Attempt(NamedTuple):
    """What was tried against the rules, and what came of it."""

    what: str
    tried: int
    kept: int
    ratings: int
    """How many satisfied ratings more there are than citizens gave."""
    flags: dict[str, int]


def attempts(configuration: Configuration) -> list[Attempt]:
    """Try what a clerk might, each in a fresh hall."""
    return [_attempt(configuration, what, tried, act, honest) for what, (tried, honest, act) in _ATTEMPTS.items()]


def _attempt(
    configuration: Configuration, what: str, tried: int, act: Callable[[Hall, str, str], None], honest: int
) -> Attempt:
    hall = Hall(configuration)
    first, second = (counter.counter_id for counter in configuration.counters[:2])
    act(hall, first, second)
    if hall.branch.day_open:
        hall.close()
    pressed = [event for event in hall.events if isinstance(event, e.RatingPressed)]
    ratings = sum(isinstance(event, e.VisitRated) and event.level == SATISFIED for event in hall.events)
    flags = Counter(event.flag or "counted" for event in pressed)
    return Attempt(what, tried, len(pressed), ratings - honest, dict(sorted(flags.items())))


def _nobody(hall: Hall, first: str, _: str) -> None:
    for _turn in range(50):
        hall.wait(5)
        hall.press(first)


def _after(hall: Hall, first: str, _: str) -> None:
    hall.serve(first)
    hall.wait(91)
    for _turn in range(20):
        hall.wait(5)
        hall.press(first)


def _many(hall: Hall, first: str, _: str) -> None:
    hall.serve(first)
    for _turn in range(30):
        hall.wait(2)
        hall.press(first)


def _drum(hall: Hall, first: str, _: str) -> None:
    hall.serve(first)
    hall.wait(3)
    for _turn in range(30):
        hall.press(first)
        hall.wait(0.5)


def _at_once(hall: Hall, first: str, _: str) -> None:
    for _turn in range(10):
        hall.call(first)
        hall.wait(2)
        hall.clerk(c.EndService, first, outcome="received")
        hall.wait(3)
        hall.press(first)


def _over(hall: Hall, first: str, _: str) -> None:
    hall.serve(first)
    hall.wait(3)
    hall.press(first, UNSATISFIED)
    for _turn in range(20):
        hall.wait(2)
        hall.press(first)


def _at_closing(hall: Hall, first: str, _: str) -> None:
    hall.serve(first)
    hall.close()
    for _turn in range(200):
        hall.press(first)


def _no_show(hall: Hall, first: str, _: str) -> None:
    for _turn in range(10):
        hall.call(first)
        hall.wait(5)
        hall.clerk(c.MarkNoShow, first)
        hall.wait(5)
        hall.press(first)


def _while_served(hall: Hall, first: str, _: str) -> None:
    hall.call(first)
    hall.clerk(c.StartService, first)
    for _turn in range(20):
        hall.wait(5)
        hall.press(first)
    hall.clerk(c.EndService, first, outcome="received")


def _twice(hall: Hall, first: str, second: str) -> None:
    hall.call(first)
    hall.clerk(c.StartService, first)
    hall.wait(_SERVICE_S)
    hall.clerk(c.TransferVisit, first, service_id=hall.services[1])
    hall.wait(3)
    hall.press(first)
    hall.clerk(c.CallNext, second)
    hall.clerk(c.StartService, second)
    hall.wait(_SERVICE_S)
    hall.clerk(c.EndService, second, outcome="received")
    hall.wait(3)
    hall.press(second)


def _elsewhere(hall: Hall, first: str, second: str) -> None:
    hall.serve(first)
    window = hall.branch.counters[first].window
    assert window is not None, "a served visit is asked about"
    for _turn in range(20):
        hall.wait(3)
        hall.press(second, nonce=window.nonce)


def _kept_back(hall: Hall, first: str, _: str) -> None:
    hall.serve(first)
    hall.wait(3)
    hall.press(first, UNSATISFIED)
    hall.wait(3)
    for _turn in range(20):
        hall.wait(2)
        hall.press(first, buffered=True)


def _guessed(hall: Hall, first: str, _: str) -> None:
    visit_id = hall.serve(first)
    for _turn in range(100):
        hall.rate_by_link(visit_id, right=False)


def _link_again(hall: Hall, first: str, _: str) -> None:
    visit_id = hall.serve(first)
    hall.wait(200)
    for _turn in range(21):
        hall.rate_by_link(visit_id, right=True)


_ATTEMPTS: Final[dict[str, tuple[int, int, Callable[[Hall, str, str], None]]]] = {
    "press with nobody served": (50, 0, _nobody),
    "press after the window": (20, 0, _after),
    "press while a citizen is served": (20, 0, _while_served),
    "press after calls to which nobody came": (10, 0, _no_show),
    "end calls within two seconds, and press": (10, 0, _at_once),
    "30 presses within 15 s for a citizen who went without an answer": (30, 0, _drum),
    "a burst after closing": (200, 0, _at_closing),
    "30 presses for a citizen who went without an answer": (30, 0, _many),
    "20 presses over an unhappy citizen's answer, within the window": (20, 0, _over),
    "be asked twice by sending a rated visit on": (1, 1, _twice),
    "press at another counter for this one": (20, 0, _elsewhere),
    "presses kept back and delivered later": (20, 0, _kept_back),
    "a ticket's link with a wrong secret": (100, 0, _guessed),
    "use a ticket's link again": (20, 1, _link_again),
}
"""What is tried: how many tries, how many citizens were satisfied and said so meanwhile, and how."""
