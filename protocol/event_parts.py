"""What every event has, and what events are made of."""

from typing import Annotated

import msgspec

from protocol.commands import FunctionDescription
from protocol.message import Identifier, Instant, Message


class Event(Message, frozen=True, kw_only=True):
    """Any event."""

    at: Instant


class PairedDevice(msgspec.Struct, frozen=True, kw_only=True):
    """A device that may speak: its id, its public key (Z85, 40 characters) and its functions."""

    device_id: Identifier
    name: str
    public_key: Annotated[str, msgspec.Meta(min_length=40, max_length=40)]
    functions: tuple[FunctionDescription, ...]
