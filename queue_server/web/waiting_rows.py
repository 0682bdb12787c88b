"""The waiting list as people read it: queue by queue, each with its rows. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from presentation.formats import clock, ticket_number
from presentation.texts import Words, name_in
from protocol.views import WaitingVisit


@dataclass(frozen=True)
class WaitingRow:
    """One number: its place among those who wait (empty at a counter), and what stands on its ticket."""

    place: str
    visit_id: str
    number: str
    priority_class: str
    taken: str
    where: str
    service_id: str


@dataclass(frozen=True)
class WaitingQueue:
    """A queue, and who is in it."""

    name: str
    count: int
    rows: tuple[WaitingRow, ...]


@dataclass(frozen=True)
class Names:
    """The names that a list is written with, by id."""

    queues: Mapping[str, Mapping[str, str]]
    classes: Mapping[str, Mapping[str, str]]


def waiting_queues(
    visits: Sequence[WaitingVisit], names: Names, words: Words, utc_offset_s: int
) -> tuple[WaitingQueue, ...]:
    """Write the list; queues in which nobody is are left out."""
    by_queue: dict[str, list[WaitingVisit]] = {}
    for visit in visits:
        by_queue.setdefault(visit.queue_id, []).append(visit)
    written = []
    for queue_id, here in by_queue.items():
        place = 0
        rows = []
        for visit in here:
            place += visit.state == "waiting"
            rows.append(_row(visit, str(place) if visit.state == "waiting" else "", names, words, utc_offset_s))
        name = name_in(names.queues.get(queue_id, {"vi": queue_id}), words.language)
        written.append(WaitingQueue(name, place, tuple(rows)))
    return tuple(written)


def _row(visit: WaitingVisit, place: str, names: Names, words: Words, utc_offset_s: int) -> WaitingRow:
    state = words(f"waiting_list.state.{visit.state}") if visit.state != "waiting" else ""
    counter = str(visit.counter_number) if visit.counter_number else ""
    return WaitingRow(
        place=place,
        visit_id=visit.visit_id,
        number=ticket_number(visit.prefix, visit.number),
        priority_class=name_in(
            names.classes.get(visit.priority_class_id, {"vi": visit.priority_class_id}), words.language
        ),
        taken=clock(words, visit.taken_at, utc_offset_s),
        where=" · ".join(part for part in (counter, state) if part),
        service_id=visit.service_id,
    )


def list_text(queues: Sequence[WaitingQueue], words: Words, made_at: datetime, utc_offset_s: int) -> str:
    """Write the list as plain text, for a printer that knows nothing else."""
    head = words("waiting_list.printed", when=clock(words, made_at, utc_offset_s))
    lines = [f"{words('waiting_list.title')} · {head}", ""]
    for queue in queues:
        lines.append(f"{queue.name} ({words('waiting_list.count', count=queue.count)})")
        for row in queue.rows:
            where = f"  [{row.where}]" if row.where else ""
            lines.append(f"  {row.place:>4}  {row.number:<8} {row.taken}  {row.priority_class}{where}")
        lines.append("")
    return "\n".join(lines if queues else [*lines, words("waiting_list.none"), ""])
