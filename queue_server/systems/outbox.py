"""What waits to be delivered, what was given up, and how far the log has been read. On disk, and bounded.

Each webhook has a line of its own, in the order of the log. Its head is tried until it is taken; it leaves the line for
the list of what was given up when the receiver has answered it wrongly too often, when it has waited too long, or when
the line is full. So every delivery is made at least once, or is on that list for people to see.
"""

import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, NamedTuple

from queue_server.store import Store
from queue_server.systems.register import instant

WAITING_MOST: Final = 10_000
"""Of one webhook: some twenty days of a hall of 260 visits."""
GIVEN_UP_MOST: Final = 500
"""Of one webhook: the oldest of what was given up are forgotten first."""
KEPT_S: Final = 86_400.0
"""Nobody who is told of yesterday's call can do anything with it."""


class Place(NamedTuple):
    """How far the log has been read, the last row's seq and hash; and for which webhooks."""

    seq: int
    hash: bytes
    webhook_ids: frozenset[str]


class Told(NamedTuple):
    """Something to tell a webhook. `delivery_id` is made of the webhook and the event, so nothing is told twice."""

    webhook_id: str
    delivery_id: str
    kind: str
    body: str


@dataclass(frozen=True, slots=True)
class Delivery:
    """Something that waits, or was given up."""

    number: int
    delivery_id: str
    kind: str
    body: str
    made_at: datetime
    tries: int
    problem: str
    given_up_at: datetime | None


class Outbox:
    """The lines of all webhooks."""

    def __init__(self, store: Store, utc_now: Callable[[], datetime]) -> None:
        self._store = store
        self._utc_now = utc_now

    # --- filling -------------------------------------------------------------------------------------------------

    def place(self) -> Place | None:
        """Tell how far the log has been read; None at the first start."""
        rows = self._store.rows("SELECT * FROM followed")
        return Place(rows[0]["seq"], rows[0]["hash"], frozenset(rows[0]["webhook_ids"].split())) if rows else None

    def put(self, told: Sequence[Told], place: Place) -> None:
        """Put deliveries into their lines and keep how far the log was read: both or nothing."""
        now_s = self._utc_now().timestamp()
        with self._store.transaction() as connection:
            known = {row[0] for row in connection.execute("SELECT webhook_id FROM webhooks")}
            connection.executemany(
                "INSERT OR IGNORE INTO deliveries (webhook_id, delivery_id, kind, body, made_at)"
                " VALUES (?, ?, ?, ?, ?)",
                [(*one, now_s) for one in told if one.webhook_id in known],
            )
            connection.execute("DELETE FROM followed")
            values = (place.seq, place.hash, " ".join(sorted(place.webhook_ids)))
            connection.execute("INSERT INTO followed VALUES (?, ?, ?)", values)
            for webhook_id in {one.webhook_id for one in told}:
                _keep_short(connection, webhook_id, now_s)

    def give_up_old(self) -> None:
        """Give up what has waited too long."""
        now_s = self._utc_now().timestamp()
        old = self._store.rows(
            "SELECT DISTINCT webhook_id FROM deliveries WHERE dead_at IS NULL AND made_at < ?", now_s - KEPT_S
        )
        if not old:
            return
        with self._store.transaction() as connection:
            connection.execute(
                "UPDATE deliveries SET dead_at = ?, problem = 'too_old' WHERE dead_at IS NULL AND made_at < ?",
                (now_s, now_s - KEPT_S),
            )
            for (webhook_id,) in old:
                _keep_short(connection, webhook_id, now_s)

    # --- delivering ----------------------------------------------------------------------------------------------

    def head(self, webhook_id: str) -> Delivery | None:
        """Give what is next for a webhook."""
        rows = self._store.rows(
            "SELECT * FROM deliveries WHERE webhook_id = ? AND dead_at IS NULL ORDER BY number LIMIT 1", webhook_id
        )
        return _delivery(rows[0]) if rows else None

    def taken(self, webhook_id: str, number: int) -> None:
        """Note that the receiver has taken it."""
        with self._store.transaction() as connection:
            connection.execute("DELETE FROM deliveries WHERE number = ?", (number,))
            connection.execute(
                "UPDATE webhooks SET delivered = delivered + 1, delivered_at = ?, failures = 0, again_at = 0,"
                " problem = '' WHERE webhook_id = ?",
                (self._utc_now().timestamp(), webhook_id),
            )

    def failed(self, webhook_id: str, number: int, problem: str, again_at_s: float, *, tries: int, last: bool) -> None:
        """Note that it failed, when the webhook is tried again, and whether this delivery is given up."""
        now_s = self._utc_now().timestamp()
        with self._store.transaction() as connection:
            connection.execute(
                "UPDATE deliveries SET tries = ?, problem = ?, dead_at = ? WHERE number = ?",
                (tries, problem, now_s if last else None, number),
            )
            connection.execute(
                "UPDATE webhooks SET failures = failures + 1, again_at = ?, problem = ? WHERE webhook_id = ?",
                (again_at_s, problem, webhook_id),
            )
            if last:
                _keep_short(connection, webhook_id, now_s)

    # --- people --------------------------------------------------------------------------------------------------

    def waiting(self, webhook_id: str) -> int:
        """Count what waits for a webhook."""
        question = "SELECT count(*) FROM deliveries WHERE webhook_id = ? AND dead_at IS NULL"
        return int(self._store.rows(question, webhook_id)[0][0])

    def count_given_up(self, webhook_id: str) -> int:
        """Count what was given up."""
        question = "SELECT count(*) FROM deliveries WHERE webhook_id = ? AND dead_at IS NOT NULL"
        return int(self._store.rows(question, webhook_id)[0][0])

    def given_up(self, webhook_id: str, most: int) -> list[Delivery]:
        """List the last that were given up, newest first."""
        question = "SELECT * FROM deliveries WHERE webhook_id = ? AND dead_at IS NOT NULL ORDER BY number DESC LIMIT ?"
        return [_delivery(row) for row in self._store.rows(question, webhook_id, most)]

    def send_again(self, webhook_id: str) -> int:
        """Put all that was given up back into the line, as if it were new, and try at once; tells how many."""
        with self._store.transaction() as connection:
            back = connection.execute(
                "UPDATE deliveries SET dead_at = NULL, tries = 0, problem = '', made_at = ?"
                " WHERE webhook_id = ? AND dead_at IS NOT NULL",
                (self._utc_now().timestamp(), webhook_id),
            ).rowcount
            connection.execute(
                "UPDATE webhooks SET again_at = 0, failures = 0, problem = '' WHERE webhook_id = ?", (webhook_id,)
            )
            return back

    def forget(self, webhook_id: str) -> int:
        """Forget all that was given up; tells how many."""
        with self._store.transaction() as connection:
            question = "DELETE FROM deliveries WHERE webhook_id = ? AND dead_at IS NOT NULL"
            return connection.execute(question, (webhook_id,)).rowcount


def _keep_short(connection: sqlite3.Connection, webhook_id: str, now_s: float) -> None:
    """Hold both lists of a webhook to their length; what is too much is the oldest."""
    connection.execute(
        "UPDATE deliveries SET dead_at = ?, problem = 'line_full' WHERE number IN (SELECT number FROM deliveries"
        " WHERE webhook_id = ? AND dead_at IS NULL ORDER BY number DESC LIMIT -1 OFFSET ?)",
        (now_s, webhook_id, WAITING_MOST),
    )
    connection.execute(
        "DELETE FROM deliveries WHERE number IN (SELECT number FROM deliveries"
        " WHERE webhook_id = ? AND dead_at IS NOT NULL ORDER BY number DESC LIMIT -1 OFFSET ?)",
        (webhook_id, GIVEN_UP_MOST),
    )


def _delivery(row: sqlite3.Row) -> Delivery:
    return Delivery(
        number=row["number"],
        delivery_id=row["delivery_id"],
        kind=row["kind"],
        body=row["body"],
        made_at=instant(row["made_at"]),
        tries=row["tries"],
        problem=row["problem"],
        given_up_at=instant(row["dead_at"]) if row["dead_at"] is not None else None,
    )
