"""What can be asked, in one table: the routes, the rights and the OpenAPI document are made of it."""

from dataclasses import dataclass
from typing import Final

import msgspec

from queue_server.api.shapes import HallState, KeyInfo, Ticket, TicketWanted
from queue_server.systems.register import Right

VERSION: Final = "1.0.0"
DOCUMENT_PATH: Final = "/v1/openapi.json"


@dataclass(frozen=True)
class Operation:
    """One method of one address."""

    operation_id: str
    method: str
    path: str
    """As OpenAPI writes it, `{name}` for what varies."""
    right: Right | None
    """What the key needs; None: any key will do."""
    summary: str
    gives: dict[int, type[msgspec.Struct]]
    problems: tuple[str, ...] = ()
    """Beside those that every operation can have."""
    takes: type[msgspec.Struct] | None = None
    changes: bool = False
    """It may change the hall, so each that is carried out is noted."""


_TICKET_CODE: Final = "/v1/tickets/{ticket_code}"
_APPOINTMENT: Final = "/v1/appointments/{appointment_code}/ticket"
_FINDING: Final = ("ticket_unknown", "ticket_expired", "code_malformed", "hall_unknown", "outcome_unknown")

OPERATIONS: Final[dict[str, Operation]] = {
    one.operation_id: one
    for one in (
        Operation("show_key", "GET", "/v1/key", None, "Whose key this is, and what it may do", {200: KeyInfo}),
        Operation(
            *("show_hall", "GET", "/v1/hall", "hall:read"),
            "The hall as its boards show it: open, closed or stopped; waiting and estimate by service; the counters",
            {200: HallState},
            ("hall_unknown",),
        ),
        Operation(
            *("find_ticket", "GET", _TICKET_CODE, "tickets:read"),
            "A ticket by the code of its QR",
            {200: Ticket},
            _FINDING,
        ),
        Operation(
            *("find_appointment", "GET", _APPOINTMENT, "tickets:read"),
            "The ticket of an appointment",
            {200: Ticket},
            _FINDING,
        ),
        Operation(
            *("take_appointment", "PUT", _APPOINTMENT, "tickets:write"),
            "The ticket of an appointment; it is made where there is none. Asked twice, it is the same ticket",
            {200: Ticket, 201: Ticket},
            (
                *("refused", "appointment_over", "appointment_differs", "ticket_expired", "body_too_long"),
                *("media_wrong", "code_malformed", "body_malformed", "hall_unknown", "outcome_unknown"),
            ),
            takes=TicketWanted,
            changes=True,
        ),
        Operation(
            *("cancel_appointment", "DELETE", _APPOINTMENT, "tickets:write"),
            "Give the number of an appointment back, as long as it waits. Asked twice, it stays cancelled",
            {200: Ticket},
            ("refused", *_FINDING),
            changes=True,
        ),
    )
}
"""By `operationId`, which is the name of the route as well."""
