"""A week's roster on paper: of the six counters of the hall on paper, as a manager has planned it."""

from datetime import timedelta

from protocol.commands import AnyCommand, FetchRosters
from protocol.rosters import Shift
from protocol.views import AnyReply, Done, RosterDay, RostersFound
from tests.support.paper_hall import NOW

MONDAY = "2026-11-23"
HOURS = (("07:30", "11:30"), ("13:30", "17:00"))
DAYS = [f"2026-11-{day}" for day in range(23, 30)]


def shift(clerk: str, counter: int, starts: str = "07:30", ends: str = "11:30", *breaks: tuple[str, str]) -> Shift:
    return Shift(clerk_id=clerk, counter_id=f"counter-{counter}", starts=starts, ends=ends, breaks=breaks)


PLANNED = (
    shift("anh", 3, "07:30", "17:00", ("09:30", "09:45"), ("15:00", "15:15")),
    shift("minh", 1),
    shift("lan", 2, "07:30", "11:30", ("10:00", "10:15")),
    shift("minh", 4, "13:30", "17:00"),
)


def week(shifts: tuple[Shift, ...] = PLANNED, first: int = 0, planned: int = 4) -> RostersFound:
    """Give a week of which so many days from Monday on are planned; Saturday has a morning, Sunday is free."""
    return RostersFound(
        days=tuple(
            RosterDay(
                day=f"2026-11-{int(day[-2:]) + first:02d}",
                hours=() if number == 6 else HOURS[:1] if number == 5 else HOURS,
                shifts=shifts if number < planned else (),
                planned_at=NOW - timedelta(days=3) if number < planned and shifts else None,
                by_clerk_id="boss" if number < planned and shifts else "",
            )
            for number, day in enumerate(DAYS)
        )
    )


def answer(command: AnyCommand) -> AnyReply:
    """Answer as a hall that has this week's roster, and last week's."""
    if isinstance(command, FetchRosters):
        return week(first=-7, planned=6) if command.first_day < MONDAY else week()
    return Done()
