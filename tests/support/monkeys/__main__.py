"""Send one monkey out, in a process of its own; its report is one JSON line, its exit code tells whether it found."""

import argparse
import gc
import json
import sys
import time
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from kiosk.widgets import window
from tests.support.monkeys.watch import resident_kb

SETTLED = 0.3
"""From this share of the touches on, memory has what it needs."""


def main(wanted: argparse.Namespace) -> int:
    """Run, and report. An exception of the program's is a finding like any other."""
    with TemporaryDirectory() as state:
        window.prepare(Path(state), wanted.size, headless=True, full_screen=False)
        # Kivy is imported from here on.
        from tests.support.monkeys.hand import Monkey
        from tests.support.monkeys.plants import PLANTS
        from tests.support.monkeys.rating import RatingTerminal
        from tests.support.monkeys.ticket import TicketKiosk

        started_s = time.monotonic()
        # Halls that limit numbers per person and halls that do not, in turn.
        ticket = partial(TicketKiosk, per_person=wanted.seed % 2 == 0)
        monkey = Monkey(ticket if wanted.program == "ticket" else RatingTerminal, wanted.seed, wanted.folder)
        if wanted.plant:
            PLANTS[wanted.plant](monkey)
        report: dict[str, object] = {"program": wanted.program, "seed": wanted.seed, "found": ""}
        settled_kb = 0
        gc.collect()
        gc.freeze()
        try:
            monkey.run(int(wanted.touches * SETTLED))
            settled_kb = resident_kb()
            monkey.run(wanted.touches)
        except Exception as fault:  # noqa: BLE001 -- whatever it is, it was found: told, with its last touches.
            picture = wanted.folder / f"monkey-{wanted.program}-{wanted.seed}.png"
            monkey.glass.picture(picture)
            report |= {
                "found": f"{type(fault).__name__}: {fault}",
                "last": list(monkey.diary.last),
                "picture": str(picture),
            }
        report |= {
            "touches": monkey.diary.touches,
            "obeyed": dict(monkey.diary.obeyed),
            "reached": dict(monkey.diary.reached),
            "pages": monkey.glass.painted,
            "grown_kb": resident_kb() - settled_kb,
            "settled_kb": settled_kb,
            "seconds": round(time.monotonic() - started_s, 1),
            **monkey.animal.told(),
        }
    sys.stdout.write(json.dumps(report, ensure_ascii=False) + "\n")
    return 1 if report["found"] else 0


def size_of(text: str) -> tuple[int, int]:
    """Read ``WIDTHxHEIGHT``."""
    wide, high = (int(part) for part in text.split("x"))
    return wide, high


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("program", choices=("ticket", "rating"))
    parser.add_argument("touches", type=int)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--size", type=size_of, default=(540, 960))
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--plant", default="")
    sys.exit(main(parser.parse_args()))
