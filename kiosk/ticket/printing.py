"""The kiosk's printer behind a queue: draws tickets, hands them to the printer's owner, tells what became of them."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

import apsw

from hardware.printer import (
    JobMissing,
    JobRecord,
    Outcome,
    PrinterOwner,
    PrinterStatus,
    PrinterStopped,
    Profile,
    ReprintTooSoon,
    TooManyJobs,
)
from hardware.registry import Device
from hardware.ticket import TicketContent, draw_trial, picture_bytes, ticket_bytes, trial_content
from kiosk.ticket.model import Input, PrinterHealth, PrinterTold, Ticket
from kiosk.widgets.worker import Worker
from presentation.texts import Words
from protocol.commands import TicketState

_TOLD = frozenset({"confirmed", "uncertain", "held", "failed", "void"})
HEALTH_EVERY_S = 2.0
TICKETS_ABOUT = 5
TRIALS_REMEMBERED = 16
"""So many tickets on trial are told from those of citizens, whatever becomes of them late."""


class Printing:
    """One printer and the thread that draws for it. `tell` is called from several threads."""

    def __init__(
        self,
        device: Device,
        profile: Profile,
        folder: Path,
        tell: Callable[[Input], None],
        health_every_s: float = HEALTH_EVERY_S,
        *,
        words: Words | None = None,
    ) -> None:
        self._tell = tell
        self._words = words
        self._trials: dict[str, Callable[[str, str], None]] = {}
        """By job: who wants to know how a ticket on trial ended."""
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

    def print_trial(self, trial_id: str, on_end: Callable[[str, str], None]) -> None:
        """Print a ticket on trial; `on_end` hears how that ended and why. One that is held is taken back at once."""
        self._worker.put(lambda: self._order_trial(trial_id, on_end))

    def _order_trial(self, trial_id: str, on_end: Callable[[str, str], None]) -> None:
        assert self._words is not None, "a kiosk that prints trials has words for them"
        now = datetime.now(UTC)  # noqa: TID251 -- the paper tells the hour of this machine.
        picture = draw_trial(trial_content(self._words, now), self._profile.width_dots)
        self._order_aside(trial_id, picture_bytes(picture, self._profile.feed_units_per_dot), on_end)

    def print_code(self, voice_id: str, content: TicketContent, on_end: Callable[[str, str], None]) -> None:
        """Print the slip of a voice, as a ticket on trial is printed: one that is held is taken back at once.

        Its citizen reads the code from the screen then; a stranger shall not find it hours later.
        """
        self._worker.put(lambda: self._order_aside(voice_id, self._body(content), on_end))

    def _order_aside(self, job_id: str, body: bytes, on_end: Callable[[str, str], None]) -> None:
        """Order a paper that is no ticket: the server hears nothing of it."""
        self._trials[job_id] = on_end
        while len(self._trials) > TRIALS_REMEMBERED:
            del self._trials[next(iter(self._trials))]
        try:
            self._owner.submit(job_id, job_id, body)
        except (TooManyJobs, PrinterStopped, apsw.Error) as error:
            self._trials.pop(job_id, on_end)("failed", _reason(error))

    def withdraw(self, job_id: str) -> None:
        """Take a held ticket back: its citizen has left, or staff want it no more."""
        self._worker.put(lambda: self._owner.withdraw(job_id))

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
        visit_id, order_id = ticket.given.visit.visit_id, ticket.order_id
        settled: JobRecord | None = None
        try:
            if order_id:
                # A paper of its own: known from before, it is not printed again, and only what came of it is told.
                record = self._owner.submit(order_id, visit_id, self._body(content), replied_at=replied_at)
                settled = record if record.settled else None
            elif ticket.copy == 0:
                self._owner.submit(visit_id, visit_id, self._body(content), replied_at=replied_at)
            else:
                body = self._body(content)
                self._owner.reprint(visit_id, lambda _: body, copy=ticket.copy, visit_id=visit_id)
        except (TooManyJobs, PrinterStopped, JobMissing, ReprintTooSoon, apsw.Error) as error:
            # The number stands, the paper does not come: the screen says so, and the next printer is a clerk's.
            self._tell(PrinterTold(visit_id, ticket.copy, "queued", order_id=order_id))
            self._tell(PrinterTold(visit_id, ticket.copy, "failed", _reason(error), order_id))
        else:
            self._tell(PrinterTold(visit_id, ticket.copy, "queued", order_id=order_id))
            if settled is not None:
                self._tell_of(settled)

    def _body(self, content: TicketContent) -> bytes:
        return ticket_bytes(content, self._profile.width_dots, self._profile.feed_units_per_dot)

    def _outcome(self, outcome: Outcome) -> None:
        if outcome.visit_id in self._trials:
            self._trial_outcome(outcome)
        else:
            self._tell_of(outcome)

    def _tell_of(self, known: Outcome | JobRecord) -> None:
        order_id = known.job_id if known.job_id != known.visit_id else ""
        if known.state in _TOLD:
            state = cast("TicketState", known.state.value)
            self._tell(PrinterTold(known.visit_id, known.attempt, state, known.reason, order_id))
        elif known.state == "sent" and known.settled:
            # More will never be known of this kind of printer: the citizen is asked.
            self._tell(PrinterTold(known.visit_id, known.attempt, "uncertain", known.reason, order_id))

    def _trial_outcome(self, outcome: Outcome) -> None:
        if outcome.state == "held":
            # Nobody waits for it any more once the paper is in again: it must not come out before a citizen's ticket.
            self._owner.withdraw(outcome.visit_id)
        elif not outcome.settled:
            return
        mute = outcome.state == "sent"
        result = "done" if outcome.state == "confirmed" else "unseen" if mute else "failed"
        on_end, self._trials[outcome.visit_id] = self._trials[outcome.visit_id], _nobody
        on_end(result, "look" if mute else "" if result == "done" else str(outcome.reason))

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


def _nobody(_result: str, _why: str) -> None:
    """Tell nobody: the first word about a trial counted."""


def _reason(error: Exception) -> str:
    with suppress(KeyError):
        return {TooManyJobs: "too_many", PrinterStopped: "storage", apsw.Error: "storage"}[type(error)]
    return "error"
