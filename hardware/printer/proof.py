"""Whether the answers of a printer prove that a ticket is whole on paper. Pure.

``GS ( H`` names its ticket and needs no more proof. ``GS r`` is one byte without a name: any stray byte could be taken
for it. So it is asked twice, both answers must be well-formed, and a wire on which noise was heard proves nothing.

A serial printer that is switched off and on within a ticket loses the middle and answers the fence of the rest. So it
is asked ``DLE EOT 1`` between the rows all along (*pulses*): one answer too few, and the fence proves nothing.
"""

from dataclasses import dataclass
from typing import Final

from hardware.printer import commands
from hardware.printer.jobs import Job
from hardware.printer.profiles import Profile
from hardware.printer.raster import with_questions

PAPER_ANSWERS: Final = frozenset((0x00, 0x03, 0x0C, 0x0F))  # Both bits of each sensor agree.
_FENCES: Final = {"process_id": 0, "gs_r": 2, "none": 0}


@dataclass(slots=True)
class Proof:
    """The answers that one ticket still owes."""

    fences_due: int
    pulses_due: int
    noise_before: int
    missed: bool = False  # A pulse will never be answered.
    pulse_heard: bool = False  # Since the last question that was asked after the ticket.

    def pulse_answered(self) -> bool:
        """Take an answer to ``DLE EOT``; True when it was one to a pulse."""
        if not self.pulses_due:
            return False
        self.pulses_due -= 1
        self.pulse_heard = True
        return True

    def give_up_pulses(self) -> bool:
        """A question after the ticket is not answered in time; True when pulses were lost, and not the printer."""
        lost = bool(self.pulses_due) and self.pulse_heard
        self.pulse_heard = False
        if lost:
            self.pulses_due, self.missed = 0, True
        return lost

    def holds(self, noise: int) -> bool:
        """Whether an answered fence may be believed. ``noise``: bytes heard until now that meant nothing."""
        return not self.pulses_due and not self.missed and noise == self.noise_before


def ticket_bytes_with_proof(job: Job, profile: Profile, noise: int) -> tuple[bytes, Proof]:
    """Return all that is sent for a job, from reset to fence, and the answers that will be owed for it."""
    # A reset switches automatic status off, so it is asked for again in the same breath.
    opening = commands.RESET + (commands.AUTOMATIC_STATUS if profile.status == "asb" else b"")
    body, pulses = job.body, 0
    if profile.pulse_bytes and profile.confirm != "none":
        body, pulses = with_questions(body, profile.pulse_bytes, commands.real_time_status(1))
    fence = {
        "process_id": commands.fence_process_id(commands.process_id(job.serial)),
        "gs_r": commands.FENCE_PAPER * _FENCES["gs_r"],
        "none": b"",
    }[profile.confirm]
    data = opening + body + commands.feed_and_cut(profile.feed_lines, profile.cut) + fence
    return data, Proof(_FENCES[profile.confirm], pulses, noise)
