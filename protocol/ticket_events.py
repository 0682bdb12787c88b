"""What happened to the paper of a number: somebody ordered it, and what became of it."""

from protocol.commands import TicketState
from protocol.event_parts import Event
from protocol.message import Code, Identifier, Instant, OptionalIdentifier, OptionalVisitId, VisitId


class TicketReported(Event, frozen=True, kw_only=True):
    """What became of a ticket's print job; ``order_id`` is empty for what a kiosk printed by itself."""

    visit_id: VisitId
    device_id: Identifier
    state: TicketState
    copy: int = 0
    reason: Code = ""
    order_id: OptionalVisitId = ""


class TicketPrintOrdered(Event, frozen=True, kw_only=True):
    """Somebody of the staff wants a number printed at the kiosk ``function_id``, until ``expires_at``.

    ``copy`` 0 is its first paper. The order takes the place of an earlier one of the visit that was not printed.
    """

    order_id: VisitId
    visit_id: VisitId
    function_id: Identifier
    expires_at: Instant
    copy: int = 0
    clerk_id: OptionalIdentifier = ""
