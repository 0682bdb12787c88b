"""Simulated days of a branch: thousands of drawn lines, every call judged, every promise asserted now and then.

``python -m tests.simulation.branch --seed 7 --steps 20000`` runs one by hand and tells how fast it went; a failure
prints the lines that led to it, which are a table that one can play again.
"""

import argparse
import random
import time
from collections import Counter
from datetime import date, timedelta

from protocol.configuration import KioskRange
from tests.support import invariants
from tests.support.everyday import Everyday
from tests.support.halls import limited_hall, small_hall
from tests.support.tables import Table

QUICK_EVERY = 20
SHOWN_LINES = 60


class Failed(AssertionError):  # noqa: N818 -- a simulation fails.
    """A promise was broken; says which, and by which lines."""


def simulate(seed: int, steps: int, *, steps_a_day: int = 1500, persons: int = 0) -> Counter[str]:
    """Play this many drawn lines, with a new business day after ``steps_a_day``; gives how often each verb did what.

    With ``persons`` the hall limits numbers per person, and so many persons take them.

    Raises :class:`Failed` with the seed and the last lines.
    """
    chance = random.Random(seed)
    own = (KioskRange(function_id="kiosk-1", prefix="H", first=21, last=80),)
    table = Table(limited_hall(kiosk_ranges=own) if persons else small_hall(kiosk_ranges=own))
    everyday = Everyday(table, chance, persons)
    for clerk, counter in (("an", "1"), ("binh", "2"), ("chi", "3")):
        table.say(f"signin {clerk} {counter}")
    lines: list[str] = []
    came: Counter[str] = Counter()
    try:
        for step in range(1, steps + 1):
            lines.append(_next_day(table) if step % steps_a_day == 0 else everyday.line())
            what = table.say(lines[-1])
            came[f"{lines[-1].split()[0]} {'refused' if what.startswith('refused') else 'done'}"] += 1
            if step % steps_a_day == 0:
                invariants.check(table.hall)
                everyday.off_line = 20
            elif step % QUICK_EVERY == 0:
                invariants.check(table.hall, invariants.QUICK)
        table.say(_closing(table))
        invariants.check(table.hall)
    except Exception as error:
        shown = "\n".join(lines[-SHOWN_LINES:])
        raise Failed(f"seed {seed}, line {len(lines)}: {error!r}\n{shown}") from error
    return came


def _next_day(table: Table) -> str:
    """Go on to half past seven of the next day on which the small hall works."""
    day = date.fromisoformat(table.hall.branch.day) + timedelta(days=1)
    while day.weekday() > 4 or day.isoformat() == "2026-11-24":
        day += timedelta(days=1)
    return f"at 07:30 {day.isoformat()}"


def _closing(table: Table) -> str:
    return f"at 20:00 {table.hall.branch.day}"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Play simulated days of a branch.")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--steps", type=int, default=20_000)
    asked = parser.parse_args()
    began = time.perf_counter()
    done = simulate(asked.seed, asked.steps)
    seconds = time.perf_counter() - began
    for name, count in sorted(done.items()):
        print(f"{name:<20} {count:>7}")  # noqa: T201 -- a command's output.
    print(f"seed {asked.seed}: {asked.steps} steps in {seconds:.1f} s, {asked.steps / seconds:.0f}/s")  # noqa: T201 -- the same.
