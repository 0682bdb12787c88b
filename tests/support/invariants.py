"""What must always hold in a branch, whatever happens: written out once, for every test of the rules.

Each function is one promise to the people in the hall and asserts it on a :class:`DrivenBranch`, looking at visits one
by one where the rules look at lines and figures, so that both cannot be wrong in the same way. :func:`check` asserts
all that hold at every instant; :func:`check_call` judges one call against the hall as it stood before it.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from itertools import dropwhile, pairwise
from typing import Any, NamedTuple

import msgspec

from protocol import codec
from protocol import commands as c
from protocol import events as e
from protocol import views as v
from protocol.configuration import Configuration, NumbersPerPerson, PersonLimits
from protocol.estimates import Learned
from queue_server import core
from tests.support.driven_branch import DrivenBranch
from tests.support.halls import UTC_OFFSET_S
from tests.support.invariants_linked import nobody_is_lost_between_services, own_days_agree_with_the_log

FINAL = ("ended", "no_show", "cancelled", "expired")


# --- Numbers ---------------------------------------------------------------------------------------------------------


def numbers_are_unique(hall: DrivenBranch) -> None:
    """No number stands on two papers of a day, void ones included, and none is from another kiosk's own range."""
    ranges = hall.branch.configuration.kiosk_ranges
    parts = days(hall.events())
    for day in parts:
        given = [(event.prefix, event.number) for event in day if isinstance(event, e.VisitTaken | e.VisitRenumbered)]
        twice = [number for number, count in Counter(given).items() if count > 1]
        assert not twice, f"given twice: {twice}"
    for event in parts[-1]:
        if isinstance(event, e.VisitTaken) and not event.off_line:
            owned = [r for r in ranges if r.prefix == event.prefix and r.first <= event.number <= r.last]
            assert not owned, f"{event.prefix}{event.number} belongs to {owned}"


def a_visit_has_one_number(hall: DrivenBranch) -> None:
    """A visit id is taken once; what the branch says of it is what its last paper says."""
    for day in days(hall.events()):
        taken = Counter(event.visit_id for event in day if isinstance(event, e.VisitTaken))
        assert all(count == 1 for count in taken.values()), f"taken twice: {taken.most_common(1)}"
    for visit in hall.branch.visits.values():
        assert hall.branch.by_number[visit.prefix, visit.number] == visit.visit_id


def nobody_has_more_than_allowed(hall: DrivenBranch) -> None:
    """No person holds, or has taken today, more numbers than the policy allows, but for those that are marked so.

    Found by going through the day's events one by one, as an inspector would: who had what when each number was given.
    """
    configuration = hall.branch.configuration
    today = days(hall.events())[-1]
    services = {one.service_id: one for one in configuration.services if core.card_needed(configuration, one)}
    if not services or any(isinstance(event, e.ConfigurationChanged) for event in today):
        return
    policy = configuration.numbers_per_person
    taken: dict[str, list[e.VisitTaken]] = {}
    stands: dict[str, str] = {}
    called: set[str] = set()
    for event in today:
        if isinstance(event, e.VisitTaken) and event.service_id in services:
            assert event.person_mark or event.without_card or event.off_line, f"{event} was given to nobody knows whom"
            own = taken.setdefault(event.person_mark, [])
            if event.person_mark and not event.off_line:
                here = [one for one in own if one.service_id == event.service_id]
                _check_within(policy, policy, own, stands, called)
                _check_within(services[event.service_id].numbers_per_person, policy, here, stands, called)
            own.append(event)
        if isinstance(event, e.VisitCalled):
            called.add(event.visit_id)
        if visit_id := getattr(event, "visit_id", ""):
            stands[visit_id] = _STANDS.get(type(event), stands.get(visit_id, ""))


_STANDS: dict[type[Any], str] = {
    e.VisitTaken: "open",
    e.VisitCalled: "open",
    e.VisitReinstated: "open",
    e.VisitTransferred: "open",
    e.VisitMarkedNoShow: "no_show",
    e.VisitCancelled: "cancelled",
    e.VisitExpired: "over",
    e.ServiceEnded: "over",
    e.VisitContinued: "open",
    e.ServiceContinued: "open",
}


def _check_within(
    limits: PersonLimits,
    policy: NumbersPerPerson,
    numbers: list[e.VisitTaken],
    stands: dict[str, str],
    called: set[str],
) -> None:
    """Assert that whoever has these numbers may have one more."""
    how = [(one.visit_id, stands[one.visit_id]) for one in numbers]
    held = [one for one, state in how if state == "open"]
    assert not limits.at_once or len(held) < limits.at_once, f"a person holds {len(held)} and was given another"
    given_back = 0 if policy.cancelled_counts else sum(s == "cancelled" and one not in called for one, s in how)
    missed = 0 if policy.no_show_counts else sum(state == "no_show" for _, state in how)
    count = len(numbers) - given_back - missed
    assert not limits.day or count < limits.day, f"a person had {count} numbers today and was given another"


# --- Places ----------------------------------------------------------------------------------------------------------


def everybody_stands_somewhere_once(hall: DrivenBranch) -> None:
    """Nobody vanishes, and nobody stands in two places.

    Who waits stands in exactly one line, who is called or served at one counter, who is parked in one counter's list;
    and whoever stands somewhere is in the state that belongs there.
    """
    branch = hall.branch
    lines = [
        (place.visit_id, queue_id, class_id, to_counter_id)
        for queue_id, by_class in branch.lines.items()
        for (class_id, to_counter_id), line in by_class.items()
        for place in line
    ]
    waiting = [
        (visit.visit_id, visit.queue_id, visit.priority_class_id, visit.to_counter_id)
        for visit in branch.visits.values()
        if visit.state == "waiting"
    ]
    assert sorted(lines) == sorted(waiting)
    at_counters = [(k.visit_id, k.counter_id) for k in branch.counters.values() if k.visit_id]
    present = [(x.visit_id, x.counter_id) for x in branch.visits.values() if x.state in ("called", "in_service")]
    assert sorted(at_counters) == sorted(present), "a visit is at one counter at most, and a counter has one"
    kept = [(visit_id, k.counter_id) for k in branch.counters.values() for visit_id in k.parked]
    parked = [(x.visit_id, x.counter_id) for x in branch.visits.values() if x.state == "parked"]
    assert sorted(kept) == sorted(parked)


def lines_are_in_order(hall: DrivenBranch) -> None:
    """Who came earlier stands earlier, and no empty line is kept."""
    for by_class in hall.branch.lines.values():
        for line in by_class.values():
            places = list(line)
            assert places == sorted(places)
            assert places, "an empty line is kept"


def a_closed_hall_is_empty(hall: DrivenBranch) -> None:
    """Nobody is left over at the day's end, and everybody who took a number has an end."""
    if not hall.branch.day_open:
        assert all(visit.state in FINAL for visit in hall.branch.visits.values())
        assert not hall.branch.counter_by_clerk
        assert all(counter.window is None for counter in hall.branch.counters.values())


def a_clerk_is_at_one_counter(hall: DrivenBranch) -> None:
    """A clerk sits at one counter, a counter has one clerk, and a visit is called and served by a clerk."""
    branch = hall.branch
    seated = [(counter.clerk_id, counter.counter_id) for counter in branch.counters.values() if counter.clerk_id]
    assert dict(seated) == branch.counter_by_clerk
    assert len(seated) == len(branch.counter_by_clerk)
    for counter in branch.counters.values():
        assert counter.clerk_id or not counter.visit_id, f"{counter.counter_id} serves without a clerk"
        assert counter.clerk_id or counter.state == "closed", f"{counter.counter_id} is open without a clerk"


def a_closed_counter_keeps_nobody(hall: DrivenBranch) -> None:
    """Nobody is parked at, or sent to, a counter that is closed."""
    sent = {to for by_class in hall.branch.lines.values() for _, to in by_class if to}
    for counter in hall.branch.counters.values():
        if counter.state == "closed":
            assert not counter.parked, f"{counter.counter_id} is closed and keeps {counter.parked}"
            assert counter.counter_id not in sent, f"somebody is sent to {counter.counter_id}, which is closed"


# --- Figures ---------------------------------------------------------------------------------------------------------


def figures_agree_with_people(hall: DrivenBranch) -> None:
    """Every figure kept up to date is what counting the visits gives."""
    branch = hall.branch
    visits = branch.visits.values()
    assert _positive(branch.count_by_state) == Counter(visit.state for visit in visits)
    waiting = Counter(visit.service_id for visit in visits if visit.state == "waiting")
    assert _positive(branch.waiting_by_service) == waiting
    assert sum(branch.taken_by_service.values()) == len(branch.visits)
    today = days(hall.events())[-1]
    served = [
        event
        for event in today
        if isinstance(event, e.ServiceEnded)
        and event.outcome in branch.hall.outcomes
        and branch.hall.outcomes[event.outcome].served
        and not event.come_back_today
    ]
    assert branch.served == len(served)
    by_counter = Counter(event.counter_id for event in served)
    assert all(counter.served == by_counter[name] for name, counter in branch.counters.items())


def linked_services_hold_together(hall: DrivenBranch) -> None:
    """Nobody is lost between two services of one visit, and the clerks' own figures are true."""
    today = days(hall.events())[-1]
    nobody_is_lost_between_services(hall, today)
    own_days_agree_with_the_log(hall, today)


def calls_count_up(hall: DrivenBranch) -> None:
    """Calls and recalls of a day are numbered 1, 2, 3 …, so that a board knows what it has not said yet."""
    for day in days(hall.events()):
        call_ids = [event.call_id for event in day if isinstance(event, e.VisitCalled | e.VisitRecalled)]
        assert call_ids == list(range(1, len(call_ids) + 1))


def time_never_runs_backwards(hall: DrivenBranch) -> None:
    """Events stand in the order of time, a number is not older than its day, and no wait is negative.

    Until a day was opened a simulated hall may begin at any time, also before the machine's on which it was founded.
    """
    events = hall.events()
    since_opening = dropwhile(lambda event: not isinstance(event, e.DayOpened), events)
    assert all(one.at <= other.at for one, other in pairwise(since_opening))
    assert all(event.waited_s >= 0 for event in events if isinstance(event, e.VisitCalled))
    assert all(event.served_s >= 0 for event in events if isinstance(event, e.ServiceEnded))
    assert all(event.taken_at <= event.at for event in events if isinstance(event, e.VisitTaken))
    opened = [event.day for event in events if isinstance(event, e.DayOpened)]
    assert opened == sorted(set(opened)), "the business date moved back, or was opened twice"


# --- Ratings ---------------------------------------------------------------------------------------------------------


def ratings_are_of_served_visits_once(hall: DrivenBranch) -> None:
    """At most one rating per visit and channel, only of visits that were served, only where a window was opened."""
    asked: set[str] = set()
    rated: Counter[tuple[str, str]] = Counter()
    for event in hall.events():
        if isinstance(event, e.RatingOpened):
            asked.add(event.visit_id)
        if isinstance(event, e.VisitRated):
            assert event.visit_id in asked, "a rating that the system never asked for"
            rated[event.visit_id, event.channel] += 1
    assert all(count == 1 for count in rated.values()), f"rated twice: {rated.most_common(1)}"


def a_press_counts_in_its_window_only(hall: DrivenBranch) -> None:
    """A press without a flag lies between the opening and the closing of a window at its own counter."""
    windows: dict[str, e.RatingOpened] = {}
    presses: set[str] = set()
    for event in hall.events():
        if isinstance(event, e.DayOpened):
            windows, presses = {}, set()
        if isinstance(event, e.RatingOpened):
            assert event.counter_id not in windows, "two questions at one counter"
            windows[event.counter_id] = event
        if isinstance(event, e.RatingClosed):
            assert windows.pop(event.counter_id).nonce == event.nonce
        if isinstance(event, e.RatingPressed):
            assert event.press_id not in presses, "a press is kept once"
            presses.add(event.press_id)
            if not event.flag and event.channel != "link":
                window = windows[event.counter_id]
                assert window.visit_id == event.visit_id
                assert window.at <= event.at < window.closes_at


# --- Replay, repetition, views ---------------------------------------------------------------------------------------


def replay_of_the_bytes_equals_the_state(hall: DrivenBranch) -> None:
    """The stored bytes alone make the same branch; so do those since the day opened, with its configuration."""
    events = [codec.decode_event(body) for body in hall.log]
    assert core.replay(events) == hall.branch
    for index in range(len(events) - 1, 0, -1):
        if isinstance(events[index], e.DayOpened):
            configuration = _effective(events[:index], events[index])
            assert core.replay(events[index:], configuration) == hall.branch
            return


IDEMPOTENT = (
    c.TakeTicket,
    c.HandOverVisit,
    c.ReportTicket,
    c.CancelVisit,
    c.SignInClerk,
    c.OpenCounter,
    c.PauseCounter,
    c.CloseCounter,
    c.PressRating,
    c.Configure,
    c.RevokeDevice,
    c.PlaceFunction,
    c.ReportDevice,
    c.ReportUnsaidCall,
    c.PlanServices,
    c.CallHelp,
    c.EndHelp,
    c.AnswerCounterHelp,
    c.PrintTicket,
)
"""Commands that change nothing when they are asked again at once, even under a new request id. A tick is none of them:
it is about the time, which may have gone on since."""


def asking_again_changes_nothing(hall: DrivenBranch) -> None:
    """The last request, asked again, makes no event; a ticket asked for again has the same number."""
    if not hall.asked:
        return
    request, reply = hall.asked[-1]
    if not isinstance(request.command, IDEMPOTENT) or request.facts.old_visit is not None:
        return  # What the log says of an older day is looked up anew for each request.
    assert core.decide(hall.branch, request, hall.at) == ()
    again = core.reply(hall.branch, request, (), hall.estimates, hall.at)
    if isinstance(reply, v.TicketTaken) and isinstance(again, v.TicketTaken):
        assert (again.prefix, again.number) == (reply.prefix, reply.number)


def views_decode_and_are_small(hall: DrivenBranch) -> None:
    """Every view survives the wire unchanged and is shorter than a view may be."""
    for topic in core.topics(hall.branch):
        view = core.view_of(hall.branch, topic, hall.estimates, hall.at)
        envelope = v.Envelope(epoch=1, sequence=1, at=hall.at, rate=1.0, version=1, view=view)
        body = codec.encode(envelope)
        assert len(body) < v.VIEW_LIMIT_BYTES, f"{topic} has {len(body)} bytes"
        assert codec.decode_envelope(body) == envelope


def the_day_can_be_learned_from(hall: DrivenBranch) -> None:
    """Whatever has happened, it can be summed up, and what an estimate is told survives the pipe; no person in it."""
    learned = core.learned_by(hall.branch)
    body = msgspec.json.encode(learned)
    assert msgspec.json.decode(body, type=Learned) == learned
    assert not any(f'"{clerk_id}"'.encode() in body for clerk_id in hall.branch.counter_by_clerk)
    snapshot = core.take_snapshot(hall.branch, hall.at)
    assert msgspec.json.decode(msgspec.json.encode(snapshot), type=core.Snapshot) == snapshot


def the_loop_is_not_kept_spinning(hall: DrivenBranch) -> None:
    """A deadline that is due makes an event when the loop ticks; otherwise it lies ahead."""
    deadline = core.next_deadline(hall.branch, hall.at, UTC_OFFSET_S)
    if deadline is not None and deadline <= hall.at:
        tick = core.Request(core.Actor.loop(), c.Tick(), hall.facts())
        assert core.decide(hall.branch, tick, hall.at), f"the deadline {deadline} is due and nothing happens"


ALWAYS: tuple[Callable[[DrivenBranch], None], ...] = (
    numbers_are_unique,
    a_visit_has_one_number,
    nobody_has_more_than_allowed,
    everybody_stands_somewhere_once,
    lines_are_in_order,
    a_closed_hall_is_empty,
    a_clerk_is_at_one_counter,
    a_closed_counter_keeps_nobody,
    figures_agree_with_people,
    linked_services_hold_together,
    calls_count_up,
    time_never_runs_backwards,
    ratings_are_of_served_visits_once,
    a_press_counts_in_its_window_only,
    replay_of_the_bytes_equals_the_state,
    asking_again_changes_nothing,
    views_decode_and_are_small,
    the_day_can_be_learned_from,
    the_loop_is_not_kept_spinning,
)
"""Every promise that holds at every instant."""

QUICK = (
    everybody_stands_somewhere_once,
    a_clerk_is_at_one_counter,
    a_closed_counter_keeps_nobody,
    asking_again_changes_nothing,
)
"""Those that are cheap enough to assert after every step of a long simulation."""


def check(hall: DrivenBranch, promises: Iterable[Callable[[DrivenBranch], None]] = ALWAYS) -> None:
    """Assert these promises."""
    for promise in promises:
        promise(hall)


# --- The calling rule ------------------------------------------------------------------------------------------------


class Rival(NamedTuple):
    """A visit that the counter might have called, as the hall stood before the call."""

    visit_id: str
    waited_s: float
    order: int
    guaranteed_s: float
    points: float


def rivals(branch: core.Branch, counter_id: str, at: datetime) -> list[Rival]:
    """Give the candidate set of a counter, found by looking at every visit that waits.

    Any visit of a primary queue is in it, and of a backup queue once its (queue, class) has someone who waited beyond
    the overflow time, or when nobody waits in the primary queues. Visits sent to another counter never are.
    """
    counter = branch.counters[counter_id]
    profile = branch.hall.profiles[counter.work_profile_id]
    waiting = [visit for visit in branch.visits.values() if visit.state == "waiting"]
    sent_here = [visit for visit in waiting if visit.to_counter_id == counter_id]
    free = [visit for visit in waiting if not visit.to_counter_id]
    primary = [*sent_here, *(visit for visit in free if visit.queue_id in profile.primary_queue_ids)]
    backup = [visit for visit in free if visit.queue_id in set(profile.backup_queue_ids) - {*profile.primary_queue_ids}]
    over = {
        (visit.queue_id, visit.priority_class_id)
        for visit in backup
        if (at - visit.rank_at).total_seconds() > branch.hall.queues[visit.queue_id].overflow_after_s
    }
    helped = [visit for visit in backup if not primary or (visit.queue_id, visit.priority_class_id) in over]
    found = []
    for visit in [*primary, *helped]:
        rule = branch.hall.classes[visit.priority_class_id]
        waited_s = (at - visit.rank_at).total_seconds()
        found.append(Rival(visit.visit_id, waited_s, visit.order, rule.guaranteed_waiting_s, rule.slope * waited_s))
    return found


def check_call(before: list[Rival], call: e.VisitCalled) -> None:
    """Assert that a call by the rule chose rightly among the candidates that there were before it.

    Nobody waits past a guarantee while a later or a lower one of the same candidate set is called; and without anybody
    past a guarantee, nobody has more points than the one called.
    """
    chosen = next((rival for rival in before if rival.visit_id == call.visit_id), None)
    assert chosen is not None, f"{call.visit_id} was no candidate"
    overdue = [rival for rival in before if rival.waited_s >= rival.guaranteed_s]
    if overdue:
        assert call.clause == "guarantee", f"{overdue} waited past the guarantee and {call} was called"
        latest = max(rival.waited_s - rival.guaranteed_s for rival in overdue)
        assert chosen.waited_s - chosen.guaranteed_s == latest, f"{chosen} was called before {overdue}"
        equals = [rival for rival in overdue if rival.waited_s - rival.guaranteed_s == latest]
    else:
        assert call.clause == "priority"
        most = max(rival.points for rival in before)
        assert chosen.points == most, f"{chosen} was called with {chosen.points} points, another had {most}"
        equals = [rival for rival in before if rival.points == most]
    rightful = min(equals, key=lambda rival: (-rival.waited_s, rival.order))
    assert chosen == rightful, "equals are served by arrival"


# --- Helpers ---------------------------------------------------------------------------------------------------------


def days(events: list[e.AnyEvent]) -> list[list[e.AnyEvent]]:
    """Split a log by business days; what is before the first is a day of its own."""
    parts: list[list[e.AnyEvent]] = [[]]
    for event in events:
        if isinstance(event, e.DayOpened):
            parts.append([])
        parts[-1].append(event)
    return parts


def _effective(before: list[e.AnyEvent], opened: e.AnyEvent) -> Configuration:
    assert isinstance(opened, e.DayOpened)
    found = [
        event.configuration
        for event in before
        if isinstance(event, e.ConfigurationChanged) and event.configuration.configuration_id == opened.configuration_id
    ]
    return found[-1]


def _positive(counts: Mapping[Any, int]) -> dict[Any, int]:
    return {name: count for name, count in counts.items() if count}
