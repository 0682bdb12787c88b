"""From many futures of a snapshot to a range of waiting per service and priority class; pure.

A service of which too little is known gets no range at all; silence is better than a guess. What the futures say is
corrected by how true the ranges were that were told lately (``queue_server.core.learning``).
"""

import random
from collections.abc import Sequence
from typing import Final

from protocol.estimates import Estimate
from queue_server.core.learning import corrected
from queue_server.core.snapshot import Snapshot
from queue_server.estimate.chances import Chances
from queue_server.estimate.frames import Estimates
from queue_server.estimate.future import Future, Hall, Newcomer

FUTURES_AT_MOST: Final = 200
FUTURES_AT_LEAST: Final = 12
_CALLS_AT_MOST: Final = 20_000
"""Simulated calls in all futures together, so that a full hall costs about a second and not ten."""


def estimate(
    snapshot: Snapshot, chance: random.Random, *, futures: int = FUTURES_AT_MOST, only: tuple[str, str] | None = None
) -> Estimates:
    """Give the range of waiting per (service id, priority class id), or for ``only`` one of them."""
    hall = Hall(snapshot, None if only is None else newcomer_of(snapshot, *only))
    waits = simulate(hall, chance, futures)
    ranges: Estimates = {}
    for service_id, service in snapshot.services.items():
        for class_id in snapshot.classes:
            known = waits.get((service.queue_id, hall.kind_of[class_id]))
            if known and service.has_history and only in {None, (service_id, class_id)}:
                raw = Estimate(low_s=share_of(known, 0.5), high_s=share_of(known, 0.9))
                ranges[service_id, class_id] = corrected(raw, snapshot.learned.corrections)
    return ranges


def newcomer_of(snapshot: Snapshot, service_id: str, class_id: str) -> frozenset[Newcomer]:
    """Give the one imagined newcomer who stands for a service and a class."""
    return frozenset({(snapshot.services[service_id].queue_id, Hall(snapshot, frozenset()).kind_of[class_id])})


def simulate(hall: Hall, chance: random.Random, futures: int) -> dict[Newcomer, list[float]]:
    """Give the waits of each imagined newcomer over all futures, ascending; none for one that is not always called."""
    chances = Chances(hall.snapshot, chance)
    waits: dict[Newcomer, list[float]] = {}
    played = calls = 0
    while played < futures and (played < FUTURES_AT_LEAST or calls < _CALLS_AT_MOST):
        future = Future(hall, chances)
        for newcomer, waited_s in future.play().items():
            waits.setdefault(newcomer, []).append(waited_s)
        played += 1
        calls += future.calls
    return {newcomer: sorted(known) for newcomer, known in waits.items() if len(known) > 0.95 * played}


def share_of(waits: Sequence[float], share: float) -> int:
    """Give the wait that this share of futures did not exceed; ``waits`` are ascending."""
    return round(waits[min(len(waits) - 1, int(share * len(waits)))])
