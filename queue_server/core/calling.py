"""The calling rule: who is next for a counter, and by which clause.

Candidates are the heads of the lines that the counter serves: every (primary queue, priority class), and every
(backup queue, priority class) whose head has waited beyond that queue's overflow time -- or all backup heads when the
primary lines are empty. A visit that a clerk sent to this very counter stands in a line of its own, counts as primary
here and is a candidate nowhere else.

Among candidates:

1. *guarantee*: if any has waited as long as its class is guaranteed at most, the one whose guarantee ran out first
   (earliest deadline first); else
2. *priority*: the one with the highest accumulated priority, ``slope of its class x seconds waited``.

Equals are served by arrival. Waiting counts from ``rank_at``: the arrival, the booked time of an appointment, or the
old arrival of someone transferred, reinstated or come back. Accumulating priority with per-class slopes is the
discipline of Kleinrock (1964) as used for triage by Stanford, Taylor and Ziedins (2014); the deadline on top makes the
promise to each class a promise and not an average.

:func:`choose` knows nothing of a branch, so that the estimates simulate the very rule that calls.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from protocol.events import Clause
from queue_server.core.line import Line, Place
from queue_server.core.state import Branch, CounterToday


class Candidate(NamedTuple):
    """The head of one line: ``tag`` is whatever the caller knows it by."""

    waited_s: float
    order: int
    slope: float
    guaranteed_s: float
    overflow_s: float
    tag: int


class Choice(NamedTuple):
    """Who is next, why, and whether it comes from a backup queue."""

    place: Place
    clause: Clause
    is_backup: bool


def choose(primaries: Sequence[Candidate], backups: Sequence[Candidate]) -> tuple[Candidate, Clause] | None:
    """Apply the rule to the heads of the primary and backup lines; ``None`` when there is no candidate."""
    candidates = [*primaries, *(head for head in backups if not primaries or head.waited_s > head.overflow_s)]
    overdue = [head for head in candidates if is_overdue(head)]
    if overdue:
        return min(overdue, key=_by_deadline), "guarantee"
    if candidates:
        return min(candidates, key=_by_priority), "priority"
    return None


def is_overdue(head: Candidate) -> bool:
    """Tell whether the guaranteed maximum wait of its class is over."""
    return head.waited_s >= head.guaranteed_s


def _by_deadline(head: Candidate) -> tuple[float, float, int]:
    return (head.guaranteed_s - head.waited_s, -head.waited_s, head.order)


def _by_priority(head: Candidate) -> tuple[float, float, int]:
    return (-head.slope * head.waited_s, -head.waited_s, head.order)


class _Row(NamedTuple):
    """A line that a counter serves, with the rules of its class and queue."""

    line: Line
    slope: float
    guaranteed_s: float
    overflow_s: float
    is_backup: bool
    priority_class_id: str


def next_visit(branch: Branch, counter: CounterToday, at: datetime) -> Choice | None:
    """Tell who is next for this counter, by its clerk's work profile; ``None`` when nobody is."""
    return next(next_visits(branch, counter, at), None)


def next_visits(branch: Branch, counter: CounterToday, at: datetime) -> Iterator[Choice]:
    """Tell who would be next, and next after that, if this counter called them all now."""
    rows = list(_rows(branch, counter))
    passed = [0] * len(rows)
    while True:
        primaries: list[Candidate] = []
        backups: list[Candidate] = []
        for tag, row in enumerate(rows):
            place = row.line.at(passed[tag])
            if place is not None:
                waited_s = (at - place.rank_at).total_seconds()
                head = Candidate(waited_s, place.order, row.slope, row.guaranteed_s, row.overflow_s, tag)
                (backups if row.is_backup else primaries).append(head)
        chosen = choose(primaries, backups)
        if chosen is None:
            return
        head, clause = chosen
        place = rows[head.tag].line.at(passed[head.tag])
        assert place is not None, "a head stands in its line"
        yield Choice(place, clause, rows[head.tag].is_backup)
        passed[head.tag] += 1


def passed_over(branch: Branch, counter: CounterToday, place: Place) -> int:
    """Count the visits of this counter's lines that have waited longer than the one at ``place``."""
    return sum(row.line.count_before(place.rank_at) for row in _rows(branch, counter))


def waiting_for(branch: Branch, counter: CounterToday) -> int:
    """Count who waits in the lines of this counter, backup lines included."""
    return sum(len(row.line) for row in _rows(branch, counter))


def somebody_waits_for(branch: Branch, counter: CounterToday) -> bool:
    """Tell whether this counter could call anybody at all: any waiting visit of its lines is or becomes a candidate."""
    return any(True for _ in _rows(branch, counter))


def served_lines(branch: Branch, counter: CounterToday) -> Iterator[tuple[str, Line, bool]]:
    """Give the lines that this counter serves: of which class each is, and whether the counter only helps there."""
    for row in _rows(branch, counter):
        yield row.priority_class_id, row.line, row.is_backup


def ahead_of(branch: Branch, queue_id: str, priority_class_id: str, place: Place) -> int:
    """Count the visits that are ahead of ``place`` in its queue by arrival, or of a class that gains faster."""
    slope = branch.hall.classes[priority_class_id].slope
    ahead = 0
    for (class_id, _), line in branch.lines.get(queue_id, {}).items():
        faster = branch.hall.classes[class_id].slope > slope
        ahead += len(line) if faster else line.count_before(place.rank_at)
    return ahead


def _rows(branch: Branch, counter: CounterToday) -> Iterator[_Row]:
    """Give the lines that this counter serves; each queue's own, and those of visits sent to this counter."""
    profile = branch.hall.profiles[counter.work_profile_id]
    for queue_id, lines in branch.lines.items():
        is_primary = queue_id in profile.primary_queue_ids
        is_backup = queue_id in profile.backup_queue_ids
        overflow_s = branch.hall.queues[queue_id].overflow_after_s
        for (class_id, to_counter_id), line in lines.items():
            sent_here = to_counter_id == counter.counter_id
            if sent_here or (not to_counter_id and (is_primary or is_backup)):
                rule = branch.hall.classes[class_id]
                is_helped = not sent_here and not is_primary
                yield _Row(line, rule.slope, rule.guaranteed_waiting_s, overflow_s, is_helped, class_id)
