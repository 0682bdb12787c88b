"""What the people of one recorded day did, told so that it can be done again under other rules. Pure data.

A visit is told in *stages*: each begins with a call and ends with what the clerk said came of it. Spans are kept as
differences, so that they can begin at another instant; what did not depend on a call (arrivals, clerks coming and
going, citizens who gave up) is kept with its instant. ``seq`` is the place in the log and parts what happened at the
same instant.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from protocol.commands import TransferPosition
from protocol.configuration import Configuration
from protocol.events import Clause, DayOpened, HallResumed, HallStopped, VisitTaken

Ending = Literal["ended", "no_show", "parked", "transferred", "unknown"]
"""How a stage ended; ``unknown`` when the day closed first."""


@dataclass(frozen=True, slots=True)
class Moved:
    """Where a transfer led. ``position`` is ``policy`` where the place is the one that the house rule gives."""

    to_service_id: str
    to_counter_id: str
    position: TransferPosition


@dataclass(slots=True)
class Stage:
    """One call of a visit and what followed; ``seq`` of the call, ``end_seq`` of the event that ended the stage."""

    counter_id: str
    clause: Clause
    called_at: datetime
    seq: int
    start_seq: int = 0
    end_seq: int = 0
    walk: timedelta | None = None
    """From the call to the start; none where the service never started."""
    work: timedelta = timedelta()
    """From the start (or the call) to the end."""
    ending: Ending = "unknown"
    outcome: str = ""
    come_back_today: bool = False
    moved: Moved | None = None
    returns_after: timedelta | None = None
    """From the end of the stage until the visit stood in its queue again, where it was put back."""
    return_seq: int = 0
    resumed_after: timedelta | None = None
    """From parking until its counter took the visit up again."""
    resume_seq: int = 0


@dataclass(slots=True)
class VisitStory:
    """One visit: how its number was taken, and its stages."""

    taken: VisitTaken
    seq: int
    stages: list[Stage] = field(default_factory=list)


Done = Literal["sign_in", "sign_out", "open", "pause", "close"]


@dataclass(frozen=True, slots=True)
class Presence:
    """What a clerk did with a counter at an instant; ``work_profile_id`` is empty for the counter's usual one."""

    at: datetime
    seq: int
    done: Done
    counter_id: str
    clerk_id: str
    work_profile_id: str = ""


@dataclass(frozen=True, slots=True)
class Wish:
    """What happened to a waiting visit by somebody's wish: it was given up, put into another class, or moved."""

    at: datetime
    seq: int
    visit_id: str
    done: Literal["cancel", "prioritize", "move"]
    priority_class_id: str = ""
    moved: Moved | None = None


@dataclass(frozen=True, slots=True)
class Turn:
    """One call of a counter: how long it was ready before. A clerk's own choice names the visit and its stage."""

    gap: timedelta
    seq: int
    visit_id: str = ""
    stage: int = 0

    @property
    def by_hand(self) -> bool:
        """Whether the clerk chose the visit, or took it out of the parked ones."""
        return bool(self.visit_id)


@dataclass(slots=True)
class Turns:
    """The calls of a counter from its opening to the next pause, in order.

    ``left_over`` is how long people waited for it at the end without a call.
    """

    turns: list[Turn] = field(default_factory=list)
    left_over: timedelta = timedelta()


@dataclass(frozen=True, slots=True)
class Called:
    """A call, of either side."""

    at: datetime
    visit_id: str
    counter_id: str
    clause: Clause
    priority_class_id: str


@dataclass(slots=True)
class Story:
    """One recorded day. ``turns`` are by counter, one for each time that it was opened."""

    opened: DayOpened
    closed_at: datetime
    configuration: Configuration
    """What was effective when the day opened."""
    visits: dict[str, VisitStory] = field(default_factory=dict)
    presences: list[Presence] = field(default_factory=list)
    wishes: list[Wish] = field(default_factory=list)
    turns: dict[str, list[Turns]] = field(default_factory=dict)
    stops: list[tuple[int, HallStopped | HallResumed]] = field(default_factory=list)
    """When the whole hall was stopped, and went on, each with its place in the log."""
    calls: list[Called] = field(default_factory=list)
    strange: dict[str, int] = field(default_factory=dict)
    """Events of visits that this room knows no way to repeat, by their type."""
    reconfigured: int = 0
    """How often another configuration became effective within the day."""
