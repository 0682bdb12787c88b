"""What a simulated hall is truly like, drawn from a seed: its clerks, its work, and what each day brings.

Nothing in here is taken from the estimator, and most of it is what the estimator's own model leaves out: clerks of
different speed who differ by service, newcomers who learn, work that grows longer over weeks, a new form from one day
to the next, a slow national portal for an hour or two, tiredness, haste when many wait, batches, days that are full,
unplanned absence, breaks that nobody enters, lunch that begins early and ends late, and citizens who give up.

Volumes, mixes and mean service times are those of the demonstration's people (see docs/demo.md). A hall and a day are
functions of their seeds; nothing knows of the rules or of a clock.
"""

import math
import random
from dataclasses import dataclass
from typing import Final, Literal

from motcua.demo.people import (
    ARRIVALS_PER_HALF_HOUR,
    FIRST_ARRIVALS_S,
    HALF_HOUR_S,
    PRIORITY_CLASSES,
    PRIORITY_SHARE,
    SERVICE_TIMES,
    DayKind,
)

MINUTE_S: Final = 60.0
HOUR_S: Final = 3600.0
WEEKDAY_LOADS: Final = (1.2, 1.0, 0.95, 0.95, 0.9)
"""Monday to Friday."""

Ending = Literal["served", "no_show", "no_show_returns", "transferred", "parked", "comes_back"]
_ENDINGS: Final[tuple[tuple[Ending, float], ...]] = (
    ("no_show", 0.04),
    ("no_show_returns", 0.02),
    ("transferred", 0.02),
    ("parked", 0.02),
    ("comes_back", 0.02),
)


@dataclass(frozen=True)
class Character:
    """What kind of hall it is: how many come for what, and how many of its counters are staffed for how much work."""

    name: str
    rhythm: DayKind
    tickets: int
    shares: dict[str, float]
    counters: tuple[str, ...]
    shared_profile_id: str = ""
    """The work profile to which a clerk changes while many wait; none changes when it is empty."""
    shared_queue_id: str = ""


@dataclass(frozen=True)
class Clerk:
    """A clerk's ways."""

    clerk_id: str
    counter_id: str
    speed: float
    """A factor on every service time."""
    speed_at: dict[str, float]
    """A further factor per service."""
    newcomer_from: int
    """The day on which a newcomer takes over this counter, to be slow at first; -1 for never."""
    late_s: float
    lunch_early_s: float
    lunch_late_s: float
    forgets_pause: float
    away_weekday: int
    """The weekday on whose afternoon the clerk works elsewhere; -1 for none."""


@dataclass(frozen=True)
class Citizen:
    """One citizen's plan; times of day are seconds after midnight."""

    arrives_s: float
    service_id: str
    priority_class_id: str
    work_s: float
    """What the work would take a clerk of speed 1 on the hall's first day."""
    walking_s: float
    patience_s: float
    says_goodbye: bool
    ending: Ending


@dataclass(frozen=True)
class Stint:
    """A stretch in which a clerk is meant to serve."""

    from_s: float
    to_s: float


@dataclass(frozen=True)
class Rest:
    """A break: when it is wanted, how long it is, and whether the counter is paused for it."""

    at_s: float
    lasts_s: float
    entered: bool


@dataclass(frozen=True)
class Shift:
    """A clerk's day; no stints when the clerk does not come."""

    clerk: Clerk
    stints: tuple[Stint, ...]
    rests: tuple[Rest, ...]


@dataclass(frozen=True)
class DayPlan:
    """Everything that a day brings."""

    index: int
    weekday: int
    citizens: tuple[Citizen, ...]
    shifts: tuple[Shift, ...]
    slow_spells: tuple[tuple[float, float, float], ...]
    """From, to, factor: while the national portal is slow, so is everybody."""
    crowded_at: int
    """How many must wait in the shared queue until one clerk changes to its work profile."""


class Nature:
    """A hall as it truly is, over all its days."""

    def __init__(self, character: Character, seed: int) -> None:
        chance = random.Random(f"{character.name}/{seed}")
        self.character = character
        self._seed = seed
        self._procedures = {service_id: _procedures(chance) for service_id in character.shares}
        self._drift = {service_id: chance.gauss(0, 0.004) for service_id in character.shares}
        self._new_form = {
            service_id: (chance.randrange(8, 45), chance.uniform(0.75, 1.4))
            for service_id in character.shares
            if chance.random() < 0.6  # noqa: PLR2004 -- most services see one.
        }
        self.clerks = tuple(_clerk(counter_id, character, chance) for counter_id in character.counters)

    def work_factor(self, service_id: str, day: int) -> float:
        """How much longer a service takes on a day than on the first: drift over weeks, and a new form at once."""
        begins, factor = self._new_form.get(service_id, (0, 1.0))
        return math.exp(self._drift[service_id] * min(day, 60)) * (factor if day >= begins else 1.0)

    def clerk_factor(self, clerk: Clerk, service_id: str, day: int) -> float:
        """How much longer this clerk takes than a clerk of speed 1; newcomers learn over some weeks."""
        factor = clerk.speed * clerk.speed_at[service_id]
        since = day - clerk.newcomer_from
        return factor * (1 + 0.7 * math.exp(-since / 8)) if clerk.newcomer_from >= 0 <= since else factor

    def day(self, index: int) -> DayPlan:
        """Draw a day."""
        chance = random.Random(f"{self.character.name}/{self._seed}/{index}")
        weekday = index % 5
        load = WEEKDAY_LOADS[weekday] * chance.gammavariate(40, 1 / 40)
        if chance.random() < 0.04:  # noqa: PLR2004 -- one day in a month: after holidays, or a campaign.
            load *= 1.5
        slow: tuple[tuple[float, float, float], ...] = ()
        if chance.random() < 0.12:  # noqa: PLR2004 -- some days in a month.
            begins_s = chance.uniform(8.5, 15.5) * HOUR_S
            slow = ((begins_s, begins_s + chance.uniform(0.5, 2.5) * HOUR_S, chance.uniform(1.3, 2.2)),)
        return DayPlan(
            index=index,
            weekday=weekday,
            citizens=tuple(sorted(self._citizens(load, weekday, chance), key=lambda citizen: citizen.arrives_s)),
            shifts=tuple(_shift(clerk, weekday, chance) for clerk in self.clerks),
            slow_spells=slow,
            crowded_at=chance.randrange(10, 18),
        )

    def _citizens(self, load: float, weekday: int, chance: random.Random) -> list[Citizen]:
        character = self.character
        rhythm = ARRIVALS_PER_HALF_HOUR[character.rhythm]
        scale = load * character.tickets / sum(rhythm)
        found: list[Citizen] = []
        for slot, count in enumerate(rhythm):
            friday_afternoon = weekday == 4 and slot > 8  # noqa: PLR2004 -- Friday; the afternoon's half hours.
            mean = count * scale * (0.7 if friday_afternoon else 1.0) * chance.gammavariate(8, 1 / 8)
            expected = mean
            while expected > 0:
                if chance.random() >= min(1.0, expected):
                    break
                arrives_s = FIRST_ARRIVALS_S + (slot + chance.random()) * HALF_HOUR_S
                came = self._party(arrives_s, chance)
                found += came
                expected -= len(came)
        return found

    def _party(self, arrives_s: float, chance: random.Random) -> list[Citizen]:
        """One citizen, or now and then a batch: a courier, or a busload, all for the same service."""
        shares = self.character.shares
        service_id = chance.choices(tuple(shares), tuple(shares.values()))[0]
        size = chance.randrange(3, 8) if chance.random() < 0.015 else 1  # noqa: PLR2004 -- one or two a day.
        return [self._citizen(arrives_s + 25 * index, service_id, chance) for index in range(size)]

    def _citizen(self, arrives_s: float, service_id: str, chance: random.Random) -> Citizen:
        mean_min, variation = SERVICE_TIMES[service_id]
        procedure = chance.choices(self._procedures[service_id], [share for share, _ in self._procedures[service_id]])
        sigma = math.sqrt(math.log(1 + variation**2))
        work_s = mean_min * MINUTE_S * procedure[0][1] * chance.lognormvariate(-(sigma**2) / 2, sigma)
        draw = chance.random()
        ending: Ending = "served"
        for name, share in _ENDINGS:
            if 0 <= draw < share:
                ending = name
            draw -= share
        return Citizen(
            arrives_s=arrives_s,
            service_id=service_id,
            priority_class_id=chance.choice(PRIORITY_CLASSES) if chance.random() < PRIORITY_SHARE else "usual",
            work_s=work_s,
            walking_s=chance.uniform(8, 45),
            patience_s=chance.lognormvariate(math.log(2.8 * HOUR_S), 0.6),
            says_goodbye=chance.random() < 0.3,  # noqa: PLR2004 -- most who give up just leave.
            ending=ending,
        )


def _procedures(chance: random.Random) -> tuple[tuple[float, float], ...]:
    """Give the (share, factor) of the procedures behind one service, short and long ones, 1 on the average."""
    drawn = [(chance.uniform(0.2, 1.0), chance.lognormvariate(0, 0.35)) for _ in range(chance.randrange(2, 5))]
    total = sum(share for share, _ in drawn)
    mean = sum(share * factor for share, factor in drawn) / total
    return tuple((share / total, factor / mean) for share, factor in drawn)


def _clerk(counter_id: str, character: Character, chance: random.Random) -> Clerk:
    return Clerk(
        clerk_id=f"clerk-{counter_id.removeprefix('counter-')}",
        counter_id=counter_id,
        speed=chance.lognormvariate(0, 0.18),
        speed_at={service_id: chance.lognormvariate(0, 0.12) for service_id in character.shares},
        newcomer_from=chance.randrange(8, 45) if chance.random() < 0.25 else -1,  # noqa: PLR2004 -- one in four changes.
        late_s=chance.uniform(-2, 6) * MINUTE_S,
        lunch_early_s=chance.uniform(0, 12) * MINUTE_S,
        lunch_late_s=chance.uniform(-1, 8) * MINUTE_S,
        forgets_pause=chance.uniform(0, 0.7),
        away_weekday=chance.randrange(5) if chance.random() < 0.2 else -1,  # noqa: PLR2004 -- one in five.
    )


def _shift(clerk: Clerk, weekday: int, chance: random.Random) -> Shift:
    """Draw a clerk's day: mostly both halves; sometimes none, or half of it, without any notice."""

    def about(hour: float, offset_s: float, spread_min: float) -> float:
        return hour * HOUR_S + offset_s + chance.gauss(0, spread_min) * MINUTE_S

    morning = Stint(about(8, clerk.late_s, 2), about(12, -clerk.lunch_early_s, 4))
    afternoon = Stint(about(13, clerk.lunch_late_s, 3), 17 * HOUR_S)
    stints = [morning, afternoon]
    draw = chance.random()
    if draw < 0.04:  # noqa: PLR2004 -- ill for the day.
        stints = []
    elif draw < 0.07:  # noqa: PLR2004 -- called to a meeting, from some moment on.
        leaves_s = chance.uniform(8.5, 15.5) * HOUR_S
        back_s = leaves_s + chance.uniform(0.75, 2) * HOUR_S
        stints = [
            Stint(max(stint.from_s, begins_s), min(stint.to_s, ends_s))
            for stint in stints
            for begins_s, ends_s in ((0.0, leaves_s), (back_s, 24 * HOUR_S))
        ]
    if weekday == clerk.away_weekday:
        stints = [stint for stint in stints if stint.from_s < 12.5 * HOUR_S]
    rests = [
        Rest(about(hour, 0, 25), chance.uniform(6, 18) * MINUTE_S, chance.random() >= clerk.forgets_pause)
        for hour in (9.75, 15.25)
        if chance.random() < 0.7  # noqa: PLR2004 -- most take their tea.
    ]
    return Shift(clerk, tuple(stint for stint in stints if stint.to_s - stint.from_s > 5 * MINUTE_S), tuple(rests))
