"""What a clerk sees of the own counter: who is served, who is next, who waits since when, and how the own day goes.

Where the branch hides the queue from its clerks, nobody's number is in the view before it is called: what is not told
cannot be picked.
"""

from datetime import datetime
from itertools import islice
from typing import Final

from protocol import views as v
from protocol.events import Clause
from queue_server.core import own_day
from queue_server.core.calling import next_visits, served_lines, waiting_for
from queue_server.core.rosters import own_shifts
from queue_server.core.shown import stopped_hall, utc_offset_s
from queue_server.core.state import Branch, ClerkToday, CounterToday, Visit

NEXT_SHOWN: Final = 4
"""How many of the next visits a counter's console shows."""

ORDER_SHOWN: Final = 24
"""How many lines of the order ledger fit into its view beside the sums."""
CLERKS_SHOWN: Final = 40


def counter_view(branch: Branch, counter_id: str, at: datetime) -> v.CounterView:
    """Give what the clerk's console shows. It says nothing of ratings."""
    counter = branch.hall.counters[counter_id]
    present = branch.counters[counter_id]
    serving = branch.visits.get(present.visit_id)
    profile = branch.hall.profiles[present.work_profile_id]
    hides_queue = branch.configuration.staff_rules.hides_queue
    return v.CounterView(
        counter_id=counter_id,
        number=counter.number,
        names=counter.names,
        state=present.state,
        pause_reason=present.pause_reason,
        clerk_id=present.clerk_id,
        work_profile_id=present.work_profile_id,
        work_profile_names=profile.names,
        day=branch.day,
        utc_offset_s=utc_offset_s(branch),
        day_open=branch.day_open,
        serving=counter_visit(branch, serving, at) if serving is not None else None,
        next_visits=tuple(
            counter_visit(branch, branch.visits[choice.place.visit_id], at, choice.clause, backup=choice.is_backup)
            for choice in islice(next_visits(branch, present, at), 0 if hides_queue else NEXT_SHOWN)
        ),
        parked=tuple(counter_visit(branch, branch.visits[visit_id], at) for visit_id in present.parked),
        no_shows=tuple(counter_visit(branch, branch.visits[visit_id], at) for visit_id in present.no_shows),
        waiting=waiting_for(branch, present),
        today=v.CounterDay(
            served=present.served,
            within_target=present.within_target,
            no_shows=present.no_show_count,
            served_total_s=present.served_total_s,
        ),
        recall_limit=branch.configuration.policies.recall_limit,
        come_backs=tuple(counter_visit(branch, branch.visits[visit_id], at) for visit_id in present.come_backs),
        classes=_classes(branch, present, hides_queue=hides_queue),
        own=_own(branch.clerks.get(present.clerk_id, ClerkToday())),
        hides_queue=hides_queue,
        help=counter_help(branch, present),
        queues=_queues(branch, present),
        asked=_asked(branch, present),
        stopped=stopped_hall(branch),
        own_shifts=own_shifts(branch, present.clerk_id),
        last_call_id=present.last_call_id,
    )


def counter_help(branch: Branch, counter: CounterToday) -> v.CounterHelp | None:
    """Give the call for help of a counter."""
    wanted = counter.help
    if wanted is None:
        return None
    return v.CounterHelp(
        counter_id=counter.counter_id,
        number=branch.hall.counters[counter.counter_id].number,
        clerk_id=counter.clerk_id,
        to=wanted.to,
        to_counter_id=wanted.to_counter_id,
        since_at=wanted.since_at,
        answered_by=wanted.answered_by,
    )


def _classes(branch: Branch, counter: CounterToday, *, hides_queue: bool) -> tuple[v.ClassWaiting, ...]:
    """Sum up who waits for this counter by class, the class that gains fastest first."""
    waiting: dict[str, int] = {}
    backup: dict[str, int] = {}
    heads: dict[str, Visit] = {}
    for class_id, line, is_backup in served_lines(branch, counter):
        head = branch.visits[next(iter(line)).visit_id]
        waiting[class_id] = waiting.get(class_id, 0) + len(line)
        backup[class_id] = backup.get(class_id, 0) + (len(line) if is_backup else 0)
        if class_id not in heads or head.place < heads[class_id].place:
            heads[class_id] = head
    rules = branch.hall.classes
    return tuple(
        v.ClassWaiting(
            priority_class_id=class_id,
            waiting=waiting[class_id],
            backup=backup[class_id],
            oldest_at=heads[class_id].rank_at,
            target_s=min(
                rules[class_id].guaranteed_waiting_s,
                branch.hall.services[heads[class_id].service_id].target_waiting_s,
            ),
            prefix="" if hides_queue else heads[class_id].prefix,
            number=0 if hides_queue else heads[class_id].number,
        )
        for class_id in sorted(heads, key=lambda one: -rules[one].slope)
    )


def _queues(branch: Branch, counter: CounterToday) -> tuple[v.QueueWaiting, ...]:
    """Sum up the queues of the counter's work profile, its own first; whoever is sent to one counter counts too."""
    profile = branch.hall.profiles[counter.work_profile_id]
    given = []
    for queue_id in (*profile.primary_queue_ids, *profile.backup_queue_ids):
        lines = branch.lines.get(queue_id, {}).values()
        given.append(
            v.QueueWaiting(
                queue_id=queue_id,
                waiting=sum(len(line) for line in lines),
                oldest_at=min((line.head.rank_at for line in lines if line.head is not None), default=None),
                backup=queue_id not in profile.primary_queue_ids,
            )
        )
    return tuple(given)


def _asked(branch: Branch, counter: CounterToday) -> tuple[v.CounterHelp, ...]:
    """Give the calls for help that concern the clerk here: who are asked, and the one who goes."""
    given = []
    for other in branch.counters.values():
        wanted = other.help
        if wanted is None or other is counter or not counter.clerk_id:
            continue
        is_asked = wanted.to == "colleague" and wanted.to_counter_id in ("", counter.counter_id)
        if wanted.answered_by == counter.clerk_id or (is_asked and not wanted.answered_by):
            shown = counter_help(branch, other)
            given += [shown] if shown is not None else []
    return tuple(given)


def _own(own: ClerkToday) -> v.ClerkDay:
    return v.ClerkDay(
        served=own.served,
        within_target=own.within_target,
        median_service_s=own_day.median_s(own),
        calls=own.calls,
        chosen=own.chosen,
        no_shows=own.no_shows,
    )


def order_view(branch: Branch) -> v.OrderView:
    """Give the order ledger of today; of very many clerks those who called most often out of order."""
    clerks = sorted(branch.clerks.items(), key=lambda one: (-(one[1].chosen + one[1].prioritized), one[0]))
    newest = [branch.disorders[-place] for place in range(1, min(len(branch.disorders), ORDER_SHOWN) + 1)]
    return v.OrderView(
        day=branch.day,
        entries=tuple(
            v.OrderEntry(
                at=one.at,
                kind=one.kind,
                prefix=one.prefix,
                number=one.number,
                counter_id=one.counter_id,
                clerk_id=one.clerk_id,
                reason=one.reason,
                waited_s=one.waited_s,
                passed_over=one.passed_over,
                before_class_id=one.before_class_id,
                priority_class_id=one.priority_class_id,
            )
            for one in newest
        ),
        clerks=tuple(
            v.ClerkOrder(clerk_id=clerk_id, calls=own.calls, chosen=own.chosen, prioritized=own.prioritized)
            for clerk_id, own in clerks[:CLERKS_SHOWN]
        ),
    )


def counter_visit(
    branch: Branch, visit: Visit, at: datetime, clause: Clause | None = None, *, backup: bool = False
) -> v.CounterVisit:
    """Give a visit as its counter sees it; ``clause`` is the one it would be called by while it waits."""
    waits = visit.state == "waiting"
    rule = branch.hall.classes.get(visit.priority_class_id)
    waited_s = int((at - visit.waiting_since).total_seconds()) if waits else visit.waited_s
    overdue = waits and rule is not None and (at - visit.rank_at).total_seconds() >= rule.guaranteed_waiting_s
    return v.CounterVisit(
        visit_id=visit.visit_id,
        prefix=visit.prefix,
        number=visit.number,
        state=visit.state,
        service_id=visit.service_id,
        queue_id=visit.queue_id,
        priority_class_id=visit.priority_class_id,
        procedure_code=visit.procedure_code,
        taken_at=visit.taken_at,
        rank_at=visit.rank_at,
        function_id=visit.function_id,
        called_at=visit.called_at,
        started_at=visit.started_at,
        clause=clause if waits else visit.clause,
        reason="" if waits else visit.call_reason,
        recalls=visit.recalls,
        off_line=visit.off_line,
        unsaid=visit.unsaid,
        over_limit=visit.over_limit,
        waited_s=waited_s,
        overdue=overdue,
        backup=backup,
        remind_at=visit.remind_at,
        transferred_from=visit.transferred_from,
        language=visit.language,
        coming_service_ids=visit.coming,
        noted=visit.noted_at is not None,
    )
