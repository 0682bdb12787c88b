"""What an estimate needs to know of a branch: the hall as it stands, in plain figures, small enough to send often.

Taking the snapshot costs the loop one walk along the waiting lines; the simulation itself runs in another process
(``queue_server.estimate``), and its result comes back as an input like any other.
"""

import math
from datetime import datetime
from itertools import islice
from typing import Literal

import msgspec

from protocol.estimates import Learned, Stretch
from queue_server.core.learning import hours_of
from queue_server.core.state import Branch, CounterToday

ENOUGH_HISTORY = 5
"""Services that must have ended, today or before, until anybody is told a range."""

WAITING_AT_MOST = 2_000
"""How many of each line are sent; behind so many, nobody can be told a time anyway."""

FEW_AT_COUNTER = 8
FEW_IN_HALL = 15
"""How many services weigh as much as the belief that a counter, or today, is as fast as usual."""


class _Part(msgspec.Struct, frozen=True):
    """Any part of a snapshot."""


class SnapshotService(_Part, frozen=True):
    """A service: what it took of late, the newest last, and the mean that was configured."""

    queue_id: str
    durations_s: tuple[int, ...]
    configured_s: float

    @property
    def has_history(self) -> bool:
        """Tell whether enough is known of it to speak."""
        return len(self.durations_s) >= ENOUGH_HISTORY


class SnapshotClass(_Part, frozen=True):
    """A priority class: its slope and its guaranteed maximum wait."""

    slope: float
    guaranteed_s: float


class SnapshotCounter(_Part, frozen=True):
    """A counter: its queues, and whom it calls or serves, if anybody (``service_id`` is empty when it does neither).

    ``elapsed_s`` counts from the call or from the start of service; ``pace`` is how much longer than others it takes.
    """

    counter_id: str
    primary_queue_ids: tuple[str, ...]
    backup_queue_ids: tuple[str, ...]
    service_id: str = ""
    elapsed_s: float = 0.0
    state: Literal["open", "paused", "closed"] = "open"
    called: bool = False
    pace: float = 1.0
    planned: tuple[Stretch, ...] | None = None
    """When today's roster has it open, as times of day; ``None`` on a day without a roster."""


class SnapshotLine(_Part, frozen=True):
    """A line: (service, seconds waited so far) from its head on."""

    queue_id: str
    priority_class_id: str
    to_counter_id: str
    waiting: tuple[tuple[str, float], ...]


class Snapshot(_Part, frozen=True):
    """The hall at one instant."""

    services: dict[str, SnapshotService]
    classes: dict[str, SnapshotClass]
    overflow_after_s: dict[str, float]
    counters: tuple[SnapshotCounter, ...]
    lines: tuple[SnapshotLine, ...]
    now_s: float = 0.0
    """The time of day, in seconds after midnight at the branch."""
    hours: tuple[Stretch, ...] = ()
    """Today's opening hours; none when they are not known."""
    pace: float = 1.0
    """How much longer services take today and lately, at all counters."""
    taken: int = 0
    """Numbers given so far today."""
    learned: Learned = Learned()
    """Of earlier days; of its corrections, those of now."""


def take_snapshot(branch: Branch, at: datetime) -> Snapshot:
    """Give the hall as it stands at this instant."""
    hall = branch.hall
    learned = branch.learned.durations_s
    planned = branch.planned
    return Snapshot(
        services={
            service.service_id: SnapshotService(
                service.queue_id,
                (*learned.get(service.service_id, ()), *branch.durations_s.get(service.service_id, ())),
                float(service.mean_service_s),
            )
            for service in hall.services.values()
        },
        classes={
            rule.priority_class_id: SnapshotClass(rule.slope, rule.guaranteed_waiting_s)
            for rule in hall.classes.values()
        },
        overflow_after_s={queue.queue_id: queue.overflow_after_s for queue in hall.queues.values()},
        counters=tuple(
            _counter(branch, counter, None if planned is None else planned.get(counter.counter_id, ()), at)
            for counter in branch.counters.values()
        ),
        lines=tuple(
            SnapshotLine(
                queue_id,
                class_id,
                to_counter_id,
                tuple(
                    (branch.visits[place.visit_id].service_id, (at - place.rank_at).total_seconds())
                    for place in islice(line, WAITING_AT_MOST)
                ),
            )
            for queue_id, lines in branch.lines.items()
            for (class_id, to_counter_id), line in lines.items()
        ),
        now_s=(at - branch.plan.midnight_at).total_seconds() if branch.plan is not None else 0.0,
        hours=hours_of(branch),
        pace=math.exp(branch.hall_pace.log_ratio / (branch.hall_pace.seen + FEW_IN_HALL)),
        taken=len(branch.visits),
        learned=msgspec.structs.replace(branch.learned, durations_s={}, paces={}, corrections=dict(branch.corrections)),
    )


def _counter(
    branch: Branch, counter: CounterToday, planned: tuple[Stretch, ...] | None, at: datetime
) -> SnapshotCounter:
    profile = branch.hall.profiles[counter.work_profile_id]
    visit = branch.visits.get(counter.visit_id)
    since_at = None if visit is None else visit.started_at or visit.called_at
    pace = branch.paces.get(counter.counter_id)
    return SnapshotCounter(
        counter_id=counter.counter_id,
        primary_queue_ids=profile.primary_queue_ids,
        backup_queue_ids=profile.backup_queue_ids,
        service_id=visit.service_id if visit is not None else "",
        elapsed_s=0.0 if since_at is None else (at - since_at).total_seconds(),
        state=counter.state,
        called=visit is not None and visit.started_at is None,
        pace=1.0 if pace is None else math.exp(pace.log_ratio / (pace.seen + FEW_AT_COUNTER)),
        planned=planned,
    )
