"""Asking the queue server for who sent a form: the reply, or the sentence that tells why there is none."""

from typing import Final

from protocol.codec import Malformed, decode_command, encode
from protocol.commands import AnyCommand
from protocol.link import LinkFull, NoAnswer, new_id
from protocol.views import AnyReply, Refused
from queue_server.web.presses import BadPress, checked_id
from queue_server.web.shared import parts, sentence_of, words

ANSWER_DEADLINE_S: Final = 8.0


def answered(
    command: AnyCommand,
    request_id: str | None = None,
    *,
    wrong_form: str = "refusal.malformed",
    unknown: str = "staff.unknown_done",
) -> AnyReply | str:
    """Ask and wait. A form that carries no id of its own gets a new one each time it is sent.

    The keys name the sentences for a form that makes no command, and for an answer that did not come.
    """
    spoken = words()
    try:
        # A struct does not check itself when it is made, only when it is read.
        checked = decode_command(encode(command))
        chosen = new_id() if request_id is None else checked_id(request_id)
        reply = parts().hall.ask(checked, request_id=chosen, deadline_s=ANSWER_DEADLINE_S)
    except (Malformed, BadPress):
        return spoken(wrong_form)
    except NoAnswer:
        return spoken(unknown)
    except LinkFull:
        return spoken("refusal.busy")
    return sentence_of(reply) if isinstance(reply, Refused) else reply
