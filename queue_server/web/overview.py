"""The routes of managers and inspectors: the hall live, to look at, and to free a counter whose clerk has gone."""

from functools import partial

from flask import Blueprint, Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from protocol.commands import AnswerHelp, ReleaseCounter
from protocol.views import HallView
from queue_server.web.asking import answered
from queue_server.web.doors import START
from queue_server.web.hall_page import Overview, hall_page
from queue_server.web.live import LivePage
from queue_server.web.shared import (
    Scene,
    has_room_for_page,
    live_response,
    parts,
    person,
    priority_classes,
    too_many_pages,
    words,
)

overview = Blueprint("overview", __name__, url_prefix="/hall")


@overview.get("/")
def hall() -> str | Response:
    """Show the hall."""
    if not has_room_for_page():
        return too_many_pages()
    return _page("")


@overview.post("/counters/<counter_id>/release")
def release(counter_id: str) -> AnyResponse:
    """Sign out a clerk who has gone. Sent twice it is done once: it names the clerk, who is there no more."""
    form = request.form
    reply = answered(
        ReleaseCounter(
            function_id=parts().hall.function_id or "unknown",
            staff_role=person().staff_role,
            clerk_id=person().clerk_id,
            counter_id=counter_id,
            released_clerk_id=form.get("clerk_id", ""),
            reason=form.get("reason", ""),
            put_back="put_back" in form,
        ),
    )
    if isinstance(reply, str):
        return Response(_page(reply), 409)
    return redirect(url_for("overview.hall"))


@overview.get("/live")
def live() -> Response:
    """Keep the page live."""
    spoken = words()
    page = LivePage(
        topics=("hall",),
        regions=partial(_regions, Scene.of_request()),
        gone_sentence=spoken("staff.link_lost"),
        over_sentence=spoken("login.expired"),
        full_sentence=spoken("staff.too_many_pages"),
    )
    return live_response(page)


@overview.post("/help/<function_id>")
def answer_help(function_id: str) -> AnyResponse:
    """Say that this person goes to the kiosk that called for help."""
    reply = answered(
        AnswerHelp(
            function_id=parts().hall.function_id or "unknown",
            staff_role=person().staff_role,
            clerk_id=person().clerk_id,
            kiosk_function_id=function_id,
        )
    )
    if isinstance(reply, str):
        return Response(_page(reply), 409)
    return redirect(url_for(START[person().staff_role]))


def _page(sentence: str) -> str:
    return render_template("hall.html", regions=_regions(Scene.of_request()) or {}, sentence=sentence)


def _regions(scene: Scene) -> dict[str, str] | None:
    hall = scene.parts.hall
    view = hall.view("hall", HallView)
    if view is None:
        return None
    page = hall_page(Overview(view, scene.parts.accounts.names(), priority_classes(hall), scene.words, hall.now()))
    return {"hall": scene.region("hall/hall.html", page)}
