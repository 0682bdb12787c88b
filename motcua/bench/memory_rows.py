"""What a kiosk's memory comes to after years in small: three thousand tickets, each taken by real touches."""

import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from itertools import count
from pathlib import Path

from motcua.bench.branch import new_branch, resident_mb, serving
from motcua.bench.program_rows import STEP_TIMEOUT_S, kiosk_door, simulated_printer, touch_to_number_s
from motcua.bench.rows import Row, percentile

FIRST_TICKETS = 200
"""From here on it is measured: each wish has met each service, and what is kept of words has reached its bound."""
TICKETS = 3_000
TOLD_EVERY = 500
WISHES: tuple[tuple[str, ...], ...] = (
    (),
    ("key:language",),
    (),
    ("key:large_text",),
    (),
    ("key:language", "key:high_contrast"),
    ("key:low_reach",),
)
"""What citizens ask of the screen, one after the other; the next one finds it as it was."""


def memory_rows() -> Iterator[Row]:
    """One kiosk with its printer, and a hall in which nobody ever has to wait for anything but the screen."""
    with ExitStack() as stack:
        branch = stack.enter_context(new_branch(kiosks=1))
        server = stack.enter_context(serving(branch))
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        printer = stack.enter_context(simulated_printer(folder))
        pid, door = stack.enter_context(kiosk_door(folder, branch.kiosks[0], server, "--printer", printer))
        door.screen.wait(lambda now: now.page == "services", STEP_TIMEOUT_S)
        services = [action for action in door.screen.value.actions if action.startswith("service:")]
        citizens = count()

        def serve(tickets: int) -> Iterator[float]:
            for number, citizen in zip(range(1, tickets + 1), citizens, strict=False):
                wishes = WISHES[citizen // len(services) % len(WISHES)]
                service = services[citizen % len(services)]
                yield touch_to_number_s(door, (*wishes, service, "class:usual", "take"))
                if number % TOLD_EVERY == 0:
                    print(f"  {number} tickets: {resident_mb(pid):.1f} MB", file=sys.stderr, flush=True)

        fresh_mb = resident_mb(pid)
        list(serve(FIRST_TICKETS))
        before_mb = resident_mb(pid)
        taken_ms = [taken_s * 1000 for taken_s in serve(TICKETS)]
        growth = 100 * (resident_mb(pid) / before_mb - 1)
    what = f"kiosk: growth of resident memory over {TICKETS:,} tickets"
    yield Row(
        what=what, value=growth, unit="%", budget=5, note=f"from {before_mb:.0f} MB; {fresh_mb:.0f} before the first"
    )
    what = f"touch to number on the screen, {TICKETS:,} tickets with citizens' wishes: p99"
    yield Row(what=what, value=percentile(taken_ms, 0.99), unit="ms", budget=100)
