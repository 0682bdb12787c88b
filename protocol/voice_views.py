"""What is answered about voices."""

from protocol.configuration import VoiceChannel, VoiceKind, Words
from protocol.message import OptionalDay
from protocol.view_parts import Part, Reply
from protocol.voices import Voice, VoiceState


class VoiceWords(Part, frozen=True, kw_only=True):
    """What was written; all empty once it is erased."""

    text: str = ""
    contact: str = ""
    answer: str = ""


class VoiceFound(Reply, frozen=True, kw_only=True):
    """One voice with its words."""

    voice: Voice
    words: VoiceWords
    kind_names: Words


class VoiceCodeFound(Reply, frozen=True, kw_only=True):
    """The code by which a citizen follows a voice, without dashes, and by when it is answered."""

    code: str
    received_day: str
    due_day: str


class VoiceFollowed(Reply, frozen=True, kw_only=True):
    """What a citizen is told by the code: how far it has come and the answer, and nobody's name."""

    state: VoiceState
    kind_names: Words
    received_day: str
    due_day: str
    answered_day: OptionalDay = ""
    answer: str = ""


class VoicesFound(Reply, frozen=True, kw_only=True):
    """A page of the voices that the asker may see, without their words; the counts are of all of those."""

    voices: tuple[Voice, ...]
    pages: int
    day: str
    open: int
    overdue: int
    due_soon: int
    due_soon_day: str
    """Open voices are due soon that are due up to this day."""
    kinds: tuple[VoiceKind, ...]
    channels: tuple[VoiceChannel, ...] = ()
