"""What is effective in the hall, what will be, and what was: read from the log, which alone knows.

The pages are a terminal, and no view holds the texts of a configuration; they read the log as every reader does,
through `queue_server.journal`, if it lies on this machine. Without it nothing can be edited here, and the pages say so.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final, Literal

import apsw
import msgspec

from queue_server.journal import Journal, NotALog, OldSqlite

VERSIONS_SHOWN: Final = 100


class NoLog(Exception):  # noqa: N818 -- a state of this machine.
    """The branch's log is not here, or cannot be read; says why."""


class _Named(msgspec.Struct):
    configuration_id: str


class _Changed(msgspec.Struct):
    """The part of `configuration_changed` that is looked at; the parsed configuration is left where it is."""

    at: datetime
    configuration: _Named
    sources: dict[str, str] = {}
    effective: Literal["now", "next_day"] = "now"


class _Opened(msgspec.Struct):
    configuration_id: str


@dataclass(frozen=True, slots=True)
class Version:
    """One configuration that the hall was given. `sources` are its texts by file name."""

    seq: int
    at: datetime
    configuration_id: str
    effective: Literal["now", "next_day"]
    sources: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Standing:
    """All versions, newest first; which of them is effective, and which will be with the next business day."""

    versions: tuple[Version, ...]
    effective: Version
    coming: Version | None

    def version(self, seq: int) -> Version | None:
        """Give a version by its place in the log."""
        return next((one for one in self.versions if one.seq == seq), None)


def standing(log: Path) -> Standing:
    """Read how the hall stands. Raises :class:`NoLog`."""
    try:
        with Journal(log) as journal:
            rows = list(journal.latest("configuration_changed", VERSIONS_SHOWN))
            opened = next(journal.latest("day_opened", 1), None)
    except (NotALog, OldSqlite, apsw.Error) as error:
        raise NoLog(str(error)) from error
    versions = []
    for row in rows:
        changed = msgspec.json.decode(row.body, type=_Changed)
        identity = changed.configuration.configuration_id
        versions.append(Version(row.seq, changed.at, identity, changed.effective, changed.sources))
    if not versions:
        raise NoLog(f"{log} holds no configuration")
    opened_seq = opened.seq if opened else 0
    opened_with = msgspec.json.decode(opened.body, type=_Opened).configuration_id if opened else ""
    return _standing(tuple(versions), opened_seq, opened_with)


def _standing(versions: tuple[Version, ...], opened_seq: int, opened_with: str) -> Standing:
    """Work out what is effective: the last change at once since the day opened, else what the day opened with."""
    coming: Version | None = None
    for version in versions:
        if version.seq < opened_seq:
            break
        if version.effective == "now":
            return Standing(versions, version, coming)
        coming = coming or version
    older = [one for one in versions if one.seq < opened_seq] or list(versions)
    effective = next((one for one in older if one.configuration_id == opened_with), older[0])
    return Standing(versions, effective, coming)
