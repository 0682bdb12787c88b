"""Where a system wants to be told, of what, and how it stands with telling it."""

import base64
import secrets
import sqlite3
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal, get_args
from urllib.parse import urlsplit

from queue_server.store import Store
from queue_server.systems.addresses import check_address
from queue_server.systems.register import SystemProblem, instant

News = Literal["calls", "ends"]
NEWS: Final[tuple[News, ...]] = get_args(News)
"""Of what a system may be told."""


@dataclass(frozen=True, slots=True)
class Webhook:
    """An address of a system, and what came of the last deliveries. `secret` is of its owner and nobody else."""

    webhook_id: str
    system_id: str
    address: str
    news: frozenset[News]
    secret: str
    made_at: datetime
    delivered: int
    delivered_at: datetime | None
    failures: int
    """In a row, up to now."""
    again_at_s: float
    """Before this instant nothing is tried."""
    problem: str
    """The last; empty while all is well."""

    @property
    def shown_address(self) -> str:
        """The receiver alone: what follows may be a secret that it knows this hall by."""
        parts = urlsplit(self.address)
        return f"{parts.scheme}://{parts.netloc}/…"


class Webhooks:
    """The webhooks, one for each system at most."""

    def __init__(self, store: Store, utc_now: Callable[[], datetime]) -> None:
        self._store = store
        self._utc_now = utc_now

    def all(self) -> list[Webhook]:
        """List them."""
        return [_webhook(row) for row in self._store.rows("SELECT * FROM webhooks ORDER BY system_id")]

    def of(self, system_id: str) -> Webhook | None:
        """Give the one of a system."""
        rows = self._store.rows("SELECT * FROM webhooks WHERE system_id = ?", system_id)
        return _webhook(rows[0]) if rows else None

    def set(self, system_id: str, address: str, news: Iterable[News], *, by: str) -> str:
        """Set where a system is told; gives the secret to sign with, this once. Raises :class:`SystemProblem`.

        A webhook that is set anew begins anew: with another secret, and without what waited for the old address.
        """
        wanted = frozenset(news)
        if not wanted or not wanted <= set(NEWS):
            raise SystemProblem("kinds")
        if check_address(address):
            raise SystemProblem("address")
        secret = secrets.token_bytes(32)
        shown = f"whsec_{base64.b64encode(secret).decode()}"
        values = (system_id, secrets.token_hex(6), address, " ".join(sorted(wanted)), shown)
        with self._store.transaction() as connection:
            connection.execute("DELETE FROM webhooks WHERE system_id = ?", (system_id,))
            connection.execute(
                "INSERT INTO webhooks (system_id, webhook_id, address, kinds, secret, made_at, made_by)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                (*values, self._utc_now().timestamp(), by),
            )
        return shown

    def remove(self, system_id: str) -> bool:
        """Tell a system no more, and forget what waited; tells whether there was a webhook."""
        with self._store.transaction() as connection:
            return connection.execute("DELETE FROM webhooks WHERE system_id = ?", (system_id,)).rowcount > 0


def _webhook(row: sqlite3.Row) -> Webhook:
    known: dict[str, News] = {one: one for one in NEWS}
    return Webhook(
        webhook_id=row["webhook_id"],
        system_id=row["system_id"],
        address=row["address"],
        news=frozenset(known[one] for one in row["kinds"].split()),
        secret=row["secret"],
        made_at=instant(row["made_at"]),
        delivered=row["delivered"],
        delivered_at=instant(row["delivered_at"]) if row["delivered_at"] is not None else None,
        failures=row["failures"],
        again_at_s=row["again_at"],
        problem=row["problem"],
    )
