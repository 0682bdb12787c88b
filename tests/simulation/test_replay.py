"""A recorded day that is played under its own rules comes out as it was: the same calls, in the same order."""

import random
from collections import Counter

import msgspec
import pytest

from motcua.bench.recorded_days import recorded_days, simulated_hall
from protocol import events as e
from protocol.configuration import Configuration, KioskRange
from queue_server.replay.player import Played, play
from queue_server.replay.recorder import record
from queue_server.replay.story import Called, Story
from tests.simulation.branch import _next_day
from tests.support.everyday import Everyday
from tests.support.halls import small_hall
from tests.support.tables import Table

OWN = (KioskRange(function_id="kiosk-1", prefix="H", first=21, last=80),)


def stories(events: list[e.AnyEvent], configuration: Configuration) -> list[Story]:
    """Tell the story of every closed day."""
    openings = [index for index, event in enumerate(events) if isinstance(event, e.DayOpened)]
    told = []
    for begin, end in zip(openings, [*openings[1:], len(events)], strict=True):
        story = record(enumerate(events[begin:end], begin), configuration)
        told += [story] if story is not None else []
    return told


def recorded(events: list[e.AnyEvent], day: Story) -> list[tuple[object, ...]]:
    """Read a day's calls from the log itself."""
    return [
        (event.at, event.visit_id, event.counter_id, event.clause)
        for event in events
        if isinstance(event, e.VisitCalled) and day.opened.at <= event.at < day.closed_at
    ]


def bare(calls: list[Called]) -> list[tuple[object, ...]]:
    return [(call.at, call.visit_id, call.counter_id, call.clause) for call in calls]


def same_again(events: list[e.AnyEvent], configuration: Configuration) -> Counter[str]:
    """Assert that each day comes out as it was; gives how often each clause called."""
    clauses: Counter[str] = Counter()
    for day in stories(events, configuration):
        played = play(day, configuration)
        assert bare(played.calls) == recorded(events, day), f"{day.opened.day} came out otherwise"
        assert day.strange == {}
        assert +played.unrepeated == {}, f"{day.opened.day}: all of it can be repeated"
        clauses.update(call.clause for call in played.calls)
    return clauses


@pytest.mark.parametrize("name", ["ward 1", "commune 1", "large 2"])
def test_an_unchanged_hall_calls_the_same_in_the_same_order(name: str) -> None:
    hall = simulated_hall(name, 150, 11)
    clauses = same_again(recorded_days(hall, 3), hall.configuration)
    assert clauses["guarantee"] + clauses["priority"] > 250, clauses


@pytest.mark.parametrize("seed", [1, 2, 3, 4])
def test_whatever_staff_do_with_a_day_it_comes_out_the_same(seed: int) -> None:
    table = Table(small_hall(kiosk_ranges=OWN))
    everyday = Everyday(table, random.Random(seed))
    for step in range(1, 2401):
        table.say(_next_day(table) if step % 800 == 0 else everyday.line())
        if step % 800 == 0:
            everyday.off_line = 20
    events = table.hall.events()
    clauses = Counter[str]()
    for day in stories(events, table.hall.branch.configuration):
        played = play(day, table.hall.branch.configuration)
        assert bare(played.calls) == recorded(events, day), f"seed {seed}: {day.opened.day} came out otherwise"
        assert day.strange == {}
        assert set(+played.unrepeated) <= {"need_unknown"}, "only what the closing cut short is not known"
        clauses.update(call.clause for call in played.calls)
    assert {"priority", "chosen", "resumed"} <= set(clauses), f"seed {seed}: {clauses}"


def test_more_counters_for_a_queue_shorten_its_waits_and_lose_nobody() -> None:
    hall = simulated_hall("ward 1", 175, 11)
    draft = everybody_helps(hall.configuration)
    changed, waits = 0, [0.0, 0.0]
    for day in stories(recorded_days(hall, 3), hall.configuration):
        played = play(day, draft)
        changed += bare(played.calls) != bare(day.calls)
        waits = [waits[0] + waited_s(day, day.calls), waits[1] + waited_s(day, played.calls)]
        assert len(played.visit_ids) == len(day.visits)
        assert_possible(day, played)
    assert changed == 3, "a draft that changes who calls whom must change something"
    assert waits[1] < waits[0], f"{waits}: when all counters help everywhere, people wait less"


def everybody_helps(configuration: Configuration) -> Configuration:
    """Let every work profile help all queues at once."""
    queues = tuple(one.queue_id for one in configuration.queues)
    profiles = tuple(
        msgspec.structs.replace(one, primary_queue_ids=queues, backup_queue_ids=())
        for one in configuration.work_profiles
    )
    return msgspec.structs.replace(configuration, configuration_id="c" * 64, work_profiles=profiles)


def waited_s(day: Story, calls: list[Called]) -> float:
    """Give the seconds that all waited until their first call."""
    first: dict[str, Called] = {}
    for call in calls:
        first.setdefault(call.visit_id, call)
    return sum((call.at - day.visits[visit_id].taken.at).total_seconds() for visit_id, call in first.items())


def assert_possible(day: Story, played: Played) -> None:
    """No counter calls two at once, none before it was opened, and nobody before they came."""
    opened = {one.counter_id: one.at for one in reversed(day.presences) if one.done == "open"}
    for call in played.calls:
        assert call.at >= day.visits[call.visit_id].taken.at
        assert call.at >= opened[call.counter_id]
    at_once = Counter((call.counter_id, call.at) for call in played.calls)
    assert max(at_once.values()) == 1
