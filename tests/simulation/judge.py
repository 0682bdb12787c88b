"""Judges a copy of the rules: all tables, then simulated days. Exit 0 when they keep every promise.

Run as ``python -P -m tests.simulation.judge`` with the copy first on ``PYTHONPATH``.
"""

import argparse
import sys

from queue_server import core
from tests.simulation.branch import Failed, simulate
from tests.support.halls import limited_hall, small_hall
from tests.support.tables import play
from tests.unit.core import (
    test_counter_help,
    test_linked,
    test_own_day,
    test_persons,
    test_ratings,
    test_scenarios,
    test_tickets,
)

PERSONS = 30


def judge(seed: int, steps: int) -> str:
    """Give what convicts the rules; empty when nothing does."""
    rooms = (test_scenarios, test_tickets, test_linked, test_counter_help, test_own_day)
    tables = [one for room in rooms for one in room.SCENARIOS.items()]
    tables += [(name, test_ratings.SERVED + script) for name, script in test_ratings.SCENARIOS.items()]
    halls = [(name, script, small_hall()) for name, script in tables]
    halls += [(name, script, limited_hall()) for name, script in test_persons.SCENARIOS.items()]
    for name, script, hall in halls:
        try:
            play(script, hall)
        except Exception as error:  # noqa: BLE001 -- whatever goes wrong convicts.
            return f"table {name!r}: {type(error).__name__}: {error}"
    try:
        simulate(seed, steps)
        simulate(seed, steps // 2, persons=PERSONS)
    except Failed as error:
        return str(error).splitlines()[0]
    return ""


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Judge the rules that stand first on PYTHONPATH.")
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--steps", type=int, default=3000)
    asked = parser.parse_args()
    verdict = judge(asked.seed, asked.steps)
    print(core.__file__)  # noqa: T201 -- says which copy was judged.
    print(verdict or "no promise was broken")  # noqa: T201 -- the verdict.
    sys.exit(1 if verdict else 0)
