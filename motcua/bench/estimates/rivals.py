"""The four methods that ours is compared with, each given the same information and read as kindly as it can be.

queue length    people ahead + 1, times what a service takes with the way to the counter, over the open counters of the
                queue (Ibrahim and Whitt 2009, there QL); nothing when a counter is free and nobody is ahead
the same, one   all that the queue's counters have to do: what each of those ahead in any queue that they serve takes by
                its own service, over these counters
last called     what the last visit of the queue and kind waited that was called (there LES: last to enter service)
head of line    what the first of the line has waited by now (there HOL)
ZMS             the eappointment system of Munich and Berlin: steps of the mean service time over the open counters; the
                pessimist counts one for everybody in the list and one for the newcomer, the optimist 0.8 of one, with
                the first so many served at once; between the two lies the point that is compared

All know the learned service times (where ZMS itself has a fixed setting), the opening hours (a wait that runs into
lunch goes on after it), which counters are open, and, while none is, how many will be. The first two and ZMS count
within the queue; ZMS is also read as it is written, with the whole hall as one list. The histories fall back on the
queue's length until somebody was called.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from queue_server import core
from queue_server.core.snapshot import Snapshot, SnapshotCounter
from queue_server.estimate.chances import WALKING_S, Times

_OPTIMIST: Final = 0.8


@dataclass(frozen=True)
class Seen:
    """What every method may look at."""

    snapshot: Snapshot
    branch: core.Branch
    service_id: str
    priority_class_id: str

    @property
    def queue_id(self) -> str:
        """The queue that the citizen will wait in."""
        return self.snapshot.services[self.service_id].queue_id

    def takes_s(self, service_id: str) -> float:
        """What a service takes with the way to the counter and the breath after it."""
        learned, service = self.snapshot.learned, self.snapshot.services[service_id]
        around_s = Times(learned.walking_s, WALKING_S).mean_s + Times(learned.between_s, 0.0).mean_s
        return around_s + Times(service.durations_s, service.configured_s).mean_s

    def mean_s(self, queue_id: str = "") -> float:
        """What the services of a queue (or of the hall) take on the average."""
        learned = self.snapshot.learned
        weights: dict[str, float] = {}
        for service_id, service in self.snapshot.services.items():
            if queue_id in {"", service.queue_id}:
                weights[service_id] = sum(learned.arrivals.get(service_id, (1.0,))) or 0.01
        total = sum(weights.values())
        return sum(weight * self.takes_s(service_id) for service_id, weight in weights.items()) / total

    def counters(self, queue_id: str = "") -> int:
        """How many counters serve a queue (or the hall) now; while none is open, how many will."""
        return max(1, len(self.serving(queue_id)))

    def serving(self, queue_id: str = "") -> list[SnapshotCounter]:
        """Which counters these are."""
        own = [one for one in self.snapshot.counters if not queue_id or queue_id in one.primary_queue_ids]
        helping = [one for one in self.snapshot.counters if queue_id in one.backup_queue_ids]
        for some in ([one for one in own if one.state == "open"], [one for one in helping if one.state == "open"], own):
            if some:
                return some
        return []

    def ahead(self) -> int:
        """People ahead in the queue: everybody whose class gains as fast, or faster."""
        classes = self.snapshot.classes
        slope = classes[self.priority_class_id].slope
        return sum(
            len(line.waiting)
            for line in self.snapshot.lines
            if line.queue_id == self.queue_id and classes[line.priority_class_id].slope >= slope
        )

    def free(self) -> int:
        """Counters of the queue that are open and have nobody."""
        return sum(
            counter.state == "open"
            and not counter.service_id
            and self.queue_id in (*counter.primary_queue_ids, *counter.backup_queue_ids)
            for counter in self.snapshot.counters
        )

    def has_to_wait(self) -> bool:
        """Whether nobody can call at once: somebody is ahead, or no counter is free."""
        return self.ahead() > 0 or self.free() == 0

    def through_hours(self, work_s: float) -> float:
        """Stretch a wait that counts open time only over the hours in which the branch is closed."""
        now_s, left_s = self.snapshot.now_s, work_s
        for from_s, to_s in self.snapshot.hours:
            begins_s = max(from_s, now_s)
            if begins_s >= to_s:
                continue
            if left_s <= to_s - begins_s or to_s == self.snapshot.hours[-1][1]:
                return begins_s + left_s - now_s
            left_s -= to_s - begins_s
        return left_s


def queue_length(seen: Seen) -> float:
    """People ahead times mean over counters."""
    if not seen.has_to_wait():
        return 0.0
    return seen.through_hours((seen.ahead() + 1) * seen.mean_s(seen.queue_id) / seen.counters(seen.queue_id))


def work_ahead(seen: Seen) -> float:
    """Queue length as somebody would reckon it who knows the hall: all that the queue's counters have to do."""
    if not seen.has_to_wait():
        return 0.0
    snapshot, counters = seen.snapshot, seen.serving(seen.queue_id)
    queue_ids = {seen.queue_id}.union(*(counter.primary_queue_ids for counter in counters))
    slope = snapshot.classes[seen.priority_class_id].slope
    work_s = [
        seen.takes_s(service_id)
        for line in snapshot.lines
        if line.queue_id in queue_ids and snapshot.classes[line.priority_class_id].slope >= slope
        for service_id, _ in line.waiting
    ]
    return seen.through_hours((sum(work_s) + seen.takes_s(seen.service_id)) / max(1, len(counters)))


def last_called(seen: Seen) -> float:
    """The wait of the last one who was called."""
    slope = seen.snapshot.classes[seen.priority_class_id].slope
    same = (
        visit
        for visit in seen.branch.visits.values()
        if visit.called_at is not None
        and visit.queue_id == seen.queue_id
        and visit.clause in {"priority", "guarantee"}
        and seen.snapshot.classes[visit.priority_class_id].slope == slope
    )
    last = max(same, key=lambda visit: visit.call_id, default=None)
    return queue_length(seen) if last is None else float(last.waited_s)


def head_of_line(seen: Seen) -> float:
    """The wait so far of the first in line."""
    if not any(visit.called_at for visit in seen.branch.visits.values()):
        return queue_length(seen)
    slope = seen.snapshot.classes[seen.priority_class_id].slope
    waits = [
        line.waiting[0][1]
        for line in seen.snapshot.lines
        if line.queue_id == seen.queue_id
        and line.waiting
        and not line.to_counter_id
        and seen.snapshot.classes[line.priority_class_id].slope == slope
    ]
    return max(waits, default=0.0)


def zms(seen: Seen, queue_id: str = "") -> tuple[float, float]:
    """The optimist's and the pessimist's wait, over one queue or over the whole hall."""
    counters = seen.counters(queue_id)
    step_s = seen.mean_s(queue_id) / counters
    waiting = sum(len(line.waiting) for line in seen.snapshot.lines if queue_id in {"", line.queue_id})
    optimist = max(0, waiting + 1 - counters) * _OPTIMIST * step_s
    return seen.through_hours(optimist), seen.through_hours((waiting + 1) * step_s)


def _between(low_s: float, high_s: float) -> float:
    return (low_s + high_s) / 2


RIVALS: Final[Mapping[str, Callable[[Seen], float]]] = {
    "queue length × mean / counters": queue_length,
    "the same, counters' queues as one": work_ahead,
    "last called (LES)": last_called,
    "head of line (HOL)": head_of_line,
    "ZMS, each queue a list": lambda seen: _between(*zms(seen, seen.queue_id)),
    "ZMS, the hall one list": lambda seen: _between(*zms(seen)),
}
"""By name."""
