"""How long a citizen who comes now may wait: the real calling rule, simulated on the present hall.

:func:`simulate` is pure: a snapshot and seeded chance in, a range (P50 to P90) per service and priority class out. In
each run every open counter calls by the very rule that calls in the hall (``core.calling.choose``), services take
times drawn from what was learned, and the time already served counts. For each queue and class one imagined newcomer
stands at the end of its line and takes nobody's place: the moment at which a counter would have called it is its wait.
A service of which too little is known gets no range at all; silence is better than a guess.

What it does not know, and therefore leaves out: who will still come today. A range for the usual class is thus a little
short in a hall where many go before it.

``python -m queue_server.estimate`` is the process around it: it reads a snapshot from its standard input and writes the
ranges to its standard output, each as JSON behind its length (4 bytes, big-endian), until the input ends. It runs apart
so that a full hall never delays a command.
"""

import contextlib
import heapq
import os
import random
import sys
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import BinaryIO, Final

import msgspec

from protocol.views import Estimate
from queue_server.core.calling import Candidate, choose
from queue_server.core.snapshot import ENOUGH_HISTORY, Snapshot, SnapshotCounter, SnapshotService

Estimates = dict[tuple[str, str], Estimate]

FRAME_LIMIT_BYTES: Final = 4 * 1024 * 1024
WALKING_S: Final = 20.0
"""From a call to the start of service, where nothing else is known: some steps across a hall."""

_RUNS_AT_MOST: Final = 100
_RUNS_AT_LEAST: Final = 12
_CALLS_AT_MOST: Final = 20_000
"""Simulated calls in all runs together, so that a full hall costs about a second and not ten."""
_SHAPE: Final = 3.0
"""Of the gamma distribution that stands for a service of which only the mean is known (a spread of 0.58 means)."""
_LAST: Final = 1_000_000_000
"""The order of an imagined newcomer: behind everybody."""


def simulate(snapshot: Snapshot, chance: random.Random) -> Estimates:
    """Give the range of waiting per (service id, priority class id); services without history are left out."""
    waits: dict[tuple[str, str], list[float]] = {}
    people = sum(len(line.waiting) for line in snapshot.lines)
    runs = min(_RUNS_AT_MOST, max(_RUNS_AT_LEAST, _CALLS_AT_MOST // (people + 1)))
    for _ in range(runs):
        for newcomer, waited_s in _Run(snapshot, chance).newcomers().items():
            waits.setdefault(newcomer, []).append(waited_s)
    ranges: Estimates = {}
    for service_id, service in snapshot.services.items():
        for class_id in snapshot.classes:
            known = waits.get((service.queue_id, class_id), ())
            if service.has_history and len(known) == runs:
                ranges[service_id, class_id] = Estimate(low_s=_share(known, 0.5), high_s=_share(known, 0.9))
    return ranges


def _share(waits: "tuple[float, ...] | list[float]", share: float) -> int:
    """Give the wait that this share of runs did not exceed."""
    ordered = sorted(waits)
    return round(ordered[min(len(ordered) - 1, int(share * len(ordered)))])


@dataclass
class _Waiting:
    """One line in a run: who still waits, and which rules hold for it."""

    queue_id: str
    to_counter_id: str
    slope: float
    guaranteed_s: float
    overflow_s: float
    people: deque[tuple[str, float, int]] = field(default_factory=deque)
    """(service, seconds waited at the beginning, order)"""

    def head(self, now_s: float, tag: int) -> Candidate:
        _, waited_s, order = self.people[0]
        return self.candidate(waited_s + now_s, order, tag)

    def candidate(self, waited_s: float, order: int, tag: int) -> Candidate:
        return Candidate(waited_s, order, self.slope, self.guaranteed_s, self.overflow_s, tag)


class _Run:
    """One simulated future of the hall."""

    def __init__(self, snapshot: Snapshot, chance: random.Random) -> None:
        self.snapshot = snapshot
        self.chance = chance
        self.lines: dict[tuple[str, str, str], _Waiting] = {}
        for line in snapshot.lines:
            waiting = self._line(line.queue_id, line.priority_class_id, line.to_counter_id)
            waiting.people.extend((service, waited, order) for order, (service, waited) in enumerate(line.waiting))
        self.imagined = {
            (queue_id, class_id): self._line(queue_id, class_id, "")
            for queue_id in snapshot.overflow_after_s
            for class_id in snapshot.classes
        }

    def newcomers(self) -> dict[tuple[str, str], float]:
        """Play until every imagined newcomer was called, or no counter is left that could call one."""
        called: dict[tuple[str, str], float] = {}
        free = [(self._busy_s(counter), index) for index, counter in enumerate(self.snapshot.counters)]
        heapq.heapify(free)
        while free and len(called) < len(self.imagined):
            now_s, index = heapq.heappop(free)
            counter = self.snapshot.counters[index]
            lines = list(self._served_by(counter))
            primaries = [line.head(now_s, tag) for tag, (line, is_backup) in enumerate(lines) if not is_backup]
            backups = [line.head(now_s, tag) for tag, (line, is_backup) in enumerate(lines) if is_backup]
            for newcomer in self._would_call(counter, primaries, backups, now_s):
                called.setdefault(newcomer, now_s)
            chosen = choose(primaries, backups)
            if chosen is None:
                continue  # Nobody is left for this counter, and nobody comes in this future.
            line, _ = lines[chosen[0].tag]
            service_id, _, _ = line.people.popleft()
            served_s = WALKING_S + _draw(self.snapshot.services[service_id], self.chance)
            heapq.heappush(free, (now_s + served_s, index))
        return called

    def _would_call(
        self, counter: SnapshotCounter, primaries: list[Candidate], backups: list[Candidate], now_s: float
    ) -> Iterator[tuple[str, str]]:
        """Give the newcomers, each alone at the end of its emptied line, that this counter would call now."""
        for newcomer, line in self.imagined.items():
            if line.people:
                continue
            place = line.candidate(now_s, _LAST, _LAST)
            if line.queue_id in counter.primary_queue_ids:
                chosen = choose([*primaries, place], backups)
            elif line.queue_id in counter.backup_queue_ids:
                chosen = choose(primaries, [*backups, place])
            else:
                continue
            if chosen is not None and chosen[0].tag == _LAST:
                yield newcomer

    def _served_by(self, counter: SnapshotCounter) -> Iterator[tuple[_Waiting, bool]]:
        for line in self.lines.values():
            if not line.people:
                continue
            is_primary = line.queue_id in counter.primary_queue_ids
            if line.to_counter_id:
                if line.to_counter_id == counter.counter_id:
                    yield line, False
            elif is_primary or line.queue_id in counter.backup_queue_ids:
                yield line, not is_primary

    def _line(self, queue_id: str, class_id: str, to_counter_id: str) -> _Waiting:
        key = (queue_id, class_id, to_counter_id)
        if key not in self.lines:
            rule = self.snapshot.classes[class_id]
            overflow_s = self.snapshot.overflow_after_s[queue_id]
            self.lines[key] = _Waiting(queue_id, to_counter_id, rule.slope, rule.guaranteed_s, overflow_s)
        return self.lines[key]

    def _busy_s(self, counter: SnapshotCounter) -> float:
        """Draw how long the service that is being given still takes."""
        if not counter.service_id:
            return 0.0
        service = self.snapshot.services[counter.service_id]
        for _ in range(20):
            left_s = _draw(service, self.chance) - counter.elapsed_s
            if left_s > 0:
                return left_s
        # It already takes longer than nearly all did; such a service ends when it ends: half a mean more, give or take.
        return self.chance.expovariate(2.0 / _mean(service))


def _draw(service: SnapshotService, chance: random.Random) -> float:
    """Draw a duration: one of today's when there are enough, else by the mean."""
    if len(service.durations_s) >= ENOUGH_HISTORY:
        return float(chance.choice(service.durations_s))
    return chance.gammavariate(_SHAPE, _mean(service) / _SHAPE)


def _mean(service: SnapshotService) -> float:
    if len(service.durations_s) >= ENOUGH_HISTORY:
        return sum(service.durations_s) / len(service.durations_s)
    return service.learned_s if service.learned_s is not None else service.configured_s


# --- The process -----------------------------------------------------------------------------------------------------


NICE: Final = 10
"""An estimate may take its time; a number, a call and a picture may not."""


class Broken(Exception):  # noqa: N818 -- what happened to the pipe.
    """The other side sent something that is no frame: what, and how long it claimed to be."""


def write_frame(pipe: BinaryIO, body: bytes) -> None:
    """Write one frame and flush."""
    pipe.write(len(body).to_bytes(4, "big") + body)
    pipe.flush()


def read_frame(pipe: BinaryIO) -> bytes | None:
    """Read one frame; ``None`` when the other side closed the pipe. Raises :class:`Broken`."""
    head = pipe.read(4)
    if not head:
        return None
    length = int.from_bytes(head, "big")
    if len(head) < 4 or length > FRAME_LIMIT_BYTES:  # noqa: PLR2004 -- the length of a length.
        raise Broken(f"a frame began with {head!r}, which is no length up to {FRAME_LIMIT_BYTES}")
    body = pipe.read(length)
    if len(body) < length:
        raise Broken(f"a frame of {length} bytes ended after {len(body)}")
    return body


class _Range(msgspec.Struct, frozen=True):
    service_id: str
    priority_class_id: str
    estimate: Estimate


def encode_question(snapshot: Snapshot) -> bytes:
    """Give the body of the frame that asks."""
    return msgspec.json.encode(snapshot)


def encode_answer(ranges: Mapping[tuple[str, str], Estimate]) -> bytes:
    """Give the body of the frame that answers."""
    return msgspec.json.encode(
        [_Range(service, class_id, estimate) for (service, class_id), estimate in ranges.items()]
    )


def decode_answer(body: bytes) -> Estimates:
    """Read the body of an answer; raises ``msgspec.DecodeError`` for anything else."""
    ranges = msgspec.json.decode(body, type=list[_Range])
    return {(found.service_id, found.priority_class_id): found.estimate for found in ranges}


def answer_all(questions: BinaryIO, answers: BinaryIO, chance: random.Random) -> None:
    """Answer snapshots until the pipe is closed."""
    while (body := read_frame(questions)) is not None:
        snapshot = msgspec.json.decode(body, type=Snapshot)
        write_frame(answers, encode_answer(simulate(snapshot, chance)))


if __name__ == "__main__":
    os.nice(NICE)
    # The server may be gone, killed even, before its last question is answered: then nobody waits for the answer.
    with contextlib.suppress(BrokenPipeError):
        answer_all(sys.stdin.buffer, sys.stdout.buffer, random.Random(0))  # noqa: S311 -- it wants to be repeatable.
