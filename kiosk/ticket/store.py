"""What the ticket kiosk must not forget in a power cut, besides the outbox: every commit is on disk.

    visit      the one visit that was decided on and is not settled yet
    offline    the numbers of the kiosk's own range that were given, by day

The catalogue stands beside it as a file named by its hash: it may be fetched again, so it needs no care.
"""

from pathlib import Path
from typing import TypeVar

import msgspec

from kiosk.outbox import Outbox
from kiosk.ticket.catalogue import Catalogue
from kiosk.ticket.hall_time import HallTime
from kiosk.ticket.kept_model import Identity, OfflineNumber, OutboxEntry, PendingVisit, RefusedHandOver
from kiosk.ticket.model import Restored
from protocol.codec import encode
from protocol.commands import HandOverVisit, ReportTicket
from protocol.configuration import Procedure
from protocol.views import KioskView

_SCHEMA = """
create table if not exists visit (one integer primary key check (one = 1), body text not null);
create table if not exists offline (day text, prefix text, number integer, primary key (day, prefix, number));
"""

KindT = TypeVar("KindT")


class Store(Outbox):
    """The file. One thread uses it at a time; every method raises apsw.Error when the disk says no."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, _SCHEMA)
        self._folder = folder

    # --- visits and own numbers ---

    def keep_visit(self, visit: PendingVisit) -> None:
        """Make the pending visit durable, in place of the one before."""
        body = msgspec.json.encode(visit).decode()
        self._do("insert or replace into visit values (1, ?)", body)

    def drop_visit(self, visit_id: str) -> None:
        """Forget the pending visit, if it is still this one."""
        self._do("delete from visit where json_extract(body, '$.visit_id') = ?", visit_id)

    def keep_offline(self, number: OfflineNumber, entry: OutboxEntry, visit: PendingVisit) -> None:
        """Make an own number, its hand-over and its visit durable in one step, in place of one tried before."""
        with self._transaction():
            self._do("delete from offline where day <> ?", number.day)
            self._do("insert or ignore into offline values (?, ?, ?)", number.day, number.prefix, number.number)
            self._do("delete from outbox where request_id = ?", entry.request_id)
            self.keep_outbox(entry.request_id, entry.command)
            self.keep_visit(visit)

    # --- knowledge ---

    def keep_knowledge(self, identity: Identity | None, view: KioskView | None, time: HallTime | None = None) -> None:
        """Keep who we are, the hall as last seen, and its time; what is None is left as it was."""
        with self._transaction():
            if identity is not None:
                self.keep("identity", msgspec.json.encode(identity))
            if view is not None:
                self.keep("view", encode(view))
            if time is not None:
                self.keep("time", msgspec.json.encode(time))

    def hall_time(self) -> HallTime | None:
        """Give the hall's time as it was last known."""
        return _read(self.kept("time"), HallTime)

    def restored(self) -> Restored:
        """Give everything the disk knows; what cannot be read any more counts as not known."""
        visits = self._do("select body from visit")
        numbers = self._do("select day, prefix, number from offline order by number")
        entries = [
            OutboxEntry(request_id, command)
            for request_id, command in self.outbox()
            if isinstance(command, HandOverVisit | ReportTicket)
        ]
        return Restored(
            identity=_read(self.kept("identity"), Identity),
            view=_read(self.kept("view"), KioskView),
            visit=_read(visits[0][0].encode(), PendingVisit) if visits else None,
            offline_numbers=tuple(OfflineNumber(*row) for row in numbers),
            outbox=tuple(entries),
            refused=tuple(
                RefusedHandOver(one.prefix, one.number, one.taken_at, error)
                for one, error in self.refused()
                if isinstance(one, HandOverVisit)
            ),
        )

    # --- catalogue ---

    def keep_catalogue(self, catalogue_hash: str, procedures: tuple[Procedure, ...]) -> None:
        """Keep a complete catalogue as a file, and remove those of other hashes."""
        path = self._catalogue_path(catalogue_hash)
        draft = path.with_suffix(".draft")
        draft.write_bytes(msgspec.json.encode(procedures))
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


def _read(body: bytes | None, kind: type[KindT]) -> KindT | None:
    if body is None:
        return None
    try:
        return msgspec.json.decode(body, type=kind)
    except msgspec.DecodeError:
        return None
