"""One simulated future of the hall: who is called when, by the very rule that calls in the hall.

For each queue and kind of priority one imagined newcomer stands at the end of its line and takes nobody's place: the
moment at which a counter would have called it is its wait. Classes of the same slope and guarantee are one kind here,
since the rule cannot tell them apart.
"""

import heapq
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from queue_server.core.calling import Candidate, choose
from queue_server.core.snapshot import Snapshot, SnapshotCounter
from queue_server.estimate.chances import Chances, Stretches

Newcomer = tuple[str, int]
"""(queue id, kind of priority)."""

_LAST: Final = 1_000_000_000
"""The order of an imagined newcomer: behind everybody."""
_HORIZON_S: Final = 12 * 3600.0


class Kind(NamedTuple):
    """What the rule knows of a priority class."""

    slope: float
    guaranteed_s: float


@dataclass
class _Waiting:
    """One line: who still waits, and which rules hold for it. ``present`` counts those who are there already."""

    kind: Kind
    overflow_s: float
    to_counter_id: str
    people: list[tuple[str, float, int]]
    """(service, seconds waited at the beginning, order), in the order of arrival."""
    present: int
    gone: int = 0

    def head(self, now_s: float, tag: int) -> Candidate:
        _, waited_s, order = self.people[self.gone]
        return Candidate(waited_s + now_s, order, *self.kind, self.overflow_s, tag)


class Hall:
    """A snapshot laid out for many futures."""

    def __init__(self, snapshot: Snapshot, wanted: frozenset[Newcomer] | None = None) -> None:
        self.snapshot = snapshot
        self.kinds = list(dict.fromkeys(Kind(rule.slope, rule.guaranteed_s) for rule in snapshot.classes.values()))
        self.kind_of = {
            class_id: self.kinds.index(Kind(rule.slope, rule.guaranteed_s))
            for class_id, rule in snapshot.classes.items()
        }
        self.queue_of = {service_id: service.queue_id for service_id, service in snapshot.services.items()}
        everybody = ((queue_id, kind) for queue_id in snapshot.overflow_after_s for kind in range(len(self.kinds)))
        self.newcomers = [newcomer for newcomer in everybody if wanted is None or newcomer in wanted]
        self.lines: dict[tuple[str, int, str], list[tuple[str, float, int]]] = {
            (queue_id, kind, ""): [] for queue_id in snapshot.overflow_after_s for kind in range(len(self.kinds))
        }
        order = 0
        for line in snapshot.lines:
            people = self.lines.setdefault(
                (line.queue_id, self.kind_of[line.priority_class_id], line.to_counter_id), []
            )
            for service_id, waited_s in line.waiting:
                people.append((service_id, waited_s, order))
                order += 1
        for people in self.lines.values():
            people.sort(key=lambda person: (-person[1], person[2]))
        self.index = {key: index for index, key in enumerate(self.lines)}
        self.served = [self._served_by(counter) for counter in snapshot.counters]
        self.servers: list[list[int]] = [[] for _ in self.lines]
        for index, served in enumerate(self.served):
            for number, _ in served:
                self.servers[number].append(index)

    def _served_by(self, counter: SnapshotCounter) -> list[tuple[int, bool]]:
        """Give the indexes of the lines that a counter serves, and whether as a backup."""
        found = []
        for index, (queue_id, _, to_counter_id) in enumerate(self.lines):
            is_primary = queue_id in counter.primary_queue_ids
            if to_counter_id == counter.counter_id:
                found.append((index, False))
            elif not to_counter_id and (is_primary or queue_id in counter.backup_queue_ids):
                found.append((index, not is_primary))
        return found


@dataclass
class Future:
    """One run."""

    hall: Hall
    chances: Chances
    called: dict[Newcomer, float] = field(default_factory=dict)
    calls: int = 0

    def __post_init__(self) -> None:
        hall = self.hall
        self._lines = [
            _Waiting(
                hall.kinds[kind], hall.snapshot.overflow_after_s[queue_id], to_counter_id, list(people), len(people)
            )
            for (queue_id, kind, to_counter_id), people in hall.lines.items()
        ]
        self._missing = set(hall.newcomers)
        self._factor = self.chances.of_future()
        self._ways = [rota.draw(self.chances.chance) for rota in self.chances.rotas]
        self._idle: set[int] = set()

    def play(self) -> dict[Newcomer, float]:
        """Play until every imagined newcomer was called, or nobody is left who could call one; gives their waits."""
        agenda: list[tuple[float, int]] = []
        for index, counter in enumerate(self.hall.snapshot.counters):
            self._free(agenda, index, self.chances.busy_s(index, counter, self._factor))
        arrival = self.chances.arrivals.after(0.0, self.chances.chance)
        order = _LAST
        while self._missing and (agenda or (arrival and self._idle)):
            if arrival is not None and (not agenda or arrival[1] <= agenda[0][0]):
                reached, when_s, service_id, class_id = arrival
                order += 1
                line = self._come(service_id, class_id, when_s, order)
                for index in self.hall.servers[line]:
                    if index in self._idle:
                        self._idle.discard(index)
                        self._free(agenda, index, when_s)
                arrival = self.chances.arrivals.after(reached, self.chances.chance)
                continue
            now_s, index = heapq.heappop(agenda)
            if now_s > _HORIZON_S:
                break
            self._call(agenda, index, now_s)
        return self.called

    def _free(self, agenda: list[tuple[float, int]], index: int, when_s: float) -> None:
        """Let a counter call at this time, or as soon as it is open again."""
        opens_s = opens_at(self._ways[index], when_s)
        if opens_s is not None:
            heapq.heappush(agenda, (opens_s, index))

    def _come(self, service_id: str, class_id: str, when_s: float, order: int) -> int:
        """Let somebody take a number; gives the index of the line."""
        line = self.hall.index[self.hall.queue_of[service_id], self.hall.kind_of[class_id], ""]
        self._lines[line].people.append((service_id, -when_s, order))
        return line

    def _call(self, agenda: list[tuple[float, int]], index: int, now_s: float) -> None:
        """Let a free counter call whoever the rule says, and any imagined newcomer whom it would have called."""
        primaries: list[Candidate] = []
        backups: list[Candidate] = []
        for number, is_backup in self.hall.served[index]:
            line = self._lines[number]
            if line.gone < len(line.people):
                (backups if is_backup else primaries).append(line.head(now_s, number))
        for newcomer in self._would_call(index, primaries, backups, now_s):
            self.called[newcomer] = max(0.0, now_s)
            self._missing.discard(newcomer)
        chosen = choose(primaries, backups)
        if chosen is None:
            self._idle.add(index)
            return
        line = self._lines[chosen[0].tag]
        service_id, waited_s, _ = line.people[line.gone]
        line.gone += 1
        self.calls += 1
        self._free(agenda, index, now_s + self.chances.blocked_s(service_id, index, self._factor, waited_s + now_s))

    def _would_call(
        self, index: int, primaries: list[Candidate], backups: list[Candidate], now_s: float
    ) -> Iterator[Newcomer]:
        """Give the newcomers, each alone at the end of those who are present now, that this counter would call."""
        counter = self.hall.snapshot.counters[index]
        for newcomer in list(self._missing):
            queue_id, kind = newcomer
            is_primary = queue_id in counter.primary_queue_ids
            if not is_primary and queue_id not in counter.backup_queue_ids:
                continue
            line = self._lines[self.hall.index[queue_id, kind, ""]]
            if line.gone < line.present:
                continue
            place = Candidate(now_s, _LAST, *line.kind, line.overflow_s, _LAST)
            chosen = choose([*primaries, place], backups) if is_primary else choose(primaries, [*backups, place])
            if chosen is not None and chosen[0].tag == _LAST:
                yield newcomer


def opens_at(way: Stretches, when_s: float) -> float | None:
    """Tell when a counter is open at ``when_s`` or next after; ``None`` when it is not any more."""
    for from_s, to_s in way:
        if when_s < to_s:
            return max(when_s, from_s)
    return None
