"""Scans for the kiosk that is held in the hand (`tests.support.kiosks`), and what the server says to them."""

from typing import Any

from hardware.codecs.withheld import Withheld
from kiosk.ticket import model as m
from kiosk.ticket.scan_model import Scanned
from kiosk.ticket.scans import AnyScan, TicketScan
from protocol.ticket_code import TicketCode
from protocol.views import CounterVisit, Estimate, VisitFound
from tests.support.kiosks import MONDAY_8, Scene

VISIT_ID, SECRET = "0197f0" + "a" * 26, "5ec2e7" + "b" * 26
TICKET = TicketScan(Withheld(TicketCode(VISIT_ID, SECRET)))


def scanned(scene: Scene, scan: AnyScan | None) -> Scene:
    scene.happen(Scanned(scan))
    return scene


def found(state: Any = "waiting", **changes: Any) -> VisitFound:
    visit = CounterVisit(
        visit_id=VISIT_ID,
        prefix="H",
        number=17,
        state=state,
        service_id="civil_status",
        queue_id="civil_status",
        priority_class_id="usual",
        procedure_code="",
        taken_at=MONDAY_8,
        rank_at=MONDAY_8,
        function_id="kiosk-1",
    )
    return VisitFound(
        visit=visit,
        ahead=changes.get("ahead", 4),
        estimate=changes.get("estimate", Estimate(low_s=900, high_s=1800)),
        counter_number=changes.get("counter_number", 0),
        secret=changes.get("secret", ""),
        copies=changes.get("copies", 0),
    )


def looked_up(scene: Scene, reply: Any) -> Scene:
    ask = scene.last(m.Ask, "FindVisit")
    scene.happen(m.Replied(ask.request_id, reply))
    return scene


def told_held(scene: Scene, reply: Any) -> Scene:
    """The server tells which number this person has."""
    ask = scene.last(m.Ask, "FindHeldNumber")
    scene.happen(m.Replied(ask.request_id, reply))
    return scene
