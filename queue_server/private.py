"""What a person wrote for the next colleague: in a file of its own that is erased, and never in the log.

The log is for ever and holds no free text. A note with a transfer is of use until the citizen goes home, so it lies in
``private.db`` beside the log: readable by the server alone, in no copy of the branch, overwritten when it is erased
(SQLite's ``secure_delete``; a disk that moves its blocks may keep the old ones until it needs them).

A note is known by its visit and the instant of the transfer that it went with. If that transfer never became durable,
nothing refers to its note, and it goes with the others.
"""

import sys
import unicodedata
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import ClassVar, Final

import apsw

from protocol.commands import AnyCommand, TransferVisit
from protocol.events import AnyEvent, VisitTransferred
from protocol.keys import write_private
from queue_server.core import Visit

PRIVATE_FILE: Final = "private.db"

_SETUP: Final = """
PRAGMA secure_delete = ON;
PRAGMA synchronous = FULL;
CREATE TABLE IF NOT EXISTS notes (
    visit_id TEXT NOT NULL,
    noted_at TEXT NOT NULL,
    day TEXT NOT NULL,
    note TEXT NOT NULL,
    PRIMARY KEY (visit_id, noted_at)
) STRICT, WITHOUT ROWID;
"""


class NotKept(Exception):  # noqa: N818 -- it says what became of the note.
    """The file takes no notes now; says why. ``code`` is that of the refusal."""

    code: ClassVar[str] = "note_not_kept"


class PrivateFile:
    """A file of words beside the log. ``path`` is the file; without one they live in memory alone. One thread."""

    setup: ClassVar[str]
    """What makes the file's tables, safe to repeat."""

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self._file: apsw.Connection | None = None

    def close(self) -> None:
        """Close the file."""
        if self._file is not None:
            self._file.close()
            self._file = None

    @property
    def _exists(self) -> bool:
        return self._file is not None or (self._path is not None and self._path.exists())

    def _opened(self) -> apsw.Connection:
        if self._file is None:
            if self._path is not None and not self._path.exists():
                write_private(self._path, b"")
            opened = apsw.Connection(str(self._path) if self._path is not None else ":memory:")
            opened.set_busy_timeout(1000)
            opened.execute(self.setup).fetchall()  # Each statement runs when the one before it is read to its end.
            self._file = opened
        return self._file

    def _lost(self, error: Exception) -> None:
        """Tell of it, and open the file anew next time."""
        sys.stderr.write(f"{self._path or 'words'}: {error}; free or replace the disk\n")
        if self._path is not None:
            self.close()


class PrivateNotes(PrivateFile):
    """The notes of a branch."""

    setup = _SETUP

    def keep(self, visit_id: str, noted_at: datetime, day: str, note: str) -> None:
        """Keep a note, in one line of plain text; it is durable afterwards. Raises :class:`NotKept`."""
        try:
            plain = " ".join(unicodedata.normalize("NFC", note).split())
            row = (visit_id, noted_at.isoformat(), day, plain)
            self._opened().execute("INSERT OR REPLACE INTO notes VALUES (?, ?, ?, ?)", row)
        except (apsw.Error, OSError) as error:
            self._lost(error)
            raise NotKept(str(error)) from error

    def keep_with(self, command: AnyCommand, events: Iterable[AnyEvent], day: str) -> None:
        """Keep what was written with a transfer; other commands carry nothing. Raises :class:`NotKept`."""
        for event in events:
            if isinstance(command, TransferVisit) and isinstance(event, VisitTransferred) and event.noted:
                self.keep(event.visit_id, event.at, day, command.note)

    def of(self, visit_id: str, noted_at: datetime) -> str:
        """Give the note of a transfer; empty when there is none (any more)."""
        if not self._exists:
            return ""
        try:
            asked = (visit_id, noted_at.isoformat())
            found = self._opened().execute("SELECT note FROM notes WHERE visit_id = ? AND noted_at = ?", asked)
            row = found.fetchone()
        except (apsw.Error, OSError) as error:
            self._lost(error)
            return ""
        return str(row[0]) if row else ""

    def about(self, visit: Visit | None) -> str:
        """Give the note that a visit was sent on with."""
        return self.of(visit.visit_id, visit.noted_at) if visit is not None and visit.noted_at is not None else ""

    def erase(self, day: str, *, day_open: bool, kept_days: int) -> bool:
        """Erase the notes of days that are over, and were so ``kept_days`` ago; False when that failed."""
        if not day or not self._exists:
            return True
        first = date.fromisoformat(day) - timedelta(days=kept_days) + timedelta(days=0 if day_open else 1)
        try:
            self._opened().execute("DELETE FROM notes WHERE day < ?", (first.isoformat(),))
        except (apsw.Error, OSError) as error:
            self._lost(error)
            return False
        return True
