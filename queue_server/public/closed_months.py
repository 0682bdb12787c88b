"""Which months' results are told to the public, by the report tables: looked up now and then, never by each phone."""

import logging
import sqlite3
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from queue_server.reporting.month_rows import ClosingRow
from queue_server.reporting.month_tables import public_months
from queue_server.reporting.tables import NoReports

KEPT_S: Final = 60.0
MONTHS_SHOWN: Final = 24

log = logging.getLogger(__name__)


class PublicMonths:
    """Which months are told of, looked up again after a minute; for any thread."""

    def __init__(self, reports: Path, now_s: Callable[[], float] = time.monotonic) -> None:
        self.folder = reports.parent
        self._reports = reports
        self._now_s = now_s
        self._lock = threading.Lock()
        self._due_s = 0.0
        self._known: dict[str, ClosingRow] = {}

    def known(self) -> dict[str, ClosingRow]:
        """Give the closings by month, the latest first; none where the hall publishes nothing, or there are none."""
        with self._lock:
            if self._now_s() < self._due_s:
                return self._known
            self._due_s = self._now_s() + KEPT_S
        found = self._read()
        with self._lock:
            if found is not None:
                self._known = found
            return self._known

    def _read(self) -> dict[str, ClosingRow] | None:
        """Read the months; None while the tables cannot be read, so that what was known stays."""
        try:
            closings = public_months(self._reports)
        except NoReports:
            return {}
        except sqlite3.Error as error:
            log.warning("the closed months cannot be read: %s; it is tried again in %.0f s", error, KEPT_S)
            return None
        latest = sorted(closings, reverse=True)[:MONTHS_SHOWN]
        return {month: closings[month] for month in latest}
