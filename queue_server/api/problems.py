"""Everything that can go wrong, by its stable code: the status, and a sentence in English for whoever reads the log."""

from typing import Final, NamedTuple

import msgspec
from flask import Response

from queue_server.api.shapes import Problem


class Kind(NamedTuple):
    """A kind of problem."""

    status: int
    title: str


KINDS: Final[dict[str, Kind]] = {
    "key_missing": Kind(401, "No key was shown: send Authorization: Bearer mc_…"),
    "key_wrong": Kind(401, "The key is not known here, or was revoked"),
    "right_missing": Kind(403, "The key has not the right that this needs"),
    "not_found": Kind(404, "There is nothing at this address"),
    "ticket_unknown": Kind(404, "There is no such ticket"),
    "method_not_allowed": Kind(405, "This address has no such method"),
    "refused": Kind(409, "The hall says no"),
    "appointment_over": Kind(409, "The ticket of this appointment is over"),
    "appointment_differs": Kind(409, "This appointment has a ticket for another service or class"),
    "ticket_expired": Kind(410, "The ticket is of a day that is too long ago"),
    "body_too_long": Kind(413, "The body is too long"),
    "media_wrong": Kind(415, "The body must be application/json"),
    "code_malformed": Kind(422, "The code in the address is not one"),
    "body_malformed": Kind(422, "The body is not what this address takes"),
    "too_many": Kind(429, "Too many requests"),
    "internal": Kind(500, "A fault of this program"),
    "hall_unknown": Kind(503, "The queue server is not heard, so nothing is known of the hall"),
    "outcome_unknown": Kind(503, "No answer came in time: what became of it is unknown; ask again"),
}
"""Beside these, `refused` has the hall's own codes (docs/messages.md), such as `service_closed`."""

MEDIA_TYPE: Final = "application/problem+json"


class Refusal(Exception):  # noqa: N818 -- an answer, not an error of ours.
    """A request is answered with a problem. `code` is told in place of the kind's where the hall has its own."""

    def __init__(self, kind: str, detail: str = "", *, code: str = "", again_s: int = 0) -> None:
        super().__init__(kind)
        self.kind, self.detail, self.code, self.again_s = kind, detail, code or kind, again_s


def problem(refusal: Refusal) -> Response:
    """Give the answer."""
    kind = KINDS[refusal.kind]
    told = Problem(
        type=f"urn:motcua:problem:{refusal.code}",
        title=kind.title,
        status=kind.status,
        detail=refusal.detail or f"{kind.title}.",
        code=refusal.code,
    )
    response = Response(msgspec.json.encode(told), kind.status, mimetype=MEDIA_TYPE)
    if kind.status == 401:  # noqa: PLR2004 -- HTTP's own number.
        response.headers["WWW-Authenticate"] = 'Bearer realm="motcua"'
    if refusal.again_s:
        response.headers["Retry-After"] = str(refusal.again_s)
    return response
