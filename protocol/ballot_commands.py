"""What is asked about ballots: they are drawn, handed out, entered, settled or void; and surprise campaigns."""

from typing import Annotated, Literal

import msgspec

from protocol.ballots import BALLOTS_AT_ONCE, BallotChannel, BallotCode, VoidReason
from protocol.command_parts import TerminalCommand
from protocol.configuration import Day
from protocol.message import Code, OptionalIdentifier, OptionalVisitId, VisitId

TypedCode = Annotated[str, msgspec.Meta(max_length=40)]
"""A ballot's code as somebody typed it."""


class DrawBallots(TerminalCommand, frozen=True, kw_only=True):
    """Draw ballots to print; the same ``draw_id`` draws no more.

    ``paper``: so many of today's served visits, by chance, or ``blank`` ones. ``home``: of the one visit that
    ``prefix`` and ``number`` name.
    """

    draw_id: VisitId
    channel: Literal["paper", "home"] = "paper"
    count: Annotated[int, msgspec.Meta(ge=1, le=BALLOTS_AT_ONCE)] = 1
    blank: bool = False
    prefix: Annotated[str, msgspec.Meta(max_length=3)] = ""
    number: Annotated[int, msgspec.Meta(ge=0, le=999_999)] = 0
    clerk_id: OptionalIdentifier = ""


class HandBallots(TerminalCommand, frozen=True, kw_only=True):
    """These have been handed to their citizens; what was handed already stays so."""

    codes: Annotated[tuple[BallotCode, ...], msgspec.Meta(min_length=1, max_length=BALLOTS_AT_ONCE)]
    clerk_id: OptionalIdentifier = ""


class EnterBallot(TerminalCommand, frozen=True, kw_only=True):
    """What stands on a ballot that came back, as whoever asks reads it.

    Reasons are named by their ids or by their places on the paper, from 1.
    """

    code: TypedCode
    level: int
    reasons: Annotated[tuple[Code, ...], msgspec.Meta(max_length=16)] = ()
    clerk_id: OptionalIdentifier = ""


class SettleBallot(TerminalCommand, frozen=True, kw_only=True):
    """What stands on a ballot that two people have read differently, after a look at the paper."""

    code: TypedCode
    level: int
    reasons: Annotated[tuple[Code, ...], msgspec.Meta(max_length=16)] = ()
    clerk_id: OptionalIdentifier = ""


class VoidBallot(TerminalCommand, frozen=True, kw_only=True):
    """A ballot will not be entered, and why."""

    code: TypedCode
    reason: VoidReason
    clerk_id: OptionalIdentifier = ""


class PlanCampaign(TerminalCommand, frozen=True, kw_only=True):
    """On these days a share of the served visits gets a ballot without notice; one campaign stands at a time."""

    campaign_id: VisitId
    first_day: Day
    last_day: Day
    share_percent: Annotated[int, msgspec.Meta(ge=1, le=100)] = 10
    daily_most: Annotated[int, msgspec.Meta(ge=1, le=100)] = 5
    clerk_id: OptionalIdentifier = ""


class EndCampaign(TerminalCommand, frozen=True, kw_only=True):
    """End the campaign before its last day; its seed is told."""

    campaign_id: VisitId
    clerk_id: OptionalIdentifier = ""


class FetchBallots(TerminalCommand, frozen=True, kw_only=True):
    """The ballots at hand, one page of them, the newest first; of one channel, of one draw, or those to settle."""

    page: Annotated[int, msgspec.Meta(ge=0, le=1000)] = 0
    channel: BallotChannel | None = None
    draw_id: OptionalVisitId = ""
    to_settle: bool = False


BallotCommand = DrawBallots | HandBallots | EnterBallot | SettleBallot | VoidBallot | PlanCampaign | EndCampaign
"""Those that change something."""
