"""The files of the pages, and whether the program is well."""

from flask import Blueprint, Response, abort

from queue_server.public.chime import chime
from queue_server.public.shared import YEAR_S, kept_file, parts

site = Blueprint("site", __name__)


@site.get("/files/<mark>/<name>")
def file(mark: str, name: str) -> Response:
    """Give a file by the mark of its content; an older mark gets what there is now, and keeps it not as long."""
    try:
        kept = kept_file(name)
    except KeyError:
        abort(404)
    response = Response(kept.content, mimetype=kept.kind)
    response.cache_control.public = True
    response.cache_control.max_age = YEAR_S if mark == kept.mark else 60
    if mark == kept.mark:
        response.cache_control.immutable = True
    return response


@site.get("/chime.wav")
def chime_file() -> Response:
    """Give the sound with which a phone tells that its number is called."""
    response = Response(chime(), mimetype="audio/wav")
    response.cache_control.public = True
    response.cache_control.max_age = YEAR_S
    return response


@site.get("/well")
def well() -> Response:
    """Tell a watcher whether the pages are live: 204, or 503 while the queue server is not heard."""
    return Response(status=204 if parts().hall.state == "up" else 503)
