"""Voices: what citizens tell the hall beside a visit: suggestions, complaints, praise, questions.

The log knows a voice without its words: who wrote, and what, lies in a file of its own that is erased (decision 40). A
citizen knows it by a code made as those of ballots are; the log has only a keyed hash of it.
"""

from typing import Annotated, Final, Literal
from urllib.parse import urljoin

import msgspec

from protocol.configuration import Day, TicketLink, VoiceChannel
from protocol.message import Identifier, Instant, OptionalDay, OptionalIdentifier, OptionalVisitId, VisitId

TEXT_LETTERS: Final = 2_000
CONTACT_LETTERS: Final = 120
NAMED_MOST: Final = 16
VOICES_MOST: Final = 2_000
"""So many are at hand at most: each opening of a day carries them over."""
UNATTENDED: Final = frozenset({"phone", "kiosk"})
"""Channels by which citizens hand in voices themselves: from outside, or with nobody beside them."""
UNATTENDED_DAILY_MOST: Final = 100
"""So many a day come by each of those at most, so that nobody can fill the register."""
VOICES_AT_ONCE: Final = 100
"""So many voices one event carries over."""

VoiceState = Literal["received", "assigned", "answered", "closed", "forwarded", "withdrawn"]
VoiceEnding = Literal["closed", "forwarded", "withdrawn"]

CodeHash = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}$")]
"""What stands for a code: HMAC-SHA256 by the branch's key, so that nobody finds the code from the log."""


class Voice(msgspec.Struct, frozen=True, kw_only=True):
    """A voice without its words, and how far it has come. Who is ``named`` neither sees nor answers it.

    ``received_day`` is when the citizen wrote or called, and ``due_day`` the last day on which an answer is in time.
    """

    voice_id: VisitId
    code_hash: CodeHash
    channel: VoiceChannel
    kind_id: Identifier
    received_at: Instant
    received_day: Day
    due_day: Day
    entered_by: OptionalIdentifier = ""
    visit_id: OptionalVisitId = ""
    counter_id: OptionalIdentifier = ""
    service_id: OptionalIdentifier = ""
    named: tuple[Identifier, ...] = ()
    has_contact: bool = False
    state: VoiceState = "received"
    owner_id: OptionalIdentifier = ""
    assigned_at: Instant | None = None
    assigned_by: OptionalIdentifier = ""
    answered_at: Instant | None = None
    """The answer that stands; an answer may be mended until the voice is closed."""
    answered_by: OptionalIdentifier = ""
    answered_day: OptionalDay = ""
    """The day of the first answer: by it the answer is in time or late."""
    ended_at: Instant | None = None
    ended_day: OptionalDay = ""
    ended_by: OptionalIdentifier = ""

    @property
    def is_open(self) -> bool:
        """Whether somebody still owes an answer."""
        return self.state in ("received", "assigned")

    @property
    def done_day(self) -> str:
        """Give the day from which its words are kept no longer than promised; empty while it is open."""
        return self.ended_day or self.answered_day


LOOK_UP: Final = "/voices/look"
"""Where the public pages tell by a code what became of a voice."""


def look_up_address(link: TicketLink | None) -> str:
    """Give where citizens look a code up; empty in a hall whose phones reach no pages."""
    if link is None or link.kind == "code" or not link.base_address:
        return ""
    return urljoin(link.base_address, LOOK_UP)
