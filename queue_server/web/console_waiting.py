"""What the console says of those who wait, and of the clerk's own day. Pure.

A light tells how a wait stands by its promise: *fine*, *soon* from half of it on, *late* when it is over. It is never a
colour alone: each has a shape and a word of its own.
"""

from dataclasses import dataclass
from typing import Final, Literal

from presentation.formats import clock, duration, ticket_number
from protocol.views import ClassWaiting, OrderEntry
from queue_server.web.console_seat import Seat

Level = Literal["fine", "soon", "late"]
Shape = Literal["circle", "triangle", "square"]
SHAPES: Final[dict[Level, Shape]] = {"fine": "circle", "soon": "triangle", "late": "square"}
SOON_FROM: Final = 0.5
"""The part of a promise after which its light changes."""
LEDGER_LINES: Final = 8


@dataclass(frozen=True)
class Light:
    """How a wait stands: a shape, and a word for it."""

    level: Level
    shape: Shape
    word: str


@dataclass(frozen=True)
class QueueLight:
    """A queue that the counter serves or helps: how many wait there, and how the longest wait stands."""

    name: str
    waiting: int
    light: Light | None
    backup: bool
    oldest: str


@dataclass(frozen=True)
class ClassRow:
    """A priority class: how many of it wait, and who of them has waited longest."""

    name: str
    waiting: int
    head: str
    oldest: str
    light: Light


@dataclass(frozen=True)
class OrderRow:
    """A line of the order ledger."""

    time: str
    number: str
    what: str
    reason: str
    passed_over: str


@dataclass(frozen=True)
class OwnFigure:
    """A figure of the clerk's own day."""

    label: str
    value: str
    more: str = ""


def light(seat: Seat, waited_s: float, target_s: int) -> Light:
    """Tell how a wait stands by its promise; without a promise every wait is fine."""
    level: Level = "fine"
    if target_s and waited_s > target_s:
        level = "late"
    elif target_s and waited_s >= target_s * SOON_FROM:
        level = "soon"
    return Light(level, SHAPES[level], seat.words(f"console.light.{level}"))


def queue_lights(seat: Seat) -> tuple[QueueLight, ...]:
    """Give the queues of the counter's work profile, its own first."""
    names = {queue.queue_id: seat.name(queue.names) for queue in seat.hall.queues}
    given = []
    for queue in seat.counter.queues:
        targets = [one.target_waiting_s for one in seat.hall.services if one.queue_id == queue.queue_id]
        waited_s = (seat.now - queue.oldest_at).total_seconds() if queue.oldest_at else 0.0
        given.append(
            QueueLight(
                name=names.get(queue.queue_id, queue.queue_id),
                waiting=queue.waiting,
                light=light(seat, waited_s, min(targets, default=0)) if queue.oldest_at else None,
                backup=queue.backup,
                oldest=seat.minutes(waited_s) if queue.oldest_at else "",
            )
        )
    return tuple(given)


def class_rows(seat: Seat) -> tuple[ClassRow, ...]:
    """Give the classes of which somebody waits for this counter."""
    return tuple(_class_row(seat, one) for one in seat.counter.classes)


def _class_row(seat: Seat, row: ClassWaiting) -> ClassRow:
    waited_s = (seat.now - row.oldest_at).total_seconds()
    names = seat.hall.class_names.get(row.priority_class_id)
    return ClassRow(
        name=seat.name(names) if names else row.priority_class_id,
        waiting=row.waiting,
        head=ticket_number(row.prefix, row.number) if row.number else "",
        oldest=seat.minutes(waited_s),
        light=light(seat, waited_s, row.target_s),
    )


def own_figures(seat: Seat) -> tuple[OwnFigure, ...]:
    """Give the clerk's own figures of today; nobody else's, and no rate without its counts."""
    words, own = seat.words, seat.counter.own
    median = words("common.no_data")
    if own.median_service_s is not None:
        median = seat.minutes(own.median_service_s)
    within = words("format.share_of", part=own.within_target, whole=own.served)
    chosen = words("format.share_of", part=own.chosen, whole=own.calls)
    return (
        OwnFigure(words("console.served_today"), str(own.served)),
        OwnFigure(words("console.own_median"), median, _target(seat)),
        OwnFigure(words("console.own_within"), within if own.served else words("common.no_data")),
        OwnFigure(words("console.own_chosen"), chosen if own.calls else words("common.no_data")),
    )


def _target(seat: Seat) -> str:
    """Write the target of what is served, or of the counter's own services where they all have the same."""
    if seat.counter.serving is not None:
        service = seat.service(seat.counter.serving.service_id)
        targets = {service.target_service_s} if service else set()
    else:
        profiles = [one for one in seat.hall.work_profiles if one.work_profile_id == seat.counter.work_profile_id]
        own = {queue_id for one in profiles for queue_id in one.primary_queue_ids}
        targets = {one.target_service_s for one in seat.hall.services if one.queue_id in own}
    if len(targets) != 1 or not (target_s := targets.pop()):
        return ""
    return f"/ {duration(seat.words, target_s)}"


def own_ledger(seat: Seat) -> tuple[OrderRow, ...]:
    """Give the clerk's own last lines of the order ledger."""
    entries = seat.order.entries if seat.order is not None else ()
    own = [one for one in entries if one.clerk_id == seat.clerk_id]
    return tuple(order_row(seat, one) for one in own[:LEDGER_LINES])


def order_row(seat: Seat, entry: OrderEntry) -> OrderRow:
    """Write a line of the ledger."""
    words = seat.words

    def named(priority_class_id: str) -> str:
        names = seat.hall.class_names.get(priority_class_id)
        return seat.name(names) if names else priority_class_id

    what = words("order.chosen")
    if entry.kind == "prioritized":
        what = words("order.prioritized", before=named(entry.before_class_id), after=named(entry.priority_class_id))
    reason = next((one.names for one in seat.hall.reasons if one.reason_id == entry.reason), None)
    return OrderRow(
        time=clock(words, entry.at, seat.hall.utc_offset_s),
        number=ticket_number(entry.prefix, entry.number),
        what=what,
        reason=seat.name(reason) if reason else entry.reason,
        passed_over=str(entry.passed_over) if entry.kind == "chosen" else "–",
    )
