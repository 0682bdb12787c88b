"""What earlier days tell of a day to come: who came when for what, and how long services took. For `advice`."""

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Final

from queue_server.reporting.advice import LEAST_DAYS, History
from queue_server.reporting.tables import open_to_read

DAYS_LOOKED_AT: Final = 100
DAYS_TAKEN: Final = 20
SERVICES_TAKEN: Final = 400
"""Of each service, the last so many."""


def read_history(path: Path, today: str) -> History:
    """Read the last closed days before `today`: of its own weekday where there are enough, else of all.

    Raises `NoReports`.
    """
    with open_to_read(path) as (tables, _):
        found = tables.execute(
            "SELECT day, utc_offset_s FROM days WHERE day < ? AND closed_at <> '' ORDER BY day DESC LIMIT ?",
            (today, DAYS_LOOKED_AT),
        )
        offsets = dict(found)
        days = days_like(today, list(offsets))
        marks = ", ".join("?" * len(days))
        arrivals: dict[str, list[tuple[int, str]]] = {day: [] for day in days}
        for day, taken_at, service_id in tables.execute(
            f"SELECT day, taken_at, first_service_id FROM visits WHERE day IN ({marks})",  # noqa: S608 -- marks only.
            days,
        ):
            arrivals[day].append((time_of_day_s(datetime.fromisoformat(taken_at), offsets[day]), service_id))
        service_s: dict[str, list[int]] = {}
        first = min(offsets, default=today)
        for service_id, served_s in tables.execute(
            "SELECT service_id, served_s FROM stages WHERE day >= ? AND day < ? AND outcome <> '' ORDER BY seq DESC",
            (first, today),
        ):
            taken = service_s.setdefault(service_id, [])
            if len(taken) < SERVICES_TAKEN:
                taken.append(served_s)
    return History(arrivals=[sorted(arrivals[day]) for day in days], service_s=service_s)


def days_like(today: str, days: list[str]) -> list[str]:
    """Choose from the last days, the latest first: those of the same weekday when there are enough of them."""
    weekday = date.fromisoformat(today).weekday()
    same = [day for day in days if date.fromisoformat(day).weekday() == weekday]
    return (same if len(same) >= LEAST_DAYS else days)[:DAYS_TAKEN]


def time_of_day_s(at: datetime, utc_offset_s: int) -> int:
    """Give the seconds after midnight at the hall."""
    local = at + timedelta(seconds=utc_offset_s)
    return local.hour * 3600 + local.minute * 60 + local.second
