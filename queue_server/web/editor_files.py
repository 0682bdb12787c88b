"""The routes of the hall editor to its further files: a catalogue of procedures comes, or goes."""

import re
from pathlib import PurePosixPath
from typing import Any, Final

from flask import Blueprint, Response, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from queue_server.config import FILE_LIMIT_BYTES, MAIN
from queue_server.web.draft_text import NoSuchPlace, with_values
from queue_server.web.editing import CannotEdit, Draft
from queue_server.web.editor import cannot_edit, save_draft, show_text
from queue_server.web.shared import parts, words

editor_files = Blueprint("editor_files", __name__, url_prefix="/editor")

FOLDER: Final = "catalogue"
_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.\-]{0,58}\.toml")


@editor_files.errorhandler(CannotEdit)
def _cannot(problem: CannotEdit) -> AnyResponse:
    return cannot_edit(problem)


@editor_files.post("/files")
def add_file() -> AnyResponse | str:
    """Take a catalogue file into the draft, in the place of the one of the same name."""
    draft, spoken = parts().editing.draft(), words()
    sent = request.files.get("catalogue")
    plain = PurePosixPath(sent.filename or "").name if sent else ""
    if sent is None or not _NAME.fullmatch(plain):
        return _refused(draft, spoken("editor.wrong_file_name"))
    body = sent.read(FILE_LIMIT_BYTES + 1)
    try:
        text = body.decode()
    except UnicodeDecodeError:
        return _refused(draft, spoken("editor.file_no_text"))
    if len(body) > FILE_LIMIT_BYTES:
        return _refused(draft, spoken("editor.too_large"))
    name = f"{FOLDER}/{plain}"
    named = _catalogues(draft)
    return _saved(draft, [*named, *([] if name in named else [name])], {**draft.sources, name: text}, name)


@editor_files.post("/files/remove")
def remove_file() -> AnyResponse | str:
    """Take a catalogue file out of the draft; earlier saves keep it."""
    draft = parts().editing.draft()
    name = request.form.get("file", "")
    if name == MAIN or name not in draft.sources:
        return redirect(url_for("editor.text"))
    kept = {one: text for one, text in draft.sources.items() if one != name}
    return _saved(draft, [one for one in _catalogues(draft) if one != name], kept, MAIN)


def _catalogues(draft: Draft) -> list[Any]:
    named = draft.values(("catalogues",))
    return list(named) if isinstance(named, list) else []


def _saved(draft: Draft, named: list[Any], sources: dict[str, str], shown: str) -> AnyResponse | str:
    """Name the files in the main one, and save all of them."""
    try:
        main = with_values(draft.text, (), {"catalogues": named})
    except NoSuchPlace:
        return _refused(draft, words()("editor.only_text"))
    problem = save_draft(draft, {**sources, MAIN: main}, words()("editor.by_form.files", name=shown))
    return redirect(url_for("editor.text", file=shown, saved=1)) if problem is None else _refused(draft, problem)


def _refused(draft: Draft, sentence: str) -> AnyResponse:
    return Response(show_text(draft, MAIN, draft.text, sentence=sentence), 409)
