"""Run a whole hall on this machine: server, staff pages, kiosk, board, keypads, with simulated devices and people.

Every program runs as in a hall, paired by a technician's key, over real sockets and wires; only the far ends of the
wires and the people are simulated. Windows open where there is a screen. Ctrl-C ends all of it.

    motcua demo                                  look around; citizens and clerks come and go at their own pace
    motcua demo --quiet-hall                     an empty hall: everything is yours
    motcua demo --day ward --seed 7 --speed 300 --headless --json
                                                 one whole simulated working day, counted from the outside
"""

import argparse
from pathlib import Path


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments."""
    parser.add_argument("--day", choices=("ward", "large"), help="run this simulated day and end with its report")
    parser.add_argument("--seed", type=int, default=7, help="the number from which the people are drawn (default: 7)")
    parser.add_argument("--speed", type=float, default=1.0, metavar="X", help="hall seconds in a real one (default: 1)")
    parser.add_argument("--minutes", type=float, metavar="N", help="end by itself after N minutes")
    parser.add_argument("--quiet-hall", action="store_true", help="no simulated citizens and clerks")
    parser.add_argument(
        "--past-weeks", type=int, metavar="N", help="how many weeks before were played, for managers to read (usual: 8)"
    )
    parser.add_argument("--headless", action="store_true", help="open no windows")
    parser.add_argument("--state", type=Path, metavar="DIR", help="keep everything in this new folder")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="the same: keep pictures, log and notes of the day")
    parser.add_argument("--visits", type=int, metavar="N", help="only the first N citizens of the day come")
    parser.add_argument("--kill-server", type=int, default=0, metavar="N", help="kill the server N times in the day")
    parser.add_argument("--json", action="store_true", help="print one JSON object (a day's report, or the addresses)")


def run(arguments: argparse.Namespace) -> int:
    """Run the demonstration."""
    from motcua.demo.demonstration import Wishes, demonstrate

    return demonstrate(
        Wishes(
            day=arguments.day,
            seed=arguments.seed,
            speed=arguments.speed,
            minutes=arguments.minutes,
            quiet_hall=arguments.quiet_hall,
            headless=arguments.headless,
            folder=arguments.keep or arguments.state,
            visits=arguments.visits,
            kills=arguments.kill_server,
            as_json=arguments.json,
            past_weeks=arguments.past_weeks,
        )
    )
