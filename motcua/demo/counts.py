"""What was seen from the outside, against what the log says; pure.

A demonstration day is judged by its witnesses: numbers read off the kiosk's screen, codes read from the pictures of the
printed tickets, calls read off the boards, words really spoken, answers really given to clerks and citizens. Nothing
here trusts the log: a ticket that was shown and is not in the log is *lost*, a visit that two counters hold at the same
time is *called twice*, a number that two visits were shown is a *duplicate*.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from presentation.formats import ticket_number
from presentation.speech import SPOKEN_LANGUAGES, CallStyle, call_words
from protocol import events as e
from protocol.configuration import Configuration
from protocol.events import AnyEvent

FINAL_STATES = frozenset({"ended", "no_show", "cancelled", "expired"})

EVENTS_OF_PRESSES: dict[str, type[e.Event]] = {
    "call_next": e.VisitCalled,
    "recall": e.VisitRecalled,
    "start": e.ServiceStarted,
    "end": e.ServiceEnded,
    "no_show": e.VisitMarkedNoShow,
    "reinstate": e.VisitReinstated,
    "park": e.VisitParked,
    "transfer": e.VisitTransferred,
    "cancel": e.VisitCancelled,
}
"""What a press on a console leaves in the log when it was answered with "done"."""


@dataclass(frozen=True)
class NumberShown:
    """A number on the kiosk's screen: an acknowledged ticket."""

    visit_id: str
    number: str


@dataclass(frozen=True)
class TicketPrinted:
    """A cut ticket: the visit that its code names, and the picture that was kept."""

    visit_id: str
    picture: str


@dataclass(frozen=True)
class Held:
    """A clerk's hold on a number, from the answer to the call until the clerk let go; seconds of one clock."""

    number: str
    counter_number: int
    from_s: float
    until_s: float


@dataclass(frozen=True)
class CallShown:
    """A call on a board, as its widgets showed it."""

    call_id: int
    number: str
    counter_number: int


@dataclass(frozen=True)
class CallSpoken:
    """A call as it was said: the keys of the clips that were played (``vi/call``, ``vi/letter_h`` …), in order."""

    call_id: int
    words: tuple[str, ...]


@dataclass(frozen=True)
class PressAnswered:
    """A press on a rating device that was acknowledged to the device."""

    counter_number: int
    level: int


@dataclass
class Sightings:
    """All that the witnesses of one day saw."""

    numbers: list[NumberShown] = field(default_factory=list)
    tickets: list[TicketPrinted] = field(default_factory=list)
    holds: list[Held] = field(default_factory=list)
    calls: list[CallShown] = field(default_factory=list)
    spoken: list[CallSpoken] = field(default_factory=list)
    presses: list[PressAnswered] = field(default_factory=list)
    done: list[str] = field(default_factory=list)
    """Actions on consoles that were answered with "done"."""


@dataclass(frozen=True)
class Finding:
    """Something that must not be, in words for the person who reads the report."""

    kind: str
    what: str


def duplicate_numbers(sightings: Sightings) -> list[Finding]:
    """Numbers that were shown to more than one visit on the same day."""
    visits: dict[str, set[str]] = defaultdict(set)
    for seen in sightings.numbers:
        visits[seen.number].add(seen.visit_id)
    return [
        Finding("duplicate_number", f"{number} was shown to {len(held)} visits")
        for number, held in sorted(visits.items())
        if len(held) > 1
    ]


def double_calls(sightings: Sightings) -> list[Finding]:
    """Numbers that two counters held at the same time, as their clerks were told."""
    holds: dict[str, list[Held]] = defaultdict(list)
    for hold in sightings.holds:
        holds[hold.number].append(hold)
    found = []
    for number, of_number in sorted(holds.items()):
        until_s, holder = float("-inf"), 0
        for hold in sorted(of_number, key=lambda hold: hold.from_s):
            if hold.from_s < until_s and hold.counter_number != holder:
                what = f"{number} was at counter {hold.counter_number} while counter {holder} held it"
                found.append(Finding("double_call", what))
            if hold.until_s > until_s:
                until_s, holder = hold.until_s, hold.counter_number
    return found


def lost_acknowledged(sightings: Sightings, log: Sequence[AnyEvent]) -> list[Finding]:
    """Everything that was acknowledged to a person and that the log does not know, or that never came to an end."""
    final = _states(log)
    numbers = dict(_numbers(log))
    found = []
    for seen in sightings.numbers:
        if seen.visit_id not in numbers:
            found.append(Finding("lost_ticket", f"{seen.number} was shown, but the log has no such visit"))
        elif numbers[seen.visit_id] != seen.number:
            what = f"{seen.number} was shown, but the log says {numbers[seen.visit_id]}"
            found.append(Finding("wrong_number", what))
        elif final[seen.visit_id] not in FINAL_STATES:
            found.append(Finding("vanished", f"{seen.number} never came to an end: {final[seen.visit_id]}"))
    shown = {seen.visit_id for seen in sightings.numbers}
    found += [
        Finding("unknown_ticket", f"{ticket.picture} carries the code of no visit that was shown")
        for ticket in sightings.tickets
        if ticket.visit_id not in shown
    ]
    return found + _lost_calls(sightings, log) + _lost_presses(sightings, log) + _lost_actions(sightings, log)


def missing_pictures(sightings: Sightings, log: Sequence[AnyEvent]) -> list[Finding]:
    """Confirmed tickets without a picture whose code names them."""
    printed = {ticket.visit_id for ticket in sightings.tickets}
    confirmed = {event.visit_id for event in log if isinstance(event, e.TicketReported) and event.state == "confirmed"}
    return [
        Finding("no_picture", f"visit {visit_id} is confirmed, but no such ticket was cut")
        for visit_id in sorted(confirmed - printed)
    ]


def silent_devices(sightings: Sightings, log: Sequence[AnyEvent], configuration: Configuration) -> list[Finding]:
    """A voice that said no call of the whole day, and printers that cut not one ticket.

    A hurried day drops words of calls that are over already, and an outage may spoil a ticket, so neither is counted
    one by one; but none at all means that nobody in the hall could have heard or held anything.
    """
    calls = sum(isinstance(event, e.VisitCalled | e.VisitRecalled) for event in log)
    taken = sum(isinstance(event, e.VisitTaken) for event in log)
    found = []
    if calls and configuration.policies.announce_languages and not sightings.spoken:
        found.append(Finding("silent_voice", f"{calls} calls were made, and not one was said"))
    if taken and not sightings.tickets:
        found.append(Finding("silent_printer", f"{taken} numbers were given, and not one ticket was cut"))
    return found


def unannounced(sightings: Sightings, log: Sequence[AnyEvent]) -> list[Finding]:
    """Calls that never stood on a board, or stood there or were said without having been made, or were said twice.

    A board shows the last call of each visit; one that was repeated before it could be painted needs no place of its
    own, as long as the repetition stood there.
    """
    visits = {event.call_id: event.visit_id for event in log if isinstance(event, e.VisitCalled | e.VisitRecalled)}
    shown = {call.call_id for call in sightings.calls}
    last_shown: dict[str, int] = {}
    for call_id in sorted(shown & visits.keys()):
        last_shown[visits[call_id]] = call_id
    spoken = [call.call_id for call in sightings.spoken]
    found = [
        Finding("not_shown", f"call {call_id} never stood on a board")
        for call_id, visit_id in sorted(visits.items())
        if last_shown.get(visit_id, 0) < call_id
    ]
    found += [Finding("no_such_call", f"call {call_id} stood on a board") for call_id in sorted(shown - visits.keys())]
    found += [
        Finding("said_of_nothing", f"words were said for call {call_id}")
        for call_id in sorted(set(spoken) - visits.keys())
    ]
    found += [
        Finding("said_twice", f"call {call_id} was said {spoken.count(call_id)} times")
        for call_id in sorted(set(spoken))
        if spoken.count(call_id) > 1
    ]
    return found


def miscalled(sightings: Sightings, log: Sequence[AnyEvent], configuration: Configuration) -> list[Finding]:
    """Calls that stood on a board or were said with another number or counter than the log's."""
    counters = {counter.counter_id: counter.number for counter in configuration.counters}
    numbers = {event.visit_id: event for event in log if isinstance(event, e.VisitTaken | e.VisitRenumbered)}
    calls: dict[int, e.VisitCalled | e.VisitRecalled] = {
        event.call_id: event for event in log if isinstance(event, e.VisitCalled | e.VisitRecalled)
    }
    found = []
    for call in sightings.calls:
        event = calls.get(call.call_id)
        ticket = numbers.get(event.visit_id) if event else None
        if event is None or ticket is None:
            continue  # `unannounced` names it.
        right = (ticket_number(ticket.prefix, ticket.number), counters[event.counter_id])
        if (call.number, call.counter_number) != right:
            what = (
                f"call {call.call_id} stood as {call.number} at {call.counter_number}, but is {right[0]} at {right[1]}"
            )
            found.append(Finding("shown_wrong", what))
    for said in sightings.spoken:
        event = calls.get(said.call_id)
        ticket = numbers.get(event.visit_id) if event else None
        if event is None or ticket is None:
            continue
        rights = _sentences(ticket.prefix, ticket.number, counters[event.counter_id], configuration)
        sentences = _parted(said.words)
        if not sentences or not all(sentence in rights for sentence in sentences):
            found.append(Finding("said_wrong", f"call {said.call_id} was said as {' '.join(said.words)}"))
    return found


def waits_s(log: Sequence[AnyEvent]) -> list[float]:
    """Seconds from ticket to first call, of every visit that was called."""
    taken: dict[str, datetime] = {}
    waits: dict[str, float] = {}
    for event in log:
        if isinstance(event, e.VisitTaken):
            taken[event.visit_id] = event.taken_at
        elif isinstance(event, e.VisitCalled) and event.visit_id in taken and event.visit_id not in waits:
            waits[event.visit_id] = (event.at - taken[event.visit_id]).total_seconds()
    return list(waits.values())


def percentile(values: Iterable[float], share: float) -> float | None:
    """The value below which the share of values lies (nearest rank); ``None`` of nothing."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else None


def tally(log: Sequence[AnyEvent]) -> dict[str, int]:
    """Count the day by the log: visits, calls and how the visits came to an end."""
    states = list(_states(log).values())
    return {
        "visits_taken": sum(isinstance(event, e.VisitTaken) for event in log),
        "calls": sum(isinstance(event, e.VisitCalled) for event in log),
        "ended": states.count("ended"),
        "no_shows": states.count("no_show"),
        "cancelled": states.count("cancelled"),
        "expired": states.count("expired"),
        "ratings": sum(isinstance(event, e.VisitRated) for event in log),
    }


def _sentences(prefix: str, number: int, counter_number: int, configuration: Configuration) -> set[tuple[str, ...]]:
    """Give every sentence that says a call rightly, as the keys of its clips: per language, first or again."""
    policies = configuration.policies
    style = CallStyle(numbers=policies.announce_digits, dialect=policies.announce_dialect)
    return {
        tuple(
            f"{language}/{word}"
            for word in call_words(prefix, number, counter_number, language, style, again=again, priority=priority)
        )
        for language in SPOKEN_LANGUAGES
        for again in (False, True)
        for priority in (False, True)
    }


def _parted(keys: Sequence[str]) -> list[tuple[str, ...]]:
    """Part the clips that were played into sentences; each begins with its invitation, and the chime is no word."""
    sentences: list[tuple[str, ...]] = []
    for key in keys:
        if "/call" in key:
            sentences.append((key,))
        elif sentences:
            sentences[-1] = (*sentences[-1], key)
    return sentences


def _numbers(log: Sequence[AnyEvent]) -> Iterable[tuple[str, str]]:
    for event in log:
        if isinstance(event, e.VisitTaken | e.VisitRenumbered):
            yield event.visit_id, f"{event.prefix}{event.number:03d}"


def _states(log: Sequence[AnyEvent]) -> dict[str, str]:
    """The last state of each visit."""
    states: dict[str, str] = {}
    for event in log:
        match event:
            case e.VisitTaken() | e.VisitReinstated() | e.VisitTransferred() | e.VisitContinued():
                states[event.visit_id] = "waiting"
            case e.VisitCalled():
                states[event.visit_id] = "called"
            case e.ServiceStarted() | e.ServiceContinued():
                states[event.visit_id] = "in_service"
            case e.VisitParked():
                states[event.visit_id] = "parked"
            case e.ServiceEnded():
                states[event.visit_id] = "waiting" if event.come_back_today else "ended"
            case e.VisitMarkedNoShow():
                states[event.visit_id] = "no_show"
            case e.VisitCancelled():
                states[event.visit_id] = "cancelled"
            case e.VisitExpired():
                states[event.visit_id] = "expired"
            case _:
                pass
    return states


def _lost_calls(sightings: Sightings, log: Sequence[AnyEvent]) -> list[Finding]:
    """Calls that a clerk was told of and that the log does not hold."""
    numbers = dict(_numbers(log))
    logged = {
        numbers[event.visit_id] for event in log if isinstance(event, e.VisitCalled) and event.visit_id in numbers
    }
    return [
        Finding("lost_call", f"counter {hold.counter_number} was told {hold.number}, but the log has no such call")
        for hold in sightings.holds
        if hold.number not in logged
    ]


def _lost_presses(sightings: Sightings, log: Sequence[AnyEvent]) -> list[Finding]:
    """Presses that were answered, less those that the log holds."""
    logged = sum(isinstance(event, e.RatingPressed) for event in log)
    missing = len(sightings.presses) - logged
    return [Finding("lost_press", f"{missing} answered presses are not in the log")] if missing > 0 else []


def _lost_actions(sightings: Sightings, log: Sequence[AnyEvent]) -> list[Finding]:
    """Presses on consoles that were answered with "done" and that left nothing in the log."""
    found = []
    for action, kind in EVENTS_OF_PRESSES.items():
        missing = sightings.done.count(action) - sum(isinstance(event, kind) for event in log)
        if missing > 0:
            found.append(Finding("lost_press", f"{missing} presses of {action} were answered, but are not in the log"))
    return found
