"""The way in: login, second factor, logout, the language, and the files that all pages need."""

from functools import cache
from typing import Final
from urllib.parse import parse_qsl, urlencode

from flask import (
    Blueprint,
    Response,
    abort,
    current_app,
    redirect,
    render_template,
    request,
    send_from_directory,
    url_for,
)
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect
from werkzeug.wrappers import Response as AnyResponse

from presentation.tokens import FONT_FAMILY, css_variables
from queue_server.web.accounts import HashingBusy
from queue_server.web.doors import START, STEP_PAGE, next_step
from queue_server.web.guard import FILES
from queue_server.web.shared import language_cookie, parts, person, words
from queue_server.web.signed_in import begin, end, present_session
from queue_server.web.tries import tried_name, wrong

entry = Blueprint("entry", __name__)

FONT_WEIGHTS: Final = {400: "Regular", 500: "Medium", 600: "SemiBold", 700: "Bold", 800: "ExtraBold"}
CODE_MOST: Final = 64
_KEPT_S: Final = 86_400
_YEAR_S: Final = 31_536_000


@entry.get("/")
def start() -> AnyResponse:
    """Send a person to where their work begins."""
    return _onward()


def _onward() -> AnyResponse:
    """Go on to the next step of signing in, or to where the person's work begins."""
    session = present_session()
    assert session is not None, "somebody is signed in"
    step = next_step(session)
    return redirect(url_for(STEP_PAGE[step] if step else START[session.account.staff_role]))


@entry.get("/login")
def login() -> str | AnyResponse:
    """Ask who is there."""
    if present_session() is not None:
        return redirect(url_for("entry.start"))
    return render_template("login.html", sentence="", clerk_id="")


@entry.post("/login")
def log_in() -> AnyResponse:
    """Check who is there. A wrong name and a wrong password are answered alike."""
    shared, spoken = parts(), words()
    if present_session() is not None:
        end(shared.sessions)
    clerk_id = tried_name()
    try:
        account = shared.accounts.check(clerk_id, request.form.get("password", ""))
    except HashingBusy:
        return _login_again(spoken("refusal.busy"), clerk_id, 503)
    if account is None:
        wrong()
        shared.accounts.note_refused(clerk_id, request.remote_addr or "")
        return _login_again(spoken("login.wrong"), clerk_id, 403)
    if not account.has_second_factor:
        shared.tries.right()
    begin(shared.sessions, account, request.remote_addr or "", code_due=account.has_second_factor)
    return _onward()


def _login_again(sentence: str, clerk_id: str, status: int) -> Response:
    return Response(render_template("login.html", sentence=sentence, clerk_id=clerk_id), status)


@entry.get("/login/code")
def code() -> str | AnyResponse:
    """Ask for the second factor."""
    return render_template("code.html", sentence="") if _code_due() else redirect(url_for("entry.start"))


@entry.post("/login/code")
def check_code() -> AnyResponse:
    """Check the second factor. The session that showed a password ends here, and one that opens doors begins."""
    shared, account = parts(), person()
    if not _code_due():
        return redirect(url_for("entry.start"))
    if not shared.second_factors.right(account.clerk_id, request.form.get("code", "")[:CODE_MOST]):
        wrong()
        shared.accounts.note_refused(account.clerk_id, request.remote_addr or "")
        return Response(render_template("code.html", sentence=words()("account.code_wrong")), 403)
    shared.tries.right()
    end(shared.sessions)
    begin(shared.sessions, account, request.remote_addr or "")
    return _onward()


def _code_due() -> bool:
    session = present_session()
    return session is not None and session.code_due


@entry.post("/logout")
def log_out() -> AnyResponse:
    """End the session. A counter stays as it is: leaving it is a press on the console."""
    end(parts().sessions)
    return redirect(url_for("entry.login"))


@entry.post("/language")
def choose_language() -> AnyResponse:
    """Remember the language of this browser and go back to where the person was."""
    chosen = request.form.get("language", "")
    if chosen not in parts().texts.by_language:
        abort(400)
    response = redirect(_page_of_ours(request.form.get("place", "/")))
    secure = parts().guard.behind_tls
    response.set_cookie(language_cookie(), chosen, max_age=_YEAR_S, httponly=True, secure=secure, samesite="Strict")
    return response


def _page_of_ours(place: str) -> str:
    """Give a place if it is one of these pages, and the first page otherwise: a form can say anything.

    What the page was asked with stays behind its path, written anew, so that it can be nothing but a query.
    """
    path, _, asked = place.partition("?")
    addresses = current_app.create_url_adapter(request)
    assert addresses is not None, "inside a request there are addresses"
    try:
        endpoint, _ = addresses.match(path, method="GET")
    except (HTTPException, RequestRedirect):
        return url_for("entry.start")
    if endpoint in FILES:
        return url_for("entry.start")
    kept = urlencode(parse_qsl(asked, keep_blank_values=True))
    return f"{path}?{kept}" if kept else path


@entry.get("/look.css")
def look() -> Response:
    """Give the tokens of the look and the typeface as a style sheet."""
    response = Response(_look(), mimetype="text/css")
    response.cache_control.max_age = _KEPT_S
    response.cache_control.public = True
    return response


@cache
def _look() -> str:
    """Write the font faces by relative addresses, so that the sheet works under any path."""
    faces = [
        f'@font-face {{ font-family: "{FONT_FAMILY}"; font-weight: {weight}; font-display: block;'
        f' src: url("fonts/{name}.ttf") format("truetype"); }}'
        for weight, name in FONT_WEIGHTS.items()
    ]
    return css_variables() + "\n".join(faces) + "\n"


@entry.get("/fonts/<name>.ttf")
def font(name: str) -> Response:
    """Give one weight of the typeface."""
    if name not in FONT_WEIGHTS.values():
        abort(404)
    file_name = f"{FONT_FAMILY.replace(' ', '')}-{name}.ttf"
    response = send_from_directory(parts().fonts, file_name, mimetype="font/ttf", max_age=_YEAR_S)
    response.cache_control.public = True
    return response
