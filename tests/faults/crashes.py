"""Crash the branch at every write: run a morning once, then take it up from what each crash would have left.

A run records every operation on the disk and, beside them, when which batch of requests was answered. For each
operation and each way to die the files are rebuilt as they would be found, the real log and handler are opened on them,
what had been answered is looked for, the rest is asked again, and life must go on without a number given twice.
"""

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from queue_server.handler import Asked
from queue_server.journal import GENESIS, NotALog, chained
from queue_server.log import Log, LogUnusable
from tests.faults import morning
from tests.faults.disk import (
    Delete,
    Disk,
    DiskVFS,
    Image,
    Operation,
    Sync,
    Truncate,
    Write,
    after_power_cut,
    apply,
    copied,
    torn,
)

PATH = Path("/hall/branch.db")
Death = Literal["kill", "torn", "power"]
Synchronous = Literal["FULL", "OFF"]


@dataclass(frozen=True)
class Batch:
    """What was asked at once, what was answered, and after how many operations on the disk."""

    asked: tuple[Asked, ...]
    replies: tuple[bytes | None, ...]
    answered_after: int


@dataclass(frozen=True)
class Recording:
    """A recorded run."""

    operations: tuple[Operation, ...]
    batches: tuple[Batch, ...]


def record(seed: int, count: int, checkpoint_pages: int, synchronous: Synchronous) -> Recording:
    """Run a morning of ``count`` batches on a disk in memory and record it."""
    disk = Disk()
    vfs = DiskVFS("recorder", disk)
    done: list[Batch] = []
    try:
        log = Log(PATH, vfs="recorder", exclusive=True, synchronous=synchronous, checkpoint_pages=checkpoint_pages)
        handler = morning.found(log)
        for asked, at in zip(morning.batches(seed, count), morning.instants(), strict=False):
            outcome = handler.handle(asked, at)
            done.append(Batch(tuple(asked), tuple(outcome.replies), len(disk.done)))
        log.close()
    finally:
        vfs.unregister()
    return Recording(tuple(disk.done), tuple(done))


def deaths(recording: Recording, chance: random.Random, cuts: int) -> Iterator[tuple[int, Death, Image]]:
    """Give, for each operation, the files that each way to die there leaves; ``cuts`` different power cuts each."""
    files: Image = {}
    safe: Image = {}
    pending: list[Operation] = []
    for index, operation in enumerate(recording.operations):
        yield index, "kill", copied(files)
        if isinstance(operation, Write):
            yield index, "torn", torn(files, operation, chance)
        for _ in range(cuts if pending else 0):
            yield index, "power", after_power_cut(safe, pending, chance)
        apply(files, operation)
        match operation:
            case Sync(name):
                for one in (one for one in pending if one.name == name):
                    apply(safe, one)
                apply(safe, operation)
                pending = [one for one in pending if one.name != name]
            case Delete(name, synced) if synced:
                pending = [one for one in pending if one.name != name]
                apply(safe, operation)
            case Write() | Truncate() | Delete():
                pending.append(operation)


def judge(recording: Recording, index: int, image: Image) -> str:
    """Take up the branch from what ``index`` operations left; give what is wrong with it, or an empty string."""
    vfs = DiskVFS("survivor", Disk(image))
    try:
        log = Log(PATH, vfs="survivor", exclusive=True)
        try:
            return _held_against(recording, index, log)
        finally:
            log.close()
    except (LogUnusable, NotALog):
        return "corrupt"
    finally:
        vfs.unregister()


def _held_against(recording: Recording, index: int, log: Log) -> str:
    previous = GENESIS
    for seq, row in enumerate(log.rows(1), start=1):
        if row.seq != seq or chained(previous, row.seq, row.day, row.at, row.type, row.body) != row.hash:
            return "corrupt"
        previous = row.hash
    answered = [batch for batch in recording.batches if batch.answered_after <= index]
    handler = morning.taken_up(log)
    if handler is None:
        return "lost" if answered else ""
    for batch in recording.batches:
        stored = [_stored(log, one) for one in batch.asked]
        kept = stored == list(batch.replies) and all(morning.is_number_of(handler.branch, one) for one in stored)
        if batch in answered and not kept:
            return "lost"
        if not kept and any(stored):
            return "not atomic"
    # Life goes on: what was not answered is asked again, and then once more.
    following = next((batch for batch in recording.batches if batch not in answered), recording.batches[-1])
    at = next(morning.instants()) + morning.STEP * len(recording.batches)
    first = handler.handle(following.asked, at).replies
    if handler.handle(following.asked, at).replies != first:
        return "answered differently"
    told = [reply for batch in answered for reply in batch.replies]
    return "number twice" if morning.given_twice([*told, *first]) else ""


def _stored(log: Log, asked: Asked) -> bytes | None:
    device_id = asked.public_key.rstrip("k")
    found = log.reply_to(device_id, asked.request_id.decode())
    return found.reply if found is not None else None


def crash_everywhere(
    seed: int, count: int, *, checkpoint_pages: int = 8, cuts: int = 2, synchronous: Synchronous = "FULL"
) -> Counter[str]:
    """Crash one morning at each of its operations; count points per way to die, and violations by what they are."""
    recording = record(seed, count, checkpoint_pages, synchronous)
    counted: Counter[str] = Counter()
    for index, death, image in deaths(recording, random.Random(seed), cuts):
        counted["points"] += 1
        counted[death] += 1
        wrong = judge(recording, index, image)
        if wrong:
            counted[f"{wrong} by {death}"] += 1
            counted["violations"] += 1
    return counted
