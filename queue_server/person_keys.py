"""The key of the day for the marks of persons: drawn by chance, kept beside the log, destroyed with its day.

It is in no event, no reply that is stored and no copy of the branch. A server that starts again on the same day needs
it, so it lies in a file of its own that only the server may read. ``docs/decisions/0021-…`` says what that is worth.
"""

import os
import secrets
import sys
from pathlib import Path
from typing import Final

import msgspec

from protocol.keys import write_private
from protocol.person_mark import KEY_HEX_DIGITS

PERSON_KEY_FILE: Final = "person.key"


class _DayKey(msgspec.Struct, frozen=True):
    day: str
    key: str


class PersonKeys:
    """The one key there is. ``path`` is its file; without one it lives in memory alone."""

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self._kept = _read(path) if path is not None else None

    def of(self, day: str) -> str:
        """Give the key of a business day, 64 hex digits: the same until :meth:`keep_only` another day."""
        if self._kept is None or self._kept.day != day:
            self.keep_only("")
            self._kept = _DayKey(day, secrets.token_hex(KEY_HEX_DIGITS // 2))
            self._write(self._kept)
        return self._kept.key

    def keep_only(self, day: str) -> None:
        """Destroy the key unless it is of this day; with an empty day, whatever there is."""
        if self._kept is not None and day and self._kept.day == day:
            return
        self._kept = None
        if self._path is not None:
            _destroy(self._path)

    def _write(self, kept: _DayKey) -> None:
        if self._path is None:
            return
        try:
            write_private(self._path, msgspec.json.encode(kept))
        except OSError as error:
            # The day goes on; after a start of the server it counts its persons from then on.
            _report(f"{self._path} cannot be written: {error}; free or replace the disk")


def _read(path: Path) -> _DayKey | None:
    try:
        return msgspec.json.decode(path.read_bytes(), type=_DayKey)
    except FileNotFoundError:
        return None
    except (OSError, msgspec.DecodeError) as error:
        _report(f"{path} cannot be read: {error}; a new key is drawn, and persons are counted from now on")
        return None


def _destroy(path: Path) -> None:
    """Overwrite and remove the file; a disk that moves its blocks may keep the old ones until it needs them."""
    try:
        with path.open("r+b") as file:
            file.write(b"0" * path.stat().st_size)
            file.flush()
            os.fsync(file.fileno())
        path.unlink()
    except FileNotFoundError:
        pass
    except OSError as error:
        _report(f"{path} cannot be destroyed: {error}; remove it by hand, it is the key to yesterday's marks")


def _report(what: str) -> None:
    sys.stderr.write(f"{what}\n")
