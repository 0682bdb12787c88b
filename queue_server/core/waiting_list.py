"""All who wait, in the order in which the rule would call them now: to be read by people, on a screen or on paper.

In a power cut numbers are called by mouth, by this list. It holds what stands on a ticket, and nothing of a person.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from protocol.views import WaitingVisit
from queue_server.core.calling import Candidate, choose
from queue_server.core.state import Branch, Visit

PAGE_VISITS: Final = 400
"""So many visits of a page stay well under what one message may hold."""

_HERE: Final = ("called", "in_service", "parked")


def waiting_list(branch: Branch, at: datetime) -> tuple[WaitingVisit, ...]:
    """Give, queue by queue, who is at a counter, and then who waits, in calling order."""
    return tuple(one for queue_id in branch.hall.queues for one in _of_queue(branch, queue_id, at))


def _of_queue(branch: Branch, queue_id: str, at: datetime) -> Iterator[WaitingVisit]:
    here = [visit for visit in branch.visits.values() if visit.queue_id == queue_id and visit.state in _HERE]
    for visit in sorted(here, key=lambda one: one.place):
        yield _line(branch, visit, visit.counter_id)
    for visit in in_calling_order(branch, queue_id, at):
        yield _line(branch, visit, visit.to_counter_id)


def in_calling_order(branch: Branch, queue_id: str, at: datetime) -> Iterator[Visit]:
    """Give who waits in a queue as a counter that serves this queue alone would call them all now."""
    lines = [(branch.hall.classes[class_id], line) for (class_id, _), line in branch.lines.get(queue_id, {}).items()]
    passed = [0] * len(lines)
    while True:
        heads: list[Candidate] = []
        for tag, (rule, line) in enumerate(lines):
            place = line.at(passed[tag])
            if place is not None:
                waited_s = (at - place.rank_at).total_seconds()
                heads.append(Candidate(waited_s, place.order, rule.slope, rule.guaranteed_waiting_s, 0.0, tag))
        chosen = choose(heads, ())
        if chosen is None:
            return
        tag = chosen[0].tag
        place = lines[tag][1].at(passed[tag])
        assert place is not None, "a head stands in its line"
        passed[tag] += 1
        yield branch.visits[place.visit_id]


def _line(branch: Branch, visit: Visit, counter_id: str) -> WaitingVisit:
    counter = branch.hall.counters.get(counter_id)
    return WaitingVisit(
        visit_id=visit.visit_id,
        prefix=visit.prefix,
        number=visit.number,
        state=visit.state,
        queue_id=visit.queue_id,
        service_id=visit.service_id,
        priority_class_id=visit.priority_class_id,
        taken_at=visit.taken_at,
        counter_number=counter.number if counter is not None else 0,
    )
