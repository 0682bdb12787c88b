"""The one owner of a printer: a thread between the job table and the link.

It decides nothing: :class:`hardware.printer.dialogue.Dialogue` does. It writes each decision to disk before it acts on
it or tells it.
"""

import math
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from queue import SimpleQueue
from typing import Final

import apsw

from hardware.links import Interrupt, Link, LinkBusy, LinkGone
from hardware.printer.dialogue import Dialogue
from hardware.printer.jobs import Job, JobMissing, JobRecord, JobState, JobTable
from hardware.printer.notes import CloseLink, Effect, Note, PutBack, Reason
from hardware.printer.paper import LOW_TICKETS, Paper
from hardware.printer.profiles import Profile
from hardware.printer.raster import length_rows

WAIT_MOST_S: Final = 60.0
MM_PER_INCH: Final = 25.4
MM_PER_LINE: Final = 3.75  # What ESC d feeds for a line: 30 dots at 203 an inch.


@dataclass(frozen=True, slots=True)
class Outcome:
    """News of a job. ``attempt`` 0 is the ticket, n its n-th reprint; ``reason`` is a Reason or a Trouble.

    While not ``settled``, more will follow: a held ticket comes out by itself after the mend.
    """

    job_id: str
    visit_id: str
    attempt: int
    state: JobState
    reason: str
    settled: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class PrinterStatus:
    """What is known of the printer now. ``trouble`` None with ``known`` False is *unknown*, never *fine*."""

    link_open: bool
    known: bool
    trouble: str | None  # A Trouble, or "unreachable", "in_use", "silent", "storage".
    near_end: bool
    jobs_waiting: int
    tickets_since_near_end: int
    paper_used_mm: float  # Since the last fresh roll.
    tickets_left: int | None  # About so many; None when nothing can be foretold.

    @property
    def paper_low(self) -> bool:
        """Whether somebody should fetch a new roll."""
        return self.near_end or (self.tickets_left is not None and self.tickets_left <= LOW_TICKETS)


OnDone = Callable[[PrinterStatus], None]
"""Told on the owner's thread, once what was said has been done and is on disk: it must return at once and not raise."""


def _nobody(_: PrinterStatus) -> None:
    """Tell nobody."""


class PrinterStopped(Exception):  # noqa: N818 - named for what happened.
    """The owner has ended: closed, or its disk failed. Restart the program once the disk is well."""


class ReprintTooSoon(Exception):  # noqa: N818 - named for what happened.
    """The ticket or an earlier reprint of it may still come out by itself."""


class PrinterOwner:
    """Owns one printer from construction to :meth:`close`.

    ``open_link`` opens the wire anew each time (raises LinkGone). ``on_outcome`` is called on the owner's thread, after
    the news is on disk; it must return at once and not raise (put it on a queue). Jobs of an earlier run are taken up:
    what had not begun is printed if its citizen can still be there, what had begun is told as uncertain.

    All methods may be called from any thread. Raises apsw.Error when the table cannot be opened.
    """

    def __init__(
        self,
        open_link: Callable[[], Link],
        profile: Profile,
        jobs_path: Path,
        on_outcome: Callable[[Outcome], None],
    ) -> None:
        self._open_link = open_link
        self._profile = profile
        self._on_outcome = on_outcome
        self._table = JobTable(jobs_path, _now())
        self._dialogue = Dialogue(profile, time.monotonic())
        self._link: Link | None = None
        self._requests: SimpleQueue[tuple[Callable[[float], list[Effect]], OnDone]] = SimpleQueue()
        self._bell = Interrupt()
        self._finish_by_s = math.inf
        self._failure: str | None = None
        self._counted_serial = 0  # A job may be noted as sent twice: before and after a hold.
        self._paper = self._table.paper()
        self._cover_opened = False  # Since the near-end sensor told.
        self._status = self._look()
        self._thread = threading.Thread(target=self._run, name=f"printer {jobs_path.parent.name}")
        self._thread.start()

    # --- For other threads -------------------------------------------------------------------------------------------

    def submit(self, job_id: str, visit_id: str, body: bytes, *, replied_at: datetime | None = None) -> JobRecord:
        """Have ``body`` (raster, without reset and cut) printed once; it is on disk when this returns.

        The same ``job_id`` again changes nothing and returns how far the job has come. ``replied_at``: when the
        server's reply reached the terminal, kept to measure the time to the last byte.
        Raises TooManyJobs, PrinterStopped, apsw.Error (nothing will be printed).
        """
        self._submit(job_id, visit_id, body, attempt=0, replied_at=replied_at)
        return self._table.attempts(job_id)[0]

    def reprint(self, job_id: str, render: Callable[[int], bytes], *, copy: int = 0, visit_id: str = "") -> JobRecord:
        """Print the paper of a job again, with the same number. ``render(n)`` draws it marked as the n-th reprint.

        ``copy`` is the least n: other printers may have printed this paper, and with ``visit_id`` all of them may.
        Raises JobMissing, ReprintTooSoon while an earlier paper may still come, and what :meth:`submit` raises.
        """
        attempts = self._table.attempts(job_id)
        if not attempts and not (copy and visit_id):
            raise JobMissing(f"no ticket was ever printed for job {job_id}: look for it at the kiosk that issued it")
        if attempts and not attempts[-1].settled:
            last = attempts[-1]
            raise ReprintTooSoon(
                f"job {job_id} is {last.state} ({last.reason}): mend the printer, it will come by itself"
            )
        attempt = max(copy, attempts[-1].attempt + 1 if attempts else 0)
        named = attempts[-1].visit_id if attempts else visit_id
        self._submit(job_id, named, render(attempt), attempt=attempt, replied_at=None)
        return self._table.attempts(job_id)[-1]

    def withdraw(self, job_id: str) -> None:
        """Take a waiting or held ticket back: its citizen has left. The outcome tells whether it could be."""
        self._request(lambda now_s: self._dialogue.withdrawn(job_id, now_s))

    def mended(self, on_done: OnDone = _nobody) -> None:
        """Say that somebody has cleared a jam: the printer is told to go on. Raises PrinterStopped."""
        self._see_that_it_runs()
        self._request(self._dialogue.mended, on_done)

    def paper_changed(self, on_done: OnDone = _nobody) -> None:
        """Say that a fresh roll is in, for printers that cannot tell. Raises PrinterStopped."""
        self._see_that_it_runs()
        self._request(self._fresh_roll, on_done)

    def attempts(self, job_id: str) -> list[JobRecord]:
        """Return what is known of a ticket and its reprints, with the instants; empty when unknown."""
        return self._table.attempts(job_id)

    def status(self) -> PrinterStatus:
        """Return what is known of the printer now."""
        return self._status

    def close(self, finish_s: float = 5.0) -> None:
        """End: a ticket under way gets ``finish_s`` to be confirmed; the others wait on disk for the next start."""
        self._finish_by_s = time.monotonic() + finish_s
        if self._thread.is_alive():
            self._bell.ring()
            self._thread.join()
        self._table.close()
        self._bell.close()

    def _submit(self, job_id: str, visit_id: str, body: bytes, *, attempt: int, replied_at: datetime | None) -> None:
        self._see_that_it_runs()
        job = self._table.add(job_id, visit_id, body, attempt=attempt, now=_now(), replied_at=replied_at)
        if job is not None:
            self._request(lambda now_s: self._take_up(job, now_s))

    def _see_that_it_runs(self) -> None:
        if self._failure is not None or not self._thread.is_alive():
            raise PrinterStopped(self._failure or "the printer's owner has been closed")

    def _request(self, action: Callable[[float], list[Effect]], on_done: OnDone = _nobody) -> None:
        self._requests.put((action, on_done))
        self._bell.ring()

    # --- The owner's thread ------------------------------------------------------------------------------------------

    def _run(self) -> None:
        try:
            self._recover()
            while not self._finished():
                self._turn()
                self._status = self._look()
        except apsw.Error as error:
            # The table can no longer say what was printed, so nothing more may be printed. The unsettled jobs are told
            # when the program starts on a disk that works.
            self._failure = f"the job table cannot be written: {error}"
            self._status = self._look()
        finally:
            if self._link is not None:
                self._link.close()

    def _finished(self) -> bool:
        now_s = time.monotonic()
        return now_s >= self._finish_by_s or (self._finish_by_s < math.inf and not self._dialogue.under_way)

    def _recover(self) -> None:
        untouched, begun = self._table.unsettled()
        for job in begun:
            self._note(Note(job, JobState.UNCERTAIN, Reason.RESTARTED, settled=True))
        for job in untouched:
            self._perform(self._take_up(job, time.monotonic()))

    def _turn(self) -> None:
        now_s = time.monotonic()
        while not self._requests.empty():
            action, on_done = self._requests.get()
            self._perform(action(now_s))
            self._status = self._look()
            on_done(self._status)
        if self._link is None and self._dialogue.wants_open(now_s):
            self._open()
        wait_s = min(WAIT_MOST_S, max(0.0, min(self._dialogue.deadline_s(), self._finish_by_s) - time.monotonic()))
        if self._link is None:
            self._bell.wait(wait_s)
        else:
            self._converse(self._link, wait_s)
        self._perform(self._dialogue.tick(time.monotonic()))

    def _open(self) -> None:
        try:
            self._link = self._open_link()
        except LinkGone as error:
            reason = Reason.IN_USE if isinstance(error, LinkBusy) else Reason.UNREACHABLE
            self._perform(self._dialogue.open_failed(time.monotonic(), _jitter(), reason))
        else:
            self._perform(self._dialogue.opened(time.monotonic()))

    def _converse(self, link: Link, wait_s: float) -> None:
        try:
            if link.wait(wait_s, self._bell, to_write=bool(self._dialogue.to_write())):
                if data := link.read(0):
                    self._perform(self._dialogue.received(data, time.monotonic()))
                if self._link is link and (piece := self._dialogue.to_write()):
                    self._perform(self._dialogue.wrote(link.write_some(piece), time.monotonic()))
            if self._link is link and self._dialogue.wants_port_status(time.monotonic()):
                self._perform(self._dialogue.port_told(link.port_status(), time.monotonic()))
        except LinkGone:
            self._drop_link()

    def _drop_link(self) -> None:
        if self._link is not None:
            self._link.close()
            self._link = None
        self._perform(self._dialogue.gone(time.monotonic(), _jitter()))

    def _perform(self, effects: list[Effect]) -> None:
        for effect in effects:
            match effect:
                case Note():
                    self._note(effect)
                case PutBack(job=job):
                    self._table.put_back(job.serial, _now())
                case CloseLink():
                    self._drop_link()
        self._watch_paper()

    def _note(self, note: Note) -> None:
        job, now = note.job, _now()
        self._table.record(job.serial, note.state, note.reason, settled=note.settled, now=now)
        if note.state is JobState.SENT and job.serial > self._counted_serial:
            self._counted_serial = job.serial
            self._count_paper(job.body)
        self._on_outcome(Outcome(job.job_id, job.visit_id, job.attempt, note.state, note.reason, note.settled, now))

    def _count_paper(self, body: bytes) -> None:
        profile = self._profile
        rows = length_rows(body, profile.width_dots, profile.feed_units_per_dot)
        millimetres = rows / profile.dots_per_inch * MM_PER_INCH + profile.feed_lines * MM_PER_LINE
        self._keep_paper(self._paper.after_ticket(millimetres))

    def _keep_paper(self, paper: Paper) -> None:
        if paper != self._paper:
            self._table.keep_paper(paper)
            self._paper = paper

    def _watch_paper(self) -> None:
        """See in what the printer tells that a roll has been changed, or nears its end."""
        condition = self._dialogue.condition
        self._cover_opened = self._cover_opened or condition.cover_open
        if condition.cover_open or not condition.paper_known:
            return
        if self._dialogue.refilled or (self._paper.near_end and self._cover_opened and not condition.near_end):
            self._fresh_roll(time.monotonic())
        elif condition.near_end and not condition.paper_out:
            self._cover_opened = False
            self._keep_paper(self._paper.after_near_end(self._profile.roll_mm, self._profile.near_end_mm))

    def _fresh_roll(self, _: float) -> list[Effect]:
        self._dialogue.refilled = self._cover_opened = False
        self._keep_paper(self._paper.after_change())
        return []

    def _take_up(self, job: Job, now_s: float) -> list[Effect]:
        waited_s = max(0.0, (_now() - job.submitted_at).total_seconds())
        return self._dialogue.submitted(job, now_s, now_s + self._profile.held_limit_s - waited_s)

    def _look(self) -> PrinterStatus:
        dialogue = self._dialogue
        trouble: str | None = dialogue.condition.trouble
        if self._failure is not None:
            trouble = "storage"
        elif not dialogue.is_open and not dialogue.resting:
            trouble = dialogue.why_closed or None
        elif dialogue.silent and trouble is None:  # The port's own lines may know better.
            trouble = Reason.SILENT
        return PrinterStatus(
            link_open=dialogue.is_open,
            known=dialogue.condition.known,
            trouble=trouble,
            near_end=dialogue.condition.near_end,
            jobs_waiting=dialogue.jobs_waiting,
            tickets_since_near_end=self._paper.tickets_since_near_end,
            paper_used_mm=round(self._paper.used_mm, 1),
            tickets_left=self._paper.tickets_left(self._profile.roll_mm),
        )


def _now() -> datetime:
    return datetime.now(UTC)  # noqa: TID251 - the owner is a loop, and loops read the clock.


def _jitter() -> float:
    """Chance enough to keep the devices behind one switch apart."""
    return time.monotonic_ns() % 997 / 997
