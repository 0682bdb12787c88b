"""The counter console: what it says, from the views of the hall and of the counter. Pure.

What a clerk may do now is decided here only to grey out what the queue server would refuse anyway; the server has the
last word, and its sentence is shown.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from string import ascii_uppercase
from typing import Final, Literal

from presentation.formats import clock, duration, listed, ticket_number
from presentation.texts import Words, name_in
from protocol.configuration import PriorityClass, Procedure, Reason
from protocol.views import CounterView, CounterVisit, HallService, HallView
from queue_server.web.hall_page import HelpRow, cut_off, help_rows

State = Literal["elsewhere", "day_over", "closed", "paused", "idle", "called", "serving"]
Tone = Literal["plain", "main", "gentle", "danger"]
Kind = Literal["usual", "priority", "backup", "overdue"]

UNRECORDED: Final = "unrecorded"
"""The server's own outcome, for a service that the day's end cut short; no clerk chooses it."""

_MINUTE_S: Final = 60
_CHIPS_MOST: Final = 4


@dataclass(frozen=True)
class Seat:
    """Who looks at which counter, in which language, and by which names and numbers the page is written."""

    clerk_id: str
    names: Mapping[str, str]
    """Shown names by clerk id."""
    hall: HallView
    counter: CounterView
    priority_classes: tuple[PriorityClass, ...]
    procedures: Mapping[str, Procedure]
    words: Words
    viewed_at: datetime
    """The hall time of the counter's view; waits have grown since."""
    now: datetime

    def name(self, names: Mapping[str, str]) -> str:
        """Give a configured name in the page's language."""
        return name_in(names, self.words.language)

    def minutes(self, seconds: float) -> str:
        """Write a duration that does not hop every second."""
        if seconds < _MINUTE_S:
            return self.words("format.under_minutes", minutes=1)
        return duration(self.words, seconds)

    def clock(self, at: datetime) -> str:
        """Write a time of day as the hall's clock shows it."""
        return clock(self.words, at, self.counter.utc_offset_s)

    def service(self, service_id: str) -> HallService | None:
        """Find a service; one that has left the configuration today is None."""
        return next((service for service in self.hall.services if service.service_id == service_id), None)

    def priority_class(self, priority_class_id: str) -> PriorityClass | None:
        """Find a priority class."""
        found = (one for one in self.priority_classes if one.priority_class_id == priority_class_id)
        return next(found, None)

    def is_usual(self, priority_class_id: str) -> bool:
        """Tell whether a class is the one without priority: of the least slope."""
        this = self.priority_class(priority_class_id)
        return this is None or this.slope <= min(one.slope for one in self.priority_classes)


@dataclass(frozen=True)
class Row:
    """A labelled fact about the visit at the counter."""

    label: str
    text: str
    tone: Literal["plain", "quiet", "brick"] = "plain"


@dataclass(frozen=True)
class AtCounter:
    """The visit at the counter; `since_at` and `target_s` drive the running clock (seconds, hall time)."""

    heading: str
    number: str
    badge: str
    since_at: datetime
    target_s: int
    target: str
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class NextRow:
    """A visit that the rule would call."""

    visit_id: str
    number: str
    title: str
    detail: str
    badge: str
    kind: Kind


@dataclass(frozen=True)
class Chip:
    """A visit set aside or marked as a no-show, with the digit that takes it up again."""

    visit_id: str
    number: str
    detail: str
    digit: int
    due: bool = False


@dataclass(frozen=True)
class Button:
    """A button and its key. `action` is known to the page's script; a press that is no use now is greyed out."""

    action: str
    title: str
    hint: str
    key: str
    tone: Tone
    enabled: bool
    wide: bool = False


@dataclass(frozen=True)
class Choice:
    """One thing to choose in a dialog, with its key."""

    value: str
    title: str
    key: str


@dataclass(frozen=True)
class Choices:
    """All that the dialogs offer."""

    outcomes: tuple[Choice, ...]
    pause: tuple[Choice, ...]
    transfer: tuple[Choice, ...]
    call: tuple[Choice, ...]
    reinstate: tuple[Choice, ...]
    priority: tuple[Choice, ...]
    classes: tuple[Choice, ...]
    services: tuple[Choice, ...]
    counters: tuple[Choice, ...]


@dataclass(frozen=True)
class ConsolePage:
    """All that the console says."""

    state: State
    counter: str
    counter_id: str
    utc_offset_s: int
    profile: str
    waiting: str
    clerk: str
    title: str
    hint: str
    at_counter: AtCounter | None
    next_rows: tuple[NextRow, ...]
    next_reason: str
    parked: tuple[Chip, ...]
    no_shows: tuple[Chip, ...]
    buttons: tuple[Button, ...]
    call_chosen: bool
    prioritizes: bool
    figures: tuple[Row, ...]
    choices: Choices
    help_rows: tuple[HelpRow, ...]
    cut_off: tuple[str, ...]


def console_page(seat: Seat) -> ConsolePage:
    """Make the console of a counter as this clerk sees it now."""
    state = state_of(seat)
    title, hint = _standing(seat, state)
    parked = tuple(_parked_chip(seat, visit, digit) for digit, visit in enumerate(seat.counter.parked[:_CHIPS_MOST], 1))
    marked = enumerate(seat.counter.no_shows[:_CHIPS_MOST], len(parked) + 1)
    return ConsolePage(
        state=state,
        counter=seat.words("common.counter", counter=seat.counter.number),
        counter_id=seat.counter.counter_id,
        utc_offset_s=seat.counter.utc_offset_s,
        profile=_profile(seat),
        waiting=seat.words.counted("console.waiting", seat.counter.waiting),
        clerk=seat.names.get(seat.clerk_id, seat.clerk_id),
        title=title,
        hint=hint,
        at_counter=_at_counter(seat, seat.counter.serving) if seat.counter.serving else None,
        next_rows=tuple(_next_row(seat, visit) for visit in seat.counter.next_visits),
        next_reason=_next_reason(seat),
        parked=parked,
        no_shows=tuple(_no_show_chip(seat, visit, digit) for digit, visit in marked),
        buttons=_buttons(seat, state),
        call_chosen=state == "idle",
        prioritizes=state in {"idle", "called", "serving", "paused"},
        figures=_figures(seat),
        choices=_choices(seat),
        help_rows=help_rows(seat.hall, seat.words),
        cut_off=cut_off(seat.hall, seat.words),
    )


def state_of(seat: Seat) -> State:
    """Tell how things stand at the counter for this clerk."""
    counter = seat.counter
    if counter.clerk_id != seat.clerk_id:
        return "elsewhere"
    if counter.serving is not None:
        return "serving" if counter.serving.state == "in_service" else "called"
    if not counter.day_open:
        return "day_over"
    by_state: dict[str, State] = {"open": "idle", "paused": "paused", "closed": "closed"}
    return by_state[counter.state]


def _standing(seat: Seat, state: State) -> tuple[str, str]:
    """Write the large words of a counter at which nobody is served."""
    words = seat.words
    counter = words("common.counter", counter=seat.counter.number)
    match state:
        case "elsewhere" if seat.counter.clerk_id:
            other = seat.names.get(seat.counter.clerk_id, seat.counter.clerk_id)
            return words("staff.counter_taken", counter=counter, clerk=other), words("staff.counter_taken_hint")
        case "elsewhere":
            return words("staff.not_at_counter", counter=counter), words("staff.not_at_counter_hint")
        case "day_over":
            return words("staff.day_over"), words("staff.day_over_hint")
        case "paused":
            reason = _reason_name(seat, seat.counter.pause_reason)
            return words("console.paused"), reason or words("staff.paused_hint")
        case "closed":
            return words("console.closed"), words("staff.closed_hint")
        case _:
            return words("console.idle"), words("console.idle_hint")


def _reason_name(seat: Seat, reason_id: str) -> str:
    names = next((reason.names for reason in seat.hall.reasons if reason.reason_id == reason_id), None)
    return seat.name(names) if names else reason_id


def _profile(seat: Seat) -> str:
    """Write the queues of the counter: "Hộ tịch · dự phòng: Chứng thực"."""
    profiles = {profile.work_profile_id: profile for profile in seat.hall.work_profiles}
    profile = profiles.get(seat.counter.work_profile_id)
    if profile is None:
        return seat.name(seat.counter.work_profile_names) if seat.counter.work_profile_names else ""
    queue_names = {queue.queue_id: seat.name(queue.names) for queue in seat.hall.queues}
    own = listed(seat.words, (queue_names.get(one, one) for one in profile.primary_queue_ids))
    if not profile.backup_queue_ids:
        return own
    helped = listed(seat.words, (queue_names.get(one, one) for one in profile.backup_queue_ids))
    return f"{own} · {seat.words('console.backup', services=helped)}"


def _work(seat: Seat, visit: CounterVisit) -> str:
    """Write what the visit is about, as exactly as is known."""
    procedure = seat.procedures.get(visit.procedure_code)
    if procedure is not None:
        return seat.name(procedure.names)
    service = seat.service(visit.service_id)
    return seat.name(service.names) if service else visit.service_id


def _class_name(seat: Seat, priority_class_id: str) -> str:
    names = seat.hall.class_names.get(priority_class_id)
    return seat.name(names) if names else priority_class_id


def _at_counter(seat: Seat, visit: CounterVisit) -> AtCounter:
    serving = visit.state == "in_service"
    service = seat.service(visit.service_id)
    target_s = service.target_service_s if service and serving else 0
    target = seat.words("console.target", minutes=duration(seat.words, target_s)) if target_s else ""
    badge = ""
    if not seat.is_usual(visit.priority_class_id):
        badge = f"{seat.words('common.priority')} · {_class_name(seat, visit.priority_class_id)}"
    return AtCounter(
        heading=seat.words("console.serving" if serving else "console.calling"),
        number=ticket_number(visit.prefix, visit.number),
        badge=badge,
        since_at=(visit.started_at if serving else visit.called_at) or seat.now,
        target_s=target_s,
        target=target if serving else _recalls(seat, visit),
        rows=_facts(seat, visit, service),
    )


def _facts(seat: Seat, visit: CounterVisit, service: HallService | None) -> tuple[Row, ...]:
    words = seat.words
    rows = [Row(words("console.service"), seat.name(service.names) if service else visit.service_id)]
    if visit.procedure_code:
        procedure = seat.procedures.get(visit.procedure_code)
        name = f"{seat.name(procedure.names)} ({visit.procedure_code})" if procedure else visit.procedure_code
        rows.append(Row(words("console.procedure"), name))
    taken = words("console.taken_at_kiosk", time=seat.clock(visit.taken_at), kiosk=visit.function_id)
    rows.append(Row(words("console.taken_at"), f"{taken} · {words('console.off_line')}" if visit.off_line else taken))
    rows.append(_waited(seat, visit, service.target_waiting_s if service else 0))
    if visit.called_at and visit.clause:
        called = seat.clock(visit.called_at)
        clause = words(f"clause.{visit.clause}")
        rows.append(Row(words("console.called_at"), words("console.called_by_rule", time=called, clause=clause)))
    if visit.unsaid and visit.state == "called":
        rows.append(Row(words("console.voice"), words("console.unsaid"), "brick"))
    note = _note(seat, visit)
    if note:
        rows.append(Row(words("console.note"), note, "quiet"))
    if visit.language != words.language:
        rows.append(Row(words("staff.speaks"), words.texts("language.own_name", visit.language), "quiet"))
    return tuple(rows)


def _waited(seat: Seat, visit: CounterVisit, target_s: int) -> Row:
    waited = seat.minutes(visit.waited_s)
    if not target_s:
        return Row(seat.words("console.waited"), waited)
    within = visit.waited_s <= target_s
    key = "console.within_target" if within else "console.past_target"
    text = seat.words(key, waited=waited, target=duration(seat.words, target_s))
    return Row(seat.words("console.waited"), text, "plain" if within else "brick")


def _note(seat: Seat, visit: CounterVisit) -> str:
    reason = _reason_name(seat, visit.reason) if visit.reason else ""
    if not visit.transferred_from:
        return reason
    numbers = {counter.counter_id: counter.number for counter in seat.hall.counters}
    number = numbers.get(visit.transferred_from)
    origin = seat.words("common.counter", counter=number) if number else visit.transferred_from
    transferred = seat.words("staff.transferred_from", origin=origin)
    return f"{transferred}: {reason}" if reason else transferred


def _recalls(seat: Seat, visit: CounterVisit) -> str:
    return seat.words("console.recall_count", count=visit.recalls, limit=seat.counter.recall_limit)


def _waiting_s(seat: Seat, visit: CounterVisit) -> float:
    """Count the waiting up to now: what the view said, and what has passed since."""
    return visit.waited_s + max(0.0, (seat.now - seat.viewed_at).total_seconds())


def _next_row(seat: Seat, visit: CounterVisit) -> NextRow:
    words = seat.words
    kind: Kind = "usual" if seat.is_usual(visit.priority_class_id) else "priority"
    badge = words("console.normal") if kind == "usual" else _class_name(seat, visit.priority_class_id)
    title = _work(seat, visit)
    if visit.backup:
        kind, badge = "backup", words("staff.backup")
    if visit.overdue:
        this = seat.priority_class(visit.priority_class_id)
        kind = "overdue"
        badge = words("console.over", minutes=seat.minutes(this.guaranteed_waiting_s)) if this else words("staff.over")
    detail = words("console.waiting_for", duration=seat.minutes(_waiting_s(seat, visit)))
    if visit.off_line:
        detail = f"{detail} · {words('console.off_line')}"
    return NextRow(visit.visit_id, ticket_number(visit.prefix, visit.number), title, detail, badge, kind)


def _next_reason(seat: Seat) -> str:
    if not seat.counter.next_visits:
        return ""
    first = seat.counter.next_visits[0]
    clause = seat.words(f"clause.{first.clause or 'priority'}")
    return seat.words("console.next_reason", number=ticket_number(first.prefix, first.number), clause=clause)


def _parked_chip(seat: Seat, visit: CounterVisit, digit: int) -> Chip:
    due = visit.remind_at is not None and visit.remind_at <= seat.now
    since = max(0.0, (seat.now - (visit.started_at or visit.called_at or seat.now)).total_seconds())
    detail = seat.words("staff.due") if due else seat.minutes(since)
    return Chip(visit.visit_id, ticket_number(visit.prefix, visit.number), detail, digit, due)


def _no_show_chip(seat: Seat, visit: CounterVisit, digit: int) -> Chip:
    called = seat.clock(visit.called_at) if visit.called_at else ""
    return Chip(visit.visit_id, ticket_number(visit.prefix, visit.number), called, digit)


def _buttons(seat: Seat, state: State) -> tuple[Button, ...]:
    """Place the buttons: always the same cells, so that hands and eyes find them again."""
    words, counter = seat.words, seat.counter
    called, serving = state == "called", state == "serving"
    recalls = words(
        "console.recall_count",
        count=counter.serving.recalls if called and counter.serving else 0,
        limit=counter.recall_limit,
    )
    return (
        _call_next(seat, state),
        _start_or_end(words, state),
        Button("recall", words("console.recall"), f"R · {recalls}" if called else "R", "R", "plain", called),
        Button("transfer", words("console.transfer"), "T", "T", "plain", called or serving),
        Button("park", words("console.park"), "P", "P", "plain", serving),
        Button("no_show", words("console.no_show"), "V", "V", "danger", called),
        _pause_or_open(seat, state),
    )


def _call_next(seat: Seat, state: State) -> Button:
    """While somebody is served it ends the service first, by a question; a counter that rests calls nobody."""
    serving = state == "serving"
    enabled = seat.counter.state == "open" and state in {"idle", "serving"}
    return Button(
        "end_and_call" if serving else "call_next",
        seat.words("console.call_next"),
        seat.words("staff.end_first" if serving and enabled else "console.shortcut_space"),
        "Space",
        "main" if enabled else "plain",
        enabled,
        wide=True,
    )


def _start_or_end(words: Words, state: State) -> Button:
    hint = words("console.shortcut_enter")
    if state == "called":
        return Button("start", words("console.start"), hint, "Enter", "main", enabled=True)
    serving = state == "serving"
    return Button("end", words("console.end"), hint, "Enter", "gentle" if serving else "plain", serving)


def _pause_or_open(seat: Seat, state: State) -> Button:
    """Pausing while somebody is served is fine: nobody is called afterwards."""
    if state in {"elsewhere", "day_over"}:
        return Button("pause", seat.words("console.pause"), "B", "B", "plain", enabled=False)
    if seat.counter.state == "open":
        return Button("pause", seat.words("console.pause"), "B", "B", "plain", enabled=True)
    title = seat.words("console.open" if seat.counter.state == "closed" else "staff.work_again")
    return Button("open", title, "B", "B", "main" if state in {"paused", "closed"} else "gentle", enabled=True)


def _figures(seat: Seat) -> tuple[Row, ...]:
    words, today = seat.words, seat.counter.today
    within = words("format.share_of", part=today.within_target, whole=today.served)
    rows = [
        Row(words("console.served_today"), str(today.served)),
        Row(words("console.within_target_today"), within if today.served else words("common.no_data")),
    ]
    if today.served:
        rows.append(Row(words("staff.mean_service"), seat.minutes(today.served_total_s / today.served)))
    if today.no_shows:
        rows.append(Row(words("console.no_shows"), str(today.no_shows)))
    return tuple(rows)


def _choices(seat: Seat) -> Choices:
    offered = [one for one in seat.hall.outcomes if one.outcome_id != UNRECORDED]
    outcomes = [Choice(one.outcome_id, seat.name(one.names), one.key.upper()) for one in offered]
    others = [one for one in seat.hall.counters if one.counter_id != seat.counter.counter_id]
    return Choices(
        outcomes=_with_keys(outcomes),
        pause=_reasons(seat, "pause"),
        transfer=_reasons(seat, "transfer"),
        call=_reasons(seat, "call"),
        reinstate=_reasons(seat, "reinstate"),
        priority=_reasons(seat, "priority"),
        classes=tuple(
            Choice(name, seat.name(names), key)
            for key, (name, names) in zip(ascii_uppercase, seat.hall.class_names.items(), strict=False)
        ),
        services=tuple(Choice(one.service_id, seat.name(one.names), "") for one in seat.hall.services),
        counters=tuple(Choice(one.counter_id, _counter_choice(seat, one.number, one.clerk_id), "") for one in others),
    )


def _counter_choice(seat: Seat, number: int, clerk_id: str) -> str:
    counter = seat.words("common.counter", counter=number)
    return f"{counter} · {seat.names.get(clerk_id, clerk_id) or seat.words('staff.nobody')}"


def _reasons(seat: Seat, use: str) -> tuple[Choice, ...]:
    fitting: list[Reason] = [reason for reason in seat.hall.reasons if use in reason.uses]
    return _with_keys([Choice(reason.reason_id, seat.name(reason.names), "") for reason in fitting])


def _with_keys(choices: list[Choice]) -> tuple[Choice, ...]:
    """Give each choice that has no key of its own the next free digit."""
    taken = {choice.key for choice in choices}
    free = iter([digit for digit in "123456789" if digit not in taken])
    return tuple(choice if choice.key else replace(choice, key=next(free, "")) for choice in choices)
