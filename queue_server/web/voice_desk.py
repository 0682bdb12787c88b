"""Looking a voice up by its code at the desk, for whoever comes with the paper in hand and reads no pages on a phone.

It tells what the public pages tell, and nothing else: how far it has come, by when it is answered, and the answer. What
cannot be a code is a slip of the keyboard; what could be one and is none counts as a try at guessing.
"""

from flask import Blueprint, Response, render_template, request

from protocol.ballots import read_code
from protocol.views import KioskView, Refused
from protocol.voice_commands import FollowVoice
from protocol.voice_views import VoiceFollowed
from queue_server.web.asking import asked, who
from queue_server.web.shared import parts, sentence_of, words
from queue_server.web.tries import wrong
from queue_server.web.voices_page import day

voice_desk = Blueprint("voice_desk", __name__, url_prefix="/voices")

CODE_LETTERS = 40


@voice_desk.get("/look")
def look() -> str:
    """Show the field for a code."""
    return _page("")


@voice_desk.post("/look")
def follow() -> Response | str:
    """Tell what became of the voice with this code. It stands in no address, and the page in no cache."""
    spoken, typed = words(), request.form.get("code", "").strip()
    if len(typed) > CODE_LETTERS or read_code(typed) is None:
        return Response(_page(spoken("voices.look_no_code")), 404)
    reply = asked(FollowVoice(**who(), code=typed))
    if isinstance(reply, VoiceFollowed):
        return _found(reply)
    if isinstance(reply, Refused):
        if reply.code == "unknown_voice":
            wrong()
        return Response(_page(sentence_of(reply)), 409 if reply.code == "voice_own" else 404)
    return Response(_page(spoken("error.link_gone")), 503)


def _page(problem: str) -> str:
    return render_template("voices/look.html", problem=problem, code_letters=CODE_LETTERS)


def _found(voice: VoiceFollowed) -> str:
    kiosk = parts().hall.view("kiosk", KioskView)
    is_open = voice.state in ("received", "assigned")
    return render_template(
        "voices/followed.html",
        voice=voice,
        received=day(voice.received_day),
        due=day(voice.due_day),
        answered=day(voice.answered_day),
        is_open=is_open,
        late=is_open and kiosk is not None and kiosk.day > voice.due_day,
    )
