"""The routes by which a citizen rates a visit from a phone: once, in secret, some days after it too."""

from typing import Final

from flask import Blueprint, Response, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from presentation.formats import ticket_number
from presentation.texts import Words
from protocol.views import Done, Refused, VisitFound
from queue_server.public.phone import trouble_page
from queue_server.public.shared import page, parts, words
from queue_server.public.tickets import Answer, trouble_of

rating = Blueprint("rating", __name__)

REASONS_AT_MOST: Final = 8
"""As many as a command may hold."""

_PROBLEMS: Final = {"scale_changed": "refusal.scale_changed", "not_rateable": "follow.rate_choose"}


@rating.get("/t/<link>/rate")
def form(link: str) -> Response:
    """Ask, thank, or say that there is nothing to rate yet."""
    return _form(link, "")


@rating.post("/t/<link>/rate")
def rate(link: str) -> AnyResponse:
    """Take the answer. A second one gets the same page as the first: it is kept, and does not count."""
    level = request.form.get("level", "")
    if level not in set("123456789"):
        return _form(link, "follow.rate_choose")
    reasons = tuple(one for one in request.form.getlist("reason") if 0 < len(one) <= 64)[:REASONS_AT_MOST]  # noqa: PLR2004 -- what a code may be.
    answer = Answer(int(level), reasons, request.form.get("scale", "")[:64])
    reply = parts().tickets.rate(link, request.remote_addr or "", answer)
    match reply:
        case Done() | Refused(code="already_rated"):
            return redirect(url_for("rating.form", link=link, lang=request.args.get("lang")), 303)
        case Refused(code="scale_changed" | "not_rateable"):
            return _form(link, _PROBLEMS[reply.code])
        case Refused():
            return trouble_page(trouble_of(reply))
        case "wrong" | "expired" | "gone" | "busy":
            return trouble_page(reply)
        case _:
            return trouble_page("gone")


def _form(link: str, problem: str) -> Response:
    found = parts().tickets.find(link, request.remote_addr or "")
    if not isinstance(found, VisitFound):
        return trouble_page(found)
    spoken = words(found.visit.language)
    return page(
        "rate.html",
        spoken,
        422 if problem else 200,
        asked=found.link_rating,
        number=ticket_number(found.visit.prefix, found.visit.number),
        link=link,
        question=_question(found, spoken),
        problem=spoken(problem) if problem else "",
    )


def _question(found: VisitFound, spoken: Words) -> str:
    neutral = found.link_rating is not None and found.link_rating.tone == "neutral"
    return spoken("rating.question_neutral" if neutral else "rating.question")
