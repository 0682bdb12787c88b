"""Rosters: planned day by day, refused with the place of the mistake, carried over, and used to foresee."""

import random
from datetime import datetime

import msgspec
import pytest

from protocol import codec
from protocol import commands as c
from protocol import events as e
from protocol import views as v
from protocol.rosters import Hours, Shift, WantedRoster
from queue_server import core
from queue_server.core.rosters import planned_today
from queue_server.estimate.ranges import estimate
from tests.support.driven_branch import instant
from tests.support.halls import MONDAY, small_hall
from tests.support.tables import Table, play

HOUR = 3600
TWO_BREAKS: tuple[Hours, Hours] = (("09:15", "09:30"), ("09:00", "09:20"))
WEDNESDAY, FRIDAY, HOLIDAY, MOVED = "2026-11-25", "2026-11-27", "2026-11-24", "2026-11-29"


def shift(clerk: str, counter: int, starts: str = "07:30", ends: str = "11:30", *breaks: Hours) -> Shift:
    return Shift(clerk_id=clerk, counter_id=f"counter-{counter}", starts=starts, ends=ends, breaks=breaks)


def wanted(day: str, *shifts: Shift, instead_of: datetime | None = None) -> WantedRoster:
    return WantedRoster(day=day, shifts=shifts, instead_of=instead_of)


def plan(table: Table, *rosters: WantedRoster, role: c.StaffRole = "manager") -> str:
    command = c.PlanRoster(function_id="staff-1", staff_role=role, clerk_id="boss", rosters=rosters)
    reply = table.hall.ask(command)
    return reply.code if isinstance(reply, v.Refused) else "ok"


def found(table: Table, first_day: str, days: int = 7) -> dict[str, v.RosterDay]:
    reply = table.hall.ask(
        c.FetchRosters(function_id="staff-1", staff_role="inspector", first_day=first_day, days=days)
    )
    assert isinstance(reply, v.RostersFound)
    return {one.day: one for one in reply.days}


def test_a_week_is_planned_seen_and_changed_for_one_day() -> None:
    table = play("at 08:00")
    assert plan(table, wanted(WEDNESDAY, shift("an", 1)), wanted(FRIDAY, shift("an", 1), shift("binh", 2))) == "ok"
    week = found(table, MONDAY)
    assert week[WEDNESDAY].hours == (("07:30", "11:30"), ("13:00", "17:00"))
    assert (week[HOLIDAY].hours, week["2026-11-28"].hours) == ((), (("08:00", "11:00"),))
    assert week[MOVED].hours == week[WEDNESDAY].hours, "a Sunday that works"
    assert [one.clerk_id for one in week[FRIDAY].shifts] == ["an", "binh"]
    assert (week[FRIDAY].by_clerk_id, week[MONDAY].planned_at) == ("boss", None)
    version = week[FRIDAY].planned_at
    table.say("wait 60")
    exception = shift("chi", 1, "09:00", "11:30", ("10:00", "10:15"))
    assert plan(table, wanted(FRIDAY, exception, instead_of=version)) == "ok"
    week = found(table, MONDAY)
    assert week[FRIDAY].shifts == (exception,)
    assert week[WEDNESDAY].shifts == (shift("an", 1),), "the other days stay as they were"
    assert plan(table, wanted(FRIDAY, instead_of=week[FRIDAY].planned_at)) == "ok"
    assert found(table, MONDAY)[FRIDAY].planned_at is None


@pytest.mark.parametrize("day", ["2026-02-30", "9999-12-31", "0001-01-01"])
def test_a_week_that_is_in_no_calendar_is_refused(day: str) -> None:
    table = play("at 08:00")
    reply = table.hall.ask(c.FetchRosters(function_id="staff-1", staff_role="manager", first_day=day))
    assert isinstance(reply, v.Refused)
    assert reply.code == "roster_no_date"


def test_two_who_plan_the_same_day_do_not_undo_each_other_unseen() -> None:
    table = play("at 08:00")
    assert plan(table, wanted(FRIDAY, shift("an", 1))) == "ok"
    assert plan(table, wanted(FRIDAY, shift("binh", 1))) == "roster_changed", "made from a day without a roster"
    assert plan(table, wanted(FRIDAY, shift("an", 1))) == "ok", "what is planned so already changes nothing"
    assert sum(isinstance(event, e.RosterPlanned) for event in table.hall.events()) == 1


@pytest.mark.parametrize(
    ("roster", "code"),
    [
        (wanted(FRIDAY, shift("an", 1), shift("an", 2, "11:00", "14:00")), "roster_clerk_twice"),
        (wanted(FRIDAY, shift("an", 1), shift("binh", 1, "11:00", "14:00")), "roster_counter_twice"),
        (wanted(FRIDAY, shift("an", 99)), "roster_unknown_counter"),
        (wanted(FRIDAY, shift("an", 1, "07:29")), "roster_outside_hours"),
        (wanted(FRIDAY, shift("an", 1, "13:00", "17:01")), "roster_outside_hours"),
        (wanted(FRIDAY, shift("an", 1, "11:30", "11:30")), "roster_backwards"),
        (wanted(FRIDAY, shift("an", 1, "08:00", "11:00", ("10:50", "11:10"))), "roster_break_outside"),
        (wanted(FRIDAY, shift("an", 1, "08:00", "11:00", *TWO_BREAKS)), "roster_breaks_overlap"),
        (wanted(HOLIDAY, shift("an", 1)), "roster_free_day"),
        (wanted("2026-11-22", shift("an", 1)), "roster_past"),
        (wanted("2027-11-22", shift("an", 1)), "roster_far"),
        (wanted("2026-02-30", shift("an", 1)), "roster_no_date"),
    ],
)  # fmt: skip
def test_a_wrong_roster_is_refused_as_a_whole(roster: WantedRoster, code: str) -> None:
    table = play("at 08:00")
    assert plan(table, wanted(WEDNESDAY, shift("an", 1)), roster) == code
    assert table.hall.branch.rosters == {}, "the good day of the same request is not planned either"


def test_shifts_may_meet_and_the_refusal_names_the_place() -> None:
    table = play("at 08:00")
    meets = shift("an", 2, "11:30", "17:00", ("13:00", "13:15"))
    assert plan(table, wanted(FRIDAY, shift("an", 1), meets)) == "ok"
    command = c.PlanRoster(
        function_id="staff-1",
        staff_role="technician",
        rosters=(wanted(WEDNESDAY, shift("an", 1), shift("an", 2, "10:00", "12:00")),),
    )
    reply = table.hall.ask(command)
    assert isinstance(reply, v.Refused)
    assert reply.parts == {
        "day": WEDNESDAY, "clerk_id": "an", "counter_id": "counter-1", "other_counter_id": "counter-2",
        "starts": "10:00", "ends": "11:30",
    }  # fmt: skip


@pytest.mark.parametrize("role", ["clerk", "usher", "inspector"])
def test_only_those_in_charge_plan(role: c.StaffRole) -> None:
    table = play("at 08:00")
    assert plan(table, wanted(FRIDAY, shift("an", 1)), role=role) == "not_allowed"


def test_a_day_is_worked_by_its_roster_less_breaks_and_the_halls_own_rest() -> None:
    table = play("at 08:00")
    assert planned_today(table.hall.branch) is None
    assert plan(table, wanted(MONDAY, shift("an", 1, "07:30", "17:00", ("09:00", "09:15")), shift("binh", 2))) == "ok"
    planned = planned_today(table.hall.branch)
    assert planned is not None
    assert planned["counter-1"] == (
        (7 * HOUR + 1800, 9 * HOUR),
        (9 * HOUR + 900, 11 * HOUR + 1800),
        (13 * HOUR, 17 * HOUR),
    )
    assert planned["counter-2"] == ((7 * HOUR + 1800, 11 * HOUR + 1800),)
    assert all(not stretches for name, stretches in planned.items() if name not in ("counter-1", "counter-2"))
    hall = core.hall_view(table.hall.branch, {}, table.hall.at)
    assert hall.has_roster
    assert hall.counters[0].planned == planned["counter-1"]


def test_the_console_shows_the_own_roster_of_today_and_nobody_elses() -> None:
    table = play("""
        at      08:00
        signin  an 3
        signin  binh 2
    """)
    own = (shift("an", 1, "07:30", "09:00"), shift("an", 3, "09:00", "11:30"))
    assert plan(table, wanted(MONDAY, *own, shift("chi", 2)), wanted(FRIDAY, shift("an", 2))) == "ok"
    branch = table.hall.branch
    assert core.counter_view(branch, "counter-3", table.hall.at).own_shifts == own
    assert core.counter_view(branch, "counter-2", table.hall.at).own_shifts == ()


def test_rosters_outlive_the_night_and_a_restart_and_are_forgotten_after_two_weeks() -> None:
    table = play("at 08:00")
    plan(table, wanted(MONDAY, shift("an", 1)), wanted(WEDNESDAY, shift("binh", 1)), wanted(FRIDAY, shift("chi", 1)))
    table.say(f"at 08:00 {WEDNESDAY}")
    assert planned_today(table.hall.branch) is not None
    events = table.hall.events()
    opened = max(number for number, event in enumerate(events) if isinstance(event, e.DayOpened))
    again = core.replay(events[opened:], table.hall.branch.configuration)
    assert again.rosters == table.hall.branch.rosters
    assert set(again.rosters) == {MONDAY, WEDNESDAY, FRIDAY}, "the past ones can still be copied"
    table.say("at 08:00 2026-12-08")
    assert set(table.hall.branch.rosters) == {WEDNESDAY, FRIDAY}


def test_a_hall_without_rosters_writes_the_log_it_always_wrote() -> None:
    """Two days of people: no event knows the word, so what was logged before there were rosters reads the same."""
    table = play("""
        at      08:00
        signin  an 1
        take    V1 civil_status
        call    1
        start   1
        end     1 received
        at      08:00 2026-11-25
        take    V2 land
    """)
    assert not any(b"roster" in body for body in table.hall.log)
    assert table.hall.branch.rosters == {}


def test_the_log_tells_the_roster_and_nothing_of_a_person_but_ids() -> None:
    table = play("at 08:00")
    plan(table, wanted(FRIDAY, shift("an", 1, "07:30", "11:30", ("09:00", "09:15"))))
    event = table.hall.events()[-1]
    assert isinstance(event, e.RosterPlanned)
    assert codec.decode_event(codec.encode(event)) == event


def waits(table: Table) -> v.Estimate:
    snapshot = core.take_snapshot(table.hall.branch, table.hall.at)
    return estimate(snapshot, random.Random(0))["land", "usual"]


def test_the_estimate_goes_by_the_roster() -> None:
    """Counter 2 alone serves land and rests from 08:30 to 10:30 by the roster: who comes at 08:29 waits until then."""
    one_counter = small_hall()
    script = """
        at      07:40
        signin  an 2
        open    2
    """
    script += "".join(f"\ntake V{number} land\ncall 2\nstart 2\nwait 120\nend 2 received" for number in range(1, 9))
    script += "\nat 08:24\ntake V20 land\ntake V21 land\ntake V22 land\ntake V23 land\nat 08:28"
    without, with_roster = play(script, one_counter), play(script, one_counter)
    before = waits(without)
    assert before.high_s < HOUR
    rest = shift("an", 2, "07:30", "17:00", ("08:30", "10:30"))
    assert plan(with_roster, wanted(MONDAY, rest)) == "ok"
    after = waits(with_roster)
    assert after.low_s > 2 * HOUR - 300, f"{before} became {after}"
    assert plan(without, wanted(FRIDAY, rest)) == "ok"
    assert waits(without) == before, "another day's roster changes nothing today"


def test_a_snapshot_without_a_roster_is_foreseen_as_ever() -> None:
    table = play("at 08:00\nsignin an 1")
    snapshot = core.take_snapshot(table.hall.branch, instant("08:00"))
    assert {one.planned for one in snapshot.counters} == {None}
    old = msgspec.json.decode(msgspec.json.encode(snapshot))
    for counter in old["counters"]:
        del counter["planned"]
    assert msgspec.convert(old, core.Snapshot) == snapshot
