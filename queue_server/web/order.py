"""The order ledger of today, for managers and inspectors: who called out of order, whom, and why."""

from dataclasses import dataclass
from functools import partial

from flask import Blueprint, Response, render_template

from presentation.formats import clock, ticket_number
from protocol.views import HallView, OrderEntry, OrderView
from queue_server.web.hall_page import Overview
from queue_server.web.live import LivePage
from queue_server.web.shared import (
    Scene,
    live_response,
    priority_classes,
    words,
)

order = Blueprint("order", __name__, url_prefix="/order")


@dataclass(frozen=True)
class LedgerRow:
    """A line of the ledger, with who did it."""

    time: str
    number: str
    what: str
    reason: str
    passed_over: str
    clerk: str
    counter: str


@dataclass(frozen=True)
class ClerkRow:
    """How often a clerk called, and how often out of order."""

    clerk: str
    calls: int
    chosen: str
    prioritized: int


@dataclass(frozen=True)
class OrderPage:
    """All that the page says."""

    utc_offset_s: int
    rows: tuple[LedgerRow, ...]
    clerks: tuple[ClerkRow, ...]


@order.get("/")
def ledger() -> str:
    """Show the ledger."""
    return render_template("order.html", regions=_regions(Scene.of_request()) or {})


@order.get("/live")
def live() -> Response:
    """Keep the page live."""
    spoken = words()
    page = LivePage(
        topics=("hall", "order"),
        regions=partial(_regions, Scene.of_request()),
        gone_sentence=spoken("staff.link_lost"),
        over_sentence=spoken("login.expired"),
    )
    return live_response(page)


def order_page(overview: Overview, view: OrderView) -> OrderPage:
    """Make the page."""
    share = overview.words
    return OrderPage(
        utc_offset_s=overview.hall.utc_offset_s,
        rows=tuple(_row(overview, one) for one in view.entries),
        clerks=tuple(
            ClerkRow(
                clerk=overview.names.get(one.clerk_id, one.clerk_id),
                calls=one.calls,
                chosen=share("format.share_of", part=one.chosen, whole=one.calls) if one.calls else "–",
                prioritized=one.prioritized,
            )
            for one in view.clerks
        ),
    )


def _row(overview: Overview, entry: OrderEntry) -> LedgerRow:
    hall, spoken = overview.hall, overview.words

    def named(priority_class_id: str) -> str:
        names = hall.class_names.get(priority_class_id)
        return overview.name(names) if names else priority_class_id

    what = spoken("order.chosen")
    if entry.kind == "prioritized":
        what = spoken("order.prioritized", before=named(entry.before_class_id), after=named(entry.priority_class_id))
    reason = next((one.names for one in hall.reasons if one.reason_id == entry.reason), None)
    number = next((one.number for one in hall.counters if one.counter_id == entry.counter_id), None)
    return LedgerRow(
        time=clock(spoken, entry.at, hall.utc_offset_s),
        number=ticket_number(entry.prefix, entry.number),
        what=what,
        reason=overview.name(reason) if reason else entry.reason,
        passed_over=str(entry.passed_over) if entry.kind == "chosen" else "–",
        clerk=overview.names.get(entry.clerk_id, entry.clerk_id),
        counter=spoken("common.counter", counter=number) if number else entry.counter_id,
    )


def _regions(scene: Scene) -> dict[str, str] | None:
    hall = scene.parts.hall
    view, ledger_view = hall.view("hall", HallView), hall.view("order", OrderView)
    if view is None or ledger_view is None:
        return None
    overview = Overview(view, scene.parts.accounts.names(), priority_classes(hall), scene.words, hall.now())
    return {"order": scene.region("order/ledger.html", order_page(overview, ledger_view))}
