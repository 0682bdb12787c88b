"""The clerk's own roster of today, as the console shows it. Pure."""

from dataclasses import dataclass

from presentation.formats import hall_time
from queue_server.web.console_seat import Seat


@dataclass(frozen=True)
class OwnShift:
    """Where and when the clerk is planned today, with the breaks; ``is_now`` while it lasts."""

    counter: str
    hours: str
    breaks: str
    is_now: bool


def own_shifts(seat: Seat) -> tuple[OwnShift, ...]:
    """Write the shifts of the clerk at this counter; none for somebody who looks from elsewhere."""
    if seat.counter.clerk_id != seat.clerk_id:
        return ()
    numbers = {one.counter_id: one.number for one in seat.hall.counters}
    now = hall_time(seat.now, seat.counter.utc_offset_s).strftime("%H:%M")
    return tuple(
        OwnShift(
            counter=seat.words("common.counter", counter=numbers.get(shift.counter_id, shift.counter_id)),
            hours=f"{shift.starts}–{shift.ends}",
            breaks=", ".join(f"{starts}–{ends}" for starts, ends in shift.breaks),
            is_now=shift.starts <= now < shift.ends,
        )
        for shift in seat.counter.own_shifts
    )
