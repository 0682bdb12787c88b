"""Measure the performance budget, or how true the estimates of waiting are.

`motcua bench` gives each figure of the budget beside its floor of the same run. Exit code 0 when every budget is kept,
1 when one is not. Nothing else should run on the machine meanwhile; a floor that is high says that something did.

`motcua bench estimate` plays simulated halls for some months and compares our range with four other methods. Exit code
0 when the target is reached. It takes about five minutes of one core; a busy machine changes none of its figures.
"""

import argparse
import json
import sys


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments."""
    parser.add_argument("what", nargs="?", choices=("budget", "estimate"), default="budget", help="what to measure")
    parser.add_argument("--json", action="store_true", help="print a list of rows, or a verdict, instead of tables")
    budget = parser.add_argument_group("budget")
    budget.add_argument("--only", metavar="WORD", default="", help="measure the groups whose name holds this word")
    estimate = parser.add_argument_group("estimate")
    estimate.add_argument("--days", type=_days, default=50, help="working days of each of the six halls (50)")
    estimate.add_argument("--seed", type=int, default=1, help="the seed of the halls (1)")
    estimate.add_argument("--write", action="store_true", help="put the tables into docs/estimate.md too")


def run(arguments: argparse.Namespace) -> int:
    """Measure and print."""
    return _estimate(arguments) if arguments.what == "estimate" else _budget(arguments)


def _days(text: str) -> int:
    from motcua.bench.estimates.comparison import LEARNING_DAYS

    days = int(text)
    if days <= LEARNING_DAYS:
        raise argparse.ArgumentTypeError(f"more than {LEARNING_DAYS}: the first {LEARNING_DAYS} days only teach")
    return days


def _budget(arguments: argparse.Namespace) -> int:
    from motcua.bench.rows import Row, table
    from motcua.bench.suite import GROUPS

    rows: list[Row] = []
    for name, measure in GROUPS.items():
        if arguments.only in name:
            print(f"measuring: {name}", file=sys.stderr, flush=True)
            rows += measure()
    if arguments.json:
        print(json.dumps([row.as_json() for row in rows], ensure_ascii=False, indent=1))
    else:
        print(table(rows))
    return 0 if rows and all(row.ok for row in rows) else 1


def _estimate(arguments: argparse.Namespace) -> int:
    from motcua.bench.estimates.comparison import Told, configurations, halls
    from motcua.bench.estimates.page import made, measure, write
    from motcua.bench.estimates.table import verdict

    all_told: list[Told] = []
    all_silent = 0
    all_halls = halls(configurations(), arguments.seed)
    for hall, told, silent in measure(all_halls, arguments.days):
        found = verdict([one for one in told if one.has_to_wait])
        print(
            f"{hall.name}: {found.told} told, ratio {found.ratio:.2f}, "
            f"{found.longer_than_low:.1%} above P50, {found.longer_than_high:.1%} above P90",
            file=sys.stderr,
            flush=True,
        )
        all_told += told
        all_silent += silent
    text = made(all_told, all_silent, len(all_halls), arguments.days, arguments.seed)
    if arguments.write:
        write(text)
    found = verdict([one for one in all_told if one.has_to_wait])
    if arguments.json:
        print(json.dumps({**found._asdict(), "ratio": found.ratio, "ok": found.ok}, ensure_ascii=False, indent=1))
    else:
        print(text)
    return 0 if found.ok else 1
