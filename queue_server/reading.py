"""Today as a log tells it, for tools that only read: beside a running server, or on a copy."""

from datetime import datetime

from protocol.events import DayOpened
from queue_server import core
from queue_server.journal import Journal


def today_of(journal: Journal) -> tuple[core.Branch, datetime] | None:
    """Replay the last business day; gives the branch and the instant of its last event, None before the first day."""
    opened = journal.last_day_opened()
    if opened is None:
        return None
    event = opened.event()
    assert isinstance(event, DayOpened), "a row of this type holds this event"
    events = [row.event() for row in journal.rows(opened.seq)]
    return core.replay(events, journal.configuration(event.configuration_id)), events[-1].at
