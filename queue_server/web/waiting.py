"""The waiting list on paper, for calling by mouth in a power cut."""

from collections.abc import Callable
from typing import Final

from flask import Blueprint, Response, render_template

from presentation.formats import moment
from protocol.commands import FetchWaitingList, StaffRole
from protocol.link import new_id
from protocol.views import AnyReply, HallView, WaitingListPage, WaitingVisit
from queue_server.web.asking import answered
from queue_server.web.hall import Hall
from queue_server.web.shared import parts, person, words
from queue_server.web.waiting_rows import Names, waiting_queues

waiting = Blueprint("waiting", __name__, url_prefix="/waiting")

PAGES_MOST: Final = 1000
"""No hall has so many; a server that always tells of one page more must not keep us for ever."""
READINGS_MOST: Final = 4
LIST_DEADLINE_S: Final = 2.0
"""A page that is kept live says rather soon than late that it is not."""


@waiting.get("/")
def paper() -> Response | str:
    """Show the list as it is this moment, ready to be printed."""
    hall = parts().hall.view("hall", HallView) if parts().hall.state == "up" else None
    if hall is None:
        sentence = words()("error.link_gone")
        return Response(render_template("waiting/paper.html", sentence=sentence, queues=(), made=""), 503)
    found = fetch_waiting()
    if isinstance(found, str):
        return render_template("waiting/paper.html", sentence=found, queues=(), made="")
    names = Names({one.queue_id: one.names for one in hall.queues}, hall.class_names)
    return render_template(
        "waiting/paper.html",
        sentence="",
        queues=waiting_queues(found, names, words(), hall.utc_offset_s),
        made=moment(words(), parts().hall.now(), hall.utc_offset_s),
    )


def fetch_waiting() -> tuple[WaitingVisit, ...] | str:
    """Fetch the whole list; or give the sentence that tells why there is none."""

    def page_of(page: int) -> AnyReply | str:
        return answered(
            FetchWaitingList(
                function_id=parts().hall.function_id or "unknown", staff_role=person().staff_role, page=page
            )
        )

    found = whole_list(page_of, READINGS_MOST)
    if isinstance(found, tuple | str):
        return found
    return words()("refusal.internal")  # An answer that is none of this question's.


def asked_for_all(hall: Hall, staff_role: StaffRole) -> tuple[WaitingVisit, ...] | None:
    """Fetch the whole list for a page that is kept live; None when it is refused. Raises NoAnswer, LinkFull."""

    def page_of(page: int) -> AnyReply:
        command = FetchWaitingList(function_id=hall.function_id or "unknown", staff_role=staff_role, page=page)
        return hall.ask(command, request_id=new_id(), deadline_s=LIST_DEADLINE_S)

    found = whole_list(page_of, 1)  # What moved between two pages is right with the next view, within a second.
    return found if isinstance(found, tuple) else None


def whole_list(page_of: Callable[[int], AnyReply | str], readings: int) -> tuple[WaitingVisit, ...] | AnyReply | str:
    """Read all pages of the list; gives the answer that is no page, if one is not.

    The pages are of different moments: whoever moves from one to another meanwhile may stand on both, or on neither. So
    a list of several pages is read until two readings name the same people, `readings` times at most; if they never do,
    those whom only the last but one named are kept, since a number too many is called once in vain, and one too few
    waits for ever.
    """
    before: dict[str, WaitingVisit] = {}
    now: dict[str, WaitingVisit] = {}
    for reading in range(readings):
        before, now, pages = now, {}, 1
        for page in range(PAGES_MOST):
            reply = page_of(page)
            if not isinstance(reply, WaitingListPage):
                return reply
            now.update((one.visit_id, one) for one in reply.visits)
            pages = reply.pages
            if page + 1 >= pages:
                break
        if pages == 1 or (reading and now.keys() == before.keys()):
            return tuple(now.values())
    return (*now.values(), *(one for visit_id, one in before.items() if visit_id not in now))
