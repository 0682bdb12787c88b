"""The snapshots of closed months: files in the branch's folder, `months/2026-10.json`, each held against its hash.

Whoever follows the log writes them, and makes one anew that is lost: from the log up to the event that its closing
names, so that the same bytes come out, or nothing is written. A file that is there is never written over: one that does
not fit its hash is evidence.
"""

import sys
import tempfile
from pathlib import Path
from typing import Final, Literal, NamedTuple

from protocol.keys import write_private
from queue_server.journal import Journal
from queue_server.reporting.month_rows import ClosingRow
from queue_server.reporting.month_snapshot import MonthSnapshot, UnknownSnapshot, canonical, decoded, hash_of
from queue_server.reporting.month_tables import NoMonth, closed_months, month_now
from queue_server.reporting.tables import NoReports, made_up_to

MONTHS_FOLDER: Final = "months"
SNAPSHOT_MOST_BYTES: Final = 16_000_000

State = Literal["whole", "missing", "changed", "unreadable"]
"""``changed``: the bytes have another hash than the log says. ``unreadable``: a newer program made them."""


class Shelved(NamedTuple):
    """What lies on the shelf for a closed month; the snapshot only if its hash is right."""

    state: State
    snapshot: MonthSnapshot | None


class OtherFigures(Exception):  # noqa: N818 -- it says what came out.
    """The log gives other bytes than those that were frozen: it, or the program that reads it, is another one."""


def path_of(folder: Path, month: str) -> Path:
    """Give the file of a month; `folder` holds the report tables."""
    return folder / MONTHS_FOLDER / f"{month}.json"


def look(folder: Path, closing: ClosingRow) -> Shelved:
    """Read the snapshot of a closed month, and hold it against its hash."""
    try:
        with path_of(folder, closing.month).open("rb") as file:
            body = file.read(SNAPSHOT_MOST_BYTES)
    except OSError:
        return Shelved("missing", None)
    if hash_of(body) != closing.snapshot_hash:
        return Shelved("changed", None)
    try:
        return Shelved("whole", decoded(body))
    except UnknownSnapshot:
        return Shelved("unreadable", None)


def made_again(journal: Journal, closing: ClosingRow) -> bytes:
    """Make a snapshot from the log as it was; raises `OtherFigures`, `BrokenStory`, OSError."""
    with (
        tempfile.TemporaryDirectory(prefix="motcua-month-") as folder,
        made_up_to(Path(folder), journal, closing.reached_seq) as tables,
    ):
        try:
            body = canonical(month_now(tables, closing.reached_seq, closing.month).figures)
        except NoMonth as missing:
            raise OtherFigures(str(missing)) from missing
    if hash_of(body) != closing.snapshot_hash:
        raise OtherFigures(
            f"the log up to event {closing.reached_seq} gives {hash_of(body)[:16]}… for {closing.month}, but "
            f"{closing.snapshot_hash[:16]}… was frozen: verify the log (motcua verify), or read it with the program "
            "that closed the month"
        )
    return body


class Shelf:
    """The snapshots of a branch, kept complete by whoever follows its log. What cannot be made is said once.

    It is tried again at the next start: each try reads the whole log.
    """

    def __init__(self, reports: Path) -> None:
        self._reports = reports
        self._given_up: set[str] = set()

    def complete(self, journal: Journal) -> list[str]:
        """Write the snapshots that are missing; gives their months."""
        try:
            closings = closed_months(self._reports)
        except NoReports:
            return []
        written = []
        for month, closing in sorted(closings.items()):
            path = path_of(self._reports.parent, month)
            if month in self._given_up or path.exists():
                continue
            try:
                write_private(path, made_again(journal, closing))
                written.append(month)
            except (OtherFigures, OSError) as problem:
                self._given_up.add(month)
                print(f"no snapshot of {month}: {problem}", file=sys.stderr)  # noqa: T201 -- the journal of the machine.
        return written
