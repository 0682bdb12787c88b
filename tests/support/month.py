"""Some weeks of a ward's hall with people who are simulated, so that its figures look like those of a real one."""

import random
from datetime import datetime
from functools import cache
from pathlib import Path

from motcua.bench.estimates.playing import FIRST_DAY
from motcua.bench.recorded_days import recorded_days, simulated_hall
from protocol.events import AnyEvent, RatingOpened, VisitRated
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
    events: list[AnyEvent] = []
    for event in weeks(days, tickets, seed):
        events.append(event)
        if isinstance(event, RatingOpened) and event.closes_at > event.at and chance.random() < ANSWERING:
            events.append(rated(event, chance, "keypad"))
    return tuple(events)


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
