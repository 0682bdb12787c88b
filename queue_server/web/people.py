"""The routes of technicians for people: accounts, one-time passwords, sessions; and what was changed by whom."""

from flask import Blueprint, Response, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from queue_server.web.accounts import ROLES, Account, AccountProblem, HashingBusy, Role
from queue_server.web.changes import PAGE, Change
from queue_server.web.shared import parts, words
from queue_server.web.shared import person as who_asks

people = Blueprint("people", __name__)


@people.get("/people/", endpoint="people")
def show() -> str:
    """Show all accounts."""
    return _list()


@people.post("/people/")
def add() -> str | Response:
    """Make an account and show its one-time password, this once."""
    form = request.form
    clerk_id, role = form.get("clerk_id", "").strip(), form.get("role", "")
    if role not in ROLES:
        abort(400)
    chosen: Role = role
    try:
        password = parts().accounts.add(clerk_id, form.get("name", ""), chosen, by=who_asks().clerk_id)
    except (AccountProblem, HashingBusy) as problem:
        return Response(_list(sentence=_sentence_of(problem)), 409)
    return _page(_account(clerk_id), password=password)


@people.get("/people/<clerk_id>")
def person(clerk_id: str) -> str:
    """Show one account."""
    return _page(_account(clerk_id))


@people.post("/people/<clerk_id>/password")
def reset_password(clerk_id: str) -> str | Response:
    """Give a person a new one-time password and show it, this once."""
    account = _account(clerk_id)
    try:
        password = parts().accounts.reset_password(clerk_id, by=who_asks().clerk_id)
    except HashingBusy as problem:
        return Response(_page(account, sentence=_sentence_of(problem)), 503)
    return _page(_account(clerk_id), password=password)


@people.post("/people/<clerk_id>/second-factor/remove")
def remove_second_factor(clerk_id: str) -> AnyResponse:
    """Take a lost phone's code away; its person sets up another at the next sign-in."""
    _account(clerk_id)
    parts().accounts.remove_second_factor(clerk_id, by=who_asks().clerk_id)
    return redirect(url_for("people.person", clerk_id=clerk_id))


@people.post("/people/<clerk_id>/disable")
def disable(clerk_id: str) -> AnyResponse:
    """Shut an account."""
    return _disable(clerk_id, disabled=True)


@people.post("/people/<clerk_id>/enable")
def enable(clerk_id: str) -> AnyResponse:
    """Open an account that was shut."""
    return _disable(clerk_id, disabled=False)


def _disable(clerk_id: str, *, disabled: bool) -> AnyResponse:
    account = _account(clerk_id)
    try:
        parts().accounts.disable(clerk_id, disabled=disabled, by=who_asks().clerk_id)
    except AccountProblem as problem:
        return Response(_page(account, sentence=_sentence_of(problem)), 409)
    return redirect(url_for("people.person", clerk_id=clerk_id))


@people.post("/people/<clerk_id>/sessions/<session_id>/end")
def end_session(clerk_id: str, session_id: str) -> AnyResponse:
    """Sign a person out at one computer."""
    _account(clerk_id)
    parts().sessions.end(clerk_id, session_id, by=who_asks().clerk_id)
    return redirect(url_for("people.person", clerk_id=clerk_id))


@people.get("/changes")
def changes() -> str:
    """Show what was changed, by whom and when; newest first, page by page."""
    before = request.args.get("before", "")
    about = request.args.get("about", "")[:64]
    found = parts().changes.before(int(before) if before.isdecimal() and len(before) < 16 else None, about)  # noqa: PLR2004 -- SQLite's integers have 18 digits.
    older = found[-1].number if len(found) == PAGE else None
    return render_template("changes.html", changes=found, older=older, about=about, names=_names())


def _account(clerk_id: str) -> Account:
    account = parts().accounts.find(clerk_id)
    if account is None:
        abort(404)
    return account


def _names() -> dict[str, str]:
    return {**parts().accounts.names(), "@machine": words()("changes.at_the_machine"), "": "–"}


def _list(sentence: str = "") -> str:
    return render_template("people.html", accounts=parts().accounts.all(), roles=ROLES, sentence=sentence)


def _page(account: Account, *, password: str = "", sentence: str = "") -> str:
    shared = parts()
    last: list[Change] = shared.changes.before(about=account.clerk_id, most=10)
    return render_template(
        "person.html",
        account=account,
        standing=shared.second_factors.standing(account.clerk_id),
        sessions=shared.sessions.of(account.clerk_id),
        changes=last,
        names=_names(),
        password=password,
        sentence=sentence,
    )


def _sentence_of(problem: AccountProblem | HashingBusy) -> str:
    return words()(f"people.problem.{problem.code}" if isinstance(problem, AccountProblem) else "refusal.busy")
