"""The base of every message: a small, frozen struct with a type, a version and nothing hidden.

A message on the wire is a JSON object that starts with ``{"type": "take_ticket", "version": 1, …}``. Readers ignore
fields they do not know, so that an older terminal understands a newer server within one protocol version.
"""

import re
from datetime import datetime
from typing import Annotated, Literal

import msgspec

PROTOCOL_VERSION = 1
OLDEST_SUPPORTED_VERSION = 1

_CAMEL = re.compile(r"(?<!^)(?=[A-Z])")

Identifier = Annotated[str, msgspec.Meta(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9][A-Za-z0-9_.:-]*$")]
"""An id from configuration or of a device: ASCII letters, digits, ``_ . : -``; 64 characters at most."""

OptionalIdentifier = Annotated[str, msgspec.Meta(max_length=64, pattern=r"^([A-Za-z0-9][A-Za-z0-9_.:-]*)?$")]
"""The same, or an empty string where there is none."""

VisitId = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{32}$")]
"""A UUIDv7 as 32 lower-case hex digits, made and stored by the terminal before it asks."""

OptionalVisitId = Annotated[str, msgspec.Meta(pattern=r"^([0-9a-f]{32})?$")]
"""The same, or an empty string where there is none."""

PersonMark = Annotated[str, msgspec.Meta(pattern=r"^([0-9a-f]{32})?$")]
"""What stands for a person on one day (:mod:`protocol.person_mark`), or an empty string."""

PersonKeyHex = Annotated[str, msgspec.Meta(pattern=r"^([0-9a-f]{64})?$")]
"""The key of a day that marks of persons are made with (:mod:`protocol.person_mark`), or an empty string."""

OptionalDay = Annotated[str, msgspec.Meta(pattern=r"^(\d{4}-\d{2}-\d{2})?$")]
"""A date ``yyyy-mm-dd``, or an empty string where there is none."""

Prefix = Annotated[str, msgspec.Meta(min_length=1, max_length=3, pattern=r"^[A-ZĐ]{1,3}$")]
"""The letters in front of a number, such as ``H``."""

Number = Annotated[int, msgspec.Meta(ge=1, le=999_999)]
"""The digits of a ticket's number; shown with at least three of them."""

Language = Annotated[str, msgspec.Meta(pattern=r"^[a-z]{2}$")]
"""An ISO 639-1 code: ``vi``, ``en``."""

Instant = Annotated[datetime, msgspec.Meta(tz=True)]
"""An aware datetime; UTC on the wire."""

RatingChannel = Literal["keypad", "terminal", "link", "paper", "surprise", "home"]
"""The way by which a rating reached us; channels are counted apart."""

Code = Annotated[str, msgspec.Meta(max_length=64)]
"""A code from configuration (a reason, an outcome) or an empty string."""


def type_of(class_name: str) -> str:
    """``TakeTicket`` -> ``take_ticket``: the ``type`` of a message on the wire."""
    return _CAMEL.sub("_", class_name).lower()


class Message(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag=type_of):
    """A message: never changed once made, equal when its fields are."""

    version: int = PROTOCOL_VERSION
