"""What a board keeps over a restart: how far its announcements have come, and which board it is.

Both are small files in the board's folder of state, replaced as a whole and brought to the disk. The first is written
*before* an announcement begins, so that a board that is killed in the middle of a word does not begin it again: each
call is said at most once. That it was begun stands there as well until it has ended, so that the board can tell
afterwards which calls were cut off.
"""

import os
from pathlib import Path
from typing import TypeVar

import msgspec

from presentation.board import Told

TOLD_FILE = "told.json"
PLACE_FILE = "place.json"

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
