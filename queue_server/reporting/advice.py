"""Which counter to open, when, and why: today's hall played on with the arrivals of earlier days. Pure.

The hall as it stands is continued many times. Each time the citizens still to come are those of one earlier business
day of like kind, from this time of day on, and services take as long as earlier ones took, drawn at random. Counters
take whoever waits longest in their queues, their own before those they help. What 90 % of the citizens of a quarter of
an hour would wait at most is compared with the promise; where it is broken, each counter that could be opened is tried,
and the one that helps most is told, with what the waits would be with and without it.

Where the day has a roster, counters open, rest and go home by it. It is a forecast, and a plain one: it knows nothing
of priority classes, citizens who give up, or breaks that no roster names; so it says in how many of its continuations
the promise was broken, keeps silent where that is not most of them, and gives no advice at all without enough days to
draw from.
"""

import heapq
import random
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

import msgspec

from protocol.estimates import Stretch
from queue_server.reporting.figures import percentile

LEAST_DAYS: Final = 10
LEAST_SERVICES: Final = 10
"""With fewer days to draw from, or fewer services of a kind, there is no advice."""
CONTINUATIONS: Final = 60
AHEAD_S: Final = 2 * 3600
"""How far ahead is looked; further away the past tells little of today."""
SLOT_S: Final = 900
LEAD_S: Final = 900
"""A counter is asked for so long before it is needed: a clerk must come, and queues grow before they are too long."""
SURE_SHARE: Final = 0.6
"""A warning wants the promise broken in so many of the continuations."""
LEAST_GAIN_S: Final = 300
"""A counter that would gain less than this is not worth a clerk's way."""
CHANGING_S: Final = 45
"""From the end of a service to the next citizen at the counter."""
_PERCENT: Final = 90


class OpenCounter(msgspec.Struct, frozen=True):
    """A counter: which queues it takes from, and until when it is surely taken (a time of day)."""

    counter_id: str
    own: frozenset[str]
    helps: frozenset[str]
    free_at_s: float = 0.0
    planned: tuple[Stretch, ...] | None = None
    """When it is open by today's roster; ``None``: it stays as long as somebody comes."""


class Now(msgspec.Struct, frozen=True, kw_only=True):
    """The hall now. Times of day are seconds after midnight at the hall."""

    at_s: int
    closes_at_s: int
    waiting: Mapping[str, Sequence[str]]
    """By queue: the services of those who wait, the longest first."""
    waited_s: Mapping[str, int]
    """By queue: how long its first has waited."""
    serving: Sequence[OpenCounter]
    idle: Sequence[OpenCounter]
    """Counters that could be opened."""
    queue_of: Mapping[str, str]
    """Service -> queue."""
    promise_s: Mapping[str, int]
    """By queue: the shortest promise of its services."""


class History(msgspec.Struct, frozen=True, kw_only=True):
    """Earlier business days of like kind: who came when for what (time of day, service), and how long services took."""

    arrivals: Sequence[Sequence[tuple[int, str]]]
    service_s: Mapping[str, Sequence[int]]


class Advice(msgspec.Struct, frozen=True, kw_only=True):
    """Open this counter at this time of day, because of this queue.

    `slot_s` begins the quarter of an hour whose citizens would wait too long; `before_s` and `after_s` are what 90 % of
    them would wait at most, without and with the counter; `broken` of `continuations` broke the promise.
    """

    counter_id: str
    at_s: int
    queue_id: str
    slot_s: int
    before_s: int
    after_s: int
    promise_s: int
    broken: int
    continuations: int
    days: int


@dataclass(frozen=True)
class NoAdvice:
    """Why there is none: too few days of `history` or `services` seen, nothing `needed`, no `counter` that would help.

    For the last the queue is named that would wait too long, and how long.
    """

    because: Literal["history", "services", "needed", "counter"]
    days: int
    queue_id: str = ""
    before_s: int = 0


def advise(now: Now, history: History, chance: random.Random) -> Advice | NoAdvice:
    """Give the most pressing advice, or say why there is none."""
    days = len(history.arrivals)
    if days < LEAST_DAYS:
        return NoAdvice("history", days)
    waiting = {service for services in now.waiting.values() for service in services}
    if any(len(history.service_s.get(service, ())) < LEAST_SERVICES for service in waiting):
        return NoAdvice("services", days)
    seed = chance.getrandbits(64)
    without = _forecast(now, history, seed, ())
    trouble = _first_trouble(now, without)
    if trouble is None:
        return NoAdvice("needed", days)
    slot, queue_id = trouble
    opens_s = max(now.at_s, slot - LEAD_S)
    before = without[slot, queue_id]
    best: tuple[int, OpenCounter] | None = None
    for counter in now.idle:
        if queue_id in counter.own or queue_id in counter.helps:
            opened = msgspec.structs.replace(counter, free_at_s=float(opens_s), planned=None)
            waits = _forecast(now, history, seed, (opened,)).get((slot, queue_id))
            if waits and (best is None or waits.p90_s < best[0]):
                best = (waits.p90_s, counter)
    if best is None or before.p90_s - best[0] < LEAST_GAIN_S:
        return NoAdvice("counter", days, queue_id, before.p90_s)
    return Advice(
        counter_id=best[1].counter_id,
        at_s=opens_s,
        queue_id=queue_id,
        slot_s=slot,
        before_s=before.p90_s,
        after_s=best[0],
        promise_s=now.promise_s[queue_id],
        broken=before.broken,
        continuations=before.seen,
        days=days,
    )


@dataclass(frozen=True)
class _Slot:
    """What the citizens of one quarter of an hour of one queue would wait, over all continuations."""

    p90_s: int
    broken: int
    seen: int


def _first_trouble(now: Now, forecast: Mapping[tuple[int, str], _Slot]) -> tuple[int, str] | None:
    """Give the first quarter of an hour whose promise is most likely broken; of two queues the worse one."""
    troubles = [
        (slot, now.promise_s[queue_id] - one.p90_s, queue_id)
        for (slot, queue_id), one in forecast.items()
        if one.p90_s > now.promise_s[queue_id] and one.broken >= SURE_SHARE * CONTINUATIONS
    ]
    return None if not troubles else (min(troubles)[0], min(troubles)[2])


def _forecast(now: Now, history: History, seed: int, opened: Sequence[OpenCounter]) -> dict[tuple[int, str], _Slot]:
    """Play the hall on; the same seed brings the same citizens, so that two forecasts differ by the counter alone."""
    waits: dict[tuple[int, str], list[int]] = {}
    broken: dict[tuple[int, str], int] = {}
    for number in range(CONTINUATIONS):
        chance = random.Random(f"{seed}/{number}")  # noqa: S311 -- a forecast, no secret.
        own: dict[tuple[int, str], list[int]] = {}
        for came_s, queue_id, wait_s in _play(now, history, chance, opened):
            own.setdefault((came_s // SLOT_S * SLOT_S, queue_id), []).append(wait_s)
        for key, found in own.items():
            waits.setdefault(key, []).extend(found)
            is_broken = percentile(sorted(found), _PERCENT) > now.promise_s[key[1]]
            broken[key] = broken.get(key, 0) + is_broken
    return {key: _Slot(percentile(sorted(found), _PERCENT), broken[key], CONTINUATIONS) for key, found in waits.items()}


def _play(
    now: Now, history: History, chance: random.Random, opened: Sequence[OpenCounter]
) -> list[tuple[int, str, int]]:
    """Play one continuation; gives when each citizen came who comes from now on, to which queue, and the wait."""
    until_s = min(now.at_s + AHEAD_S, now.closes_at_s)
    lines: dict[str, deque[tuple[float, str]]] = {
        queue_id: deque((now.at_s - now.waited_s.get(queue_id, 0), service) for service in services)
        for queue_id, services in now.waiting.items()
    }
    coming = deque(
        (at_s, service)
        for at_s, service in chance.choice(history.arrivals)
        if now.at_s <= at_s < until_s and service in now.queue_of
    )
    lasting = _Lasting(history, chance.getrandbits(64))
    tried = {one.counter_id for one in opened}
    working = (*(one for one in now.serving if one.counter_id not in tried), *opened)
    free = [(max(float(now.at_s), one.free_at_s), place, one) for place, one in enumerate(working)]
    heapq.heapify(free)
    waits: list[tuple[int, str, int]] = []
    while free and (coming or any(lines.values())):
        at_s, place, counter = heapq.heappop(free)
        opens_s = _opens_s(counter, at_s)
        if opens_s != at_s:
            if opens_s is not None:
                heapq.heappush(free, (opens_s, place, counter))
            continue
        while coming and coming[0][0] <= at_s:
            arrived_s, asked_for = coming.popleft()
            lines.setdefault(now.queue_of[asked_for], deque()).append((arrived_s, asked_for))
        queue_id = _next_queue(lines, counter)
        if queue_id is None:
            if coming:  # Else nobody comes for this counter any more: it has done its part.
                heapq.heappush(free, (max(at_s + 1.0, float(coming[0][0])), place, counter))
            continue
        came_s, service = lines[queue_id].popleft()
        if came_s >= now.at_s:
            waits.append((int(came_s), queue_id, int(at_s - came_s)))
        lasts_s = lasting.next_s(service)
        heapq.heappush(free, (at_s + lasts_s + CHANGING_S, place, counter))
    if working and not free:  # Everybody has gone home by the roster: who comes now waits in vain.
        for arrived_s, asked_for in coming:
            lines.setdefault(now.queue_of[asked_for], deque()).append((arrived_s, asked_for))
    waits += [
        (int(came_s), queue_id, AHEAD_S) for queue_id, line in lines.items() for came_s, _ in line if came_s >= now.at_s
    ]
    return waits


def _opens_s(counter: OpenCounter, at_s: float) -> float | None:
    """Tell when a counter is open at this time of day or next; `None` when it has gone home by the roster."""
    if counter.planned is None:
        return at_s
    return next((max(at_s, float(begins)) for begins, ends in counter.planned if at_s < ends), None)


class _Lasting:
    """How long services take: the first of a kind, the second … the same with a further counter and without it."""

    def __init__(self, history: History, seed: int) -> None:
        self._service_s = history.service_s
        self._seed = seed
        self._chances: dict[str, random.Random] = {}

    def next_s(self, service: str) -> int:
        """Draw the next one of a service; one that was never seen takes no time."""
        seen = self._service_s.get(service)
        if not seen:
            return 0
        if service not in self._chances:
            self._chances[service] = random.Random(f"{self._seed}/{service}")  # noqa: S311 -- a forecast, no secret.
        return self._chances[service].choice(seen)


def _next_queue(lines: Mapping[str, deque[tuple[float, str]]], counter: OpenCounter) -> str | None:
    """Choose the queue whose first has waited longest: among the counter's own, else among those it helps."""
    for queues in (counter.own, counter.helps):
        heads = [(lines[queue_id][0][0], queue_id) for queue_id in queues if lines.get(queue_id)]
        if heads:
            return min(heads)[1]
    return None
