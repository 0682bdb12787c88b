"""What a board keeps over a restart: how far its announcements have come, which board it is, that the hall is stopped.

They are small files in the board's folder of state, replaced as a whole and brought to the disk. The first is written
*before* an announcement begins, so that a board that is killed in the middle of a word does not begin it again: each
call is said at most once. That it was begun stands there as well until it has ended, so that the board can tell
afterwards which calls were cut off.

A board that is switched on anew while its server is gone still tells why the hall was stopped when it was last heard:
in a fire the server's power may be the first to go. Half a day later it tells so no longer: nobody knows then.
"""

import os
import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import TypeVar

import msgspec

from presentation.board import Told
from protocol.views import BoardView

TOLD_FILE = "told.json"
PLACE_FILE = "place.json"
STOPPED_FILE = "stopped.json"
STOPPED_FOR = timedelta(hours=12)
"""So long after it was last heard of, by the machine's clock, a stop is still told by a board that hears no server."""

HEARD_AGAIN_AFTER = timedelta(minutes=10)
"""That it still stands is written so often at most."""

KeptT = TypeVar("KeptT")


class Memory(msgspec.Struct, frozen=True, kw_only=True):
    """How far the turns have come, and which calls (day, call id) were begun aloud and have not ended."""

    told: Told
    begun: tuple[tuple[str, int], ...] = ()


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """Which function of which device this board is, and the zone it shows; learned from the server."""

    function_id: str
    zone_id: str


def load_memory(state: Path) -> Memory | None:
    """Read how far the announcements had come; None when that is not known."""
    return _load(state / TOLD_FILE, Memory)


def save_memory(state: Path, memory: Memory) -> None:
    """Keep how far the announcements have come."""
    _save(state / TOLD_FILE, memory)


def load_place(state: Path) -> Place | None:
    """Read which board this is; None before the server told."""
    return _load(state / PLACE_FILE, Place)


def save_place(state: Path, place: Place) -> None:
    """Keep which board this is, so that it can watch its zone from the first moment of the next start."""
    _save(state / PLACE_FILE, place)


class KeptStop(msgspec.Struct, frozen=True, kw_only=True):
    """The view of a hall that was stopped, and when it was last heard (by the machine's clock)."""

    view: BoardView
    heard_at: datetime


class StopKeeper:
    """Keeps that the hall is stopped, as long as it is; one thread uses it."""

    def __init__(self, state: Path) -> None:
        self._path = state / STOPPED_FILE
        self._kept = _load(self._path, KeptStop)

    def heard(self, view: BoardView, machine_at: datetime) -> None:
        """Take what the server says now: another stop is written, and that the hall goes on."""
        kept = self._kept
        if view.stopped is None:
            if kept is not None:
                self._kept = None
                self._path.unlink(missing_ok=True)
            return
        is_known = kept is not None and (kept.view.stopped, kept.view.zone_id) == (view.stopped, view.zone_id)
        if kept is None or not is_known or not kept.heard_at <= machine_at < kept.heard_at + HEARD_AGAIN_AFTER:
            self._kept = KeptStop(view=view, heard_at=machine_at)
            try:
                _save(self._path, self._kept)
            except OSError as error:
                # What is shown now matters more than what a later start would know.
                sys.stderr.write(f"display: {self._path} cannot be written: {error}; free or replace the disk\n")

    def still(self, zone_id: str, machine_at: datetime) -> BoardView | None:
        """Give the view of the stop that was heard of last, for a board that hears nothing; None when that is old."""
        kept = self._kept
        if kept is None or zone_id not in ("", kept.view.zone_id):
            return None
        return kept.view if abs(machine_at - kept.heard_at) < STOPPED_FOR else None


def _load(path: Path, kind: type[KeptT]) -> KeptT | None:
    try:
        return msgspec.json.decode(path.read_bytes(), type=kind)
    except (FileNotFoundError, msgspec.DecodeError):
        # A file that a power cut left half written tells nothing; the board starts as one without memory.
        return None


def _save(path: Path, kept: object) -> None:
    beside = path.with_suffix(".new")
    with beside.open("wb") as file:
        file.write(msgspec.json.encode(kept))
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
