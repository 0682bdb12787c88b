"""The OpenAPI 3.1 document, made of the table of operations and of the types themselves."""

from http import HTTPStatus
from typing import Any, Final

import msgspec

from queue_server.api.news import Happened
from queue_server.api.operations import OPERATIONS, VERSION, Operation
from queue_server.api.problems import KINDS, MEDIA_TYPE
from queue_server.api.shapes import HallState, KeyInfo, Problem, Ticket, TicketWanted
from queue_server.api.tickets import APPOINTMENT_CODE, TICKET_CODE

_ALWAYS: Final = ("key_missing", "key_wrong", "too_many", "internal")
_PARAMETERS: Final[dict[str, dict[str, Any]]] = {
    "ticket_code": {
        "description": "What the QR of a ticket holds, without an address in front.",
        "schema": {"type": "string", "pattern": f"^{TICKET_CODE.pattern}$"},
        "example": "0198a3b4c5d67e8f9a0b1c2d3e4f5a6b-9f8e7d6c5b4a39281706f5e4d3c2b1a0",
    },
    "appointment_code": {
        "description": "The code by which the asking system knows an appointment; unique for ever within that system.",
        "schema": {"type": "string", "pattern": f"^{APPOINTMENT_CODE.pattern}$", "maxLength": 64},
        "example": "LH-261123-0930-000417",
    },
}
_DESCRIPTION: Final = (
    "The state of a hall and tickets by appointment, for other systems. No answer holds a name, a note, a rating or a"
    " priority. Each key has rights and a limit of requests a minute; docs/api.md tells more."
)


def document() -> dict[str, Any]:
    """Make the document."""
    shapes = (KeyInfo, HallState, Ticket, TicketWanted, Problem, Happened)
    _, components = msgspec.json.schema_components(shapes, ref_template="#/components/schemas/{name}")
    paths: dict[str, dict[str, Any]] = {}
    for operation in OPERATIONS.values():
        names = [name for name in _PARAMETERS if f"{{{name}}}" in operation.path]
        path = paths.setdefault(operation.path, {})
        if names:
            path["parameters"] = [{"name": name, "in": "path", "required": True, **_PARAMETERS[name]} for name in names]
        path[operation.method.lower()] = _operation(operation)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Motcua",
            "version": VERSION,
            "description": _DESCRIPTION,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "security": [{"key": []}],
        "paths": paths,
        "webhooks": {"happened": _webhook()},
        "components": {
            "schemas": components,
            "securitySchemes": {
                "key": {"type": "http", "scheme": "bearer", "description": "A key as the technician gave it: mc_…"}
            },
        },
    }


def _operation(operation: Operation) -> dict[str, Any]:
    right = f"Needs the right `{operation.right}`." if operation.right else "Needs no right beside a good key."
    made: dict[str, Any] = {
        "operationId": operation.operation_id,
        "summary": operation.summary,
        "description": right,
        "responses": {
            **{str(status): _answer(HTTPStatus(status).phrase, shape) for status, shape in operation.gives.items()},
            **_problems((*_ALWAYS, *(("right_missing",) if operation.right else ()), *operation.problems)),
        },
    }
    if operation.takes is not None:
        made["requestBody"] = {"required": True, "content": {"application/json": {"schema": _ref(operation.takes)}}}
    return made


def _answer(description: str, shape: type[msgspec.Struct]) -> dict[str, Any]:
    return {"description": description, "content": {"application/json": {"schema": _ref(shape)}}}


def _problems(kinds: tuple[str, ...]) -> dict[str, Any]:
    """Give the answers for these kinds of problems, one for each status with all its codes."""
    found: dict[str, Any] = {}
    for status in sorted({KINDS[kind].status for kind in kinds}):
        codes = [kind for kind in kinds if KINDS[kind].status == status]
        told = "; ".join(f"`{kind}`: {KINDS[kind].title}" for kind in codes)
        found[str(status)] = {"description": told, "content": {MEDIA_TYPE: {"schema": _ref(Problem)}}}
        if status in {429, 503}:
            seconds = {"description": "Seconds to wait.", "schema": {"type": "integer", "minimum": 1}}
            found[str(status)]["headers"] = {"Retry-After": seconds}
    return found


def _webhook() -> dict[str, Any]:
    """Describe what a system's own address is sent, signed as Standard Webhooks has it."""
    headers = {
        "webhook-id": "The same for every try of one delivery; forget one that you have seen.",
        "webhook-timestamp": "When this try was signed, in seconds since 1970; refuse one that is 5 minutes off.",
        "webhook-signature": "v1,<base64 of HMAC-SHA256 over id.timestamp.body>",
    }
    return {
        "post": {
            "operationId": "happened",
            "summary": "A call or an end, at least once and in order",
            "security": [],
            "parameters": [
                {"name": name, "in": "header", "required": True, "description": text, "schema": {"type": "string"}}
                for name, text in headers.items()
            ],
            "requestBody": {"required": True, "content": {"application/json": {"schema": _ref(Happened)}}},
            "responses": {"2XX": {"description": "Taken. Anything else, and it comes again."}},
        }
    }


def _ref(shape: type[msgspec.Struct]) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{shape.__name__}"}
