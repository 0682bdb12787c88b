"""Play the last month's arrivals again under a draft of the hall: waits by class and service, before and after.

    motcua replay config/branch.toml                       the last 20 business days of state/server
    motcua replay draft.toml --from 2026-10-01 --to 2026-10-31
    motcua replay - --json < sources.json                  {"branch.toml": "…", "catalogue/ward.toml": "…"}

The same people come at the same instants for the same service and class, need the same time, and the same clerks are
there; who is next is decided by the draft's rules. What cannot be repeated is told with the figures. It only reads the
log, may run while the server does, and gives up at its limits of time and memory.
"""

import argparse
import json
import os
import resource
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from motcua.commands import Problem

if TYPE_CHECKING:
    from queue_server.replay.figures import Comparison, Row, Side

NICE = 10
DAYS = 20
MOST_DAYS = 60
OUT_OF_TIME, OUT_OF_MEMORY = "out_of_time", "out_of_memory"


class _OutOfTime(Exception):  # noqa: N818 -- a limit was reached.
    """The limit of time was reached."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments."""
    parser.add_argument("draft", help="the draft's branch.toml; - reads its sources as JSON from the standard input")
    parser.add_argument("--state", type=Path, default=Path("state/server"), help="the folder with branch.db")
    parser.add_argument("--from", dest="first", default="", metavar="YYYY-MM-DD", help="the first business day")
    parser.add_argument("--to", dest="last", default="", metavar="YYYY-MM-DD", help="the last business day")
    parser.add_argument("--days", type=int, default=DAYS, help=f"the latest so many of them (default: {DAYS})")
    parser.add_argument("--language", default="vi", choices=("vi", "en"), help="the language of names in the table")
    parser.add_argument("--json", action="store_true", help="print a JSON object for scripts")
    parser.add_argument("--progress", action="store_true", help="print a JSON line per day played to standard error")
    parser.add_argument("--time-limit-s", type=float, default=120, help="give up after so long (default: 120)")
    parser.add_argument("--memory-limit-mb", type=int, default=1024, help="give up at this size (default: 1024)")


def run(arguments: argparse.Namespace) -> int:
    """Play the days and print what was found."""
    import msgspec

    import queue_server.config  # noqa: F401 -- loaded before the limits, under which a library could not be.
    from motcua.drafts import read_draft
    from queue_server.journal import Journal, NotALog, OldSqlite
    from queue_server.replay.days import NoDays, chosen_days, replay_days

    if not 0 < arguments.days <= MOST_DAYS:
        raise Problem(f"--days {arguments.days}: 1 to {MOST_DAYS} can be played")
    if arguments.time_limit_s <= 0 or arguments.memory_limit_mb <= 0:
        raise Problem("the limits of time and memory must be above 0")
    os.nice(NICE)  # Citizens who take numbers meanwhile go first.
    try:
        with Journal(arguments.state / "branch.db") as journal:
            days = chosen_days(journal, arguments.first, arguments.last, arguments.days)
            with _within(arguments.time_limit_s, arguments.memory_limit_mb):
                draft = read_draft(arguments.draft)
                found = replay_days(journal, days, draft, _told if arguments.progress else lambda _done, _of: None)
    except (NotALog, OldSqlite, NoDays) as problem:
        raise Problem(str(problem)) from problem
    if arguments.json:
        print(msgspec.json.encode(found).decode())
    else:
        print(_table(found, arguments.language), end="")
    return 0


def _told(done: int, of: int) -> None:
    print(json.dumps({"done": done, "of": of}), file=sys.stderr, flush=True)


@contextmanager
def _within(time_limit_s: float, memory_limit_mb: int) -> Iterator[None]:
    """Give up at the limits instead of wearing out the machine that the hall runs on."""

    def over(*_: object) -> None:
        raise _OutOfTime

    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    limit = memory_limit_mb * 1024 * 1024
    resource.setrlimit(resource.RLIMIT_AS, (limit if hard == resource.RLIM_INFINITY else min(limit, hard), hard))
    signal.signal(signal.SIGALRM, over)
    signal.setitimer(signal.ITIMER_REAL, time_limit_s)
    try:
        yield
    except _OutOfTime as error:
        raise Problem(
            f"{OUT_OF_TIME}: not done after {time_limit_s:g} s; play fewer --days, or raise --time-limit-s"
        ) from error
    except MemoryError as error:
        raise Problem(
            f"{OUT_OF_MEMORY}: {memory_limit_mb} MB were not enough; play fewer --days, or raise --memory-limit-mb"
        ) from error
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def _table(found: "Comparison", language: str) -> str:
    """Write what was found as a table for people."""
    lines = [
        f"{len(found.days)} days, {found.days[0]} to {found.days[-1]}; {found.visits} visits.",
        f"Calls: {found.calls_before} as recorded, {found.calls_after} under the draft, {found.same_calls} the same.",
        f"{'':<36}{'called':>15}{'P50 min':>15}{'P90 min':>15}{'within target':>17}{'never called':>15}",
    ]
    lines += [_line(found.all, "the hall")]
    lines += [_line(row, row.names.get(language, row.row_id)) for row in (*found.classes, *found.services)]
    told = {**found.unrepeated, **{f"{name} (not known here)": number for name, number in found.strange.items()}}
    lines += [f"not repeated: {name} {number}" for name, number in told.items()]
    if found.not_played:
        lines.append(f"differs, but is not played (who gets a number): {', '.join(found.not_played)}")
    if found.days_left_out:
        lines.append(f"left out, never closed: {', '.join(found.days_left_out)}")
    if found.days_reconfigured:
        lines.append(f"days on which the hall was changed meanwhile: {found.days_reconfigured}")
    return "\n".join(lines) + "\n"


def _line(row: "Row", name: str) -> str:
    before, after = row.before, row.after
    cells = (
        (15, f"{before.waiting.n} > {after.waiting.n}"),
        (15, f"{_minutes(before.waiting.p50_s)} > {_minutes(after.waiting.p50_s)}"),
        (15, f"{_minutes(before.waiting.p90_s)} > {_minutes(after.waiting.p90_s)}"),
        (17, f"{_kept(before)} > {_kept(after)}"),
        (15, f"{before.never_called} > {after.never_called}"),
    )
    return f"{name[:35]:<36}" + "".join(f"{cell:>{width}}" for width, cell in cells)


def _kept(side: "Side") -> str:
    return f"{side.within_target.part}/{side.within_target.whole}"


def _minutes(seconds: int | None) -> str:
    return "-" if seconds is None else f"{seconds / 60:.1f}"
