"""Ballots: drawn of served visits, entered by others than those they rate, once or twice, and counted once."""

import itertools
import random

import pytest

from protocol import ballot_commands as bc
from protocol import ballot_events as be
from protocol import codec
from protocol import commands as c
from protocol import events as e
from protocol.ballots import BALLOTS_KEPT_DAYS, CODE_ALPHABET, CODE_SIGNS, checked_code, read_code, written_code
from queue_server import core
from tests.support.ballots import TWO_SERVED, BallotTable
from tests.support.tables import visit_id


def ratings(table: BallotTable) -> list[e.VisitRated]:
    return [one for one in table.hall.events() if isinstance(one, e.VisitRated)]


def test_every_wrong_sign_and_every_swap_of_neighbours_is_told(seed: int) -> None:
    chance = random.Random(seed)
    for _ in range(200):
        code = checked_code("".join(chance.choices(CODE_ALPHABET, k=CODE_SIGNS)))
        assert read_code(f" {written_code(code).lower()} ") == code
        for place in range(len(code)):
            for sign in set(CODE_ALPHABET) - {code[place]}:
                assert read_code(code[:place] + sign + code[place + 1 :]) is None
        for place, (one, other) in enumerate(itertools.pairwise(code)):
            if one != other:
                assert read_code(code[:place] + other + one + code[place + 2 :]) is None
    assert len(CODE_ALPHABET) ** CODE_SIGNS > 2**40, "nobody finds one by trying"


def test_ballots_are_drawn_of_served_visits_and_bound_to_who_served_them() -> None:
    table = BallotTable().play(TWO_SERVED)
    assert table.draw(5) == "ok"
    assert {one.visit_id for one in table.ballots} == {visit_id("V1"), visit_id("V2")}, "V3 still waits"
    assert {(one.counter_id, one.clerk_id, one.service_id) for one in table.ballots} == {
        ("counter-1", "an", "civil_status")
    }
    assert table.draw(5) == "nobody_to_ask", "a visit has one ballot of a channel"


def test_the_same_draw_asked_again_draws_no_more() -> None:
    table = BallotTable().play(TWO_SERVED)
    assert [table.draw(1, draw_id="d" * 32), table.draw(1, draw_id="d" * 32)] == ["ok", "ok"]
    assert len(table.ballots) == 1


def test_chance_chooses_whom_to_ask() -> None:
    chosen = set()
    for seed in range(12):
        table = BallotTable(seed=seed).play(TWO_SERVED)
        table.draw(1)
        chosen.add(table.ballots[0].visit_id)
    assert chosen == {visit_id("V1"), visit_id("V2")}


def test_an_entered_ballot_is_the_rating_of_its_visit_by_its_channel() -> None:
    table = BallotTable().play(TWO_SERVED)
    table.draw(2)
    first = table.ballots[0]
    assert table.enter(first, 3, "unheard_of") == "ballot_reason", "a slip is told, not dropped"
    assert table.enter(first, 3, "1", "slow") == "rated"
    rated = ratings(table)[-1]
    assert (rated.channel, rated.visit_id, rated.clerk_id, rated.level) == ("paper", first.visit_id, "an", 3)
    assert rated.reasons == ("slow",), "by its place on the paper, and once"
    assert table.enter(first, 1) == "rated duplicate"
    assert [entry.flag for entry in table.ballots[0].entries] == ["", "duplicate"], "kept, and not counted"
    assert len(ratings(table)) == 1


@pytest.mark.parametrize("typed", ["", "HELLO", "11111-11111-2", "1" * 40])
def test_a_code_that_is_none_is_told_apart_from_one_that_is_not_awaited(typed: str) -> None:
    table = BallotTable().play(TWO_SERVED)
    entered = bc.EnterBallot(function_id="staff-1", staff_role="usher", clerk_id="usher-1", code=typed, level=1)
    assert table.told(entered) == "ballot_code_wrong"
    unknown = bc.EnterBallot(function_id="staff-1", staff_role="usher", clerk_id="usher-1", code="1" * 11, level=1)
    assert table.told(unknown) == ("unknown_ballot" if read_code("1" * 11) else "ballot_code_wrong")
    assert table.told(bc.HandBallots(function_id="staff-1", staff_role="usher", codes=("1" * 11,))) == "unknown_ballot"


def test_nobody_enters_what_rates_him_or_the_counter_where_he_sat_that_day() -> None:
    table = BallotTable().play(TWO_SERVED)
    table.draw(2)
    table.play("signout 1\nsignin binh 1\nsignin chi 2")
    first = table.ballots[0]
    assert table.enter(first, 1, by="an", role="manager") == "ballot_own_counter", "the rated clerk"
    assert table.enter(first, 1, by="binh", role="manager") == "ballot_own_counter", "sat there later that day"
    assert table.enter(first, 1, by="an", role="clerk") == "not_allowed", "clerks enter none at all"
    assert table.enter(first, 9) == "ballot_level"
    table.play("at 08:00 2026-11-25")
    assert table.enter(first, 1, by="binh", role="usher") == "ballot_own_counter", "it is still that day's counter"
    assert table.enter(first, 1, by="chi", role="usher") == "rated", "from another counter; counted for the old day"
    assert ratings(table)[-1].clerk_id == "an"


def test_two_people_read_a_ballot_and_neither_sees_what_the_other_read() -> None:
    table = BallotTable(two_entries=True).play(TWO_SERVED)
    table.draw(2)
    same, other = table.ballots
    assert table.enter(same, 3, "slow") == "entered"
    assert table.enter(same, 3, "slow") == "ballot_same_person"
    for role in ("usher", "manager", "inspector"):
        assert all(not one.entries for one in table.found(role).ballots), role
    assert not ratings(table), "one reading is none yet"
    assert table.enter(same, 3, "slow", by="usher-2") == "rated"
    assert table.enter(other, 1) == "entered"
    assert table.enter(other, 2, by="usher-2") == "differs"
    assert len(ratings(table)) == 1
    assert not table.found("usher", to_settle=True).ballots[0].entries, "ushers do not see what is to settle"
    assert [one.level for one in table.found("manager", to_settle=True).ballots[0].entries] == [1, 2]
    assert table.settle(other, 2, role="usher") == "not_allowed"
    assert table.settle(other, 2) == "rated"
    assert table.settle(other, 1) == "ballot_settled"
    assert [one.level for one in ratings(table)] == [3, 2]
    entered = [one.entry.level for one in table.hall.events() if isinstance(one, be.BallotEntered)]
    assert entered == [3, 3, 1, 2], "every reading is kept"


def test_a_blank_ballot_is_counted_and_rates_nobody() -> None:
    table = BallotTable()
    assert table.draw(3, blank=True) == "ok"
    assert table.enter(table.ballots[0], 1) == "counted"
    assert not ratings(table)
    (counts,) = table.found().counts
    assert (counts.blank, counts.drawn, counts.returned, counts.entered, counts.rated) == (True, 3, 1, 1, 0)


def test_a_home_visit_has_a_ballot_of_its_own_channel() -> None:
    table = BallotTable().play(TWO_SERVED)
    assert table.draw(channel="home", number=3) == "not_rateable"
    assert table.draw(channel="home", number=77) == "unknown_number"
    assert table.draw(channel="home", number=1) == "ok"
    assert table.draw(channel="home", number=1) == "ballot_drawn"
    assert table.enter(table.ballots[0], 2) == "rated"
    assert (ratings(table)[-1].channel, ratings(table)[-1].visit_id) == ("home", visit_id("V1"))
    assert table.draw(2) == "ok", "another channel asks the same visit once more"


def test_a_void_ballot_is_entered_by_nobody_and_one_that_is_in_stays_in() -> None:
    table = BallotTable().play(TWO_SERVED)
    table.draw(2)
    lost, good = table.ballots

    def void(code: str, role: c.StaffRole = "manager") -> str:
        return table.told(
            bc.VoidBallot(function_id="staff-1", staff_role=role, clerk_id="boss", code=code, reason="lost")
        )

    assert void(lost.code, "usher") == "not_allowed", "who collects ballots does not throw them away"
    assert [void(lost.code), void(lost.code), table.enter(lost, 1)] == ["ok", "ok", "ballot_void"]
    assert table.enter(good, 3) == "rated"
    assert void(good.code) == "ballot_settled", "a bad answer cannot be made to vanish"
    assert table.draw(2) == "ok", "the visit of the void one may be asked again"


def test_ballots_handed_out_are_counted_so() -> None:
    table = BallotTable().play(TWO_SERVED)
    table.draw(2)
    codes = tuple(one.code for one in table.ballots)
    handed = bc.HandBallots(function_id="staff-1", staff_role="usher", clerk_id="usher-1", codes=codes)
    assert [table.told(handed), table.told(handed)] == ["ok", "ok"]
    assert sum(isinstance(one, be.BallotsHanded) for one in table.hall.events()) == 1
    table.enter(table.ballots[0], 1)
    (counts,) = table.found("inspector").counts
    assert (counts.drawn, counts.handed, counts.returned, counts.rated) == (2, 2, 1, 1)


def test_ballots_outlive_the_day_and_two_weeks_but_no_more() -> None:
    table = BallotTable().play(TWO_SERVED)
    table.draw(2)
    first, second = table.ballots
    table.play("at 08:00 2026-11-25")
    assert table.enter(first, 1) == "rated"
    assert table.enter(first, 1) == "rated duplicate"
    assert core.replay(codec.decode_event(body) for body in table.hall.log) == table.hall.branch
    table.play("at 08:00 2026-12-11")
    assert BALLOTS_KEPT_DAYS < 18
    assert table.enter(second, 1) == "unknown_ballot"


def test_the_days_since_its_opening_make_the_same_ballots() -> None:
    table = BallotTable().play(TWO_SERVED)
    table.draw(2)
    table.enter(table.ballots[0], 1)
    table.play("at 08:00 2026-11-25")
    events = [codec.decode_event(body) for body in table.hall.log]
    opened = max(place for place, event in enumerate(events) if isinstance(event, e.DayOpened))
    again = core.replay(events[opened:], table.hall.branch.configuration)
    assert again.ballots == table.hall.branch.ballots
