"""What voices say, who to reach and what was answered: beside the log, durable before its event is, and erased.

Unlike a note, a voice must survive: its file is in the copies of the branch, though only in those of the last weeks
(decision 40). Words are known by their voice and by the instant of the event that they belong to. If that event never
became durable nothing refers to its words, and they go when the next day opens.
"""

import unicodedata
from collections.abc import Iterable
from datetime import datetime
from typing import ClassVar, Final, Literal

import apsw

from protocol import voice_events as ve
from protocol.commands import AnyCommand
from protocol.events import AnyEvent
from protocol.voice_commands import AnswerVoice, ReceiveVoice
from protocol.voice_views import VoiceWords
from protocol.voices import Voice
from queue_server.private import NotKept, PrivateFile

VOICES_FILE: Final = "voices.db"
NOBODY: Final = "-"
"""The id of no voice: looked up where there is none, so that a wrong code costs the same reads as a right one."""
NEVER: Final = "-"

Part = Literal["text", "contact", "answer"]

_SETUP: Final = """
PRAGMA secure_delete = ON;
PRAGMA synchronous = FULL;
CREATE TABLE IF NOT EXISTS words (
    voice_id TEXT NOT NULL,
    part TEXT NOT NULL,
    written_at TEXT NOT NULL,
    words TEXT NOT NULL,
    PRIMARY KEY (voice_id, part, written_at)
) STRICT, WITHOUT ROWID;
"""


class WordsNotKept(NotKept):
    """The file takes no words now; says why."""

    code: ClassVar[str] = "voice_not_kept"


class VoicesFile(PrivateFile):
    """The words of a branch's voices."""

    setup = _SETUP

    def keep_with(self, command: AnyCommand, events: Iterable[AnyEvent]) -> None:
        """Keep what was written with a command that has become these events. Raises :class:`WordsNotKept`."""
        for event in events:
            if isinstance(command, ReceiveVoice) and isinstance(event, ve.VoiceReceived):
                self._keep(command.voice_id, event.at, {"text": command.text, "contact": command.contact})
            elif isinstance(command, AnswerVoice) and isinstance(event, ve.VoiceAnswered):
                self._keep(command.voice_id, event.at, {"answer": command.text})

    def of(self, voice: Voice | None) -> VoiceWords:
        """Give the words of a voice, as far as they are not erased; of none there are none, after as much reading."""
        voice_id = voice.voice_id if voice is not None else NOBODY
        received = voice.received_at.isoformat() if voice is not None else NEVER
        answered = voice.answered_at.isoformat() if voice is not None and voice.answered_at is not None else NEVER
        return VoiceWords(
            text=self._read(voice_id, "text", received),
            contact=self._read(voice_id, "contact", received),
            answer=self._read(voice_id, "answer", answered),
        )

    def keep_only(self, voice_ids: Iterable[str]) -> bool:
        """Erase the words of all other voices; False when that failed."""
        if not self._exists:
            return True
        kept = set(voice_ids)
        try:
            file = self._opened()
            gone = [one for (one,) in file.execute("SELECT DISTINCT voice_id FROM words") if one not in kept]
            with file:
                file.executemany("DELETE FROM words WHERE voice_id = ?", [(one,) for one in gone])
        except (apsw.Error, OSError) as error:
            self._lost(error)
            return False
        return True

    def _keep(self, voice_id: str, at: datetime, written: dict[Part, str]) -> None:
        rows = [(voice_id, part, at.isoformat(), plain(words)) for part, words in written.items() if words.strip()]
        try:
            with self._opened() as file:  # All of it is kept, or nothing.
                file.executemany("INSERT OR REPLACE INTO words VALUES (?, ?, ?, ?)", rows)
        except (apsw.Error, OSError) as error:
            self._lost(error)
            raise WordsNotKept(str(error)) from error

    def _read(self, voice_id: str, part: Part, written_at: str) -> str:
        try:
            asked = (voice_id, part, written_at)
            row = (
                self._opened()
                .execute("SELECT words FROM words WHERE voice_id = ? AND part = ? AND written_at = ?", asked)
                .fetchone()
            )
        except (apsw.Error, OSError) as error:
            self._lost(error)
            return ""
        return str(row[0]) if row else ""


def plain(words: str) -> str:
    """Give words as they are kept: NFC, lines apart, no sign that would only steer a screen."""
    lines = unicodedata.normalize("NFC", words).replace("\r\n", "\n").split("\n")
    return "\n".join(
        " ".join("".join(one if one.isprintable() else " " for one in line).split()) for line in lines
    ).strip()
