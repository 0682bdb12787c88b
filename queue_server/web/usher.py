"""The routes of ushers, who walk through the hall with a tablet: give, mend, cancel a number, go where help is called.

Each form carries the id of its request, so that a press that is sent twice is one; the server decides anew each time.
"""

from functools import partial
from typing import Final

import segno
from flask import Blueprint, Response, redirect, render_template, request, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response as AnyResponse

from presentation.formats import ticket_number
from protocol.commands import AnswerHelp, AnyCommand, CancelVisit, FindTicket, MendVisit, TakeTicket
from protocol.link import LinkFull, NoAnswer
from protocol.ticket_code import qr_text, ticket_code
from protocol.views import HallView, KioskView, VisitFound
from queue_server.web.asking import answered, sent_id, who
from queue_server.web.hall_page import cut_off, help_rows, stopped_line
from queue_server.web.last_kiosk import last_kiosk
from queue_server.web.live import LivePage
from queue_server.web.shared import (
    Scene,
    limited_services,
    live_response,
    parts,
    words,
)
from queue_server.web.usher_page import UsherPage
from queue_server.web.usher_prints_page import kiosk_choices, print_rows
from queue_server.web.waiting import asked_for_all
from queue_server.web.waiting_rows import Names, waiting_queues

_IN_THE_HALL: Final = ("waiting", "called", "in_service", "parked")
"""Who is in one of these states may need a paper."""

usher = Blueprint("usher", __name__, url_prefix="/usher")


@usher.get("/")
def hall() -> str:
    """Show who calls for help, who waits, and the form to give a number."""
    return _page("")


@usher.get("/live")
def live() -> Response:
    """Keep calls for help and what the hall is told live."""
    spoken = words()
    page = LivePage(
        topics=("hall",),
        regions=partial(_regions, Scene.of_request()),
        gone_sentence=spoken("staff.link_lost"),
        over_sentence=spoken("login.expired"),
    )
    return live_response(page)


@usher.post("/give")
def give() -> AnyResponse:
    """Give a number: the visit has the id of the request, so one form is one number."""
    form = request.form
    visit_id = form.get("request_id", "")
    needs_reason = form.get("service_id", "") in limited_services(parts().hall)
    command = TakeTicket(
        **who(),
        visit_id=visit_id,
        service_id=form.get("service_id", ""),
        priority_class_id=form.get("priority_class_id", ""),
        without_card=form.get("reason", "") if needs_reason else "",
    )
    return _asked(command, visit_id, url_for("usher.visit", visit_id=visit_id, given="1"))


@usher.get("/visits/<visit_id>")
def visit(visit_id: str) -> AnyResponse | str:
    """Show one number large, with its code to be photographed, and what may be mended."""
    return visit_page(visit_id, "")


@usher.post("/visits/<visit_id>/mend")
def mend(visit_id: str) -> AnyResponse | str:
    """Give who waits another service or class."""
    form = request.form
    command = MendVisit(
        **who(),
        visit_id=visit_id,
        service_id=form.get("service_id", ""),
        priority_class_id=form.get("priority_class_id", ""),
        reason=form.get("reason", ""),
    )
    return _changed(command, visit_id)


@usher.post("/visits/<visit_id>/cancel")
def cancel(visit_id: str) -> AnyResponse | str:
    """Let a citizen go who was not called."""
    return _changed(CancelVisit(**who(), visit_id=visit_id, reason=request.form.get("reason", "")), visit_id)


@usher.post("/help/<function_id>")
def answer_help(function_id: str) -> AnyResponse:
    """Say that this person goes to the kiosk that called for help."""
    return _asked(AnswerHelp(**who(), kiosk_function_id=function_id), sent_id(), url_for("usher.hall"))


def _asked(command: AnyCommand, request_id: str, then: str) -> AnyResponse:
    reply = answered(command, request_id)
    return Response(_page(reply), 409) if isinstance(reply, str) else redirect(then)


def _changed(command: AnyCommand, visit_id: str) -> AnyResponse | str:
    reply = answered(command, request.form.get("request_id", ""))
    if isinstance(reply, str):
        return visit_page(visit_id, reply)
    return redirect(url_for("usher.visit", visit_id=visit_id))


def _page(sentence: str) -> str:
    hall_view = parts().hall.view("hall", HallView)
    return render_template(
        "usher/page.html",
        sentence=sentence,
        regions=_regions(Scene.of_request()) or {},
        hall=hall_view,
        reasons=_reasons(hall_view, "without_card"),
        form=request.form,
    )


def visit_page(visit_id: str, sentence: str) -> Response | str:
    """Show a visit; with a sentence, why what was wanted of it was not done."""
    hall_view = parts().hall.view("hall", HallView)
    function_id = parts().hall.function_id or "unknown"
    reply = answered(FindTicket(function_id=function_id, staff_role="usher", visit_id=visit_id))
    if hall_view is None or isinstance(reply, str) or not isinstance(reply, VisitFound):
        told = sentence or (reply if isinstance(reply, str) else words()("error.link_gone"))
        nothing = render_template("usher/visit.html", sentence=told, found=None, visit_id=visit_id)
        return Response(nothing, 409 if sentence else 200)
    kiosk = parts().hall.view("kiosk", KioskView)
    code = ticket_code(visit_id, reply.secret)
    picture = segno.make(qr_text(kiosk.ticket_link, code) if kiosk else code, error="m")
    svg = picture.svg_inline(border=4, omitsize=True, dark="#14231F", light="#FFFFFF")
    page = render_template(
        "usher/visit.html",
        sentence=sentence,
        found=reply,
        number=ticket_number(reply.visit.prefix, reply.visit.number),
        picture=Markup(svg),  # noqa: S704 -- segno draws it from squares alone.
        hall=hall_view,
        mend_reasons=_reasons(hall_view, "mend"),
        cancel_reasons=_reasons(hall_view, "cancel"),
        form=request.form,
        visit_id=visit_id,
        kiosks=kiosk_choices(hall_view, words(), last_kiosk()),
        prints=print_rows(hall_view, words(), visit_id),
        may_print=reply.visit.state in _IN_THE_HALL,
        given="given" in request.args,
    )
    return Response(page, 409 if sentence else 200)


def _reasons(hall_view: HallView | None, use: str) -> list[tuple[str, dict[str, str]]]:
    return [(one.reason_id, one.names) for one in hall_view.reasons if use in one.uses] if hall_view else []


def _regions(scene: Scene) -> dict[str, str] | None:
    view = scene.parts.hall.view("hall", HallView)
    if view is None:
        return None
    try:
        visits = asked_for_all(scene.parts.hall, "usher")
    except (NoAnswer, LinkFull):
        visits = None
    if visits is None:
        return None  # What is not known is not shown.
    names = Names({one.queue_id: one.names for one in view.queues}, view.class_names)
    page = UsherPage(
        name=view.names,
        utc_offset_s=view.utc_offset_s,
        help_rows=help_rows(view, scene.words),
        cut_off=cut_off(view, scene.words),
        stopped=stopped_line(view, scene.words),
        waiting=view.today.waiting,
        prints=print_rows(view, scene.words),
        queues=waiting_queues(visits, names, scene.words, view.utc_offset_s),
    )
    return {"usher": scene.region("usher/now.html", page)}
