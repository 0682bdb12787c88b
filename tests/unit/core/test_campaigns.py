"""Surprise campaigns: drawn when a service ends, foreseen by nobody, seen by no clerk, checked by anybody."""

from dataclasses import dataclass

from protocol import ballot_commands as bc
from protocol import ballot_events as be
from protocol import codec
from protocol import commands as c
from protocol import events as e
from protocol import views as v
from protocol.ballots import Campaign, is_drawn, seed_hash_of
from queue_server import core
from tests.support.ballots import OTHER_SEED, SEED, TWO_SERVED, BallotTable
from tests.support.halls import MONDAY
from tests.support.tables import visit_id

TUESDAY, WEDNESDAY = "2026-11-24", "2026-11-25"  # Tuesday is free in this hall.


def serve_many(table: BallotTable, count: int, first: int = 1) -> None:
    for number in range(first, first + count):
        table.play(f"take V{number} civil_status\ncall 1\nstart 1\nwait 30\nend 1")


@dataclass(frozen=True)
class Sample:
    """What a log says of a campaign: who was drawn, and who is drawn when anybody does it again."""

    drawn: list[str]
    again: list[str]


def redrawn(events: list[e.AnyEvent]) -> Sample:
    """Draw a campaign's sample again from nothing but the log."""
    campaign: Campaign = next(one.campaign for one in events if isinstance(one, be.CampaignPlanned))
    seed = next(one.seed for one in events if isinstance(one, be.CampaignEnded))
    assert seed_hash_of(seed) == campaign.seed_hash, "the seed was chosen before the first draw"
    drawn: list[str] = []
    again: list[str] = []
    today: dict[str, int] = {}
    for event in events:
        if isinstance(event, e.DayOpened):
            today.clear()
        if isinstance(event, be.BallotsDrawn) and event.campaign_id == campaign.campaign_id:
            drawn += [one.visit_id for one in event.ballots]
        if isinstance(event, be.CampaignEnded):
            break
        if isinstance(event, e.ServiceEnded) and event.outcome == "received":
            few = today.get(event.counter_id, 0) < campaign.daily_most
            if few and is_drawn(seed, event.visit_id, campaign.share_percent):
                again.append(event.visit_id)
                today[event.counter_id] = today.get(event.counter_id, 0) + 1
    return Sample(drawn, again)


def test_the_sample_is_drawn_again_from_the_log_alone() -> None:
    table = BallotTable()
    assert table.plan(MONDAY, WEDNESDAY, share_percent=30, daily_most=9) == "ok"
    table.play("signin an 1\nopen 1")
    serve_many(table, 40)
    table.play(f"at 08:00 {WEDNESDAY}\nsignin an 1\nopen 1")
    serve_many(table, 20, first=41)
    assert not any(SEED.encode() in body for body in table.hall.log), "not while it could be used"
    table.play(f"at 20:00 {WEDNESDAY}")
    sample = redrawn([codec.decode_event(body) for body in table.hall.log])
    assert sample.drawn == sample.again
    assert 9 < len(sample.drawn) < 30
    assert table.hall.branch.campaign is None


def test_the_same_seed_picks_the_same_visits_and_another_one_others() -> None:
    visits = [visit_id(f"V{number}") for number in range(2_000)]
    drawn = [one for one in visits if is_drawn(SEED, one, 10)]
    assert drawn == [one for one in visits if is_drawn(SEED, one, 10)]
    assert drawn != [one for one in visits if is_drawn(OTHER_SEED, one, 10)]
    assert 150 < len(drawn) < 250
    assert all(is_drawn(SEED, one, 100) for one in visits)
    assert set(drawn) <= {one for one in visits if is_drawn(SEED, one, 20)}, "a larger share holds the smaller one"


def test_a_visit_is_drawn_when_its_last_service_ends_and_not_before() -> None:
    table = BallotTable()
    table.plan(MONDAY, MONDAY)
    table.play("signin an 1\nopen 1\ntake V1 civil_status\ncall 1\nstart 1")
    assert not table.ballots
    table.play("wait 30\nend 1 received back")
    assert not table.ballots, "who comes back today has not been served to the end"
    table.play("reinstate 1 V1\ncall 1\nstart 1\nwait 30\nend 1")
    (ballot,) = table.ballots
    assert (ballot.channel, ballot.visit_id, ballot.clerk_id) == ("surprise", visit_id("V1"), "an")
    assert table.enter(ballot, 2) == "rated"
    rated = [one for one in table.hall.events() if isinstance(one, e.VisitRated)]
    assert [one.channel for one in rated] == ["surprise"]


def test_a_visit_that_goes_on_is_drawn_where_it_ends() -> None:
    table = BallotTable()
    table.plan(MONDAY, MONDAY)
    table.play("signin an 1\nopen 1\nsignin binh 2\nopen 2\ntake V1 civil_status\ncall 1\nstart 1\nwait 30")
    table.play("plan 1 V1 land\nend 1")
    assert not table.ballots
    table.play("call 2\nstart 2\nwait 30\nend 2")
    assert [(one.counter_id, one.clerk_id) for one in table.ballots] == [("counter-2", "binh")]


def test_who_was_drawn_may_answer_by_the_link_in_the_channel_that_asked_and_once() -> None:
    table = BallotTable()
    table.plan(MONDAY, MONDAY)
    table.play(TWO_SERVED)
    first, second = table.ballots
    assert [asked(table, name) for name in ("V1", "V2")] == [(True, False), (True, False)]
    table.play("link V1 2 -> ok\nlink V1 1 -> refused already_rated")
    assert table.enter(second, 1) == "rated"
    table.play("link V2 1 -> ok")
    assert table.enter(first, 1) == "rated duplicate", "the paper of somebody who has answered"
    rated = [one for one in table.hall.events() if isinstance(one, e.VisitRated)]
    assert [(one.visit_id, one.channel, one.level, one.clerk_id) for one in rated] == [
        (visit_id("V1"), "surprise", 2, "an"),
        (visit_id("V2"), "surprise", 1, "an"),
        (visit_id("V2"), "link", 1, "an"),
    ]
    assert [asked(table, name) for name in ("V1", "V2")] == [(False, True), (False, True)]


def asked(table: BallotTable, name: str) -> tuple[bool, bool]:
    """Tell what the page of a ticket says: whether its visit was drawn, and whether it has answered."""
    find = c.FindVisit(visit_id=visit_id(name), secret="0" * 32)
    found = table.hall.ask(find, device_id="public-1", facts=table.hall.facts(secret_valid=True))
    assert isinstance(found, v.VisitFound)
    assert found.link_rating is not None
    return found.link_rating.drawn, found.link_rating.given


def test_nobody_is_drawn_outside_its_days_nor_above_its_limit() -> None:
    table = BallotTable()
    table.plan(WEDNESDAY, WEDNESDAY, daily_most=2)
    table.play("signin an 1\nopen 1")
    serve_many(table, 3)
    assert not table.ballots
    table.play(f"at 08:00 {WEDNESDAY}\nsignin an 1\nopen 1")
    serve_many(table, 4, first=4)
    assert [one.visit_id for one in table.ballots] == [visit_id("V4"), visit_id("V5")]


def test_a_seed_that_the_server_does_not_know_draws_nobody_and_is_not_made_up() -> None:
    table = BallotTable()
    table.plan(MONDAY, WEDNESDAY)
    table.hall.seed = OTHER_SEED
    table.play(TWO_SERVED)
    assert not table.ballots
    table.play(f"at 20:00 {WEDNESDAY}")
    assert [one.seed for one in table.hall.events() if isinstance(one, be.CampaignEnded)] == [""]


def test_a_campaign_is_ended_by_hand_or_with_its_last_day_and_one_stands_at_a_time() -> None:
    table = BallotTable()
    assert table.plan("2026-11-20", MONDAY) == "campaign_days"
    assert table.plan(WEDNESDAY, MONDAY) == "campaign_days"
    assert table.plan(MONDAY, "2027-11-23") == "campaign_days"
    assert table.plan("2026-02-30", MONDAY) == "campaign_days"
    assert table.plan(MONDAY, WEDNESDAY) == "ok"
    assert table.plan(MONDAY, WEDNESDAY) == "ok", "the same once more"
    assert table.plan(MONDAY, WEDNESDAY, campaign_id="d" * 32) == "campaign_stands"
    end = bc.EndCampaign(function_id="staff-1", staff_role="manager", clerk_id="boss", campaign_id="c" * 32)
    assert [table.told(end), table.told(end)] == ["ok", "no_campaign"]
    assert [one.seed for one in table.hall.events() if isinstance(one, be.CampaignEnded)] == [SEED]
    table.play(TWO_SERVED)
    assert not table.ballots, "it is over"


def test_a_campaign_whose_last_day_nobody_opened_ends_with_the_next_day() -> None:
    table = BallotTable()
    table.plan(TUESDAY, TUESDAY)
    table.play(f"at 08:00 {WEDNESDAY}")
    assert table.hall.branch.campaign is None
    assert [one.seed for one in table.hall.events() if isinstance(one, be.CampaignEnded)] == [SEED]


def everything_told(table: BallotTable) -> dict[str, bytes]:
    """Give every view of every topic, as it goes over the wire."""
    branch, at = table.hall.branch, table.hall.at
    views = {topic: core.view_of(branch, topic, table.hall.estimates, at) for topic in core.topics(branch)}
    return {topic: codec.encode(view) for topic, view in views.items()}


def test_no_view_and_no_reply_tells_that_a_visit_was_drawn() -> None:
    plain, drawn = BallotTable(), BallotTable()
    drawn.plan(MONDAY, MONDAY)
    for table in (plain, drawn):
        table.play("signin an 1\nopen 1\ntake V1 civil_status\ncall 1\nstart 1\nwait 30\nend 1")
    assert (len(plain.ballots), len(drawn.ballots)) == (0, 1)
    assert everything_told(plain) == everything_told(drawn)
    assert replies(plain) == replies(drawn)
    own = [core.next_deadline(table.hall.branch, table.hall.at, 0) for table in (plain, drawn)]
    assert own[0] == own[1], "nor does the loop wake up at another time"


def replies(table: BallotTable) -> list[bytes]:
    asked = table.hall.asked
    return [codec.encode(reply) for request, reply in asked if not isinstance(request.command, bc.PlanCampaign)]


def test_a_clerk_may_ask_nothing_about_ballots() -> None:
    table = BallotTable().play(TWO_SERVED)
    for command in (
        bc.FetchBallots(function_id="staff-1", staff_role="clerk"),
        bc.DrawBallots(function_id="staff-1", staff_role="clerk", clerk_id="an", draw_id="d" * 32),
        bc.EnterBallot(function_id="staff-1", staff_role="clerk", clerk_id="an", code="1" * 11, level=1),
    ):
        assert table.told(command) == "not_allowed"
    role: c.StaffRole = "inspector"
    assert table.draw(role=role) == "not_allowed", "inspectors look on"
