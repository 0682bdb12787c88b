"""What happened to the whole hall: it was stopped, or went on."""

import msgspec

from protocol.configuration import Words
from protocol.event_parts import Event
from protocol.message import Instant, OptionalIdentifier


class HallStopped(Event, frozen=True, kw_only=True):
    """The hall stands still, and this is what everybody is told: the words themselves, as they were.

    ``since_at`` tells since when, where the message is another one now, or the day opened with a hall that was stopped
    before. The words are public, like those of the configuration: they stand on every board.
    """

    emergency_id: OptionalIdentifier = ""
    names: Words = msgspec.field(default_factory=dict)
    hints: Words = msgspec.field(default_factory=dict)
    ends_with_day: bool = False
    clerk_id: OptionalIdentifier = ""
    since_at: Instant | None = None


class HallResumed(Event, frozen=True, kw_only=True):
    """The hall goes on; nobody's id when its message ended with the day."""

    clerk_id: OptionalIdentifier = ""
