"""The routes of a ticket on the phone: look, look again, cancel."""

from flask import Blueprint, Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from presentation.formats import clock
from presentation.texts import Words
from protocol.views import Done, Refused, VisitFound
from queue_server.public.shared import kiosk_view, message_page, page, parts, stopped_words, unchanged_or, words
from queue_server.public.ticket_page import PLAIN_REFRESH_S, TicketPage, ticket_page
from queue_server.public.tickets import Trouble, trouble_of

phone = Blueprint("phone", __name__)

AGAIN_S = 10


@phone.get("/t/<link>/cancel")
@phone.get("/t/<link>")
@phone.get("/<link>")
def ticket(link: str) -> Response:
    """Show a ticket; also where the answer to its form stands, whence another language or a renewed page is asked."""
    return _ticket(link, "")


@phone.get("/t/<link>/now")
def now(link: str) -> Response:
    """Give what changes of the page, to a page that looks again; 304 while it is as it was."""
    found = parts().tickets.find(link, request.remote_addr or "")
    if not isinstance(found, VisitFound):
        return trouble_page(found)
    spoken = words(found.visit.language)
    shown = render_template(
        "ticket_now.html",
        words=spoken,
        language=spoken.language,
        link=link,
        ticket=_page(found, spoken),
        stopped=stopped_words(spoken),
    )
    response = unchanged_or(Response(shown))
    response.headers["X-Hall-Time"] = _hall_time(spoken)
    return response


@phone.post("/t/<link>/cancel")
def cancel(link: str) -> AnyResponse:
    """Give the number back; sent twice it is done once."""
    reply = parts().tickets.cancel(link, request.remote_addr or "")
    match reply:
        case Done():
            return redirect(url_for("phone.ticket", link=link, lang=request.args.get("lang")), 303)
        case Refused(code="visit_not_waiting" | "day_closed" | "visit_too_old" | "unknown_visit"):
            return _ticket(link, "follow.too_late_to_cancel")
        case Refused():
            return trouble_page(trouble_of(reply))
        case "wrong" | "expired" | "gone" | "busy":
            return trouble_page(reply)
        case _:
            return trouble_page("gone")


def _ticket(link: str, problem: str) -> Response:
    found = parts().tickets.find(link, request.remote_addr or "")
    if not isinstance(found, VisitFound):
        return trouble_page(found)
    spoken = words(found.visit.language)
    shown = _page(found, spoken)
    return page(
        "ticket.html",
        spoken,
        409 if problem else 200,
        ticket=shown,
        link=link,
        problem=spoken(problem) if problem else "",
        at=_hall_time(spoken),
        refresh_s=max(PLAIN_REFRESH_S, shown.poll_s),
    )


def _page(found: VisitFound, spoken: Words) -> TicketPage:
    procedure = parts().hall.procedures.get(found.visit.procedure_code)
    return ticket_page(found, kiosk_view(), procedure, spoken, parts().hall.now())


def _hall_time(spoken: Words) -> str:
    """Tell the hall's time, as its clock on the wall does."""
    kiosk = kiosk_view()
    return clock(spoken, parts().hall.now(), kiosk.utc_offset_s if kiosk else 0)


def trouble_page(trouble: Trouble) -> Response:
    """Say why there is no ticket to show. Every wrong link gets the same answer, byte by byte."""
    spoken = words()
    match trouble:
        case "wrong":
            return message_page(spoken("follow.wrong_title"), spoken("follow.wrong_link"), spoken, 404)
        case "expired":
            return message_page(spoken("follow.expired_title"), spoken("refusal.link_expired"), spoken, 410)
        case "busy":
            response = message_page(spoken("follow.busy_title"), spoken("refusal.busy"), spoken, 429, again_s=AGAIN_S)
        case "gone":
            sentence = spoken("follow.hall_gone")
            response = message_page(spoken("follow.gone_title"), sentence, spoken, 503, again_s=AGAIN_S)
    response.headers["Retry-After"] = str(AGAIN_S)
    return response
