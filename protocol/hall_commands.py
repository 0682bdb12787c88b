"""Commands about the whole hall: it is stopped, with one message for everybody, and goes on."""

from typing import Annotated

import msgspec

from protocol.command_parts import TerminalCommand
from protocol.message import Instant, Language, OptionalIdentifier

SHORT_MESSAGE_LETTERS = 40
LONG_MESSAGE_LETTERS = 160
"""So much of a free message can be read from the back of a hall."""

ShortMessage = Annotated[str, msgspec.Meta(max_length=SHORT_MESSAGE_LETTERS)]
LongMessage = Annotated[str, msgspec.Meta(max_length=LONG_MESSAGE_LETTERS)]


class StopHall(TerminalCommand, frozen=True, kw_only=True):
    """Stop the hall: no numbers, no calls, and one message on all boards, kiosks and voices; ``clerk_id`` is who asks.

    ``emergency_id`` names a message of the configuration. Without one ``names`` (large) and ``hints`` (what to do) are
    a free message, in Vietnamese at least; without both, each terminal says in its own words that the hall has stopped.
    ``ends_with_day`` is for such a message alone: one of the configuration knows it itself.
    """

    clerk_id: OptionalIdentifier = ""
    emergency_id: OptionalIdentifier = ""
    names: dict[Language, ShortMessage] = msgspec.field(default_factory=dict)
    hints: dict[Language, LongMessage] = msgspec.field(default_factory=dict)
    ends_with_day: bool = False


class ResumeHall(TerminalCommand, frozen=True, kw_only=True):
    """Go on. ``told_at`` is of the message that is meant: one that has been told since does not go away by it."""

    told_at: Instant
    clerk_id: OptionalIdentifier = ""
