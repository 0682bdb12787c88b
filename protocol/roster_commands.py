"""What is asked about rosters: they are planned, and looked at."""

from typing import Annotated

import msgspec

from protocol.command_parts import TerminalCommand
from protocol.configuration import Day
from protocol.message import OptionalIdentifier
from protocol.rosters import DAYS_AT_ONCE, WantedRoster


class PlanRoster(TerminalCommand, frozen=True, kw_only=True):
    """Plan who is at which counter on these days, each as a whole: all of them, or none; ``clerk_id`` is who asks."""

    clerk_id: OptionalIdentifier = ""
    rosters: Annotated[tuple[WantedRoster, ...], msgspec.Meta(min_length=1, max_length=DAYS_AT_ONCE)]


class FetchRosters(TerminalCommand, frozen=True, kw_only=True):
    """The rosters of ``days`` days from ``first_day`` on, with each day's opening hours."""

    first_day: Day
    days: Annotated[int, msgspec.Meta(ge=1, le=DAYS_AT_ONCE)] = 7
