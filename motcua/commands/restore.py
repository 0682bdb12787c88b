"""Make a branch from a copy, in an empty folder, and verify it.

What happened after the copy was made is not in it: numbers that were given since may be given again. So close the day
after restoring during one, or begin the day anew with the citizens who are there.
"""

import argparse
import json
from pathlib import Path

from motcua.commands import Problem


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments."""
    parser.add_argument("copy", type=Path, help="the copy's folder, branch-…Z")
    parser.add_argument("--state", type=Path, required=True, help="an empty folder for the branch")
    parser.add_argument("--json", action="store_true", help="print a JSON object for scripts")


def run(arguments: argparse.Namespace) -> int:
    """Restore one branch."""
    from queue_server.backup import BadCopy, restore
    from queue_server.journal import Journal, NotALog, OldSqlite
    from queue_server.log import LOG_FILE, CommitUnknown, LogUnusable

    try:
        verdict = restore(arguments.copy, arguments.state)
        with Journal(arguments.state / LOG_FILE) as journal:
            last_at = next(row.at for row in journal.rows(max(1, verdict.events)))
    except (BadCopy, NotALog, OldSqlite, LogUnusable, CommitUnknown, OSError) as problem:
        raise Problem(f"nothing was restored: {problem}") from problem
    if arguments.json:
        print(json.dumps({"state": str(arguments.state), "events": verdict.events, "last_at": last_at}))
    else:
        print(
            f"{arguments.state} holds the branch with {verdict.events} events, all verified; the last is of {last_at}."
        )
        print("Numbers given after that are not in it. Close the day, or begin it anew with those who are there.")
    return 0
