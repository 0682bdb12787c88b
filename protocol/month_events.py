"""What happened to months. The figures of a closed one are its snapshot's; these events never change them."""

from protocol.event_parts import Event
from protocol.message import Identifier, RatingChannel
from protocol.months import ClosedMonth, CorrectionReason, Month


class MonthClosed(Event, frozen=True, kw_only=True):
    """A month was closed."""

    closed: ClosedMonth


class MonthsKept(Event, frozen=True, kw_only=True):
    """The closed months that a new day carries over; a business day opens with them."""

    months: tuple[ClosedMonth, ...]


class MonthCorrected(Event, frozen=True, kw_only=True):
    """Ratings that came too late for a closed month count beside its snapshot: all of a channel up to ``seq``."""

    month: Month
    channel: RatingChannel
    seq: int
    reason: CorrectionReason
    clerk_id: Identifier


class ClerkEvaluated(Event, frozen=True, kw_only=True):
    """A clerk's month was evaluated by a form, by ``clerk_id``; the latest of them holds."""

    month: Month
    evaluated_id: Identifier
    form_id: Identifier
    points: dict[Identifier, int]
    clerk_id: Identifier


MonthEvent = MonthClosed | MonthsKept | MonthCorrected | ClerkEvaluated
"""Every event of months."""
