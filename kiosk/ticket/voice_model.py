"""What belongs to the suggestion box in the kiosk's state machine (`model`): its screens, its input and its effect."""

from dataclasses import dataclass
from typing import Final, Literal

from presentation.composing import Typed

VOICE_LETTERS: Final = 400
"""Whoever stands at a kiosk writes a few sentences; a phone or paper takes more (`protocol.voices.TEXT_LETTERS`)."""
REACHED_LETTERS: Final = 60

Part = Literal["text", "contact"]
CodeState = Literal["none", "printing", "printed", "failed"]


@dataclass(frozen=True, slots=True)
class VoiceKinds:
    """Asking what the citizen wants to do: suggest, complain, praise, ask."""


@dataclass(frozen=True, slots=True)
class VoiceWriting:
    """Writing what there is to say, or how to be reached. `text` waits while the second is written."""

    kind_id: str
    part: Part = "text"
    typed: Typed = Typed()  # noqa: RUF009 -- it never changes.
    text: str = ""
    digits: bool = False


@dataclass(frozen=True, slots=True)
class VoiceReview:
    """One look before it is sent; `voice_id` is set once "send" was touched, and stays for every further try."""

    kind_id: str
    text: str
    contact: str
    voice_id: str = ""
    request_id: str = ""
    """Of the question that is awaited; empty when none is."""
    since_real_s: float = 0.0
    slow: bool = False
    unanswered: bool = False
    """No answer: it may have been received or not, and is sent again under the same id."""


@dataclass(frozen=True, slots=True)
class VoiceSent:
    """It is received: the code by which the answer is read, and the last day for it (ISO)."""

    voice_id: str
    code: str
    due_day: str
    printing: CodeState = "none"


@dataclass(frozen=True, slots=True)
class VoiceRefused:
    """It is not received, and why: the server's sentences by language."""

    sentences: dict[str, str]


VoiceScreen = VoiceKinds | VoiceWriting | VoiceReview | VoiceSent | VoiceRefused


@dataclass(frozen=True, slots=True)
class CodeTold:
    """What became of the paper with a code."""

    voice_id: str
    printed: bool


@dataclass(frozen=True, slots=True)
class PrintCode:
    """Print the code of a voice and the day of its answer; how that ended comes back as `CodeTold`."""

    sent: VoiceSent
    language: str
