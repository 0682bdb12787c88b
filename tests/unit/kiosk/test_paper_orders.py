"""A paper that staff order at the kiosk: asked for once, printed once, told, taken back; no screen is touched."""

from typing import Any

import msgspec
import pytest

from kiosk.ticket import model as m
from protocol.commands import FindPrintOrder, ReportTicket
from protocol.ticket_code import ticket_secret
from protocol.views import CounterVisit, PrintOrder, Refused, VisitFound
from tests.support.kiosks import FUNCTION, LINK_KEY, MONDAY_8, TO_NUMBER, Scene

ORDER, VISIT = "ab" * 16, "cd" * 16
SECRET = "5e" * 16
SETTLED = ("confirmed", "uncertain", "failed", "void")


def ordered(scene: Scene, *order_ids: str, function_id: str = FUNCTION) -> Scene:
    """The server says which papers are wanted."""
    orders = tuple(PrintOrder(order_id=one, function_id=function_id) for one in order_ids)
    scene.happen(m.Viewed(msgspec.structs.replace(scene.view, print_orders=orders)))
    return scene


def found(copies: int = 0) -> VisitFound:
    visit = CounterVisit(
        visit_id=VISIT,
        prefix="H",
        number=47,
        state="waiting",
        service_id="civil_status",
        queue_id="civil",
        priority_class_id="usual",
        procedure_code="",
        taken_at=MONDAY_8,
        rank_at=MONDAY_8,
        function_id="staff-1",
    )
    return VisitFound(visit=visit, ahead=12, estimate=None, secret=SECRET, copies=copies)


def answered(scene: Scene, reply: Any) -> list[m.Effect]:
    return scene.happen(m.Replied(scene.last(m.Ask, "FindPrintOrder").request_id, reply))


def printer(scene: Scene, state: Any, reason: str = "") -> list[m.Effect]:
    return scene.happen(m.PrinterTold(VISIT, 0, state, reason, ORDER))


def reports(scene: Scene) -> list[tuple[str, str, str]]:
    """Give what waits for the server, and what has gone there, of papers that were ordered."""
    kept = [one.entry.command for one in scene.effects if isinstance(one, m.KeepOutbox)]
    return [
        (one.order_id, one.state, one.reason) for one in kept if isinstance(one, ReportTicket) and one.visit_id == VISIT
    ]


@pytest.mark.parametrize("copies", [0, 2])
def test_a_paper_is_asked_for_and_printed_once(copies: int) -> None:
    scene = ordered(Scene().opened(), ORDER)
    page = scene.page
    assert scene.last(m.Ask, "FindPrintOrder").command == FindPrintOrder(function_id=FUNCTION, order_id=ORDER)
    answered(scene, found(copies))
    ticket = scene.last(m.Print).ticket
    assert (ticket.order_id, ticket.copy, ticket.secret) == (ORDER, copies, SECRET)
    assert (ticket.given.prefix, ticket.given.number, ticket.given.ahead) == ("H", 47, 12)
    printer(scene, "queued")
    printer(scene, "confirmed")
    for _ in range(3):  # The server has not heard of it yet, and goes on to name it.
        ordered(scene, ORDER)
    assert (scene.count(m.Ask, "FindPrintOrder"), scene.count(m.Print)) == (1, 1)
    assert reports(scene) == [(ORDER, "confirmed", "")]
    assert scene.page == page, "whoever stands there sees nothing of it"
    ordered(scene)
    assert scene.state.orders == ()


def test_the_citizens_own_ticket_is_not_mistaken_for_it() -> None:
    scene = Scene().opened().touch(*TO_NUMBER).disk().number(25)
    visit_id = scene.last(m.Print).ticket.given.visit.visit_id
    ordered(scene, ORDER)
    visit = msgspec.structs.replace(found().visit, visit_id=visit_id)
    answered(scene, msgspec.structs.replace(found(1), visit=visit, secret=ticket_secret(LINK_KEY, visit_id)))
    scene.happen(m.PrinterTold(visit_id, 0, "failed", "unreachable", ORDER))
    assert isinstance(scene.state.screen, m.Number)
    assert scene.state.screen.printing == "printing", "its own paper is still to come"


def test_what_is_for_another_kiosk_is_left_to_it() -> None:
    assert ordered(Scene().opened(), ORDER, function_id="kiosk-2").count(m.Ask, "FindPrintOrder") == 0


@pytest.mark.parametrize("printing", [False, True])
def test_an_order_that_stands_no_longer_is_taken_back_once(*, printing: bool) -> None:
    scene = ordered(Scene().opened(), ORDER)
    answered(scene, found())
    printer(scene, "held", "paper_out")
    ordered(scene)
    ordered(scene)
    assert [one.job_id for one in scene.effects if isinstance(one, m.VoidTicket)] == [ORDER]
    printer(scene, "confirmed" if printing else "void", "" if printing else "withdrawn")
    assert scene.state.orders == ()
    assert [state for _, state, _ in reports(scene)] == ["held", "confirmed" if printing else "void"]


def test_an_order_that_is_over_prints_nothing_and_is_not_asked_for_again() -> None:
    scene = ordered(Scene().opened(), ORDER)
    answered(scene, Refused(code="order_over"))
    ordered(scene, ORDER)
    scene.later(60.0)
    assert (scene.count(m.Ask, "FindPrintOrder"), scene.count(m.Print)) == (1, 0)


@pytest.mark.parametrize("reply", [None, Refused(code="busy")])
def test_a_question_without_an_answer_is_asked_again_after_a_while(reply: Any) -> None:
    scene = ordered(Scene().opened(), ORDER)
    answered(scene, reply)
    assert scene.count(m.Ask, "FindPrintOrder") == 1
    scene.later(scene.settings.retry_real_s + 0.1)
    assert scene.count(m.Ask, "FindPrintOrder") == 2
    answered(scene, found())
    assert scene.count(m.Print) == 1


def test_while_the_link_is_away_nothing_is_asked_and_nothing_taken_back() -> None:
    scene = ordered(Scene().opened(), ORDER)
    answered(scene, found())
    scene.happen(m.LinkChanged("gone"))
    printer(scene, "held", "paper_out")
    scene.later(30.0)
    assert scene.count(m.VoidTicket) == 0
    assert len(scene.state.outbox) == 1, "told when it is back"


@pytest.mark.parametrize("state", SETTLED)
def test_after_a_start_what_became_of_it_is_told_though_nobody_asked(state: Any) -> None:
    scene = Scene().opened()
    printer(scene, state)
    printer(scene, state)
    assert reports(scene) == [(ORDER, state, "")]
