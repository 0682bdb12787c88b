"""Decisions about months: closed once, when nothing can be added to them any more, and never opened again.

The figures and their snapshot are made by whoever asks, from the log; the rules see to it that they know the whole
month, and keep their hash. What comes later stands beside: ratings of late channels that are counted for a closed month
after all, and the forms by which a clerk's month is evaluated.
"""

from collections.abc import Iterator
from datetime import datetime

from protocol import events as e
from protocol import month_commands as mc
from protocol import month_events as me
from protocol.months import MONTHS_MOST, ClosedMonth, end_of
from queue_server.core.calendar import business_date
from queue_server.core.refusals import Refusal
from queue_server.core.request import Request
from queue_server.core.state import Branch
from queue_server.core.tickets import Events
from queue_server.satisfaction.evaluation import form_on

_MONTHS_OF_YEAR = 12


def close_month(branch: Branch, request: Request, command: mc.CloseMonth, at: datetime) -> Events:
    """Close a month that is over, by a snapshot that knows all of its business days."""
    month, today = command.month, business_date(at, request.facts.utc_offset_s).isoformat()
    if month in branch.months:
        raise Refusal("month_closed", month=_written(month))
    if month >= today[:7]:
        raise Refusal("month_not_over", month=_written(month))
    if _number_of(today) - _number_of(month) >= MONTHS_MOST:
        raise Refusal("month_too_old", month=_written(month))
    if branch.day_open and branch.day[:7] == month:
        raise Refusal("month_day_open")
    if not request.facts.month_seq:
        raise Refusal("month_empty", month=_written(month))
    if command.seq < request.facts.month_seq:
        raise Refusal("month_behind")
    closed = ClosedMonth(
        month=month,
        seq=command.seq,
        snapshot_hash=command.snapshot_hash,
        closed_at=at,
        by_clerk_id=request.actor.clerk_id,
    )
    return (me.MonthClosed(at=at, closed=closed),)


def correct_month(branch: Branch, request: Request, command: mc.CorrectMonth, at: datetime) -> Events:
    """Let the late ratings of one channel count for a closed month, beside its snapshot."""
    if command.month not in branch.months:
        raise Refusal("month_not_closed", month=_written(command.month))
    corrected = me.MonthCorrected(
        at=at,
        month=command.month,
        channel=command.channel,
        seq=command.seq,
        reason=command.reason,
        clerk_id=request.actor.clerk_id,
    )
    return (corrected,)


def evaluate_clerk(branch: Branch, request: Request, command: mc.EvaluateClerk, at: datetime) -> Events:
    """Keep what somebody else than the clerk gave for a month that is over, for every indicator of a form."""
    if command.month >= business_date(at, request.facts.utc_offset_s).isoformat()[:7]:
        raise Refusal("month_not_over", month=_written(command.month))
    if command.evaluated_id == request.actor.clerk_id:
        raise Refusal("evaluation_own")
    form = form_on(branch.configuration.evaluation_forms, end_of(command.month))
    if form is None or form.form_id != command.form_id:
        raise Refusal("evaluation_form")
    if command.points.keys() != {one.indicator_id for one in form.indicators}:
        raise Refusal("evaluation_points")
    evaluated = me.ClerkEvaluated(
        at=at,
        month=command.month,
        evaluated_id=command.evaluated_id,
        form_id=command.form_id,
        points=command.points,
        clerk_id=request.actor.clerk_id,
    )
    return (evaluated,)


def months_kept(branch: Branch, at: datetime) -> Iterator[e.AnyEvent]:
    """Carry the closed months over to a new day, the latest of them if there are very many."""
    if branch.months:
        latest = sorted(branch.months)[-MONTHS_MOST:]
        yield me.MonthsKept(at=at, months=tuple(branch.months[month] for month in latest))


def _number_of(month: str) -> int:
    """Number the months one after the other; from a month, or a day of it."""
    return int(month[:4]) * _MONTHS_OF_YEAR + int(month[5:7])


def _written(month: str) -> str:
    """Write a month as people read it."""
    return f"{month[5:7]}/{month[:4]}"
