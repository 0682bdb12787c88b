"""Papers that staff order here: asked for by their id, printed once, taken back when they stand no longer. Pure.

The id of the order names the job in the printer's table. So after a crash the same order may be asked for and handed
over again: what came of it is in that table, and no second paper comes out. The view tells only that there is an order;
which number it is, and its ticket's secret, the server tells to this kiosk alone. A citizen's screen is not touched.
"""

from dataclasses import replace
from typing import Final

from kiosk.ticket.hall import derived_id, service_of
from kiosk.ticket.kept_model import OutboxEntry, PendingVisit
from kiosk.ticket.model import (
    Ask,
    Effect,
    GivenNumber,
    KeepOutbox,
    Now,
    Print,
    PrinterTold,
    State,
    Ticket,
    VoidTicket,
)
from kiosk.ticket.order_model import PaperOrder
from kiosk.ticket.taking import OUTBOX_LIMIT, TRY_AGAIN_CODES, Step, is_late
from protocol.commands import FindPrintOrder, ReportTicket
from protocol.views import AnyReply, Refused, VisitFound

SETTLED: Final = frozenset({"confirmed", "uncertain", "failed", "void"})
"""Of these no more will be heard."""


def look(state: State, now: Now) -> Step:
    """Ask for each order that names this kiosk, and take back what was handed over and stands no longer."""
    if state.link != "up" or state.view is None or state.identity is None:
        return state, ()
    function_id = state.identity.function_id
    standing = {one.order_id for one in state.view.print_orders if one.function_id == function_id}
    effects: list[Effect] = []
    known = [one for one in state.orders if one.order_id in standing or one.stage in {"asked", "withdrawn"}]
    for gone in (one for one in state.orders if one.stage == "ordered" and one.order_id not in standing):
        known.append(replace(gone, stage="withdrawn"))
        effects.append(VoidTicket(gone.order_id))
    known = [one for one in known if one.stage != "put_off" or now.real_s < one.again_real_s]
    for order_id in sorted(standing - {one.order_id for one in known}):
        request_id = derived_id(now.fresh_id, f"order {order_id}")
        known.append(PaperOrder(order_id, request_id))
        question = FindPrintOrder(function_id=function_id, order_id=order_id)
        effects.append(Ask(request_id, question, state.settings.ask_real_s))
    return replace(state, orders=tuple(known)), tuple(effects)


def waits(state: State, now: Now) -> tuple[float, ...]:
    """Give how long (real seconds) until orders that got no answer are asked for again."""
    is_up = state.link == "up"
    return tuple(one.again_real_s - now.real_s for one in state.orders if is_up and one.stage == "put_off")


def asked(state: State, request_id: str) -> PaperOrder | None:
    """Give the order that was asked for by this request."""
    return next((one for one in state.orders if (one.request_id, one.stage) == (request_id, "asked")), None)


def answered(state: State, order: PaperOrder, reply: AnyReply | None, now: Now) -> Step:
    """Hand the paper to the printer; an order that is over is left, one without an answer asked for again later."""
    if reply is None or (isinstance(reply, Refused) and reply.code in TRY_AGAIN_CODES):
        again_real_s = now.real_s + state.settings.retry_real_s
        return _staged(state, replace(order, stage="put_off", again_real_s=again_real_s)), ()
    if not isinstance(reply, VisitFound) or not reply.secret or state.view is None:
        return _staged(state, replace(order, stage="done")), ()
    visit = reply.visit
    service = service_of(state, visit.service_id)
    given = GivenNumber(
        visit=PendingVisit(
            visit.visit_id,
            visit.service_id,
            visit.priority_class_id,
            visit.procedure_code,
            visit.language,
            state.view.day,
            visit.taken_at,
        ),
        prefix=visit.prefix,
        number=visit.number,
        taken_at=visit.taken_at,
        ahead=reply.ahead if visit.state == "waiting" else None,
        estimate=reply.estimate,
        counter_numbers=service.counter_numbers if service is not None else (),
        offline=visit.off_line,
        secret=reply.secret,
    )
    ticket = Ticket(given, reply.copies, reply.secret, is_late(state, given), order.order_id)
    return _staged(state, replace(order, stage="ordered")), (Print(ticket),)


def printer_told(state: State, told: PrinterTold) -> Step:
    """Tell the server what became of the paper; after a start also of one that this run has not asked for."""
    if told.state == "queued":
        return state, ()
    if told.state in SETTLED:
        order = next((one for one in state.orders if one.order_id == told.order_id), None)
        state = _staged(state, replace(order, stage="done")) if order is not None else state
    if state.identity is None or len(state.outbox) >= OUTBOX_LIMIT:
        return state, ()
    report = ReportTicket(
        function_id=state.identity.function_id,
        visit_id=told.visit_id,
        state=told.state,
        reason=told.reason,
        order_id=told.order_id,
    )
    entry = OutboxEntry(derived_id(told.order_id, f"order {told.state} {told.reason}"), report)
    if entry in state.outbox:
        return state, ()
    return replace(state, outbox=(*state.outbox, entry)), (KeepOutbox(entry),)


def _staged(state: State, order: PaperOrder) -> State:
    orders = tuple(order if one.order_id == order.order_id else one for one in state.orders)
    return replace(state, orders=orders)
