"""Papers that staff order at a kiosk: who may have which printed, and for how long an order stands.

An order is one piece of paper: its id names the job in the kiosk's printer table, so asked again it prints no more. It
stands until its kiosk has told what became of it, until another one of the same number takes its place, or for three
minutes; a kiosk that holds its job takes it back when it stands no longer, so that no paper surprises the next citizen.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from protocol import commands as c
from protocol import events as e
from protocol import views as v
from queue_server.core.refusals import Refusal
from queue_server.core.request import Request
from queue_server.core.state import Branch, PrintOrder, Visit
from queue_server.core.tickets import Events, number_of, visit_of_today

ORDER_LIFE: Final = timedelta(minutes=3)
ORDERS_AT_ONCE: Final = 8
"""So many stand at most: they are part of a view that stays small."""
ORDERS_SHOWN: Final = 6
COPIES_MOST: Final = 99
KIOSKS_SHOWN: Final = 8

_IN_THE_HALL: Final = ("waiting", "called", "in_service", "parked")


def print_ticket(branch: Branch, request: Request, command: c.PrintTicket, at: datetime) -> Events:
    """Order a paper; one that is on its way already is not ordered twice, whoever asks."""
    if command.order_id in branch.print_orders:
        return ()
    visit = visit_of_today(branch, request.facts, command.visit_id)
    if visit.state not in _IN_THE_HALL:
        raise Refusal("visit_is_over", number=number_of(visit))
    _need_kiosk(branch, command.kiosk_function_id)
    standing = standing_orders(branch, at)
    for order in standing:
        if order.visit_id == visit.visit_id and order.state == "ordered" and not _is_gone(branch, order.function_id):
            raise Refusal("print_ordered", number=number_of(visit), kiosk=kiosk_name(branch, order.function_id))
    if sum(order.visit_id != visit.visit_id for order in standing) >= ORDERS_AT_ONCE:
        raise Refusal("too_many_prints", limit=str(ORDERS_AT_ONCE))
    return (
        e.TicketPrintOrdered(
            at=at,
            order_id=command.order_id,
            visit_id=visit.visit_id,
            function_id=command.kiosk_function_id,
            expires_at=at + ORDER_LIFE,
            copy=min(_papers(branch, visit), COPIES_MOST),
            clerk_id=request.actor.clerk_id,
        ),
    )


def report_ticket(branch: Branch, request: Request, command: c.ReportTicket, at: datetime) -> Events:
    """Note what became of a paper, whether a kiosk printed it by itself or by an order; told twice is told once."""
    visit = branch.visits.get(command.visit_id) or request.facts.old_visit
    if visit is None:
        raise Refusal("unknown_visit")
    order = _reported(branch, command)
    copy = command.copy if order is None else order.copy
    known = (visit.ticket_state, visit.ticket_copy, "") if order is None else (order.state, order.copy, order.reason)
    if known == (command.state, copy, "" if order is None else command.reason):
        return ()
    return (
        e.TicketReported(
            at=at,
            visit_id=visit.visit_id,
            device_id=request.actor.device_id,
            state=command.state,
            copy=copy,
            reason=command.reason,
            order_id=command.order_id,
        ),
    )


def standing_orders(branch: Branch, at: datetime) -> tuple[PrintOrder, ...]:
    """Give the orders of which the kiosk has still to say how they ended."""
    return tuple(order for order in branch.print_orders.values() if state_of(order, at) in ("ordered", "held"))


def state_of(order: PrintOrder, at: datetime) -> v.PrintOrderState:
    """Tell what became of an order by now."""
    is_open = order.state in ("ordered", "held")
    return "expired" if is_open and order.expires_at <= at else order.state


def need_order(branch: Branch, command: c.FindPrintOrder, at: datetime) -> PrintOrder:
    """Give the order that stands, to the kiosk that it names and to no other; raises :class:`Refusal`."""
    order = branch.print_orders.get(command.order_id)
    if order is None or order.function_id != command.function_id:
        raise Refusal("unknown_order")
    if state_of(order, at) not in ("ordered", "held"):
        raise Refusal("order_over")
    return order


def kiosks(branch: Branch) -> tuple[v.HallKiosk, ...]:
    """Give the kiosks that are paired, by name, and how they are."""
    found = []
    for device in branch.devices.values():
        for function in device.functions if device.pairing == "paired" else ():
            if function.kind == "kiosk":
                health = branch.health.get(function.function_id)
                state, reason = (health.state, health.reason) if health is not None else ("unknown", "")
                found.append(
                    v.HallKiosk(function_id=function.function_id, name=device.name, state=state, reason=reason)
                )
    return tuple(sorted(found, key=lambda one: (one.name, one.function_id))[:KIOSKS_SHOWN])


def shown_orders(branch: Branch, at: datetime) -> Iterator[v.HallPrintOrder]:
    """Give the last orders, the newest first, and what became of them."""
    for order in list(reversed(branch.print_orders.values()))[:ORDERS_SHOWN]:
        visit = branch.visits[order.visit_id]
        yield v.HallPrintOrder(
            order_id=order.order_id,
            visit_id=order.visit_id,
            prefix=visit.prefix,
            number=visit.number,
            function_id=order.function_id,
            state=state_of(order, at),
            reason=order.reason,
            ordered_at=order.ordered_at,
            told_at=order.told_at,
        )


def kiosk_name(branch: Branch, function_id: str) -> str:
    """Give the name of the device that a kiosk's function hangs on."""
    device = branch.devices.get(branch.device_by_function.get(function_id, ""))
    return device.name if device is not None else function_id


def _need_kiosk(branch: Branch, function_id: str) -> None:
    device = branch.devices.get(branch.device_by_function.get(function_id, ""))
    kinds = {one.function_id: one.kind for one in device.functions} if device is not None else {}
    if device is None or device.pairing != "paired" or kinds[function_id] != "kiosk":
        raise Refusal("unknown_kiosk")
    if _is_gone(branch, function_id):
        raise Refusal("kiosk_away", kiosk=device.name)


def _is_gone(branch: Branch, function_id: str) -> bool:
    health = branch.health.get(function_id)
    return health is not None and health.state == "gone"


def _papers(branch: Branch, visit: Visit) -> int:
    """Count the papers that may be about: what a kiosk gave has one, whether or not it has said so yet."""
    device = branch.devices.get(visit.device_id)
    by_kiosk = device is not None and any(one.kind == "kiosk" for one in device.functions)
    known = visit.ticket_copy + 1 if visit.ticket_state else int(by_kiosk)
    ordered = (one.copy + 1 for one in branch.print_orders.values() if one.visit_id == visit.visit_id)
    return max((known, *ordered))


def _reported(branch: Branch, command: c.ReportTicket) -> PrintOrder | None:
    """Give the order that a kiosk reports on; None for a paper of its own, and for an order of an earlier day."""
    order = branch.print_orders.get(command.order_id)
    if order is not None and (order.function_id, order.visit_id) != (command.function_id, command.visit_id):
        raise Refusal("unknown_order")
    return order
