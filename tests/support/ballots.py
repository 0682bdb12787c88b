"""A branch with ballots: what the handler draws by chance is drawn by a seed here, so that a test can name it."""

import hashlib
import random
from typing import Literal

from protocol import ballot_commands as bc
from protocol import ballot_views as bv
from protocol import commands as c
from protocol import views as v
from protocol.ballots import CODE_ALPHABET, CODE_SIGNS, Ballot, checked_code, written_code
from protocol.configuration import Configuration, SatisfactionRules
from protocol.link import new_id
from queue_server import core
from tests.support.driven_branch import DrivenBranch, instant
from tests.support.halls import small_hall
from tests.support.tables import Table

SEED = hashlib.sha256(b"a campaign of the tests").hexdigest()
OTHER_SEED = hashlib.sha256(b"another one").hexdigest()

TWO_SERVED = """
signin an 1
open   1
take   V1 civil_status
take   V2 civil_status
take   V3 civil_status
call   1
start  1
wait   60
end    1
call   1
start  1
wait   60
end    1
"""
"""V1 and V2 are served by an at counter 1, V3 waits."""


class BallotBranch(DrivenBranch):
    """A branch whose facts have what ballots need."""

    def __init__(self, configuration: Configuration, seed: int = 0) -> None:
        self.chance = random.Random(seed)
        self.seed = SEED
        super().__init__(configuration, instant("05:30"))

    def facts(self, **more: object) -> core.Facts:
        """Give the facts of any request, with codes, lots and the seed."""
        codes = tuple(checked_code("".join(self.chance.choices(CODE_ALPHABET, k=CODE_SIGNS))) for _ in range(50))
        own = {"ballot_codes": codes, "ballot_chance": self.chance.randbytes(16).hex(), "campaign_seed": self.seed}
        return super().facts(**{**own, **more})


class BallotTable(Table):
    """A table whose branch knows ballots."""

    def __init__(self, configuration: Configuration | None = None, *, seed: int = 0, two_entries: bool = False) -> None:
        rules = SatisfactionRules(ballot_two_entries=two_entries, rating_least_s=0)
        super().__init__(configuration or small_hall(satisfaction=rules))
        self.hall: BallotBranch = BallotBranch(configuration or small_hall(satisfaction=rules), seed)
        self.hall.advance(instant("07:30"))

    def play(self, script: str) -> "BallotTable":
        """Play lines."""
        for number, line in enumerate(script.splitlines(), 1):
            self.line(number, line)
        return self

    def told(self, command: c.AnyCommand) -> str:
        """Ask; give the code of a refusal, how far a ballot has come, or ok."""
        reply = self.hall.ask(command)
        if isinstance(reply, v.Refused):
            return reply.code
        return f"{reply.state} {reply.flag}".strip() if isinstance(reply, bv.BallotKept) else "ok"

    def draw(
        self,
        count: int = 1,
        *,
        role: c.StaffRole = "manager",
        channel: Literal["paper", "home"] = "paper",
        blank: bool = False,
        number: int = 0,
        draw_id: str = "",
    ) -> str:
        """Draw ballots."""
        return self.told(
            bc.DrawBallots(
                function_id="staff-1",
                staff_role=role,
                clerk_id="boss",
                draw_id=draw_id or new_id(),
                channel=channel,
                count=count,
                blank=blank,
                prefix="H" if number else "",
                number=number,
            )
        )

    def enter(self, ballot: Ballot, level: int, *reasons: str, by: str = "usher-1", role: c.StaffRole = "usher") -> str:
        """Enter what somebody read on a ballot, typed as it stands there."""
        return self.told(
            bc.EnterBallot(
                function_id="staff-1",
                staff_role=role,
                clerk_id=by,
                code=written_code(ballot.code).lower(),
                level=level,
                reasons=reasons,
            )
        )

    def settle(self, ballot: Ballot, level: int, by: str = "boss", role: c.StaffRole = "manager") -> str:
        """Settle what two have read differently."""
        return self.told(
            bc.SettleBallot(function_id="staff-1", staff_role=role, clerk_id=by, code=ballot.code, level=level)
        )

    def plan(
        self,
        first_day: str,
        last_day: str,
        *,
        share_percent: int = 100,
        daily_most: int = 100,
        campaign_id: str = "c" * 32,
    ) -> str:
        """Plan a surprise campaign."""
        return self.told(
            bc.PlanCampaign(
                function_id="staff-1",
                staff_role="manager",
                clerk_id="boss",
                campaign_id=campaign_id,
                first_day=first_day,
                last_day=last_day,
                share_percent=share_percent,
                daily_most=daily_most,
            )
        )

    def found(self, role: c.StaffRole = "manager", **more: object) -> bv.BallotsFound:
        """Give the ballots at hand as a person of this role sees them."""
        command = bc.FetchBallots(function_id="staff-1", staff_role=role, **more)  # type: ignore[arg-type]  # As above.
        reply = self.hall.ask(command)
        assert isinstance(reply, bv.BallotsFound), reply
        return reply

    @property
    def ballots(self) -> list[Ballot]:
        """The ballots at hand, the oldest first."""
        return list(self.hall.branch.ballots.values())
