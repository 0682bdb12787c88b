"""What happened at the branch, as other systems are told of it. Pure: rows of the log in, small messages out.

Told are calls and ends. Not told: who served, what was noted, how it was rated, which priority somebody had.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Annotated, Final, Literal

import msgspec

from protocol import events as e
from protocol.message import Code, Identifier, VisitId
from queue_server.systems.webhooks import News

Kind = Literal[
    "visit_called", "visit_recalled", "service_ended", "visit_marked_no_show", "visit_cancelled", "visit_expired"
]
NEWS_OF: Final[Mapping[str, News]] = {
    "visit_called": "calls",
    "visit_recalled": "calls",
    "service_ended": "ends",
    "visit_marked_no_show": "ends",
    "visit_cancelled": "ends",
    "visit_expired": "ends",
}
"""The type of an event in the log -> what a system that is told of it has asked for."""


class Happened(msgspec.Struct, frozen=True, kw_only=True):
    """What a webhook is told: one call, or one end. `sequence` rises with the log and never repeats."""

    type: Kind
    sequence: Annotated[int, msgspec.Meta(ge=1)]
    at: datetime
    """The hall's time."""
    day: str
    visit_id: VisitId
    number: str
    """As on the ticket, `H025`."""
    service_id: Identifier
    counter_id: str | None
    counter_number: int | None
    call_id: int | None = None
    """Of a call: counts the calls and recalls of the day."""
    outcome: Code | None = None
    """Of a service that has ended: which of the hall's outcomes."""
    comes_back: bool | None = None
    """Of a service that has ended: whether the citizen fetches papers and comes back today."""


class Ticket(msgspec.Struct, frozen=True):
    """What of a visit can change and is told: its number and its service."""

    number: str
    service_id: str


def ticket_of(events: Iterable[e.AnyEvent]) -> Ticket | None:
    """Read off a visit's events, in order, which number it has and for which service it is; None without a number."""
    number, service_id = "", ""
    for event in events:
        match event:
            case e.VisitTaken():
                number, service_id = spoken(event.prefix, event.number), event.service_id
            case e.VisitRenumbered():
                number = spoken(event.prefix, event.number)
            case e.VisitMended():
                service_id = event.service_id
            case e.VisitTransferred() | e.VisitContinued() | e.ServiceContinued():
                service_id = event.to_service_id
            case _:
                pass
    return Ticket(number, service_id) if number else None


def spoken(prefix: str, number: int) -> str:
    """Write a number as people see it: at least three digits."""
    return f"{prefix}{number:03d}"


ToldEvent = e.VisitCalled | e.VisitRecalled | e.ServiceEnded | e.VisitMarkedNoShow | e.VisitCancelled | e.VisitExpired
_KINDS: Final[Mapping[type[e.Event], Kind]] = {
    e.VisitCalled: "visit_called",
    e.VisitRecalled: "visit_recalled",
    e.ServiceEnded: "service_ended",
    e.VisitMarkedNoShow: "visit_marked_no_show",
    e.VisitCancelled: "visit_cancelled",
    e.VisitExpired: "visit_expired",
}


def happened(event: ToldEvent, sequence: int, day: str, ticket: Ticket, counters: Mapping[str, int]) -> Happened:
    """Say what is told of an event. `counters` gives the number that the hall shows for each counter."""
    counter_id = event.counter_id if isinstance(event, e.CounterEvent) else None
    return Happened(
        type=_KINDS[type(event)],
        sequence=sequence,
        at=event.at,
        day=day,
        visit_id=event.visit_id,
        number=ticket.number,
        service_id=ticket.service_id,
        counter_id=counter_id,
        counter_number=counters.get(counter_id) if counter_id else None,
        call_id=event.call_id if isinstance(event, e.VisitCalled | e.VisitRecalled) else None,
        outcome=event.outcome if isinstance(event, e.ServiceEnded) else None,
        comes_back=event.come_back_today if isinstance(event, e.ServiceEnded) else None,
    )
