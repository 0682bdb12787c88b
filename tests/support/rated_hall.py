"""Weeks of a hall whose citizens rate, by keypads and on paper; some keys fall silent, some are played with."""

import random
from collections.abc import Iterator
from datetime import timedelta
from functools import cache
from itertools import count

from protocol import events as e
from protocol.ballot_events import BallotsDrawn
from protocol.ballots import CODE_ALPHABET, CODE_SIGNS, Ballot, checked_code
from protocol.commands import FunctionDescription, RatingChannel
from protocol.events import PressFlag
from tests.support.month import weeks

ANSWERING = 0.34
SILENT_COUNTER = "counter-2"
SILENT_DAYS = (4, 6)
"""From the fourth business day to the sixth the keypad of one counter is gone."""
SHARES = (0.93, 0.9, 0.78, 0.95, 0.88, 0.6)
REASONS = ("attitude", "unclear", "late_result", "many_trips")
FLAGS: tuple[PressFlag, ...] = ("debounce", "no_open_window", "too_soon", "stale_window")


@cache
def rated_hall(days: int = 20, tickets: int = 150, seed: int = 1) -> tuple[e.AnyEvent, ...]:
    """Play so many working days; gives the log's events."""
    return tuple(_told(weeks(days, tickets, seed), random.Random(seed)))


def _told(events: tuple[e.AnyEvent, ...], chance: random.Random) -> Iterator[e.AnyEvent]:
    counters: set[str] = set()
    day, numbers = 0, count(1)
    for event in events:
        yield event
        match event:
            case e.ClerkSignedIn() if event.counter_id not in counters:
                counters.add(event.counter_id)
                yield _paired(event.counter_id, event)
            case e.DayOpened():
                day += 1
                if day in SILENT_DAYS:
                    yield e.DeviceReported(
                        at=event.at,
                        device_id=f"keys-{SILENT_COUNTER}",
                        function_id=f"keys-{SILENT_COUNTER}",
                        state="gone" if day == SILENT_DAYS[0] else "ok",
                    )
            case e.RatingOpened() if event.closes_at > event.at:
                yield from _after(event, chance, day, next(numbers))
            case _:
                pass


def _after(asked: e.RatingOpened, chance: random.Random, day: int, number: int) -> Iterator[e.AnyEvent]:
    is_silent = asked.counter_id == SILENT_COUNTER and SILENT_DAYS[0] <= day < SILENT_DAYS[1]
    if chance.random() < ANSWERING and not is_silent:
        yield _rated(asked, chance, "keypad")
    if chance.random() < 0.02:
        yield _stray(asked, chance, number)
    if chance.random() < 0.05:
        yield _drawn(asked, number)
        if chance.random() < 0.5:
            yield _rated(asked, chance, "paper")


def _paired(counter_id: str, event: e.AnyEvent) -> e.DevicePaired:
    name = f"keys-{counter_id}"
    function = FunctionDescription(function_id=name, kind="rating_keypad", counter_id=counter_id)
    return e.DevicePaired(at=event.at, device_id=name, name=name, public_key="0" * 40, functions=(function,))


def _rated(asked: e.RatingOpened, chance: random.Random, channel: RatingChannel) -> e.VisitRated:
    number = int(asked.counter_id.rpartition("-")[2])
    is_good = chance.random() < SHARES[number % len(SHARES)]
    return e.VisitRated(
        at=asked.at + timedelta(seconds=5),
        counter_id=asked.counter_id,
        clerk_id=asked.clerk_id,
        visit_id=asked.visit_id,
        service_id=asked.service_id,
        channel=channel,
        scale_id=asked.scale_id,
        level=chance.choice((1, 1, 2)) if is_good else chance.choice((3, 4)),
        reasons=() if is_good else tuple(chance.sample(REASONS, k=chance.randint(0, 2))),
    )


def _stray(asked: e.RatingOpened, chance: random.Random, number: int) -> e.RatingPressed:
    return e.RatingPressed(
        at=asked.at,
        press_id=f"{number:032x}",
        device_id=f"keys-{asked.counter_id}",
        function_id=f"keys-{asked.counter_id}",
        counter_id=asked.counter_id,
        channel="keypad",
        level=chance.choice((1, 1, 1, 3)),
        pressed_at=asked.at,
        flag=chance.choice(FLAGS),
    )


def _drawn(asked: e.RatingOpened, number: int) -> BallotsDrawn:
    signs = ""
    for _ in range(CODE_SIGNS):
        number, place = divmod(number, len(CODE_ALPHABET))
        signs += CODE_ALPHABET[place]
    ballot = Ballot(
        code=checked_code(signs),
        channel="paper",
        draw_id="0" * 32,
        day=asked.at.date().isoformat(),
        drawn_at=asked.at,
        scale_id=asked.scale_id,
        visit_id=asked.visit_id,
        counter_id=asked.counter_id,
        clerk_id=asked.clerk_id,
        service_id=asked.service_id,
    )
    return BallotsDrawn(at=asked.at, draw_id="0" * 32, ballots=(ballot,))
