"""What is answered about alerts and inquiries."""

from protocol.configuration import Words
from protocol.inquiries import Finding, Inquiry, InquiryState, RaisedAlert
from protocol.message import OptionalDay, VisitId
from protocol.view_parts import Part, Reply


class AlertsFound(Reply, frozen=True, kw_only=True):
    """A page of alerts; ``words`` are those of their comments, by step. ``open`` counts what is not closed."""

    alerts: tuple[RaisedAlert, ...]
    words: dict[str, str]
    pages: int
    open: int


class InquiriesFound(Reply, frozen=True, kw_only=True):
    """A page of the inquiries that the asker may see, without their words; the counts are of all of those.

    ``in_time`` of ``due`` were answered in time; ``mine`` wait for the asker. While ``is_full`` no more are opened.
    """

    inquiries: tuple[Inquiry, ...]
    pages: int
    day: str
    open: int
    overdue: int
    mine: int
    in_time: int
    due: int
    kept_days: int
    is_full: bool = False


class InquiryFound(Reply, frozen=True, kw_only=True):
    """One inquiry with the words of its steps, as it stands today, and how its answer was named."""

    inquiry: Inquiry
    state: InquiryState
    words: dict[str, str]
    level_names: Words
    reason_names: tuple[Words, ...]
    day: str


class Hearing(Part, frozen=True, kw_only=True):
    """An inquiry as its clerk sees it: what he was asked and what came of it, and not who, when, or which key."""

    hearing_id: VisitId
    question: str = ""
    statement_until: OptionalDay = ""
    may_state: bool = False
    statement: str = ""
    finding: Finding = ""
    answer: str = ""
    answered_day: OptionalDay = ""
    appeal_until: OptionalDay = ""
    may_appeal: bool = False
    appeal: str = ""
    review: str = ""
    state: InquiryState


class HearingsFound(Reply, frozen=True, kw_only=True):
    """All hearings of a clerk, those that wait for him first; ``waiting`` counts these."""

    hearings: tuple[Hearing, ...]
    waiting: int


class ConcernsFound(Reply, frozen=True, kw_only=True):
    """How many wait: alerts not closed, and of these not acknowledged; inquiries open, overdue, and for the asker."""

    alerts_open: int
    alerts_new: int
    inquiries_open: int
    inquiries_overdue: int
    inquiries_mine: int
