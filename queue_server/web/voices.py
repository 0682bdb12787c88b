"""The routes of voices: the list, the entry of what comes on paper or by telephone, its slip, and one voice.

A voice that is entered has the id of the form, so a form that is sent again is the same voice. The server knows whom a
voice is about; these pages show what it gives to the person who asks, and nothing else.
"""

import re
from typing import Final, Literal, get_args

from flask import Blueprint, Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from presentation.texts import name_in
from protocol.ballots import written_code
from protocol.commands import AnyCommand
from protocol.views import HallView, KioskView, Refused
from protocol.voice_commands import (
    AnswerVoice,
    AssignVoice,
    EndVoice,
    FetchVoices,
    FindVoice,
    FindVoiceCode,
    ReceiveVoice,
    VoiceFilter,
)
from protocol.voice_views import VoiceCodeFound, VoiceFound, VoicesFound
from protocol.voices import CONTACT_LETTERS, NAMED_MOST, TEXT_LETTERS, VoiceEnding, look_up_address
from queue_server.reporting.tables import NoReports
from queue_server.reporting.voices import voice_figures
from queue_server.web.asking import answered, asked, sent_id, who
from queue_server.web.shared import message_page, parts, person, sentence_of, words
from queue_server.web.typed_days import read_day
from queue_server.web.voices_page import (
    ENTERED,
    about,
    choices,
    day,
    figure_rows,
    month_name,
    steps,
    urgency,
    voice_rows,
)

voices = Blueprint("voices", __name__, url_prefix="/voices")

FILTERS: Final = get_args(VoiceFilter)
ENDINGS: Final[tuple[VoiceEnding, ...]] = get_args(VoiceEnding)
_PAGES_MOST: Final = 999
_MONTH: Final = re.compile(r"20\d{2}-(0[1-9]|1[0-2])", re.ASCII)
_NUMBER: Final = re.compile(r"([A-ZĐ]{0,3})\s*[-.]?\s*0*([1-9][0-9]{0,5})")

Done = Literal["assigned", "answered", "ended"]


@voices.get("/")
def home() -> AnyResponse | str:
    """Show the voices that this person may see, those due first."""
    shown = _filter()
    page = request.args.get("page", "0")
    number = int(page) if page.isdecimal() and page.isascii() and len(page) <= len(str(_PAGES_MOST)) else 0
    found, hall = _found(shown, number), _hall()
    if isinstance(found, str) or hall is None:
        return _nothing(found if isinstance(found, str) else words()("error.link_gone"))
    return render_template(
        "voices/home.html",
        rows=voice_rows(found, hall, parts().accounts.names(), words()),
        found=found,
        shown=shown,
        filters=FILTERS,
        page=number,
    )


@voices.get("/new")
def new() -> AnyResponse | str:
    """Show the form for what came on paper, by telephone or was told."""
    return _new([])


@voices.post("/new")
def enter() -> AnyResponse | str:
    """Enter a voice and go on to its slip; it has the id of the form."""
    form = request.form
    voice_id, typed_day, typed_number = sent_id(), form.get("received_day", "").strip(), form.get("number", "").strip()
    received = read_day(typed_day) if typed_day else None
    number = _NUMBER.fullmatch(typed_number.upper())
    if typed_day and received is None:
        return _refused(_new([words()("refusal.voice_day")]))
    if typed_number and number is None:
        return _refused(_new([words()("staff.wrong_number")]))
    command = ReceiveVoice(
        **who(),
        voice_id=voice_id,
        channel=next((one for one in ENTERED if one == form.get("channel")), "paper"),
        kind_id=form.get("kind", ""),
        text=_text("text"),
        contact=form.get("contact", "").strip(),
        received_day=received.isoformat() if received else "",
        prefix=number[1] if number else "",
        number=int(number[2]) if number else 0,
        counter_id=form.get("counter", ""),
        service_id=form.get("service", ""),
        named=tuple(form.getlist("named")[: NAMED_MOST + 1]),
    )
    reply = answered(command, voice_id, wrong_form="voices.wrong_form")
    return _refused(_new([reply])) if isinstance(reply, str) else redirect(url_for("voices.slip", voice=voice_id))


@voices.get("/slip")
def slip() -> AnyResponse | str:
    """Show the slip with the code, to be printed for whoever told it; to the person who entered it alone."""
    voice_id = request.args.get("voice", "")
    if not voice_id:
        return redirect(url_for("voices.home"))
    reply, hall = asked(FindVoiceCode(**who(), voice_id=voice_id)), _hall()
    if not isinstance(reply, VoiceCodeFound) or hall is None:
        return _nothing(_sentence(reply) if hall is not None else words()("error.link_gone"))
    kiosk = parts().hall.view("kiosk", KioskView)
    return render_template(
        "voices/slip.html",
        hall=hall,
        hotline=kiosk.hotline if kiosk else "",
        code=written_code(reply.code),
        received=day(reply.received_day),
        due=day(reply.due_day),
        look_up=look_up_address(kiosk.ticket_link if kiosk else None),
    )


@voices.get("/figures")
def figures() -> AnyResponse | str:
    """Show how many came, were answered in time, late or not at all: a month by channel and kind, and the months."""
    spoken, month = words(), request.args.get("month", "")
    try:
        found = voice_figures(parts().reports, month if _MONTH.fullmatch(month) else "")
    except NoReports:
        return message_page(spoken("voices.figures"), spoken("staff.no_reports"), 404)
    kinds = found.kind_names
    return render_template(
        "voices/figures.html",
        month=found.month,
        month_name=month_name(found.month),
        months_offered=[(one.line_id, month_name(one.line_id)) for one in found.months],
        months=figure_rows(found.months, month_name, spoken),
        channels=figure_rows(found.channels, lambda one: spoken(f"voices.channel.{one}"), spoken),
        kinds=figure_rows(found.kinds, lambda one: name_in(kinds.get(one, {"vi": one}), spoken.language), spoken),
    )


@voices.get("/<voice_id>")
def voice(voice_id: str) -> AnyResponse | str:
    """Show one voice with its words, and what this person may do with it."""
    return _voice(voice_id, [])


@voices.post("/<voice_id>/assign")
def assign(voice_id: str) -> AnyResponse | str:
    """Let somebody answer it, and name whom it is about."""
    form = request.form
    named = tuple(form.getlist("named")[: NAMED_MOST + 1])
    command = AssignVoice(**who(), voice_id=voice_id, owner_id=form.get("owner", ""), named=named)
    return _done(voice_id, command, "assigned")


@voices.post("/<voice_id>/answer")
def answer(voice_id: str) -> AnyResponse | str:
    """Answer it; the citizen reads the answer by the code."""
    return _done(voice_id, AnswerVoice(**who(), voice_id=voice_id, text=_text("text")), "answered")


@voices.post("/<voice_id>/end")
def end(voice_id: str) -> AnyResponse | str:
    """Close it, or end it without an answer of the hall."""
    ending = next((one for one in ENDINGS if one == request.form.get("ending")), None)
    if ending is None:
        return _refused(_voice(voice_id, [words()("refusal.malformed")]))
    return _done(voice_id, EndVoice(**who(), voice_id=voice_id, ending=ending), "ended")


def _done(voice_id: str, command: AnyCommand, done: Done) -> AnyResponse | str:
    reply = answered(command, sent_id(), wrong_form="voices.wrong_form")
    if isinstance(reply, str):
        return _refused(_voice(voice_id, [reply]))
    return redirect(url_for("voices.voice", voice_id=voice_id, done=done))


def _refused(page: AnyResponse | str) -> AnyResponse:
    return Response(page, 409) if isinstance(page, str) else page


def _new(sentences: list[str]) -> AnyResponse | str:
    found, hall = _found("open", 0), _hall()
    if isinstance(found, str) or hall is None:
        return _nothing(*sentences, found if isinstance(found, str) else words()("error.link_gone"))
    return render_template(
        "voices/new.html",
        sentences=sentences,
        channels=[one for one in ENTERED if one in found.channels],
        kinds=found.kinds,
        hall=hall,
        today=day(found.day),
        people=choices(parts().accounts.all(), request.form.getlist("named")),
        form=request.form,
        text_letters=TEXT_LETTERS,
        contact_letters=CONTACT_LETTERS,
    )


def _voice(voice_id: str, sentences: list[str]) -> AnyResponse | str:
    reply, hall = asked(FindVoice(**who(), voice_id=voice_id)), _hall()
    if not isinstance(reply, VoiceFound) or hall is None:
        return _nothing(*sentences, _sentence(reply) if hall is not None else words()("error.link_gone"))
    one, names = reply.voice, parts().accounts.names()
    done = request.args.get("done", "") if request.method == "GET" else ""
    return render_template(
        "voices/voice.html",
        sentences=sentences,
        done=done if done in get_args(Done) else "",
        voice=one,
        told=reply.words,
        kind=reply.kind_names,
        about=about(one, hall, words()),
        due=day(one.due_day),
        received=day(one.received_day),
        urgency=urgency(one, hall.day, ""),
        named=[names.get(clerk_id, clerk_id) for clerk_id in one.named],
        steps=steps(one, hall, names, words()),
        people=choices(parts().accounts.all(), one.named),
        answers=one.owner_id == person().clerk_id or person().staff_role == "manager",
        form=request.form,
        text_letters=TEXT_LETTERS,
    )


def _text(name: str) -> str:
    """Give what was typed; browsers count a new line as one letter and send it as two."""
    return request.form.get(name, "").replace("\r\n", "\n").strip()


def _filter() -> VoiceFilter:
    asked_for = request.args.get("shown", "")
    known: VoiceFilter | None = next((one for one in FILTERS if one == asked_for), None)
    return known or "open"


def _found(shown: VoiceFilter, page: int) -> VoicesFound | str:
    reply = asked(FetchVoices(**who(), shown=shown, page=page))
    return reply if isinstance(reply, VoicesFound) else _sentence(reply)


def _sentence(reply: object) -> str:
    if isinstance(reply, Refused):
        return sentence_of(reply)
    return reply if isinstance(reply, str) else words()("refusal.internal")


def _hall() -> HallView | None:
    return parts().hall.view("hall", HallView) if parts().hall.state == "up" else None


def _nothing(*why: str) -> Response:
    gone = parts().hall.state != "up"
    status = 503 if gone else 200 if request.method == "GET" else 409
    return Response(render_template("voices/nothing.html", sentences=why), status)
