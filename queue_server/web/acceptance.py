"""The routes of the commissioning wizard: a hall is tried step by step before it opens, and accepted on paper."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from importlib.metadata import version
from typing import Any

from flask import Blueprint, Response, abort, current_app, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from presentation.formats import hall_time
from protocol.commands import FetchRosters
from protocol.link import new_id
from protocol.views import DevicesView, HallView, KioskView, RosterDay, RostersFound
from queue_server.web.acceptance_items import (
    PARTS,
    Point,
    Seen,
    facts_of,
    items_of,
    objections,
    open_points,
    summary,
)
from queue_server.web.acceptance_records import NOTE_MOST, VERDICTS, Answer
from queue_server.web.asking import asked
from queue_server.web.presses import BadPress, checked_id
from queue_server.web.shared import parts, person, when, words

acceptance = Blueprint("acceptance", __name__, url_prefix="/acceptance")

SHEET_LANGUAGES = ("vi", "en")
"""The paper is for the branch and for whoever inspects it."""


@acceptance.get("/")
def wizard() -> str:
    """Show the walk: the item that is named, or the first that nobody has answered yet."""
    return _page(request.args.get("item", ""))


@acceptance.post("/")
def record() -> AnyResponse | str:
    """Keep what was found about an item, and go on to the next."""
    form = request.form
    key, verdict = form.get("item", ""), form.get("verdict", "")
    note = " ".join(form.get("note", "").split())[:NOTE_MOST]
    seen = _seen()
    items = items_of(seen)
    chosen = next((one for one in VERDICTS if one == verdict), None)
    if chosen is None or key not in {one.key for one in items}:
        abort(400)
    if chosen != "passed" and not note:
        return Response(_page(key, words()("acceptance.say_why"), note), 409)
    try:
        request_id = checked_id(form.get("request_id", ""))
    except BadPress:
        abort(400)
    records = parts().acceptance
    records.keep(request_id, person().clerk_id, key, chosen, note)
    keys = [one.key for one in items]
    answers = records.last()
    behind = [*keys[keys.index(key) + 1 :], *keys[: keys.index(key)]]
    following = next((one for one in behind if one not in answers), "")
    return redirect(url_for("acceptance.wizard", item=following or key, kept=key))


@acceptance.get("/sheet")
def sheet() -> str:
    """Show the acceptance sheet, ready to be printed and signed."""
    seen = _seen()
    items, answers = items_of(seen), parts().acceptance.last()
    texts, names = parts().texts, parts().accounts.names()
    open_in: dict[str, list[tuple[Point, str]]] = {
        language: list(open_points(items, answers, seen, texts.words(language))) for language in SHEET_LANGUAGES
    }
    return render_template(
        "acceptance/sheet.html",
        both=[(language, texts.words(language)) for language in SHEET_LANGUAGES],
        hall=seen.hall,
        sections=_sections(items, answers),
        names=names,
        summaries={language: summary(texts, language, items, answers) for language in SHEET_LANGUAGES},
        open_points=[(vi, en[1]) for vi, en in zip(open_in["vi"], open_in["en"], strict=True)],
        program=f"Motcua {version('motcua')}",
        printed=when(seen.now),
        technicians=sorted({names.get(one.by_id, one.by_id) for one in answers.values()}),
    )


def _page(key: str, sentence: str = "", note: str = "") -> str:
    seen, spoken = _seen(), words()
    items, records = items_of(seen), parts().acceptance
    answers = records.last()
    shown = next((one for one in items if one.key == key), None)
    shown = shown or next((one for one in items if one.key not in answers), items[0])
    kept = request.args.get("kept", "") if request.method == "GET" else ""
    context: dict[str, Any] = {
        "sections": _sections(items, answers),
        "item": shown,
        "place_of": items.index(shown) + 1,
        "total": len(items),
        "facts": facts_of(shown, seen, spoken),
        "against": objections(shown, seen, spoken),
        "history": records.of(shown.key),
        "names": parts().accounts.names(),
        "summary": summary(parts().texts, spoken.language, items, answers),
        "link": url_for(shown.door) if shown.door in current_app.view_functions else "",
        "kept": next((one for one in items if one.key == kept), None),
        "done": all(one.key in answers for one in items),
    }
    return render_template(
        "acceptance/wizard.html",
        sentence=sentence,
        note=note,
        request_id=new_id(),
        note_most=NOTE_MOST,
        known=seen.hall is not None,
        **context,
    )


def _sections(
    items: Sequence[Point], answers: Mapping[str, Answer]
) -> list[tuple[str, list[tuple[int, Point, Answer | None]]]]:
    numbered = [(number, one, answers.get(one.key)) for number, one in enumerate(items, start=1)]
    return [(part, [row for row in numbered if row[1].part == part]) for part in PARTS]


def _seen() -> Seen:
    """Gather what the program knows by itself; what it cannot know now is left out, and then not claimed."""
    shared = parts()
    hall = shared.hall.view("hall", HallView) if shared.hall.state == "up" else None
    return Seen(
        hall=hall,
        kiosk=shared.hall.view("kiosk", KioskView),
        devices=shared.hall.view("devices", DevicesView),
        week=_week(hall) if hall is not None else (),
        accounts=shared.accounts.all(),
        behind_tls=shared.guard.behind_tls,
        now=shared.hall.now(),
    )


def _week(hall: HallView) -> tuple[RosterDay, ...]:
    """Ask for the opening hours of the week to come."""
    first = hall_time(parts().hall.now(), hall.utc_offset_s).date() + timedelta(days=1)
    command = FetchRosters(
        function_id=parts().hall.function_id or "unknown", staff_role=person().staff_role, first_day=first.isoformat()
    )
    reply = asked(command)
    return reply.days if isinstance(reply, RostersFound) else ()
