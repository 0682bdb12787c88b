"""The state of the hall for other systems. Pure: what kiosks and boards show in, what is told out."""

from collections.abc import Sequence
from datetime import datetime

from protocol.estimates import Estimate
from protocol.views import BoardView, KioskService, KioskView
from queue_server.api.shapes import CounterNow, HallState, HallStopped, ServiceState, WaitingRange


def hall_state(kiosk: KioskView, boards: Sequence[BoardView], at: datetime) -> HallState:
    """Tell how the hall is at this hall time, by the views that are live."""
    stopped = kiosk.stopped
    because = kiosk.closed_because
    counters = [
        CounterNow(
            counter_id=one.counter_id,
            number=one.number,
            zone_id=board.zone_id,
            state=one.state,
            ticket=f"{one.prefix}{one.ticket_number:03d}" if one.visit_state else None,
            ticket_state=one.visit_state or None,
        )
        for board in boards
        for one in board.counters
    ]
    return HallState(
        at=at,
        day=kiosk.day,
        state="stopped" if stopped else kiosk.state,
        closed_because=because if because and because != "stopped" else None,
        next_opens_at=kiosk.next_opens_at,
        stopped=HallStopped(since_at=stopped.since_at, names=stopped.names, hints=stopped.hints) if stopped else None,
        services=[_service(one) for one in kiosk.services],
        counters=sorted(counters, key=lambda one: one.number),
    )


def waiting_range(estimate: Estimate | None) -> WaitingRange | None:
    """Give an estimate as it is told."""
    return WaitingRange(low_s=estimate.low_s, high_s=estimate.high_s) if estimate else None


def _service(one: KioskService) -> ServiceState:
    return ServiceState(
        service_id=one.service_id,
        prefix=one.prefix,
        names=one.names,
        state=one.state,
        waiting=one.waiting,
        estimate=waiting_range(one.estimate),
        counter_numbers=list(one.counter_numbers),
        numbers_left=one.numbers_left,
        next_opens_at=one.next_opens_at,
    )
