"""The folder of copies as it is read: which copies lie there, and how the restore tests went. Nothing is changed here.

Names begin with the instant at which a copy was made. A folder has such a name only after its copy was flushed, read
back and verified, so whatever is listed was good when it was made; whether it still is, a restore test tells.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final, Literal, NamedTuple

import msgspec

NAME: Final = "branch-%Y%m%dT%H%M%SZ"
TESTS_FILE: Final = "restore-tests.jsonl"
TESTS_KEPT: Final = 100

COPY_DUE: Final = timedelta(hours=26)
"""A copy that is older than a night and a day: the timer that makes one each hour does not run."""
TEST_DUE: Final = timedelta(days=35)
"""A restore test is due each month; a few days are for holidays."""

Agreement = Literal["same", "unknown", "differs"]
"""Whether the copy's last event is, to the hash, what the served branch has in that place."""


class RestoreTest(msgspec.Struct, frozen=True, kw_only=True):
    """How one restore test went. `why` says what is wrong, or is empty; sizes are in bytes, instants by the machine."""

    at: datetime
    copy: str
    why: str = ""
    events: int = 0
    days: int = 0
    day: str = ""
    visits: int = 0
    last_number: str = ""
    last_at: datetime | None = None
    last_hash: str = ""
    heads: int = 0
    agrees: Agreement = "unknown"
    size: int = 0
    took_s: float = 0.0
    beside: int = 0
    """How many files of the programs of pages came back with it."""
    accounts: int | None = None
    """How many people may sign in; None for a copy without accounts."""
    after_s: float = 0.0
    """How long after the copy was made."""

    @property
    def good(self) -> bool:
        """Whether a branch can be made of that copy."""
        return not self.why


class Copy(NamedTuple):
    """A copy on the shelf."""

    name: str
    at: datetime
    size: int


def copies_in(folder: Path) -> list[Copy]:
    """List the copies, newest first; raises OSError when the folder cannot be read."""
    found = []
    for path in folder.iterdir():
        at = instant_of(path.name)
        if at is not None and path.is_dir():
            found.append(Copy(path.name, at, size_of(path)))
    return sorted(found, reverse=True)


def instant_of(name: str) -> datetime | None:
    """Read when a copy was made off its name; None for what is no copy."""
    try:
        return datetime.strptime(name, NAME).replace(tzinfo=UTC)
    except ValueError:
        return None


def size_of(folder: Path) -> int:
    """Add up the bytes of a folder's files; one that goes meanwhile counts nothing."""
    total = 0
    for path in folder.rglob("*"):
        try:
            total += path.stat().st_size if path.is_file() else 0
        except FileNotFoundError:
            continue
    return total


def kept_tests(folder: Path) -> list[RestoreTest]:
    """List the restore tests that were kept, newest first. A line that cannot be read is left out."""
    try:
        lines = (folder / TESTS_FILE).read_bytes().splitlines()
    except FileNotFoundError:
        return []
    found = []
    for line in lines:
        try:
            found.append(msgspec.json.decode(line, type=RestoreTest))
        except msgspec.DecodeError:
            continue  # Of another release, or cut in a power failure; the others are as good without it.
    return found[::-1]


Trouble = Literal["no_folder", "no_copy", "copy_old", "never_tested", "test_failed", "test_old"]


def troubles(copies: Sequence[Copy] | None, tests: Sequence[RestoreTest], now: datetime) -> tuple[Trouble, ...]:
    """Tell what is wrong with the backups; `copies` and `tests` newest first, None for a folder that is not there."""
    if copies is None:
        return ("no_folder",)
    found: list[Trouble] = []
    if not copies:
        found.append("no_copy")
    elif now - copies[0].at > COPY_DUE:
        found.append("copy_old")
    good = next((one for one in tests if one.good), None)
    if tests and not tests[0].good:
        found.append("test_failed")
    elif good is None:
        found.append("never_tested")
    elif now - good.at > TEST_DUE:
        found.append("test_old")
    return tuple(found)
