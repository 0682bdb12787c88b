"""What a process owns that a test could leave behind: threads, child processes, open files."""

import gc
import os
import select
import threading
import time
from dataclasses import dataclass
from pathlib import Path

# Opened once by the interpreter or a library for as long as the process lives, and harmless to share.
SHARED_FILES = ("/dev/null", "/dev/urandom", "/dev/random")


LOOK_AGAIN_S = 0.05


@dataclass(frozen=True)
class Belongings:
    """A look at this process: its live threads, its children by id, its open files as descriptor -> target."""

    threads: frozenset[threading.Thread]
    children: frozenset[int]
    files: dict[int, str]

    @classmethod
    def now(cls) -> "Belongings":
        """Look at this process as it is now."""
        return cls(frozenset(threading.enumerate()), frozenset(_children()), _open_files())


def leftovers(before: Belongings, patience_s: float) -> list[str]:
    """Return a line for each thing that was not there `before`, giving what is just ending `patience_s` to end."""
    deadline = time.monotonic() + patience_s
    found = _new_things(before)
    if not found:
        return []
    gc.collect()  # An open file whose last user is garbage in a cycle is closed here, not left.
    for thread in set(threading.enumerate()) - before.threads:
        thread.join(max(0.0, deadline - time.monotonic()))
    for process_id in set(_children()) - before.children:
        _await_end(process_id, max(0.0, deadline - time.monotonic()))
    # A library's own thread may still be closing a connection (libzmq's reaper does); nobody tells us when it has.
    moment = threading.Event()
    while (found := _new_things(before)) and time.monotonic() < deadline:
        moment.wait(LOOK_AGAIN_S)
    return found


def _new_things(before: Belongings) -> list[str]:
    after = Belongings.now()
    threads = [f"thread {thread.name!r} ({thread})" for thread in after.threads - before.threads]
    children = [f"process {child}: {_command(child)}" for child in sorted(after.children - before.children)]
    files = [
        f"file descriptor {number} -> {target}"
        for number, target in after.files.items()
        if before.files.get(number) != target and target not in SHARED_FILES
    ]
    return threads + children + files


def _children() -> list[int]:
    """Return the ids of this process's children, those that ended but were never waited for included."""
    found: list[int] = []
    for task in Path("/proc/self/task").iterdir():
        try:
            found += map(int, (task / "children").read_text().split())
        except FileNotFoundError:  # The thread ended while we looked.
            continue
    return found


def _open_files() -> dict[int, str]:
    found: dict[int, str] = {}
    for link in Path("/proc/self/fd").iterdir():
        try:
            found[int(link.name)] = str(link.readlink())
        except FileNotFoundError:  # The descriptor of this very listing.
            continue
    return found


def _await_end(process_id: int, timeout_s: float) -> None:
    """Wait until a child has ended, without taking its exit code from whoever started it."""
    try:
        handle = os.pidfd_open(process_id)
    except ProcessLookupError:
        return
    try:
        select.select([handle], [], [], timeout_s)
    finally:
        os.close(handle)


def _command(process_id: int) -> str:
    try:
        words = Path(f"/proc/{process_id}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
    except FileNotFoundError:
        return "just ended"
    return words or "ended, but nobody waited for it"
