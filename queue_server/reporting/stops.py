"""When the hall stood still: the messages of a stop -> rows of a business day. Pure.

A stop is a row as soon as it begins, of no length yet, so that who looks while it stands sees that there is one; its
length follows when it ends, or when the business day does. One that outlasts the night is one stop of each of its days.
"""

from collections.abc import Iterator
from datetime import datetime

from queue_server.reporting.rows import Context, StopRow
from queue_server.reporting.stretches import MICROSECOND, hours_of


def begun(context: Context, emergency_id: str, at: datetime) -> StopRow:
    """Let the hall stand from here on; gives the row."""
    context.stopped_since, context.stopped_by = at.isoformat(), emergency_id
    ((_, _, hour),) = hours_of(at, at + MICROSECOND, context.utc_offset_s)
    return _row(context, at, hour, 0, begins=True)


def ended(context: Context, until_at: datetime) -> Iterator[StopRow]:
    """Give the stop that ends here, parted at each full hour at the hall; none when nothing stood in an open day."""
    if not context.stopped_since:
        return
    since_at = datetime.fromisoformat(context.stopped_since)
    for at, end, hour in hours_of(since_at, until_at, context.utc_offset_s):
        yield _row(context, at, hour, (end - at) // MICROSECOND, begins=at == since_at)
    context.stopped_since = ""


def _row(context: Context, at: datetime, hour: int, lasted_us: int, *, begins: bool) -> StopRow:
    return StopRow(
        stop_id=f"{context.day}/{at.isoformat()}",
        day=context.day,
        hour=hour,
        began_at=at.isoformat(),
        lasted_us=lasted_us,
        begins=begins,
        emergency_id=context.stopped_by,
    )
