"""What staff may see besides their counter: the whole hall, and the health of its devices."""

from typing import Literal

from protocol.commands import DeviceState
from protocol.configuration import Outcome, Reason, Words
from protocol.estimates import Estimate
from protocol.message import Code, Instant
from protocol.view_parts import CounterState, Part, View

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


class HallService(Part, frozen=True, kw_only=True):
    """A service's names and promise."""

    service_id: str
    queue_id: str
    prefix: str
    names: Words
    target_waiting_s: int
    target_service_s: int


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
    help_calls: tuple[HelpCall, ...] = ()
    kiosks_cut_off: tuple[KioskCutOff, ...] = ()


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


class DevicesView(View, frozen=True, kw_only=True):
    """Topic ``devices``: the health of all."""

    lines: tuple[DeviceLine, ...]
