"""What happened at a branch, in the past tense; stored for ever.

Events carry facts in parts (prefix, number, ids, codes), never personal data and never free text. Each event knows
when it happened (``at``), so that the state of a branch is a function of its events alone.
"""

from typing import Annotated, Literal

import msgspec

from protocol.commands import DeviceState, FunctionDescription, RatingChannel, TicketState
from protocol.configuration import Configuration
from protocol.estimates import Estimate, Learned
from protocol.message import Code, Identifier, Instant, Language, Message, Number, OptionalIdentifier, Prefix, VisitId

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
]
"""Why a press on a rating device does not count; empty when it does."""


class Event(Message, frozen=True, kw_only=True):
    """Any event."""

    at: Instant


# --- The day ---------------------------------------------------------------------------------------------------------


class PairedDevice(msgspec.Struct, frozen=True, kw_only=True):
    """A device that may speak: its id, its public key (Z85, 40 characters) and its functions."""

    device_id: Identifier
    name: str
    public_key: Annotated[str, msgspec.Meta(min_length=40, max_length=40)]
    functions: tuple[FunctionDescription, ...]


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
    ``closes_at`` is when the day is closed at the latest; ``learned`` is what is known of earlier days.
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


# --- Devices ---------------------------------------------------------------------------------------------------------


class DeviceCreated(Event, frozen=True, kw_only=True):
    """A technician announced a device. Of the pairing code only its 2 public characters and a salted hash are kept."""

    device_id: Identifier
    name: str
    functions: tuple[FunctionDescription, ...]
    pairing_name: str
    secret_hash: str
    expires_at: Instant


class PairingFailed(Event, frozen=True, kw_only=True):
    """A wrong code was tried on a pairing; after five the pairing is void."""

    device_id: Identifier
    tries: int


class DevicePaired(Event, frozen=True, kw_only=True):
    """A device showed the right code; from now on its key is the device."""

    device_id: Identifier
    name: str
    public_key: str
    functions: tuple[FunctionDescription, ...]


class DeviceRevoked(Event, frozen=True, kw_only=True):
    """The device is shut out."""

    device_id: Identifier
    reason: Code = ""


class DeviceReported(Event, frozen=True, kw_only=True):
    """The health of a function's device changed."""

    device_id: Identifier
    function_id: Identifier
    state: DeviceState
    reason: Code = ""
    detail: str = ""
    since_at: Instant | None = None
    """When it became so, where that was before ``at``: a day opens with what is still true of the last."""


class HelpAnswered(Event, frozen=True, kw_only=True):
    """Somebody goes to the kiosk whose citizen called for help."""

    device_id: Identifier
    function_id: Identifier
    clerk_id: OptionalIdentifier = ""


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


# --- Visits ----------------------------------------------------------------------------------------------------------


class VisitTaken(Event, frozen=True, kw_only=True):
    """A number was given. ``taken_at`` differs from ``at`` only when a kiosk gave it while the server was gone.

    ``estimate`` is the range of waiting that was told with it, so that one can see later how true it was.
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


class VisitRenumbered(Event, frozen=True, kw_only=True):
    """The number on paper wins over one that the server had given meanwhile; the old one is void."""

    visit_id: VisitId
    prefix: Prefix
    number: Number
    void_prefix: Prefix
    void_number: Number


class TicketReported(Event, frozen=True, kw_only=True):
    """What became of a ticket's print job."""

    visit_id: VisitId
    device_id: Identifier
    state: TicketState
    copy: int = 0
    reason: Code = ""


class VisitEvent(CounterEvent, frozen=True, kw_only=True):
    """An event of a visit at a counter."""

    visit_id: VisitId


class VisitCalled(VisitEvent, frozen=True, kw_only=True):
    """The visit is invited to the counter. ``call_id`` counts the calls and recalls of the day from 1.

    ``passed_over`` tells how many waiting visits of the counter's candidates' queues had waited longer.
    """

    call_id: int
    clause: Clause
    waited_s: int
    passed_over: int = 0
    reason: Code = ""


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


class VisitCancelled(Event, frozen=True, kw_only=True):
    """The citizen left before being called."""

    visit_id: VisitId
    by: Literal["citizen", "staff"] = "citizen"


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
    | DeviceCreated
    | PairingFailed
    | DevicePaired
    | DeviceRevoked
    | DeviceReported
    | HelpAnswered
    | ClerkSignedIn
    | ClerkSignedOut
    | CounterOpened
    | CounterPaused
    | CounterClosed
    | VisitTaken
    | VisitRenumbered
    | TicketReported
    | VisitCalled
    | VisitRecalled
    | CallLeftUnsaid
    | ServiceStarted
    | ServiceEnded
    | VisitMarkedNoShow
    | VisitReinstated
    | VisitPrioritized
    | VisitParked
    | VisitTransferred
    | VisitCancelled
    | VisitExpired
    | RatingOpened
    | RatingPressed
    | RatingClosed
    | VisitRated
)
"""Every event there is."""
