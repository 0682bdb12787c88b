"""What counters do with their time: the events of a counter -> stretches of one doing each. Pure.

A counter is *idle* while a clerk sits there, it is open, and nobody is called or served. Whoever is called or served
comes first: a counter that is to pause serves to the end, and that time is service.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from protocol import events as e
from queue_server.reporting.rows import Context, CounterNow, Doing, StretchRow

MICROSECOND: Final = timedelta(microseconds=1)
HOUR: Final = timedelta(hours=1)

_STATE_DOING: Final[dict[str, Doing]] = {"open": "idle", "paused": "paused", "closed": "closed"}


def doing_of(counter: CounterNow, *, stopped: bool) -> Doing:
    """Tell what a counter does; nothing without a clerk. In a stopped hall nobody can be called: that is not idle."""
    if not counter.clerk_id:
        return ""
    doing = counter.visit or _STATE_DOING[counter.state]
    return "stopped" if stopped and doing == "idle" else doing


def after(counter: CounterNow, event: e.CounterEvent, visit_state: str) -> CounterNow:
    """Give the counter after an event of its own; `visit_state` is that of the event's visit before it."""
    now = CounterNow(counter.state, counter.clerk_id, counter.reason, counter.visit, counter.since_at)
    match event:
        case e.ClerkSignedIn():
            now.clerk_id = event.clerk_id
        case e.ClerkSignedOut():
            now = CounterNow()
        case e.CounterOpened():
            now.state, now.reason = "open", ""
        case e.CounterPaused():
            now.state, now.reason = "paused", event.reason
        case e.CounterClosed():
            now.state, now.reason = "closed", ""
        case e.VisitCalled():
            now.visit = "called"
        case e.ServiceStarted() | e.ServiceContinued():
            now.visit = "serving"
        case e.ServiceEnded() | e.VisitMarkedNoShow() | e.VisitParked():
            now.visit = ""
        case e.VisitTransferred() if visit_state in {"called", "in_service"}:
            now.visit = ""
        case _:
            pass  # Everything else at a counter leaves it to what it does.
    return now


def is_other(before: CounterNow, now: CounterNow) -> bool:
    """Tell whether a stretch ends between the two."""
    doing, doing_now = (doing_of(one, stopped=False) for one in (before, now))
    return (doing, before.clerk_id, before.reason) != (doing_now, now.clerk_id, now.reason)


def stretches(
    seq: int, context: Context, counter_id: str, counter: CounterNow, until_at: datetime
) -> Iterator[StretchRow]:
    """Give the stretch that an event ended, parted at each full hour at the hall; none when it took no time."""
    doing = doing_of(counter, stopped=context.stopped)
    if not doing:
        return
    began_at = counter.since_at
    for at, end, hour in hours_of(datetime.fromisoformat(began_at), until_at, context.utc_offset_s):
        yield StretchRow(
            stretch_id=f"{seq}/{counter_id}/{began_at}",
            day=context.day,
            hour=hour,
            counter_id=counter_id,
            clerk_id=counter.clerk_id,
            doing=doing,
            reason=counter.reason if doing == "paused" else "",
            began_at=began_at,
            lasted_us=(end - at) // MICROSECOND,
        )
        began_at = end.isoformat()


def hours_of(at: datetime, until_at: datetime, utc_offset_s: int) -> Iterator[tuple[datetime, datetime, int]]:
    """Part a time at each full hour at the hall: from when, until when, in which hour."""
    shift = timedelta(seconds=utc_offset_s)
    while at < until_at:
        local = at + shift
        of_hour = timedelta(minutes=local.minute, seconds=local.second, microseconds=local.microsecond)
        end = min(until_at, at - of_hour + HOUR)
        yield at, end, local.hour
        at = end
