"""What an estimate needs to know of a branch: the hall as it stands, in plain figures, small enough to send often.

Taking the snapshot costs the loop one walk along the waiting lines; the simulation itself runs in another process
(``queue_server.estimate``), and its result comes back as an input like any other.
"""

from datetime import datetime
from itertools import islice

import msgspec

from queue_server.core.state import Branch, CounterToday

ENOUGH_HISTORY = 5
"""Services that must have ended today, unless times were learned on earlier days, before anybody is told a range."""

WAITING_AT_MOST = 2_000
"""How many of each line are sent; behind so many, nobody can be told a time anyway."""


class _Part(msgspec.Struct, frozen=True):
    """Any part of a snapshot."""


class SnapshotService(_Part, frozen=True):
    """A service: durations of today, the mean learned before today, and the mean that was configured."""

    queue_id: str
    durations_s: tuple[int, ...]
    learned_s: float | None
    configured_s: float

    @property
    def has_history(self) -> bool:
        """Tell whether enough is known of it to speak."""
        return self.learned_s is not None or len(self.durations_s) >= ENOUGH_HISTORY


class SnapshotClass(_Part, frozen=True):
    """A priority class: its slope and its guaranteed maximum wait."""

    slope: float
    guaranteed_s: float


class SnapshotCounter(_Part, frozen=True):
    """An open counter: its queues, and the service it is giving since ``elapsed_s`` (empty when it gives none)."""

    counter_id: str
    primary_queue_ids: tuple[str, ...]
    backup_queue_ids: tuple[str, ...]
    service_id: str
    elapsed_s: float


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


def take_snapshot(branch: Branch, at: datetime) -> Snapshot:
    """Give the hall as it stands at this instant."""
    hall = branch.hall
    return Snapshot(
        services={
            service.service_id: SnapshotService(
                service.queue_id,
                tuple(branch.durations_s.get(service.service_id, ())),
                branch.service_times_s.get(service.service_id),
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
            _counter(branch, counter, at) for counter in branch.counters.values() if counter.state == "open"
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
    )


def _counter(branch: Branch, counter: CounterToday, at: datetime) -> SnapshotCounter:
    profile = branch.hall.profiles[counter.work_profile_id]
    visit = branch.visits.get(counter.visit_id)
    began = None if visit is None else visit.started_at or at
    return SnapshotCounter(
        counter.counter_id,
        profile.primary_queue_ids,
        profile.backup_queue_ids,
        visit.service_id if visit is not None else "",
        0.0 if began is None else (at - began).total_seconds(),
    )
