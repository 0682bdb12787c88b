"""What is asked about months: to close one, to correct a closed one, to evaluate a clerk's month by a form."""

from typing import Annotated

import msgspec

from protocol.command_parts import TerminalCommand
from protocol.evaluation import MOST_POINTS
from protocol.message import Identifier, RatingChannel
from protocol.months import CorrectionReason, Month, SnapshotHash

Points = Annotated[int, msgspec.Meta(ge=0, le=MOST_POINTS)]


class CloseMonth(TerminalCommand, frozen=True, kw_only=True):
    """Close a month by the snapshot with this hash, made of the log up to event ``seq``."""

    month: Month
    seq: Annotated[int, msgspec.Meta(ge=1)]
    snapshot_hash: SnapshotHash
    clerk_id: Identifier


class CorrectMonth(TerminalCommand, frozen=True, kw_only=True):
    """Count for a closed month the ratings of its visits that came too late for it: all of one channel, up to ``seq``.

    They are never picked one by one: who could choose them would choose the good ones.
    """

    month: Month
    channel: RatingChannel
    seq: Annotated[int, msgspec.Meta(ge=1)]
    reason: CorrectionReason
    clerk_id: Identifier


class EvaluateClerk(TerminalCommand, frozen=True, kw_only=True):
    """Fill in a form for a clerk's month: points by the ids of all its indicators. A later one takes its place."""

    month: Month
    evaluated_id: Identifier
    form_id: Identifier
    points: Annotated[dict[Identifier, Points], msgspec.Meta(max_length=64)]
    clerk_id: Identifier


MonthCommand = CloseMonth | CorrectMonth | EvaluateClerk
