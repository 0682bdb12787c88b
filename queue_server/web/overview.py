"""The routes of managers and inspectors: the hall live, to look at."""

from functools import partial

from flask import Blueprint, Response, render_template

from protocol.views import HallView
from queue_server.web.hall_page import Overview, hall_page
from queue_server.web.live import LivePage
from queue_server.web.shared import Scene, has_room_for_page, live_response, priority_classes, too_many_pages, words

overview = Blueprint("overview", __name__, url_prefix="/hall")


@overview.get("/")
def hall() -> str | Response:
    """Show the hall."""
    if not has_room_for_page():
        return too_many_pages()
    return render_template("hall.html", regions=_regions(Scene.of_request()) or {})


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


def _regions(scene: Scene) -> dict[str, str] | None:
    hall = scene.parts.hall
    view = hall.view("hall", HallView)
    if view is None:
        return None
    page = hall_page(Overview(view, scene.parts.accounts.names(), priority_classes(hall), scene.words, hall.now()))
    return {"hall": scene.region("hall/hall.html", page)}
