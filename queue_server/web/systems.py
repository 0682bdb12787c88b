"""The routes of technicians for other systems: their keys and rights, their webhooks, what was given up."""

from typing import Final

from flask import Blueprint, Response, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from queue_server.systems.addresses import Network, check_address, refused_literal
from queue_server.systems.file import SystemsFile
from queue_server.systems.register import PER_MINUTE_MOST, PER_MINUTE_USUAL, RIGHTS, System, SystemProblem
from queue_server.systems.settings import WrongSettings, read_settings
from queue_server.systems.webhooks import NEWS
from queue_server.web.changes import What
from queue_server.web.shared import message_page, parts, person, words

SHOWN_GIVEN_UP: Final = 20
SHOWN_USES: Final = 12
SHOWN_ACTS: Final = 8

systems = Blueprint("systems", __name__, url_prefix="/systems")


@systems.get("/", endpoint="systems")
def show() -> str | Response:
    """Show all systems."""
    return _list()


@systems.post("/")
def add() -> AnyResponse:
    """Make a system, which can do nothing yet."""
    system_id = request.form.get("system_id", "").strip()
    try:
        _file().register.add(system_id, request.form.get("title", "").strip(), by=person().clerk_id)
    except SystemProblem as problem:
        return Response(_list(sentence=words()(f"systems.problem.{problem.code}")), 409)
    _note("system_added", system_id)
    return redirect(url_for("systems.system", system_id=system_id))


@systems.get("/<system_id>")
def system(system_id: str) -> str:
    """Show one system."""
    return _page(_found(system_id))


@systems.post("/<system_id>/keys")
def make_key(system_id: str) -> str | Response:
    """Make a key and show it, this once."""
    found = _found(system_id)
    typed = request.form.get("per_minute", "")
    per_minute = int(typed) if typed.isascii() and typed.isdecimal() and len(typed) <= 6 else 0  # noqa: PLR2004 -- far more than is allowed.
    rights = [right for right in RIGHTS if right in request.form.getlist("rights")]
    try:
        key = _file().register.make_key(system_id, rights, per_minute, by=person().clerk_id)
    except SystemProblem as problem:
        return Response(_page(found, sentence=words()(f"systems.problem.{problem.code}")), 409)
    _note("system_key_made", system_id)
    return _page(found, key=key)


@systems.post("/<system_id>/keys/<key_id>/revoke")
def revoke_key(system_id: str, key_id: str) -> AnyResponse:
    """Make a key worthless."""
    _found(system_id)
    if _file().register.revoke_key(system_id, key_id):
        _note("system_key_revoked", system_id)
    return redirect(url_for("systems.system", system_id=system_id))


@systems.post("/<system_id>/webhook")
def set_webhook(system_id: str) -> str | Response:
    """Set where a system is told, and show the secret to check it with, this once."""
    found = _found(system_id)
    news = [one for one in NEWS if one in request.form.getlist("news")]
    address = request.form.get("address", "").strip()
    if not check_address(address) and refused_literal(address, _allowed()):
        return Response(_page(found, sentence=words()("systems.problem.refused")), 409)
    try:
        secret = _file().webhooks.set(system_id, address, news, by=person().clerk_id)
    except SystemProblem as problem:
        return Response(_page(found, sentence=words()(f"systems.problem.{problem.code}")), 409)
    _note("webhook_set", system_id)
    return _page(found, secret=secret)


@systems.post("/<system_id>/webhook/remove")
def remove_webhook(system_id: str) -> AnyResponse:
    """Tell a system no more."""
    _found(system_id)
    if _file().webhooks.remove(system_id):
        _note("webhook_removed", system_id)
    return redirect(url_for("systems.system", system_id=system_id))


@systems.post("/<system_id>/deliveries/again")
def send_again(system_id: str) -> AnyResponse:
    """Put what was given up back into the line."""
    _found(system_id)
    webhook = _file().webhooks.of(system_id)
    if webhook is not None and _file().outbox.send_again(webhook.webhook_id):
        _note("deliveries_sent_again", system_id)
    return redirect(url_for("systems.system", system_id=system_id))


@systems.post("/<system_id>/deliveries/forget")
def forget(system_id: str) -> AnyResponse:
    """Forget what was given up."""
    _found(system_id)
    webhook = _file().webhooks.of(system_id)
    if webhook is not None and _file().outbox.forget(webhook.webhook_id):
        _note("deliveries_forgotten", system_id)
    return redirect(url_for("systems.system", system_id=system_id))


def _allowed() -> tuple[Network, ...]:
    """Give the networks that `systems.toml` allows; none while that file is wrong, as deliveries stand still then."""
    try:
        return read_settings(parts().editing.config).allowed
    except WrongSettings:
        return ()


def _file() -> SystemsFile:
    file = parts().systems
    if file is None:
        abort(message_page(words()("systems.title"), words()("systems.no_file"), 503))
    return file


def _found(system_id: str) -> System:
    found = _file().register.find(system_id)
    if found is None:
        abort(404)
    return found


def _note(what: What, system_id: str) -> None:
    parts().changes.add(person().clerk_id, what, system_id)


def _list(*, sentence: str = "") -> str:
    file = _file()
    rows = []
    for one in file.register.systems():
        webhook = file.webhooks.of(one.system_id)
        good = [key for key in file.register.keys(one.system_id) if key.revoked_at is None]
        given_up = file.outbox.count_given_up(webhook.webhook_id) if webhook else 0
        rows.append((one, len(good), webhook, given_up))
    return render_template("systems.html", rows=rows, sentence=sentence, form=request.form if sentence else {})


def _page(found: System, *, key: str = "", secret: str = "", sentence: str = "") -> str:
    file = _file()
    webhook = file.webhooks.of(found.system_id)
    return render_template(
        "system.html",
        system=found,
        names=parts().accounts.names(),
        keys=file.register.keys(found.system_id),
        rights=RIGHTS,
        news=NEWS,
        per_minute_usual=PER_MINUTE_USUAL,
        per_minute_most=PER_MINUTE_MOST,
        webhook=webhook,
        waiting=file.outbox.waiting(webhook.webhook_id) if webhook else 0,
        given_up_count=file.outbox.count_given_up(webhook.webhook_id) if webhook else 0,
        given_up=file.outbox.given_up(webhook.webhook_id, SHOWN_GIVEN_UP) if webhook else [],
        uses=file.uses.last(found.system_id, SHOWN_USES),
        acts=file.uses.acts(found.system_id, SHOWN_ACTS),
        key=key,
        secret=secret,
        sentence=sentence,
        form=request.form if sentence else {},
        problem_text=_problem_text,
    )


def _problem_text(code: str) -> str:
    """Say what became of a delivery, by its code: a status of HTTP, or what broke."""
    spoken = words()
    if code.startswith("http_"):
        return spoken("systems.trouble.http", status=code.removeprefix("http_"))
    return spoken(f"systems.trouble.{code}") if spoken.has(f"systems.trouble.{code}") else code
