"""What a simulated future draws by chance, prepared once per snapshot from what was learned.

Nothing is assumed to have a shape: service times, walks, pauses between services and calls in vain are drawn from
those that were seen lately, and each counter lives on as it did on one of its own past days that looked alike at this
time of day. So lunch, tea, late mornings and the clerk who is away on Thursdays need no rule of their own.
"""

import math
import random
from bisect import bisect_left
from dataclasses import dataclass
from itertools import accumulate
from typing import Final

from protocol.estimates import Answers, Learned
from queue_server.core.learning import HALF_HOUR_S, HALF_HOURS, LENGTHS, length_of
from queue_server.core.snapshot import Snapshot, SnapshotCounter, SnapshotService

WALKING_S: Final = 20.0
"""From a call to the start of service, where nothing else is known: some steps across a hall."""
FOR_EVER_S: Final = 1e9

_FADES_PER_SERVICE: Final = 0.985
_FADES_PER_DAY: Final = 0.92
_SHAPE: Final = 3.0
"""Of the gamma distribution that stands for a service of which only the mean is known (a spread of 0.58 means)."""
_DAYS_DIFFER: Final = 0.12
"""How much the work of one future differs from another's as a whole, in shares of the spread of single services."""
_USUAL_CROWD: Final = 20.0
"""How many arrivals weigh as much as the belief that today is as busy as usual."""
_CLOSING_S: Final = 300.0
"""A counter that was open until this long before the hours end stays until nobody waits."""
LATE_S: Final = 600.0
"""What a counter may still need that is behind its roster: to open, to come back from a pause, to go to a break."""
_ABSENT_S: Final = 900.0
"""Behind by more than this it may as well not come before its next stretch."""
_FEW_CALLS: Final = 20.0
_LOST: Final = 60.0
"""After this long a call is more likely in vain than not."""

Stretches = tuple[tuple[float, float], ...]
"""From, up to: when a counter is open, in seconds from now."""


class Times:
    """Durations seen, of which the newer ones are drawn more often."""

    def __init__(self, seen_s: tuple[int, ...], mean_s: float) -> None:
        self.seen_s = sorted(seen_s)
        weight_of: dict[int, float] = {}
        for age, value in enumerate(reversed(seen_s)):
            weight_of[value] = weight_of.get(value, 0.0) + _FADES_PER_SERVICE**age
        self.seen_s = sorted(weight_of)
        self.cumulated = list(accumulate(weight_of[value] for value in self.seen_s))
        total = self.cumulated[-1] if self.cumulated else 0.0
        self.mean_s = sum(value * weight for value, weight in weight_of.items()) / total if total else mean_s
        self.varies = len(self.seen_s) > 1

    def draw(self, chance: random.Random) -> float:
        """Draw one."""
        if not self.seen_s:
            return chance.gammavariate(_SHAPE, self.mean_s / _SHAPE) if self.mean_s else 0.0
        return self.seen_s[min(bisect_left(self.cumulated, chance.random() * self.cumulated[-1]), len(self.seen_s) - 1)]

    def left(self, elapsed_s: float, chance: random.Random) -> float:
        """Draw how much is left of one that has lasted so long."""
        longer = bisect_left(self.seen_s, elapsed_s + 0.001)
        if self.seen_s and longer < len(self.seen_s):
            below = self.cumulated[longer - 1] if longer else 0.0
            draw = below + chance.random() * (self.cumulated[-1] - below)
            return self.seen_s[min(bisect_left(self.cumulated, draw), len(self.seen_s) - 1)] - elapsed_s
        if not self.seen_s:
            for _ in range(20):
                left_s = self.draw(chance) - elapsed_s
                if left_s > 0:
                    return left_s
        # It already takes longer than all did; such a service ends when it ends: half a mean more, give or take.
        return chance.expovariate(2.0 / max(1.0, self.mean_s))


@dataclass(frozen=True)
class Rota:
    """The ways in which a counter's day may go on, with their cumulated weights."""

    ways: tuple[Stretches, ...]
    cumulated: tuple[float, ...]

    def draw(self, chance: random.Random) -> Stretches:
        """Draw one."""
        if len(self.ways) == 1:
            return self.ways[0]
        return self.ways[bisect_left(self.cumulated, chance.random() * self.cumulated[-1])]


class Chances:
    """Everything that futures of one snapshot draw."""

    def __init__(self, snapshot: Snapshot, chance: random.Random) -> None:
        learned = snapshot.learned
        self.chance = chance
        self.services = {
            service_id: Times(_known(service), service.configured_s)
            for service_id, service in snapshot.services.items()
        }
        self.walks = Times(learned.walking_s, 0.0)
        self.between = Times(learned.between_s, 0.0)
        self.vain = Times(learned.vain_s, 0.0)
        self.vain_shares = _vain_shares(learned)
        self.rotas = tuple(_rota(snapshot, counter) for counter in snapshot.counters)
        self.arrivals = Arrivals(snapshot)
        self.pace = snapshot.pace
        self.paces = tuple(counter.pace for counter in snapshot.counters)

    def of_future(self) -> float:
        """Draw by how much all work of one future takes longer than is believed."""
        if not any(times.varies for times in self.services.values()):
            return self.pace
        return self.pace * math.exp(self.chance.gauss(0.0, _DAYS_DIFFER))

    def blocked_s(self, service_id: str, counter: int, factor: float, waited_s: float = 0.0) -> float:
        """Draw for how long the call of somebody who has waited so long keeps a counter from the next one."""
        chance = self.chance
        if self.vain_shares and chance.random() < self.vain_shares[length_of(max(0.0, waited_s))]:
            return self.vain.draw(chance)
        walk_s = self.walks.draw(chance) if self.walks.seen_s else WALKING_S
        served_s = self.services[service_id].draw(chance) * factor * self.paces[counter]
        return walk_s + served_s + self.between.draw(chance)

    def busy_s(self, counter: int, present: SnapshotCounter, factor: float) -> float:
        """Draw for how long the present visit still keeps its counter from the next call."""
        if not present.service_id:
            return 0.0
        chance = self.chance
        factor *= self.paces[counter]
        times = self.services[present.service_id]
        if present.called:
            if present.elapsed_s > _LOST and self.vain.seen_s:
                return self.vain.left(present.elapsed_s, chance)
            walk_s = self.walks.draw(chance) if self.walks.seen_s else WALKING_S
            return max(0.0, walk_s - present.elapsed_s) + times.draw(chance) * factor + self.between.draw(chance)
        return times.left(present.elapsed_s / factor, chance) * factor + self.between.draw(chance)


class Arrivals:
    """Who still comes today: as many as usually at this time of day, more or less so as today was busier so far."""

    def __init__(self, snapshot: Snapshot) -> None:
        arrivals = snapshot.learned.arrivals
        per_slot = (
            [sum(of_service[slot] for of_service in arrivals.values()) for slot in range(HALF_HOURS)]
            if arrivals
            else []
        )
        now = snapshot.now_s / HALF_HOUR_S
        so_far = sum(count * min(1.0, max(0.0, now - slot)) for slot, count in enumerate(per_slot))
        scale = (snapshot.taken + _USUAL_CROWD) / (so_far + _USUAL_CROWD)
        self._ends_s: list[float] = []
        self._cumulated: list[float] = []
        total = 0.0
        for slot in range(int(now), len(per_slot)):
            share = min(1.0, slot + 1 - now)
            if per_slot[slot] > 0:
                total += per_slot[slot] * share * scale
            self._ends_s.append((slot + 1 - now) * HALF_HOUR_S)
            self._cumulated.append(total)
        services = [
            (service_id, sum(counts)) for service_id, counts in arrivals.items() if service_id in snapshot.services
        ]
        self._services = [service_id for service_id, _ in services]
        self._service_weights = list(accumulate(weight for _, weight in services))
        classes = [(name, share) for name, share in snapshot.learned.class_shares.items() if name in snapshot.classes]
        self._classes = [name for name, _ in classes]
        self._class_weights = list(accumulate(share for _, share in classes))
        self.known = bool(total and self._service_weights and self._service_weights[-1] and self._classes)

    def after(self, reached: float, chance: random.Random) -> tuple[float, float, str, str] | None:
        """Draw the next arrival: (how far the day's arrivals have come, seconds from now, service, class)."""
        reached += chance.expovariate(1.0)
        if not self.known or reached >= self._cumulated[-1]:
            return None
        slot = bisect_left(self._cumulated, reached)
        begins_s = self._ends_s[slot - 1] if slot else 0.0
        below = self._cumulated[slot - 1] if slot else 0.0
        share = (reached - below) / (self._cumulated[slot] - below)
        service = bisect_left(self._service_weights, chance.random() * self._service_weights[-1])
        priority = bisect_left(self._class_weights, chance.random() * self._class_weights[-1])
        return (
            reached,
            begins_s + share * (self._ends_s[slot] - begins_s),
            self._services[service],
            self._classes[priority],
        )


def _vain_shares(learned: Learned) -> dict[str, float]:
    """Give by length of wait which share of calls is in vain; of few calls, more what holds for all."""
    if not learned.vain_s:
        return {}
    calls = sum(answers.calls for answers in learned.answers.values())
    share = sum(answers.vain for answers in learned.answers.values()) / max(1.0, calls)
    known = {length: learned.answers.get(length, Answers()) for length in LENGTHS}
    return {name: (of.vain + _FEW_CALLS * share) / (of.calls + _FEW_CALLS) for name, of in known.items()}


def _known(service: SnapshotService) -> tuple[int, ...]:
    """Give the durations to draw from: none when there are too few, so that the configured mean speaks."""
    return service.durations_s if service.has_history else ()


def _rota(snapshot: Snapshot, counter: SnapshotCounter) -> Rota:
    """Find this counter's past days that looked alike at this time of day, and how they went on."""
    now_s, is_open = snapshot.now_s, counter.state == "open"
    planned = _by_roster(snapshot, counter)
    if planned:
        return Rota(planned, tuple(accumulate(1.0 for _ in planned)))
    ways: list[Stretches] = []
    weights: list[float] = []
    days = [day for day in snapshot.learned.days if day.hours == snapshot.hours]
    for age, day in enumerate(reversed(days)):
        stretches = day.counters.get(counter.counter_id, ())
        present = any(from_s <= now_s < to_s for from_s, to_s in stretches)
        if present == is_open and (counter.state != "paused" or stretches):
            ways.append(_from_now(snapshot, stretches))
            weights.append(_FADES_PER_DAY**age)
    if not ways or sum(weights) < 1.0:
        for way in _by_hours(snapshot, counter):
            ways.append(way)
            weights.append(0.5)
    return Rota(tuple(ways), tuple(accumulate(weights)))


def _by_roster(snapshot: Snapshot, counter: SnapshotCounter) -> tuple[Stretches, ...]:
    """Say how a counter may go on by today's roster; nothing where there is none, or the counter is not in it."""
    if counter.planned is None or (not counter.planned and counter.state != "closed"):
        return ()
    now_s, ahead = snapshot.now_s, _from_now(snapshot, counter.planned)
    present = next((stretch for stretch in counter.planned if stretch[0] <= now_s < stretch[1]), None)
    if counter.state == "open" and present is None:
        over = bool(snapshot.hours) and now_s >= snapshot.hours[-1][1] - _CLOSING_S
        return (((0.0, FOR_EVER_S if over else LATE_S), *ahead),)
    if counter.state == "open" or present is None:
        return (ahead,)
    soon = ((LATE_S, ahead[0][1]), *ahead[1:])
    is_late = counter.state == "closed" and now_s - present[0] > _ABSENT_S
    return (soon, ahead[1:]) if is_late else (soon,)


def _from_now(snapshot: Snapshot, stretches: tuple[tuple[int, int], ...]) -> Stretches:
    """Give the rest of a past day, in seconds from now; whoever was there at the end stays until nobody waits."""
    closes_s = snapshot.hours[-1][1] if snapshot.hours else FOR_EVER_S
    return tuple(
        (from_s - snapshot.now_s, FOR_EVER_S if to_s >= closes_s - _CLOSING_S else to_s - snapshot.now_s)
        for from_s, to_s in stretches
        if to_s > snapshot.now_s
    )


def _by_hours(snapshot: Snapshot, counter: SnapshotCounter) -> list[Stretches]:
    """Say how a counter may go on of which no past day tells: by the opening hours, if they are known."""
    if not snapshot.hours:
        return [((0.0, FOR_EVER_S),)] if counter.state == "open" else [()]
    ahead = _from_now(snapshot, snapshot.hours)
    if counter.state == "open":
        first = (0.0, ahead[0][1]) if ahead and ahead[0][0] <= 0 else (0.0, FOR_EVER_S)
        return [(first, *(stretch for stretch in ahead if stretch[0] > first[1]))]
    to_come = tuple(stretch for stretch in ahead if stretch[0] > 0)
    if counter.state == "paused" and ahead and ahead[0][0] <= 0:
        return [((600.0, ahead[0][1]), *to_come)]
    return [to_come, ()] if snapshot.now_s > snapshot.hours[0][0] else [to_come]
