"""Months: what a hall has said of one is frozen when it is closed, and later words stand beside it.

The snapshot itself is a file beside the log; the log has its hash, so that a changed file is seen (decision 43).
"""

from typing import Annotated, Final, Literal

import msgspec

from protocol.message import Identifier, Instant

MONTHS_MOST: Final = 60
"""So many closed months are at hand, and so old a month may be when it is closed."""

Month = Annotated[str, msgspec.Meta(pattern=r"^\d{4}-(0[1-9]|1[0-2])$")]
"""A month ``yyyy-mm``."""


def end_of(month: str) -> str:
    """Give a day that no day of the month comes after, to be compared with days: ``yyyy-mm-31``."""
    return f"{month}-31"


SnapshotHash = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}$")]
"""SHA-256 of a snapshot's bytes, in hex."""

CorrectionReason = Literal["late_papers", "device_repaired", "on_review"]
"""Why late ratings belong to the month of their visits after all: papers came in late, a device told late what it had
kept, or a review found so."""


class ClosedMonth(msgspec.Struct, frozen=True, kw_only=True):
    """A month that is closed: up to which event of the log its figures know, and the hash of its snapshot."""

    month: Month
    seq: Annotated[int, msgspec.Meta(ge=1)]
    snapshot_hash: SnapshotHash
    closed_at: Instant
    by_clerk_id: Identifier
