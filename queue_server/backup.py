"""Copies of a branch that can be trusted, and a branch made from a copy.

A copy is a folder: a consistent snapshot of the log, the day heads, the keys and the addresses, and what the programs
of pages keep (`queue_server.beside`). It is written under another name, flushed, read back and verified, and only then
gets its name; only then old copies go. A copy on the same disk is no backup, so the folder to write to should be
another disk's.
"""

import os
import shutil
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final, NamedTuple

import apsw

from queue_server.backup_shelf import NAME
from queue_server.beside import (
    Beside,
    copy_rooms,
    in_the_way,
    listed,
    restore_rooms,
    rooms_beside,
    rooms_of,
    wrong_with,
)
from queue_server.branch_files import ADDRESS_FILE, BRANCH_KEY_FILE, SERVER_KEY_FILE, TECHNICIAN
from queue_server.clock import CLOCK_FILE
from queue_server.inquiry_words import INQUIRIES_FILE
from queue_server.journal import Journal, Verdict, require_sqlite, verify
from queue_server.log import HEADS_FILE, LOG_FILE, Log
from queue_server.reporting.month_shelf import MONTHS_FOLDER
from queue_server.voice_words import VOICES_FILE

UNFINISHED: Final = ".unfinished"
KEEP_HOURLY: Final = 24
KEEP_DAILY: Final = 14
KEEP_MONTHLY: Final = 12
_WORDS: Final = (VOICES_FILE, INQUIRIES_FILE)
VOICES_KEPT_DAYS: Final = 14
"""Copies that are older hold no words of voices and inquiries: what is erased in the branch is then in no copy."""
EPOCHS_AHEAD: Final = 1000
"""A restored branch counts its starts from so much higher, so that its views are newer than any that were ever seen."""

_OWN: Final = (SERVER_KEY_FILE, BRANCH_KEY_FILE, ADDRESS_FILE, CLOCK_FILE, HEADS_FILE)
_TECHNICIANS: Final = ("device.key", "link.json")


class BadCopy(Exception):  # noqa: N818 -- what it is.
    """A copy that cannot be trusted, with what is wrong with it."""


class Copy(NamedTuple):
    """A verified copy."""

    path: Path
    verdict: Verdict
    removed: int
    beside: Beside
    """What the programs of pages keep. A file of theirs that cannot be copied is named there, and stops no copy."""


class Restored(NamedTuple):
    """What was made of a copy; ``beside`` is empty where only the branch was asked for, or the copy held no more."""

    verdict: Verdict
    beside: Beside


def back_up(state: Path, target: Path, at: datetime, rooms: Mapping[str, Path] | None = None) -> Copy:
    """Copy a branch into a new folder in ``target``, also while its server runs; verify it, and let old copies go.

    Raises :class:`BadCopy`, ``NotALog``, OSError. ``at`` names the copy. ``rooms`` are the folders of the programs of
    pages by their names; None: those beside ``state``.
    """
    require_sqlite()
    target.mkdir(mode=0o700, parents=True, exist_ok=True)
    final = target / at.strftime(NAME)
    draft = final.with_name(final.name + UNFINISHED)
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(mode=0o700)
    try:
        # The heads first: a head names an event that is in the log already, and so it will be in the snapshot. So do
        # the webhooks, which remember how far they have read the log.
        beside = copy_rooms(rooms or rooms_beside(state), draft)
        _copy_own(state, draft)
        _snapshot(state / LOG_FILE, draft / LOG_FILE)
        # After the log: words are on the disk before their event, so that none is missing of what this log tells.
        _copy_words(state, draft)
        _copy_months(state, draft)
        verdict, _ = _verified(draft)
        draft.rename(final)
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise
    _flush(target)
    removed = _let_old_go(target)
    _forget_words(target, at)
    return Copy(final, verdict, removed, beside)


def restore(copy: Path, state: Path, at: datetime, *, branch_only: bool = False) -> Restored:
    """Make a branch in an empty folder from a copy, and put what pages keep beside it, into empty folders too.

    Raises :class:`BadCopy`, ``NotALog``, OSError, sqlite3.Error. What happened after the copy was made is not in it.
    Its first start has a much higher epoch, and nobody is signed in.
    """
    if state.exists() and any(state.iterdir()):
        raise BadCopy(f"{state} is not empty; restore into a folder of its own, then let the server use that")
    verdict, beside = _verified(copy)
    rooms = rooms_beside(state)
    beside = Beside() if branch_only else beside
    if full := in_the_way(beside, rooms):
        raise BadCopy(
            f"{full} is not empty. If what lies there is whole, keep it: restore with --branch-only. If not, stop the "
            "programs of pages, move that folder away, and restore again"
        )
    try:
        _restore_branch(copy, state)
        restore_rooms(copy, beside, rooms, at)
    except BaseException:
        # Half a branch must not be taken for one. All of these folders were empty.
        for folder in (state, *(rooms[one] for one in rooms_of(beside))):
            _empty(folder)
        raise
    return Restored(verdict, beside)


def _restore_branch(copy: Path, state: Path) -> None:
    state.mkdir(mode=0o700, parents=True, exist_ok=True)
    _copy_own(copy, state)
    _copy_file(copy / LOG_FILE, state / LOG_FILE)
    for name in _WORDS:
        if (copy / name).exists():
            _copy_file(copy / name, state / name)
    _copy_months(copy, state)
    _flush(state)
    log = Log(state / LOG_FILE)
    try:
        log.skip_epochs(EPOCHS_AHEAD)
    finally:
        log.close()


def _empty(folder: Path) -> None:
    for path in folder.iterdir() if folder.is_dir() else ():
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)


def _verified(copy: Path) -> tuple[Verdict, Beside]:
    verdict = verify(copy / LOG_FILE, copy / HEADS_FILE)
    if verdict.wrong is not None:
        raise BadCopy(f"{copy}: {verdict.wrong.sentence}")
    for name in (SERVER_KEY_FILE, BRANCH_KEY_FILE):
        if not (copy / name).exists():
            raise BadCopy(f"{copy} lacks {name}; without it the devices do not know the branch any more")
    try:
        beside = listed(copy) or Beside()
    except ValueError as problem:
        raise BadCopy(f"the list of what {copy} holds beside the branch cannot be read: {problem}") from problem
    if wrong := wrong_with(copy, beside):
        raise BadCopy(wrong)
    return verdict, beside


def _snapshot(log: Path, to: Path) -> None:
    """Write a consistent, compact copy of the log as it is at one instant."""
    with Journal(log):  # Says what is wrong when it is no log.
        pass
    _vacuum(log, to)


def _vacuum(file: Path, to: Path) -> None:
    connection = apsw.Connection(str(file), flags=apsw.SQLITE_OPEN_READONLY)
    try:
        connection.set_busy_timeout(10_000)
        connection.execute("VACUUM INTO ?", (str(to),))
    except apsw.Error as error:
        raise BadCopy(f"{file} cannot be copied to {to}: {error}") from error
    finally:
        connection.close()
    to.chmod(0o600)
    _flush(to)


def _copy_words(state: Path, draft: Path) -> None:
    """Copy the words of people as they are at one instant; a branch that never had any has no such file."""
    for name in _WORDS:
        if (state / name).exists():
            _vacuum(state / name, draft / name)


def _copy_months(source: Path, to: Path) -> None:
    """Copy the snapshots of closed months; they are written once, so each is whole."""
    snapshots = sorted((source / MONTHS_FOLDER).glob("*.json"))
    if snapshots:
        (to / MONTHS_FOLDER).mkdir(mode=0o700, exist_ok=True)
    for path in snapshots:
        _copy_file(path, to / MONTHS_FOLDER / path.name)


def _forget_words(target: Path, at: datetime) -> None:
    """Remove the words of people from copies that are kept for longer."""
    oldest = (at - timedelta(days=VOICES_KEPT_DAYS)).strftime(NAME)
    for name in _WORDS:
        for path in target.glob(f"branch-*Z/{name}"):
            if path.parent.name < oldest:
                path.unlink()


def _copy_own(source: Path, to: Path) -> None:
    for name in _OWN:
        if (source / name).exists():
            _copy_file(source / name, to / name)
    (to / TECHNICIAN).mkdir(mode=0o700, exist_ok=True)
    for name in _TECHNICIANS:
        if (source / TECHNICIAN / name).exists():
            _copy_file(source / TECHNICIAN / name, to / TECHNICIAN / name)


def _copy_file(source: Path, to: Path) -> None:
    to.touch(mode=0o600)
    to.write_bytes(source.read_bytes())
    _flush(to)


def _flush(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _let_old_go(target: Path) -> int:
    copies = sorted((path for path in target.glob("branch-*Z") if path.is_dir()), reverse=True)
    kept = set(kept_of(path.name for path in copies))
    gone = [path for path in copies if path.name not in kept]
    for path in gone:
        shutil.rmtree(path)
    return len(gone)


def kept_of(names: Iterable[str]) -> Iterator[str]:
    """Choose which copies stay: the last 24, the last one of each of 14 days and of each of 12 months."""
    newest_first = sorted(names, reverse=True)
    yield from newest_first[:KEEP_HOURLY]
    for length, limit in ((len("branch-20261123"), KEEP_DAILY), (len("branch-202611"), KEEP_MONTHLY)):
        seen: dict[str, str] = {}
        for name in newest_first:
            seen.setdefault(name[:length], name)
        yield from list(seen.values())[:limit]
