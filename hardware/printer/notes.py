"""What the dialogue with a printer wants done, and why a job is where it is. Pure."""

from dataclasses import dataclass
from enum import StrEnum

from hardware.printer.jobs import Job, JobState


class Reason(StrEnum):
    """Why a job is where it is, besides the troubles that a printer tells of itself."""

    NONE = ""
    UNREACHABLE = "unreachable"  # The link cannot be opened.
    IN_USE = "in_use"  # Another program holds its port.
    SILENT = "silent"  # The link is open, the printer does not answer.
    STALLED = "stalled"  # It takes no more bytes.
    LINK_GONE = "link_gone"  # The link broke with a ticket under way.
    UNCONFIRMED = "unconfirmed"  # It answers, but never confirmed; or it is of a kind that cannot confirm.
    INTERRUPTED = "interrupted"  # It confirmed, but missed a part: it was without power, or the wire lost bytes.
    RESTARTED = "restarted"  # Our own program ended with a ticket under way.
    TOO_LATE = "too_late"  # Nobody waits for this paper any more.
    WITHDRAWN = "withdrawn"  # Taken back on request.


@dataclass(frozen=True, slots=True)
class Note:
    """A job has come so far: to be written down, then told. A ``settled`` job changes no more."""

    job: Job
    state: JobState
    reason: str = Reason.NONE
    settled: bool = False


@dataclass(frozen=True, slots=True)
class PutBack:
    """Not one byte of the job has left: it waits again as if nothing had been tried."""

    job: Job


@dataclass(frozen=True, slots=True)
class CloseLink:
    """Close the link; it will be opened anew."""


Effect = Note | PutBack | CloseLink
