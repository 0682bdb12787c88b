"""The shipped ward hall with some recorded days, as a log on disk beside the staff pages."""

from pathlib import Path
from typing import Final

from motcua.bench.recorded_days import keep_log, recorded_days, simulated_hall
from queue_server.config import read_sources

CONFIG: Final = Path(__file__).parents[2] / "config"
DAYS: Final = 2


def ward_sources() -> dict[str, str]:
    """Give the texts of the ward hall."""
    return read_sources(CONFIG)


def keep_ward(state: Path, *, tickets: int = 90) -> Path:
    """Write the log; gives the file."""
    return keep_log(state, recorded_days(simulated_hall("ward 1", tickets, 4), DAYS, ward_sources()))
