"""What the boards of a zone, and the displays over its counters, show."""

from typing import Literal

import msgspec

from protocol.configuration import Policies, Words
from protocol.estimates import Estimate
from protocol.message import Instant
from protocol.view_parts import CounterState, Part, StoppedHall, View


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
    zone_names: Words = msgspec.field(default_factory=dict)
    """Of the zone, in a hall that has several; else empty."""
    notices: tuple[Words, ...] = ()
    stopped: StoppedHall | None = None
    """The hall is stopped: nothing but why is shown and said."""
