"""Ballots of the hall on paper: some came back, two were read differently, and a campaign is under way."""

from datetime import timedelta

import msgspec

from protocol import ballot_commands as bc
from protocol.ballot_views import BallotCounts, BallotKept, BallotsFound
from protocol.ballots import CODE_ALPHABET, CODE_SIGNS, Ballot, BallotEntry, BallotState, Campaign, checked_code
from protocol.commands import AnyCommand
from protocol.configuration import RatingLevel, RatingScale, Reason
from protocol.views import AnyReply, Done
from tests.support.paper_hall import NOW

DRAW = "d" * 32
SCALE = RatingScale(
    scale_id="four-2026",
    levels=tuple(
        RatingLevel(level=number, names={"vi": vi, "en": en}, satisfied=number < 3)
        for number, (vi, en) in enumerate(
            (
                ("Rất hài lòng", "Very satisfied"), ("Hài lòng", "Satisfied"),
                ("Bình thường", "Neutral"), ("Không hài lòng", "Not satisfied"),
            ),
            1,
        )
    ),
    reasons=tuple(
        Reason(reason_id=reason_id, names={"vi": vi, "en": en}, uses=())
        for reason_id, vi, en in (
            ("long_wait", "Chờ lâu", "Long wait"),
            ("attitude", "Thái độ chưa đúng mực", "Attitude"),
            ("unclear", "Hướng dẫn không rõ", "Unclear guidance"),
            ("many_trips", "Phải đi lại nhiều lần", "Too many trips"),
            ("extra_papers", "Đòi giấy tờ ngoài quy định", "Papers beyond the rules"),
            ("harassment", "Có biểu hiện sách nhiễu", "Signs of harassment"),
        )
    ),
)  # fmt: skip


def code(number: int) -> str:
    """Give the code of the ballot with this number."""
    return checked_code((CODE_ALPHABET[number % 31] + CODE_ALPHABET)[:CODE_SIGNS])


def ballot(drawn: int, state: BallotState = "drawn", **more: object) -> Ballot:
    """Give a ballot; `more` overrides any field."""
    one = Ballot(
        code=code(drawn),
        channel="paper",
        draw_id=DRAW,
        day="2026-11-23",
        drawn_at=NOW - timedelta(minutes=drawn),
        scale_id="four-2026",
        visit_id=f"{drawn:032x}",
        prefix="H",
        number=drawn,
        counter_id="counter-3",
        clerk_id="anh",
        service_id="civil_status",
        state=state,
    )
    return msgspec.structs.replace(one, **more)


ENTRIES = tuple(
    BallotEntry(at=NOW, clerk_id=clerk_id, level=level, reasons=reasons)
    for clerk_id, level, reasons in (("hoa", 1, ()), ("boss", 4, ("long_wait", "attitude")))
)
BALLOTS = (
    ballot(25),
    ballot(26, "handed"),
    ballot(27, "rated", channel="surprise"),
    ballot(28, "differs", entries=ENTRIES),
    ballot(29, "counted", visit_id="", counter_id="", clerk_id="", service_id="", prefix="", number=0),
    ballot(30, "void", channel="home"),
)
COUNTS = (
    BallotCounts(channel="home", drawn=3, handed=2, returned=1, entered=1, rated=1, void=1),
    BallotCounts(channel="paper", drawn=40, handed=31, returned=12, entered=11, rated=11, differs=1),
    BallotCounts(channel="paper", blank=True, drawn=20, handed=20, returned=4, entered=4),
    BallotCounts(channel="surprise", drawn=18, handed=15, returned=9, entered=9, rated=9),
)
CAMPAIGN = Campaign(
    campaign_id="c" * 32,
    first_day="2026-11-23",
    last_day="2026-11-27",
    share_percent=10,
    daily_most=5,
    seed_hash="5e" * 32,
    by_clerk_id="boss",
)


def found(*, campaign: Campaign | None = CAMPAIGN, ballots: tuple[Ballot, ...] = BALLOTS) -> BallotsFound:
    """Give what a manager is answered."""
    return BallotsFound(
        ballots=ballots,
        counts=COUNTS if ballots else (),
        pages=1,
        two_entries=True,
        day="2026-11-23",
        campaign=campaign,
        scales=(SCALE,),
    )


def answer(command: AnyCommand) -> AnyReply:
    """Answer as a hall with these ballots."""
    match command:
        case bc.FetchBallots(to_settle=True):
            return found(ballots=tuple(one for one in BALLOTS if one.state == "differs"))
        case bc.FetchBallots(draw_id=draw_id) if draw_id:
            return found(ballots=BALLOTS if draw_id == DRAW else ())
        case bc.FetchBallots():
            return found()
        case bc.EnterBallot():
            return BallotKept(code=code(25), state="rated")
        case _:
            return Done()
