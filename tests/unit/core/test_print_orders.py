"""Papers that ushers order at kiosks, as tables: once, by one kiosk, for a while; nobody else hears the secret."""

import pytest

from protocol import codec
from protocol import commands as c
from protocol import views as v
from queue_server import core
from queue_server.core.print_orders import ORDERS_AT_ONCE, ORDERS_SHOWN
from tests.support.tables import Table, play, visit_id

SECRET = "5e" * 16

MORNING = """
    at      08:00
    take    V1 land              -> L001
    take    V2 civil_status      -> H001
    at      08:10
"""


def order_id(name: str) -> str:
    return f"{ord(name):032x}"


def order(name: str, visit: str = "V1", kiosk: str = "kiosk-1", role: c.StaffRole = "usher") -> c.PrintTicket:
    return c.PrintTicket(
        function_id="staff-1",
        staff_role=role,
        clerk_id="hoa",
        order_id=order_id(name),
        visit_id=visit_id(visit),
        kiosk_function_id=kiosk,
    )


def find(name: str, kiosk: str = "kiosk-1") -> c.FindPrintOrder:
    return c.FindPrintOrder(function_id=kiosk, order_id=order_id(name))


def report(
    name: str, state: c.TicketState, reason: str = "", kiosk: str = "kiosk-1", visit: str = "V1"
) -> c.ReportTicket:
    return c.ReportTicket(
        function_id=kiosk, visit_id=visit_id(visit), state=state, reason=reason, order_id=order_id(name)
    )


def asked(table: Table, command: c.AnyCommand) -> str:
    reply = table.hall.ask(command, facts=table.hall.facts(ticket_secret=SECRET))
    return f"refused {reply.code}" if isinstance(reply, v.Refused) else "ok"


def standing(table: Table, kiosk: str = "kiosk-1") -> list[str]:
    """Give the orders that the kiosk is told of."""
    view = core.kiosk_view(table.hall.branch, {}, table.hall.at)
    return [one.order_id for one in view.print_orders if one.function_id == kiosk]


def states(table: Table) -> list[tuple[str, str]]:
    view = core.hall_view(table.hall.branch, {}, table.hall.at)
    return [(one.state, one.reason) for one in view.print_orders]


def test_a_paper_is_ordered_found_by_its_kiosk_alone_and_told() -> None:
    table = play(MORNING)
    assert asked(table, order("A")) == "ok"
    assert asked(table, order("A")) == "ok", "the same order again is the same order"
    assert standing(table) == [order_id("A")]
    found = table.hall.ask(find("A"), facts=table.hall.facts(ticket_secret=SECRET))
    assert isinstance(found, v.VisitFound)
    assert (found.visit.number, found.secret, found.copies) == (1, SECRET, 1), "a kiosk has printed it before"
    assert states(table) == [("ordered", "")]
    assert asked(table, report("A", "confirmed")) == "ok"
    assert (standing(table), states(table)) == ([], [("confirmed", "")])
    assert asked(table, find("A")) == "refused order_over"
    kinds = [type(event).__name__ for event in table.hall.events()]
    assert (kinds.count("TicketPrintOrdered"), kinds.count("TicketReported")) == (1, 1)
    assert core.replay(table.hall.events()) == table.hall.branch


def test_the_secret_and_the_number_stand_in_no_view_of_a_kiosk() -> None:
    table = play(MORNING)
    asked(table, order("A"))
    told = codec.encode(core.kiosk_view(table.hall.branch, {}, table.hall.at)).decode()
    assert order_id("A") in told
    assert SECRET not in told
    assert visit_id("V1") not in told
    assert not any(SECRET in body.decode() for body in table.hall.log)


def test_another_kiosk_hears_nothing_and_may_report_nothing() -> None:
    table = play(MORNING)
    asked(table, order("A"))
    assert standing(table, "kiosk-2") == []
    assert asked(table, find("A", "kiosk-2")) == "refused unknown_order"
    assert asked(table, report("A", "confirmed", kiosk="kiosk-2")) == "refused unknown_order"
    assert states(table) == [("ordered", "")]


def test_two_ushers_who_order_the_same_number_get_one_paper() -> None:
    table = play(MORNING)
    assert asked(table, order("A")) == "ok"
    assert asked(table, order("B")) == "refused print_ordered"
    assert asked(table, order("B", kiosk="kiosk-2")) == "refused print_ordered"
    assert asked(table, order("C", "V2", "kiosk-2")) == "ok", "another number is another paper"
    asked(table, report("A", "uncertain"))
    assert asked(table, order("B", kiosk="kiosk-2")) == "ok", "who looked and found none may have one more"
    assert [one.copy for one in table.hall.branch.print_orders.values() if one.visit_id == visit_id("V1")] == [1, 2]


@pytest.mark.parametrize("trouble", ["held", "gone"])
def test_an_order_that_hangs_gives_way_to_one_elsewhere(trouble: str) -> None:
    table = play(MORNING)
    asked(table, order("A"))
    if trouble == "held":
        asked(table, report("A", "held", "paper_out"))
        assert states(table) == [("held", "paper_out")]
        assert standing(table) == [order_id("A")], "it comes by itself once there is paper"
    else:
        asked(table, c.ReportDevice(function_id="kiosk-1", state="gone", reason="silent"))
    assert asked(table, order("B", kiosk="kiosk-2")) == "ok"
    assert standing(table) == []
    assert [state for state, _ in states(table)] == ["ordered", "replaced"]
    asked(table, report("A", "confirmed"))
    assert [state for state, _ in states(table)] == ["ordered", "confirmed"], "what is on paper is the truth"


def test_an_order_that_no_kiosk_prints_is_void_after_three_minutes() -> None:
    table = play(MORNING)
    asked(table, order("A"))
    table.say("at 08:12:59")
    assert standing(table) == [order_id("A")]
    table.say("at 08:13")
    assert (standing(table), states(table)) == ([], [("expired", "")])
    assert asked(table, find("A")) == "refused order_over"
    assert asked(table, order("B")) == "ok"


@pytest.mark.parametrize(
    ("command", "came"),
    [
        (order("A", role="clerk"), "refused not_allowed"),
        (order("A", role="manager"), "refused not_allowed"),
        (order("A", kiosk="board-1"), "refused unknown_kiosk"),
        (order("A", kiosk="nowhere"), "refused unknown_kiosk"),
        (order("A", "V9"), "refused unknown_visit"),
        (find("A"), "refused unknown_order"),
    ],
)
def test_what_is_refused(command: c.AnyCommand, came: str) -> None:
    assert asked(play(MORNING), command) == came


def test_a_kiosk_that_is_away_is_said_to_be_so_at_once() -> None:
    table = play(MORNING)
    asked(table, c.ReportDevice(function_id="kiosk-1", state="gone", reason="silent"))
    assert asked(table, order("A")) == "refused kiosk_away"


def test_what_is_over_needs_no_paper_and_the_first_paper_is_no_copy() -> None:
    table = play(f"{MORNING}\n    take V3 land by:staff-1 clerk:hoa -> L002")
    assert asked(table, order("C", "V3")) == "ok"
    assert table.hall.branch.print_orders[order_id("C")].copy == 0
    table.say("cancel V2 citizen")
    assert asked(table, order("B", "V2")) == "refused visit_is_over"


def test_only_so_many_orders_stand_and_are_shown() -> None:
    table = play("at 08:00")
    for index in range(ORDERS_AT_ONCE + 1):
        table.say(f"take V{index + 1} land")
    came = [asked(table, order(str(index), f"V{index + 1}")) for index in range(ORDERS_AT_ONCE + 1)]
    assert came == ["ok"] * ORDERS_AT_ONCE + ["refused too_many_prints"]
    assert len(states(table)) == ORDERS_SHOWN
    table.say("at 08:05")
    assert asked(table, order("A", "V9")) == "ok"


def test_a_report_that_comes_the_next_day_changes_no_order() -> None:
    table = play(MORNING)
    asked(table, order("A"))
    table.say("at 08:00 2026-11-25")
    old = table.hall.old_visit(visit_id("V1"))
    reply = table.hall.ask(report("A", "confirmed"), facts=table.hall.facts(old_visit=old))
    assert reply == v.Done()
    assert states(table) == []
