"""Let the disk fail at its N-th call, once or for good, and hold what the hall was told against what is there after."""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import apsw

from protocol.codec import decode_reply
from protocol.views import Refused
from queue_server.handler import Handler
from queue_server.log import Log
from tests.faults import morning
from tests.faults.disk import Disk, DiskVFS

PATH = Path("/hall/branch.db")
Fault = Literal["io", "full"]
COUNT = 8
PROBES = 3


@dataclass
class FailingCalls:
    """A hook of the disk: the ``at``-th call of a kind that the fault can hit fails; all later ones too if it lasts."""

    fault: Fault
    at: int
    lasts: bool
    calls: int = 0
    hits: int = 0
    mended: bool = False

    def __call__(self, call: str) -> None:
        if self.mended or (self.fault == "full" and call not in ("write", "truncate")):
            return
        self.calls += 1
        if self.calls == self.at or (self.lasts and self.calls > self.at):
            self.hits += 1
            raise apsw.FullError("no space") if self.fault == "full" else apsw.IOError(f"the disk fails at {call}")


def fail_everywhere(seed: int, fault: Fault, *, lasts: bool) -> Counter[str]:
    """Run the morning once per N until no call is hit any more; count points and what was wrong."""
    counted: Counter[str] = Counter()
    at = 0
    while True:
        at += 1
        failing = FailingCalls(fault, at, lasts)
        wrong = _run(seed, failing, counted)
        if not failing.hits:
            return counted
        counted["points"] += 1
        if wrong:
            counted[f"{wrong} (call {at})"] += 1
            counted["violations"] += 1


def _run(seed: int, failing: FailingCalls, counted: Counter[str]) -> str:
    disk = Disk()
    vfs = DiskVFS("failing", disk)
    try:
        log = Log(PATH, vfs="failing", exclusive=True, checkpoint_pages=6)
        handler = morning.found(log)
        disk.before_call = failing
        try:
            wrong = _morning(seed, handler, failing, counted)
            failing.mended = True
            return wrong or _found_after(log, handler)
        finally:
            failing.mended = True
            log.close()
    finally:
        vfs.unregister()


def _morning(seed: int, handler: Handler, failing: FailingCalls, counted: Counter[str]) -> str:
    """Ask the morning's requests; after each batch that was refused, probe, mend what lasts, and ask the same again."""
    told: list[bytes | None] = []
    for asked, at in zip(morning.batches(seed, COUNT), morning.instants(), strict=False):
        hits_before = failing.hits
        replies = handler.handle(asked, at).replies
        if failing.hits > hits_before:
            counted["surfaced" if any(map(_is_storage, replies)) else "harmless"] += 1
        if any(map(_is_storage, replies)) and not handler.storage_failed:
            return "refused without an alarm"
        kept = dict(enumerate(reply for reply in replies if not _is_storage(reply)))
        if handler.storage_failed:
            if failing.lasts and handler.probe():
                return "a probe that found a broken disk well"
            failing.mended = True
            if not any(handler.probe() for _ in range(PROBES)):
                return "no way back"
        again = handler.handle(asked, at).replies
        if any(map(_is_storage, again)):
            return "refused by a disk that works"
        unchanged = [one for one, reply in zip(again, replies, strict=True) if not _is_storage(reply)]
        if unchanged != list(kept.values()):
            return "answered differently"
        told += again
    return "number twice" if morning.given_twice(told) else ""


def _found_after(log: Log, handler: Handler) -> str:
    """Compare the state in memory with what a fresh start finds."""
    log.reopen()
    fresh = morning.taken_up(log)
    return "" if fresh is not None and fresh.branch == handler.branch else "memory and disk differ"


def _is_storage(reply: bytes | None) -> bool:
    decoded = decode_reply(reply) if reply is not None else None
    return isinstance(decoded, Refused) and decoded.code == "storage"
