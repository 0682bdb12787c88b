"""What staff may see besides their counter: the whole hall, and the health of its devices."""

from typing import Literal

from protocol.commands import DeviceState, HelpFrom
from protocol.configuration import Emergency, Outcome, Reason, Words
from protocol.estimates import Estimate, Stretch
from protocol.message import Code, Instant
from protocol.print_views import HallKiosk, HallPrintOrder
from protocol.rosters import Hours, Shift
from protocol.view_parts import CounterState, Part, StoppedHall, View, VisitState

# --- hall ------------------------------------------------------------------------------------------------------------


class HallQueue(Part, frozen=True, kw_only=True):
    """A queue as staff see it: waiting per priority class and the oldest arrival."""

    queue_id: str
    names: Words
    waiting: dict[str, int]
    oldest_at: Instant | None
    estimate: Estimate | None = None


class HallCounter(Part, frozen=True, kw_only=True):
    """A counter as staff see it."""

    counter_id: str
    number: int
    names: Words
    state: CounterState
    clerk_id: str
    work_profile_id: str
    zone_id: str
    prefix: str = ""
    ticket_number: int = 0
    visit_state: Literal["", "called", "in_service"] = ""
    since_at: Instant | None = None
    planned: tuple[Stretch, ...] = ()
    """When today's roster has it open, breaks left out: seconds after midnight at the branch."""


class HallService(Part, frozen=True, kw_only=True):
    """A service's names and promise."""

    service_id: str
    queue_id: str
    prefix: str
    names: Words
    target_waiting_s: int
    target_service_s: int


class HallLinked(Part, frozen=True, kw_only=True):
    """Linked services by name, in their sequence."""

    linked_id: str
    names: Words
    service_ids: tuple[str, ...]


class HallProfile(Part, frozen=True, kw_only=True):
    """A work profile by name."""

    work_profile_id: str
    names: Words
    primary_queue_ids: tuple[str, ...]
    backup_queue_ids: tuple[str, ...]


class HallDay(Part, frozen=True, kw_only=True):
    """The day in numbers."""

    visits_taken: int = 0
    waiting: int = 0
    called: int = 0
    in_service: int = 0
    parked: int = 0
    served: int = 0
    no_shows: int = 0
    cancelled: int = 0
    expired: int = 0


class HelpCall(Part, frozen=True, kw_only=True):
    """A citizen at a kiosk has called for help, and nobody has said yet that they go."""

    function_id: str
    name: str
    since_at: Instant


class CounterHelp(Part, frozen=True, kw_only=True):
    """A clerk asks somebody to come to the counter, and who goes; ``to_counter_id`` names the one who is asked."""

    counter_id: str
    number: int
    clerk_id: str
    to: HelpFrom
    to_counter_id: str
    since_at: Instant
    answered_by: str = ""


class KioskCutOff(Part, frozen=True, kw_only=True):
    """A kiosk that the server does not hear: it is off, or its wire is, and then it gives numbers of its own."""

    function_id: str
    name: str
    since_at: Instant


class HallView(View, frozen=True, kw_only=True):
    """Topic ``hall``: what staff need besides their counter: the words, the queues, the counters, the day."""

    branch_id: str
    configuration_id: str
    agency: Words
    names: Words
    languages: tuple[str, ...]
    day: str
    day_open: bool
    utc_offset_s: int
    opens_at: Instant | None
    closes_at: Instant | None
    services: tuple[HallService, ...]
    queues: tuple[HallQueue, ...]
    counters: tuple[HallCounter, ...]
    work_profiles: tuple[HallProfile, ...]
    class_names: dict[str, Words]
    outcomes: tuple[Outcome, ...]
    reasons: tuple[Reason, ...]
    today: HallDay
    alarms: tuple[Code, ...] = ()
    voices_overdue: int = 0
    """Open voices whose last day to be answered in time is over …"""
    voices_due_soon: int = 0
    """… and those for which it comes soon."""
    voices_offered: bool = False
    """Whether the hall takes voices by any way."""
    help_calls: tuple[HelpCall, ...] = ()
    kiosks_cut_off: tuple[KioskCutOff, ...] = ()
    counter_help: tuple[CounterHelp, ...] = ()
    linked_services: tuple[HallLinked, ...] = ()
    stopped: StoppedHall | None = None
    emergencies: tuple[Emergency, ...] = ()
    """The messages with which the hall can be stopped."""
    training: bool = False
    """It is a training hall: nothing that happens here enters a figure."""
    has_roster: bool = False
    """Somebody has planned who is at which counter today; without it no counter's ``planned`` says anything."""
    kiosks: tuple[HallKiosk, ...] = ()
    print_orders: tuple[HallPrintOrder, ...] = ()
    """The last papers that were ordered at kiosks, the newest first."""


# --- order -----------------------------------------------------------------------------------------------------------


class OrderEntry(Part, frozen=True, kw_only=True):
    """Somebody was called out of order, or given another priority class, by whom and why.

    ``passed_over`` counts who had waited longer at that moment.
    """

    at: Instant
    kind: Literal["chosen", "prioritized"]
    prefix: str
    number: int
    counter_id: str
    clerk_id: str
    reason: Code
    waited_s: int = 0
    passed_over: int = 0
    before_class_id: str = ""
    priority_class_id: str = ""


class ClerkOrder(Part, frozen=True, kw_only=True):
    """How often a clerk called today, and how often out of order."""

    clerk_id: str
    calls: int
    chosen: int
    prioritized: int


class OrderView(View, frozen=True, kw_only=True):
    """Topic ``order``: the order ledger of today, newest first; the sums are of the whole day."""

    day: str
    entries: tuple[OrderEntry, ...]
    clerks: tuple[ClerkOrder, ...]


# --- rosters ---------------------------------------------------------------------------------------------------------


class RosterDay(Part, frozen=True, kw_only=True):
    """A day's opening hours and roster; no shifts and no ``planned_at`` where nobody has planned it."""

    day: str
    hours: tuple[Hours, ...]
    shifts: tuple[Shift, ...]
    planned_at: Instant | None
    by_clerk_id: str


# --- devices ---------------------------------------------------------------------------------------------------------


class DeviceLine(Part, frozen=True, kw_only=True):
    """One function of one device, and its health."""

    device_id: str
    function_id: str
    kind: str
    counter_id: str
    pairing: Literal["expected", "paired", "revoked"]
    state: DeviceState
    reason: str
    detail: str
    since_at: Instant | None


class WaitingVisit(Part, frozen=True, kw_only=True):
    """One visit of the waiting list: what stands on its ticket, and the counter where it is or is sent (0: any)."""

    visit_id: str
    prefix: str
    number: int
    state: VisitState
    queue_id: str
    service_id: str
    priority_class_id: str
    taken_at: Instant
    counter_number: int = 0


class DevicesView(View, frozen=True, kw_only=True):
    """Topic ``devices``: the health of all."""

    lines: tuple[DeviceLine, ...]
