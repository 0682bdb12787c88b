"""The routes of a person's own account: the password, the second factor, and where they are signed in."""

from typing import Final

import segno
from flask import Blueprint, Response, redirect, render_template, request, url_for
from markupsafe import Markup
from pyotp import TOTP
from werkzeug.wrappers import Response as AnyResponse

from protocol.views import HallView
from queue_server.web.accounts import PASSWORD_LEAST, Account, AccountProblem, HashingBusy
from queue_server.web.doors import next_step
from queue_server.web.second_factors import Standing
from queue_server.web.shared import parts, person, words
from queue_server.web.signed_in import begin, present_session
from queue_server.web.tries import wrong

own_account = Blueprint("account", __name__)

CODE_MOST: Final = 64
ISSUER: Final = "Một cửa"


@own_account.get("/account")
def account() -> str:
    """Show who one is, where one is signed in, and what one can change."""
    session = present_session()
    assert session is not None, "the door lets in only people who are signed in"
    return render_template(
        "my_account.html",
        account=session.account,
        standing=_standing(),
        sessions=parts().sessions.of(session.account.clerk_id),
        present=session.session_id,
    )


@own_account.post("/account/sessions/<session_id>/end")
def end_session(session_id: str) -> AnyResponse:
    """End one of one's own sessions; this one, too."""
    parts().sessions.end(person().clerk_id, session_id, by=person().clerk_id)
    return redirect(url_for("account.account"))


@own_account.post("/account/sessions/end-others")
def end_other_sessions() -> AnyResponse:
    """End all of one's own sessions but this one."""
    session = present_session()
    assert session is not None, "the door lets in only people who are signed in"
    clerk_id = session.account.clerk_id
    parts().sessions.end_others(clerk_id, session.session_id, by=clerk_id)
    return redirect(url_for("account.account"))


@own_account.get("/password")
def password() -> str:
    """Ask for a password of one's own."""
    return render_template("password.html", sentence="", account=person())


@own_account.post("/password")
def change_password() -> AnyResponse:
    """Change the password; all sessions of the person end, and this one begins anew."""
    shared, account = parts(), person()
    new = request.form.get("new", "")
    problem = _wrong_password()
    if problem:
        return _password_again(*problem)
    if new != request.form.get("repeat", ""):
        return _password_again(words()("account.repeat_differs"), 400)
    try:
        shared.accounts.choose_password(account.clerk_id, new, _names_of_the_hall())
    except HashingBusy:
        return _password_again(words()("refusal.busy"), 503)
    except AccountProblem as refused:
        key = "login.password_short" if refused.code == "password_short" else f"staff.{refused.code}"
        return _password_again(words()(key, count=PASSWORD_LEAST), 400)
    shared.tries.right()
    begin(shared.sessions, account, request.remote_addr or "")
    return redirect(url_for("entry.start"))


def _names_of_the_hall() -> list[str]:
    """Give the names that everybody in the hall reads every day; none until the server has told them."""
    hall = parts().hall.view("hall", HallView)
    return [*hall.agency.values(), *hall.names.values(), hall.branch_id] if hall else []


def _password_again(sentence: str, status: int) -> Response:
    return Response(render_template("password.html", sentence=sentence, account=person()), status)


@own_account.get("/second-factor")
def second_factor() -> str:
    """Show the code that a phone shall learn; or, to whoever has one, since when, and how to replace it."""
    standing = _standing()
    if standing.set_at is None or "replace" in request.args:
        return _offer("", standing)
    return render_template("second_factor.html", standing=standing, sentence="")


@own_account.post("/second-factor")
def confirm_second_factor() -> AnyResponse:
    """Take the phone that shows the right code, and show the recovery codes, this once."""
    shared, account = parts(), person()
    problem = _not_who_signed_in(account)
    if problem:
        return Response(_offer(problem[0], _standing()), problem[1])
    codes = shared.second_factors.confirm(account.clerk_id, request.form.get("code", "")[:CODE_MOST])
    if codes is None:
        wrong()
        return Response(_offer(words()("account.code_wrong"), _standing()), 403)
    shared.tries.right()
    begin(shared.sessions, account, request.remote_addr or "")
    return Response(render_template("recovery_codes.html", codes=codes))


def _not_who_signed_in(account: Account) -> tuple[str, int] | None:
    """Tell why this may be somebody else at an open session; whoever stands in the step has just shown the password."""
    session = present_session()
    if session is None or next_step(session) == "second_factor":
        return None
    return _wrong_password() or (_wrong_code("present") if account.has_second_factor else None)


def _standing() -> Standing:
    return parts().second_factors.standing(person().clerk_id)


def _wrong_password() -> tuple[str, int] | None:
    """Tell why the present password was not shown, with the status of the answer."""
    clerk_id = person().clerk_id
    try:
        if parts().accounts.check(clerk_id, request.form.get("old", "")) is not None:
            return None
    except HashingBusy:
        return words()("refusal.busy"), 503
    wrong()
    parts().accounts.note_refused(clerk_id, request.remote_addr or "")
    return words()("account.password_wrong"), 403


def _wrong_code(name: str) -> tuple[str, int] | None:
    """Tell why the present second factor was not shown."""
    clerk_id = person().clerk_id
    if parts().second_factors.right(clerk_id, request.form.get(name, "")[:CODE_MOST]):
        return None
    wrong()
    parts().accounts.note_refused(clerk_id, request.remote_addr or "")
    return words()("account.code_wrong"), 403


def _offer(sentence: str, standing: Standing) -> str:
    """Show the secret as a QR code for the phone's camera, and in letters for whoever types."""
    secret = parts().second_factors.offer(person().clerk_id)
    address = TOTP(secret).provisioning_uri(name=person().clerk_id, issuer_name=ISSUER)
    picture = segno.make(address, error="m").svg_inline(border=4, omitsize=True, dark="#14231F", light="#FFFFFF")
    return render_template(
        "second_factor_offer.html",
        picture=Markup(picture),  # noqa: S704 -- segno draws it from squares alone.
        secret=" ".join(secret[at : at + 4] for at in range(0, len(secret), 4)),
        standing=standing,
        sentence=sentence,
    )
