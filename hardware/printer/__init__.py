"""ESC/POS printing through a durable job table.

Give a :class:`PrinterOwner` a way to open its link, a :class:`Profile` and a place for its table; submit tickets; hear
:class:`Outcome` s. It never prints a number twice by itself: what it cannot know it calls ``uncertain``.
"""

from hardware.printer.jobs import JobMissing, JobRecord, JobState, TooManyJobs
from hardware.printer.notes import Reason
from hardware.printer.owner import Outcome, PrinterOwner, PrinterStatus, PrinterStopped, ReprintTooSoon
from hardware.printer.profile_files import WrongProfile, profile_named
from hardware.printer.profiles import PROFILES, Profile
from hardware.printer.replies import Trouble

__all__ = [
    "PROFILES",
    "JobMissing",
    "JobRecord",
    "JobState",
    "Outcome",
    "PrinterOwner",
    "PrinterStatus",
    "PrinterStopped",
    "Profile",
    "Reason",
    "ReprintTooSoon",
    "TooManyJobs",
    "Trouble",
    "WrongProfile",
    "profile_named",
]
