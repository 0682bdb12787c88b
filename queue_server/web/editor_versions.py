"""The routes of the hall editor to what is effective: publish, take back, earlier versions."""

from typing import Final

from flask import Blueprint, Response, abort, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from protocol.commands import Configure
from protocol.packed import packed
from protocol.views import AnyReply, Refused
from queue_server.web.asking import Noted, asked, sent_id
from queue_server.web.changes import What
from queue_server.web.difference import differences
from queue_server.web.drafts import Effective, Save, Sources
from queue_server.web.editing import CannotEdit, Draft, fits_unpacked
from queue_server.web.editor import cannot_edit, page, save_draft, show_home
from queue_server.web.effective import Version
from queue_server.web.shared import parts, person, sentence_of, words

editor_versions = Blueprint("editor_versions", __name__, url_prefix="/editor")

STRANDED: Final = "would_strand"
SAVES_SHOWN: Final = 40
_WHAT: Final[dict[Effective, What]] = {
    "now": "hall_changed",
    "next_day": "hall_changes_next_day",
    "taken_back": "hall_change_taken_back",
}
PUBLICATIONS_LOOKED_AT: Final = 200


@editor_versions.errorhandler(CannotEdit)
def _cannot(problem: CannotEdit) -> AnyResponse:
    return cannot_edit(problem)


@editor_versions.post("/publish")
def publish() -> AnyResponse | str:
    """Make the draft effective, at once or with the next business day."""
    draft, spoken = parts().editing.draft(), words()
    effective: Effective = "now" if request.form.get("effective") == "now" else "next_day"
    why = request.form.get("why", "").strip()
    if request.form.get("begun_from") != str(draft.number) or draft.save is None:
        return _refused(draft, spoken("editor.changed_meanwhile"))
    if draft.mistakes or draft.configuration is None:
        return _refused(draft, spoken("editor.mend_first", count=len(draft.mistakes)))
    if draft.is_too_large:
        return _refused(draft, spoken("editor.too_large"))
    if not why:
        return _refused(draft, spoken("editor.why_missing"))
    configuration_id = draft.configuration.configuration_id
    reply = _configure(draft.sources, effective, effective, configuration_id)
    if isinstance(reply, str | Refused):
        stranded = effective == "now" and isinstance(reply, Refused) and reply.code == STRANDED
        return _refused(draft, _said(reply), why=why, stranded=stranded)
    _keep(draft.save, configuration_id, effective, why)
    return redirect(url_for("editor.home"))


@editor_versions.post("/take-back")
def take_back() -> AnyResponse | str:
    """Take back what was to begin with the next business day: what is effective stays."""
    draft = parts().editing.draft()
    coming = draft.hall.coming
    if coming is None or request.form.get("seq") != str(coming.seq):
        return _refused(draft, words()("editor.nothing_coming"))
    reply = _configure(draft.hall.effective.sources, "now", "taken_back", coming.configuration_id)
    if isinstance(reply, str | Refused):
        return _refused(draft, _said(reply))
    _keep(None, coming.configuration_id, "taken_back", request.form.get("why", "").strip())
    return redirect(url_for("editor.home"))


@editor_versions.get("/versions")
def versions() -> str:
    """Show every configuration that the hall had, and every save of the draft."""
    draft, editing = parts().editing.draft(), parts().editing
    published = {
        one.configuration_id: one for one in reversed(editing.drafts.publications(most=PUBLICATIONS_LOOKED_AT))
    }
    return page("versions", draft, published=published, saves=editing.drafts.saves(most=SAVES_SHOWN))


@editor_versions.get("/versions/<int:seq>")
def version(seq: int) -> str | AnyResponse:
    """Show what an earlier configuration says otherwise than the draft."""
    draft = parts().editing.draft()
    chosen = _version(draft, seq)
    files = differences(draft.sources, chosen.sources) if chosen.sources else []
    return page("version", draft, chosen=chosen, files=files)


@editor_versions.post("/versions/<int:seq>/take")
def take_version(seq: int) -> AnyResponse | str:
    """Make an earlier configuration the draft, to be looked at and published like any other."""
    draft = parts().editing.draft()
    chosen = _version(draft, seq)
    if not chosen.sources:
        abort(404)
    why = words()("editor.by_form.returned", version=chosen.configuration_id[:12])
    return _taken(draft, chosen.sources, why)


@editor_versions.post("/saves/<int:seq>/take")
def take_save(seq: int) -> AnyResponse | str:
    """Make an earlier save the draft again; the later ones stay in the list."""
    draft, save = parts().editing.draft(), parts().editing.drafts.save_of(seq)
    if save is None:
        abort(404)
    return _taken(draft, save.sources, words()("editor.by_form.save_taken", number=save.number))


@editor_versions.post("/start-again")
def start_again() -> AnyResponse | str:
    """Throw the draft away: it says what is effective again. What it said stays among the saves."""
    draft = parts().editing.draft()
    return _taken(draft, draft.effective, words()("editor.by_form.started_again"))


def _version(draft: Draft, seq: int) -> Version:
    found = draft.hall.version(seq)
    if found is None:
        abort(404)
    return found


def _taken(draft: Draft, sources: Sources, why: str) -> AnyResponse | str:
    problem = save_draft(draft, sources, why)
    return redirect(url_for("editor.home")) if problem is None else _refused(draft, problem)


def _configure(sources: Sources, begins: Effective, done: Effective, configuration_id: str) -> AnyReply | str:
    """Ask the queue server; gives the reply, or the sentence that tells why there is none.

    It stands among the changes as what is `done`, about the configuration meant.
    """
    small = fits_unpacked(sources)
    return asked(
        Configure(
            function_id=parts().hall.function_id or "unknown",
            staff_role=person().staff_role,
            sources=dict(sources) if small else {},
            packed="" if small else packed(sources),
            effective="now" if begins == "now" else "next_day",
        ),
        sent_id(),
        noted=Noted(_WHAT[done], configuration_id[:12]),
    )


def _said(reply: Refused | str) -> str:
    return sentence_of(reply) if isinstance(reply, Refused) else reply


def _keep(save: Save | None, configuration_id: str, effective: Effective, why: str) -> None:
    """Keep who did it, and why, in the draft's own past."""
    drafts = parts().editing.drafts
    drafts.publish(save, by=person().clerk_id, why=why, configuration_id=configuration_id, effective=effective)


def _refused(draft: Draft, sentence: str, *, why: str = "", stranded: bool = False) -> AnyResponse:
    return Response(show_home(draft, sentence=sentence, why=why, stranded=stranded), 409)
