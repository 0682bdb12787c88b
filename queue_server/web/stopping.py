"""The routes by which a manager or technician stops the whole hall, and lets it go on: one choice, one confirmation."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Final

import msgspec
from flask import Blueprint, Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from presentation.formats import moment
from presentation.stopping import StopWords, stop_words
from protocol.commands import LONG_MESSAGE_LETTERS, SHORT_MESSAGE_LETTERS, AnyCommand, ResumeHall, StopHall
from protocol.configuration import Emergency
from protocol.views import HallView, StoppedHall
from queue_server.web.asking import answered, sent_id, who
from queue_server.web.live import LivePage
from queue_server.web.shared import Scene, live_response, parts, words

stopping = Blueprint("stopping", __name__, url_prefix="/stop")

FREE: Final = "free"
"""What the form calls a message of one's own; it is no id, since a colon may not begin one."""
LANGUAGES: Final = ("vi", "en")


@dataclass(frozen=True)
class Told:
    """What the hall is told now, and since when."""

    words: tuple[StopWords, ...]
    since: str
    told_at: str


@dataclass(frozen=True)
class StopPage:
    """What is live on the page: what the hall is told, and what else it can be told."""

    told: Told | None
    emergencies: tuple[Emergency, ...]


@stopping.get("/")
def page() -> str:
    """Show the messages with which the hall can be stopped, or with which it is."""
    return _page("")


@stopping.get("/live")
def live() -> Response:
    """Keep live whether the hall is stopped, and by what."""
    spoken = words()
    page = LivePage(
        topics=("hall",),
        regions=partial(_regions, Scene.of_request()),
        gone_sentence=spoken("staff.link_lost"),
        over_sentence=spoken("login.expired"),
    )
    return live_response(page)


@stopping.post("/confirm")
def confirm() -> AnyResponse | str:
    """Show what everybody will be told, as it will stand on the boards, and ask once."""
    hall = parts().hall.view("hall", HallView)
    if hall is None:
        return Response(_page(words()("error.link_gone")), 503)
    told = _chosen(hall, request.form)
    if told is None:
        return Response(_page(words()("refusal.message_without_words")), 400)
    shown = stop_words(told, parts().texts, hall.languages)
    return render_template("stopping/confirm.html", shown=shown, form=request.form, free=FREE)


@stopping.post("/")
def stop() -> AnyResponse:
    """Stop the hall. The id of the request stands in the form, so that sending it twice is one request."""
    form = request.form
    is_free = form.get("emergency_id") == FREE
    command = StopHall(
        **who(),
        emergency_id="" if is_free else form.get("emergency_id", ""),
        names=_written(form, "title") if is_free else {},
        hints=_written(form, "hint") if is_free else {},
        ends_with_day=is_free and "ends_with_day" in form,
    )
    return _asked(command)


@stopping.post("/resume")
def resume() -> AnyResponse:
    """Let the hall go on, if what it is told is still what the person read."""
    try:
        told_at = msgspec.convert(request.form.get("told_at", ""), datetime, strict=False)
    except msgspec.ValidationError:
        return Response(_page(words()("refusal.malformed")), 400)
    return _asked(ResumeHall(**who(), told_at=told_at))


def _asked(command: AnyCommand) -> AnyResponse:
    reply = answered(command, sent_id())
    if isinstance(reply, str):
        return Response(_page(reply), 409)
    return redirect(url_for("stopping.page", done="1"))


def _page(sentence: str) -> str:
    regions = _regions(Scene.of_request()) if parts().hall.state == "up" else None
    return render_template(
        "stopping/page.html",
        sentence=sentence,
        regions=regions,
        written_in=LANGUAGES,
        form=request.form,
        free=FREE,
        short=SHORT_MESSAGE_LETTERS,
        long=LONG_MESSAGE_LETTERS,
    )


def _regions(scene: Scene) -> dict[str, str] | None:
    hall = scene.parts.hall.view("hall", HallView)
    if hall is None:
        return None
    page = StopPage(told_of(hall, scene), hall.emergencies)
    return {"stopping": scene.region("stopping/now.html", page)}


def told_of(hall: HallView, scene: Scene) -> Told | None:
    """Write what the hall is told while it is stopped; None while it goes on."""
    stopped = hall.stopped
    if stopped is None:
        return None
    since = moment(scene.words, stopped.since_at, hall.utc_offset_s)
    return Told(stop_words(stopped, scene.parts.texts, hall.languages), since, stopped.told_at.isoformat())


def _chosen(hall: HallView, form: Mapping[str, str]) -> StoppedHall | None:
    """Give the message that a form means, as the hall would be told it; None for one that says nothing."""
    chosen = form.get("emergency_id", "")
    if chosen == FREE:
        names, hints = _written(form, "title"), _written(form, "hint")
        return _as_told(Emergency(emergency_id=FREE, names=names, hints=hints)) if names.get("vi") else None
    if not chosen:
        return _as_told(Emergency(emergency_id=FREE, names={}, hints={}))
    known = [one for one in hall.emergencies if one.emergency_id == chosen]
    return _as_told(known[0]) if known else None


def _as_told(emergency: Emergency) -> StoppedHall:
    now = parts().hall.now()
    return StoppedHall(
        emergency_id=emergency.emergency_id, names=emergency.names, hints=emergency.hints, since_at=now, told_at=now
    )


def _written(form: Mapping[str, str], field: str) -> dict[str, str]:
    lines = {language: form.get(f"{field}_{language}", "").strip() for language in LANGUAGES}
    return {language: line for language, line in lines.items() if line}
