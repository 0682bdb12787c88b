"""What one visit costs the rules, by how many visits the day has had: decide, apply and reply, without disk or wire.

The rules promise that a day of 100,000 visits costs per command what a day of 100 does. :func:`cost_of_visit_s` fills a
day with visits of which some still wait, then takes, calls, starts and ends more and gives the seconds per such round;
:func:`cost_ratio` compares two days in turns, so that a busy machine slows both alike.
"""

import gc
import time
from datetime import datetime, timedelta
from typing import NamedTuple

from protocol import commands as c
from protocol import events as e
from protocol.commands import FunctionDescription
from protocol.configuration import Configuration
from queue_server import core

STILL_WAITING = 60
"""How many of the filled day's visits wait while the cost is measured: a full ward hall."""

_STEP = timedelta(seconds=3)
_STAFF = FunctionDescription(function_id="staff-1", kind="staff")


class CostRatio(NamedTuple):
    """Seconds per round (take, call, start, end) in a small day and in a large one."""

    small_s: float
    large_s: float

    @property
    def ratio(self) -> float:
        """How many times as much a round costs in the large day."""
        return self.large_s / self.small_s


class FullDay:
    """A branch on an open day that has had a number of visits."""

    def __init__(self, configuration: Configuration, at: datetime, visits: int) -> None:
        self.at = at
        self.count = 0
        self.branch = core.new_branch(configuration)
        self.counter_id = configuration.counters[0].counter_id
        profile = configuration.work_profiles[0]
        profile = next(
            p for p in configuration.work_profiles if p.work_profile_id == configuration.counters[0].work_profile_id
        )
        queues = profile.primary_queue_ids
        self.services = [s.service_id for s in configuration.services if s.queue_id in queues]
        self.classes = [part.priority_class_id for part in configuration.priority_classes]
        self.outcome = next(part.outcome_id for part in configuration.outcomes if part.served)
        plan = core.plan_day(configuration, at.date(), 0)
        self._apply(
            e.DayOpened(
                at=at,
                day=plan.day,
                configuration_id=configuration.configuration_id,
                opens_at=at,
                closes_at=at + timedelta(days=30),
                utc_offset_s=0,
                spans=plan.spans,
            )
        )
        self._ask(c.SignInClerk(function_id="staff-1", counter_id=self.counter_id, clerk_id="clerk"))
        for _ in range(STILL_WAITING):
            self._take()
        for _ in range(visits - STILL_WAITING):
            self.round()

    def round(self) -> None:
        """One citizen takes a number; one is called, served and let go."""
        self._take()
        for command in (
            c.CallNext(function_id="staff-1", counter_id=self.counter_id, clerk_id="clerk"),
            c.StartService(function_id="staff-1", counter_id=self.counter_id, clerk_id="clerk"),
            c.EndService(function_id="staff-1", counter_id=self.counter_id, clerk_id="clerk", outcome=self.outcome),
        ):
            self._ask(command)

    def _take(self) -> None:
        self.count += 1
        self._ask(
            c.TakeTicket(
                function_id="staff-1",
                visit_id=f"{self.count:032x}",
                service_id=self.services[self.count % len(self.services)],
                priority_class_id=self.classes[self.count % len(self.classes)],
            )
        )

    def _ask(self, command: c.AnyCommand) -> None:
        self.at += _STEP
        actor = core.Actor(
            device_id="staff", functions=(_STAFF,), function=_STAFF, staff_role="clerk", clerk_id="clerk"
        )
        request = core.Request(actor, command, core.Facts(utc_offset_s=0))
        events = core.decide(self.branch, request, self.at)
        for event in events:
            self._apply(event)
        core.reply(self.branch, request, events, {}, self.at)

    def _apply(self, event: e.AnyEvent) -> None:
        core.apply(self.branch, event)


def cost_of_visit_s(day: FullDay, rounds: int = 200) -> float:
    """Give the seconds that one round costs, as the mean of ``rounds``."""
    began = time.perf_counter()
    for _ in range(rounds):
        day.round()
    return (time.perf_counter() - began) / rounds


def cost_ratio(
    configuration: Configuration, at: datetime, *, small: int = 100, large: int = 100_000, turns: int = 15
) -> CostRatio:
    """Compare a day of ``small`` visits with one of ``large``; the best of ``turns`` taken in turns.

    ``at`` is an aware UTC instant on a working day. The small day is made anew each turn, so that it stays small.
    """
    large_day = FullDay(configuration, at, large)
    gc.collect()
    small_s, large_s = [], []
    for _ in range(turns):
        small_s.append(cost_of_visit_s(FullDay(configuration, at, small)))
        large_s.append(cost_of_visit_s(large_day))
    return CostRatio(min(small_s), min(large_s))
