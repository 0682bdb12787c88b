"""The routes of managers and inspectors: the hall live, to look at, and to free a counter whose clerk has gone."""

from functools import partial

from flask import Blueprint, Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from protocol.commands import AnswerCounterHelp, AnswerHelp, AnyCommand, ReleaseCounter
from protocol.views import HallView
from queue_server.web.asking import answered, sent_id, who
from queue_server.web.concerns import concerns_page
from queue_server.web.doors import START, may_open
from queue_server.web.hall_advice import advice_page
from queue_server.web.hall_page import Overview, hall_page
from queue_server.web.live import LivePage
from queue_server.web.shared import (
    Scene,
    live_response,
    person,
    priority_classes,
    words,
)
from queue_server.web.today import TodayPage, figures_page

overview = Blueprint("overview", __name__, url_prefix="/hall")


@overview.get("/")
def hall() -> str | Response:
    """Show the hall."""
    return _page("")


@overview.post("/counters/<counter_id>/release")
def release(counter_id: str) -> AnyResponse:
    """Sign out a clerk who has gone. Sent twice it is done once: it names the clerk, who is there no more."""
    form = request.form
    command = ReleaseCounter(
        **who(),
        counter_id=counter_id,
        released_clerk_id=form.get("clerk_id", ""),
        reason=form.get("reason", ""),
        put_back="put_back" in form,
    )
    return _done(command, "overview.hall")


@overview.get("/live")
def live() -> Response:
    """Keep the page live."""
    spoken = words()
    page = LivePage(
        topics=("hall",),
        regions=partial(_regions, Scene.of_request()),
        gone_sentence=spoken("staff.link_lost"),
        over_sentence=spoken("login.expired"),
    )
    return live_response(page)


@overview.post("/help/<function_id>")
def answer_help(function_id: str) -> AnyResponse:
    """Say that this person goes to the kiosk that called for help."""
    return _done(AnswerHelp(**who(), kiosk_function_id=function_id), START[person().staff_role])


@overview.post("/counter-help/<counter_id>")
def answer_counter_help(counter_id: str) -> AnyResponse:
    """Say that this person goes to the counter that called for help."""
    return _done(AnswerCounterHelp(**who(), counter_id=counter_id), "overview.hall")


def _done(command: AnyCommand, then: str) -> AnyResponse:
    """Ask for what a form wants and go on to the page `then`; a refusal is said above the hall."""
    reply = answered(command, sent_id())
    return Response(_page(reply), 409) if isinstance(reply, str) else redirect(url_for(then))


def _page(sentence: str) -> str:
    return render_template("hall.html", regions=_regions(Scene.of_request()) or {}, sentence=sentence)


def _regions(scene: Scene) -> dict[str, str] | None:
    hall = scene.parts.hall
    view = hall.view("hall", HallView)
    if view is None:
        return None
    page = hall_page(Overview(view, scene.parts.accounts.names(), priority_classes(hall), scene.words, hall.now()))
    return {"hall": scene.region("hall/hall.html", page), "concerns": _concerns(scene), **_today(scene, view)}


def _concerns(scene: Scene) -> str:
    """Make the region of alerts and inquiries that wait; empty for who does not see any."""
    if not may_open("alerts.home", scene.account.staff_role):
        return ""
    page = concerns_page(scene.parts.concerns.of(scene.account), scene.words)
    return scene.region("hall/concerns.html", page)


def _today(scene: Scene, view: HallView) -> dict[str, str]:
    """Make the regions of advice and today's figures; empty for who does not see figures."""
    if not may_open("figures.history", scene.account.staff_role):
        return {"advice": "", "today": ""}
    today, now = scene.parts.today, scene.parts.hall.now()
    advice = advice_page(today.advice(view, now), view, scene.words) if view.day_open else None
    page = TodayPage(advice, figures_page(today.figures(view.day), scene.words))
    return {"advice": scene.region("hall/advice.html", page), "today": scene.region("hall/today.html", page)}
