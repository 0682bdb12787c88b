"""The people of a simulated day, drawn from a seed: who comes when, for what, and how they behave.

Arrivals, mixes and service times follow what halls of this kind report (see docs/demo.md); the same seed and day always
give the same people. Nothing here knows of processes, sockets or the hall's rules: a person is a plan that the
simulated citizens and clerks then act out on the real programs.
"""

import math
import random
from dataclasses import dataclass
from typing import Final, Literal

DayKind = Literal["ward", "large"]

HALF_HOUR_S: Final = 1800
FIRST_ARRIVALS_S: Final = 7 * 3600 + HALF_HOUR_S
"""Kiosks give numbers from 07:30, half an hour before the counters open."""

ARRIVALS_PER_HALF_HOUR: Final[dict[DayKind, tuple[int, ...]]] = {
    "ward": (14, 20, 19, 17, 14, 11, 8, 5, 2, 0, 0, 8, 12, 11, 9, 6, 3, 1, 0),
    "large": (24, 32, 30, 26, 21, 16, 12, 8, 3, 0, 0, 14, 20, 18, 15, 11, 7, 3, 0),
}
"""160 and 260 tickets, with a peak after opening and no arrivals at lunch."""

SERVICE_SHARES: Final[dict[DayKind, dict[str, float]]] = {
    "ward": {
        "certification": 55,
        "civil_status": 15,
        "land": 8,
        "welfare": 7,
        "business": 4,
        "results": 8,
        "guidance": 3,
    },
    "large": {
        "land": 45,
        "business": 20,
        "civil_status": 8,
        "certification": 7,
        "welfare": 8,
        "results": 12,
    },
}

SERVICE_TIMES: Final[dict[str, tuple[float, float]]] = {
    "certification": (6, 0.6),
    "civil_status": (14, 0.5),
    "land": (34, 0.5),
    "welfare": (14, 0.5),
    "business": (18, 0.5),
    "results": (4, 0.5),
    "guidance": (4, 0.6),
    "residence": (10, 0.5),
}
"""Minutes at the counter: mean and coefficient of variation of a log-normal distribution."""

PRIORITY_SHARE: Final = 0.08
NO_SHOW_SHARE: Final = 0.06
NO_SHOW_RETURNS_SHARE: Final = 0.4
RESPONSE_SHARE: Final = 0.35
CANCEL_SHARE: Final = 0.01
DOUBLE_PRESS_SHARE: Final = 0.1
ENGLISH_SHARE: Final = 0.03
TRANSFER_SHARE: Final = 0.02
PARK_SHARE: Final = 0.02
PRIORITY_CLASSES: Final = ("elderly", "disabled", "pregnant", "merit")
LEVEL_SHARES: Final = (52, 33, 10, 5)
"""Very satisfied, satisfied, neutral, not satisfied."""

Ending = Literal["served", "transferred", "parked", "no_show", "no_show_returns", "cancels"]


@dataclass(frozen=True)
class Person:
    """One citizen's plan. Times of day are seconds after midnight at the branch; durations are hall seconds."""

    index: int
    arrives_s: float
    service_id: str
    priority_class_id: str
    language: Literal["vi", "en"]
    double_tap: bool
    walking_s: float
    service_s: float
    ending: Ending
    outcome_key: str
    rating_level: int
    """0 = gives no rating."""
    rating_after_s: float
    rating_presses: int


def people_of_day(day: DayKind, seed: int) -> tuple[Person, ...]:
    """Draw everyone who comes on a day, in the order of arrival."""
    chance = random.Random(f"{day}/{seed}")
    arrivals = sorted(
        FIRST_ARRIVALS_S + (slot + chance.random()) * HALF_HOUR_S
        for slot, count in enumerate(ARRIVALS_PER_HALF_HOUR[day])
        for _ in range(count)
    )
    return tuple(_person(index, arrives_s, day, chance) for index, arrives_s in enumerate(arrivals))


def _person(index: int, arrives_s: float, day: DayKind, chance: random.Random) -> Person:
    shares = SERVICE_SHARES[day]
    service_id = chance.choices(tuple(shares), tuple(shares.values()))[0]
    answers = chance.random() < RESPONSE_SHARE
    return Person(
        index=index,
        arrives_s=arrives_s,
        service_id=service_id,
        priority_class_id=chance.choice(PRIORITY_CLASSES) if chance.random() < PRIORITY_SHARE else "usual",
        language="en" if chance.random() < ENGLISH_SHARE else "vi",
        double_tap=chance.random() < DOUBLE_PRESS_SHARE,
        walking_s=chance.uniform(8, 40),
        service_s=_service_s(service_id, chance),
        ending=_ending(chance),
        outcome_key="2" if service_id == "results" else "3" if service_id == "guidance" else chance.choice("1114"),
        rating_level=chance.choices((1, 2, 3, 4), LEVEL_SHARES)[0] if answers else 0,
        rating_after_s=chance.uniform(3, 40),
        rating_presses=2 if chance.random() < DOUBLE_PRESS_SHARE else 1,
    )


def _service_s(service_id: str, chance: random.Random) -> float:
    """A log-normal time with the given mean and variation; 30 s at least, since nobody is served in an instant."""
    mean_min, variation = SERVICE_TIMES[service_id]
    sigma = math.sqrt(math.log(1 + variation**2))
    return max(30.0, 60 * chance.lognormvariate(math.log(mean_min) - sigma**2 / 2, sigma))


def _ending(chance: random.Random) -> Ending:
    draw = chance.random()
    for share, ending in (
        (CANCEL_SHARE, "cancels"),
        (NO_SHOW_SHARE * NO_SHOW_RETURNS_SHARE, "no_show_returns"),
        (NO_SHOW_SHARE * (1 - NO_SHOW_RETURNS_SHARE), "no_show"),
        (TRANSFER_SHARE, "transferred"),
        (PARK_SHARE, "parked"),
    ):
        if draw < share:
            return ending  # type: ignore[return-value]  # The literals above are the type's own.
        draw -= share
    return "served"
