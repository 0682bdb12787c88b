"""What belongs to a branch beside its own folder: the files of its programs of pages, copied and restored with it.

web/      accounts.db (people, passwords, phones, changes), drafts.db, acceptance.db
api/      systems.db (keys of other systems, webhooks)
public/   nothing of its own
each      device.key and link.json, so that no program need be paired anew

Databases are copied by SQLite itself, as they are at one instant, also while their programs write. A list of all that
was copied, with its SHA-256, lies in the copy; what could not be copied stands there too, and the rest is copied all
the same: the log must not go without copies because another file is ill.
"""

import hashlib
import os
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Final

import msgspec

ROOMS: Final[Mapping[str, tuple[str, ...]]] = {
    "web": ("accounts.db", "drafts.db", "acceptance.db"),
    "api": ("systems.db",),
    "public": (),
}
"""The databases of each program, by the name of its folder."""

KEYS: Final = ("device.key", "link.json")
LIST_FILE: Final = "beside.json"
ACCOUNTS: Final = "web/accounts.db"
BY_RESTORE: Final = "@machine"
"""Who restores, among the changes: the same as for the account tool."""

_BUSY_S: Final = 10.0


class Beside(msgspec.Struct, frozen=True, kw_only=True):
    """What a copy holds beside the branch: SHA-256 by path (`web/accounts.db`), and why a file is not in it."""

    files: dict[str, str] = {}
    failed: dict[str, str] = {}


def rooms_beside(state: Path) -> dict[str, Path]:
    """Give the folders of the programs of pages where they lie beside the branch's, as on an installed machine."""
    return {name: state.parent / name for name in ROOMS}


def present(rooms: Mapping[str, Path]) -> Iterator[tuple[str, Path]]:
    """List the files that are there now: their path in a copy, and where they lie."""
    for room, databases in ROOMS.items():
        for name in (*databases, *KEYS):
            path = rooms[room] / name
            if path.exists():
                yield f"{room}/{name}", path


def copy_rooms(rooms: Mapping[str, Path], to: Path) -> Beside:
    """Copy all that is there into a copy, and leave the list of it. Raises OSError when the list cannot be written."""
    files: dict[str, str] = {}
    failed: dict[str, str] = {}
    for name, path in present(rooms):
        try:
            (to / name).parent.mkdir(mode=0o700, exist_ok=True)
            (_copy_database if name.endswith(".db") else _copy_file)(path, to / name)
            files[name] = _hash(to / name)
        except (sqlite3.Error, OSError) as problem:
            (to / name).unlink(missing_ok=True)
            failed[name] = f"{path} cannot be copied: {problem}"
    beside = Beside(files=files, failed=failed)
    _write(to / LIST_FILE, msgspec.json.format(msgspec.json.encode(beside, order="deterministic"), indent=2) + b"\n")
    return beside


def listed(copy: Path) -> Beside | None:
    """Read what a copy holds beside the branch; None for a copy of an older release. Raises ValueError, OSError."""
    try:
        beside = msgspec.json.decode((copy / LIST_FILE).read_bytes(), type=Beside)
    except FileNotFoundError:
        return None
    known = {f"{room}/{name}" for room, databases in ROOMS.items() for name in (*databases, *KEYS)}
    if strange := sorted(set(beside.files) - known):
        raise ValueError(f"{copy / LIST_FILE} names {strange[0]}, which no copy holds")
    return beside


def wrong_with(copy: Path, beside: Beside) -> str:
    """Tell what is wrong with the files that a copy lists; nothing when all are as they were copied."""
    for name, kept in beside.files.items():
        path = copy / name
        if not path.exists():
            return f"{copy} lacks {name}, which it held when it was made"
        if _hash(path) != kept:
            return f"{path} is not as it was copied: it was changed, or the disk lies"
        if name.endswith(".db") and (found := _integrity(path)) != "ok":
            return f"{path} is damaged: {found}"
    return ""


def restore_rooms(copy: Path, beside: Beside, rooms: Mapping[str, Path], at: datetime) -> None:
    """Put the files back into empty folders. Nobody is signed in afterwards, and it is noted among the changes."""
    for name in beside.files:
        room, _, file = name.partition("/")
        rooms[room].mkdir(mode=0o700, parents=True, exist_ok=True)
        _copy_file(copy / name, rooms[room] / file)
    if ACCOUNTS in beside.files:
        _settle_accounts(rooms["web"] / "accounts.db", at)


def in_the_way(beside: Beside, rooms: Mapping[str, Path]) -> Path | None:
    """Give a folder that files would be restored into and that is not empty."""
    return next((rooms[one] for one in rooms_of(beside) if rooms[one].exists() and any(rooms[one].iterdir())), None)


def rooms_of(beside: Beside) -> list[str]:
    """Name the folders that its files belong into."""
    return sorted({name.partition("/")[0] for name in beside.files})


def accounts_in(path: Path) -> int:
    """Count the people who may sign in. Raises sqlite3.Error."""
    with closing(_opened(path)) as connection:
        return int(connection.execute("SELECT count(*) FROM accounts WHERE NOT disabled").fetchone()[0])


def _settle_accounts(path: Path, at: datetime) -> None:
    """End the sessions of the time of the copy: whoever holds one of their cookies must sign in like everybody."""
    with closing(_opened(path)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("DELETE FROM sessions")
        connection.execute(
            "INSERT INTO changes (changed_at, by_id, what, about_id, detail) VALUES (?, ?, 'restored', '', '')",
            (at.timestamp(), BY_RESTORE),
        )
        connection.execute("COMMIT")


def _copy_database(source: Path, to: Path) -> None:
    """Write a consistent, compact copy of a database as it is at one instant."""
    to.unlink(missing_ok=True)
    # Not read-only: what a program that was killed left unfinished is taken back first, as at its own next start.
    with closing(_opened(source)) as connection:
        connection.execute("VACUUM INTO ?", (str(to),))
    to.chmod(0o600)
    _flush(to)


def _integrity(path: Path) -> str:
    try:
        with closing(_opened(path, "ro")) as connection:
            return str(connection.execute("PRAGMA integrity_check(1)").fetchone()[0])
    except sqlite3.Error as problem:
        return str(problem)


def _opened(path: Path, mode: str = "rw") -> sqlite3.Connection:
    address = f"{path.resolve().as_uri()}?mode={mode}"
    return sqlite3.connect(address, uri=True, timeout=_BUSY_S, isolation_level=None)


def _copy_file(source: Path, to: Path) -> None:
    _write(to, source.read_bytes())


def _write(to: Path, what: bytes) -> None:
    to.touch(mode=0o600)
    to.write_bytes(what)
    _flush(to)


def _flush(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
