"""What a touch program must not forget in a power cut: a small SQLite file, every commit on disk (`synchronous=FULL`).

outbox     commands that must reach the server, in order, under the ids they will always have
knowledge  facts by name: who the server says we are, the hall as last seen
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import apsw

from protocol.codec import Malformed, decode_command, encode
from protocol.commands import AnyCommand

BUSY_TIMEOUT_MS = 2_000
REFUSED_KEPT = 500
"""Refused commands that are kept for the technician; the oldest go first."""

_SCHEMA = """
create table if not exists outbox (serial integer primary key, request_id text unique not null, body blob not null,
    error text not null default '');
create table if not exists knowledge (name text primary key, body blob not null);
"""


class Outbox:
    """The file. One thread uses it at a time; every method raises apsw.Error when the disk says no."""

    def __init__(self, folder: Path, schema: str = "") -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._connection = apsw.Connection(str(folder / "kiosk.db"))
        self._connection.set_busy_timeout(BUSY_TIMEOUT_MS)
        for pragma in ("journal_mode=wal", "synchronous=full"):
            self._connection.execute(f"pragma {pragma}")
        self._connection.execute(_SCHEMA + schema)

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def keep_outbox(self, request_id: str, command: AnyCommand) -> None:
        """Make a command durable; the same id again changes nothing."""
        self._do("insert or ignore into outbox (request_id, body) values (?, ?)", request_id, encode(command))

    def drop_outbox(self, request_id: str, error: str = "") -> None:
        """Forget a command that has arrived; a refused one is kept with its code, out of the way."""
        if not error:
            self._do("delete from outbox where request_id = ?", request_id)
            return
        with self._transaction():
            self._do("update outbox set error = ? where request_id = ?", error, request_id)
            self._do(
                "delete from outbox where serial in "
                "(select serial from outbox where error <> '' order by serial desc limit -1 offset ?)",
                REFUSED_KEPT,
            )

    def outbox(self) -> tuple[tuple[str, AnyCommand], ...]:
        """Give the commands that wait, oldest first, with their ids."""
        found = self._do("select request_id, body from outbox where error = '' order by serial")
        commands: list[tuple[str, AnyCommand]] = []
        for request_id, body in found:
            try:
                commands.append((request_id, decode_command(body)))
            except Malformed:
                # Of a version that nobody speaks any more: kept for the technician, not sent.
                self.drop_outbox(request_id, "malformed")
        return tuple(commands)

    def refused(self) -> tuple[tuple[AnyCommand, str], ...]:
        """Give the commands that the server refused, oldest first, each with the refusal's code."""
        commands: list[tuple[AnyCommand, str]] = []
        for body, error in self._do("select body, error from outbox where error <> '' order by serial"):
            with suppress(Malformed):  # Of a version that nobody speaks any more.
                commands.append((decode_command(body), error))
        return tuple(commands)

    def keep(self, name: str, body: bytes) -> None:
        """Keep a fact under its name."""
        self._do("insert or replace into knowledge values (?, ?)", name, body)

    def kept(self, name: str) -> bytes | None:
        """Give a fact, or None."""
        found = self._do("select body from knowledge where name = ?", name)
        return bytes(found[0][0]) if found else None

    def _do(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        return list(self._connection.execute(sql, values))

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        with self._connection:
            yield
