"""What views of several kinds are made of."""

from typing import Literal

import msgspec

from protocol.configuration import Words
from protocol.message import Instant, Message

VIEW_LIMIT_BYTES = 16_384
"""No encoded view is longer; tested with the largest hall."""

CounterState = Literal["closed", "open", "paused"]
VisitState = Literal["waiting", "called", "in_service", "parked", "ended", "no_show", "cancelled", "expired"]


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """Any part of a view."""


class StoppedHall(Part, frozen=True, kw_only=True):
    """Why the hall is stopped, to be shown large and still: words per language, none of which need be there.

    ``told_at`` names this message, ``since_at`` is when the hall stopped, ``repeat_s`` how often voices say it.
    """

    emergency_id: str
    names: Words
    hints: Words
    since_at: Instant
    told_at: Instant
    repeat_s: int = 20


class View(Message, frozen=True, kw_only=True):
    """Any view."""


class Reply(Message, frozen=True, kw_only=True):
    """Any reply."""
