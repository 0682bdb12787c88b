"""What happened to alerts and inquiries, without a word of what was written."""

from protocol.event_parts import Event
from protocol.inquiries import AlertStep, Inquiry, RaisedAlert, Step
from protocol.message import Identifier, VisitId


class AlertRaised(Event, frozen=True, kw_only=True):
    """So many of the last answers at a counter, or in the hall, are unsatisfied ones."""

    alert: RaisedAlert


class AlertGrew(Event, frozen=True, kw_only=True):
    """One more unsatisfied answer came while an alert is not closed; the figures are of this moment."""

    alert_id: VisitId
    unsatisfied: int
    rated: int
    clerk_ids: tuple[Identifier, ...] = ()


class AlertStepped(Event, frozen=True, kw_only=True):
    """Somebody acknowledged an alert, commented it or closed it, on this day at the branch."""

    alert_id: VisitId
    day: str
    step: AlertStep


class AlertsKept(Event, frozen=True, kw_only=True):
    """Alerts that a new day carries over."""

    alerts: tuple[RaisedAlert, ...]


class InquiryOpened(Event, frozen=True, kw_only=True):
    """A low rating wants an answer."""

    inquiry: Inquiry


class InquiryStepped(Event, frozen=True, kw_only=True):
    """Somebody took a step in an inquiry."""

    inquiry_id: VisitId
    step: Step


class InquiriesKept(Event, frozen=True, kw_only=True):
    """Inquiries that a new day carries over."""

    inquiries: tuple[Inquiry, ...]


class InquiriesErased(Event, frozen=True, kw_only=True):
    """Inquiries and alerts whose words are kept no longer; what counts of them stays in the log."""

    inquiry_ids: tuple[VisitId, ...] = ()
    alert_ids: tuple[VisitId, ...] = ()


InquiryEvent = (
    AlertRaised
    | AlertGrew
    | AlertStepped
    | AlertsKept
    | InquiryOpened
    | InquiryStepped
    | InquiriesKept
    | InquiriesErased
)
"""Every event of alerts and inquiries."""
