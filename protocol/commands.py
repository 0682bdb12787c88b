"""What a terminal may ask, in the imperative.

A command names the *function* of the device that asks (``function_id``): a device is a key, and a key has functions
(a kiosk, a call keypad at counter 3, a rating keypad). Staff commands name the clerk and the counter; a call keypad
leaves ``clerk_id`` empty and the server fills in who is signed in there. Ids of visits come from the terminal, so
that a repeated request can never make a second visit.
"""

from typing import Annotated, Literal

import msgspec

from protocol.configuration import Day
from protocol.message import Code, Identifier, Instant, Language, Message, Number, OptionalIdentifier, Prefix, VisitId

TicketState = Literal["confirmed", "uncertain", "held", "failed", "void"]
"""What became of a print job, as its printer's owner knows it. Silence is ``uncertain``, never ``confirmed``."""

TransferPosition = Literal["policy", "first", "last", "arrival"]
"""Where a transferred visit stands: as the branch's policy says, at the head, at the end, or by its old arrival."""

DeviceState = Literal["ok", "degraded", "out", "unknown", "gone"]
"""The health of a device; a silent one is ``unknown`` or ``gone``, never ``ok``."""

RatingChannel = Literal["keypad", "terminal", "link", "paper", "surprise"]
"""The way by which a rating reached us; channels are counted apart."""


class Command(Message, frozen=True, kw_only=True):
    """Any command."""


StaffRole = Literal["", "clerk", "technician", "manager", "inspector"]
"""As what a person asks through the staff pages; empty for every other terminal."""


class TerminalCommand(Command, frozen=True, kw_only=True):
    """A command by a function of a paired device. The staff pages add the role of the person who asks."""

    function_id: Identifier
    staff_role: StaffRole = ""


class CounterCommand(TerminalCommand, frozen=True, kw_only=True):
    """A command at a counter. ``clerk_id`` is empty when a call keypad asks."""

    counter_id: Identifier
    clerk_id: OptionalIdentifier = ""


# --- Tickets ---------------------------------------------------------------------------------------------------------


class TakeTicket(TerminalCommand, frozen=True, kw_only=True):
    """A citizen takes a number for a service. The same ``visit_id`` always gets the same number."""

    visit_id: VisitId
    service_id: Identifier
    priority_class_id: Identifier
    procedure_code: Code = ""
    language: Language = "vi"


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


class ReportTicket(TerminalCommand, frozen=True, kw_only=True):
    """The owner of the printer tells what became of a ticket's print job; ``copy`` counts reprints from 0."""

    visit_id: VisitId
    state: TicketState
    copy: Annotated[int, msgspec.Meta(ge=0, le=99)] = 0
    reason: Code = ""


class CancelVisit(TerminalCommand, frozen=True, kw_only=True):
    """The citizen leaves before being called. ``secret`` is the ticket's, 32 hex digits; staff leave it empty."""

    visit_id: VisitId
    secret: Annotated[str, msgspec.Meta(max_length=64)] = ""
    clerk_id: OptionalIdentifier = ""


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


class CallNext(CounterCommand, frozen=True, kw_only=True):
    """Call who is next by the calling rule."""


class CallVisit(CounterCommand, frozen=True, kw_only=True):
    """Call a chosen visit, out of order; the reason is part of the record."""

    visit_id: VisitId
    reason: Annotated[str, msgspec.Meta(min_length=1, max_length=64)]


class CallNumber(CounterCommand, frozen=True, kw_only=True):
    """Call a chosen number as keyed on a call keypad, which knows no visit ids."""

    number: Number
    prefix: Annotated[str, msgspec.Meta(max_length=3)] = ""
    reason: Annotated[str, msgspec.Meta(min_length=1, max_length=64)]


class RecallVisit(CounterCommand, frozen=True, kw_only=True):
    """Say the present call of this counter again."""


class StartService(CounterCommand, frozen=True, kw_only=True):
    """The called citizen is here."""


class EndService(CounterCommand, frozen=True, kw_only=True):
    """The work is done, with an outcome. ``come_back_today`` keeps the place of a citizen who fetches papers."""

    outcome: Code
    come_back_today: bool = False


class MarkNoShow(CounterCommand, frozen=True, kw_only=True):
    """The called citizen did not come."""


class ReinstateVisit(CounterCommand, frozen=True, kw_only=True):
    """A no-show came after all: back into the queue, by the old arrival."""

    visit_id: VisitId
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


class ParkVisit(CounterCommand, frozen=True, kw_only=True):
    """Set the visit in service aside for this counter, to be reminded after some minutes (0 = not)."""

    remind_after_s: Annotated[int, msgspec.Meta(ge=0, le=86_400)] = 0


class ResumeVisit(CounterCommand, frozen=True, kw_only=True):
    """Call a parked visit of this counter back."""

    visit_id: VisitId


class TransferVisit(CounterCommand, frozen=True, kw_only=True):
    """Send the visit at this counter to another service, or to one named counter, or both."""

    service_id: OptionalIdentifier = ""
    to_counter_id: OptionalIdentifier = ""
    position: TransferPosition = "policy"
    reason: Code = ""


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


# --- The branch ------------------------------------------------------------------------------------------------------


class Configure(TerminalCommand, frozen=True, kw_only=True):
    """Make a configuration effective: the source texts by file name, now or with the next business day."""

    sources: dict[str, Annotated[str, msgspec.Meta(max_length=262_144)]]
    effective: Literal["now", "next_day"] = "now"


class OpenDay(TerminalCommand, frozen=True, kw_only=True):
    """Open the business day before the calendar does."""


class CloseDay(TerminalCommand, frozen=True, kw_only=True):
    """Close the business day before the calendar does."""


class FunctionDescription(msgspec.Struct, frozen=True, kw_only=True):
    """One function of a device: what it is, at which counter or zone, and by which address it hangs on the wire."""

    function_id: Identifier
    kind: Literal[
        "kiosk",
        "board",
        "counter_display",
        "call_keypad",
        "rating_keypad",
        "rating_terminal",
        "staff",
        "public",
        "technician",
        "observer",
    ]
    counter_id: OptionalIdentifier = ""
    zone_id: OptionalIdentifier = ""
    address: Annotated[str, msgspec.Meta(max_length=256)] = ""
    near_clerk: bool = False


class CreateDevice(TerminalCommand, frozen=True, kw_only=True):
    """A technician announces a device; the reply holds the pairing code, which is shown once."""

    device_id: Identifier
    name: Annotated[str, msgspec.Meta(max_length=64)]
    functions: Annotated[tuple[FunctionDescription, ...], msgspec.Meta(min_length=1, max_length=64)]


class RevokeDevice(TerminalCommand, frozen=True, kw_only=True):
    """Shut a device out; takes effect within a second on live connections."""

    device_id: Identifier
    reason: Code = ""


class ReportDevice(TerminalCommand, frozen=True, kw_only=True):
    """The health of a function's device, told when it changes."""

    state: DeviceState
    reason: Code = ""
    detail: Annotated[str, msgspec.Meta(max_length=256)] = ""


class ReportUnsaidCall(TerminalCommand, frozen=True, kw_only=True):
    """A board began to say this call of ``day`` and was cut off; nothing is said twice, so its clerk is told."""

    day: Day
    call_id: Annotated[int, msgspec.Meta(ge=1)]


class AnswerHelp(TerminalCommand, frozen=True, kw_only=True):
    """Staff go to a kiosk whose citizen called for help (it reported ``help_called``); ``clerk_id`` is who goes."""

    kiosk_function_id: Identifier
    clerk_id: OptionalIdentifier = ""


class Pair(Command, frozen=True, kw_only=True):
    """The one message of the pairing socket; the new device's key is that connection's own."""

    code: Annotated[str, msgspec.Meta(min_length=8, max_length=8, pattern=r"^[0-9A-HJKMNP-TV-Z]{8}$")]
    program: Annotated[str, msgspec.Meta(max_length=64)] = ""


# --- Questions: they change nothing and are not stored ---------------------------------------------------------------


class Introduce(Command, frozen=True, kw_only=True):
    """Who am I? The reply tells the device's id, functions and what the branch is called."""


class FetchCatalogue(Command, frozen=True, kw_only=True):
    """One page of the catalogue of procedures, by the content hash that a view named."""

    catalogue_hash: Annotated[str, msgspec.Meta(max_length=64)]
    page: Annotated[int, msgspec.Meta(ge=0, le=1000)] = 0


class FindVisit(Command, frozen=True, kw_only=True):
    """The state of a visit: for staff by id; for the public page and a kiosk with the ticket's secret as well."""

    visit_id: VisitId
    secret: Annotated[str, msgspec.Meta(max_length=64)] = ""


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
    | MarkNoShow
    | ReinstateVisit
    | PrioritizeNumber
    | ParkVisit
    | ResumeVisit
    | TransferVisit
    | PressRating
    | RateByLink
    | Configure
    | OpenDay
    | CloseDay
    | CreateDevice
    | RevokeDevice
    | ReportDevice
    | ReportUnsaidCall
    | AnswerHelp
    | Pair
    | Introduce
    | FetchCatalogue
    | FindVisit
    | Tick
)
"""Every command there is; the core matches over it and the type checker names a forgotten one."""

Question = Introduce | FetchCatalogue | FindVisit
"""Commands that change nothing."""
