"""What the dialogs of the console offer, each thing with its key. Pure."""

from dataclasses import dataclass, replace
from string import ascii_uppercase
from typing import Final

from protocol.configuration import Reason
from queue_server.web.console_seat import Seat

COMING_MOST: Final = 8
"""So many services may follow at most."""
UNRECORDED: Final = "unrecorded"
"""The server's own outcome, for a service that the day's end cut short; no clerk chooses it."""


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
    limited: tuple[Choice, ...]
    without_card: tuple[Choice, ...]
    usual_class: str
    linked: tuple[Choice, ...]
    """What may follow for the visit at the counter: linked services, and what is planned already taken back."""
    more: tuple[Choice, ...]
    """One service more, after all that is planned."""
    helpers: tuple[Choice, ...]
    goes: tuple[Choice, ...]
    """How a visit with further services goes on after this one; empty where none follows."""


def choices(seat: Seat) -> Choices:
    """Give all that the dialogs of this clerk offer now."""
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
        limited=tuple(
            Choice(one.service_id, seat.name(one.names), "")
            for one in seat.hall.services
            if one.service_id in seat.limited
        ),
        without_card=_reasons(seat, "without_card"),
        usual_class=next((name for name in seat.hall.class_names if seat.is_usual(name)), ""),
        linked=_linked(seat),
        more=_more(seat),
        helpers=_helpers(seat),
        goes=_goes(seat),
    )


def _linked(seat: Seat) -> tuple[Choice, ...]:
    visit = seat.counter.serving
    if visit is None:
        return ()
    plans = []
    for linked in seat.hall.linked_services:
        ids = linked.service_ids
        plans.append(Choice("+".join(ids[1:] if ids[0] == visit.service_id else ids), seat.name(linked.names), ""))
    if visit.coming_service_ids:
        plans.append(Choice("", seat.words("console.plan_nothing"), "0"))
    return _with_keys(plans)


def _more(seat: Seat) -> tuple[Choice, ...]:
    """Offer each service after what is planned; no more than a visit may have to come."""
    visit = seat.counter.serving
    if visit is None or len(visit.coming_service_ids) >= COMING_MOST:
        return ()
    planned = visit.coming_service_ids
    others = [one for one in seat.hall.services if one.service_id not in (*planned, visit.service_id)]
    return tuple(
        Choice("+".join((*planned, one.service_id)), seat.name(one.names), key)
        for one, key in zip(others, [*ascii_uppercase, *[""] * len(others)], strict=False)
    )


def begun(text: str) -> str:
    """Write what else stands within a sentence as the beginning of a row."""
    return text[:1].upper() + text[1:]


def _helpers(seat: Seat) -> tuple[Choice, ...]:
    words = seat.words
    general = [Choice(name, begun(words(f"console.help_to.{name}")), "") for name in ("colleague", "supervisor")]
    others = [
        Choice(one.counter_id, _counter_choice(seat, one.number, one.clerk_id), "")
        for one in seat.hall.counters
        if one.clerk_id and one.counter_id != seat.counter.counter_id
    ]
    return _with_keys([*general, *others])


def _goes(seat: Seat) -> tuple[Choice, ...]:
    visit = seat.counter.serving
    if visit is None or not visit.coming_service_ids:
        return ()
    first = seat.service(visit.coming_service_ids[0])
    name = seat.name(first.names) if first else visit.coming_service_ids[0]
    profiles = [one for one in seat.hall.work_profiles if one.work_profile_id == seat.counter.work_profile_id]
    here = {queue_id for one in profiles for queue_id in (*one.primary_queue_ids, *one.backup_queue_ids)}
    ways = [Choice("", seat.words("console.goes_on", service=name), "A")]
    if first is not None and first.queue_id in here:
        ways.append(Choice("stay", seat.words("console.goes_stay", service=name), "L"))
    return (*ways, Choice("stop", seat.words("console.goes_stop"), "K"))


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
