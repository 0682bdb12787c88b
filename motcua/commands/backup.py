"""Copy a branch into a new folder, also while it is served; verify the copy, then let old copies go.

Kept are the last 24 copies, the last of each of 14 days and of each of 12 months. The keys are in the copy: treat it as
you treat the safe's key. A copy on the same disk is no backup.
"""

import argparse
import json
from pathlib import Path

from motcua.commands import Problem


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments."""
    parser.add_argument("target", type=Path, help="the folder that holds the copies, best on another disk")
    parser.add_argument("--state", type=Path, default=Path("state/server"), help="the branch's folder")
    parser.add_argument("--json", action="store_true", help="print a JSON object for scripts")


def run(arguments: argparse.Namespace) -> int:
    """Make one copy."""
    from queue_server.backup import BadCopy, back_up
    from queue_server.clock import machine_clock
    from queue_server.journal import NotALog, OldSqlite

    try:
        copy = back_up(arguments.state, arguments.target, machine_clock())
    except (BadCopy, NotALog, OldSqlite, OSError) as problem:
        raise Problem(f"no copy was made: {problem}") from problem
    if arguments.json:
        told = {"path": str(copy.path), "events": copy.verdict.events, "last_hash": copy.verdict.last_hash}
        print(json.dumps({**told, "removed": copy.removed}))
    else:
        print(f"{copy.path}: {copy.verdict.events} events, read back and verified; {copy.removed} old copies removed.")
    return 0
