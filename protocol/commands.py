"""What a terminal may ask, in the imperative.

A command names the *function* of the device that asks (``function_id``): a device is a key, and a key has functions
(a kiosk, a call keypad at counter 3, a rating keypad). Staff commands name the clerk and the counter; a call keypad
leaves ``clerk_id`` empty and the server fills in who is signed in there; a pause or an opening by its keys names the
clerk whom it saw, and is refused when another sits there by now. Ids of visits come from the terminal, so
that a repeated request can never make a second visit.
"""

from typing import Annotated, Literal

import msgspec

from protocol.ballot_commands import BallotCommand, FetchBallots
from protocol.command_parts import CallingCommand, Command, CounterCommand, StaffRole, TerminalCommand, VisitCommand
from protocol.configuration import Day
from protocol.device_commands import (
    About,
    Attend,
    CreateDevice,
    DeviceState,
    FindDevice,
    FunctionDescription,
    Pair,
    PlaceFunction,
    ReportDevice,
    RevokeDevice,
    Trial,
    TrialKind,
    TrialResult,
    TryFunction,
)
from protocol.hall_commands import LONG_MESSAGE_LETTERS, SHORT_MESSAGE_LETTERS, ResumeHall, StopHall
from protocol.help_commands import AnswerCounterHelp, CallHelp, EndHelp, HelpFrom
from protocol.inquiry_commands import InquiryCommand, InquiryQuestion
from protocol.message import (
    Code,
    Identifier,
    Instant,
    Language,
    Number,
    OptionalIdentifier,
    OptionalVisitId,
    PersonMark,
    Prefix,
    RatingChannel,
    VisitId,
)
from protocol.month_commands import MonthCommand
from protocol.packed import PACKED_MOST
from protocol.roster_commands import FetchRosters, PlanRoster
from protocol.usher_commands import AnswerHelp, FetchWaitingList, FindPrintOrder, FindTicket, MendVisit, PrintTicket
from protocol.voice_commands import VoiceCommand, VoiceQuestion

__all__ = [
    "LONG_MESSAGE_LETTERS",
    "SHORT_MESSAGE_LETTERS",
    "About",
    "AnswerCounterHelp",
    "AnswerHelp",
    "Attend",
    "CallHelp",
    "CallingCommand",
    "Command",
    "CounterCommand",
    "CreateDevice",
    "DeviceState",
    "EndHelp",
    "FetchRosters",
    "FetchWaitingList",
    "FindDevice",
    "FindPrintOrder",
    "FindTicket",
    "FunctionDescription",
    "HelpFrom",
    "MendVisit",
    "Pair",
    "PlaceFunction",
    "PlanRoster",
    "PrintTicket",
    "RatingChannel",
    "ReportDevice",
    "ResumeHall",
    "RevokeDevice",
    "StaffRole",
    "StopHall",
    "TerminalCommand",
    "Trial",
    "TrialKind",
    "TrialResult",
    "TryFunction",
    "VisitCommand",
]
"""What is made elsewhere and belongs to the commands."""

TicketState = Literal["confirmed", "uncertain", "held", "failed", "void"]
"""What became of a print job, as its printer's owner knows it. Silence is ``uncertain``, never ``confirmed``."""

TransferPosition = Literal["policy", "first", "last", "arrival"]
"""Where a transferred visit stands: as the branch's policy says, at the head, at the end, or by its old arrival."""


# --- Tickets ---------------------------------------------------------------------------------------------------------


class TakeTicket(TerminalCommand, frozen=True, kw_only=True):
    """A citizen takes a number for a service. The same ``visit_id`` always gets the same number.

    Where numbers are limited per person a kiosk sends the person's mark; staff, who give a number to somebody without a
    card, send the reason and who gives it.
    """

    visit_id: VisitId
    service_id: Identifier
    priority_class_id: Identifier
    procedure_code: Code = ""
    language: Language = "vi"
    person_mark: PersonMark = ""
    without_card: Code = ""
    clerk_id: OptionalIdentifier = ""


class HandOverVisit(TerminalCommand, frozen=True, kw_only=True):
    """A kiosk hands over a visit whose number it gave from its own range while the server was gone."""

    visit_id: VisitId
    service_id: Identifier
    priority_class_id: Identifier
    prefix: Prefix
    number: Number
    taken_at: Instant
    procedure_code: Code = ""
    language: Language = "vi"
    person_mark: PersonMark = ""


class ReportTicket(TerminalCommand, frozen=True, kw_only=True):
    """The owner of the printer tells what became of a ticket's print job; ``copy`` counts reprints from 0.

    ``order_id`` names the order that it was, and the order then knows which copy.
    """

    visit_id: VisitId
    state: TicketState
    copy: Annotated[int, msgspec.Meta(ge=0, le=99)] = 0
    reason: Code = ""
    order_id: OptionalVisitId = ""


class CancelVisit(TerminalCommand, frozen=True, kw_only=True):
    """The citizen leaves before being called. ``secret`` is the ticket's, 32 hex digits; staff leave it empty."""

    visit_id: VisitId
    secret: Annotated[str, msgspec.Meta(max_length=64)] = ""
    clerk_id: OptionalIdentifier = ""
    reason: Code = ""


# --- Counters and clerks ---------------------------------------------------------------------------------------------


class SignInClerk(CounterCommand, frozen=True, kw_only=True):
    """A clerk takes place at a counter, with the counter's usual work profile unless another is named."""

    work_profile_id: OptionalIdentifier = ""


class SignOutClerk(CounterCommand, frozen=True, kw_only=True):
    """The clerk leaves the counter; a visit being served must be ended, parked or transferred first."""


class ReleaseCounter(CounterCommand, frozen=True, kw_only=True):
    """A manager or technician signs out a clerk who has gone and left the counter; ``clerk_id`` is who asks.

    ``released_clerk_id`` is who is thought to be there still: somebody else who sits there by now is not signed out. A
    visit that was called goes back to its queue. Of one in service only people know whether it is over: with
    ``put_back`` it goes back to its queue, else its service ends as ``unrecorded``.
    """

    released_clerk_id: Identifier
    reason: Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
    put_back: bool = False


class OpenCounter(CounterCommand, frozen=True, kw_only=True):
    """The counter serves (again)."""


class PauseCounter(CounterCommand, frozen=True, kw_only=True):
    """The counter pauses, for a reason from the configuration."""

    reason: Code = ""


class CloseCounter(CounterCommand, frozen=True, kw_only=True):
    """The counter serves no more today, or until opened again."""

    reason: Code = ""


class CallNext(CallingCommand, frozen=True, kw_only=True):
    """Call who is next by the calling rule."""


class CallVisit(CallingCommand, frozen=True, kw_only=True):
    """Call a chosen visit, out of order; the reason is part of the record."""

    visit_id: VisitId
    reason: Annotated[str, msgspec.Meta(min_length=1, max_length=64)]


class CallNumber(CallingCommand, frozen=True, kw_only=True):
    """Call a chosen number as keyed on a call keypad, which knows no visit ids."""

    number: Number
    prefix: Annotated[str, msgspec.Meta(max_length=3)] = ""
    reason: Annotated[str, msgspec.Meta(min_length=1, max_length=64)]


class RecallVisit(VisitCommand, frozen=True, kw_only=True):
    """Say the present call of this counter again."""


class StartService(VisitCommand, frozen=True, kw_only=True):
    """The called citizen is here."""


class EndService(VisitCommand, frozen=True, kw_only=True):
    """The work is done, with an outcome. ``come_back_today`` keeps the place of a citizen who fetches papers.

    A visit with further services goes on to the next of them: to its queue, or with ``stay`` at once at this counter;
    ``stop_here`` leaves them out. ``service_id`` is the service that is meant: refused when the visit is
    at another by now; empty: whichever it is at.
    """

    outcome: Code
    service_id: OptionalIdentifier = ""
    come_back_today: bool = False
    stay: bool = False
    stop_here: bool = False


class PlanServices(CounterCommand, frozen=True, kw_only=True):
    """Say which services follow for the citizen at this counter, in order, under the same number; none: no more.

    ``visit_id`` is who is meant: somebody else who is at the counter by now gets nothing planned.
    """

    visit_id: VisitId
    service_ids: Annotated[tuple[Identifier, ...], msgspec.Meta(max_length=8)]


class MarkNoShow(VisitCommand, frozen=True, kw_only=True):
    """The called citizen did not come."""


class ReinstateVisit(CounterCommand, frozen=True, kw_only=True):
    """A no-show came after all: back into the queue, by the old arrival."""

    visit_id: VisitId
    reason: Code = ""


class ReinstateNumber(CounterCommand, frozen=True, kw_only=True):
    """The same by the number on the ticket, for whoever was called at any counter."""

    number: Number
    prefix: Annotated[str, msgspec.Meta(max_length=3)] = ""
    reason: Code = ""


class PrioritizeNumber(CounterCommand, frozen=True, kw_only=True):
    """Put the visit of a waiting number into another priority class; the reason is part of the record.

    The arrival stays, so the visit gains points of its new class for all that it has waited. Also to take back a class
    that a citizen chose without being entitled to it.
    """

    number: Number
    prefix: Annotated[str, msgspec.Meta(max_length=3)] = ""
    priority_class_id: Identifier
    reason: Annotated[str, msgspec.Meta(min_length=1, max_length=64)]


class ParkVisit(VisitCommand, frozen=True, kw_only=True):
    """Set the visit in service aside for this counter, to be reminded after some minutes (0 = not)."""

    remind_after_s: Annotated[int, msgspec.Meta(ge=0, le=86_400)] = 0


class ResumeVisit(CallingCommand, frozen=True, kw_only=True):
    """Call a parked visit of this counter back."""

    visit_id: VisitId


class TransferVisit(VisitCommand, frozen=True, kw_only=True):
    """Send the visit at this counter to another service, or to one named counter, or both.

    ``note`` is for the clerk who serves it next, and for nobody else; it stands in no event and is erased with the day.
    """

    service_id: OptionalIdentifier = ""
    to_counter_id: OptionalIdentifier = ""
    position: TransferPosition = "policy"
    reason: Code = ""
    note: Annotated[str, msgspec.Meta(max_length=280)] = ""


# --- Rating ----------------------------------------------------------------------------------------------------------


class PressRating(TerminalCommand, frozen=True, kw_only=True):
    """A press on a rating keypad or terminal. Every press is kept; the server decides whether it counts.

    ``press_id`` is made by the device, ``level`` is the key's place on the scale (1 = best), ``pressed_at`` is the
    device's idea of hall time, ``buffered`` tells that it comes from a store kept while the link was down, and
    ``nonce`` names the window that the terminal was showing (a bare keypad leaves it empty).
    """

    press_id: VisitId
    level: Annotated[int, msgspec.Meta(ge=1, le=9)]
    reasons: Annotated[tuple[Code, ...], msgspec.Meta(max_length=8)] = ()
    pressed_at: Instant
    nonce: Annotated[str, msgspec.Meta(max_length=64)] = ""
    buffered: bool = False


class RateByLink(TerminalCommand, frozen=True, kw_only=True):
    """A rating by the ticket's link; proved by the ticket's secret, counted as a channel of its own."""

    visit_id: VisitId
    secret: Annotated[str, msgspec.Meta(min_length=32, max_length=32)]
    level: Annotated[int, msgspec.Meta(ge=1, le=9)]
    reasons: Annotated[tuple[Code, ...], msgspec.Meta(max_length=8)] = ()
    scale_id: OptionalIdentifier = ""
    """The scale that the page had shown; refused when another has begun meanwhile. Empty: today's."""


# --- The branch ------------------------------------------------------------------------------------------------------


class Configure(TerminalCommand, frozen=True, kw_only=True):
    """Make a configuration effective: the source texts by file name, now or with the next business day.

    Texts that are too long for one message come in `packed`, and `sources` is empty: the JSON of `sources`, deflated
    (zlib), in base64; 4,000,000 bytes of JSON at most.
    """

    sources: dict[str, Annotated[str, msgspec.Meta(max_length=262_144)]] = msgspec.field(default_factory=dict)
    effective: Literal["now", "next_day"] = "now"
    packed: Annotated[str, msgspec.Meta(max_length=PACKED_MOST)] = ""


class OpenDay(TerminalCommand, frozen=True, kw_only=True):
    """Open the business day before the calendar does."""


class CloseDay(TerminalCommand, frozen=True, kw_only=True):
    """Close the business day before the calendar does."""


class ReportUnsaidCall(TerminalCommand, frozen=True, kw_only=True):
    """A board began to say this call of ``day`` and was cut off; nothing is said twice, so its clerk is told."""

    day: Day
    call_id: Annotated[int, msgspec.Meta(ge=1)]


# --- Questions: they change nothing and are not stored ---------------------------------------------------------------


class Introduce(Command, frozen=True, kw_only=True):
    """Who am I? The reply tells the device's id, functions and what the branch is called."""


class FetchCatalogue(Command, frozen=True, kw_only=True):
    """One page of the catalogue of procedures, by the content hash that a view named."""

    catalogue_hash: Annotated[str, msgspec.Meta(max_length=64)]
    page: Annotated[int, msgspec.Meta(ge=0, le=1000)] = 0


class FindVisit(Command, frozen=True, kw_only=True):
    """The state of a visit: for staff by id; for all others who may ask, with the ticket's secret."""

    visit_id: VisitId
    secret: Annotated[str, msgspec.Meta(max_length=64)] = ""


class FindHeldNumber(TerminalCommand, frozen=True, kw_only=True):
    """For a kiosk: the number that keeps this person from another of the service. The reply can be printed."""

    service_id: Identifier
    person_mark: Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{32}$")]


class FindNote(CounterCommand, frozen=True, kw_only=True):
    """What a colleague wrote about the visit that this counter calls, serves or keeps; for its clerk alone."""

    visit_id: VisitId


# --- From the loop itself, never from the wire -----------------------------------------------------------------------


class Tick(Command, frozen=True, kw_only=True):
    """A deadline of the core has passed; sent by the loop alone."""


AnyCommand = (
    TakeTicket
    | HandOverVisit
    | ReportTicket
    | CancelVisit
    | SignInClerk
    | SignOutClerk
    | ReleaseCounter
    | OpenCounter
    | PauseCounter
    | CloseCounter
    | CallNext
    | CallVisit
    | CallNumber
    | RecallVisit
    | StartService
    | EndService
    | PlanServices
    | MarkNoShow
    | ReinstateVisit
    | ReinstateNumber
    | PrioritizeNumber
    | ParkVisit
    | ResumeVisit
    | TransferVisit
    | CallHelp
    | EndHelp
    | AnswerCounterHelp
    | PressRating
    | RateByLink
    | Configure
    | OpenDay
    | CloseDay
    | StopHall
    | ResumeHall
    | PlanRoster
    | BallotCommand
    | VoiceCommand
    | MonthCommand
    | InquiryCommand
    | CreateDevice
    | RevokeDevice
    | ReportDevice
    | ReportUnsaidCall
    | AnswerHelp
    | Pair
    | Introduce
    | FetchCatalogue
    | FindVisit
    | FindHeldNumber
    | FindNote
    | FetchWaitingList
    | FetchRosters
    | FetchBallots
    | VoiceQuestion
    | InquiryQuestion
    | FindTicket
    | MendVisit
    | Attend
    | FindDevice
    | TryFunction
    | PlaceFunction
    | PrintTicket
    | FindPrintOrder
    | Tick
)
"""Every command there is; the core matches over it and the type checker names a forgotten one."""

Asked = Attend | FindDevice | TryFunction
"""Of devices and about them; what comes with these is kept in memory alone."""

Question = (
    Introduce
    | FetchCatalogue
    | FindVisit
    | FindHeldNumber
    | FindNote
    | FetchWaitingList
    | FetchRosters
    | FetchBallots
    | VoiceQuestion
    | InquiryQuestion
    | FindTicket
    | Asked
    | FindPrintOrder
)
"""Commands that change nothing."""
