"""Verify a branch's log: that each event is as it was written, and in its place.

Each event carries the hash of the one before. The file of day heads beside the log also tells a tail that was cut and a
chain that was made anew; compare its last hash of a day with the closing paper. Exit code 0 when all holds, 1 when not.
"""

import argparse
import json
from pathlib import Path

from motcua.commands import Problem


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments."""
    parser.add_argument("--state", type=Path, default=Path("state/server"), help="the branch's folder, or a backup's")
    parser.add_argument("--heads", type=Path, default=None, help="a file of day heads (default: the one in the folder)")
    parser.add_argument("--json", action="store_true", help="print a JSON object for scripts")


def run(arguments: argparse.Namespace) -> int:
    """Verify one log."""
    from queue_server.journal import NotALog, OldSqlite, read_heads, verify
    from queue_server.log import HEADS_FILE, LOG_FILE

    heads = arguments.heads or arguments.state / HEADS_FILE
    try:
        verdict = verify(arguments.state / LOG_FILE, heads)
        days = [head for head in read_heads(heads) if head.why == "closed"]
    except (NotALog, OldSqlite, OSError) as problem:
        raise Problem(str(problem)) from problem
    wrong = verdict.wrong
    if arguments.json:
        told = {"ok": wrong is None, "events": verdict.events, "heads": verdict.heads, "last_hash": verdict.last_hash}
        found = {"kind": wrong.kind, "seq": wrong.seq, "what": wrong.sentence} if wrong else None
        print(json.dumps({**told, "wrong": found}, ensure_ascii=False))
        return 0 if wrong is None else 1
    if wrong is not None:
        print(f"WRONG, {wrong.kind}: {wrong.sentence}")
        print("Keep the disk as it is, restore a verified backup onto another, and compare with the closing papers.")
        return 1
    print(f"All {verdict.events} events are as they were written; the heads kept beside them fit: {verdict.heads}.")
    for head in days[-1:]:
        print(f"Last closed day {head.day}, event {head.seq}: {head.hash}")
    return 0
