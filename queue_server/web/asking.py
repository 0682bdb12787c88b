"""Asking the queue server for who sent a form: the reply, or the sentence that tells why there is none.

Whether a request was carried out is unknown when no answer came. Its id is then kept for the rest of the request: the
page that is shown carries it in its form, and offers to send the same once more. The server carries out one request of
an id, however often it is asked, so nothing is done twice.
"""

import logging
import sqlite3
from typing import Final, NamedTuple, TypedDict

from flask import g, request

from protocol.codec import Malformed, decode_command, encode
from protocol.commands import AnyCommand, Question, StaffRole
from protocol.link import LinkFull, NoAnswer, new_id
from protocol.views import AnyReply, Refused
from queue_server.web.changes import Standing, What
from queue_server.web.presses import BadPress, checked_id
from queue_server.web.shared import parts, person, sentence_of, words

log = logging.getLogger(__name__)

ANSWER_DEADLINE_S: Final = 8.0
NOT_KEPT: Final = frozenset({"busy", "storage"})
"""What the server refuses for now and does not remember: an earlier try under the same id may have been carried out."""


class Who(TypedDict):
    """Who asks, as most commands of staff name it."""

    function_id: str
    staff_role: StaffRole
    clerk_id: str


class SendAgain(TypedDict):
    """A form that was sent, to be sent once more as it was."""

    action: str
    fields: list[tuple[str, str]]


def who() -> Who:
    """Give the person who is signed in, at the function of these pages."""
    account = person()
    return Who(
        function_id=parts().hall.function_id or "unknown", staff_role=account.staff_role, clerk_id=account.clerk_id
    )


def sent_id() -> str:
    """Give the id of the request that the form carries; a new one for a form that carries none."""
    return request.form.get("request_id") or new_id()


def form_id(action: str) -> str:
    """Give the id for a form that is sent to this address: the one it had if its outcome is unknown, else a new one."""
    kept: str = g.get("unsettled", "")
    return kept if kept and request.path == action else new_id()


def keep_unsettled(request_id: str) -> None:
    """Remember, for the page that is shown now, that nobody knows what became of this request."""
    g.unsettled = request_id


def for_forms() -> dict[str, object]:
    """Give templates what their forms need: an id, and the form whose outcome is unknown, to be sent as it was."""
    kept: str = g.get("unsettled", "")
    fields = [one for one in request.form.items(multi=True) if one[0] not in {"csrf", "request_id"}] if kept else []
    again = SendAgain(action=request.path, fields=[*fields, ("request_id", kept)]) if kept else None
    return {"form_id": form_id, "send_again": again}


class Noted(NamedTuple):
    """As what an act stands among the changes, and about whom."""

    what: What
    about: str


def answered(
    command: AnyCommand,
    request_id: str | None = None,
    *,
    wrong_form: str = "refusal.malformed",
    noted: Noted | None = None,
) -> AnyReply | str:
    """Ask and wait; a refusal is its sentence. The rest is as `asked` says."""
    reply = asked(command, request_id, wrong_form=wrong_form, noted=noted)
    return sentence_of(reply) if isinstance(reply, Refused) else reply


def asked(
    command: AnyCommand,
    request_id: str | None = None,
    *,
    wrong_form: str = "refusal.malformed",
    noted: Noted | None = None,
) -> AnyReply | str:
    """Ask and wait. What changes something has the id of its form (`sent_id`); a question may do without.

    Gives the reply, a refusal too; or the sentence that tells why there is none. `wrong_form` is the key of the
    sentence for a form that makes no command. What is to be `noted` is so before it is asked, and what came of it
    after; what cannot be noted is not asked.
    """
    spoken = words()
    try:
        # A struct does not check itself when it is made, only when it is read.
        checked = decode_command(encode(command))
        chosen = new_id() if request_id is None else checked_id(request_id)
    except (Malformed, BadPress):
        return spoken(wrong_form)
    changes = not isinstance(command, Question)
    _note(noted, "asked")
    try:
        reply = parts().hall.ask(checked, request_id=chosen, deadline_s=ANSWER_DEADLINE_S)
    except NoAnswer:
        told = "staff.unknown_done" if changes else "staff.no_answer"
        _note_after(noted, "unknown")
    except LinkFull:
        told = "refusal.busy"
        _note_after(noted, "refused")
    else:
        _note_after(noted, "refused" if isinstance(reply, Refused) else "done")
        if changes and isinstance(reply, Refused) and reply.code in NOT_KEPT:
            keep_unsettled(chosen)
        return reply
    if changes:
        keep_unsettled(chosen)
    return spoken(told)


def _note(noted: Noted | None, standing: Standing) -> None:
    if noted:
        parts().changes.add(person().clerk_id, noted.what, noted.about, standing)


def _note_after(noted: Noted | None, standing: Standing) -> None:
    """Note what came of it. A full disk must not hide an answer that is told once: it was asked for."""
    try:
        _note(noted, standing)
    except sqlite3.Error:
        log.exception("what came of %s could not be noted; that it was asked for stands among the changes", noted)
