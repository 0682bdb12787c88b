"""What happened to rosters: they were planned."""

from protocol.event_parts import Event
from protocol.rosters import DayRoster


class RosterPlanned(Event, frozen=True, kw_only=True):
    """These days have this roster from now on, each as a whole; one without shifts has none any more.

    A business day opens with what is still planned and what may yet be copied, by an event of its own.
    """

    rosters: tuple[DayRoster, ...]
