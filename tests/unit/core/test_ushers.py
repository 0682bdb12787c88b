"""What ushers mend, as tables: another service or class for who waits; number and arrival stay, the counts fit."""

import msgspec
import pytest

from protocol import commands as c
from protocol import events as e
from protocol import views as v
from queue_server import core
from tests.support.halls import services, small_hall
from tests.support.tables import Table, play, visit_id


def usher(table: Table, command: c.AnyCommand) -> str:
    reply = table.hall.ask(command)
    return f"refused {reply.code}" if isinstance(reply, v.Refused) else "ok"


def mend(
    name: str, service: str = "", priority: str = "", reason: str = "mistaken", role: c.StaffRole = "usher"
) -> c.MendVisit:
    return c.MendVisit(
        function_id="staff-1",
        staff_role=role,
        clerk_id="hoa",
        visit_id=visit_id(name),
        service_id=service,
        priority_class_id=priority,
        reason=reason,
    )


def cancel(name: str, reason: str) -> c.CancelVisit:
    return c.CancelVisit(
        function_id="staff-1", staff_role="usher", clerk_id="hoa", visit_id=visit_id(name), reason=reason
    )


MORNING = """
    at      08:00
    take    V1 land              -> L001
    at      08:10
    take    V2 civil_status      -> H001
    at      08:20
"""


def test_a_mended_visit_keeps_its_number_and_its_place_by_arrival() -> None:
    table = play(MORNING)
    assert usher(table, mend("V1", "civil_status")) == "ok"
    assert usher(table, mend("V1", "civil_status")) == "ok", "twice is once"
    assert table.say("number V1") == "L001"
    table.say("signin an 1")
    assert table.say("call 1") == "V1 priority"
    mended = [event for event in table.hall.events() if isinstance(event, e.VisitMended)]
    assert [(event.clerk_id, event.service_id, event.queue_id, event.reason) for event in mended] == [
        ("hoa", "civil_status", "civil", "mistaken")
    ]
    assert usher(table, mend("V1", "land")) == "refused visit_not_waiting"
    assert core.replay(table.hall.events()) == table.hall.branch


def test_a_class_is_mended_too_and_gains_for_all_that_was_waited() -> None:
    table = play(f"{MORNING}\n    take V3 civil_status -> H002")
    assert usher(table, mend("V3", priority="urgent")) == "ok"
    table.say("at 08:25")
    table.say("signin an 1")
    assert table.say("next 1").split()[0] == "V3:guarantee"


@pytest.mark.parametrize(
    ("command", "came"),
    [
        (mend("V1", "flying"), "refused unknown_service"),
        (mend("V1", priority="king"), "refused unknown_class"),
        (mend("V1", "civil_status", reason="frail"), "refused unknown_reason"),
        (mend("V9", "civil_status"), "refused unknown_visit"),
        (mend("V1", "civil_status", role="clerk"), "refused not_allowed"),
        (mend("V1", "civil_status", role="manager"), "refused not_allowed"),
        (cancel("V1", ""), "refused unknown_reason"),
        (cancel("V1", "mistaken"), "refused unknown_reason"),
        (cancel("V1", "leaves"), "ok"),
    ],
)
def test_what_an_usher_may_and_may_not(command: c.AnyCommand, came: str) -> None:
    assert usher(play(MORNING), command) == came


def test_a_cancelled_visit_keeps_who_did_it_and_why() -> None:
    table = play(MORNING)
    usher(table, cancel("V1", "leaves"))
    usher(table, cancel("V1", "leaves"))
    gone = [event for event in table.hall.events() if isinstance(event, e.VisitCancelled)]
    assert [(event.by, event.clerk_id, event.reason) for event in gone] == [("staff", "hoa", "leaves")]


def test_numbers_of_the_day_follow_the_mended_service() -> None:
    few = tuple(msgspec.structs.replace(one, daily_quota=1) for one in services())
    table = play(
        """
        at      08:00
        take    V1 land          -> L001
        take    V2 land          -> refused quota_reached 1
        take    V3 civil_status  -> H001
    """,
        small_hall(services=few),
    )
    assert usher(table, mend("V1", "civil_status")) == "refused quota_reached"
    assert usher(table, mend("V1", "results")) == "ok"
    assert table.say("take V2 land") == "L002"
    assert table.say("take V4 results") == "refused quota_reached 1"


def test_an_usher_gives_a_number_without_sitting_at_a_counter() -> None:
    table = play("at 08:00")
    take = c.TakeTicket(
        function_id="staff-1",
        staff_role="usher",
        clerk_id="hoa",
        visit_id=visit_id("V1"),
        service_id="land",
        priority_class_id="urgent",
    )
    assert usher(table, take) == "ok"
    assert usher(table, take) == "ok"
    assert table.say("waiting") == "1"
