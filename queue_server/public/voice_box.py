"""Voices from phones: handed to the queue server, and found by their code; both with a budget.

Nothing of a voice is kept here. A code has 49 bits and can be tried at the server alone. Its budget is far smaller than
that of a ticket's link: all together may try so few that a whole year finds one of two thousand voices with a chance
below one in a thousand.
"""

import threading
import time
from collections.abc import Callable
from typing import Any, Final, Literal

from protocol.commands import AnyCommand
from protocol.link import LinkFull, NoAnswer, new_id
from protocol.views import AnyReply, Done, Refused
from protocol.voice_commands import FindVoiceCode, FollowVoice, ReceiveVoice
from protocol.voice_views import VoiceCodeFound, VoiceFollowed
from queue_server.public.tickets import ASKED_S, Guesses
from queue_server.watched_hall import WatchedHall

CODE_LETTERS: Final = 40
"""More letters than this are no code, and as many as a command may hold."""

SENT_OF_ADDRESS: Final = (10, 1 / 1200)
"""So many voices of one address at once, and so many more a second: fewer in a day than are taken by phone."""
SENT_IN_ALL: Final = (50, 1 / 60)
FOLLOWED_OF_ADDRESS: Final = (30, 1 / 10)
"""A hall's own network may be one address for all who stand in it."""
FOLLOWED_IN_ALL: Final = (200, 1.0)

Trouble = Literal["busy", "gone"]
"""Too much at once; the queue server is not heard."""


class VoiceBox:
    """Sends and follows voices; for any thread."""

    def __init__(self, hall: WatchedHall, now_s: Callable[[], float] = time.monotonic) -> None:
        self._hall = hall
        self._now_s = now_s
        self._lock = threading.Lock()
        self._sent = Guesses(SENT_OF_ADDRESS, SENT_IN_ALL)
        self._followed = Guesses(FOLLOWED_OF_ADDRESS, FOLLOWED_IN_ALL)

    def send(self, fields: dict[str, Any], address: str) -> VoiceCodeFound | Refused | Trouble:
        """Hand in a voice and give its code; the same ``voice_id`` is received once, however often it is sent."""
        if not self._may(self._sent, address):
            return "busy"
        function_id = self._hall.function_id or "unknown"
        reply = self._ask(ReceiveVoice(function_id=function_id, channel="phone", **fields))
        if isinstance(reply, Done):
            reply = self._ask(FindVoiceCode(function_id=function_id, voice_id=fields["voice_id"]))
        return reply if isinstance(reply, (VoiceCodeFound, Refused)) else "gone"

    def follow(self, typed: str, address: str) -> VoiceFollowed | Refused | Trouble:
        """Tell how far the voice with this code has come; whatever was typed is asked in the same way."""
        if not self._may(self._followed, address):
            return "busy"
        function_id = self._hall.function_id or "unknown"
        reply = self._ask(FollowVoice(function_id=function_id, code=typed[:CODE_LETTERS]))
        return reply if isinstance(reply, (VoiceFollowed, Refused)) else "gone"

    def _may(self, budget: Guesses, address: str) -> bool:
        with self._lock:
            return budget.allow(address, self._now_s())

    def _ask(self, command: AnyCommand) -> AnyReply | None:
        if self._hall.state != "up":
            return None
        try:
            return self._hall.ask(command, request_id=new_id(), deadline_s=ASKED_S)
        except (NoAnswer, LinkFull):
            return None
