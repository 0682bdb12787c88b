"""Copy a branch into a new folder, also while it is served; verify the copy, then let old copies go.

With the branch goes what the programs of pages keep in the folders web, api and public beside it: accounts and phones,
drafts of the hall, what was tried before the opening, keys of other systems. A file of theirs that cannot be copied is
named and makes the exit code 1; the copy of the branch is good all the same.

Kept are the last 24 copies, the last of each of 14 days and of each of 12 months. The keys are in the copy: treat it as
you treat the safe's key. A copy on the same disk is no backup.
"""

import argparse
import json
from pathlib import Path

from motcua.commands import Problem

ROOMS = ("web", "api", "public")


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments."""
    parser.add_argument("target", type=Path, help="the folder that holds the copies, best on another disk")
    parser.add_argument("--state", type=Path, default=Path("state/server"), help="the branch's folder")
    for room in ROOMS:
        parser.add_argument(f"--{room}", type=Path, help=f"the folder of motcua {room} (default: beside the branch's)")
    parser.add_argument("--json", action="store_true", help="print a JSON object for scripts")


def run(arguments: argparse.Namespace) -> int:
    """Make one copy."""
    from queue_server.backup import BadCopy, back_up
    from queue_server.beside import rooms_beside
    from queue_server.clock import machine_clock
    from queue_server.journal import NotALog, OldSqlite

    rooms = rooms_beside(arguments.state)
    rooms.update({room: given for room in ROOMS if (given := getattr(arguments, room)) is not None})
    try:
        copy = back_up(arguments.state, arguments.target, machine_clock(), rooms)
    except (BadCopy, NotALog, OldSqlite, OSError) as problem:
        raise Problem(f"no copy was made: {problem}") from problem
    if arguments.json:
        told = {"path": str(copy.path), "events": copy.verdict.events, "last_hash": copy.verdict.last_hash}
        print(json.dumps({**told, "removed": copy.removed, "beside": sorted(copy.beside.files)}))
    else:
        print(f"{copy.path}: {copy.verdict.events} events, read back and verified; {copy.removed} old copies removed.")
        held = ", ".join(copy.beside.files) or "nothing: there is no folder of theirs beside the branch's"
        print(f"Of the programs of pages: {held}.")
    if copy.beside.failed:
        raise Problem(f"{copy.path} is good, but lacks a part: " + "; ".join(copy.beside.failed.values()))
    return 0
