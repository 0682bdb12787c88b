"""What is checked before each request and added to each answer.

Before: who is there (`signed_in`), whether the door is theirs (`doors`), whether a step of signing in is still
due; and for every method that changes something, that the request comes from a page of ours: the Origin header must be
our own (browsers add it, pages cannot), and Flask-WTF's token must fit the cookie. After: headers that forbid foreign
and inline scripts, framing, sniffing, referrers and caching.
"""

from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

from flask import Flask, Response, abort, redirect, request, url_for
from flask_login import LoginManager
from flask_wtf.csrf import CSRFProtect
from werkzeug.exceptions import MethodNotAllowed, NotFound, RequestEntityTooLarge
from werkzeug.wrappers import Response as AnyResponse

from queue_server.web.doors import STEP_DOORS, STEP_PAGE, may_open, next_step
from queue_server.web.sessions import Sessions
from queue_server.web.signed_in import SignedIn, present_session
from queue_server.web.tries import Tries

SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})
STREAMS: Final = frozenset(
    {
        "counter.live",
        "usher.live",
        "usher_prints.live",
        "stopping.live",
        "overview.live",
        "order.live",
        "devices.live",
        "device.live",
    }
)
"""Requests that a page makes by itself; they do not keep an idle person signed in."""

FILES: Final = frozenset({"static", "entry.look", "entry.font"})
"""What a browser may keep."""

HEADERS: Final = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self'; connect-src 'self';"
        " form-action 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    # Not "no-referrer": that would have browsers send forms with "Origin: null", which is refused below.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}
_TOKEN_MOST: Final = 128
WHOLE_FILES: Final = frozenset({"editor.save_text", "editor_files.add_file"})
FILE_LIMIT_BYTES: Final = 1_048_576
"""What a form that carries a whole file of the hall may take; most letters of Vietnamese cost nine bytes there."""


@dataclass(frozen=True)
class Guard:
    """The checks, with what they need to know."""

    sessions: Sessions
    tries: Tries
    cookie_key: bytes
    behind_tls: bool

    def install(self, app: Flask) -> None:
        """Put the checks around every request: first the door, then the form's token, then the count of tries."""
        app.config.update(
            SECRET_KEY=self.cookie_key,
            # `__Host-` binds the cookie to this host alone, which needs TLS.
            SESSION_COOKIE_NAME="__Host-motcua" if self.behind_tls else "motcua",
            SESSION_COOKIE_SECURE=self.behind_tls,
            SESSION_COOKIE_HTTPONLY=True,
            SESSION_COOKIE_SAMESITE="Strict",
            WTF_CSRF_FIELD_NAME="csrf",
            WTF_CSRF_TIME_LIMIT=None,  # A token lives as long as its session: consoles stay open for a day.
            WTF_CSRF_SSL_STRICT=False,  # It would look at the Referer of TLS; the Origin is looked at always.
        )
        app.before_request(self._check)
        manager = LoginManager()
        # A tablet that gets another address in the hall's network stays signed in; its session is the store's affair.
        manager.session_protection = None
        manager.user_loader(self._person_of)
        manager.init_app(app, add_context_processor=False)
        CSRFProtect(app)
        self.tries.install(app)
        app.after_request(self._dress)

    def _person_of(self, token: str) -> SignedIn | None:
        if len(token) > _TOKEN_MOST:
            return None
        session = self.sessions.find(token, active=request.endpoint not in STREAMS)
        return SignedIn(token, session) if session else None

    def _check(self) -> AnyResponse | None:
        if request.endpoint in WHOLE_FILES:
            request.max_content_length = request.max_form_memory_size = FILE_LIMIT_BYTES
        if (request.content_length or 0) > (request.max_content_length or 0):
            raise RequestEntityTooLarge  # Here already, lest a check that reads no form lets it pass as something else.
        if request.endpoint is None:
            wrong = request.routing_exception
            raise wrong if isinstance(wrong, MethodNotAllowed) else NotFound
        session = present_session()
        if not may_open(request.endpoint, session.account.staff_role if session else None):
            if session is None and request.method == "GET" and request.endpoint not in STREAMS:
                return redirect(url_for("entry.login"))
            abort(401 if session is None else 403)
        if request.method not in SAFE_METHODS and request.headers.get("Origin") != f"{request.scheme}://{request.host}":
            abort(403, "foreign")
        step = next_step(session) if session else None
        if step and request.endpoint not in STEP_DOORS[step] and not may_open(request.endpoint, None):
            return redirect(url_for(STEP_PAGE[step]))
        return None

    def _dress(self, response: Response) -> Response:
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        # Files are the same for everybody; what is said in place of one is not, and carries a cookie.
        if request.endpoint not in FILES or response.status_code >= HTTPStatus.BAD_REQUEST:
            response.headers["Cache-Control"] = "no-store"
        if self.behind_tls:
            response.headers["Strict-Transport-Security"] = "max-age=31536000"
        return response
