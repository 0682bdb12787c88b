"""What the clerks' own day is made of: their figures, and the ledger of what was done out of order.

Both are of today alone and for people to look at; no rule, and no estimate, reads them. The log has every day of them.
"""

from bisect import insort

from protocol import events as e
from queue_server.core.state import Branch, ClerkToday, Disorder, Visit


def note(branch: Branch, visit: Visit | None, event: e.Event) -> None:
    """Count a call, a no-show or another class for the clerk, and write down what was out of order.

    ``visit`` is as it was before the event.
    """
    if visit is None:
        return
    match event:
        case e.VisitCalled():
            own = _of(branch, event.clerk_id)
            own.calls += 1
            if event.clause == "chosen":
                own.chosen += 1
                branch.disorders.append(
                    Disorder(
                        at=event.at,
                        kind="chosen",
                        prefix=visit.prefix,
                        number=visit.number,
                        counter_id=event.counter_id,
                        clerk_id=event.clerk_id,
                        reason=event.reason,
                        waited_s=event.waited_s,
                        passed_over=event.passed_over,
                    )
                )
        case e.VisitPrioritized():
            _of(branch, event.clerk_id).prioritized += 1
            branch.disorders.append(
                Disorder(
                    at=event.at,
                    kind="prioritized",
                    prefix=visit.prefix,
                    number=visit.number,
                    counter_id=event.counter_id,
                    clerk_id=event.clerk_id,
                    reason=event.reason,
                    before_class_id=visit.priority_class_id,
                    priority_class_id=event.priority_class_id,
                )
            )
        case e.VisitMarkedNoShow():
            _of(branch, event.clerk_id).no_shows += 1
        case _:
            pass


def count_served(branch: Branch, clerk_id: str, served_s: int, target_s: int) -> None:
    """Count a service that ended as served."""
    own = _of(branch, clerk_id)
    own.served += 1
    insort(own.durations_s, served_s)
    if served_s <= target_s:
        own.within_target += 1


def median_s(own: ClerkToday) -> int | None:
    """Give the median of the clerk's services, in seconds; None before the first."""
    durations, middle = own.durations_s, len(own.durations_s) // 2
    if not durations:
        return None
    return durations[middle] if len(durations) % 2 else (durations[middle - 1] + durations[middle]) // 2


def _of(branch: Branch, clerk_id: str) -> ClerkToday:
    return branch.clerks.setdefault(clerk_id, ClerkToday())
