"""Measure the performance budget, how true the estimates of waiting are, or what fraud with ratings is seen.

`motcua bench` gives each figure of the budget beside its floor of the same run. Exit code 0 when every budget is kept,
1 when one is not. Nothing else should run on the machine meanwhile; a floor that is high says that something did.

`motcua bench estimate` plays simulated halls for some months and compares our range with four other methods. Exit code
0 when the target is reached. It takes about five minutes of one core; a busy machine changes none of its figures.

`motcua bench satisfaction` lets simulated clerks press for citizens, on the real rules and beside the charts that watch
for it. Exit code 0 when the target is reached. It takes about half a minute.
"""

import argparse
import json
import sys


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments."""
    parser.add_argument(
        "what", nargs="?", choices=("budget", "estimate", "satisfaction"), default="budget", help="what to measure"
    )
    parser.add_argument("--json", action="store_true", help="print a list of rows, or a verdict, instead of tables")
    budget = parser.add_argument_group("budget")
    budget.add_argument("--only", metavar="WORD", default="", help="measure the groups whose name holds this word")
    estimate = parser.add_argument_group("estimate")
    estimate.add_argument("--days", type=_days, default=50, help="working days of each of the six halls (50)")
    simulated = parser.add_argument_group("estimate, satisfaction")
    simulated.add_argument("--seed", type=int, default=1, help="the seed of the halls (1)")
    simulated.add_argument("--write", action="store_true", help="put the tables into the page in docs/ too")
    satisfaction = parser.add_argument_group("satisfaction")
    satisfaction.add_argument("--branches", type=_positive, default=200, help="branches for each tactic (200)")
    satisfaction.add_argument("--honest", type=_positive, default=600, help="branches of honest clerks alone (600)")


def run(arguments: argparse.Namespace) -> int:
    """Measure and print."""
    return {"budget": _budget, "estimate": _estimate, "satisfaction": _satisfaction}[arguments.what](arguments)


def _days(text: str) -> int:
    from motcua.bench.estimates.comparison import LEARNING_DAYS

    days = int(text)
    if days <= LEARNING_DAYS:
        raise argparse.ArgumentTypeError(f"more than {LEARNING_DAYS}: the first {LEARNING_DAYS} days only teach")
    return days


def _positive(text: str) -> int:
    if (number := int(text)) < 1:
        raise argparse.ArgumentTypeError("1 or more")
    return number


def _satisfaction(arguments: argparse.Namespace) -> int:
    from motcua.bench.estimates.comparison import configurations
    from motcua.bench.satisfaction.page import measure, parts, write

    bench = measure(configurations()["commune"], arguments.seed, arguments.branches, arguments.honest)
    made = parts(bench)
    if arguments.write:
        write(made)
    if arguments.json:
        rates = {one.method: one.rate for one in bench.false_alarms}
        print(json.dumps({"false_alarms": rates, "ok": bench.ok}, ensure_ascii=False, indent=1))
    else:
        print("\n\n".join(made.values()))
    return 0 if bench.ok else 1


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
