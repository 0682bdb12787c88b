"""What must always hold of linked services and of the clerks' own day; see :mod:`tests.support.invariants`."""

from collections import Counter
from statistics import median

from protocol import events as e
from queue_server.core import own_day
from tests.support.driven_branch import DrivenBranch

_UNRECORDED = "unrecorded"


def nobody_is_lost_between_services(hall: DrivenBranch, today: list[e.AnyEvent]) -> None:
    """Whoever has services to come goes on to the next one in the same instant, and is in for what was planned.

    Found by following each visit of the day through its own events, with the number that it had from the first.
    """
    known = hall.branch.hall.services
    outcomes = hall.branch.hall.outcomes
    if any(isinstance(event, e.ConfigurationChanged) for event in today):
        return
    coming: dict[str, tuple[str, ...]] = {}
    present: dict[str, str] = {}
    due: dict[str, e.ServiceEnded] = {}
    for event in today:
        visit_id = getattr(event, "visit_id", "")
        match event:
            case e.VisitTaken():
                coming[visit_id], present[visit_id] = event.coming_service_ids, event.service_id
            case e.ServicesPlanned():
                assert visit_id not in due, f"{visit_id} was planned for between two services"
                coming[visit_id] = event.coming_service_ids
            case e.ServiceEnded():
                outcome = outcomes.get(event.outcome)
                goes_on = outcome is not None and outcome.goes_on and event.outcome != _UNRECORDED
                if coming[visit_id] and goes_on and not event.come_back_today and not event.stop_here:
                    due[visit_id] = event
            case e.VisitContinued() | e.ServiceContinued():
                ended = due.pop(visit_id, None)
                assert ended is not None or coming[visit_id], f"{event} came from nowhere"
                assert ended is None or ended.at == event.at, "between two services no time passes"
                expected = coming[visit_id]
                assert (event.to_service_id, *event.coming_service_ids) == expected, f"{expected} was planned"
                assert event.to_queue_id == known[event.to_service_id].queue_id
                coming[visit_id], present[visit_id] = event.coming_service_ids, event.to_service_id
            case e.VisitTransferred():
                present[visit_id] = event.to_service_id
            case _:
                pass
    assert not due, f"{sorted(due)} had more to come and went nowhere"
    for visit in hall.branch.visits.values():
        assert (visit.service_id, visit.coming) == (present[visit.visit_id], coming[visit.visit_id])


def own_days_agree_with_the_log(hall: DrivenBranch, today: list[e.AnyEvent]) -> None:
    """A clerk's figures, and the order ledger, are what counting the day's events gives."""
    branch = hall.branch
    if any(isinstance(event, e.ConfigurationChanged) for event in today):
        return
    called = [event for event in today if isinstance(event, e.VisitCalled)]
    calls = Counter(event.clerk_id for event in called)
    chosen = Counter(event.clerk_id for event in called if event.clause == "chosen")
    missed = Counter(event.clerk_id for event in today if isinstance(event, e.VisitMarkedNoShow))
    ledger = [
        ("prioritized" if isinstance(event, e.VisitPrioritized) else "chosen", event.clerk_id)
        for event in today
        if isinstance(event, e.VisitPrioritized) or (isinstance(event, e.VisitCalled) and event.clause == "chosen")
    ]
    assert [(one.kind, one.clerk_id) for one in branch.disorders] == ledger[-(branch.disorders.maxlen or 0) :]
    durations = _durations(hall, today)
    assert set(durations) <= set(branch.clerks)
    for clerk_id, own in branch.clerks.items():
        took = durations.get(clerk_id, [])
        assert (own.calls, own.chosen, own.no_shows) == (calls[clerk_id], chosen[clerk_id], missed[clerk_id])
        assert own.served == len(took)
        assert own.durations_s == sorted(took)
        if took:
            assert own_day.median_s(own) == int(median(took))


def _durations(hall: DrivenBranch, today: list[e.AnyEvent]) -> dict[str, list[int]]:
    """Add up what each service took, over its parkings, and to whose credit it ended."""
    durations: dict[str, list[int]] = {}
    so_far: Counter[str] = Counter()
    for event in today:
        if isinstance(event, e.VisitParked | e.ServiceEnded):
            so_far[event.visit_id] += event.served_s
        if isinstance(event, e.ServiceEnded) and not event.come_back_today:
            outcome = hall.branch.hall.outcomes.get(event.outcome)
            if outcome is not None and outcome.served:
                durations.setdefault(event.clerk_id, []).append(so_far[event.visit_id])
        if isinstance(event, e.VisitTransferred | e.VisitContinued | e.ServiceContinued) or (
            isinstance(event, e.ServiceEnded) and event.come_back_today
        ):
            so_far[event.visit_id] = 0
    return durations
