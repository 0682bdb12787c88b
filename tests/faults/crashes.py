"""Crash the log at every write: run a morning once, then open what each crash would have left.

A run records every operation on the disk and, beside them, when which batch was acknowledged. For each operation and
each way to die the files are rebuilt as they would be found, the real :class:`queue_server.log.Log` is opened on them,
and what it says is held against what had been promised.
"""

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

from protocol.events import AnyEvent, DayOpened, VisitCalled, VisitTaken
from queue_server.journal import GENESIS, NotALog, chained
from queue_server.log import Log, LogUnusable, StoredReply, body_hash
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
OPENED_AT = datetime(2026, 11, 23, 0, 0, tzinfo=UTC)
Death = Literal["kill", "torn", "power"]
Synchronous = Literal["FULL", "OFF"]


@dataclass(frozen=True)
class Batch:
    """What one transaction held, and after how many operations it was acknowledged."""

    events: tuple[AnyEvent, ...]
    replies: tuple[StoredReply, ...]
    acknowledged_after: int


@dataclass(frozen=True)
class Morning:
    """A recorded run."""

    operations: tuple[Operation, ...]
    batches: tuple[Batch, ...]


def _events(number: int, visits: int, chance: random.Random) -> Iterator[AnyEvent]:
    for one in range(number, number + visits):
        at = OPENED_AT + timedelta(seconds=one)
        visit_id = f"{one:032x}"
        yield VisitTaken(
            at=at, visit_id=visit_id, device_id="kiosk-1", function_id="kiosk-1", service_id="certification",
            queue_id="certification", priority_class_id="usual", prefix="C", number=one, taken_at=at,
            procedure_code="x" * chance.randrange(64),
        )  # fmt: skip
        yield VisitCalled(
            at=at, visit_id=visit_id, counter_id="counter-1", clerk_id="lan", call_id=one, clause="priority", waited_s=9
        )


def reply_of(number: int) -> StoredReply:
    """Give the reply that tells this number."""
    told = f'{{"type":"ticket_taken","number":{number}}}'.encode()
    return StoredReply("kiosk-1", f"{number:032x}", body_hash(b"%d" % number), told)


def record(seed: int, batches: int, checkpoint_pages: int, synchronous: Synchronous) -> Morning:
    """Run a morning of ``batches`` transactions on a disk in memory and record it."""
    chance = random.Random(seed)
    disk = Disk()
    vfs = DiskVFS("recorder", disk)
    done: list[Batch] = []
    try:
        log = Log(PATH, vfs="recorder", exclusive=True, synchronous=synchronous, checkpoint_pages=checkpoint_pages)
        opened = DayOpened(
            at=OPENED_AT, day="2026-11-23", configuration_id="c", opens_at=OPENED_AT, closes_at=OPENED_AT,
            utc_offset_s=25200, spans={},
        )  # fmt: skip
        number = 1
        events: tuple[AnyEvent, ...] = (opened,)
        replies: tuple[StoredReply, ...] = ()
        for _ in range(batches):
            log.append(events, replies)
            done.append(Batch(events, replies, len(disk.done)))
            visits = chance.randrange(1, 4)
            events = tuple(_events(number, visits, chance))
            replies = tuple(reply_of(one) for one in range(number, number + visits))
            number += visits
        log.close()
    finally:
        vfs.unregister()
    return Morning(tuple(disk.done), tuple(done))


def deaths(morning: Morning, chance: random.Random, cuts: int) -> Iterator[tuple[int, Death, Image]]:
    """Give, for each operation, the files that each way to die there leaves; ``cuts`` different power cuts each."""
    files: Image = {}
    safe: Image = {}
    pending: list[Operation] = []
    for index, operation in enumerate(morning.operations):
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


def judge(morning: Morning, index: int, image: Image) -> str:
    """Open the log on what was left after ``index`` operations; give what is wrong with it, or an empty string."""
    vfs = DiskVFS("survivor", Disk(image))
    try:
        log = Log(PATH, vfs="survivor", exclusive=True)
        try:
            return _held_against(morning, index, log)
        finally:
            log.close()
    except (LogUnusable, NotALog):
        return "corrupt"
    finally:
        vfs.unregister()


def _held_against(morning: Morning, index: int, log: Log) -> str:
    previous = GENESIS
    found = []
    for seq, row in enumerate(log.rows(1), start=1):
        if row.seq != seq or chained(previous, row.seq, row.day, row.at, row.type, row.body) != row.hash:
            return "corrupt"
        previous = row.hash
        found.append(row.event())
    position = 0
    for batch in morning.batches:
        present = tuple(found[position : position + len(batch.events)])
        position += len(batch.events)
        replies = [log.reply_to(one.device_id, one.request_id) for one in batch.replies]
        whole = present == batch.events and replies == list(batch.replies)
        none = not present and not any(replies)
        if batch.acknowledged_after <= index and not whole:
            return "lost"
        if not whole and not none:
            return "not atomic"
    if len(found) > position:
        return "corrupt"
    numbers = [event.number for event in found if isinstance(event, VisitTaken)]
    if len(set(numbers)) != len(numbers):
        return "number twice"
    # Life goes on: what the hall would ask for next is taken, and read back.
    following = len(numbers) + 1
    log.append(tuple(_events(following, 1, random.Random(0))), (reply_of(following),))
    return "" if log.reply_to("kiosk-1", f"{following:032x}") == reply_of(following) else "no new number"


def crash_everywhere(
    seed: int, batches: int, *, checkpoint_pages: int = 8, cuts: int = 2, synchronous: Synchronous = "FULL"
) -> Counter[str]:
    """Crash one morning at each of its operations; count points per way to die, and violations by what they are."""
    morning = record(seed, batches, checkpoint_pages, synchronous)
    counted: Counter[str] = Counter()
    for index, death, image in deaths(morning, random.Random(seed), cuts):
        counted["points"] += 1
        counted[death] += 1
        wrong = judge(morning, index, image)
        if wrong:
            counted[f"{wrong} by {death}"] += 1
            counted["violations"] += 1
    return counted
