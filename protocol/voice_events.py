"""What happened to voices, without a word of what they say."""

from protocol.event_parts import Event
from protocol.message import Identifier, OptionalIdentifier, VisitId
from protocol.voices import Voice, VoiceEnding


class VoiceReceived(Event, frozen=True, kw_only=True):
    """Somebody has told the hall something."""

    voice: Voice


class VoiceAssigned(Event, frozen=True, kw_only=True):
    """Somebody is to answer it; ``named`` are all whom it is about."""

    voice_id: VisitId
    owner_id: Identifier
    named: tuple[Identifier, ...] = ()
    clerk_id: OptionalIdentifier = ""


class VoiceAnswered(Event, frozen=True, kw_only=True):
    """It was answered, on this day at the branch; the answer may be a mended one."""

    voice_id: VisitId
    day: str
    clerk_id: OptionalIdentifier = ""


class VoiceEnded(Event, frozen=True, kw_only=True):
    """It is over, on this day at the branch."""

    voice_id: VisitId
    day: str
    ending: VoiceEnding
    clerk_id: OptionalIdentifier = ""


class VoicesErased(Event, frozen=True, kw_only=True):
    """Their words are kept no longer; what counts of them stays in the log."""

    voice_ids: tuple[VisitId, ...]


class VoicesKept(Event, frozen=True, kw_only=True):
    """Voices that a new day carries over."""

    voices: tuple[Voice, ...]


VoiceEvent = VoiceReceived | VoiceAssigned | VoiceAnswered | VoiceEnded | VoicesErased | VoicesKept
"""Every event of voices."""
