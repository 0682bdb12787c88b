"""The routes of the suggestion box: tell the hall something, and look by its code what became of it.

A code and what was written stand in forms and in pages alone, never in an address: addresses are kept in journals.
"""

import re
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Final

from flask import Blueprint, Response, request

from presentation.texts import Words, name_in
from protocol.ballots import written_code
from protocol.link import new_id
from protocol.views import KioskView, Refused
from protocol.voice_views import VoiceCodeFound, VoiceFollowed
from protocol.voices import CONTACT_LETTERS, TEXT_LETTERS
from queue_server.public.shared import kiosk_view, message_page, page, parts, words

voices = Blueprint("voices", __name__, url_prefix="/voices")

FORM_BYTES: Final = 32_768
"""A form of `TEXT_LETTERS` letters, each written in nine bytes, and its other fields."""
AGAIN_S: Final = 60
_NUMBER: Final = re.compile(r"([A-ZĐ]{0,3})\s*[-.]?\s*0*([1-9][0-9]{0,5})")
_ID: Final = re.compile(r"[0-9a-f]{32}", re.ASCII)


@dataclass(frozen=True)
class Typed:
    """What somebody has typed; ``voice_id`` stays while the form is mended, so that it is received once."""

    voice_id: str = field(default_factory=new_id)
    kind_id: str = ""
    text: str = ""
    contact: str = ""
    number: str = ""
    service_id: str = ""


@voices.before_request
def let_long_forms_in() -> None:
    """Take a form as long as a voice may be; all other forms of these pages are short."""
    request.max_content_length = FORM_BYTES


@voices.get("/")
def home() -> Response:
    """Show the form, where the hall takes voices by phone, and the ways by which it takes them."""
    return _form(Typed(), "")


@voices.post("/")
def send() -> Response:
    """Hand in what was typed, and give its code; a form that cannot be sent stays as it was typed."""
    typed, kiosk = _typed(), kiosk_view()
    if kiosk is None or "phone" not in kiosk.voice_channels:
        return _form(typed, "")
    problem = _problem(typed, kiosk)
    if problem:
        return _form(typed, words()(problem), 422)
    reply = parts().voices.send(_fields(typed), request.remote_addr or "")
    match reply:
        case VoiceCodeFound():
            spoken = words()
            return page(
                "voice_sent.html",
                spoken,
                code=written_code(reply.code),
                received=_day(reply.received_day, spoken),
                due=_day(reply.due_day, spoken),
            )
        case "busy":
            return _later(_form(typed, words()("public.voice.busy"), 429))
        case "gone" | Refused(code="busy" | "storage" | "unknown_device"):
            return _later(_form(typed, words()("public.voice.unsent"), 503))
        case _:
            if reply.code == "voice_sent_before":
                typed = replace(typed, voice_id=new_id())  # Sent once more, it is a voice of its own.
            return _form(typed, _sentence(reply, words()), 409)


@voices.get("/look")
def ask() -> Response:
    """Ask for the code."""
    return page("voice_look.html", words())


@voices.post("/look")
def look() -> Response:
    """Tell what became of a voice. Every code that is none gets the same answer, byte by byte."""
    spoken = words()
    reply = parts().voices.follow(request.form.get("code", ""), request.remote_addr or "")
    match reply:
        case VoiceFollowed():
            kiosk = kiosk_view()
            is_open = reply.state in ("received", "assigned")
            return page(
                "voice_followed.html",
                spoken,
                voice=reply,
                received=_day(reply.received_day, spoken),
                due=_day(reply.due_day, spoken),
                answered=_day(reply.answered_day, spoken),
                is_open=is_open,
                late=is_open and kiosk is not None and kiosk.day > reply.due_day,
            )
        case Refused(code="unknown_voice"):
            return page("voice_look.html", spoken, 404, problem=spoken("refusal.unknown_voice"))
        case "busy":
            return _later(page("voice_look.html", spoken, 429, problem=spoken("public.voice.busy")))
        case _:
            return _later(message_page(spoken("follow.gone_title"), spoken("public.voice.gone"), spoken, 503))


def _form(typed: Typed, problem: str, status: int = 200) -> Response:
    spoken, kiosk = words(), kiosk_view()
    channels = kiosk.voice_channels if kiosk else ()
    return page(
        "voice.html",
        spoken,
        status,
        typed=typed,
        problem=problem,
        offered="phone" in channels,
        other_ways=[one for one in channels if one != "phone"],
        kinds=kiosk.voice_kinds if kiosk else (),
        services=[(one.service_id, name_in(one.names, spoken.language)) for one in kiosk.services] if kiosk else [],
        text_letters=TEXT_LETTERS,
        contact_letters=CONTACT_LETTERS,
    )


def _typed() -> Typed:
    form = request.form
    voice_id = form.get("voice_id", "")
    return Typed(
        voice_id=voice_id if _ID.fullmatch(voice_id) else new_id(),
        kind_id=form.get("kind", "")[:64],
        # Browsers count a new line as one letter and send it as two.
        text=form.get("text", "").replace("\r\n", "\n").strip(),
        contact=form.get("contact", "").strip(),
        number=form.get("number", "").strip()[:12],
        service_id=form.get("service", "")[:64],
    )


def _problem(typed: Typed, kiosk: KioskView) -> str:
    """Name the sentence that tells what has to be mended; empty where nothing has."""
    if typed.kind_id not in {one.kind_id for one in kiosk.voice_kinds}:
        return "refusal.voice_kind"
    if not typed.text:
        return "refusal.voice_empty"
    if len(typed.text) > TEXT_LETTERS or len(typed.contact) > CONTACT_LETTERS:
        return "public.voice.too_long"
    if typed.number and not _NUMBER.fullmatch(typed.number.upper()):
        return "public.voice.wrong_number"
    return ""


def _fields(typed: Typed) -> dict[str, Any]:
    number = _NUMBER.fullmatch(typed.number.upper())
    known = {one.service_id for one in kiosk.services} if (kiosk := kiosk_view()) else set()
    return {
        "voice_id": typed.voice_id,
        "kind_id": typed.kind_id,
        "text": typed.text,
        "contact": typed.contact,
        "service_id": typed.service_id if typed.service_id in known else "",
        "prefix": number[1] if number else "",
        "number": int(number[2]) if number else 0,
    }


def _sentence(refused: Refused, spoken: Words) -> str:
    key = f"refusal.{refused.code}"
    known = refused.sentences.get(spoken.language, "")
    return known or (spoken(key, **refused.parts) if spoken.has(key) else spoken("public.voice.unsent"))


def _day(day: str, spoken: Words) -> str:
    """Write a day as people do; nothing for none."""
    if not day:
        return ""
    one = date.fromisoformat(day)
    return spoken("format.date", day=f"{one.day:02d}", month=f"{one.month:02d}", year=one.year)


def _later(response: Response) -> Response:
    response.headers["Retry-After"] = str(AGAIN_S)
    return response
