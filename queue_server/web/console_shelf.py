"""Whom a counter keeps or may take up again: parked, no-shows, and those who fetch papers. Pure."""

from dataclasses import dataclass
from typing import Final

from presentation.formats import ticket_number
from protocol.views import CounterVisit
from queue_server.web.console_seat import Seat

CHIPS_MOST: Final = 9
"""As many as there are digits."""


@dataclass(frozen=True)
class Chip:
    """A visit set aside or marked as a no-show, with the digit that takes it up again."""

    visit_id: str
    number: str
    detail: str
    digit: int
    due: bool = False


def on_the_shelf(seat: Seat) -> tuple[tuple[Chip, ...], tuple[Chip, ...], tuple[Chip, ...]]:
    """Give who is parked, who did not come and who fetches papers, each with a digit as far as there are digits.

    Each kind has room for three; what one leaves free the others take. Whoever finds no room is reached by number.
    """
    counter = seat.counter
    kinds = (counter.parked, counter.no_shows[::-1], counter.come_backs[::-1])
    room = [min(len(kind), CHIPS_MOST // 3) for kind in kinds]
    for place, kind in enumerate(kinds):
        room[place] += min(len(kind) - room[place], CHIPS_MOST - sum(room))
    digits = iter(range(1, CHIPS_MOST + 1))
    parked = tuple(_parked_chip(seat, visit, next(digits)) for visit in kinds[0][: room[0]])
    marked = tuple(_no_show_chip(seat, visit, next(digits)) for visit in kinds[1][: room[1]])
    back = tuple(_no_show_chip(seat, visit, next(digits)) for visit in kinds[2][: room[2]])
    return parked, marked, back


def _parked_chip(seat: Seat, visit: CounterVisit, digit: int) -> Chip:
    due = visit.remind_at is not None and visit.remind_at <= seat.now
    since = max(0.0, (seat.now - (visit.started_at or visit.called_at or seat.now)).total_seconds())
    detail = seat.words("staff.due") if due else seat.minutes(since)
    return Chip(visit.visit_id, ticket_number(visit.prefix, visit.number), detail, digit, due)


def _no_show_chip(seat: Seat, visit: CounterVisit, digit: int) -> Chip:
    called = seat.clock(visit.called_at) if visit.called_at else ""
    return Chip(visit.visit_id, ticket_number(visit.prefix, visit.number), called, digit)
