"""Make a branch from a copy, in an empty folder, and verify it; put what pages keep into the folders beside it.

Those folders (web, api, public) must be empty or missing as well; with --branch-only they are left as they are.
Everybody signs in anew, with the password and the phone of the time of the copy.

What happened after the copy was made is not in it: numbers that were given since may be given again. So close the day
after restoring during one, or begin the day anew with the citizens who are there.

With --test nothing is kept but how it went: the newest of the copies in a folder is restored beside them, verified,
read to its last event and replayed, compared with the branch that is served, and taken away again. Exit code 0 when a
branch can be made of it, 1 when not.
"""

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING

from motcua.commands import Problem

if TYPE_CHECKING:
    from queue_server.beside import Beside


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments."""
    parser.add_argument("copy", type=Path, help="the copy's folder, branch-…Z; with --test the folder of copies")
    parser.add_argument("--state", type=Path, help="an empty folder for the branch; with --test the served branch's")
    parser.add_argument("--test", action="store_true", help="try whether the newest copy can be restored, and keep how")
    parser.add_argument("--branch-only", action="store_true", help="leave the folders of the programs of pages alone")
    parser.add_argument("--json", action="store_true", help="print a JSON object for scripts")


def run(arguments: argparse.Namespace) -> int:
    """Restore one branch, or try whether it could be."""
    if arguments.test:
        return _test(arguments)
    if arguments.state is None:
        raise Problem("name an empty folder for the branch: --state FOLDER")
    import sqlite3

    from queue_server.backup import BadCopy, restore
    from queue_server.clock import machine_clock
    from queue_server.journal import Journal, NotALog, OldSqlite
    from queue_server.log import LOG_FILE, CommitUnknown, LogUnusable

    try:
        verdict, beside = restore(arguments.copy, arguments.state, machine_clock(), branch_only=arguments.branch_only)
        with Journal(arguments.state / LOG_FILE) as journal:
            last_at = next(row.at for row in journal.rows(max(1, verdict.events)))
    except (BadCopy, NotALog, OldSqlite, LogUnusable, CommitUnknown, OSError, sqlite3.Error) as problem:
        raise Problem(f"nothing was restored: {problem}") from problem
    if arguments.json:
        told = {"state": str(arguments.state), "events": verdict.events, "last_at": last_at}
        print(json.dumps({**told, "beside": sorted(beside.files), "failed": beside.failed}))
    else:
        print(
            f"{arguments.state} holds the branch with {verdict.events} events, all verified; the last is of {last_at}."
        )
        print("Numbers given after that are not in it. Close the day, or begin it anew with those who are there.")
        _tell(beside)
    return 0


def _tell(beside: "Beside") -> None:
    """Say what of the programs of pages came back, and what is as it was when the copy was made."""
    if not beside.files:
        print("Nothing of the programs of pages was restored.")
        return
    print(f"Beside it: {', '.join(beside.files)}.")
    print("Everybody signs in anew. What was taken away since is there again: look through accounts, recovery codes")
    print("and the keys of other systems, and take it away once more.")
    for why in beside.failed.values():
        print(f"The copy lacks a part: when it was made, {why}")


def _test(arguments: argparse.Namespace) -> int:
    import msgspec

    from queue_server.clock import machine_clock
    from queue_server.restore_test import try_restore

    try:
        found = try_restore(arguments.copy, arguments.state, machine_clock())
    except OSError as problem:
        raise Problem(f"the restore test could not be kept: {problem}") from problem
    if arguments.json:
        print(msgspec.json.encode(found).decode())
    elif found.good:
        print(f"{found.copy}: a branch was made of it; {found.events} events of {found.days} days, whole and read.")
        last = f"{found.last_number or '-'}, last event {found.last_at}"
        print(f"Last number {last}; against the served branch: {found.agrees}.")
        people = "no accounts are in this copy" if found.accounts is None else f"who may sign in: {found.accounts}"
        print(f"Files of the programs of pages, all as they were copied: {found.beside}; {people}.")
    else:
        print(f"{found.copy or arguments.copy}: NOT RESTORED. {found.why}")
    return 0 if found.good else 1
