"""The routes of the hall editor's forms: each part of the hall, its items, and the picture of the ticket."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Final

from flask import Blueprint, Response, abort, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from presentation.mistakes import Mistake
from presentation.speech import SPOKEN_LANGUAGES
from queue_server.web.draft_text import UNSET, NoSuchPlace, Path, with_item, with_values, without_item
from queue_server.web.editing import CannotEdit, Draft
from queue_server.web.editor import cannot_edit, page, save_draft
from queue_server.web.form_values import changes_of, new_values, times_text
from queue_server.web.hall_forms import BY_NAME, Field, Part, identity_of, title_of
from queue_server.web.pictures import NoPicture
from queue_server.web.shared import parts, words

editor_forms = Blueprint("editor_forms", __name__, url_prefix="/editor")


@editor_forms.errorhandler(CannotEdit)
def _cannot(problem: CannotEdit) -> AnyResponse:
    return cannot_edit(problem)


LANGUAGES: Final[dict[str, Callable[[Draft], Iterable[str]]]] = {
    "languages": lambda draft: draft.languages,
    "spoken": lambda _: SPOKEN_LANGUAGES,
    "installed": lambda _: parts().texts.by_language,
}
"""The languages of the hall, those in which calls can be said, and those whose words are on this machine."""


MENDED_ELSEWHERE: Final = frozenset({"unserved_queue"})
"""Mistakes that stand at an item and are mended at another: a queue is served by a work profile."""


@dataclass(frozen=True)
class Shown:
    """One field as a page shows it: what it says now, what may be chosen, and what is wrong with it."""

    field: Field
    value: Any
    choices: tuple[tuple[str, str], ...]
    mistakes: tuple[Mistake, ...]


@editor_forms.get("/parts/<part_name>/")
def part(part_name: str) -> str | AnyResponse:
    """Show a part: the list of its items, or its one form."""
    chosen, draft = _part(part_name), parts().editing.draft()
    if not chosen.is_list:
        return _form_page(draft, chosen, chosen.path, is_saved="saved" in request.args)
    items = _items(draft, chosen)
    wrong = [len(_mistakes_under(draft, (*chosen.path, index))) for index in range(len(items))]
    return page("list", draft, part=chosen, items=items, titled=title_of, wrong=wrong, saved="added" in request.args)


@editor_forms.post("/parts/<part_name>/")
def save_part(part_name: str) -> str | AnyResponse:
    """Save the one form of a part."""
    chosen, draft = _part(part_name), parts().editing.draft()
    if chosen.is_list:
        abort(404)
    return _saved(draft, chosen, chosen.path, url_for(".part", part_name=part_name, saved=1))


@editor_forms.get("/parts/<part_name>/<int:index>")
def item(part_name: str, index: int) -> str | AnyResponse:
    """Show the form of one item."""
    chosen, draft = _part(part_name), parts().editing.draft()
    _item_of(draft, chosen, index)
    return _form_page(draft, chosen, (*chosen.path, index), is_saved="saved" in request.args)


@editor_forms.post("/parts/<part_name>/<int:index>")
def save_item(part_name: str, index: int) -> str | AnyResponse:
    """Save one item."""
    chosen, draft = _part(part_name), parts().editing.draft()
    _item_of(draft, chosen, index)
    there = url_for(".item", part_name=part_name, index=index, saved=1)
    return _saved(draft, chosen, (*chosen.path, index), there)


@editor_forms.get("/parts/<part_name>/new")
def new_item(part_name: str) -> str | AnyResponse:
    """Show the empty form of an item that is to be."""
    chosen, draft = _part(part_name), parts().editing.draft()
    if not chosen.is_list:
        abort(404) if part_name not in BY_NAME else None
        return redirect(url_for(".part", part_name=part_name))
    return _form_page(draft, chosen, None)


@editor_forms.post("/parts/<part_name>/new")
def add_item(part_name: str) -> str | AnyResponse:
    """Add an item at the end of its list."""
    chosen, draft = _part(part_name), parts().editing.draft()
    if not chosen.is_list:
        abort(404)
    values = new_values(chosen, request.form.getlist, draft.languages)
    text = draft.text
    try:
        for one in _for_each_prefix(draft, values) if chosen.name == "kiosk_ranges" else [values]:
            text = with_item(text, chosen.path, one)
    except NoSuchPlace:
        return Response(_form_page(draft, chosen, None, sentence=words()("editor.only_text")), 409)
    problem = save_draft(draft, draft.with_text(text), _why(chosen, "added", values))
    if problem:
        return Response(_form_page(draft, chosen, None, sentence=problem), 409)
    index = len(_items(draft, chosen))
    if _mended_here(parts().editing.draft(), (*chosen.path, index)):
        return redirect(url_for(".item", part_name=part_name, index=index, saved=1))
    return redirect(url_for(".part", part_name=part_name, added=1))


def _mended_here(draft: Draft, path: Path) -> bool:
    """Tell whether an item has mistakes that its own form can mend: then whoever has added it sees the form again."""
    return any(getattr(one.what, "key", "") not in MENDED_ELSEWHERE for one in _mistakes_under(draft, path))


def _for_each_prefix(draft: Draft, values: dict[str, Any]) -> list[dict[str, Any]]:
    """Give a kiosk's own numbers of one prefix, or of all prefixes of the hall where none is named."""
    services = _items(draft, BY_NAME["services"])
    prefixes = dict.fromkeys(str(one["prefix"]) for one in services if isinstance(one, dict) and one.get("prefix"))
    if values.get("prefix") or not prefixes:
        return [values]
    return [{**values, "prefix": prefix} for prefix in prefixes]


@editor_forms.post("/parts/<part_name>/<int:index>/remove")
def remove_item(part_name: str, index: int) -> str | AnyResponse:
    """Take an item out; the check names whatever needs it still."""
    chosen, draft = _part(part_name), parts().editing.draft()
    gone = _item_of(draft, chosen, index)
    try:
        text = without_item(draft.text, (*chosen.path, index))
    except NoSuchPlace:
        sentence = words()("editor.only_text")
        return Response(_form_page(draft, chosen, (*chosen.path, index), sentence=sentence), 409)
    problem = save_draft(draft, draft.with_text(text), _why(chosen, "removed", gone))
    if problem:
        return Response(_form_page(draft, chosen, (*chosen.path, index), sentence=problem), 409)
    return redirect(url_for(".part", part_name=part_name))


@editor_forms.get("/ticket.png")
def picture() -> AnyResponse:
    """Give the ticket that a kiosk would print under the draft."""
    draft = parts().editing.draft()
    language = request.args.get("language", "vi")
    try:
        drawn = parts().editing.pictures.ticket(
            draft.sources, language=language if language in draft.languages else "vi"
        )
    except NoPicture:
        return redirect(url_for("static", filename="no-ticket.svg"))
    return Response(drawn, mimetype="image/png")


def _part(name: str) -> Part:
    if name not in BY_NAME:
        abort(404)
    return BY_NAME[name]


def _items(draft: Draft, part: Part) -> list[Any]:
    found = draft.values(part.path)
    return found if isinstance(found, list) else []


def _item_of(draft: Draft, part: Part, index: int) -> Any:
    items = _items(draft, part)
    if not part.is_list or index >= len(items):
        abort(404)
    return items[index]


def _saved(draft: Draft, part: Part, path: Path, there: str) -> str | AnyResponse:
    """Put a form's values into the text, and save it if that changes anything."""
    text = draft.text
    try:
        for below in dict.fromkeys(field.path for field in part.fields):
            present = draft.values((*path, *below))
            changes: dict[str, Any] = {}
            for field in part.fields:
                if field.path == below:
                    known = present if isinstance(present, dict) else {}
                    changes.update(changes_of(field, request.form.getlist, known, draft.languages))
            if changes:
                text = with_values(text, (*path, *below), changes)
    except NoSuchPlace:
        return Response(_form_page(draft, part, path, sentence=words()("editor.only_text")), 409)
    problem = save_draft(draft, draft.with_text(text), _why(part, "changed", draft.values(path)))
    if problem:
        return Response(_form_page(draft, part, path, sentence=problem, sent=True), 409)
    return redirect(there)


def _why(part: Part, done: str, values: Any) -> str:
    """Say in the list of saves what a form did."""
    spoken = words()
    name = spoken(f"editor.part.{part.name}")
    return spoken(f"editor.by_form.{done}", part=f"{name} {identity_of(part, values)}".strip())


def _form_page(
    draft: Draft, part: Part, path: Path | None, *, sentence: str = "", is_saved: bool = False, sent: bool = False
) -> str:
    """Make the page of a form: filled from the draft, or with what was just sent."""
    present = draft.values(path) if path is not None else {}
    shown = [_shown(draft, field, path, present, sent=sent or request.method == "POST") for field in part.fields]
    beside = {one for field in shown for one in field.mistakes}
    of_item = [one for one in _mistakes_under(draft, path) if one not in beside] if path else []
    return page(
        "form",
        draft,
        part=part,
        shown=shown,
        index=path[-1] if path and part.is_list else None,
        is_new=path is None,
        title=title_of(part, present, words().language) or identity_of(part, present),
        sentence=sentence,
        saved=is_saved,
        of_item=of_item,
    )


def _shown(draft: Draft, field: Field, path: Path | None, present: Any, *, sent: bool) -> Shown:
    table = present
    for step in field.path:
        table = table.get(step, {}) if isinstance(table, dict) else {}
    known = table if isinstance(table, dict) else {}
    value = known if not field.key else known.get(field.key, field.default)
    if sent:
        changed = changes_of(field, request.form.getlist, known, draft.languages)
        value = changed if not field.key else changed.get(field.key, value)
        value = "" if value is UNSET else value
    if field.kind == "times" and not isinstance(value, str):
        value = times_text(value)
    place = (*path, *field.path, field.key) if path is not None else None
    wrong = _mistakes_under(draft, place) if place is not None else ()
    return Shown(field, value, _choices(draft, field), wrong)


def _mistakes_under(draft: Draft, path: Path) -> tuple[Mistake, ...]:
    return tuple(one for one in draft.mistakes if one.path[: len(path)] == path)


def _choices(draft: Draft, field: Field) -> tuple[tuple[str, str], ...]:
    """Give what may be chosen: (value, words)."""
    spoken = words()
    if field.values:
        return tuple((one, spoken(f"editor.value.{one}")) for one in field.values)
    if field.of_part in LANGUAGES:
        return tuple((one, spoken.texts.own_name(one)) for one in LANGUAGES[field.of_part](draft))
    if not field.of_part:
        return ()
    of_part = BY_NAME[field.of_part]
    found = []
    for one in _items(draft, of_part):
        identity, title = identity_of(of_part, one), title_of(of_part, one, spoken.language)
        found.append((identity, f"{title} · {identity}" if title else identity))
    return tuple(found)
