"""What is checked before each request and added to each answer.

Before: who is there (the session cookie), whether the door is theirs (`doors`), whether they still have to choose a
password; and for every method that changes something, that the request comes from a page of ours: the Origin header
must be our own and the token must fit the session (OWASP's synchroniser token, made by HMAC from the cookie). After:
headers that forbid foreign and inline scripts, framing, sniffing, referrers and caching.
"""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from typing import Final

from flask import Flask, Response, abort, g, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from queue_server.web.doors import OPEN_WITH_ONE_TIME_PASSWORD, may_open
from queue_server.web.sessions import Session, Sessions

SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})
STREAMS: Final = frozenset({"counter.live", "overview.live", "devices.live"})
"""Requests that a page makes by itself; they do not keep an idle person signed in."""

HEADERS: Final = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self'; connect-src 'self';"
        " form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    # Not "no-referrer": that would have browsers send forms with "Origin: null", which is refused below.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}
_TOKEN_MOST: Final = 128


@dataclass(frozen=True)
class Guard:
    """The checks, with what they need to know."""

    sessions: Sessions
    csrf_key: bytes
    behind_tls: bool

    @property
    def session_cookie(self) -> str:
        """The name of the session's cookie; `__Host-` binds it to this host alone, which needs TLS."""
        return "__Host-motcua" if self.behind_tls else "motcua"

    @property
    def entry_cookie(self) -> str:
        """The name of the cookie that ties the login form to the browser that asked for it."""
        return "__Host-motcua-entry" if self.behind_tls else "motcua-entry"

    def install(self, app: Flask) -> None:
        """Put the checks around every request of the application."""
        app.before_request(self._check)
        app.after_request(self._dress)

    def csrf_token(self) -> str:
        """Give the token that forms of this page carry."""
        return self._token_for(g.cookie)

    def set_cookie(self, response: AnyResponse, name: str, value: str) -> None:
        """Set a cookie that scripts cannot read and other places cannot send."""
        response.set_cookie(name, value, httponly=True, secure=self.behind_tls, samesite="Strict", path="/")

    def _check(self) -> AnyResponse | None:
        g.session = self._present_session()
        g.new_entry = ""
        g.cookie = self._cookie()
        if request.endpoint is None:
            abort(404)
        session: Session | None = g.session
        if not may_open(request.endpoint, session.account.staff_role if session else None):
            if session is None and request.method == "GET" and request.endpoint not in STREAMS:
                return redirect(url_for("entry.login"))
            abort(401 if session is None else 403)
        if request.method not in SAFE_METHODS:
            self._check_it_is_ours()
        if session and session.account.must_change and request.endpoint not in OPEN_WITH_ONE_TIME_PASSWORD:
            if may_open(request.endpoint, None):
                return None
            return redirect(url_for("entry.password"))
        return None

    def _present_session(self) -> Session | None:
        token = request.cookies.get(self.session_cookie, "")
        if not token or len(token) > _TOKEN_MOST:
            return None
        return self.sessions.find(token, active=request.endpoint not in STREAMS)

    def _cookie(self) -> str:
        """Give the secret of this browser: the session's token or, before the login, one made for the form."""
        if g.session is not None:
            return request.cookies[self.session_cookie]
        known = request.cookies.get(self.entry_cookie, "")
        if not known or len(known) > _TOKEN_MOST:
            g.new_entry = known = secrets.token_urlsafe(32)
        return known

    def _check_it_is_ours(self) -> None:
        if request.headers.get("Origin") != f"{request.scheme}://{request.host}":
            abort(403, "foreign")
        shown = request.headers.get("X-CSRF-Token") or request.form.get("csrf", "")
        if not hmac.compare_digest(shown.encode(), self._token_for(g.cookie).encode()):
            abort(403, "form_expired")

    def _token_for(self, cookie: str) -> str:
        return hmac.new(self.csrf_key, cookie.encode(), hashlib.sha256).hexdigest()

    def _dress(self, response: Response) -> Response:
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        if request.endpoint not in {"static", "entry.look", "entry.font"}:
            response.headers["Cache-Control"] = "no-store"
        if self.behind_tls:
            response.headers["Strict-Transport-Security"] = "max-age=31536000"
        if g.get("new_entry") and request.endpoint == "entry.login":
            self.set_cookie(response, self.entry_cookie, g.new_entry)
        return response
