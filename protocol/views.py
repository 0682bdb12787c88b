"""What a terminal may see, complete; and the replies to commands.

A view is the whole truth for its topic: nothing to merge, nothing to lose. It stays under 16 kB, so it holds heads and
counts instead of lists. Topics: ``hall``, ``board/<zone>``, ``kiosk``, ``counter/<id>``, ``rating/<counter>``,
``devices``.
"""

from typing import Annotated, Literal

import msgspec

from protocol.commands import FunctionDescription
from protocol.configuration import (
    ClockTime,
    DutyContact,
    KioskRange,
    Policies,
    PriorityClass,
    Procedure,
    RatingScale,
    TicketLink,
    Words,
)
from protocol.estimates import Estimate
from protocol.events import Clause, Span
from protocol.message import Instant, Message
from protocol.staff_views import (
    DeviceLine,
    DevicesView,
    HallCounter,
    HallDay,
    HallProfile,
    HallQueue,
    HallService,
    HallView,
    HelpCall,
    KioskCutOff,
)
from protocol.view_parts import VIEW_LIMIT_BYTES, CounterState, Part, View, VisitState

__all__ = [
    "VIEW_LIMIT_BYTES",
    "CounterState",
    "DeviceLine",
    "DevicesView",
    "Estimate",
    "HallCounter",
    "HallDay",
    "HallProfile",
    "HallQueue",
    "HallService",
    "HallView",
    "HelpCall",
    "KioskCutOff",
    "View",
    "VisitState",
]
"""What is made elsewhere and belongs to the views."""


# --- kiosk -----------------------------------------------------------------------------------------------------------


class KioskService(Part, frozen=True, kw_only=True):
    """A tile: what it is, whether numbers are given now, how many wait and how long it may take."""

    service_id: str
    prefix: str
    names: Words
    hints: Words
    icon: str
    state: Literal["open", "closed", "quota_reached", "full"]
    waiting: int
    estimate: Estimate | None
    counter_numbers: tuple[int, ...]
    """Counters open for this service now."""
    next_opens_at: Instant | None = None
    """When numbers are given again, of a service that is closed or has none left today."""
    after_15h_notice: bool = False
    takes_receipts: bool = False
    closes_at: Instant | None = None
    """Today's last closing."""
    rest: Span | None = None
    """Today's present or coming rest between two opening spans; numbers may be given in it."""
    numbers_left: int | None = None
    """Of today's quota; None where there is none."""
    next_working_day: str = ""
    """The next day after today on which this service is open."""
    result_place: Words = msgspec.field(default_factory=dict)
    giving: tuple[Span, ...] = ()
    """When today's numbers are given, so that a kiosk whose server is gone knows when to stop and to begin again."""


ClosedBecause = Literal["", "holiday", "weekend", "early", "rest", "over", "quota"]
"""Why a kiosk gives no numbers: a free day, not yet or no more today, a rest between, or none are left."""


class KioskRules(Part, frozen=True, kw_only=True):
    """The house rules that a citizen hears of before the number; as in :class:`~protocol.configuration.Policies`."""

    late_receipt_from: ClockTime = "15:00"
    consent_waiting_s: int = 3600
    consent_closing_s: int = 1800
    quota_notice: int = 10
    help_wait_s: int = 120


class KioskView(View, frozen=True, kw_only=True):
    """Topic ``kiosk``: all that a kiosk needs to give a number, also by itself while the server is gone."""

    branch_id: str
    configuration_id: str
    agency: Words
    names: Words
    hotline: str
    languages: tuple[str, ...]
    utc_offset_s: int
    day: str
    state: Literal["open", "closed"]
    next_opens_at: Instant | None
    services: tuple[KioskService, ...]
    priority_classes: tuple[PriorityClass, ...]
    kiosk_ranges: tuple[KioskRange, ...]
    ticket_link: TicketLink
    ticket_footer: Words
    catalogue_hash: str
    catalogue_pages: int
    message: Words = msgspec.field(default_factory=dict)
    rules: KioskRules = KioskRules()
    closed_because: ClosedBecause = ""
    holiday_names: Words = msgspec.field(default_factory=dict)
    """Of the holiday that it is."""
    duty_contacts: tuple[DutyContact, ...] = ()
    """Those of today."""
    help_answered: tuple[str, ...] = ()
    """The kiosks (by function) to whose citizen somebody of the staff goes now."""


# --- board/<zone> ----------------------------------------------------------------------------------------------------


class BoardCall(Part, frozen=True, kw_only=True):
    """A call or recall, newest first in the view. ``call_id`` rises through the day; announce each once."""

    call_id: int
    visit_id: str
    prefix: str
    number: int
    counter_id: str
    counter_number: int
    called_at: Instant
    again: bool
    state: Literal["called", "in_service", "over"]
    language: str = "vi"
    priority: bool = False
    """Of a priority class; which one is nobody's business in the hall."""


class BoardCounter(Part, frozen=True, kw_only=True):
    """What a counter does now; what the LED over it shows."""

    counter_id: str
    number: int
    state: CounterState
    prefix: str = ""
    ticket_number: int = 0
    visit_state: Literal["", "called", "in_service"] = ""


class BoardWaiting(Part, frozen=True, kw_only=True):
    """How many wait for a service."""

    service_id: str
    prefix: str
    names: Words
    waiting: int
    estimate: Estimate | None


class BoardView(View, frozen=True, kw_only=True):
    """Topic ``board/<zone>``: the calls of the last 120 s or the last 32, whichever is more, and the hall's state."""

    zone_id: str
    agency: Words
    names: Words
    hotline: str
    day: str
    utc_offset_s: int
    state: Literal["open", "closed"]
    next_opens_at: Instant | None
    calls: tuple[BoardCall, ...]
    counters: tuple[BoardCounter, ...]
    waiting: tuple[BoardWaiting, ...]
    policies: Policies
    pledges: tuple[Words, ...]
    message: Words = msgspec.field(default_factory=dict)
    zone_names: Words = msgspec.field(default_factory=dict)
    """Of the zone, in a hall that has several; else empty."""
    notices: tuple[Words, ...] = ()


# --- counter/<id> ----------------------------------------------------------------------------------------------------


class CounterVisit(Part, frozen=True, kw_only=True):
    """A visit as its counter sees it."""

    visit_id: str
    prefix: str
    number: int
    state: VisitState
    service_id: str
    queue_id: str
    priority_class_id: str
    procedure_code: str
    taken_at: Instant
    rank_at: Instant
    function_id: str
    called_at: Instant | None = None
    started_at: Instant | None = None
    clause: Clause | None = None
    reason: str = ""
    recalls: int = 0
    waited_s: int = 0
    overdue: bool = False
    backup: bool = False
    remind_at: Instant | None = None
    transferred_from: str = ""
    language: str = "vi"
    off_line: bool = False
    """The number is the kiosk's own, given while it was cut off; the visit may have come into the line late."""
    unsaid: bool = False
    """The voice was cut off while it said the present call."""


class CounterDay(Part, frozen=True, kw_only=True):
    """The counter's own figures of today."""

    served: int = 0
    within_target: int = 0
    no_shows: int = 0
    served_total_s: int = 0


class CounterView(View, frozen=True, kw_only=True):
    """Topic ``counter/<id>``: what the clerk's console shows. It says nothing of ratings."""

    counter_id: str
    number: int
    names: Words
    state: CounterState
    pause_reason: str
    clerk_id: str
    work_profile_id: str
    work_profile_names: Words
    day: str
    utc_offset_s: int
    day_open: bool
    serving: CounterVisit | None
    next_visits: tuple[CounterVisit, ...]
    """Up to four, in the order in which the rule would call them now, each with the clause it would go by."""
    parked: tuple[CounterVisit, ...]
    no_shows: tuple[CounterVisit, ...]
    waiting: int
    today: CounterDay
    recall_limit: int


# --- rating/<counter> ------------------------------------------------------------------------------------------------


class RatingWindow(Part, frozen=True, kw_only=True):
    """The question that is open now."""

    nonce: str
    prefix: str
    number: int
    tone: Literal["usual", "neutral"]
    closes_at: Instant
    language: str


class RatingView(View, frozen=True, kw_only=True):
    """Topic ``rating/<counter>``: what the rating terminal asks. No press ever changes it."""

    counter_id: str
    counter_number: int
    agency: Words
    languages: tuple[str, ...]
    scale: RatingScale
    window: RatingWindow | None
    utc_offset_s: int
    hotline: str = ""


AnyView = KioskView | BoardView | CounterView | RatingView | HallView | DevicesView


class Envelope(msgspec.Struct, frozen=True, kw_only=True):
    """A view on its way: ``sequence`` counts per topic within ``epoch``; ``at`` is hall time, ``rate`` its speed.

    Terminals derive hall time from ``at`` and ``rate`` and keep the last offset while the link is down.
    """

    epoch: int
    sequence: int
    at: Instant
    rate: float
    version: int
    view: AnyView


# --- Replies ---------------------------------------------------------------------------------------------------------


class Reply(Message, frozen=True, kw_only=True):
    """Any reply."""


class Done(Reply, frozen=True, kw_only=True):
    """The command was carried out, or had been."""


class TicketTaken(Reply, frozen=True, kw_only=True):
    """The number, durable before it is told; and what the ticket says."""

    visit_id: str
    prefix: str
    number: int
    service_id: str
    priority_class_id: str
    procedure_code: str
    taken_at: Instant
    ahead: int
    estimate: Estimate | None
    counter_numbers: tuple[int, ...]


class VisitCalledReply(Reply, frozen=True, kw_only=True, tag="visit_called"):
    """Who was called."""

    visit_id: str
    prefix: str
    number: int
    counter_number: int
    call_id: int
    clause: Clause


class DeviceCreatedReply(Reply, frozen=True, kw_only=True, tag="device_created"):
    """The pairing code, shown once; ``pairing`` is the whole string for a QR: ``motcua://host:port/KEY?code=…``."""

    device_id: str
    code: str
    expires_at: Instant


class Paired(Reply, frozen=True, kw_only=True):
    """The device is known from now on."""

    device_id: str
    functions: tuple[FunctionDescription, ...]


class Introduction(Reply, frozen=True, kw_only=True):
    """Who the asking device is. ``link_key`` (64 hex digits) goes to kiosks alone, for the tickets' secrets."""

    device_id: str
    functions: tuple[FunctionDescription, ...]
    branch_id: str
    names: Words
    epoch: int
    at: Instant
    rate: float
    oldest_version: int
    link_key: str = ""


class CataloguePage(Reply, frozen=True, kw_only=True):
    """Page ``page`` of ``pages`` of the catalogue with this hash."""

    catalogue_hash: str
    page: int
    pages: int
    procedures: tuple[Procedure, ...]


class VisitFound(Reply, frozen=True, kw_only=True):
    """A visit's state for who may know it."""

    visit: CounterVisit
    ahead: int
    estimate: Estimate | None
    counter_number: int = 0


class Refused(Reply, frozen=True, kw_only=True):
    """No, with a code, its parts, and the sentence to show in each of the branch's languages."""

    code: Annotated[str, msgspec.Meta(max_length=64)]
    parts: dict[str, str] = msgspec.field(default_factory=dict)
    sentences: Words = msgspec.field(default_factory=dict)


AnyReply = (
    Done
    | TicketTaken
    | VisitCalledReply
    | DeviceCreatedReply
    | Paired
    | Introduction
    | CataloguePage
    | VisitFound
    | Refused
)
