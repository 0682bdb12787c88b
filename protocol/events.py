"""What happened at a branch, in the past tense; stored for ever.

Events carry facts in parts (prefix, number, ids, codes), never personal data, and no words but those that the hall
itself tells everybody (its configuration, and why it was stopped). Each event knows when it happened (``at``), so that
the state of a branch is a function of its events alone.
"""

from typing import Literal

import msgspec

from protocol.ballot_events import BallotEvent
from protocol.commands import HelpFrom, RatingChannel
from protocol.configuration import Configuration
from protocol.device_events import (
    DeviceCreated,
    DevicePaired,
    DeviceReported,
    DeviceRevoked,
    FunctionPlaced,
    HelpAnswered,
    PairingFailed,
)
from protocol.estimates import Estimate, Learned
from protocol.event_parts import Event, PairedDevice
from protocol.hall_events import HallResumed, HallStopped
from protocol.inquiry_events import InquiryEvent
from protocol.message import (
    Code,
    Identifier,
    Instant,
    Language,
    Number,
    OptionalIdentifier,
    PersonMark,
    Prefix,
    VisitId,
)
from protocol.month_events import MonthEvent
from protocol.roster_events import RosterPlanned
from protocol.ticket_events import TicketPrintOrdered, TicketReported
from protocol.usher_events import VisitMended
from protocol.voice_events import VoiceEvent

__all__ = [
    "DeviceCreated",
    "DevicePaired",
    "DeviceReported",
    "DeviceRevoked",
    "Event",
    "FunctionPlaced",
    "HallResumed",
    "HallStopped",
    "HelpAnswered",
    "PairedDevice",
    "PairingFailed",
    "RosterPlanned",
    "TicketPrintOrdered",
    "TicketReported",
    "VisitMended",
]

Clause = Literal["guarantee", "priority", "chosen", "resumed"]
"""Which rule chose a call: a guaranteed wait was over, the highest accumulated priority, a clerk with a reason, or a
parked visit taken up again by its own counter."""

PressFlag = Literal[
    "",
    "debounce",
    "no_open_window",
    "too_soon",
    "outside_hours",
    "wrong_counter",
    "stale_window",
    "unknown_level",
    "duplicate_link",
    "buffered",
    "burst",
    "clerk_side",
]
"""Why a press on a rating device does not count; empty when it does."""


# --- The day ---------------------------------------------------------------------------------------------------------


class Span(msgspec.Struct, frozen=True, kw_only=True):
    """A stretch of time from ``opens_at`` up to but not including ``closes_at``."""

    opens_at: Instant
    closes_at: Instant


class ServerStarted(Event, frozen=True, kw_only=True):
    """A server took up the branch; ``epoch`` rises by one each time."""

    epoch: int


class ClockStepped(Event, frozen=True, kw_only=True):
    """The machine's clock went back or leapt by ``step_s``; hall time never runs backwards."""

    step_s: float


class ConfigurationChanged(Event, frozen=True, kw_only=True):
    """A configuration became effective (``day`` empty) or will with the next business day."""

    configuration: Configuration
    sources: dict[str, str]
    effective: Literal["now", "next_day"] = "now"
    device_id: OptionalIdentifier = ""


class DayOpened(Event, frozen=True, kw_only=True):
    """A business day begins with an empty hall; all that is older and still matters stands in here.

    ``spans`` holds the opening spans of each opening-hours id as UTC instants, ``default`` being the branch's own;
    ``closes_at`` is when the day is closed at the latest; ``learned`` is what is known of earlier days;
    ``ballot_seed_hash`` stands in older logs alone: now each campaign tells its own (docs/decisions/0039).
    """

    day: str
    configuration_id: str
    opens_at: Instant
    closes_at: Instant
    utc_offset_s: int
    spans: dict[str, tuple[Span, ...]]
    devices: tuple[PairedDevice, ...] = ()
    learned: Learned = Learned()
    ballot_seed_hash: str = ""
    previous_head: str = ""


class DayClosed(Event, frozen=True, kw_only=True):
    """The business day is over; every visit has been ended, marked or expired before this event."""

    day: str
    visits_taken: int
    served: int
    expired: int


# --- Clerks and counters ---------------------------------------------------------------------------------------------


class CounterEvent(Event, frozen=True, kw_only=True):
    """An event at a counter, with the clerk signed in there (empty where none is)."""

    counter_id: Identifier
    clerk_id: OptionalIdentifier = ""


class ClerkSignedIn(CounterEvent, frozen=True, kw_only=True):
    """The clerk took place at the counter, to serve by the work profile."""

    work_profile_id: Identifier


class ClerkSignedOut(CounterEvent, frozen=True, kw_only=True):
    """The clerk left the counter; ``by_clerk_id`` and ``reason`` tell who signed out one who had gone, and why."""

    by_clerk_id: OptionalIdentifier = ""
    reason: Code = ""


class CounterOpened(CounterEvent, frozen=True, kw_only=True):
    """The counter serves."""


class CounterPaused(CounterEvent, frozen=True, kw_only=True):
    """The counter pauses."""

    reason: Code = ""


class CounterClosed(CounterEvent, frozen=True, kw_only=True):
    """The counter serves no more."""

    reason: Code = ""


class CounterHelpCalled(CounterEvent, frozen=True, kw_only=True):
    """The clerk at the counter asks a supervisor or a colleague to come."""

    to: HelpFrom
    to_counter_id: OptionalIdentifier = ""


class CounterHelpAnswered(CounterEvent, frozen=True, kw_only=True):
    """Somebody goes there: ``by_clerk_id``."""

    by_clerk_id: OptionalIdentifier = ""


class CounterHelpEnded(CounterEvent, frozen=True, kw_only=True):
    """The call for help is taken back, or over."""


# --- Visits ----------------------------------------------------------------------------------------------------------


class VisitTaken(Event, frozen=True, kw_only=True):
    """A number was given. ``taken_at`` differs from ``at`` only when a kiosk gave it while the server was gone.

    ``estimate`` is the range of waiting that was told with it, so that one can see later how true it was.
    ``person_mark`` tells numbers of one person on this day from those of others, and nothing else: the key that it was
    made with is gone with the day. ``without_card`` is the reason for which the clerk gave a number without it, and
    ``over_limit`` marks one that a kiosk gave to a person who had as many as allowed, which it could not know.
    """

    visit_id: VisitId
    device_id: Identifier
    function_id: Identifier
    service_id: Identifier
    queue_id: Identifier
    priority_class_id: Identifier
    prefix: Prefix
    number: Number
    taken_at: Instant
    procedure_code: Code = ""
    language: Language = "vi"
    off_line: bool = False
    estimate: Estimate | None = None
    person_mark: PersonMark = ""
    without_card: Code = ""
    clerk_id: OptionalIdentifier = ""
    over_limit: bool = False
    coming_service_ids: tuple[Identifier, ...] = ()
    """What follows under the same number, of linked services that begin with this one."""


class VisitRenumbered(Event, frozen=True, kw_only=True):
    """The number on paper wins over one that the server had given meanwhile; the old one is void."""

    visit_id: VisitId
    prefix: Prefix
    number: Number
    void_prefix: Prefix
    void_number: Number


class VisitEvent(CounterEvent, frozen=True, kw_only=True):
    """An event of a visit at a counter."""

    visit_id: VisitId


class VisitCalled(VisitEvent, frozen=True, kw_only=True):
    """The visit is invited to the counter. ``call_id`` counts the calls and recalls of the day from 1.

    ``passed_over`` tells how many waiting visits of the counter's candidates' queues had waited longer; ``stopped_s``
    is the part of ``waited_s`` that passed while the hall was stopped.
    """

    call_id: int
    clause: Clause
    waited_s: int
    passed_over: int = 0
    reason: Code = ""
    stopped_s: int = 0


class VisitRecalled(VisitEvent, frozen=True, kw_only=True):
    """The call is said again, under a ``call_id`` of its own."""

    call_id: int
    recalls: int


class CallLeftUnsaid(VisitEvent, frozen=True, kw_only=True):
    """The voice was cut off while it said this call: the citizen may not have heard it, and the clerk may recall."""

    call_id: int


class ServiceStarted(VisitEvent, frozen=True, kw_only=True):
    """The citizen is at the counter."""


class ServiceEnded(VisitEvent, frozen=True, kw_only=True):
    """The work is done."""

    outcome: Code
    served_s: int
    come_back_today: bool = False
    stop_here: bool = False
    """The clerk left out the services that were to follow."""


class ServicesPlanned(VisitEvent, frozen=True, kw_only=True):
    """What follows for this visit was decided anew: all of it, in order."""

    coming_service_ids: tuple[Identifier, ...]


class VisitContinued(VisitEvent, frozen=True, kw_only=True):
    """One service has ended; the visit waits for its next one under the same number, ranked by ``rank_at``."""

    to_service_id: Identifier
    to_queue_id: Identifier
    rank_at: Instant
    coming_service_ids: tuple[Identifier, ...] = ()


class ServiceContinued(VisitEvent, frozen=True, kw_only=True):
    """One service has ended; the next one begins at once at the same counter: the citizen need not get up."""

    to_service_id: Identifier
    to_queue_id: Identifier
    coming_service_ids: tuple[Identifier, ...] = ()


class VisitMarkedNoShow(VisitEvent, frozen=True, kw_only=True):
    """The called citizen did not come."""


class VisitReinstated(VisitEvent, frozen=True, kw_only=True):
    """Back in the queue, ranked by ``rank_at``."""

    queue_id: Identifier
    rank_at: Instant
    reason: Code = ""


class VisitPrioritized(VisitEvent, frozen=True, kw_only=True):
    """A clerk put a waiting visit into another priority class, for a reason."""

    priority_class_id: Identifier
    reason: Code


class VisitParked(VisitEvent, frozen=True, kw_only=True):
    """Set aside for this counter; ``remind_at`` is empty when no reminder is wanted."""

    remind_at: Instant | None = None
    served_s: int = 0


class VisitTransferred(VisitEvent, frozen=True, kw_only=True):
    """Sent to another queue or to a named counter, ranked by ``rank_at`` there."""

    to_service_id: Identifier
    to_queue_id: Identifier
    to_counter_id: OptionalIdentifier = ""
    rank_at: Instant
    served_s: int = 0
    reason: Code = ""
    noted: bool = False
    """The clerk wrote a note for the next one. What it says stands elsewhere and is erased."""


class VisitCancelled(Event, frozen=True, kw_only=True):
    """The citizen left before being called."""

    visit_id: VisitId
    by: Literal["citizen", "staff"] = "citizen"
    clerk_id: OptionalIdentifier = ""
    reason: Code = ""


class VisitExpired(Event, frozen=True, kw_only=True):
    """The day ended while the visit waited (or was parked)."""

    visit_id: VisitId


# --- Rating ----------------------------------------------------------------------------------------------------------


class RatingOpened(VisitEvent, frozen=True, kw_only=True):
    """The system asks for a rating of this visit at this counter until ``closes_at``."""

    service_id: Identifier
    nonce: str
    scale_id: Identifier
    tone: Literal["usual", "neutral"]
    closes_at: Instant


class RatingPressed(Event, frozen=True, kw_only=True):
    """A press, counted or not; ``visit_id`` and ``counter_id`` are empty where none was meant."""

    press_id: VisitId
    device_id: Identifier
    function_id: Identifier
    counter_id: OptionalIdentifier = ""
    visit_id: str = ""
    channel: RatingChannel
    level: int
    reasons: tuple[Code, ...] = ()
    pressed_at: Instant
    flag: PressFlag = ""


class RatingClosed(VisitEvent, frozen=True, kw_only=True):
    """The window is shut: by time, or by the grace after the next call."""

    nonce: str


class VisitRated(VisitEvent, frozen=True, kw_only=True):
    """The one rating of a served visit by one channel."""

    service_id: Identifier
    channel: RatingChannel
    scale_id: Identifier
    level: int
    reasons: tuple[Code, ...] = ()


AnyEvent = (
    ServerStarted
    | ClockStepped
    | ConfigurationChanged
    | DayOpened
    | DayClosed
    | HallStopped
    | HallResumed
    | RosterPlanned
    | DeviceCreated
    | PairingFailed
    | DevicePaired
    | DeviceRevoked
    | DeviceReported
    | FunctionPlaced
    | HelpAnswered
    | ClerkSignedIn
    | ClerkSignedOut
    | CounterOpened
    | CounterPaused
    | CounterClosed
    | CounterHelpCalled
    | CounterHelpAnswered
    | CounterHelpEnded
    | VisitTaken
    | VisitRenumbered
    | TicketReported
    | TicketPrintOrdered
    | VisitCalled
    | VisitRecalled
    | CallLeftUnsaid
    | ServiceStarted
    | ServiceEnded
    | ServicesPlanned
    | VisitContinued
    | ServiceContinued
    | VisitMarkedNoShow
    | VisitReinstated
    | VisitPrioritized
    | VisitMended
    | VisitParked
    | VisitTransferred
    | VisitCancelled
    | VisitExpired
    | RatingOpened
    | RatingPressed
    | RatingClosed
    | VisitRated
    | BallotEvent
    | VoiceEvent
    | MonthEvent
    | InquiryEvent
)
"""Every event there is."""
