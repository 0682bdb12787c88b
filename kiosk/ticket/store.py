"""What a touch program must not forget in a power cut: a small SQLite file, every commit on disk (`synchronous=FULL`).

    visit      the one visit that was decided on and is not settled yet
    offline    the numbers of the kiosk's own range that were given, by day
    outbox     commands that must reach the server, in order, under the ids they will always have
    knowledge  who the server says we are, the hall as last seen

The catalogue stands beside it as a file named by its hash: it may be fetched again, so it needs no care.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import apsw
import msgspec

from kiosk.ticket.model import (
    Catalogue,
    Identity,
    OfflineNumber,
    OutboxCommand,
    OutboxEntry,
    PendingVisit,
    Restored,
)
from protocol.codec import Malformed, decode_command, encode
from protocol.commands import HandOverVisit, PressRating, ReportTicket
from protocol.configuration import Procedure
from protocol.views import KioskView

BUSY_TIMEOUT_MS = 2_000
REFUSED_KEPT = 500
"""Refused commands that are kept for the technician; the oldest go first."""

_SCHEMA = """
create table if not exists visit (one integer primary key check (one = 1), body text not null);
create table if not exists offline (day text, prefix text, number integer, primary key (day, prefix, number));
create table if not exists outbox (serial integer primary key, request_id text unique not null, body blob not null,
    error text not null default '');
create table if not exists knowledge (name text primary key, body blob not null);
"""


class Store:
    """The file. One thread uses it at a time; every method raises apsw.Error when the disk says no."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._connection = apsw.Connection(str(folder / "kiosk.db"))
        self._connection.set_busy_timeout(BUSY_TIMEOUT_MS)
        # A rollback journal would do; the log is written with less seeking, and FULL syncs it at each commit.
        for pragma in ("journal_mode=wal", "synchronous=full"):
            self._connection.execute(f"pragma {pragma}")
        self._connection.execute(_SCHEMA)

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    # --- visits and own numbers ---

    def keep_visit(self, visit: PendingVisit) -> None:
        """Make the pending visit durable, in place of the one before."""
        body = msgspec.json.encode(visit).decode()
        self._do("insert or replace into visit values (1, ?)", body)

    def drop_visit(self, visit_id: str) -> None:
        """Forget the pending visit, if it is still this one."""
        self._do("delete from visit where json_extract(body, '$.visit_id') = ?", visit_id)

    def keep_offline(self, number: OfflineNumber, entry: OutboxEntry) -> None:
        """Make an own number and its hand-over durable in one step."""
        with self._transaction():
            self._do("delete from offline where day <> ?", number.day)
            self._do("insert or ignore into offline values (?, ?, ?)", number.day, number.prefix, number.number)
            self.keep_outbox(entry.request_id, entry.command)

    # --- outbox ---

    def keep_outbox(self, request_id: str, command: OutboxCommand | PressRating) -> None:
        """Make a command durable; the same id again changes nothing."""
        self._do("insert or ignore into outbox (request_id, body) values (?, ?)", request_id, encode(command))

    def drop_outbox(self, request_id: str, error: str = "") -> None:
        """Forget a command that has arrived; a refused one is kept with its code, out of the way."""
        if not error:
            self._do("delete from outbox where request_id = ?", request_id)
            return
        with self._transaction():
            self._do("update outbox set error = ? where request_id = ?", error, request_id)
            oldest = "select serial from outbox where error <> '' order by serial desc limit -1 offset ?"
            self._do(f"delete from outbox where serial in ({oldest})", REFUSED_KEPT)  # noqa: S608 -- our own words.

    def outbox(self) -> tuple[tuple[str, Any], ...]:
        """Give the commands that wait, oldest first, with their ids."""
        found = self._do("select request_id, body from outbox where error = '' order by serial")
        commands: list[tuple[str, Any]] = []
        for request_id, body in found:
            try:
                commands.append((request_id, decode_command(body)))
            except Malformed:
                # Of a version that nobody speaks any more: kept for the technician, not sent.
                self.drop_outbox(request_id, "malformed")
        return tuple(commands)

    # --- knowledge ---

    def keep_knowledge(self, identity: Identity | None, view: KioskView | None) -> None:
        """Keep who we are and the hall as last seen; what is None is left as it was."""
        with self._transaction():
            for name, body in (
                ("identity", identity and msgspec.json.encode(identity)),
                ("view", view and encode(view)),
            ):
                if body:
                    self._do("insert or replace into knowledge values (?, ?)", name, body)

    def restored(self) -> Restored:
        """Give everything the disk knows; what cannot be read any more counts as not known."""
        knowledge = dict(self._do("select name, body from knowledge"))
        visits = self._do("select body from visit")
        numbers = self._do("select day, prefix, number from offline order by number")
        entries = [
            OutboxEntry(request_id, command)
            for request_id, command in self.outbox()
            if isinstance(command, HandOverVisit | ReportTicket)
        ]
        return Restored(
            identity=_read(knowledge.get("identity"), Identity),
            view=_read(knowledge.get("view"), KioskView),
            visit=_read(visits[0][0], PendingVisit) if visits else None,
            offline_numbers=tuple(OfflineNumber(*row) for row in numbers),
            outbox=tuple(entries),
        )

    # --- catalogue ---

    def keep_catalogue(self, catalogue: Catalogue) -> None:
        """Keep a complete catalogue as a file, and remove those of other hashes."""
        path = self._catalogue_path(catalogue.catalogue_hash)
        draft = path.with_suffix(".draft")
        draft.write_bytes(msgspec.json.encode(catalogue.procedures))
        draft.replace(path)
        for other in self._folder.glob("catalogue-*.json"):
            if other != path:
                other.unlink(missing_ok=True)

    def catalogue(self, catalogue_hash: str) -> Catalogue | None:
        """Give the catalogue with this hash, if it is on disk and whole."""
        try:
            body = self._catalogue_path(catalogue_hash).read_bytes()
            return Catalogue.of(catalogue_hash, msgspec.json.decode(body, type=tuple[Procedure, ...]))
        except (FileNotFoundError, msgspec.DecodeError):
            return None

    def _catalogue_path(self, catalogue_hash: str) -> Path:
        assert catalogue_hash.isalnum() or not catalogue_hash, f"a hash is hex, not {catalogue_hash!r}"
        return self._folder / f"catalogue-{catalogue_hash}.json"

    def _do(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        return list(self._connection.execute(sql, values))

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        with self._connection:
            yield


def _read(body: Any, kind: Any) -> Any:
    if body is None:
        return None
    try:
        return msgspec.json.decode(body, type=kind)
    except msgspec.DecodeError:
        return None
