"""The Flask application of the API: who asks, whether they may, how often; and the six things that can be asked."""

import logging
import math
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final, cast

import msgspec
from flask import Flask, Response, current_app, g, request
from limits import RateLimitItemPerMinute
from limits.strategies import MovingWindowRateLimiter
from werkzeug.exceptions import HTTPException, MethodNotAllowed, RequestEntityTooLarge

from protocol.views import BoardView
from queue_server.api.hall import hall_state
from queue_server.api.openapi import document
from queue_server.api.operations import DOCUMENT_PATH, OPERATIONS
from queue_server.api.problems import Refusal, problem
from queue_server.api.shapes import KeyInfo, TicketWanted
from queue_server.api.tickets import Tickets
from queue_server.bounded_storage import BoundedStorage
from queue_server.systems.file import SystemsFile
from queue_server.systems.register import RIGHTS, Key
from queue_server.systems.uses import UNKNOWN_KEY
from queue_server.watched_hall import WatchedHall

BODY_LIMIT_BYTES: Final = 4_096
WRONG_KEYS_PER_MINUTE: Final = 30
"""From one address. A good key is never refused for the wrong ones beside it."""

HEADERS: Final = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Robots-Tag": "noindex",
}

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Parts:
    """The parts of the program, made once."""

    hall: WatchedHall
    tickets: Tickets
    file: SystemsFile
    limiter: MovingWindowRateLimiter
    behind_tls: bool = False


def create_app(made: Parts) -> Flask:
    """Make the application. It has no session and no cookie: each request shows its key."""
    app = Flask("queue_server.api", static_folder=None)
    app.config.update(MAX_CONTENT_LENGTH=BODY_LIMIT_BYTES, PROVIDE_AUTOMATIC_OPTIONS=False)
    app.extensions["motcua"] = made
    answers: dict[str, Callable[..., Response]] = {
        "show_key": show_key,
        "show_hall": show_hall,
        "find_ticket": find_ticket,
        "find_appointment": find_appointment,
        "take_appointment": take_appointment,
        "cancel_appointment": cancel_appointment,
    }
    for name, operation in OPERATIONS.items():
        rule = operation.path.replace("{", "<").replace("}", ">")
        app.add_url_rule(rule, name, answers[name], methods=[operation.method])
    told = msgspec.json.encode(document())
    app.add_url_rule(
        DOCUMENT_PATH, "document", lambda: Response(told, mimetype="application/vnd.oai.openapi+json;version=3.1")
    )
    app.before_request(_check)
    app.after_request(_finish)
    app.register_error_handler(Refusal, problem)
    app.register_error_handler(HTTPException, _say)
    app.register_error_handler(Exception, _broken)
    return app


def bounded_limiter() -> MovingWindowRateLimiter:
    """Make what counts requests, in this process's memory."""
    return MovingWindowRateLimiter(BoundedStorage("bounded://"))


# --- What can be asked -----------------------------------------------------------------------------------------------


def show_key() -> Response:
    """Tell what the shown key is."""
    key = _key()
    rights = [right for right in RIGHTS if right in key.rights]
    return _told(KeyInfo(key_id=key.key_id, system_id=key.system_id, rights=rights, per_minute=key.per_minute))


def show_hall() -> Response:
    """Tell how the hall is."""
    made = _parts()
    kiosk = made.tickets.kiosk()
    boards = [made.hall.view(topic, BoardView) for topic in made.hall.topics("board/")]
    return _told(hall_state(kiosk, [one for one in boards if one is not None], made.hall.viewed_at("kiosk")))


def find_ticket(ticket_code: str) -> Response:
    """Tell of the ticket with this code."""
    return _told(_parts().tickets.by_code(ticket_code))


def find_appointment(appointment_code: str) -> Response:
    """Tell of the ticket of an appointment of the asking system."""
    return _told(_parts().tickets.of_appointment(_key().system_id, appointment_code))


def take_appointment(appointment_code: str) -> Response:
    """Give the ticket of an appointment, new or as it is."""
    ticket, done = _parts().tickets.take(_key().system_id, appointment_code, _wanted(), _noting)
    return _told(ticket, 201 if done == "made" else 200)


def cancel_appointment(appointment_code: str) -> Response:
    """Give back the number of an appointment."""
    return _told(_parts().tickets.cancel(_key().system_id, appointment_code, _noting))


@contextmanager
def _noting(visit_id: str) -> Iterator[None]:
    """Note what this request is about to change before the hall is asked, and then what came of it.

    What cannot be noted is not asked. While the outcome is unknown, or after a crash, the note stays as it is.
    """
    assert request.endpoint is not None, "an operation was found"
    uses = _parts().file.uses
    number = uses.intend(_key().key_id, request.endpoint, visit_id)
    try:
        yield
    except Refusal as refusal:
        if refusal.kind != "outcome_unknown":
            uses.refused(number)
        raise
    uses.carried_out(number)


def _wanted() -> TicketWanted:
    if request.mimetype != "application/json":
        raise Refusal("media_wrong")
    try:
        return msgspec.json.decode(request.get_data(), type=TicketWanted)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Refusal("body_malformed", f"The body is not what this address takes: {error}.") from error


# --- Around every request --------------------------------------------------------------------------------------------


def _check() -> None:
    """Let nobody in without a good key, the right that is needed, and room within the key's limit; in this order."""
    if request.endpoint is None:
        wrong = request.routing_exception
        raise wrong if isinstance(wrong, MethodNotAllowed) else Refusal("not_found")
    if request.endpoint == "document":
        return
    key = _shown_key()
    g.key = key
    made = _parts()
    limit = RateLimitItemPerMinute(key.per_minute)
    if not made.limiter.hit(limit, key.key_id):
        wait_s = made.limiter.get_window_stats(limit, key.key_id).reset_time - time.monotonic()
        raise Refusal(
            "too_many", f"This key may ask {key.per_minute} times a minute.", again_s=min(60, max(1, math.ceil(wait_s)))
        )
    right = OPERATIONS[request.endpoint].right
    if right is not None and right not in key.rights:
        raise Refusal("right_missing", f"This key lacks the right {right}.")
    if (request.content_length or 0) > BODY_LIMIT_BYTES:
        raise RequestEntityTooLarge


def _shown_key() -> Key:
    shown = request.headers.get("Authorization", "")
    if not shown:
        raise Refusal("key_missing")
    scheme, _, secret = shown.partition(" ")
    key = _parts().file.register.key_of(secret.strip()) if scheme.lower() == "bearer" and len(shown) < 128 else None  # noqa: PLR2004 -- a key is shorter.
    if key is None:
        limiter, limit = _parts().limiter, RateLimitItemPerMinute(WRONG_KEYS_PER_MINUTE)
        if not limiter.hit(limit, "wrong", request.remote_addr or ""):
            raise Refusal("too_many", "Too many wrong keys came from this address.", again_s=60)
        log.warning("a wrong key came from %s", request.remote_addr)
        raise Refusal("key_wrong")
    return key


def _finish(response: Response) -> Response:
    """Dress the answer, and count it."""
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if _parts().behind_tls:
        response.headers["Strict-Transport-Security"] = "max-age=31536000"
    if request.endpoint in OPERATIONS:
        key: Key | None = g.get("key")
        _parts().file.uses.count(key.key_id if key else UNKNOWN_KEY, request.endpoint, response.status_code)
    return response


def _say(error: HTTPException) -> Response:
    """Say what Flask itself refuses in our words."""
    kinds = {404: "not_found", 405: "method_not_allowed", 413: "body_too_long"}
    code = error.code or 500
    ours = code >= 500  # noqa: PLR2004 -- HTTP's own number.
    if ours:
        log.error("%s at %s", error, request.endpoint)
    response = problem(Refusal(kinds.get(code, "internal" if ours else "body_malformed")))
    if isinstance(error, MethodNotAllowed):
        response.allow.update(error.valid_methods or ())
    return response


def _broken(error: Exception) -> Response:
    """Answer for a fault of ours without its insides, and tell the machine's journal all of it."""
    log.error("a request to %s broke", request.endpoint, exc_info=error)
    return problem(Refusal("internal"))


def _told(shape: msgspec.Struct, status: int = 200) -> Response:
    return Response(msgspec.json.encode(shape), status, mimetype="application/json")


def _key() -> Key:
    key: Key = g.key
    return key


def _parts() -> Parts:
    return cast("Parts", current_app.extensions["motcua"])
