"""The routes of the roster: who is planned at which counter in a week, for those in charge to plan and others to see.

Every form plans whole days, from the version of them that its page showed: if somebody else has planned the same day
meanwhile, nothing is planned and the page says so.
"""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Final

from flask import Blueprint, Response, abort, redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as AnyResponse

from presentation.formats import hall_time
from protocol.commands import FetchRosters, PlanRoster
from protocol.rosters import RosterMistake, WantedRoster
from protocol.views import HallView, Refused, RosterDay, RostersFound
from queue_server.web.asking import asked, sent_id, who
from queue_server.web.roster_page import (
    WEEK,
    ShiftForm,
    Week,
    copied,
    monday_of,
    problems,
    sentence,
    shift_of,
    version_in,
    week_page,
    with_shift,
    written,
)
from queue_server.web.shared import parts, person, sentence_of, words

FURTHEST: Final = timedelta(days=3660)
"""Whoever asks for a week further away is shown this one."""

roster = Blueprint("roster", __name__, url_prefix="/roster")


@roster.get("/")
def week() -> str | AnyResponse:
    """Show a week; with a day and a place, the form holds that shift."""
    shown = _week_of(request.args.get("week", ""))
    if isinstance(shown, str):
        return _nothing(shown)
    day = shown.by_day.get(request.args.get("day", ""))
    place = request.args.get("place", "")
    if day is not None and place.isdecimal() and int(place) < len(day.shifts):
        return _page(shown, form=_form_of(day, int(place)))
    return _page(shown, done=request.args.get("done", ""))


@roster.post("/add")
def add() -> AnyResponse | str:
    """Plan one shift on each of the chosen days."""
    shown = _week_of(request.form.get("week", ""))
    if isinstance(shown, str):
        return _nothing(shown)
    form = _typed(request.form)
    days = [shown.by_day[day] for day in form.days if day in shown.by_day]
    if not days:
        return _refused(shown, form, [words()("roster.choose_days")])
    try:
        shift = shift_of(form)
    except ValueError as error:
        return _refused(shown, form, [words()("roster.no_time", text=str(error)[:80])])
    wanted = [with_shift(day, shift, None, request.form.get("versions", "")) for day in days]
    return _planned(shown, form, wanted)


@roster.post("/change")
def change() -> AnyResponse | str:
    """Change one shift of one day, or take it away."""
    shown = _week_of(request.form.get("week", ""))
    if isinstance(shown, str):
        return _nothing(shown)
    form = _typed(request.form)
    day = shown.by_day.get(form.day)
    if day is None:
        abort(400)
    versions = request.form.get("versions", "")
    changed = _changed(shown, [day.day])
    if changed:
        return _refused(shown, form, changed)
    if not 0 <= form.place < len(day.shifts):
        return _refused(shown, form, [words()("refusal.roster_changed", day=written(form.day, words()))])
    if "remove" in request.form:
        return _planned(shown, form, [with_shift(day, None, form.place, versions)])
    try:
        shift = shift_of(form)
    except ValueError as error:
        return _refused(shown, form, [words()("roster.no_time", text=str(error)[:80])])
    return _planned(shown, form, [with_shift(day, shift, form.place, versions)])


@roster.post("/copy")
def copy() -> AnyResponse | str:
    """Plan the days that have no roster yet as a week before."""
    shown = _week_of(request.form.get("week", ""))
    if isinstance(shown, str):
        return _nothing(shown)
    first = date.fromisoformat(shown.found.days[0].day)
    before = _found(first - timedelta(days=WEEK))
    if isinstance(before, str):
        return _nothing(before)
    wanted, mistakes = copied(shown, before, request.form.get("versions", ""))
    told = [sentence(shown, one) for one in mistakes]
    if not wanted:
        changed = _changed(shown, shown.by_day)
        return _refused(shown, ShiftForm(), told or changed or [words()("roster.nothing_to_copy")])
    answer = _planned(shown, ShiftForm(), wanted)
    if not told or not isinstance(answer, AnyResponse) or answer.status_code != 302:  # noqa: PLR2004 -- it was planned.
        return answer
    fresh = _week_of(shown.found.days[0].day)
    return _nothing(fresh) if isinstance(fresh, str) else _page(fresh, sentences=told, done="copied")


@roster.post("/clear")
def clear() -> AnyResponse | str:
    """Let a day have no roster."""
    shown = _week_of(request.form.get("week", ""))
    if isinstance(shown, str):
        return _nothing(shown)
    day = shown.by_day.get(request.form.get("day", ""))
    if day is None:
        abort(400)
    bare = RosterDay(day=day.day, hours=day.hours, shifts=(), planned_at=day.planned_at, by_clerk_id="")
    return _planned(shown, ShiftForm(), [with_shift(bare, None, None, request.form.get("versions", ""))])


def _planned(shown: Week, form: ShiftForm, wanted: Sequence[WantedRoster]) -> AnyResponse | str:
    """Plan what is wanted, unless a day has changed since the form was made, or something is wrong with it."""
    changed = _changed(shown, [one.day for one in wanted])
    if changed:
        return _refused(shown, form, changed)
    mistakes = [found for one in wanted for found in problems(shown, shown.by_day[one.day], one.shifts)]
    if mistakes:
        return _refused(shown, form, [sentence(shown, one) for one in mistakes])
    reply = asked(PlanRoster(**who(), rosters=tuple(wanted)), sent_id())
    if isinstance(reply, Refused):
        is_ours = reply.code.startswith("roster_")
        return _refused(
            shown, form, [sentence(shown, RosterMistake(reply.code, reply.parts)) if is_ours else sentence_of(reply)]
        )
    if isinstance(reply, str):
        return _refused(shown, form, [reply])
    return redirect(url_for("roster.week", week=shown.found.days[0].day, done="planned"))


def _changed(shown: Week, days: Iterable[str]) -> list[str]:
    """Say which days are not as they were when the form was made: by somebody else, or by this person's own press."""
    versions, own = request.form.get("versions", ""), person().clerk_id
    changed = [shown.by_day[day] for day in days if shown.by_day[day].planned_at != version_in(versions, day)]
    keys = ["roster.changed_by_you" if one.by_clerk_id == own else "refusal.roster_changed" for one in changed]
    return [words()(key, day=written(one.day, words())) for key, one in zip(keys, changed, strict=True)]


def _week_of(day: str) -> Week | str:
    """Give the week of a date, this one's where it is none; or the sentence that says why it cannot be shown."""
    hall = parts().hall.view("hall", HallView) if parts().hall.state == "up" else None
    if hall is None:
        return words()("error.link_gone")
    today = hall_time(parts().hall.now(), hall.utc_offset_s).date()
    try:
        chosen = date.fromisoformat(day)
    except ValueError:
        chosen = today
    if abs(chosen - today) > FURTHEST:
        chosen = today
    found = _found(monday_of(chosen))
    if isinstance(found, str):
        return found
    accounts = parts().accounts
    clerk_ids = {one.clerk_id for one in accounts.all() if one.staff_role == "clerk" and not one.disabled}
    return Week(found, hall, today.isoformat(), accounts.names(), clerk_ids, words())


def _found(first: date) -> RostersFound | str:
    command = FetchRosters(
        function_id=parts().hall.function_id or "unknown",
        staff_role=person().staff_role,
        first_day=first.isoformat(),
        days=WEEK,
    )
    reply = asked(command)
    if isinstance(reply, RostersFound) and len(reply.days) == WEEK:
        return reply
    return (
        sentence_of(reply)
        if isinstance(reply, Refused)
        else reply
        if isinstance(reply, str)
        else words()("refusal.internal")
    )


def _typed(form: "MultiDict[str, str]") -> ShiftForm:
    """Take what was typed, no longer than it may be."""
    place = form.get("place", "")
    return ShiftForm(
        counter_id=form.get("counter_id", "")[:64],
        clerk_id=form.get("clerk_id", "")[:64],
        starts=form.get("starts", "")[:16],
        ends=form.get("ends", "")[:16],
        breaks=form.get("breaks", "")[:120],
        days=tuple(form.getlist("days"))[:WEEK],
        day=form.get("day", "")[:10],
        place=int(place) if place.isdecimal() and len(place) < 4 else -1,  # noqa: PLR2004 -- there are 200 shifts at most.
    )


def _form_of(day: RosterDay, place: int) -> ShiftForm:
    shift = day.shifts[place]
    breaks = ", ".join(f"{starts}–{ends}" for starts, ends in shift.breaks)
    return ShiftForm(
        shift.counter_id, shift.clerk_id, shift.starts, shift.ends, breaks, days=(day.day,), day=day.day, place=place
    )


def _refused(shown: Week, form: ShiftForm, sentences: Sequence[str]) -> Response:
    """Show the week with what was typed, and what is wrong with it."""
    return Response(_page(shown, form=form, sentences=sentences), 409)


def _nothing(why: str) -> Response:
    gone = parts().hall.state != "up"
    status = 503 if gone else 200 if request.method == "GET" else 409
    return Response(render_template("roster/page.html", page=None, sentences=[why], done=""), status)


def _page(shown: Week, *, form: ShiftForm | None = None, sentences: Sequence[str] = (), done: str = "") -> str:
    week = Week(shown.found, shown.hall, shown.today, shown.names, shown.clerk_ids, shown.words, form or ShiftForm())
    return render_template(
        "roster/page.html",
        page=week_page(week),
        sentences=sentences,
        done=done if done in ("planned", "copied") else "",
        plans=person().staff_role in ("manager", "technician"),
    )
