"""Where a visit stands that is sent on: by its old arrival, at the end of the line, or just before its head."""

from datetime import datetime, timedelta
from typing import Literal

from queue_server.core.state import Branch, Visit

_JUST_BEFORE = timedelta(microseconds=1)


def rank_in(
    branch: Branch,
    visit: Visit,
    queue_id: str,
    position: Literal["first", "last", "arrival"],
    at: datetime,
    *,
    to_counter_id: str = "",
) -> datetime:
    """Give the instant by which the visit is ranked in this queue, or among those sent to one counter."""
    if position == "last":
        return at
    if position == "first":
        line = branch.lines.get(queue_id, {}).get((visit.priority_class_id, to_counter_id))
        if line is not None and line.head is not None:
            return min(visit.rank_at, line.head.rank_at - _JUST_BEFORE)
    return visit.rank_at
