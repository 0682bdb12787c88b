"""How long people usually wait, by the hour in which they take their number: read from the report tables.

Figures of the last four weeks, today left out; the middle (P50) and what nine of ten stay below (P90). An hour with
few visits says how few, and gives no figure: it would be chance, and could be traced to persons.
"""

import logging
import sqlite3
import threading
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Final

DAYS: Final = 28
LEAST_VISITS: Final = 10
KEPT_S: Final = 600.0
AGAIN_S: Final = 5.0
"""So soon tables are read again that could not be read: the report program holds them for moments, not for minutes."""
READ_WAIT_S: Final = 1.0

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class UsualHour:
    """The hour from `hour` on: how many visits there were, and how long they waited, in seconds (None: too few)."""

    hour: int
    visits: int
    middle_s: int | None
    most_s: int | None


@dataclass(frozen=True, slots=True)
class Usual:
    """What is known: of how many days, and by hour, for one service or (under "") all together."""

    days: int
    hours: dict[str, tuple[UsualHour, ...]]


NOTHING: Final = Usual(0, {})


def usual_of(rows: list[tuple[str, str, str, int]], utc_offset_s: int) -> Usual:
    """Work out the figures of (day, service, taken_at in ISO 8601, waited in seconds)."""
    local = timezone(timedelta(seconds=utc_offset_s))
    waits: dict[str, dict[int, list[int]]] = {}
    for _, service_id, taken_at, waited_s in rows:
        hour = datetime.fromisoformat(taken_at).astimezone(local).hour
        for name in ("", service_id):
            waits.setdefault(name, {}).setdefault(hour, []).append(waited_s)
    hours = {
        name: tuple(_hour(hour, sorted(by_hour[hour])) for hour in sorted(by_hour)) for name, by_hour in waits.items()
    }
    return Usual(len({day for day, *_ in rows}), hours)


def _hour(hour: int, waited_s: list[int]) -> UsualHour:
    if len(waited_s) < LEAST_VISITS:
        return UsualHour(hour, len(waited_s), None, None)
    return UsualHour(hour, len(waited_s), _share(waited_s, 50), _share(waited_s, 90))


def _share(ascending: list[int], percent: int) -> int:
    """Give the least value that so many per cent do not exceed (nearest rank)."""
    return ascending[-(-percent * len(ascending) // 100) - 1]


class UsualWaits:
    """The figures, read again every ten minutes; for any thread.

    While the tables cannot be read, what was read last is told on; one thread tries again, the others do not wait.
    """

    def __init__(
        self, tables: Path, now_s: Callable[[], float] = time.monotonic, read_wait_s: float = READ_WAIT_S
    ) -> None:
        self._read_wait_s = read_wait_s
        self._tables = tables
        self._now_s = now_s
        self._lock = threading.Lock()
        self._due_s = 0.0
        self._day = ""
        self._usual = NOTHING
        self._well = True

    def before(self, day: str, utc_offset_s: int) -> Usual:
        """Give the figures of the days before this one; nothing where there are no tables yet."""
        with self._lock:
            now_s = self._now_s()
            if not day or (now_s < self._due_s and day == self._day):
                return self._usual
            self._due_s, self._day = now_s + AGAIN_S, day
        rows = self._rows(day)
        with self._lock:
            if rows is not None:
                self._usual, self._due_s = usual_of(rows, utc_offset_s), now_s + KEPT_S
            return self._usual

    def _rows(self, day: str) -> list[tuple[str, str, str, int]] | None:
        """Read the visits before a day; None while that cannot be done, or while there are no tables yet."""
        first = (datetime.fromisoformat(day).replace(tzinfo=UTC) - timedelta(days=DAYS)).date().isoformat()
        wanted = (
            "SELECT day, first_service_id, taken_at, waited_s FROM visits"
            " WHERE day >= ? AND day < ? AND waited_s IS NOT NULL"
        )
        if not self._tables.exists():
            return None
        try:
            where = f"{self._tables.resolve().as_uri()}?mode=ro"
            with closing(sqlite3.connect(where, uri=True, timeout=self._read_wait_s)) as tables:
                rows = tables.execute(wanted, (first, day)).fetchall()
        except sqlite3.Error as error:
            if self._well:
                log.warning("the usual waits cannot be read: %s; it is tried again every %.0f s", error, AGAIN_S)
            self._well = False
            return None
        self._well = True
        return rows
