"""Open a training hall: the hall's own services and counters, simulated citizens, and tickets that are worth nothing.

    motcua training --from /var/lib/motcua/server        the real hall as it is configured now; its log is only read
    motcua training --from state/server --free 2         two counters are left to people, the others to simulated clerks
    motcua training --printer tcp://10.0.0.9:9100        tickets on a real printer, each marked in a frame

It is a branch of its own, on ports of its own, in a folder that goes away at the end (--state keeps it). Nothing of it
enters a number, a board, a log or a report of the real hall. Ctrl-C ends all of it.
"""

import argparse
from pathlib import Path

CONFIG = Path(__file__).parents[2] / "config"


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments."""
    parser.add_argument(
        "--from", dest="real", type=Path, default=Path("state/server"), metavar="DIR", help="the real branch's folder"
    )
    parser.add_argument(
        "--config", type=Path, default=CONFIG, metavar="DIR", help="the hall, where --from holds no branch"
    )
    parser.add_argument("--free", type=int, default=1, metavar="N", help="counters left to people (default: 1)")
    parser.add_argument("--quiet-hall", action="store_true", help="no simulated citizens and clerks at all")
    parser.add_argument("--speed", type=float, default=1.0, metavar="X", help="hall seconds in a real one (default: 1)")
    parser.add_argument("--seed", type=int, default=7, help="the number from which the citizens are drawn (default: 7)")
    parser.add_argument("--minutes", type=float, metavar="N", help="end by itself after N minutes")
    parser.add_argument("--printer", default="", metavar="ADDRESS", help="a real printer for the first kiosk")
    parser.add_argument("--headless", action="store_true", help="open no windows")
    parser.add_argument("--state", type=Path, metavar="DIR", help="keep everything in this new folder")
    parser.add_argument("--json", action="store_true", help="print the addresses and passwords as one JSON object")


def run(arguments: argparse.Namespace) -> int:
    """Run the training hall until it is ended."""
    from motcua.demo.demonstration import Wishes, demonstrate
    from motcua.demo.training import Training, marked, sources_of
    from motcua.workbench.words import read_texts

    sources = marked(sources_of(arguments.real, arguments.config), read_texts(CONFIG))
    return demonstrate(
        Wishes(
            day=None,
            seed=arguments.seed,
            speed=arguments.speed,
            minutes=arguments.minutes,
            quiet_hall=arguments.quiet_hall,
            headless=arguments.headless,
            folder=arguments.state,
            visits=None,
            kills=0,
            as_json=arguments.json,
            training=Training(sources, max(0, arguments.free)),
            printer=arguments.printer,
        )
    )
