"""The recorded days of a log, read for a replay; read-only, one day in memory at a time."""

from collections.abc import Callable, Iterator
from typing import Final

import apsw

from protocol.configuration import Configuration
from protocol.events import AnyEvent, DayOpened
from protocol.message import type_of
from queue_server.journal import Journal, NotALog
from queue_server.replay.figures import Comparison, Gathering
from queue_server.replay.player import play
from queue_server.replay.recorder import PASSED, record

MONTH_DAYS: Final = 20
"""Working days of a month."""
MOST_DAYS: Final = 60

_UNREAD: Final = frozenset(type_of(one.__name__) for one in PASSED) | {"device_reported", "help_answered"}
"""Most of a log is not about whose turn it is; what is not read costs nothing."""


class NoDays(Exception):  # noqa: N818 -- a state of the log.
    """The log holds no day that could be played."""


def chosen_days(journal: Journal, first: str = "", last: str = "", most: int = MONTH_DAYS) -> list[str]:
    """Name the days from ``first`` to ``last`` (ISO dates; empty = no bound), the latest ``most`` of them."""
    assert 0 < most <= MOST_DAYS, f"{most} days"
    days = [day for day in journal.days() if (not first or first <= day) and (not last or day <= last)]
    return days[-most:]


def replay_days(
    journal: Journal,
    days: list[str],
    draft: Configuration,
    on_day: Callable[[int, int], None] = lambda _done, _of: None,
) -> Comparison:
    """Play these days under the draft. ``on_day`` hears how many of how many are done.

    Raises :class:`NoDays` when not one of them was ever closed, :class:`NotALog` for a log that cannot be read.
    """
    gathering = Gathering(draft)
    configurations: dict[str, Configuration] = {}
    for done, day in enumerate(days, 1):
        try:
            events = list(_events(journal, day))
        except apsw.NoMemError as error:
            raise MemoryError from error
        except apsw.Error as error:
            raise NotALog(f"the log cannot be read on {day}: {error}") from error
        story = record(events, _configuration(journal, events, configurations))
        if story is None:
            gathering.leave_out(day)
        else:
            gathering.add(story, play(story, draft))
        on_day(done, len(days))
    comparison = gathering.comparison()
    if not comparison.days:
        raise NoDays("no recorded day of that time has been closed; try again after the hall has closed today")
    return comparison


def _events(journal: Journal, day: str) -> Iterator[tuple[int, AnyEvent]]:
    for row in journal.rows_of_day(day):
        if row.type not in _UNREAD:
            yield row.seq, row.event()


def _configuration(
    journal: Journal, events: list[tuple[int, AnyEvent]], known: dict[str, Configuration]
) -> Configuration:
    opened = events[0][1]
    assert isinstance(opened, DayOpened), f"a day begins with its opening, not {opened}"
    wanted = opened.configuration_id
    if wanted not in known:
        found = journal.configuration(wanted)
        if found is None:
            raise NotALog(f"the log lacks the configuration {wanted[:12]}… that {opened.day} was opened with")
        known[wanted] = found
    return known[wanted]
