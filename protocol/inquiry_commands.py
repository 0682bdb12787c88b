"""What is asked about alerts and inquiries: by managers, by the clerk whom one is about, and by who reads them."""

from typing import Annotated, Literal

import msgspec

from protocol.command_parts import TerminalCommand
from protocol.inquiries import (
    COMMENT_LETTERS,
    WORDS_LETTERS,
    AlertStepKind,
    CallBack,
    ClerkStep,
    Finding,
    ManagerStep,
)
from protocol.message import OptionalIdentifier, VisitId

AlertFilter = Literal["open", "all"]
InquiryFilter = Literal["open", "overdue", "mine", "all"]
_Page = Annotated[int, msgspec.Meta(ge=0, le=1000)]


class StepAlert(TerminalCommand, frozen=True, kw_only=True):
    """Acknowledge an alert, comment it, or close it; the same ``step_id`` is one step."""

    alert_id: VisitId
    step_id: VisitId
    kind: AlertStepKind
    text: Annotated[str, msgspec.Meta(max_length=COMMENT_LETTERS)] = ""
    clerk_id: OptionalIdentifier = ""


class StepInquiry(TerminalCommand, frozen=True, kw_only=True):
    """Go on with an inquiry: give it to an owner, tell of a call back, ask the clerk, answer, decide an appeal.

    The same ``step_id`` is one step. The clerk reads the text of ``statement_asked``, ``answered`` and ``reviewed``.
    """

    inquiry_id: VisitId
    step_id: VisitId
    kind: ManagerStep
    to: OptionalIdentifier = ""
    finding: Finding = ""
    call_back: CallBack = ""
    text: Annotated[str, msgspec.Meta(max_length=WORDS_LETTERS)] = ""
    clerk_id: OptionalIdentifier = ""


class SpeakInInquiry(TerminalCommand, frozen=True, kw_only=True):
    """What the clerk says to an inquiry that was opened to him: a statement, or an appeal."""

    hearing_id: VisitId
    step_id: VisitId
    kind: ClerkStep
    text: Annotated[str, msgspec.Meta(max_length=WORDS_LETTERS)]
    clerk_id: OptionalIdentifier = ""


class FetchAlerts(TerminalCommand, frozen=True, kw_only=True):
    """The alerts at hand with their comments, a page of them, those that are not closed first."""

    page: _Page = 0
    shown: AlertFilter = "all"
    clerk_id: OptionalIdentifier = ""


class FetchInquiries(TerminalCommand, frozen=True, kw_only=True):
    """The inquiries at hand, a page of them, those due first."""

    page: _Page = 0
    shown: InquiryFilter = "open"
    clerk_id: OptionalIdentifier = ""


class FindInquiry(TerminalCommand, frozen=True, kw_only=True):
    """One inquiry with the words of its steps."""

    inquiry_id: VisitId
    clerk_id: OptionalIdentifier = ""


class FetchHearings(TerminalCommand, frozen=True, kw_only=True):
    """What was opened to this clerk of inquiries about his own work, and nothing else of them."""

    clerk_id: OptionalIdentifier = ""


class FetchConcerns(TerminalCommand, frozen=True, kw_only=True):
    """How many alerts and inquiries wait for somebody."""

    clerk_id: OptionalIdentifier = ""


InquiryCommand = StepAlert | StepInquiry | SpeakInInquiry
"""Those that change something."""
InquiryQuestion = FetchAlerts | FetchInquiries | FindInquiry | FetchHearings | FetchConcerns
"""Those that do not."""
