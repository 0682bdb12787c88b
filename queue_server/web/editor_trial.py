"""The routes of the hall editor's trial: the draft on the last month's arrivals, its progress, its figures."""

from dataclasses import dataclass

import msgspec
from flask import Blueprint, Response, redirect, url_for
from werkzeug.wrappers import Response as AnyResponse

from presentation.formats import duration, number, rate
from presentation.texts import Words
from queue_server.replay.figures import Comparison
from queue_server.reporting.figures import Share
from queue_server.web.drafts import Trial
from queue_server.web.editing import CannotEdit, Draft
from queue_server.web.editor import cannot_edit, page
from queue_server.web.shared import parts, person, words
from queue_server.web.trials import DAYS, Busy

editor_trial = Blueprint("editor_trial", __name__, url_prefix="/editor")


@editor_trial.errorhandler(CannotEdit)
def _cannot(problem: CannotEdit) -> AnyResponse:
    return cannot_edit(problem)


@dataclass(frozen=True)
class Written:
    """How figures are written on the page, in its language."""

    words: Words

    def seconds(self, seconds: int | None) -> str:
        """Write a wait, or a dash where too few waited to tell."""
        return "–" if seconds is None else duration(self.words, seconds)

    def count(self, count: int) -> str:
        """Write a count as in the rates beside it."""
        return number(self.words, count)

    def share(self, share: Share) -> str:
        """Write a share: its counts, and a percentage only when there are enough."""
        if share.low is None:
            return self.words("format.share_of", part=share.part, whole=share.whole)
        return rate(self.words, share.part, share.whole, 1)


@editor_trial.get("/trial")
def trial() -> str:
    """Show the trial: how to begin one, how far one has come, what the last one of this draft found."""
    return _page(parts().editing.draft())


@editor_trial.post("/trial")
def begin() -> AnyResponse | str:
    """Begin a trial of the draft as it stands."""
    draft, spoken = parts().editing.draft(), words()
    if draft.mistakes:
        return Response(_page(draft, sentence=spoken("editor.mend_first", count=len(draft.mistakes))), 409)
    try:
        parts().editing.trials.start(draft.number, person().clerk_id, draft.sources)
    except Busy:
        return Response(_page(draft, sentence=spoken("editor.trial.busy")), 409)
    except OSError as problem:
        return Response(_page(draft, sentence=spoken("editor.trial.failed", why=str(problem))), 503)
    return redirect(url_for(".trial"))


@editor_trial.post("/trial/stop")
def stop() -> AnyResponse:
    """End the trial that runs."""
    parts().editing.trials.stop()
    return redirect(url_for(".trial"))


@editor_trial.get("/trial/progress")
def progress() -> Response:
    """Tell how far the trial has come, for the page's script."""
    present = parts().editing.trials.progress
    told = {"state": present.state, "done": present.done, "of": present.of}
    return Response(msgspec.json.encode(told), mimetype="application/json")


def _page(draft: Draft, sentence: str = "") -> str:
    editing = parts().editing
    kept = editing.drafts.trial(draft.number)
    return page(
        "trial",
        draft,
        sentence=sentence,
        progress=editing.trials.progress,
        kept=kept,
        found=_found(kept) if kept else None,
        days=DAYS,
        written=Written(words()),
    )


def _found(kept: Trial) -> Comparison | None:
    """Read a kept result; one of another release that can no more be read is as good as none."""
    try:
        return msgspec.json.decode(kept.result, type=Comparison)
    except msgspec.DecodeError:
        return None
