"""The Flask application: a factory that is handed all it needs, so that tests can hand it a hall of their own."""

import logging
from http import HTTPStatus
from typing import Final

from flask import Flask, Response, request
from flask_limiter import RateLimitExceeded
from flask_wtf.csrf import CSRFError
from markupsafe import Markup, escape
from werkzeug.exceptions import Forbidden, HTTPException, MethodNotAllowed

from presentation.formats import duration
from queue_server.web.acceptance import acceptance
from queue_server.web.asking import for_forms
from queue_server.web.backups_pages import backups_pages
from queue_server.web.ballots import ballots
from queue_server.web.clerk_months import clerk_months
from queue_server.web.counter import counter
from queue_server.web.device_pages import device_pages
from queue_server.web.devices import devices
from queue_server.web.editor import editor
from queue_server.web.editor_files import editor_files
from queue_server.web.editor_forms import editor_forms
from queue_server.web.editor_trial import editor_trial
from queue_server.web.editor_versions import editor_versions
from queue_server.web.entry import entry
from queue_server.web.figures import figures
from queue_server.web.inquiries import alerts, hearings, inquiries
from queue_server.web.log_pages import log_pages
from queue_server.web.months import months
from queue_server.web.order import order
from queue_server.web.overview import overview
from queue_server.web.own_account import own_account
from queue_server.web.people import people
from queue_server.web.reports import reports
from queue_server.web.roster import roster
from queue_server.web.satisfaction import satisfaction
from queue_server.web.shared import Parts, message_page, parts, shown_everywhere, words
from queue_server.web.signed_in import present_session
from queue_server.web.stopping import stopping
from queue_server.web.systems import systems
from queue_server.web.usher import usher
from queue_server.web.usher_prints import usher_prints
from queue_server.web.voice_desk import voice_desk
from queue_server.web.voices import voices
from queue_server.web.waiting import waiting

log = logging.getLogger(__name__)

BODY_LIMIT_BYTES: Final = 65_536
STATIC_KEPT_S: Final = 3_600


def create_app(made: Parts) -> Flask:
    """Make the application of the staff pages. Public pages are an application of their own, with another key."""
    app = Flask("queue_server.web")
    app.config.update(MAX_CONTENT_LENGTH=BODY_LIMIT_BYTES, MAX_FORM_PARTS=32, SEND_FILE_MAX_AGE_DEFAULT=STATIC_KEPT_S)
    app.extensions["motcua"] = made
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters["cells"] = cells
    made.guard.install(app)
    for blueprint in (
        entry,
        own_account,
        counter,
        overview,
        order,
        devices,
        people,
        reports,
        figures,
        satisfaction,
        stopping,
        usher,
        usher_prints,
        waiting,
        systems,
        roster,
        ballots,
        months,
        clerk_months,
        alerts,
        inquiries,
        hearings,
        voices,
        voice_desk,
        acceptance,
        device_pages,
    ):
        app.register_blueprint(blueprint)
    for blueprint in (editor, editor_files, editor_forms, editor_versions, editor_trial, log_pages, backups_pages):
        app.register_blueprint(blueprint)
    app.context_processor(shown_everywhere)
    app.context_processor(for_forms)
    app.register_error_handler(HTTPException, _say)
    app.register_error_handler(CSRFError, lambda _: _say(Forbidden("form_expired")))
    app.register_error_handler(RateLimitExceeded, _say_when)
    return app


def cells(text: str) -> Markup:
    """Give each character of a number a cell of its own: the typeface's digits are of different widths."""
    return Markup("").join(
        Markup('<span class="{}">{}</span>').format("cell" if letter.isdigit() else "cell-sign", escape(letter))
        for letter in text
    )


def _say_when(_: RateLimitExceeded) -> Response:
    """Say how long to wait."""
    _log_refusal(429, "too many tries")
    spoken = words()
    minutes = duration(spoken, max(60, parts().tries.wait_s()))
    return message_page(spoken("login.title"), spoken("login.too_many", minutes=minutes), 429)


def _say(error: HTTPException) -> Response:
    """Say what went wrong in the page's language, and what to do; scripts get the sentence alone."""
    if error.code == HTTPStatus.FORBIDDEN:
        known = error.description in {"foreign", "form_expired"}
        _log_refusal(error.code, str(error.description) if known else "not this role's door")
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
    if isinstance(error, MethodNotAllowed):
        response.allow.update(error.valid_methods or ())
    return response


def _log_refusal(status: int, why: str) -> None:
    """Tell the machine's journal who was refused what: ids and names of ours alone, nothing that was typed."""
    session = present_session()
    log.warning("%d at %s for %s: %s", status, request.endpoint, session.account.clerk_id if session else "nobody", why)
