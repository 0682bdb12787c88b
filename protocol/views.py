"""What a terminal may see, complete; and the replies to commands.

A view is the whole truth for its topic: nothing to merge, nothing to lose. It stays under 16 kB, so it holds heads and
counts instead of lists. Topics: ``hall``, ``board/<zone>``, ``kiosk``, ``counter/<id>``, ``rating/<counter>``,
``devices``.
"""

from typing import Annotated, Literal

import msgspec

from protocol.ballot_views import BallotKept, BallotsFound
from protocol.board_views import BoardCall, BoardCounter, BoardView, BoardWaiting
from protocol.configuration import (
    ClockTime,
    DutyContact,
    KioskRange,
    NumbersPerPerson,
    PersonLimits,
    PriorityClass,
    Procedure,
    TicketLink,
    VoiceChannel,
    VoiceKind,
    Words,
)
from protocol.device_views import Attended, DeviceCreatedReply, DeviceFound, Introduction, Paired, Silence, TrialKnown
from protocol.estimates import Estimate
from protocol.events import Clause, Span
from protocol.inquiry_views import AlertsFound, ConcernsFound, HearingsFound, InquiriesFound, InquiryFound
from protocol.message import Instant
from protocol.print_views import HallKiosk, HallPrintOrder, PrintOrder, PrintOrderState
from protocol.rating_views import LinkRating, RatingView, RatingWindow
from protocol.rosters import Shift
from protocol.staff_replies import NoteFound, WaitingListPage
from protocol.staff_views import (
    ClerkOrder,
    CounterHelp,
    DeviceLine,
    DevicesView,
    HallCounter,
    HallDay,
    HallLinked,
    HallProfile,
    HallQueue,
    HallService,
    HallView,
    HelpCall,
    KioskCutOff,
    OrderEntry,
    OrderView,
    RosterDay,
    WaitingVisit,
)
from protocol.view_parts import VIEW_LIMIT_BYTES, CounterState, Part, Reply, StoppedHall, View, VisitState
from protocol.voice_views import VoiceCodeFound, VoiceFollowed, VoiceFound, VoicesFound

__all__ = [
    "VIEW_LIMIT_BYTES",
    "Attended",
    "BoardCall",
    "BoardCounter",
    "BoardView",
    "BoardWaiting",
    "ClerkOrder",
    "CounterHelp",
    "CounterState",
    "DeviceCreatedReply",
    "DeviceFound",
    "DeviceLine",
    "DevicesView",
    "Estimate",
    "HallCounter",
    "HallDay",
    "HallKiosk",
    "HallLinked",
    "HallPrintOrder",
    "HallProfile",
    "HallQueue",
    "HallService",
    "HallView",
    "HelpCall",
    "Introduction",
    "KioskCutOff",
    "LinkRating",
    "NoteFound",
    "OrderEntry",
    "OrderView",
    "Paired",
    "PrintOrder",
    "PrintOrderState",
    "RatingView",
    "RatingWindow",
    "Reply",
    "RosterDay",
    "Silence",
    "StoppedHall",
    "TrialKnown",
    "View",
    "VisitState",
    "WaitingListPage",
    "WaitingVisit",
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
    card_needed: bool = False
    """Numbers of it are limited per person: it is asked who takes one."""
    numbers_per_person: PersonLimits = PersonLimits()


ClosedBecause = Literal["", "holiday", "weekend", "early", "rest", "over", "quota", "stopped"]
"""Why a kiosk gives no numbers: a free day, not yet or no more today, a rest, none are left, or the hall is stopped."""


class KioskRules(Part, frozen=True, kw_only=True):
    """The house rules that a citizen hears of before the number; as in :class:`~protocol.configuration.Policies`."""

    late_receipt_from: ClockTime = "15:00"
    consent_waiting_s: int = 3600
    consent_closing_s: int = 1800
    quota_notice: int = 10
    help_wait_s: int = 120
    numbers_per_person: NumbersPerPerson = NumbersPerPerson()


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
    stopped: StoppedHall | None = None
    """The hall is stopped: no numbers are given, and every kiosk says why."""
    training: bool = False
    """It is a training hall: every ticket says that it is worth nothing."""
    print_orders: tuple[PrintOrder, ...] = ()
    """What staff want printed at a kiosk: each asks for those that name it."""
    voice_channels: tuple[VoiceChannel, ...] = ()
    """The ways by which voices are taken; none where the hall has neither hotline nor suggestion box."""
    voice_kinds: tuple[VoiceKind, ...] = ()


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
    over_limit: bool = False
    """The number is one more than its citizen may have: the kiosk that gave it was cut off."""
    coming_service_ids: tuple[str, ...] = ()
    """The services that follow under the same number, in order."""
    noted: bool = False
    """The clerk who sent it on wrote a note, which ``find_note`` gives to whoever serves it."""


class CounterDay(Part, frozen=True, kw_only=True):
    """The counter's own figures of today."""

    served: int = 0
    within_target: int = 0
    no_shows: int = 0
    served_total_s: int = 0


class ClerkDay(Part, frozen=True, kw_only=True):
    """The figures of today of the clerk at this counter, wherever they sat."""

    served: int = 0
    within_target: int = 0
    """Of those served: how many took no longer than their service should."""
    median_service_s: int | None = None
    calls: int = 0
    chosen: int = 0
    """Of the calls: how many were out of order."""
    no_shows: int = 0


class ClassWaiting(Part, frozen=True, kw_only=True):
    """How many of a priority class wait for this counter, and who of them has waited longest.

    The head's number is empty where the branch hides the queue from its clerks.
    """

    priority_class_id: str
    waiting: int
    backup: int
    """Of those: how many wait in queues that the counter only helps."""
    oldest_at: Instant
    """Since when the one counts who has waited longest."""
    target_s: int
    """What that one's service promises, or the class guarantees, whichever is less."""
    prefix: str = ""
    number: int = 0


class QueueWaiting(Part, frozen=True, kw_only=True):
    """How many wait in a queue that the counter serves or helps, and since when the one who has waited longest."""

    queue_id: str
    waiting: int
    oldest_at: Instant | None
    backup: bool


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
    come_backs: tuple[CounterVisit, ...] = ()
    """Who was sent for papers from here and may be reinstated today."""
    classes: tuple[ClassWaiting, ...] = ()
    own: ClerkDay = ClerkDay()
    hides_queue: bool = False
    help: CounterHelp | None = None
    """The call for help of this counter."""
    queues: tuple[QueueWaiting, ...] = ()
    asked: tuple[CounterHelp, ...] = ()
    """The calls of other counters that ask the clerk here, and the one to which this clerk goes."""
    stopped: StoppedHall | None = None
    """The hall is stopped: nobody is called, and nobody becomes a no-show."""
    own_shifts: tuple[Shift, ...] = ()
    """Where the clerk who is signed in here is planned today, and when."""
    last_call_id: int = 0
    """The counter's last call of the day, without recalls; 0: none yet."""


AnyView = KioskView | BoardView | CounterView | RatingView | HallView | OrderView | DevicesView


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


class CataloguePage(Reply, frozen=True, kw_only=True):
    """Page ``page`` of ``pages`` of the catalogue with this hash."""

    catalogue_hash: str
    page: int
    pages: int
    procedures: tuple[Procedure, ...]


class VisitFound(Reply, frozen=True, kw_only=True):
    """A visit's state for who may know it.

    ``secret`` is the ticket's: told to kiosks with ``find_held_number`` and ``find_print_order``, so that any of them
    can print it, and with ``find_ticket``; ``copies`` counts the papers that are known to have been printed or tried.
    """

    visit: CounterVisit
    ahead: int
    estimate: Estimate | None
    counter_number: int = 0
    secret: str = ""
    copies: int = 0
    link_rating: LinkRating | None = None
    """Told to the public pages: what the link of a served visit asks."""


class RostersFound(Reply, frozen=True, kw_only=True):
    """The rosters of some days, each with its opening hours."""

    days: tuple[RosterDay, ...]


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
    | NoteFound
    | WaitingListPage
    | RostersFound
    | BallotsFound
    | BallotKept
    | VoiceFound
    | VoiceCodeFound
    | VoiceFollowed
    | VoicesFound
    | AlertsFound
    | InquiriesFound
    | InquiryFound
    | HearingsFound
    | ConcernsFound
    | Attended
    | DeviceFound
    | Refused
)
