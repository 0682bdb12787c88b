"""Trying whether a branch can be made of a copy: in a place of its own, read to the last event, and taken away again.

A backup that nobody restored is a hope. The test goes the whole way that a technician would go on a bad day: it copies
the newest copy into an empty folder, with what pages keep beside it; verifies the chain and its heads, reads each event
with the program as it is now, replays the last day into a branch, and counts who may sign in. Of the branch that is
served one row is read, to compare hashes; it is never written, stopped or locked.
"""

import contextlib
import os
import shutil
import sqlite3
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import apsw
import msgspec

from presentation.formats import ticket_number
from protocol.codec import Malformed
from queue_server.backup import BadCopy, restore
from queue_server.backup_shelf import (
    TESTS_FILE,
    TESTS_KEPT,
    Agreement,
    RestoreTest,
    copies_in,
    instant_of,
    kept_tests,
    size_of,
)
from queue_server.beside import ACCOUNTS, Beside, accounts_in, present, rooms_beside
from queue_server.journal import Journal, NotALog, OldSqlite
from queue_server.log import LOG_FILE, CommitUnknown, Log, LogUnusable
from queue_server.recovery import load_branch

PLACE: Final = ".restore-test-"
ROOM: Final = 1.2
"""So many times the copy's size is free on the disk, or the test does not begin: backups need that room more."""

_WORLD: Final = (BadCopy, NotALog, OldSqlite, LogUnusable, CommitUnknown, Malformed, apsw.Error, sqlite3.Error, OSError)


def try_restore(folder: Path, served: Path | None, at: datetime) -> RestoreTest:
    """Try the newest copy in `folder`; gives how it went, and keeps it there. Raises OSError when it cannot be kept.

    `served` is the folder of the branch that is served, None for a copy of which there is none here.
    """
    begun = time.monotonic()
    name = ""
    try:
        copies = copies_in(folder)
        if not copies:
            raise BadCopy(f"there is no copy in {folder}: make one first")
        name = copies[0].name
        found = _tried(folder, name, served, at)
    except _WORLD as problem:
        made_at = instant_of(name)
        after_s = (at - made_at).total_seconds() if made_at else 0.0
        found = RestoreTest(at=at, copy=name, why=str(problem), after_s=after_s)
    found = msgspec.structs.replace(found, took_s=round(time.monotonic() - begun, 3))
    _keep(folder, found)
    return found


def _tried(folder: Path, name: str, served: Path | None, at: datetime) -> RestoreTest:
    copy = folder / name
    size = size_of(copy)
    _sweep(folder)
    free = shutil.disk_usage(folder).free
    if free < size * ROOM:
        raise BadCopy(f"{folder} has {free} bytes free; to try a copy of {size} bytes more is needed: free some")
    place = Path(tempfile.mkdtemp(prefix=PLACE, dir=folder))
    try:
        verdict, beside = restore(copy, place / "branch", at)
        told = _played(place / "branch" / LOG_FILE)
        accounts = accounts_in(place / ACCOUNTS) if ACCOUNTS in beside.files else None
        agrees = _agreement(served, verdict.events, verdict.last_hash)
    finally:
        shutil.rmtree(place, ignore_errors=True)
    if agrees == "differs":
        raise BadCopy(
            f"{copy} is whole in itself, but its event {verdict.events} is another than that of the served branch: one "
            "of the two was changed, or they are two branches. Keep both as they are, and run motcua verify on each"
        )
    _require_whole(copy, beside, served)
    made_at = instant_of(name)
    assert made_at is not None, "a copy is named by its instant"
    return msgspec.structs.replace(
        told,
        at=at,
        copy=name,
        events=verdict.events,
        heads=verdict.heads,
        last_hash=verdict.last_hash,
        agrees=agrees,
        beside=len(beside.files),
        accounts=accounts,
        size=size,
        after_s=(at - made_at).total_seconds(),
    )


def _require_whole(copy: Path, beside: Beside, served: Path | None) -> None:
    """Refuse a copy that lacks what the programs of pages beside the served branch have now."""
    for why in beside.failed.values():
        raise BadCopy(f"{copy} lacks a part: when it was made, {why}")
    lacking = [name for name, _ in present(rooms_beside(served)) if name not in beside.files] if served else []
    if lacking:
        raise BadCopy(f"{copy} lacks {', '.join(lacking)}, which the pages have by now: make another copy")


def _played(path: Path) -> RestoreTest:
    """Read each event, and make the branch of the last day as a server would at its start."""
    last_number, last_at, days = "", None, 0
    with Journal(path) as journal:
        for row in journal.rows():
            row.event()
            days += row.type == "day_opened"
            if row.type in {"visit_taken", "visit_renumbered"}:
                told = msgspec.json.decode(row.body)
                last_number = ticket_number(told["prefix"], told["number"])
            last_at = datetime.fromisoformat(row.at)
    log = Log(path)
    try:
        loaded = load_branch(log)
    finally:
        log.close()
    if loaded is None:
        raise BadCopy(f"{path} holds no event")
    branch, _ = loaded
    return RestoreTest(
        at=datetime.min.replace(tzinfo=UTC),
        copy="",
        days=days,
        day=branch.day,
        visits=len(branch.visits),
        last_number=last_number,
        last_at=last_at,
    )


def _agreement(served: Path | None, seq: int, last_hash: str) -> Agreement:
    """Compare the copy's last event with the served branch's event in that place."""
    if served is None or not (served / LOG_FILE).exists():
        return "unknown"
    with Journal(served / LOG_FILE) as journal:
        row = next(journal.rows(seq, 1), None)
    return "same" if row is not None and row.seq == seq and row.hash.hex() == last_hash else "differs"


def _sweep(folder: Path) -> None:
    """Take away what a test left that was killed."""
    for path in folder.glob(f"{PLACE}*"):
        shutil.rmtree(path, ignore_errors=True)


def _keep(folder: Path, found: RestoreTest) -> None:
    """Keep the result with those before it: written anew beside them, flushed, and put in their place."""
    kept = [found, *kept_tests(folder)][:TESTS_KEPT][::-1]
    path = folder / TESTS_FILE
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        with draft.open("wb") as file:
            os.fchmod(file.fileno(), 0o600)
            file.writelines(msgspec.json.encode(one) + b"\n" for one in kept)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    finally:
        with contextlib.suppress(FileNotFoundError):
            draft.unlink()
