"""The kiosk's printer behind a queue: draws tickets, hands them to the printer's owner, tells what became of them."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

import apsw

from hardware.printer import (
    JobMissing,
    Outcome,
    PrinterOwner,
    PrinterStatus,
    PrinterStopped,
    Profile,
    ReprintTooSoon,
    TooManyJobs,
)
from hardware.registry import Device
from hardware.ticket import TicketContent, ticket_bytes
from kiosk.ticket.model import Input, PrinterHealth, PrinterTold, Ticket
from kiosk.widgets.worker import Worker
from protocol.commands import TicketState

_TOLD = frozenset({"confirmed", "uncertain", "held", "failed", "void"})
HEALTH_EVERY_S = 2.0
TICKETS_ABOUT = 5


class Printing:
    """One printer and the thread that draws for it. `tell` is called from several threads."""

    def __init__(
        self,
        device: Device,
        profile: Profile,
        folder: Path,
        tell: Callable[[Input], None],
        health_every_s: float = HEALTH_EVERY_S,
    ) -> None:
        self._tell = tell
        self._profile = profile.on_wire(device.bytes_per_s)
        self._health: PrinterHealth | None = None
        folder.mkdir(parents=True, exist_ok=True)
        self._owner = PrinterOwner(device.open, self._profile, folder / "jobs.db", self._outcome)
        self._worker = Worker("tickets", pulse=self._look, every_s=health_every_s)

    def expect(self, contents: Iterable[TicketContent]) -> None:
        """Draw what tickets like these have in common, one by one between the real ones, before anybody waits."""
        self._worker.put(lambda: self._expect_next(iter(contents)))

    def _expect_next(self, contents: Iterator[TicketContent]) -> None:
        content = next(contents, None)
        if content is not None:
            self._body(content)
            self._worker.put(lambda: self._expect_next(contents))

    def print(self, ticket: Ticket, content: Callable[[], TicketContent]) -> None:
        """Draw and order a ticket; `replied_at` for the books is now, when the number is known."""
        replied_at = datetime.now(UTC)  # noqa: TID251 -- the books of the printer are kept in real time.
        self._worker.put(lambda: self._order(ticket, content(), replied_at))

    def withdraw(self, visit_id: str) -> None:
        """Take a held ticket back: its citizen has left."""
        self._worker.put(lambda: self._owner.withdraw(visit_id))

    def mended(self, on_done: Callable[[PrinterStatus], None] = lambda _: None) -> None:
        """A jam has been cleared by hand: tell the printer to go on. Raises PrinterStopped."""
        self._owner.mended(on_done)

    def paper_changed(self, on_done: Callable[[PrinterStatus], None] = lambda _: None) -> None:
        """A fresh roll is in; `on_done` hears so once it is on disk. Raises PrinterStopped."""
        self._owner.paper_changed(on_done)

    def status(self) -> PrinterStatus:
        """Give what is known of the printer now, without waiting."""
        return self._owner.status()

    @property
    def roll_mm(self) -> float:
        """How long a fresh roll is taken to be."""
        return self._profile.roll_mm

    def reason(self, status: PrinterStatus) -> str | None:
        """Name what is amiss, "" for nothing; None for a printer that has told nothing yet: it may be well or not."""
        mute = self._profile.status == "none"
        if not status.known and status.trouble is None and not mute:
            return None
        return str(status.trouble or ("paper_low" if status.paper_low else "mute" if mute else ""))

    def close(self) -> None:
        """End: a ticket under way is finished, the others wait on disk."""
        self._worker.close()
        self._owner.close()

    def _order(self, ticket: Ticket, content: TicketContent, replied_at: datetime) -> None:
        visit_id = ticket.given.visit.visit_id
        try:
            if ticket.copy == 0:
                self._owner.submit(visit_id, visit_id, self._body(content), replied_at=replied_at)
            else:
                self._owner.reprint(visit_id, lambda _: self._body(content))
        except (TooManyJobs, PrinterStopped, JobMissing, ReprintTooSoon, apsw.Error) as error:
            # The number stands, the paper does not come: the screen says so, and the next printer is a clerk's.
            self._tell(PrinterTold(visit_id, ticket.copy, "queued"))
            self._tell(PrinterTold(visit_id, ticket.copy, "failed", _reason(error)))
        else:
            self._tell(PrinterTold(visit_id, ticket.copy, "queued"))

    def _body(self, content: TicketContent) -> bytes:
        return ticket_bytes(content, self._profile.width_dots, self._profile.feed_units_per_dot)

    def _outcome(self, outcome: Outcome) -> None:
        if outcome.state in _TOLD:
            state = cast("TicketState", outcome.state.value)
            self._tell(PrinterTold(outcome.visit_id, outcome.attempt, state, outcome.reason))
        elif outcome.state == "sent" and outcome.settled:
            # More will never be known of this kind of printer: the citizen is asked.
            self._tell(PrinterTold(outcome.visit_id, outcome.attempt, "uncertain", outcome.reason))

    def _look(self) -> None:
        """Tell the printer's health when it has changed; of one that has told nothing yet nothing is told."""
        status = self._owner.status()
        reason = self.reason(status)
        if reason is None:
            return
        left = status.tickets_left
        # About so many: the report is for fetching a roll, not for counting tickets.
        about = None if left is None or reason != "paper_low" else left - left % TICKETS_ABOUT
        health = PrinterHealth(reason, about)
        if health != self._health:
            self._health = health
            self._tell(health)


def _reason(error: Exception) -> str:
    with suppress(KeyError):
        return {TooManyJobs: "too_many", PrinterStopped: "storage", apsw.Error: "storage"}[type(error)]
    return "error"
