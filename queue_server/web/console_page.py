"""The counter console: what it says, from the views of the hall and of the counter. Pure.

What a clerk may do now is decided here only to grey out what the queue server would refuse anyway; the server has the
last word, and its sentence is shown.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, Literal

from presentation.formats import duration, listed, ticket_number
from presentation.texts import Words
from protocol.views import CounterVisit, HallService
from queue_server.web.console_choices import Choices, choices
from queue_server.web.console_help import HelpWanted, own_hint, wanted_of
from queue_server.web.console_roster import OwnShift, own_shifts
from queue_server.web.console_seat import Seat
from queue_server.web.console_shelf import Chip, on_the_shelf
from queue_server.web.console_waiting import (
    ClassRow,
    OrderRow,
    OwnFigure,
    QueueLight,
    class_rows,
    own_figures,
    own_ledger,
    queue_lights,
)
from queue_server.web.hall_page import HelpRow, Stopped, cut_off, help_rows, stopped_line

State = Literal["elsewhere", "day_over", "closed", "paused", "idle", "called", "serving"]
Tone = Literal["plain", "main", "gentle", "danger"]
Kind = Literal["usual", "priority", "backup", "overdue"]


_CALLS: Final = frozenset({"call_next", "end_and_call", "recall", "no_show"})
"""What nobody in a stopped hall could answer to."""


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
    visit_id: str
    service_id: str
    noted: bool
    """A colleague wrote a note; the page asks for it."""


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
class MoreKey:
    """One of the small keys below, for what is rarer. `opens` names its dialog; without one `action` is pressed."""

    title: str
    key: str
    enabled: bool
    opens: str = ""
    action: str = ""
    visit_id: str = ""
    lit: bool = False


@dataclass(frozen=True)
class ConsolePage:
    """All that the console says."""

    state: State
    counter: str
    counter_id: str
    utc_offset_s: int
    profile: str
    waiting: str
    lights: tuple[QueueLight, ...]
    classes: tuple[ClassRow, ...]
    hides_queue: bool
    clerk: str
    title: str
    hint: str
    at_counter: AtCounter | None
    last_call_id: int
    next_rows: tuple[NextRow, ...]
    next_reason: str
    parked: tuple[Chip, ...]
    no_shows: tuple[Chip, ...]
    come_backs: tuple[Chip, ...]
    buttons: tuple[Button, ...]
    more_keys: tuple[MoreKey, ...]
    call_chosen: bool
    prioritizes: bool
    figures: tuple[OwnFigure, ...]
    ledger: tuple[OrderRow, ...]
    choices: Choices
    help_rows: tuple[HelpRow, ...]
    help_wanted: tuple[HelpWanted, ...]
    cut_off: tuple[str, ...]
    stopped: Stopped | None
    own_shifts: tuple[OwnShift, ...]

    @property
    def number(self) -> str:
        """The number at the counter, which the dialogs name: all that they show of the visit itself."""
        return self.at_counter.number if self.at_counter else ""


def console_page(seat: Seat) -> ConsolePage:
    """Make the console of a counter as this clerk sees it now."""
    state = state_of(seat)
    title, hint = _standing(seat, state)
    parked, marked, back = on_the_shelf(seat)
    return ConsolePage(
        state=state,
        counter=seat.words("common.counter", counter=seat.counter.number),
        counter_id=seat.counter.counter_id,
        utc_offset_s=seat.counter.utc_offset_s,
        profile=_profile(seat),
        waiting=seat.words.counted("console.waiting", seat.counter.waiting),
        lights=queue_lights(seat),
        classes=class_rows(seat),
        hides_queue=seat.counter.hides_queue,
        clerk=seat.names.get(seat.clerk_id, seat.clerk_id),
        title=title,
        hint=hint,
        at_counter=_at_counter(seat, seat.counter.serving) if seat.counter.serving else None,
        last_call_id=seat.counter.last_call_id,
        next_rows=tuple(_next_row(seat, visit) for visit in seat.counter.next_visits),
        next_reason=_next_reason(seat),
        parked=parked,
        no_shows=marked,
        come_backs=back,
        buttons=_buttons(seat, state),
        more_keys=_more_keys(seat, state),
        call_chosen=state == "idle" and not seat.is_stopped,
        prioritizes=state in {"idle", "called", "serving", "paused"},
        figures=own_figures(seat),
        ledger=own_ledger(seat),
        choices=choices(seat),
        help_rows=help_rows(seat.hall, seat.words),
        help_wanted=wanted_of(seat.counter.asked, seat.clerk_id, seat.hall, seat.names, seat.words),
        cut_off=cut_off(seat.hall, seat.words),
        stopped=stopped_line(seat.hall, seat.words),
        own_shifts=own_shifts(seat),
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


def _standing(seat: Seat, state: State) -> tuple[str, str]:  # noqa: PLR0911 -- one way of standing each.
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
        case _ if seat.is_stopped:
            return words("console.stopped"), words("console.stopped_hint")
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
        visit_id=visit.visit_id,
        service_id=visit.service_id,
        noted=visit.noted,
    )


def _taken(seat: Seat, visit: CounterVisit) -> str:
    """Write when a number was taken, and at which kiosk, by its name; staff and other systems have none."""
    time = seat.clock(visit.taken_at)
    kiosk = next((one.name for one in seat.hall.kiosks if one.function_id == visit.function_id), "")
    return seat.words("console.taken_at_kiosk", time=time, kiosk=kiosk) if kiosk else time


def _facts(seat: Seat, visit: CounterVisit, service: HallService | None) -> tuple[Row, ...]:
    words = seat.words
    rows = [Row(words("console.service"), seat.name(service.names) if service else visit.service_id)]
    if visit.procedure_code:
        procedure = seat.procedures.get(visit.procedure_code)
        name = f"{seat.name(procedure.names)} ({visit.procedure_code})" if procedure else visit.procedure_code
        rows.append(Row(words("console.procedure"), name))
    taken = _taken(seat, visit)
    rows.append(Row(words("console.taken_at"), f"{taken} · {words('console.off_line')}" if visit.off_line else taken))
    if visit.over_limit:
        rows.append(Row(words("console.limit"), words("console.over_limit"), "brick"))
    rows.append(_waited(seat, visit, service.target_waiting_s if service else 0))
    if visit.called_at and visit.clause:
        called = seat.clock(visit.called_at)
        clause = words(f"clause.{visit.clause}")
        rows.append(Row(words("console.called_at"), words("console.called_by_rule", time=called, clause=clause)))
    if visit.coming_service_ids:
        rows.append(Row(words("console.coming"), _coming(seat, visit)))
    if visit.unsaid and visit.state == "called":
        rows.append(Row(words("console.voice"), words("console.unsaid"), "brick"))
    note = _note(seat, visit)
    if note:
        rows.append(Row(words("console.note"), note, "quiet"))
    if visit.language != words.language:
        rows.append(Row(words("staff.speaks"), words.texts("language.own_name", visit.language), "quiet"))
    return tuple(rows)


def _coming(seat: Seat, visit: CounterVisit) -> str:
    """Write what follows under the same number, in order: "Cư trú rồi Bảo trợ xã hội"."""
    services = {one.service_id: seat.name(one.names) for one in seat.hall.services}
    return f" {seat.words('console.then')} ".join(services.get(one, one) for one in visit.coming_service_ids)


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


def _buttons(seat: Seat, state: State) -> tuple[Button, ...]:
    """Place the buttons: always the same cells, so that hands and eyes find them again."""
    words, counter = seat.words, seat.counter
    called, serving = state == "called", state == "serving"
    again = counter.serving is not None and counter.serving.recalls < counter.recall_limit
    recalls = words(
        "console.recall_count",
        count=counter.serving.recalls if called and counter.serving else 0,
        limit=counter.recall_limit,
    )
    buttons = (
        _call_next(seat, state),
        _start_or_end(words, state),
        Button("recall", words("console.recall"), f"R · {recalls}" if called else "R", "R", "plain", called and again),
        Button("transfer", words("console.transfer"), "T", "T", "plain", called or serving),
        Button("park", words("console.park"), "P", "P", "plain", serving),
        Button("no_show", words("console.no_show"), "V", "V", "danger", called),
        _pause_or_open(seat, state),
    )
    return tuple(_resting(one, words) if seat.is_stopped and one.action in _CALLS else one for one in buttons)


def _resting(button: Button, words: Words) -> Button:
    """Grey a button out that calls people, and say why it is."""
    return replace(button, hint=words("console.stopped"), tone="plain", enabled=False)


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


def _more_keys(seat: Seat, state: State) -> tuple[MoreKey, ...]:
    """Place the small keys: what is rarer, and always at the same places too."""
    words, choice = seat.words, seat.counter
    at_counter = choice.serving.visit_id if choice.serving else ""
    works = state in {"idle", "called", "serving", "paused"}
    offered = {use for reason in seat.hall.reasons for use in reason.uses}
    own_help = own_hint(choice.help, seat.names, words)
    keys = [
        MoreKey(words("console.plan"), "L", bool(at_counter) and works, opens="plan", visit_id=at_counter),
        MoreKey(words("console.call_chosen"), "C", state == "idle" and not seat.is_stopped, opens="call"),
        MoreKey(words("console.prioritize"), "U", works and "priority" in offered, opens="priority"),
        MoreKey(words("console.reinstate_number"), "I", works, opens="reinstate"),
        MoreKey(words("console.order"), "O", state != "elsewhere", opens="order"),
    ]
    if seat.limited and "without_card" in offered:
        keys.append(MoreKey(words("console.give_key"), "N", works and not seat.is_stopped, opens="give"))
    if own_help:
        keys.append(MoreKey(own_help, "K", works, action="end_help", lit=True))
    else:
        keys.append(MoreKey(words("console.help"), "K", works, opens="help"))
    return tuple(keys)
