"""What to say to a printer next, and what to believe of it. Pure: time and bytes come in, bytes and notes go out.

One ticket is with the printer at a time. The way of a ticket::

    waiting ──check──▶ sending ──last byte──▶ confirming ──fence answered──▶ confirmed
       ▲  trouble: held    stall, trouble: held     trouble: held; no answer: check, wait once more, then uncertain

Rules that are easy to get wrong:

- Status requests are sent between jobs only; inside a raster they would be dots.
- Paper out, cover open, cutter: the printer keeps what it has been given and prints it after the mend, even over a
  connection that has been closed meanwhile. So a job of which bytes have left is never sent again.
- A link that breaks, or a printer that answers but never confirms (it was switched off and on), leaves *uncertain*;
  what the kernel has taken may be anywhere. An answered fence is believed when the proof holds (:mod:`.proof`).
- A ticket that has waited too long is taken back, so that it does not come out for the next citizen.
"""

import math
from collections import deque
from enum import Enum
from typing import Final, Literal

from hardware.links import CHUNK_BYTES, reopen_delay_s
from hardware.printer import commands
from hardware.printer.jobs import Job, JobState
from hardware.printer.notes import CloseLink, Effect, Note, PutBack, Reason
from hardware.printer.profiles import Profile
from hardware.printer.proof import PAPER_ANSWERS, Proof, ticket_bytes_with_proof
from hardware.printer.raster import BAND_HEAD_BYTES
from hardware.printer.replies import (
    AutomaticStatus,
    Block,
    Condition,
    Demultiplexer,
    Flow,
    PaperStatus,
    RealTimeStatus,
    Reply,
)

RASTER_ROWS_AT_ONCE: Final = 256  # The tallest band that a ticket is sent in.
LOOK_AGAIN_S: Final = 1.0  # While something is amiss.
SETTLE_S: Final = 0.2  # After a silence, for late answers to come.
LOOK_IDLE_S: Final = 5.0  # While nothing is to do: an empty roll should be known before a citizen meets it.
SILENCES_MOST: Final = 3  # Then the link is opened anew.


class _Phase(Enum):
    CLOSED = "closed"
    IDLE = "idle"
    SENDING = "sending"
    CONFIRMING = "confirming"


class Dialogue:
    """The conversation with one printer. All times are seconds of one steady clock."""

    def __init__(self, profile: Profile, now_s: float = 0.0) -> None:
        self.profile = profile
        self.condition = Condition()
        self.refilled = False  # Set when paper comes back after an end; the owner resets it.
        self._ran_out = False
        self._demultiplexer = Demultiplexer()
        self._phase = _Phase.CLOSED
        self._waiting: deque[tuple[Job, float]] = deque()  # With the time after which it is too late.
        self._told: dict[int, str] = {}  # serial -> why a waiting job has been told to be held.
        self._job: Job | None = None
        self._proof: Proof | None = None  # Of the job.
        self._held: str | None = None
        self._outbox = b""
        self._written = 0
        self._may_send = True
        self._asked = 0  # The n of the DLE EOT that is out, 0 when none is.
        self._silences = 0
        self._failures = 0
        self._why_closed = Reason.NONE  # Not tried yet.
        self._resting = False  # The link has been given back for others to use, and nothing is wrong.
        self._open_at_s = now_s
        self._look_at_s = math.inf  # When to ask for status next.
        self._reply_by_s = math.inf
        self._progress_by_s = math.inf
        self._confirm_by_s = math.inf
        self._given_up_at_s = math.inf
        self._second_wait = False
        self._taking_back: Reason | None = None  # A held ticket is being cleared from the printer's buffer.
        self._unwanted = False  # The ticket's citizen has gone.
        self._in_doubt = False  # The printer was silent while it had the ticket.
        self._mended_unsaid = False  # Somebody cleared a jam while it could not be said.
        self._amends_due = False  # A raster was cut short by a broken link.
        self._owed: Literal["", "due", "asked", "heard"] = ""  # Late answers to an earlier ticket's fence; see _flush.
        self._port_at_s = math.inf  # When to look at the lines of a parallel port next, where the link has them.

    # --- What the owner asks -----------------------------------------------------------------------------------------

    @property
    def is_open(self) -> bool:
        """Whether the link is open."""
        return self._phase is not _Phase.CLOSED

    @property
    def jobs_waiting(self) -> int:
        """How many jobs are not settled."""
        return len(self._waiting) + (self._job is not None)

    @property
    def resting(self) -> bool:
        """Whether the link is closed because nothing is to do, not because something is wrong."""
        return self._resting and not self.is_open

    @property
    def why_closed(self) -> Reason:
        """Why the link is not open, when it is not :attr:`resting`."""
        return self._why_closed

    @property
    def silent(self) -> bool:
        """Whether the last status request was not answered."""
        return self._silences > 0

    @property
    def under_way(self) -> bool:
        """Whether a ticket is with the printer and nothing is known to hold it up."""
        return self._job is not None and self._held is None

    def wants_open(self, now_s: float) -> bool:
        """Whether it is time to try to open the link."""
        return self._phase is _Phase.CLOSED and now_s >= self._open_at_s

    def to_write(self) -> bytes:
        """Return what the link may be given now, at most one chunk; b"" while there is nothing or XOFF holds."""
        return self._outbox[self._written : self._written + CHUNK_BYTES] if self._may_send else b""

    def deadline_s(self) -> float:
        """When :meth:`tick` has something to do, whatever comes in."""
        too_late_s = min((late_s for _, late_s in self._waiting), default=math.inf)
        if self._phase is _Phase.CLOSED:
            return min(too_late_s, self._open_at_s)
        timers = (self._look_at_s, self._reply_by_s, self._progress_by_s, self._confirm_by_s, self._given_up_at_s)
        return min(too_late_s, *timers, self._port_at_s if self._needs_port else math.inf)

    @property
    def _needs_port(self) -> bool:
        return self.is_open and (self.profile.status == "none" or self.silent)

    def wants_port_status(self, now_s: float) -> bool:
        """Whether the port's own lines should be looked at: the printer itself says nothing."""
        return self._needs_port and now_s >= self._port_at_s

    # --- What happens ------------------------------------------------------------------------------------------------

    def submitted(self, job: Job, now_s: float, too_late_at_s: float) -> list[Effect]:
        """Take a job that is on disk."""
        self._waiting.append((job, too_late_at_s))
        if self.resting:
            self._open_at_s = now_s
        if self._phase is _Phase.CLOSED and self._failures:
            return self._hold_waiting(self._why_closed)
        if self._phase is _Phase.IDLE and self._silences:
            return self._hold_waiting(Reason.SILENT)
        # Between the answers of a look "off line" may be known, and not yet why: its end tells.
        if self._phase is _Phase.IDLE and self.condition.trouble and not self._asked:
            return self._hold_waiting(self.condition.trouble)
        return self._go_on(now_s)

    def withdrawn(self, job_id: str, now_s: float) -> list[Effect]:
        """Take a job back while its paper cannot come out, now or as soon as something holds it up."""
        effects = self._drop(
            [entry for entry in self._waiting if entry[0].job_id == job_id], JobState.VOID, Reason.WITHDRAWN
        )
        if self._job is not None and self._job.job_id == job_id:
            self._unwanted = True
            effects += self._back_if_unwanted(now_s)
        return effects + self._go_on(now_s)

    def mended(self, now_s: float) -> list[Effect]:
        """Tell the printer that somebody has mended it (``DLE ENQ 1`` after a cutter jam), and look."""
        if self._phase in {_Phase.IDLE, _Phase.CONFIRMING}:
            self._say(commands.RECOVER_AND_GO_ON)
            self._look_at_s = now_s
        # Within a raster it would be dots: it is said behind the ticket, or when the link is open again.
        self._mended_unsaid = self._phase in {_Phase.CLOSED, _Phase.SENDING}
        if self.resting:
            self._open_at_s = now_s
        return self._go_on(now_s)

    def opened(self, now_s: float) -> list[Effect]:
        """Take note that the link is open."""
        self._phase = _Phase.IDLE
        self._demultiplexer = Demultiplexer()
        self.condition = Condition()
        self._outbox, self._written, self._may_send = b"", 0, True
        self._asked, self._silences = 0, 0
        self._resting = False
        self._owed = "due" if self._owed else ""
        self._look_at_s = math.inf if self.profile.status == "none" else now_s
        self._port_at_s = now_s
        if self._mended_unsaid:
            # Within the head of a torn raster our word would be taken for its size: zeros end the head first.
            self._say(bytes(BAND_HEAD_BYTES if self._amends_due else 0) + commands.RECOVER_AND_GO_ON)
            self._mended_unsaid = False
        if self._amends_due:
            self._say(self._amends())
        if self.profile.status == "none":
            self._failures, self._amends_due = 0, False
            if self.profile.link == "per_job" and not self._waiting:
                return self._rest()
        return self._go_on(now_s)

    def open_failed(self, now_s: float, jitter: float, reason: Reason = Reason.UNREACHABLE) -> list[Effect]:
        """Wait longer before the next try to open, and tell those who wait."""
        self._failures += 1
        self._resting, self._why_closed = False, reason
        self._open_at_s = now_s + reopen_delay_s(self._failures, jitter)
        return self._hold_waiting(reason)

    def gone(self, now_s: float, jitter: float) -> list[Effect]:
        """Take note that the link is broken, or was closed as asked."""
        effects: list[Effect] = []
        if self._phase is not _Phase.SENDING and commands.RECOVER_AND_GO_ON in self._outbox[self._written :]:
            self._mended_unsaid = True  # It was said to nobody; said once too often it does no harm.
        if self._job is not None:
            if self._phase is _Phase.SENDING and self._written == 0 and self._unwanted:
                effects.append(Note(self._job, JobState.VOID, Reason.WITHDRAWN, settled=True))
            elif self._phase is _Phase.SENDING and self._written == 0:
                effects.append(PutBack(self._job))
                self._waiting.appendleft((self._job, now_s + self.profile.held_limit_s))
            else:
                self._amends_due = True
                effects.append(Note(self._job, JobState.UNCERTAIN, Reason.LINK_GONE, settled=True))
        self._forget_job()
        self._phase = _Phase.CLOSED
        self._look_at_s = self._reply_by_s = math.inf
        if self._resting:
            rest_s = math.inf if self.profile.status == "none" else self.profile.rest_s
            self._open_at_s = now_s if self._waiting else now_s + rest_s
            return effects
        self._failures += 1
        self._why_closed = Reason.UNREACHABLE
        self._open_at_s = now_s + reopen_delay_s(self._failures, jitter)
        self.condition = Condition()
        return effects

    def wrote(self, count: int, now_s: float) -> list[Effect]:
        """Take note that the link has taken ``count`` bytes of :meth:`to_write`."""
        if not count:
            return []
        self._written += count
        if self._phase is not _Phase.SENDING:
            if self._asked:  # The question may stand behind amends: its answer is due once it has gone.
                self._reply_by_s = now_s + self.profile.reply_s
            return []
        self._progress_by_s = now_s + self.profile.stall_s
        effects: list[Effect] = []
        if self._held and not self.condition.trouble:
            effects += self._unhold(JobState.SENDING)
        if self._written == len(self._outbox):
            effects += self._handed(now_s)
        return effects + self._go_on(now_s)

    def received(self, data: bytes, now_s: float) -> list[Effect]:
        """Understand bytes from the printer."""
        effects: list[Effect] = []
        for reply in self._demultiplexer.feed(data, now_s):
            effects += self._heard(reply, now_s)
        return effects + self._go_on(now_s)

    def tick(self, now_s: float) -> list[Effect]:
        """Do what is due."""
        effects = self._drop([entry for entry in self._waiting if now_s >= entry[1]], JobState.FAILED, Reason.TOO_LATE)
        if now_s >= self._reply_by_s:
            effects += self._silence(now_s)
        if now_s >= self._progress_by_s:
            self._progress_by_s = math.inf
            effects += self._hold(self.condition.trouble or Reason.STALLED, now_s)
        if now_s >= self._given_up_at_s:
            effects += self._give_up(now_s)
        if now_s >= self._confirm_by_s:
            effects += self._overdue(now_s)
        return effects + self._go_on(now_s)

    # --- Sending -----------------------------------------------------------------------------------------------------

    def _say(self, data: bytes) -> None:
        self._outbox = self._outbox[self._written :] + data
        self._written = 0

    def _go_on(self, now_s: float) -> list[Effect]:
        """Ask for status when it is time or when a job waits; start the job when nothing speaks against it."""
        if self._phase in {_Phase.CLOSED, _Phase.SENDING} or self._asked:
            return []
        if self._phase is _Phase.IDLE and self._waiting:
            if self.profile.status == "none":
                return [] if self.condition.trouble else self._start(now_s)
            if not self.condition.trouble and not self._silences and self._owed not in {"asked", "heard"}:
                self._look_at_s = now_s
        if now_s >= self._look_at_s:
            self._ask(1, now_s)
        return []

    def _start(self, now_s: float) -> list[Effect]:
        job, _ = self._waiting.popleft()
        self._owed = ""
        self._told.pop(job.serial, None)
        data, self._proof = ticket_bytes_with_proof(job, self.profile, self._demultiplexer.noise)
        self._job, self._phase = job, _Phase.SENDING
        self._outbox, self._written = data, 0
        self._progress_by_s = now_s + self.profile.stall_s
        self._look_at_s = math.inf
        return [Note(job, JobState.SENDING)]

    def _handed(self, now_s: float) -> list[Effect]:
        """Wait for the confirmation: the last byte has been handed to the link."""
        assert self._job is not None
        self._phase = _Phase.CONFIRMING
        self._progress_by_s = math.inf
        self._second_wait = False
        if self._mended_unsaid:
            self._say(commands.RECOVER_AND_GO_ON)
            self._mended_unsaid = False
        sent = Note(self._job, JobState.SENT)
        if self.profile.confirm == "none" and self.profile.status == "none":
            return [sent, *self._settle(JobState.SENT, Reason.UNCONFIRMED, now_s)]
        if self._held:
            self._look_at_s = now_s + LOOK_AGAIN_S
            return [sent, Note(self._job, JobState.HELD, self._held)]
        self._confirm_by_s = now_s + self.profile.printing_s(len(self._job.body))
        return [sent]

    # --- Hearing -----------------------------------------------------------------------------------------------------

    def _heard(self, reply: Reply, now_s: float) -> list[Effect]:
        self._failures = 0
        match reply:
            case Flow(may_send=may_send):
                self._may_send = may_send
            case Block():
                if self._phase is not _Phase.CONFIRMING or self._job is None:
                    return []  # The fence has not been sent: a late answer to an earlier ticket, of whosever.
                if reply.process_id == commands.process_id(self._job.serial):
                    return self._confirmed(now_s)
            case PaperStatus(byte=byte):
                return self._fence_answered(byte, now_s)
            case AutomaticStatus(bytes4=status):
                self._learn(self.condition.after_automatic(status))
                return self._judge(now_s)
            case RealTimeStatus(byte=byte):
                return self._answered(byte, now_s)
        return []

    def _fence_answered(self, byte: int, now_s: float) -> list[Effect]:
        """Take an answer to ``GS r``, or what looks like one."""
        if byte not in PAPER_ANSWERS or self._phase is _Phase.SENDING:
            self._demultiplexer.noise += 1  # Nobody asked, or nobody answers so.
            return []
        self._learn(self.condition.after_paper(byte))
        if self._phase is not _Phase.CONFIRMING or self._proof is None or not self._proof.fences_due:
            if self._owed in {"asked", "heard"}:
                self._owed = "heard"
                self._look_at_s = now_s + self.profile.reply_s
            return []
        self._proof.fences_due -= 1
        return [] if self._proof.fences_due else self._confirmed(now_s)

    def _confirmed(self, now_s: float) -> list[Effect]:
        """Believe the answered fence, or say why not."""
        assert self._proof is not None
        named = self.profile.confirm == "process_id"
        if self._proof.holds(self._proof.noise_before if named else self._demultiplexer.noise):
            return self._settle(JobState.CONFIRMED, Reason.NONE, now_s)
        return self._settle(JobState.UNCERTAIN, Reason.INTERRUPTED, now_s)

    def _learn(self, condition: Condition) -> None:
        self.condition = condition
        if condition.cover_open:
            return  # An open cover may look like an end of paper.
        self._ran_out = self._ran_out or condition.paper_out
        if self._ran_out and condition.paper_known and not condition.paper_out:
            self._ran_out, self.refilled = False, True

    def _ask(self, number: int, now_s: float) -> None:
        self._asked = number
        if self._proof is not None:
            self._proof.pulse_heard = False
        self._look_at_s = math.inf
        self._reply_by_s = now_s + self.profile.reply_s
        # Asked for with the first request after opening, and again here because a printer switched off and on forgets.
        if number == 1 and self.profile.status == "asb" and not self.condition.known:
            self._say(commands.AUTOMATIC_STATUS)
        self._say(commands.real_time_status(number))

    def _answered(self, byte: int, now_s: float) -> list[Effect]:
        if self._proof is not None and self._proof.pulse_answered():
            self._learn(self.condition.after_real_time(1, byte))
            if self._asked:  # Its answer comes after those to all pulses.
                self._reply_by_s = now_s + self.profile.reply_s
            return self._judge(now_s)
        if not self._asked:
            return []
        number, self._asked = self._asked, 0
        self._reply_by_s = math.inf
        self._amends_due = False  # It was heard as a question, so what was said before has been read to its end.
        if self._taking_back is not None:
            # If it was silent meanwhile, its confirmation may have been lost: then the paper may be out already.
            state = JobState.UNCERTAIN if self._in_doubt else JobState.VOID
            return self._settle(state, self._taking_back, now_s)
        if self._silences:
            # A printer whose buffer was full now answers all the questions it had not read: let it finish.
            self._silences = 0
            self._look_at_s = now_s + SETTLE_S
            return []
        self._learn(self.condition.after_real_time(number, byte))
        if number < 4:
            self._ask(number + 1, now_s)
            return []
        return self._looked(now_s)

    def _looked(self, now_s: float) -> list[Effect]:
        """Judge the printer: all four answers are in."""
        self._look_at_s = now_s + (LOOK_AGAIN_S if self.condition.trouble or self._held else LOOK_IDLE_S)
        if self._phase is _Phase.IDLE and self._waiting and not self.condition.trouble:
            return self._flush(now_s) if self._owed == "due" else self._start(now_s)
        if self.profile.link == "per_job" and self._phase is _Phase.IDLE and not self._waiting:
            return self._rest()
        if self._second_wait and self.profile.confirm == "none" and not self.condition.trouble:
            # It has had the time to print, and is well: more cannot be known of a printer of this kind.
            return self._settle(JobState.SENT, Reason.UNCONFIRMED, now_s)
        return self._judge(now_s)

    def _flush(self, now_s: float) -> list[Effect]:
        """Let late answers to an earlier ticket's fence come, before they are taken for those of the next ticket.

        They come before the answer to this question, which is asked once: a printer that never answers it would not
        confirm anyway.
        """
        self._owed = "asked"
        self._say(commands.FENCE_PAPER)
        self._look_at_s = now_s + self.profile.printing_s(2 * len(self._amends()))  # They may stand before it.
        return []

    def port_told(self, status: int | None, now_s: float) -> list[Effect]:
        """Learn from the lines of a parallel port (``GET_PORT_STATUS``); None where the link has none.

        They tell trouble only: many printers always say that they are well.
        """
        if status is None:
            self._port_at_s = math.inf
            return []
        self._learn(Condition.of_port(status))
        self._port_at_s = now_s + (LOOK_AGAIN_S if self.condition.trouble or self.silent else LOOK_IDLE_S)
        if self._phase is _Phase.CLOSED or (self.silent and not self.condition.trouble):
            return []
        return self._judge(now_s) + self._go_on(now_s)

    def _silence(self, now_s: float) -> list[Effect]:
        """Take a status request without an answer for what it is: neither good nor bad, but unknown."""
        self._asked, self._reply_by_s = 0, math.inf
        if self._proof is not None and self._proof.give_up_pulses():
            self._look_at_s = now_s  # It answers, but not to all: ask again, now that the answers can be told apart.
            return []
        self._silences += 1
        self._in_doubt = self._job is not None
        if self._proof is not None and self.profile.pulse_bytes and self._silence_unexplained():
            # A wire that does not tell power may have held the rest of the ticket while the printer lost its buffer.
            self._proof.missed = True
        self.condition = Condition()
        self._look_at_s = now_s + LOOK_AGAIN_S
        self._port_at_s = min(self._port_at_s, now_s)
        if self._taking_back is not None:
            self._amends_due = True
            return [*self._settle(JobState.UNCERTAIN, self._taking_back, now_s), *self._close()]
        effects = self._hold_waiting(Reason.SILENT)
        if self._phase is _Phase.CONFIRMING:
            # Out of paper with a full buffer it reads nothing, not even our question; the link lives.
            return effects if self._held else effects + self._hold(Reason.SILENT, now_s)
        return effects + (self._close() if self._silences >= SILENCES_MOST else [])

    def _silence_unexplained(self) -> bool:
        """Whether a printer fell silent and had told no trouble, neither unasked nor when asked between the rows."""
        return not self.condition.trouble and self._held in {None, Reason.STALLED}

    def _judge(self, now_s: float) -> list[Effect]:
        """Hold or release according to what has just been learnt."""
        trouble = self.condition.trouble
        if self._phase is _Phase.IDLE:
            if trouble:
                return self._hold_waiting(trouble)
            if self._waiting and not self._asked:
                self._look_at_s = now_s  # The mend has been told; look at all before sending.
            return []
        if trouble:
            return self._hold(trouble, now_s)
        if self._held and self._phase is _Phase.SENDING and self._held != Reason.STALLED:
            return self._unhold(JobState.SENDING)
        if self._held and self._phase is _Phase.CONFIRMING:
            assert self._job is not None
            self._confirm_by_s = now_s + self.profile.printing_s(len(self._job.body))
            self._second_wait = False
            return self._unhold(JobState.SENT)
        return []

    # --- Holding and settling ----------------------------------------------------------------------------------------

    def _hold_waiting(self, reason: str) -> list[Effect]:
        fresh = [job for job, _ in self._waiting if self._told.get(job.serial) != reason]
        self._told.update((job.serial, reason) for job in fresh)
        return [Note(job, JobState.HELD, reason) for job in fresh]

    def _hold(self, reason: str, now_s: float) -> list[Effect]:
        if self._job is None or self._held == reason:
            return []
        if self._held is None:
            self._given_up_at_s = now_s + self.profile.held_limit_s
        self._held = reason
        if self._phase is _Phase.CONFIRMING:
            self._confirm_by_s = math.inf
            self._second_wait = False
            self._look_at_s = min(self._look_at_s, now_s + LOOK_AGAIN_S)
        return [Note(self._job, JobState.HELD, reason), *self._back_if_unwanted(now_s)]

    def _back_if_unwanted(self, now_s: float) -> list[Effect]:
        """Take a held ticket back whose citizen has gone: after the mend it would come out for the next one."""
        if not self._unwanted or self._held is None or self._taking_back is not None:
            return []
        if self._phase is _Phase.CONFIRMING:
            return self._take_back(Reason.WITHDRAWN, now_s)
        return self._break_off(Reason.WITHDRAWN, now_s)

    def _unhold(self, state: JobState) -> list[Effect]:
        assert self._job is not None
        self._held, self._given_up_at_s = None, math.inf
        return [Note(self._job, state)]

    def _overdue(self, now_s: float) -> list[Effect]:
        """Without a confirmation in time, look once, wait once more, then say that nobody knows."""
        if self._asked:
            self._confirm_by_s = self._reply_by_s  # Its silence would tell more than the missing confirmation.
            return []
        if self.profile.status == "none" or self._second_wait:
            return [*self._settle(JobState.UNCERTAIN, Reason.UNCONFIRMED, now_s), *self._close()]
        self._second_wait = True
        self._confirm_by_s = now_s + self.profile.margin_s
        self._look_at_s = now_s
        return []

    def _give_up(self, now_s: float) -> list[Effect]:
        """Stop holding: the citizen has gone."""
        if self._phase is _Phase.CONFIRMING and not self._silences:
            return self._take_back(Reason.TOO_LATE, now_s)
        return self._break_off(self._held or Reason.STALLED, now_s)

    def _break_off(self, reason: str, now_s: float) -> list[Effect]:
        """Feed no more: half a raster is on its way or the printer is deaf, and would hear no command of ours."""
        settled = self._settle(JobState.UNCERTAIN, reason, now_s)
        self._amends_due = True
        self._outbox, self._written = b"", 0
        return [*settled, *self._close()]

    def _take_back(self, reason: Reason, now_s: float) -> list[Effect]:
        if self.profile.clear == "none":
            return self._settle(JobState.UNCERTAIN, reason, now_s)
        # It is void only when the printer has heard so: the answer to the question that follows the command tells.
        self._taking_back = reason
        self._given_up_at_s = math.inf
        self._say(commands.RECOVER_AND_CLEAR if self.profile.clear == "enq" else commands.CLEAR_BUFFERS)
        self._ask(1, now_s)
        return []

    def _settle(self, state: JobState, reason: str, now_s: float) -> list[Effect]:
        assert self._job is not None
        note = Note(self._job, state, reason, settled=True)
        self._forget_job()
        self._phase = _Phase.IDLE
        self._look_at_s = math.inf if self.profile.status == "none" else now_s + LOOK_IDLE_S
        if self.profile.link == "per_job" and not self._waiting:
            return [note, *self._rest()]
        return [note]

    def _rest(self) -> list[Effect]:
        """Give the link back: others may print meanwhile."""
        self._resting = True
        return self._close()

    def _close(self) -> list[Effect]:
        """Ask for the link to be closed; the owner answers with :meth:`gone`."""
        self._phase = _Phase.CLOSED
        return [CloseLink()]

    def _drop(self, entries: list[tuple[Job, float]], state: JobState, reason: Reason) -> list[Effect]:
        """Settle jobs of which nothing has left."""
        for entry in entries:
            self._waiting.remove(entry)
            self._told.pop(entry[0].serial, None)
        return [Note(job, state, reason, settled=True) for job, _ in entries]

    def _amends(self) -> bytes:
        """End a raster that was cut short: zeros fill it up with white and mean nothing outside of it; then a cut.

        Without them the next ticket would begin as dots of the last one.
        """
        band = RASTER_ROWS_AT_ONCE * self.profile.width_dots // 8
        return bytes(band) + commands.feed_and_cut(self.profile.feed_lines, self.profile.cut)

    def _forget_job(self) -> None:
        begun = self._phase is _Phase.CONFIRMING or self._written > 0
        if begun and self._proof is not None and self._proof.fences_due:
            self._owed = "due"
        self._job, self._proof, self._held = None, None, None
        self._progress_by_s = self._confirm_by_s = self._given_up_at_s = math.inf
        self._second_wait, self._taking_back, self._in_doubt, self._unwanted = False, None, False, False
