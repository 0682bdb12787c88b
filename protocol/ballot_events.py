"""What happened to ballots and surprise campaigns. A rating that comes of a ballot is a ``visit_rated`` besides."""

from protocol.ballots import Ballot, BallotCode, BallotEntry, BallotState, Campaign, VoidReason
from protocol.event_parts import Event
from protocol.message import OptionalIdentifier, VisitId


class BallotsDrawn(Event, frozen=True, kw_only=True):
    """Ballots were drawn, by a person or (``campaign_id``) by a surprise campaign."""

    draw_id: VisitId
    ballots: tuple[Ballot, ...]
    clerk_id: OptionalIdentifier = ""
    campaign_id: str = ""


class BallotsHanded(Event, frozen=True, kw_only=True):
    """These are in their citizens' hands."""

    codes: tuple[BallotCode, ...]
    clerk_id: OptionalIdentifier = ""


class BallotEntered(Event, frozen=True, kw_only=True):
    """Somebody read a ballot so; every reading is kept. ``state`` is how far the ballot has come by it."""

    code: BallotCode
    entry: BallotEntry
    state: BallotState


class BallotSettled(Event, frozen=True, kw_only=True):
    """Two had read a ballot differently, and somebody looked at the paper."""

    code: BallotCode
    entry: BallotEntry
    state: BallotState


class BallotVoided(Event, frozen=True, kw_only=True):
    """A ballot will not be entered."""

    code: BallotCode
    reason: VoidReason
    clerk_id: OptionalIdentifier = ""


class BallotsKept(Event, frozen=True, kw_only=True):
    """Ballots that a new day carries over; a business day opens with them."""

    ballots: tuple[Ballot, ...]


class CampaignPlanned(Event, frozen=True, kw_only=True):
    """A surprise campaign stands; a business day opens with the one that still does."""

    campaign: Campaign


class CampaignEnded(Event, frozen=True, kw_only=True):
    """A surprise campaign is over. ``seed`` is what its draws were made with: its hash was told at the beginning.

    Empty where the server does not know it any more, because the branch's key has been changed since.
    """

    campaign_id: VisitId
    seed: str
    clerk_id: OptionalIdentifier = ""


BallotEvent = (
    BallotsDrawn
    | BallotsHanded
    | BallotEntered
    | BallotSettled
    | BallotVoided
    | BallotsKept
    | CampaignPlanned
    | CampaignEnded
)
"""Every event of ballots."""
