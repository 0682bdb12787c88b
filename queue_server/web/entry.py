"""The way in: login, logout, one's own password, the language, and the files that all pages need."""

import urllib.parse
from functools import cache
from typing import Final

from flask import Blueprint, Response, abort, g, redirect, render_template, request, send_from_directory, url_for
from werkzeug.wrappers import Response as AnyResponse

from presentation.formats import duration
from presentation.tokens import FONT_FAMILY, css_variables
from queue_server.web.accounts import PASSWORD_LEAST, AccountProblem, HashingBusy
from queue_server.web.doors import START
from queue_server.web.shared import LANGUAGE_COOKIE, parts, person, words

entry = Blueprint("entry", __name__)

FONT_WEIGHTS: Final = {400: "Regular", 500: "Medium", 600: "SemiBold", 700: "Bold", 800: "ExtraBold"}
_KEPT_S: Final = 86_400
_YEAR_S: Final = 31_536_000


@entry.get("/")
def start() -> AnyResponse:
    """Send a person to where their work begins."""
    return redirect(url_for(START[person().staff_role]))


@entry.get("/login")
def login() -> str | AnyResponse:
    """Ask who is there."""
    if g.session is not None:
        return redirect(url_for("entry.start"))
    return render_template("login.html", sentence="", clerk_id="")


@entry.post("/login")
def log_in() -> AnyResponse:
    """Check who is there. A wrong name and a wrong password are answered alike."""
    shared, spoken = parts(), words()
    clerk_id, password = request.form.get("username", "").strip()[:64], request.form.get("password", "")
    address = request.remote_addr or ""
    wait_s = shared.attempts.wait_s(clerk_id, address)
    if wait_s:
        minutes = duration(spoken, max(60, wait_s))
        return _login_again(spoken("login.too_many", minutes=minutes), clerk_id, 429)
    try:
        account = shared.accounts.check(clerk_id, password)
    except HashingBusy:
        return _login_again(spoken("refusal.busy"), clerk_id, 503)
    if account is None:
        shared.attempts.failed(clerk_id, address)
        return _login_again(spoken("login.wrong"), clerk_id, 403)
    shared.attempts.succeeded(clerk_id, address)
    if g.session is not None:
        shared.sessions.close(g.session.session_id)
    response = redirect(url_for("entry.password" if account.must_change else START[account.staff_role]))
    shared.guard.set_cookie(response, shared.guard.session_cookie, shared.sessions.open(account, address))
    response.delete_cookie(shared.guard.entry_cookie, secure=shared.guard.behind_tls, httponly=True, samesite="Strict")
    return response


def _login_again(sentence: str, clerk_id: str, status: int) -> Response:
    return Response(render_template("login.html", sentence=sentence, clerk_id=clerk_id), status)


@entry.post("/logout")
def log_out() -> AnyResponse:
    """End the session. A counter stays as it is: leaving it is a press on the console."""
    shared = parts()
    shared.sessions.close(g.session.session_id)
    response = redirect(url_for("entry.login"))
    guard = shared.guard
    response.delete_cookie(guard.session_cookie, secure=guard.behind_tls, httponly=True, samesite="Strict")
    return response


@entry.get("/password")
def password() -> str:
    """Ask for a password of one's own."""
    return render_template("password.html", sentence="", account=person())


@entry.post("/password")
def change_password() -> AnyResponse:
    """Change the password; all sessions of the person end, and this one begins anew."""
    shared, spoken, account = parts(), words(), person()
    old, new = request.form.get("old", ""), request.form.get("new", "")
    address = request.remote_addr or ""
    if shared.attempts.wait_s(account.clerk_id, address):
        return _password_again(spoken("login.too_many", minutes=duration(spoken, 900)), 429)
    try:
        if shared.accounts.check(account.clerk_id, old) is None:
            shared.attempts.failed(account.clerk_id, address)
            return _password_again(spoken("login.wrong"), 403)
        shared.accounts.choose_password(account.clerk_id, new)
    except HashingBusy:
        return _password_again(spoken("refusal.busy"), 503)
    except AccountProblem as problem:
        sentence = "login.password_short" if problem.code == "password_short" else f"staff.{problem.code}"
        return _password_again(spoken(sentence, count=PASSWORD_LEAST), 400)
    response = redirect(url_for("entry.start"))
    shared.guard.set_cookie(response, shared.guard.session_cookie, shared.sessions.open(account, address))
    return response


def _password_again(sentence: str, status: int) -> Response:
    return Response(render_template("password.html", sentence=sentence, account=person()), status)


@entry.post("/language")
def choose_language() -> AnyResponse:
    """Remember the language of this browser and go back to where the person was."""
    chosen = request.form.get("language", "")
    if chosen not in parts().texts.by_language:
        abort(400)
    place = urllib.parse.urlsplit(request.form.get("place", "/"))
    inside = place.path if place.path.startswith("/") and not place.path.startswith("//") else "/"
    response = redirect(inside)
    secure = parts().guard.behind_tls
    response.set_cookie(LANGUAGE_COOKIE, chosen, max_age=_YEAR_S, httponly=True, secure=secure, samesite="Strict")
    return response


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
