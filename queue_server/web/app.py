"""The Flask application: a factory that is handed all it needs, so that tests can hand it a hall of their own."""

from typing import Final

from flask import Flask, Response, request
from markupsafe import Markup, escape
from werkzeug.exceptions import HTTPException

from queue_server.web.counter import counter
from queue_server.web.devices import devices
from queue_server.web.entry import entry
from queue_server.web.overview import overview
from queue_server.web.reports import reports
from queue_server.web.shared import Parts, message_page, shown_everywhere, words

BODY_LIMIT_BYTES: Final = 65_536
STATIC_KEPT_S: Final = 3_600


def create_app(parts: Parts) -> Flask:
    """Make the application of the staff pages. Public pages are an application of their own, with another key."""
    app = Flask("queue_server.web")
    app.config.update(MAX_CONTENT_LENGTH=BODY_LIMIT_BYTES, MAX_FORM_PARTS=32, SEND_FILE_MAX_AGE_DEFAULT=STATIC_KEPT_S)
    app.extensions["motcua"] = parts
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters["cells"] = cells
    parts.guard.install(app)
    for blueprint in (entry, counter, overview, devices, reports):
        app.register_blueprint(blueprint)
    app.context_processor(shown_everywhere)
    app.register_error_handler(HTTPException, _say)
    return app


def cells(text: str) -> Markup:
    """Give each character of a number a cell of its own: the typeface's digits are of different widths."""
    return Markup("").join(
        Markup('<span class="{}">{}</span>').format("cell" if letter.isdigit() else "cell-sign", escape(letter))
        for letter in text
    )


def _say(error: HTTPException) -> Response:
    """Say what went wrong in the page's language, and what to do; scripts get the sentence alone."""
    spoken = words()
    title, sentence = {
        401: (spoken("login.title"), spoken("login.expired")),
        403: (spoken("error.forbidden_title"), spoken("error.forbidden")),
        404: (spoken("error.not_found_title"), spoken("error.not_found")),
    }.get(error.code or 500, (spoken("error.server_title"), spoken("error.server", code=error.code)))
    if error.description in {"foreign", "form_expired"}:
        title, sentence = spoken("error.forbidden_title"), spoken("error.form_expired")
    if request.is_json or request.accept_mimetypes.best == "text/event-stream":
        response = Response(sentence, error.code or 500, mimetype="text/plain")
    else:
        response = message_page(title, sentence, error.code or 500)
    return response
