"""Measure the performance budget: each figure beside its floor of the same run.

Exit code 0 when every budget is kept, 1 when one is not. Nothing else should run on the machine meanwhile; a floor that
is high says that something did.
"""

import argparse
import json
import sys


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments."""
    parser.add_argument("--json", action="store_true", help="print a list of rows instead of the table")
    parser.add_argument("--only", metavar="WORD", default="", help="measure the groups whose name holds this word")


def run(arguments: argparse.Namespace) -> int:
    """Measure and print."""
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
