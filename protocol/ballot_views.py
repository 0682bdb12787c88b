"""What is answered about ballots."""

from protocol.ballots import Ballot, BallotChannel, BallotFlag, BallotState, Campaign
from protocol.configuration import RatingScale
from protocol.message import Identifier
from protocol.view_parts import Part, Reply


class BallotCounts(Part, frozen=True, kw_only=True):
    """How far the ballots of one channel have come, of those at hand; ``blank`` ones are counted apart."""

    channel: BallotChannel
    blank: bool = False
    drawn: int = 0
    handed: int = 0
    """In a citizen's hands, or back from there."""
    returned: int = 0
    entered: int = 0
    """Read as often as it has to be."""
    rated: int = 0
    differs: int = 0
    void: int = 0


class BallotsFound(Reply, frozen=True, kw_only=True):
    """A page of the ballots at hand. What was read on one stands here only while somebody has to settle it."""

    ballots: tuple[Ballot, ...]
    counts: tuple[BallotCounts, ...]
    pages: int
    two_entries: bool
    day: str
    campaign: Campaign | None = None
    scales: tuple[RatingScale, ...] = ()
    """What stands on these ballots; today's scale is the first."""


class BallotKept(Reply, frozen=True, kw_only=True):
    """What somebody read on a ballot is kept; a ``flag`` tells why it does not count."""

    code: Identifier
    state: BallotState
    flag: BallotFlag = ""
