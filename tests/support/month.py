"""Some weeks of a ward's hall with people who are simulated, so that its figures look like those of a real one."""

import random
import tomllib
from datetime import datetime
from functools import cache
from pathlib import Path

import msgspec

from motcua.bench.estimates.playing import FIRST_DAY
from motcua.bench.recorded_days import recorded_days, simulated_hall
from protocol.commands import FunctionDescription
from protocol.evaluation import EvaluationForm
from protocol.events import AnyEvent, ConfigurationChanged, DevicePaired, RatingOpened, VisitRated
from protocol.message import RatingChannel
from protocol.month_events import MonthClosed
from protocol.months import ClosedMonth
from queue_server.reporting.month_snapshot import canonical, hash_of
from queue_server.reporting.month_tables import read_month
from queue_server.reporting.tables import REPORTS_FILE

FIRST = FIRST_DAY.isoformat()
MONTH = FIRST[:7]
ANSWERING = 0.4


@cache
def weeks(days: int, tickets: int = 150, seed: int = 1) -> tuple[AnyEvent, ...]:
    """Play so many working days from the first Monday on; gives the log's events."""
    return tuple(recorded_days(simulated_hall("ward 1", tickets, seed), days))


@cache
def rated_weeks(days: int, tickets: int = 60, seed: int = 1) -> tuple[AnyEvent, ...]:
    """Play the same with some who rate: four in ten of those asked, each clerk with another share of satisfied."""
    chance = random.Random(seed)
    first, *others = weeks(days, tickets, seed)
    assert isinstance(first, ConfigurationChanged), "a log begins with a configuration"
    events: list[AnyEvent] = [first, keypads_of(first)]
    for event in others:
        events.append(event)
        if isinstance(event, RatingOpened) and event.closes_at > event.at and chance.random() < ANSWERING:
            events.append(rated(event, chance, "keypad"))
    return tuple(events)


def keypads_of(hall: ConfigurationChanged) -> DevicePaired:
    """Give each counter a rating keypad."""
    return DevicePaired(
        at=hall.at,
        device_id="keypads",
        name="",
        public_key="k" * 40,
        functions=tuple(
            FunctionDescription(function_id=f"key-{one.counter_id}", kind="rating_keypad", counter_id=one.counter_id)
            for one in hall.configuration.counters
        ),
    )


def rated(asked: RatingOpened, chance: random.Random, channel: RatingChannel, at: datetime | None = None) -> VisitRated:
    """Rate a visit that was asked, at that instant or another."""
    bent = 0.75 + len(asked.clerk_id) % 3 / 12
    return VisitRated(
        at=at or asked.at,
        counter_id=asked.counter_id,
        clerk_id=asked.clerk_id,
        visit_id=asked.visit_id,
        service_id=asked.service_id,
        channel=channel,
        scale_id=asked.scale_id,
        level=1 if chance.random() < bent else 3,
    )


def closing_of(state: Path, month: str, at: datetime) -> MonthClosed:
    """Give the event by which a month is closed now, by what the report tables tell."""
    figures = read_month(state / REPORTS_FILE, month).figures
    closed = ClosedMonth(
        month=month,
        seq=figures.seq,
        snapshot_hash=hash_of(canonical(figures)),
        closed_at=at,
        by_clerk_id="boss",
    )
    return MonthClosed(at=at, closed=closed)


@cache
def evaluated_weeks(days: int) -> tuple[AnyEvent, ...]:
    """Give the same with the shipped form by which clerks' months are evaluated."""
    file = tomllib.loads((Path(__file__).parents[2] / "config" / "catalogue" / "evaluation.toml").read_text("utf-8"))
    forms = msgspec.convert(file["evaluation_forms"], tuple[EvaluationForm, ...])
    first, *others = rated_weeks(days)
    assert isinstance(first, ConfigurationChanged), "a log begins with a configuration"
    return (
        msgspec.structs.replace(
            first, configuration=msgspec.structs.replace(first.configuration, evaluation_forms=forms)
        ),
        *others,
    )
