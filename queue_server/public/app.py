"""The Flask application of the public pages: a factory that is handed all it needs."""

from typing import Final

from flask import Flask, Response, abort, request
from markupsafe import Markup, escape
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from queue_server.public.catalogue import catalogue
from queue_server.public.phone import phone
from queue_server.public.rating import rating
from queue_server.public.results import results
from queue_server.public.shared import Parts, message_page, words
from queue_server.public.site import site
from queue_server.public.televisions import televisions
from queue_server.public.voices import voices
from queue_server.public.waits import waits

BODY_LIMIT_BYTES: Final = 4_096
SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})

HEADERS: Final = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self'; media-src 'self';"
        " connect-src 'self'; form-action 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    # The address of a ticket holds its secret: nobody else may learn it from a link that was followed.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "X-Robots-Tag": "noindex",
}


def create_app(made: Parts) -> Flask:
    """Make the application. It has no session and no cookie: what a phone may do, its link alone says."""
    app = Flask("queue_server.public", static_folder=None)
    app.config.update(MAX_CONTENT_LENGTH=BODY_LIMIT_BYTES, MAX_FORM_PARTS=12)
    app.extensions["motcua"] = made
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters["cells"] = cells
    for blueprint in (site, waits, catalogue, televisions, voices, phone, rating, results):
        app.register_blueprint(blueprint)
    app.before_request(_check)
    app.after_request(_dress)
    app.register_error_handler(HTTPException, _say)
    return app


def cells(text: str) -> Markup:
    """Give each digit of a number a cell of its own: digits of many typefaces are of different widths."""
    return Markup("").join(
        Markup('<span class="{}">{}</span>').format("cell" if letter.isdigit() else "cell-sign", escape(letter))
        for letter in text
    )


def _check() -> None:
    """Refuse a form that comes from a page of somebody else's. Old browsers name no origin; the link is the proof."""
    origin = request.headers.get("Origin")
    if request.method not in SAFE_METHODS and origin not in {None, f"{request.scheme}://{request.host}"}:
        abort(403)


def _dress(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    response.headers.setdefault("Cache-Control", "no-store")
    return response


def _say(error: HTTPException) -> Response:
    """Say what went wrong in the page's language, and what to do."""
    spoken = words()
    if error.code == 404:  # noqa: PLR2004 -- HTTP's own number.
        return message_page(spoken("error.not_found_title"), spoken("error.not_found"), spoken, 404)
    code = error.code or 500
    response = message_page(spoken("error.server_title"), spoken("follow.failed", code=code), spoken, code)
    if isinstance(error, MethodNotAllowed):
        response.allow.update(error.valid_methods or ())
    return response
