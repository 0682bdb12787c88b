"""The waiting list is the calling rule on paper: whoever is called next stands first, whatever the day was like."""

import random

import msgspec
import pytest

from protocol import commands as c
from protocol import views as v
from queue_server.core.waiting_list import PAGE_VISITS, waiting_list
from tests.support.everyday import Everyday
from tests.support.halls import profile, small_hall
from tests.support.tables import Table, play, visit_name

ALONE = small_hall(
    work_profiles=(
        *(profile(name, (name,), ()) for name in ("civil", "land", "results")),
        profile("everything", ("civil", "land", "results"), ()),
    )
)


def listed(table: Table, queue_id: str) -> list[str]:
    visits = waiting_list(table.hall.branch, table.hall.at)
    return [visit_name(one.visit_id) for one in visits if one.queue_id == queue_id and one.state == "waiting"]


def test_classes_arrivals_and_guarantees_stand_in_the_order_of_the_rule() -> None:
    table = play("""
        at      08:00
        take    V1 civil_status
        at      08:10
        take    V2 certification elderly
        take    V3 civil_status
        at      08:12
        take    V4 land
        at      08:16
    """)
    assert listed(table, "civil") == ["V2", "V1", "V3"]
    assert listed(table, "land") == ["V4"]
    table.say("at 09:05")
    assert listed(table, "civil") == ["V2", "V1", "V3"], "guarantees are over, the earliest deadline first"


@pytest.mark.parametrize("draw", range(4))
def test_a_counter_that_serves_a_queue_alone_calls_down_the_list(draw: int, request: pytest.FixtureRequest) -> None:
    """At one instant: with time the classes gain on each other, and so does the list."""
    table = Table(ALONE)
    table.say("at 08:00")
    everyday = Everyday(table, random.Random(request.config.option.seed * 10 + draw))
    for _ in range(120):
        table.say(everyday.line())
    table.say("at 10:00")
    branch = table.hall.branch
    for counter in branch.counters.values():
        if counter.visit_id:
            number = counter.counter_id.removeprefix("counter-")
            table.say(f"start {number}")
            table.say(f"end {number} left")
    table.say("signin zoe 1 civil")
    table.say("open 1")
    expected = [name for name in listed(table, "civil") if not _sent(table, name)]
    called = []
    while not (came := table.say("call 1")).startswith("refused"):
        called.append(came.split()[0])
        table.say("noshow 1")
    assert called == expected


def _sent(table: Table, name: str) -> bool:
    visits = {visit_name(one.visit_id): one for one in table.hall.branch.visits.values()}
    return visits[name].to_counter_id not in ("", "counter-1")


def test_who_is_at_a_counter_stands_first_and_says_where() -> None:
    table = play("""
        at      08:00
        take    V1 civil_status
        take    V2 civil_status
        take    V3 civil_status
        signin  an 1
        call    1
        start   1
        park    1
        call    1
    """)
    visits = waiting_list(table.hall.branch, table.hall.at)
    told = [(visit_name(one.visit_id), one.state, one.counter_number) for one in visits]
    assert told == [("V1", "parked", 1), ("V2", "called", 1), ("V3", "waiting", 0)]


def test_the_list_is_told_page_by_page_and_to_whoever_may_see_the_hall_alone() -> None:
    table = play("at 08:00")
    for number in range(PAGE_VISITS + 1):
        table.say(f"wait {3 * (number % 2)}")
        table.say(f"take V{number + 1} land by:staff-1 clerk:an")

    def asked(page: int, role: c.StaffRole = "manager") -> v.AnyReply:
        return table.hall.ask(c.FetchWaitingList(function_id="staff-1", staff_role=role, page=page))

    pages = [asked(page) for page in (0, 1, 2)]
    assert all(isinstance(page, v.WaitingListPage) and page.pages == 2 for page in pages)
    assert [len(page.visits) for page in pages if isinstance(page, v.WaitingListPage)] == [PAGE_VISITS, 1, 0]
    assert len(msgspec.json.encode(pages[0])) < 200_000
    assert asked(0, "inspector") == pages[0]
    assert isinstance(asked(0, "clerk"), v.Refused)
