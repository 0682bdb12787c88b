"""What the handler's decisions need from outside: words, chance, keys, and what is known beside the branch."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from protocol.configuration import Configuration
from protocol.views import Refused
from queue_server.attendance import AttendanceBook
from queue_server.inquiry_words import InquiriesFile
from queue_server.person_keys import PersonKeys
from queue_server.private import PrivateNotes
from queue_server.voice_words import VoicesFile


@dataclass(frozen=True, kw_only=True)
class Surroundings:
    """What decisions need from outside: words, time zones, chance, keys, the reading of configurations."""

    epoch: int
    rate: float
    branch_key: bytes
    sentences: Callable[[Refused, Sequence[str]], Mapping[str, str]]
    draw: Callable[[str, int], str]
    """Draw so many letters of an alphabet by chance that nobody can guess."""
    parse: Callable[[Mapping[str, str]], Configuration]
    person_keys: PersonKeys = field(default_factory=PersonKeys)
    notes: PrivateNotes = field(default_factory=PrivateNotes)
    inquiries: InquiriesFile = field(default_factory=InquiriesFile)
    voices: VoicesFile = field(default_factory=VoicesFile)
    attendance: AttendanceBook = field(default_factory=AttendanceBook)
