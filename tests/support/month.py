"""Some weeks of a ward's hall with people who are simulated, so that its figures look like those of a real one."""

from functools import cache

from motcua.bench.estimates.playing import FIRST_DAY
from motcua.bench.recorded_days import recorded_days, simulated_hall
from protocol.events import AnyEvent

FIRST = FIRST_DAY.isoformat()
MONTH = FIRST[:7]


@cache
def weeks(days: int, tickets: int = 150, seed: int = 1) -> tuple[AnyEvent, ...]:
    """Play so many working days from the first Monday on; gives the log's events."""
    return tuple(recorded_days(simulated_hall("ward 1", tickets, seed), days))
