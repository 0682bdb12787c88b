"""The routes by which an usher has a number printed at a kiosk: order it, and see within seconds what became of it."""

from functools import partial

from flask import Blueprint, Response, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from protocol.commands import PrintTicket
from protocol.views import HallView
from queue_server.web.asking import answered, who
from queue_server.web.last_kiosk import remember_kiosk
from queue_server.web.live import LivePage
from queue_server.web.shared import Scene, live_response, words
from queue_server.web.usher import visit_page
from queue_server.web.usher_prints_page import print_rows

usher_prints = Blueprint("usher_prints", __name__, url_prefix="/usher")


@usher_prints.post("/visits/<visit_id>/print")
def order(visit_id: str) -> AnyResponse | str:
    """Order the paper: the order has the id of the form, so one form is one piece of paper."""
    form = request.form
    order_id, kiosk = form.get("order_id", ""), form.get("kiosk_function_id", "")
    command = PrintTicket(
        **who(),
        order_id=order_id,
        visit_id=visit_id,
        kiosk_function_id=kiosk,
    )
    reply = answered(command, order_id)
    if isinstance(reply, str):
        return visit_page(visit_id, reply)
    response = redirect(url_for("usher.visit", visit_id=visit_id))
    remember_kiosk(response, kiosk)
    return response


@usher_prints.get("/visits/<visit_id>/live")
def live(visit_id: str) -> Response:
    """Keep live what became of the papers of one number."""
    spoken = words()
    page = LivePage(
        topics=("hall",),
        regions=partial(_regions, Scene.of_request(), visit_id),
        gone_sentence=spoken("staff.link_lost"),
        over_sentence=spoken("login.expired"),
    )
    return live_response(page)


def _regions(scene: Scene, visit_id: str) -> dict[str, str] | None:
    view = scene.parts.hall.view("hall", HallView)
    if view is None:
        return None
    return {"prints": scene.region("usher/prints.html", print_rows(view, scene.words, visit_id))}
