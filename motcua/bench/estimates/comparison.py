"""Play simulated halls day by day, let every method say how long a citizen will wait, and see who was right.

The first days of a hall are for learning alone. After them every n-th citizen is told a range just as a real server
would tell it: from a snapshot of the branch at that instant and from what its own log has taught it so far. The real
wait is the one until the first call.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import msgspec

from motcua.bench.estimates import clerks
from motcua.bench.estimates.nature import Character, Citizen, Nature
from motcua.bench.estimates.playing import UTC_OFFSET_S, Stage, open_branch
from motcua.bench.estimates.rivals import RIVALS, Seen
from motcua.demo.people import SERVICE_SHARES
from protocol.configuration import Configuration
from protocol.estimates import Estimate
from queue_server import core
from queue_server.config import load
from queue_server.core.snapshot import Snapshot
from queue_server.estimate import estimate

OURS: Final = "ours"
LEARNING_DAYS: Final = 12
FUTURES: Final = 60
"""The server plays up to 200; fewer make the estimate no better, only the measurement shorter."""


@dataclass(frozen=True)
class Hall:
    """One hall of the comparison."""

    name: str
    character: Character
    configuration: Configuration
    every: int
    """Every how many citizens one is told; a large hall has many."""
    seed: int


class Told(msgspec.Struct, frozen=True):
    """What one citizen was told by each method (seconds), and what came of it."""

    hall: str
    day: int
    hour: float
    priority: bool
    has_to_wait: bool
    waited_s: float
    points: dict[str, float]
    """By method: the one wait that it names."""
    high_s: float
    """The upper end of our range."""


@dataclass
class _Question:
    visit_id: str
    hour: float
    priority: bool
    has_to_wait: bool
    points: dict[str, float]
    estimate: Estimate | None


def halls(configurations: dict[str, Configuration], seed: int) -> tuple[Hall, ...]:
    """Give the halls: a ward's, a commune's whose counters serve everything, and a large one; two of each."""
    kinds = {"ward": (175, 6), "commune": (95, 4), "large": (245, 9)}
    return tuple(
        Hall(
            f"{kind} {number}",
            _character(f"{kind} {number}", kind, tickets, configurations[kind]),
            configurations[kind],
            every,
            seed,
        )
        for number in (1, 2)
        for kind, (tickets, every) in kinds.items()
    )


def configurations() -> dict[str, Configuration]:
    """Read the halls that the repository brings, and make a commune's of the ward's."""
    from motcua.bench.branch import CONFIG

    ward, _ = load(CONFIG / "branch.toml")
    large, _ = load(CONFIG / "demo" / "large.toml")
    queue_ids = tuple(queue.queue_id for queue in ward.queues)
    commune = msgspec.structs.replace(
        ward,
        branch_id="commune",
        counters=ward.counters[:3],
        work_profiles=tuple(
            msgspec.structs.replace(profile, primary_queue_ids=queue_ids, backup_queue_ids=())
            for profile in ward.work_profiles
        ),
    )
    return {"ward": ward, "commune": commune, "large": large}


def _character(name: str, kind: str, tickets: int, configuration: Configuration) -> Character:
    crowded = {"ward": ("certification-first", "certification"), "large": ("land-first", "land")}
    profile_id, queue_id = crowded.get(kind, ("", ""))
    return Character(
        name=name,
        rhythm="large" if kind == "large" else "ward",
        tickets=tickets,
        shares=SERVICE_SHARES["large" if kind == "large" else "ward"],
        counters=tuple(counter.counter_id for counter in configuration.counters),
        shared_profile_id=profile_id,
        shared_queue_id=queue_id,
    )


class Comparison:
    """One hall over its days, of which the first so many only teach."""

    def __init__(self, hall: Hall, learning_days: int = LEARNING_DAYS) -> None:
        self._hall = hall
        self._learning_days = learning_days
        self._nature = Nature(hall.character, hall.seed)
        self._branch = open_branch(hall.configuration)
        self._chance = random.Random(f"{hall.name}/{hall.seed}/futures")
        self._came = 0
        self._asked: list[_Question] = []
        self.silent = 0
        """How many were told nothing, for want of history."""

    def play(self, days: int) -> Iterator[Told]:
        """Play so many days, the learning days included, and give what was told on the others."""
        for index in range(days):
            self._asked = []
            stage = Stage(self._branch, self._nature, self._nature.day(index), self._watch, clerks.serve)
            stage.play()
            if index >= self._learning_days:
                yield from self._outcomes(stage)

    def _watch(self, branch: core.Branch, visit_id: str, citizen: Citizen, stage: Stage) -> core.Facts | None:
        self._came += 1
        if self._came % self._hall.every:
            return None
        pair = (citizen.service_id, citizen.priority_class_id)
        snapshot = _as_sent(core.take_snapshot(branch, stage.at))
        told = estimate(snapshot, self._chance, futures=FUTURES, only=pair).get(pair)
        seen = Seen(snapshot, branch, *pair)
        points = (
            {name: point(seen) for name, point in RIVALS.items()} if stage.plan.index >= self._learning_days else {}
        )
        hour, is_priority = snapshot.now_s / 3600, citizen.priority_class_id != "usual"
        self._asked.append(_Question(visit_id, hour, is_priority, seen.has_to_wait(), points, told))
        return core.Facts(utc_offset_s=UTC_OFFSET_S, estimate=told)

    def _outcomes(self, stage: Stage) -> Iterator[Told]:
        for asked in self._asked:
            waited_s = stage.first_waits_s.get(asked.visit_id)
            if asked.estimate is None:
                self.silent += 1
            elif waited_s is not None:
                yield Told(
                    hall=self._hall.name,
                    day=stage.plan.index,
                    hour=asked.hour,
                    priority=asked.priority,
                    has_to_wait=asked.has_to_wait,
                    waited_s=waited_s,
                    points={OURS: float(asked.estimate.low_s), **asked.points},
                    high_s=float(asked.estimate.high_s),
                )


def _as_sent(snapshot: Snapshot) -> Snapshot:
    """Give the snapshot as the estimating process reads it from its pipe."""
    return msgspec.json.decode(msgspec.json.encode(snapshot), type=Snapshot)
