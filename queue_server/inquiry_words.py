"""What people write in alerts and inquiries: beside the log, durable before its event is, in copies, and erased.

Words are known by the id of their step. If the step's event never became durable nothing refers to its words, and they
go when the next day opens.
"""

from collections.abc import Iterable
from typing import ClassVar, Final

import apsw

from protocol import inquiry_commands as ic
from protocol import inquiry_events as ie
from protocol.commands import AnyCommand
from protocol.events import AnyEvent
from queue_server.private import NotKept, PrivateFile
from queue_server.voice_words import plain

INQUIRIES_FILE: Final = "inquiries.db"

_SETUP: Final = """
PRAGMA secure_delete = ON;
PRAGMA synchronous = FULL;
CREATE TABLE IF NOT EXISTS words (
    about_id TEXT NOT NULL,
    step_id TEXT NOT NULL,
    words TEXT NOT NULL,
    PRIMARY KEY (about_id, step_id)
) STRICT, WITHOUT ROWID;
"""


class StepNotKept(NotKept):
    """The file takes no words now; says why."""

    code: ClassVar[str] = "step_not_kept"


class InquiriesFile(PrivateFile):
    """The words of a branch's alerts and inquiries."""

    setup = _SETUP

    def keep_with(self, command: AnyCommand, events: Iterable[AnyEvent]) -> None:
        """Keep what was written with a command that has become these events. Raises :class:`StepNotKept`."""
        if not isinstance(command, ic.StepAlert | ic.StepInquiry | ic.SpeakInInquiry):
            return
        for event in events:
            if isinstance(event, ie.AlertStepped) and event.step.has_words:
                self._keep(event.alert_id, event.step.step_id, command.text)
            elif isinstance(event, ie.InquiryStepped) and event.step.has_words:
                self._keep(event.inquiry_id, event.step.step_id, command.text)

    def of(self, about_ids: Iterable[str]) -> dict[str, str]:
        """Give the words that belong to these alerts and inquiries, by step, as far as they are not erased."""
        if not self._exists:
            return {}
        found: dict[str, str] = {}
        try:
            file = self._opened()
            for about_id in about_ids:
                rows = file.execute("SELECT step_id, words FROM words WHERE about_id = ?", (about_id,))
                found |= {str(step_id): str(words) for step_id, words in rows}
        except (apsw.Error, OSError) as error:
            self._lost(error)
        return found

    def keep_only(self, step_ids: Iterable[str]) -> bool:
        """Erase the words of all other steps; False when that failed."""
        if not self._exists:
            return True
        kept = set(step_ids)
        try:
            file = self._opened()
            gone = [row for row in file.execute("SELECT about_id, step_id FROM words") if row[1] not in kept]
            with file:
                file.executemany("DELETE FROM words WHERE about_id = ? AND step_id = ?", gone)
        except (apsw.Error, OSError) as error:
            self._lost(error)
            return False
        return True

    def _keep(self, about_id: str, step_id: str, words: str) -> None:
        try:
            self._opened().execute("INSERT OR REPLACE INTO words VALUES (?, ?, ?)", (about_id, step_id, plain(words)))
        except (apsw.Error, OSError) as error:
            self._lost(error)
            raise StepNotKept(str(error)) from error
