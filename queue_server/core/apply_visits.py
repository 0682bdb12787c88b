"""What events change about visits: the visit itself, where it stands, and the figures of the day.

A visit's own fields change by :func:`changed` alone, which knows nothing of the branch, so that the same function tells
what became of a visit of an older day from that visit's events. Around it the visit is taken out of where its old state
had put it and put where its new state belongs: a line, a counter, a counter's parked visits, or its last no-shows. So
no visit can stand in two places, and none can stand in none while it still waits for something.
"""

from collections import deque
from collections.abc import Iterable
from datetime import timedelta
from typing import assert_never

import msgspec

from protocol import events as e
from protocol.views import VisitState
from queue_server.core import life, own_day
from queue_server.core.apply_inquiries import remember_answer
from queue_server.core.day import UNRECORDED
from queue_server.core.learning import note_service, note_wait
from queue_server.core.line import Line
from queue_server.core.state import (
    KEPT_NO_SHOWS,
    RECENT_CALLS_AT_LEAST,
    RECENT_CALLS_AT_MOST,
    RECENT_CALLS_S,
    RECENT_DURATIONS,
    Branch,
    Call,
    NumberHeld,
    Press,
    PrintOrder,
    Visit,
    Window,
)
from queue_server.core.tickets import RATE_SPAN

MoveEvent = (
    e.VisitTaken
    | e.VisitCalled
    | e.VisitRecalled
    | e.ServiceStarted
    | e.ServiceEnded
    | e.VisitMarkedNoShow
    | e.VisitReinstated
    | e.VisitPrioritized
    | e.VisitMended
    | e.VisitParked
    | e.VisitTransferred
    | e.VisitCancelled
    | e.VisitExpired
    | e.VisitContinued
    | e.ServiceContinued
)


def visit_of_events(events: Iterable[e.AnyEvent], day: str) -> Visit | None:
    """Tell what became of one visit from its own events in order; ``None`` when they do not begin with its number."""
    visit: Visit | None = None
    for event in events:
        if isinstance(event, MoveEvent):
            if visit is None and not isinstance(event, e.VisitTaken):
                return None
            visit = changed(visit, event, day=day, order=0)
        elif visit is not None and isinstance(event, e.VisitRenumbered):
            visit.prefix, visit.number = event.prefix, event.number
        elif visit is not None and isinstance(event, e.ServicesPlanned):
            visit.coming = event.coming_service_ids
        elif visit is not None and isinstance(event, e.TicketReported):
            visit.ticket_state, visit.ticket_copy = event.state, event.copy
        elif visit is not None and isinstance(event, e.VisitRated):
            visit.rated_by = (*visit.rated_by, event.channel)
        elif visit is not None and isinstance(event, e.RatingOpened):
            visit.served = True
        elif visit is not None and isinstance(event, e.RatingPressed) and event.channel == "link":
            visit.presses_by_link += 1
    return visit


def change_visit(branch: Branch, event: MoveEvent) -> None:
    """Move a visit: out of where it stood, through the change, and to where it stands now."""
    before = branch.visits.get(event.visit_id)
    state = before.state if before is not None else None
    if before is not None:
        _leave(branch, before)
        if isinstance(event, e.VisitTransferred) and state == "in_service":
            _learn(branch, before, before.served_s + event.served_s)
        if isinstance(event, e.VisitCalled) and not event.stopped_s:
            note_wait(branch, before, event.at)
        if isinstance(event, e.VisitMended):
            for service_id, change in ((before.service_id, -1), (event.service_id, 1)):
                branch.taken_by_service[service_id] = branch.taken_by_service.get(service_id, 0) + change
    own_day.note(branch, before, event)
    visit = changed(before, event, day=branch.day, order=len(branch.visits) + 1)
    if before is None:
        _register(branch, visit)
        if isinstance(event, e.VisitTaken) and event.person_mark:
            held = branch.held_by_person.get(event.person_mark, ())
            branch.held_by_person[event.person_mark] = (*held, NumberHeld(visit.visit_id, visit.service_id))
    _enter(branch, visit)
    if visit.state != state:
        _count(branch, state, -1)
        _count(branch, visit.state, +1)
    _keep_figures(branch, visit, event)


def changed(visit: Visit | None, event: MoveEvent, *, day: str, order: int) -> Visit:  # noqa: C901, PLR0912, PLR0915 -- one case per event.
    """Give the visit after the event: a new one, or the same with its fields changed."""
    state = life.after(visit.state if visit is not None else None, type(event))
    if isinstance(event, e.VisitTaken):
        return _new_visit(event, day, order)
    assert visit is not None, "only a number begins a visit"
    visit.state = state
    if isinstance(event, e.CounterEvent):
        visit.counter_id, visit.clerk_id = event.counter_id, event.clerk_id
    if isinstance(event, e.VisitMended):
        _mend(visit, event)
    match event:
        case e.VisitCalled():
            visit.call_id = event.call_id
            visit.called_at = event.at
            visit.started_at = None
            visit.clause = event.clause
            visit.call_reason = event.reason
            visit.waited_s = event.waited_s
            visit.recalls = 0
            visit.unsaid = False
            visit.to_counter_id = ""
            visit.remind_at = None
            visit.told = None
        case e.VisitRecalled():
            visit.call_id = event.call_id
            visit.recalls = event.recalls
            visit.unsaid = False
        case e.ServiceStarted():
            visit.started_at = event.at
        case e.ServiceEnded():
            visit.ended_at = event.at
            visit.served_s += event.served_s
            visit.outcome = event.outcome
            visit.come_back_today = event.come_back_today
        case e.VisitParked():
            visit.served_s += event.served_s
            visit.remind_at = event.remind_at
        case e.VisitTransferred():
            visit.transferred_from = event.counter_id
            visit.service_id = event.to_service_id
            visit.queue_id = event.to_queue_id
            visit.to_counter_id = event.to_counter_id
            visit.rank_at = event.rank_at
            visit.waiting_since = event.at
            visit.served_s = 0
            visit.noted_at = event.at if event.noted else None
        case e.VisitReinstated():
            visit.queue_id = event.queue_id
            visit.rank_at = event.rank_at
            visit.waiting_since = event.at
            visit.remind_at = None
            if visit.come_back_today:
                visit.come_back_today = False
                visit.outcome = ""
                visit.served_s = 0
        case e.VisitContinued():
            _take_up_next(visit, event)
            visit.rank_at = event.rank_at
            visit.waiting_since = event.at
        case e.ServiceContinued():
            _take_up_next(visit, event)
            visit.started_at = event.at
        case e.VisitPrioritized() | e.VisitMended():
            visit.priority_class_id = event.priority_class_id
        case e.VisitMarkedNoShow() | e.VisitCancelled() | e.VisitExpired():
            pass  # The state says it all.
        case _:
            assert_never(event)
    return visit


def _take_up_next(visit: Visit, event: e.VisitContinued | e.ServiceContinued) -> None:
    """Go on to the next of the linked services; what the last one took is not what this one takes."""
    visit.service_id = event.to_service_id
    visit.queue_id = event.to_queue_id
    visit.coming = event.coming_service_ids
    visit.outcome = ""
    visit.served_s = 0
    visit.noted_at = None


def _mend(visit: Visit, event: e.VisitMended) -> None:
    if event.service_id != visit.service_id:
        visit.told = None  # The range was another service's.
        visit.to_counter_id = ""
    visit.service_id, visit.queue_id = event.service_id, event.queue_id


def renumber_visit(branch: Branch, event: e.VisitRenumbered) -> None:
    """Let the number on paper win; the void one stays taken, so that nobody else gets it."""
    visit = branch.visits[event.visit_id]
    visit.prefix, visit.number = event.prefix, event.number
    branch.by_number[event.prefix, event.number] = visit.visit_id
    branch.last_own_numbers[visit.function_id, visit.prefix] = visit.number


def note_ticket(branch: Branch, event: e.TicketReported) -> None:
    """Keep what became of the paper; that of an older day is in the log alone."""
    visit = branch.visits.get(event.visit_id)
    if visit is not None:
        visit.ticket_state, visit.ticket_copy = event.state, event.copy
    order = branch.print_orders.get(event.order_id)
    if order is not None:
        told = msgspec.structs.replace(order, state=event.state, reason=event.reason, told_at=event.at)
        branch.print_orders[order.order_id] = told


def order_print(branch: Branch, event: e.TicketPrintOrdered) -> None:
    """Expect a paper of a kiosk; an earlier order of the same number that was not printed is void."""
    for order in [one for one in branch.print_orders.values() if one.visit_id == event.visit_id]:
        if order.state in ("ordered", "held"):
            branch.print_orders[order.order_id] = msgspec.structs.replace(order, state="replaced")
    branch.print_orders[event.order_id] = PrintOrder(
        order_id=event.order_id,
        visit_id=event.visit_id,
        function_id=event.function_id,
        copy=event.copy,
        ordered_at=event.at,
        expires_at=event.expires_at,
    )


def note_unsaid(branch: Branch, event: e.CallLeftUnsaid) -> None:
    """Let the clerk know that the call may not have been heard; the next call or recall clears it."""
    branch.visits[event.visit_id].unsaid = True


def open_rating(branch: Branch, event: e.RatingOpened) -> None:
    """Ask for a rating at the counter; a visit that is asked was served."""
    branch.visits[event.visit_id].served = True
    counter = branch.counters[event.counter_id]
    assert counter.window is None, f"{counter.counter_id} asks two citizens at once"
    counter.window = Window(
        visit_id=event.visit_id,
        clerk_id=event.clerk_id,
        service_id=event.service_id,
        nonce=event.nonce,
        scale_id=event.scale_id,
        tone=event.tone,
        opened_at=event.at,
        closes_at=event.closes_at,
    )


def press_rating(branch: Branch, event: e.RatingPressed) -> None:
    """Remember the press, and let it be the answer so far when it counts."""
    branch.press_ids.add(event.press_id)
    if event.channel == "link":
        visit = branch.visits.get(event.visit_id)
        if visit is not None:
            visit.presses_by_link += 1
        return
    counter = branch.counters.get(event.counter_id)
    window = counter.window if counter is not None else None
    if window is not None and event.visit_id == window.visit_id:
        kept = window.presses_at.setdefault(event.function_id, [])
        kept.append(event.pressed_at)
        del kept[: -branch.configuration.satisfaction.rating_burst_presses]
    if not event.flag:
        assert window is not None, "a press counts in an open window only"
        window.presses[event.channel] = Press(event.level, event.reasons)
        window.last_pressed_at[event.function_id] = event.pressed_at


def close_rating(branch: Branch, event: e.RatingClosed) -> None:
    """Ask no more."""
    branch.counters[event.counter_id].window = None


def rate_visit(branch: Branch, event: e.VisitRated) -> None:
    """Note by which channel the visit was rated, for alerts too; that of an older day is in the log alone."""
    remember_answer(branch, event)
    visit = branch.visits.get(event.visit_id)
    if visit is not None:
        visit.rated_by = (*visit.rated_by, event.channel)


def _new_visit(event: e.VisitTaken, day: str, order: int) -> Visit:
    return Visit(
        visit_id=event.visit_id,
        order=order,
        day=day,
        prefix=event.prefix,
        number=event.number,
        state="waiting",
        service_id=event.service_id,
        queue_id=event.queue_id,
        priority_class_id=event.priority_class_id,
        procedure_code=event.procedure_code,
        language=event.language,
        device_id=event.device_id,
        function_id=event.function_id,
        taken_at=event.taken_at,
        rank_at=event.taken_at,
        waiting_since=event.taken_at,
        off_line=event.off_line,
        over_limit=event.over_limit,
        told=event.estimate,
        coming=event.coming_service_ids,
    )


def _register(branch: Branch, visit: Visit) -> None:
    """Make a new visit known by its id and number, and count it."""
    branch.visits[visit.visit_id] = visit
    branch.by_number[visit.prefix, visit.number] = visit.visit_id
    branch.taken_by_service[visit.service_id] = branch.taken_by_service.get(visit.service_id, 0) + 1
    if visit.off_line:
        branch.last_handed_over_at[visit.device_id] = visit.taken_at
        branch.last_own_numbers[visit.function_id, visit.prefix] = visit.number
        return
    branch.last_numbers[visit.prefix] = visit.number
    lately = branch.taken_lately.setdefault(visit.function_id, deque())
    lately.append(visit.taken_at)
    while lately and visit.taken_at - lately[0] >= RATE_SPAN:
        lately.popleft()


def _leave(branch: Branch, visit: Visit) -> None:
    """Take the visit out of where its state has put it."""
    match visit.state:
        case "waiting":
            lines = branch.lines[visit.queue_id]
            key = (visit.priority_class_id, visit.to_counter_id)
            lines[key].remove(visit.place)
            if not lines[key]:
                del lines[key]
            branch.waiting_by_service[visit.service_id] -= 1
        case "called" | "in_service":
            branch.counters[visit.counter_id].visit_id = ""
        case "parked":
            branch.counters[visit.counter_id].parked.remove(visit.visit_id)
        case "no_show":
            counter = branch.counters.get(visit.counter_id)  # A new configuration may have taken it away.
            if counter is not None and visit.visit_id in counter.no_shows:
                counter.no_shows.remove(visit.visit_id)
        case "ended":
            counter = branch.counters.get(visit.counter_id)
            if counter is not None and visit.visit_id in counter.come_backs:
                counter.come_backs.remove(visit.visit_id)
        case "cancelled" | "expired":
            pass
        case _:
            assert_never(visit.state)


def _enter(branch: Branch, visit: Visit) -> None:
    """Put the visit where its state belongs."""
    match visit.state:
        case "waiting":
            lines = branch.lines.setdefault(visit.queue_id, {})
            lines.setdefault((visit.priority_class_id, visit.to_counter_id), Line()).insert(visit.place)
            branch.waiting_by_service[visit.service_id] = branch.waiting_by_service.get(visit.service_id, 0) + 1
        case "called" | "in_service":
            counter = branch.counters[visit.counter_id]
            assert not counter.visit_id, f"{counter.counter_id} has {counter.visit_id} already"
            counter.visit_id = visit.visit_id
        case "parked":
            branch.counters[visit.counter_id].parked.append(visit.visit_id)
        case "no_show":
            kept = branch.counters[visit.counter_id].no_shows
            kept.append(visit.visit_id)
            del kept[:-KEPT_NO_SHOWS]
        case "ended":
            if visit.come_back_today:
                kept = branch.counters[visit.counter_id].come_backs
                kept.append(visit.visit_id)
                del kept[:-KEPT_NO_SHOWS]
        case "cancelled" | "expired":
            pass
        case _:
            assert_never(visit.state)


def _count(branch: Branch, state: VisitState | None, change: int) -> None:
    if state is not None:
        branch.count_by_state[state] = branch.count_by_state.get(state, 0) + change


def _keep_figures(branch: Branch, visit: Visit, event: MoveEvent) -> None:
    """Keep the figures of the counter and the day, the recent calls, and the grace of an open question."""
    match event:
        case e.VisitCalled() | e.VisitRecalled():
            if isinstance(event, e.VisitCalled):
                branch.counters[event.counter_id].last_call_id = event.call_id
            branch.last_call_id = event.call_id
            _tell_boards(branch, visit, event)
            _shorten_window(branch, event)
        case e.ServiceEnded():
            outcome = branch.hall.outcomes.get(event.outcome)
            if outcome is not None and outcome.served and not event.come_back_today:
                _count_served(branch, visit, event)
            if event.outcome != UNRECORDED:
                _learn(branch, visit, visit.served_s)
        case e.VisitMarkedNoShow():
            branch.counters[event.counter_id].no_show_count += 1
        case _:
            pass


def _count_served(branch: Branch, visit: Visit, event: e.ServiceEnded) -> None:
    counter = branch.counters[event.counter_id]
    service = branch.hall.services[visit.service_id]
    branch.served += 1
    counter.served += 1
    counter.served_total_s += visit.served_s
    if visit.waited_s <= service.target_waiting_s:
        counter.within_target += 1
    own_day.count_served(branch, event.clerk_id, visit.served_s, service.target_service_s)


def _learn(branch: Branch, visit: Visit, served_s: int) -> None:
    """Remember how long a service took, unless it was only pressed through, or the hall was stopped meanwhile."""
    since = visit.started_at
    if since is not None and (branch.stopped is not None or any(ends > since for _, ends in branch.stops)):
        return
    if served_s >= branch.configuration.policies.minimum_service_s:
        branch.durations_s.setdefault(visit.service_id, deque(maxlen=RECENT_DURATIONS)).append(served_s)
        note_service(branch, visit.counter_id, visit.service_id, served_s)


def _tell_boards(branch: Branch, visit: Visit, event: e.VisitCalled | e.VisitRecalled) -> None:
    counter = branch.hall.counters[event.counter_id]
    calls = branch.calls[counter.zone_id]
    calls.append(
        Call(
            call_id=event.call_id,
            visit_id=visit.visit_id,
            prefix=visit.prefix,
            number=visit.number,
            counter_id=event.counter_id,
            counter_number=counter.number,
            called_at=event.at,
            again=isinstance(event, e.VisitRecalled),
            language=visit.language,
        )
    )
    oldest = event.at - timedelta(seconds=RECENT_CALLS_S)
    while len(calls) > RECENT_CALLS_AT_MOST or (len(calls) > RECENT_CALLS_AT_LEAST and calls[0].called_at < oldest):
        calls.popleft()


def _shorten_window(branch: Branch, event: e.VisitCalled | e.VisitRecalled) -> None:
    """Leave the one before a short grace to answer, now that the next one is on the way."""
    window = branch.counters[event.counter_id].window
    if window is not None and isinstance(event, e.VisitCalled):
        grace = timedelta(seconds=branch.configuration.policies.rating_grace_s)
        window.closes_at = min(window.closes_at, event.at + grace)
