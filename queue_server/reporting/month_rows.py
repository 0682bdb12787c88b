"""The rows of months: closings, corrections and evaluations, as the log tells them. ``day`` is when they were made."""

import msgspec

from protocol import month_events as me


class ClosingRow(msgspec.Struct, kw_only=True):
    """A month that was closed by the snapshot with this hash, which knows the log up to ``reached_seq``."""

    seq: int
    day: str
    at: str
    month: str
    reached_seq: int
    snapshot_hash: str
    clerk_id: str


class CorrectionRow(msgspec.Struct, kw_only=True):
    """A late channel that a closed month takes in, beside its snapshot, up to the event ``up_to_seq``."""

    seq: int
    day: str
    at: str
    month: str
    channel: str
    up_to_seq: int
    reason: str
    clerk_id: str


class EvaluationRow(msgspec.Struct, kw_only=True):
    """What `clerk_id` gave `evaluated_id` for a month: `points` by the indicators of a form, as JSON."""

    seq: int
    day: str
    at: str
    month: str
    evaluated_id: str
    form_id: str
    points: str
    clerk_id: str

    @property
    def by_indicator(self) -> dict[str, int]:
        """Give the points by the indicators' ids."""
        return msgspec.json.decode(self.points, type=dict[str, int])


def closing_row(seq: int, day: str, event: me.MonthClosed) -> ClosingRow:
    """Give the row of a closing; its instant is in UTC."""
    closed = event.closed
    return ClosingRow(
        seq=seq,
        day=day,
        at=closed.closed_at.isoformat(),
        month=closed.month,
        reached_seq=closed.seq,
        snapshot_hash=closed.snapshot_hash,
        clerk_id=closed.by_clerk_id,
    )


def correction_row(seq: int, day: str, event: me.MonthCorrected) -> CorrectionRow:
    """Give the row of a correction."""
    return CorrectionRow(
        seq=seq,
        day=day,
        at=event.at.isoformat(),
        month=event.month,
        channel=event.channel,
        up_to_seq=min(event.seq, seq),
        reason=event.reason,
        clerk_id=event.clerk_id,
    )


def evaluation_row(seq: int, day: str, event: me.ClerkEvaluated) -> EvaluationRow:
    """Give the row of an evaluation."""
    return EvaluationRow(
        seq=seq,
        day=day,
        at=event.at.isoformat(),
        month=event.month,
        evaluated_id=event.evaluated_id,
        form_id=event.form_id,
        points=msgspec.json.encode(event.points, order="sorted").decode(),
        clerk_id=event.clerk_id,
    )
