"""Inquiries: what becomes of a low rating, and alarms while many of them come. Both without a word that was written.

What people write in them lies in a file of its own, by the id of the step (decision 42). A clerk knows an inquiry by
``hearing_id`` alone, which was drawn when a manager opened it to him: nobody finds a visit from it.
"""

from typing import Annotated, Final, Literal

import msgspec

from protocol.configuration import Day
from protocol.message import Code, Identifier, Instant, OptionalDay, OptionalIdentifier, OptionalVisitId, VisitId

WORDS_LETTERS: Final = 2_000
COMMENT_LETTERS: Final = 500
STEPS_MOST: Final = 24
"""So many steps one inquiry has at most; those that end it are always taken."""
COMMENTS_MOST: Final = 8
INQUIRIES_MOST: Final = 2_000
"""So many are at hand at most: each opening of a day carries them over."""
ALERTS_MOST: Final = 500
KEPT_AT_ONCE: Final = 100
"""So many inquiries or alerts one event carries over."""

StepKind = Literal["given", "called_back", "statement_asked", "stated", "answered", "appealed", "reviewed"]
ManagerStep = Literal["given", "called_back", "statement_asked", "answered", "reviewed"]
ClerkStep = Literal["stated", "appealed"]
InquiryState = Literal["new", "in_hand", "answered", "appealed", "closed"]
Finding = Literal["", "holds", "holds_not", "open"]
"""Whether the complaint holds; ``open``: that could not be told."""
CallBack = Literal["", "reached", "not_reached", "no_contact", "not_wanted"]
AlertStepKind = Literal["acknowledged", "commented", "closed"]
AlertState = Literal["open", "acknowledged", "closed"]


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One act in an inquiry: on which day, by whom, and what it says beside its words."""

    step_id: OptionalVisitId = ""
    kind: StepKind
    day: Day
    by: Identifier
    to: OptionalIdentifier = ""
    """``given``: the owner."""
    finding: Finding = ""
    call_back: CallBack = ""
    has_words: bool = False
    until: OptionalDay = ""
    """The day that it sets: for a statement, for an appeal, or for the decision about one."""


class Inquiry(msgspec.Struct, frozen=True, kw_only=True):
    """An inquiry as its steps left it. ``rated_day`` is when the rating counted, the days until are business dates."""

    inquiry_id: VisitId
    rated_day: Day
    clerk_id: OptionalIdentifier
    counter_id: OptionalIdentifier
    service_id: OptionalIdentifier
    channel: Code
    scale_id: OptionalIdentifier = ""
    level: int
    reasons: tuple[Code, ...]
    answer_until: Day
    prefix: str = ""
    number: int = 0
    statement_until: OptionalDay = ""
    appeal_until: OptionalDay = ""
    review_until: OptionalDay = ""
    state: InquiryState = "new"
    owner: OptionalIdentifier = ""
    call_back: CallBack = ""
    hearing_id: OptionalVisitId = ""
    """The only name by which the clerk knows it; empty until it is opened to him."""
    statement_asked: bool = False
    stated: bool = False
    finding: Finding = ""
    answered_day: OptionalDay = ""
    answered_by: OptionalIdentifier = ""
    closed_day: OptionalDay = ""
    steps: tuple[Step, ...] = ()

    def is_overdue(self, today: str) -> bool:
        """Tell whether an answer, or the decision about an appeal, is owed since before today."""
        if self.state == "appealed":
            return self.review_until < today
        return not self.answered_day and self.answer_until < today

    @property
    def is_answered_in_time(self) -> bool:
        """Tell whether it was answered on its last day at the latest."""
        return bool(self.answered_day) and self.answered_day <= self.answer_until


class AlertStep(msgspec.Struct, frozen=True, kw_only=True):
    """One act about an alert: when, by whom."""

    step_id: VisitId
    kind: AlertStepKind
    at: Instant
    by: Identifier
    has_words: bool = False


class RaisedAlert(msgspec.Struct, frozen=True, kw_only=True):
    """An alert that was raised, of a counter or of the whole hall (``counter_id`` empty), and what became of it.

    ``unsatisfied`` of ``rated`` answers are those of its worst moment; at ``last_at`` the last one came.
    ``clerk_ids`` are those whom the answers are about: they are not shown it.
    """

    alert_id: VisitId
    channel: Code
    counter_id: OptionalIdentifier = ""
    raised_at: Instant
    day: Day
    last_at: Instant
    unsatisfied: Annotated[int, msgspec.Meta(ge=1)]
    rated: Annotated[int, msgspec.Meta(ge=1)]
    within_s: Annotated[int, msgspec.Meta(ge=1)]
    clerk_ids: tuple[Identifier, ...] = ()
    state: AlertState = "open"
    closed_day: OptionalDay = ""
    steps: tuple[AlertStep, ...] = ()
