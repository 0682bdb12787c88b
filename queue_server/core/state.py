"""The state of one branch, as its events made it.

A :class:`Branch` is changed by :func:`queue_server.core.apply` alone and read by everything else. It holds today: a day
of 100,000 visits costs per command what a day of 100 does, because everything that a command looks at is a look-up by
name, a head of a line, or a figure kept up to date. Two branches are equal when the same things are true in both, so
that a replay of the stored log can be compared with the state it must give.
"""

from collections import deque
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Literal

import msgspec

from protocol.ballots import Ballot, Campaign
from protocol.commands import DeviceState, FunctionDescription, HelpFrom, RatingChannel
from protocol.configuration import Configuration, KioskRange
from protocol.estimates import Correction, Estimate, Learned, Pace, Stretch
from protocol.events import Clause, HallStopped
from protocol.inquiries import Inquiry, RaisedAlert
from protocol.months import ClosedMonth
from protocol.rosters import DayRoster
from protocol.views import CounterState, PrintOrderState, VisitState
from protocol.voices import Voice
from queue_server.core.calendar import DayPlan
from queue_server.core.hall import Hall
from queue_server.core.line import Line, Place
from queue_server.satisfaction.alerts import Answer

RECENT_CALLS_S: Final = 120
RECENT_CALLS_AT_LEAST: Final = 32
RECENT_CALLS_AT_MOST: Final = 48
"""A zone's recent calls: those of the last 120 s, at least 32; more than 48 would burst a view."""

RECENT_DURATIONS: Final = 40
"""How many served durations per service are kept to learn from."""

KEPT_NO_SHOWS: Final = 8
"""How many of its last no-shows a counter offers to reinstate; and of those sent for papers as many."""

KEPT_DISORDERS: Final = 200
"""How many lines of the order ledger are kept; the log has all of them."""


class Visit(msgspec.Struct, kw_only=True, gc=False):
    """One citizen's stay. ``order`` counts the visits of the day; ``served_s`` adds up over parkings and transfers.

    Plain values only: it can be in no reference cycle, so the garbage collector need not look at 100,000 of them.
    """

    visit_id: str
    order: int
    day: str
    prefix: str
    number: int
    state: VisitState
    service_id: str
    queue_id: str
    priority_class_id: str
    procedure_code: str
    language: str
    device_id: str
    function_id: str
    taken_at: datetime
    rank_at: datetime
    """What it is ranked by among those who wait."""
    waiting_since: datetime
    """When its present wait began: its number, or being sent on, reinstated or given back."""
    off_line: bool = False
    over_limit: bool = False
    """One more than its person may have; a kiosk that was cut off could not know."""
    noted_at: datetime | None = None
    """When the clerk who sent it on wrote a note, until it is sent on again or goes on."""
    coming: tuple[str, ...] = ()
    """The services that follow under the same number, in order."""
    to_counter_id: str = ""
    """The one counter that may call it, when a clerk sent it there."""
    counter_id: str = ""
    """Where it is called, served or parked, or last was."""
    clerk_id: str = ""
    call_id: int = 0
    called_at: datetime | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None
    clause: Clause | None = None
    call_reason: str = ""
    recalls: int = 0
    unsaid: bool = False
    """The voice was cut off while it said the present call."""
    waited_s: int = 0
    served_s: int = 0
    remind_at: datetime | None = None
    transferred_from: str = ""
    outcome: str = ""
    come_back_today: bool = False
    served: bool = False
    """Some service of it ended with an outcome that counts as served, or was transferred on after being served."""
    rated_by: tuple[RatingChannel, ...] = ()
    presses_by_link: int = 0
    ticket_state: str = ""
    ticket_copy: int = 0
    told: Estimate | None = None
    """The range of waiting that was told with the number, until the first call shows how true it was."""

    @property
    def place(self) -> Place:
        """Its place while it waits."""
        return Place(self.rank_at, self.order, self.visit_id)


class NumberHeld(msgspec.Struct, frozen=True, gc=False):
    """A number that a person took today, and for which service, wherever the visit has been sent since."""

    visit_id: str
    service_id: str


class Press(msgspec.Struct, frozen=True, gc=False):
    """The last press that counts, of one channel."""

    level: int
    reasons: tuple[str, ...]


class PrintOrder(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A paper that staff want of a kiosk, and what that kiosk has said of it."""

    order_id: str
    visit_id: str
    function_id: str
    copy: int
    ordered_at: datetime
    expires_at: datetime
    state: PrintOrderState = "ordered"
    reason: str = ""
    told_at: datetime | None = None


class Window(msgspec.Struct, kw_only=True):
    """The rating that a counter's terminals ask for now."""

    visit_id: str
    clerk_id: str
    service_id: str
    nonce: str
    scale_id: str
    tone: Literal["usual", "neutral"]
    opened_at: datetime
    closes_at: datetime
    presses: dict[RatingChannel, Press] = msgspec.field(default_factory=dict)
    last_pressed_at: dict[str, datetime] = msgspec.field(default_factory=dict)
    """By function and by its own clock, to tell a bounce from a change of mind."""
    presses_at: dict[str, list[datetime]] = msgspec.field(default_factory=dict)
    """The last presses on each function, counted or not, by its own clock: so many in so short a time are play."""


class HelpWanted(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A clerk asks somebody to come; ``answered_by`` is who goes."""

    to: HelpFrom
    to_counter_id: str
    since_at: datetime
    answered_by: str = ""


class Disorder(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One line of the order ledger: who was called out of order, or given another class, by whom and why."""

    at: datetime
    kind: Literal["chosen", "prioritized"]
    prefix: str
    number: int
    counter_id: str
    clerk_id: str
    reason: str
    waited_s: int = 0
    passed_over: int = 0
    before_class_id: str = ""
    priority_class_id: str = ""


class ClerkToday(msgspec.Struct, kw_only=True):
    """A clerk's own figures of today, at whichever counters; of no other day."""

    served: int = 0
    within_target: int = 0
    """Of those served: how many took no longer than their service should."""
    no_shows: int = 0
    calls: int = 0
    chosen: int = 0
    prioritized: int = 0
    durations_s: list[int] = msgspec.field(default_factory=list)
    """Of those served, in ascending order."""


@dataclass(slots=True)
class CounterToday:
    """A counter as it stands, and its figures of today."""

    counter_id: str
    work_profile_id: str
    state: CounterState = "closed"
    since_at: datetime | None = None
    clerk_id: str = ""
    pause_reason: str = ""
    visit_id: str = ""
    """The visit called or in service here."""
    last_call_id: int = 0
    """The last call to this counter today, recalls not counted; 0: none yet."""
    parked: list[str] = field(default_factory=list)
    no_shows: list[str] = field(default_factory=list)
    come_backs: list[str] = field(default_factory=list)
    """Who was sent for papers and may come back today; the last of them."""
    help: HelpWanted | None = None
    window: Window | None = None
    served: int = 0
    within_target: int = 0
    no_show_count: int = 0
    served_total_s: int = 0
    opened_at: datetime | None = None
    worked: list[tuple[datetime, datetime]] = field(default_factory=list)
    """When it was open so far today; the present stretch is not in it yet."""


class Call(msgspec.Struct, frozen=True, gc=False):
    """A call or recall, as boards tell it."""

    call_id: int
    visit_id: str
    prefix: str
    number: int
    counter_id: str
    counter_number: int
    called_at: datetime
    again: bool
    language: str


class Device(msgspec.Struct, kw_only=True):
    """A device that was announced; it may speak while it has a key and is not revoked."""

    device_id: str
    name: str
    functions: tuple[FunctionDescription, ...]
    pairing: Literal["expected", "paired", "revoked"]
    public_key: str = ""
    since_at: datetime


class Pairing(msgspec.Struct, kw_only=True):
    """A pairing code that waits for its device."""

    device_id: str
    secret_hash: str
    expires_at: datetime
    tries: int = 0


SILENT: Final = "silent"
"""Why a device is gone that is not heard any more."""
HELP_CALLED: Final = "help_called"
"""The reason that a kiosk reports while a citizen there waits for somebody of the staff."""
HELP_ANSWERED: Final = "help_answered"
"""The reason that stands there until the kiosk reports anew, when its next citizen comes."""


class Health(msgspec.Struct, frozen=True):
    """What a function's device said of itself, and since when."""

    state: DeviceState
    reason: str
    detail: str
    since_at: datetime


@dataclass(slots=True)
class Branch:
    """One branch today. Make it with :func:`new_branch`, then apply events."""

    hall: Hall = field(compare=False)
    configuration_id: str
    coming: Configuration | None = None
    """The configuration that becomes effective with the next business day."""

    day: str = ""
    """The last business date that was opened; it never moves back."""
    day_open: bool = False
    plan: DayPlan | None = None
    opened_at: datetime | None = None
    learned: Learned = field(default_factory=Learned)
    """What was known of earlier days when this one opened."""
    believed_log_s: dict[str, float] = field(default_factory=dict)
    """By service, of that: the mean logarithm of its seconds."""

    stopped: HallStopped | None = None
    """What everybody is told while the hall is stopped."""
    stops: list[tuple[datetime, datetime]] = field(default_factory=list)
    """When the hall was stopped today; the present stop is not in it yet."""
    rosters: dict[str, DayRoster] = field(default_factory=dict)
    """By date: who is planned at which counter."""
    planned: dict[str, tuple[Stretch, ...]] | None = None
    """By counter, from today's roster: when it should be open; ``None`` without one."""

    ballots: dict[str, Ballot] = field(default_factory=dict)
    """By code: the ballots that may still come back, of today and lately."""
    campaign: Campaign | None = None
    voices: dict[str, Voice] = field(default_factory=dict)
    """By id: the voices whose words are not erased yet."""
    voice_by_hash: dict[str, str] = field(default_factory=dict)
    """By the hash of its code: the voice's id."""
    months: dict[str, ClosedMonth] = field(default_factory=dict)
    """By month: those that are closed."""
    alerts: dict[str, RaisedAlert] = field(default_factory=dict)
    """By id: the alerts whose words are not erased yet."""
    inquiries: dict[str, Inquiry] = field(default_factory=dict)
    """By id: the inquiries whose words are not erased yet."""
    answered_lately: dict[str, deque[Answer]] = field(default_factory=dict)
    """By channel: today's ratings of the time that alerts look back."""
    worked_at: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """By counter: who has been signed in there today."""

    devices: dict[str, Device] = field(default_factory=dict)
    device_by_key: dict[str, str] = field(default_factory=dict)
    device_by_function: dict[str, str] = field(default_factory=dict)
    pairings: dict[str, Pairing] = field(default_factory=dict)
    health: dict[str, Health] = field(default_factory=dict)

    visits: dict[str, Visit] = field(default_factory=dict)
    by_number: dict[tuple[str, int], str] = field(default_factory=dict)
    """Every number of today, void ones too, so that none is given twice."""
    last_numbers: dict[str, int] = field(default_factory=dict)
    lines: dict[str, dict[tuple[str, str], Line]] = field(default_factory=dict)
    """By queue: the line of each (priority class, named counter or none). Empty lines are not kept."""
    counters: dict[str, CounterToday] = field(default_factory=dict)
    counter_by_clerk: dict[str, str] = field(default_factory=dict)
    last_call_id: int = 0
    calls: dict[str, deque[Call]] = field(default_factory=dict)
    """By zone, oldest first."""

    held_by_person: dict[str, tuple[NumberHeld, ...]] = field(default_factory=dict)
    """By person's mark: the numbers of today, oldest first, where numbers are limited per person."""
    taken_by_service: dict[str, int] = field(default_factory=dict)
    waiting_by_service: dict[str, int] = field(default_factory=dict)
    count_by_state: dict[VisitState, int] = field(default_factory=dict)
    served: int = 0
    taken_lately: dict[str, deque[datetime]] = field(default_factory=dict)
    """By function: when it took its last numbers, for the limit per minute."""
    last_handed_over_at: dict[str, datetime] = field(default_factory=dict)
    """By device: when the last number that it handed over was taken; it hands them over in that order."""
    last_own_numbers: dict[tuple[str, str], int] = field(default_factory=dict)
    """By kiosk function and prefix: the last number of its own that the server knows."""
    former_ranges: tuple[KioskRange, ...] = ()
    """Ranges that kiosks had today until a new configuration; one that is cut off still gives from them."""
    durations_s: dict[str, deque[int]] = field(default_factory=dict)
    paces: dict[str, Pace] = field(default_factory=dict)
    """By counter: its pace so far, earlier days included."""
    hall_pace: Pace = field(default_factory=Pace)
    """The pace of all counters together, today and lately."""
    corrections: dict[str, Correction] = field(default_factory=dict)
    """By length of wait: how estimates are corrected, earlier days included."""
    press_ids: set[str] = field(default_factory=set)
    print_orders: dict[str, PrintOrder] = field(default_factory=dict)
    """The papers that staff ordered at kiosks today, the oldest first."""
    clerks: dict[str, ClerkToday] = field(default_factory=dict)
    disorders: deque[Disorder] = field(default_factory=lambda: deque(maxlen=KEPT_DISORDERS))
    """The order ledger, oldest first."""

    @property
    def configuration(self) -> Configuration:
        """The configuration that is effective."""
        return self.hall.configuration

    @property
    def waiting(self) -> int:
        """How many wait in the whole hall."""
        return self.count_by_state.get("waiting", 0)

    def stopped_s(self, since: datetime, at: datetime) -> int:
        """Give how many of the seconds from ``since`` to ``at`` the hall was stopped, of today's."""
        now = [(self.stopped.since_at or self.stopped.at, at)] if self.stopped is not None else []
        spans = [(max(begins, since), min(ends, at)) for begins, ends in (*self.stops, *now)]
        return int(sum((ends - begins).total_seconds() for begins, ends in spans if begins < ends))


def new_branch(configuration: Configuration) -> Branch:
    """Give a branch as configured, before its first day."""
    branch = Branch(hall=Hall(configuration), configuration_id=configuration.configuration_id)
    empty_hall(branch)
    return branch


def empty_hall(branch: Branch) -> None:
    """Forget the visits, calls and figures of a day, and let everyone go home."""
    for table in (
        branch.visits,
        branch.by_number,
        branch.last_numbers,
        branch.lines,
        branch.counters,
        branch.counter_by_clerk,
        branch.calls,
        branch.held_by_person,
        branch.taken_by_service,
        branch.waiting_by_service,
        branch.count_by_state,
        branch.taken_lately,
        branch.last_handed_over_at,
        branch.last_own_numbers,
        branch.durations_s,
        branch.press_ids,
        branch.print_orders,
        branch.worked_at,
        branch.paces,
        branch.corrections,
        branch.clerks,
        branch.disorders,
    ):
        table.clear()
    branch.last_call_id = 0
    branch.served = 0
    branch.former_ranges = ()
    branch.hall_pace = Pace()
    furnish(branch)


def furnish(branch: Branch) -> None:
    """Set up the counters and zones of the configuration that are not there yet; drop idle ones that are gone."""
    hall = branch.hall
    for counter_id in [name for name in branch.counters if name not in hall.counters]:
        del branch.counters[counter_id]
    for counter in hall.counters.values():
        present = branch.counters.get(counter.counter_id)
        if present is None:
            branch.counters[counter.counter_id] = CounterToday(counter.counter_id, counter.work_profile_id)
        elif not present.clerk_id:
            present.work_profile_id = counter.work_profile_id
    for zone_id in hall.zones:
        branch.calls.setdefault(zone_id, deque())
