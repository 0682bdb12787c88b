"""The routes of the hall editor: how the draft stands, its text, and its difference from what is effective."""

from functools import partial
from typing import Any, Final

from flask import Blueprint, Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from presentation.mistakes import Mistake
from queue_server.config import MAIN
from queue_server.web.difference import differences
from queue_server.web.drafts import SavedMeanwhile, Sources, TooLarge
from queue_server.web.editing import CannotEdit, Draft
from queue_server.web.hall_forms import GROUPS
from queue_server.web.mistake_words import Told, told
from queue_server.web.shared import parts, person, words

editor = Blueprint("editor", __name__, url_prefix="/editor")

PUBLICATIONS_SHOWN: Final = 5
CONTEXT: Final = 2
"""Lines shown around a mistake."""


@editor.errorhandler(CannotEdit)
def _cannot(problem: CannotEdit) -> AnyResponse:
    return cannot_edit(problem)


def cannot_edit(problem: CannotEdit) -> AnyResponse:
    """Say why the hall cannot be edited here."""
    return Response(render_template("editor/cannot.html", why=str(problem)), 200 if request.method == "GET" else 409)


@editor.get("/")
def home() -> str:
    """Show how the draft stands."""
    return show_home(parts().editing.draft())


def show_home(draft: Draft, **more: Any) -> str:
    """Make the first page of the editor, with a sentence about what was just tried."""
    editing = parts().editing
    return page(
        "home",
        draft,
        publications=editing.drafts.publications(most=PUBLICATIONS_SHOWN),
        trial=editing.drafts.trial(draft.number),
        **more,
    )


@editor.get("/text")
def text() -> str:
    """Show a file of the draft as text."""
    draft = parts().editing.draft()
    name = request.args.get("file", MAIN)
    name = name if name in draft.sources else MAIN
    return show_text(draft, name, draft.sources[name], saved="saved" in request.args)


@editor.post("/text")
def save_text() -> AnyResponse | str:
    """Save a file of the draft. Mistakes do not stop it: a draft may be unfinished."""
    draft = parts().editing.draft()
    name = request.form.get("file", MAIN)
    if name not in draft.sources:
        return redirect(url_for("editor.text"))
    written = request.form.get("text", "").replace("\r\n", "\n")
    if "\r\n" in draft.sources[name]:
        written = written.replace("\n", "\r\n")
    problem = save_draft(draft, {**draft.sources, name: written}, request.form.get("why", ""))
    if problem is None:
        return redirect(url_for("editor.text", file=name, saved=1))
    newest = parts().editing.draft()
    theirs = differences({name: _begun_from(name)}, {name: newest.sources.get(name, "")})
    return Response(show_text(newest, name, written, sentence=problem, theirs=theirs), 409)


def _begun_from(name: str) -> str:
    """Give what a file said when the browser was given it, as far as that is still known."""
    editing = parts().editing
    number = request.form.get("begun_from", "")
    save = editing.drafts.save_of(int(number)) if number.isdecimal() and len(number) < 16 else None  # noqa: PLR2004 -- SQLite's integers have 18 digits.
    return save.sources.get(name, "") if save else editing.draft().effective.get(name, "")


def show_text(draft: Draft, name: str, written: str, **more: Any) -> str:
    """Make the page of a file's text, with its mistakes beside their lines."""
    lines = written.splitlines()
    mistakes = [one for one in draft.mistakes if one.file == name] if written == draft.sources[name] else []
    around = {
        one.line: [
            (number, lines[number - 1])
            for number in range(max(1, one.line - CONTEXT), min(len(lines), one.line + CONTEXT) + 1)
        ]
        for one in mistakes
        if 0 < one.line <= len(lines)
    }
    return page("text", draft, name=name, written=written, here=mistakes, around=around, **more)


@editor.get("/difference")
def difference() -> str:
    """Show what publishing the draft would change."""
    draft = parts().editing.draft()
    return page("difference", draft, files=draft.differences)


def save_draft(draft: Draft, sources: Sources, why: str) -> str | None:
    """Save the draft as begun from the save that the form names; None when it is done, else why it is not."""
    named = request.form.get("begun_from", "")
    begun_from = int(named) if named.isdecimal() and len(named) < 16 else -1  # noqa: PLR2004 -- SQLite's integers have 18 digits.
    spoken, editing, who = words(), parts().editing, person().clerk_id
    try:
        save = editing.drafts.save(sources, by=who, why=why.strip(), begun_from=begun_from)
    except SavedMeanwhile as newer:
        name = parts().accounts.names().get(newer.save.by_id, newer.save.by_id)
        return spoken("editor.saved_meanwhile", name=name)
    except TooLarge:
        return spoken("editor.too_large")
    if save.number != draft.number:
        parts().changes.add(who, "draft_saved", str(save.number))
    return None


def _told(draft: Draft, mistake: Mistake) -> Told:
    return told(mistake, words(), draft.values)


def page(template: str, draft: Draft, **more: Any) -> str:
    """Make a page of the editor."""
    return render_template(
        f"editor/{template}.html",
        draft=draft,
        main_file=MAIN,
        groups_of_hall=GROUPS,
        told=partial(_told, draft),
        names=parts().accounts.names(),
        **{"sentence": "", "theirs": [], "saved": False, **more},
    )
