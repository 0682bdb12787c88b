"""What is asked about voices: they are received, assigned, answered and ended; found by their code or by staff."""

from typing import Annotated, Literal

import msgspec

from protocol.command_parts import TerminalCommand
from protocol.configuration import VoiceChannel
from protocol.message import Identifier, OptionalDay, OptionalIdentifier, VisitId
from protocol.voices import CONTACT_LETTERS, NAMED_MOST, TEXT_LETTERS, VoiceEnding

VoiceText = Annotated[str, msgspec.Meta(min_length=1, max_length=TEXT_LETTERS)]
VoiceFilter = Literal["open", "overdue", "mine", "all"]


class ReceiveVoice(TerminalCommand, frozen=True, kw_only=True):
    """Somebody tells the hall something; the same ``voice_id`` is received once.

    ``prefix`` and ``number`` name a visit of today that it is about; ``received_day`` is when a paper came in or
    somebody called, today where it is empty. Public pages name no person.
    """

    voice_id: VisitId
    channel: VoiceChannel
    kind_id: Identifier
    text: VoiceText
    contact: Annotated[str, msgspec.Meta(max_length=CONTACT_LETTERS)] = ""
    received_day: OptionalDay = ""
    prefix: Annotated[str, msgspec.Meta(max_length=3)] = ""
    number: Annotated[int, msgspec.Meta(ge=0, le=999_999)] = 0
    counter_id: OptionalIdentifier = ""
    service_id: OptionalIdentifier = ""
    named: Annotated[tuple[Identifier, ...], msgspec.Meta(max_length=NAMED_MOST)] = ()
    clerk_id: OptionalIdentifier = ""


class AssignVoice(TerminalCommand, frozen=True, kw_only=True):
    """This person answers it; ``named`` are further people whom it is about."""

    voice_id: VisitId
    owner_id: Identifier
    named: Annotated[tuple[Identifier, ...], msgspec.Meta(max_length=NAMED_MOST)] = ()
    clerk_id: OptionalIdentifier = ""


class AnswerVoice(TerminalCommand, frozen=True, kw_only=True):
    """What the citizen is answered, to be read by the code; a later answer takes its place until the voice ends."""

    voice_id: VisitId
    text: VoiceText
    clerk_id: OptionalIdentifier = ""


class EndVoice(TerminalCommand, frozen=True, kw_only=True):
    """Close a voice that is answered, or end one without an answer: forwarded to another agency, or withdrawn."""

    voice_id: VisitId
    ending: VoiceEnding
    clerk_id: OptionalIdentifier = ""


class FindVoice(TerminalCommand, frozen=True, kw_only=True):
    """One voice with its words, for whoever may read it."""

    voice_id: VisitId
    clerk_id: OptionalIdentifier = ""


class FindVoiceCode(TerminalCommand, frozen=True, kw_only=True):
    """The code of a voice, to be handed to whoever has just told it."""

    voice_id: VisitId
    clerk_id: OptionalIdentifier = ""


class FollowVoice(TerminalCommand, frozen=True, kw_only=True):
    """How far the voice with this code has come, as typed by the citizen, or at the desk for one."""

    code: Annotated[str, msgspec.Meta(max_length=40)]
    clerk_id: OptionalIdentifier = ""


class FetchVoices(TerminalCommand, frozen=True, kw_only=True):
    """The voices at hand, a page of them, those due first; clerks and ushers see their own alone."""

    page: Annotated[int, msgspec.Meta(ge=0, le=1000)] = 0
    shown: VoiceFilter = "open"
    clerk_id: OptionalIdentifier = ""


VoiceCommand = ReceiveVoice | AssignVoice | AnswerVoice | EndVoice
"""Those that change something."""
VoiceQuestion = FindVoice | FindVoiceCode | FollowVoice | FetchVoices
"""Those that do not."""
