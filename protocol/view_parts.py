"""What views of several kinds are made of."""

from typing import Literal

import msgspec

from protocol.message import Message

VIEW_LIMIT_BYTES = 16_384
"""No encoded view is longer; tested with the largest hall."""

CounterState = Literal["closed", "open", "paused"]
VisitState = Literal["waiting", "called", "in_service", "parked", "ended", "no_show", "cancelled", "expired"]


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """Any part of a view."""


class View(Message, frozen=True, kw_only=True):
    """Any view."""
