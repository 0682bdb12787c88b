"""The routes of clerks: choose a counter, the console, its live stream and its presses."""

from functools import partial
from typing import Final

from flask import Blueprint, Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from presentation.formats import ticket_number
from protocol.inquiry_commands import FetchHearings
from protocol.inquiry_views import HearingsFound
from protocol.link import LinkFull, NoAnswer
from protocol.views import AnyReply, CounterView, HallView, NoteFound, OrderView, Refused, TicketTaken
from queue_server.web.asking import NOT_KEPT, asked, keep_unsettled, who
from queue_server.web.console_page import console_page
from queue_server.web.console_seat import Seat
from queue_server.web.live import LivePage
from queue_server.web.presses import Asker, BadPress, Press, checked_id, command_of, read_press
from queue_server.web.shared import (
    Scene,
    limited_services,
    live_response,
    message_page,
    parts,
    person,
    priority_classes,
    sentence_of,
    words,
)

counter = Blueprint("counter", __name__, url_prefix="/counters")

ANSWER_DEADLINE_S: Final = 4.0
VIEW_DEADLINE_S: Final = 0.3
"""After so long the page is told that the outcome is unknown; it then asks again under the same id."""

REGIONS: Final = ("top", "card", "buttons", "side", "dialogs")


@counter.get("/")
def choose() -> str | Response:
    """Show the counters and who is at each."""
    return _counters_page("")


@counter.post("/<counter_id>/sign-in")
def sign_in(counter_id: str) -> AnyResponse | str:
    """Take place at a counter. The id of the request stands in the form, so that sending it twice is one request."""
    hall = parts().hall.view("hall", HallView)
    known = hall is not None and any(one.counter_id == counter_id for one in hall.counters)
    if not known or not parts().hall.function_id:
        spoken = words()
        unknown = spoken("refusal.unknown_counter", counter_id=counter_id)
        return _counters_page(unknown if hall and not known else spoken("error.link_gone"))
    try:
        press = Press(request_id=checked_id(request.form.get("request_id", "")), action="sign_in")
        reply = _ask(press, counter_id)
    except BadPress as bad:
        return _counters_page(words()(bad.text_key))
    except (NoAnswer, LinkFull):
        keep_unsettled(press.request_id)
        return _counters_page(words()("staff.unknown_done"))
    if isinstance(reply, Refused):
        if reply.code in NOT_KEPT:
            keep_unsettled(press.request_id)
        return _counters_page(sentence_of(reply))
    return redirect(url_for("counter.console", counter_id=counter_id))


@counter.get("/<counter_id>")
def console(counter_id: str) -> str | Response:
    """Show the console."""
    spoken = words()
    hall = parts().hall.view("hall", HallView)
    if hall is not None and not any(one.counter_id == counter_id for one in hall.counters):
        return message_page(
            spoken("error.not_found_title"), spoken("refusal.unknown_counter", counter_id=counter_id), 404
        )
    regions = _regions(Scene.of_request(), counter_id) or {}
    return render_template("console.html", regions=regions, counter_id=counter_id)


@counter.get("/<counter_id>/live")
def live(counter_id: str) -> Response:
    """Keep the console live."""
    spoken = words()
    page = LivePage(
        # Of 60 consoles only those of this counter are made anew at each of its presses; making one takes milliseconds.
        topics=(f"counter/{counter_id}",),
        regions=partial(_regions, Scene.of_request(), counter_id),
        gone_sentence=spoken("console.link_lost"),
        over_sentence=spoken("login.expired"),
    )
    return live_response(page)


@counter.post("/<counter_id>/commands")
def command(counter_id: str) -> tuple[dict[str, str], int]:
    """Carry out a press: 200 done, 400 no press, 409 refused, 503 not sent, 504 unknown (ask again, same id)."""
    spoken = words()
    if not parts().hall.function_id:
        return {"result": "unsent", "sentence": spoken("error.link_gone")}, 503
    try:
        reply = _ask(read_press(request.get_data()), counter_id)
    except BadPress as bad:
        return {"result": "refused", "sentence": spoken(bad.text_key)}, 400
    except NoAnswer:
        return {"result": "unknown", "sentence": spoken("console.unknown_result")}, 504
    except LinkFull:
        return {"result": "unsent", "sentence": spoken("refusal.busy")}, 503
    if isinstance(reply, Refused):
        return {"result": "refused", "code": reply.code, "sentence": sentence_of(reply)}, 409
    return _done(reply), 200


def _done(reply: AnyReply) -> dict[str, str]:
    """Tell that a press was carried out, and what only its answer holds: the number somebody was given, a note."""
    if isinstance(reply, NoteFound):
        return {"result": "done", "note": reply.note}
    if not isinstance(reply, TicketTaken):
        return {"result": "done"}
    number = ticket_number(reply.prefix, reply.number)
    return {"result": "done", "sentence": words()("console.given", number=number)}


def _ask(press: Press, counter_id: str) -> AnyReply:
    """Ask. A page that looks is answered once the view that its press brings about is here: then it sees it at once."""
    account, hall = person(), parts().hall
    asker = Asker(hall.function_id, account.staff_role, account.clerk_id, counter_id)
    with hall.listening((f"counter/{counter_id}",)) as listener:
        reply = hall.ask(command_of(press, asker), request_id=press.request_id, deadline_s=ANSWER_DEADLINE_S)
        if "look" in request.args and not isinstance(reply, Refused):
            listener.wait(VIEW_DEADLINE_S)
    return reply


def _counters_page(sentence: str) -> Response:
    shared, account = parts(), person()
    hall = shared.hall.view("hall", HallView) if shared.hall.state == "up" else None
    page = render_template(
        "counters.html",
        hall=hall,
        account=account,
        names=shared.accounts.names(),
        hearings_waiting=_hearings_waiting() if hall else 0,
        sentence=sentence or ("" if hall else words()("error.link_gone")),
    )
    return Response(page, 409 if sentence else 200)


def _hearings_waiting() -> int:
    """Count what was opened to this clerk and waits for a word; this page tells it, as no view and no console does."""
    found = asked(FetchHearings(**who()))
    return found.waiting if isinstance(found, HearingsFound) else 0


def _regions(scene: Scene, counter_id: str) -> dict[str, str] | None:
    """Make the regions of the console; None while the hall or the counter is not known."""
    hall = scene.parts.hall
    hall_view = hall.view("hall", HallView)
    counter_view = hall.view(f"counter/{counter_id}", CounterView)
    if hall_view is None or counter_view is None:
        return None
    page = console_page(
        Seat(
            clerk_id=scene.account.clerk_id,
            names=scene.parts.accounts.names(),
            hall=hall_view,
            counter=counter_view,
            priority_classes=priority_classes(hall),
            procedures=hall.procedures,
            words=scene.words,
            viewed_at=hall.viewed_at(f"counter/{counter_id}"),
            now=hall.now(),
            limited=limited_services(hall),
            order=hall.view("order", OrderView),
        )
    )
    return {name: scene.region(f"console/{name}.html", page) for name in REGIONS}
