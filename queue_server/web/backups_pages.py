"""The routes of technicians to the backups: what there is, make one now, and try whether it can be restored."""

from flask import Blueprint, Response, redirect, render_template, url_for
from werkzeug.wrappers import Response as AnyResponse

from protocol.views import HallView
from queue_server.web.backups import Busy, Task
from queue_server.web.backups_page import backups_page
from queue_server.web.shared import parts, person, words

backups_pages = Blueprint("backups", __name__, url_prefix="/backups")


@backups_pages.get("/")
def backups() -> str:
    """Show the copies and the tests."""
    return _page()


@backups_pages.post("/copy")
def copy() -> AnyResponse:
    """Make a copy now."""
    return _start("copy")


@backups_pages.post("/test")
def test() -> AnyResponse:
    """Try whether the newest copy can be restored."""
    return _start("test")


def _start(task: Task) -> AnyResponse:
    spoken = words()
    try:
        parts().backups.start(task)
    except Busy:
        return Response(_page(spoken("backups.busy")), 409)
    except OSError as problem:
        return Response(_page(spoken("backups.cannot_start", why=str(problem))), 503)
    parts().changes.add(person().clerk_id, "backup_made" if task == "copy" else "restore_tested", "")
    parts().backups.wait(AT_ONCE_S)
    return redirect(url_for("backups.backups"))


AT_ONCE_S = 3.0
"""A small branch is done by then, and its page shows it at once; else the page looks again by itself."""


def _page(sentence: str = "") -> str:
    shared = parts()
    hall = shared.hall.view("hall", HallView)
    page = backups_page(shared.backups.shelf(), words(), shared.changes.now(), hall.utc_offset_s if hall else 0)
    return render_template(
        "backups.html", page=page, progress=shared.backups.progress, target=shared.backups.target, sentence=sentence
    )
