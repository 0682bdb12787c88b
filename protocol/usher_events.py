"""What ushers did to visits that wait."""

from protocol.event_parts import Event
from protocol.message import Code, Identifier, OptionalIdentifier, VisitId


class VisitMended(Event, frozen=True, kw_only=True):
    """A waiting visit has another service or class than was chosen, for a reason; number and arrival stay."""

    visit_id: VisitId
    clerk_id: OptionalIdentifier = ""
    service_id: Identifier
    queue_id: Identifier
    priority_class_id: Identifier
    reason: Code
