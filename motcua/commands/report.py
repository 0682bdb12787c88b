"""Report figures from a branch's log: the day by service, with counts beside every rate.

    motcua report day                        the last business day, in words
    motcua report day --date 2026-11-23 --json
    motcua report --follow                   keep reports.db current until interrupted
    motcua report --rebuild                  make reports.db anew from the whole log

The tables lie in reports.db beside branch.db and may be deleted at any time. One process writes them; the others read.
"""

import argparse
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path

from motcua.commands import Problem

FOLLOWED_EVERY_S = 2.0
SHOWN_EVERY = 10_000
BAR_CELLS = 40
CONFIG = Path(__file__).parents[2] / "config"


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments."""
    parser.add_argument("question", nargs="?", choices=("day",), help="what to report")
    parser.add_argument("--state", type=Path, default=Path("state/server"), help="the folder with branch.db")
    parser.add_argument("--config", type=Path, default=CONFIG, help="the folder with texts/")
    parser.add_argument("--date", default="", metavar="YYYY-MM-DD", help="the business day (default: the last one)")
    parser.add_argument("--language", default="vi", choices=("vi", "en"), help="the language of the report")
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="print a JSON object")
    form.add_argument("--csv", action="store_true", help="print the figures by service as CSV")
    form.add_argument("--follow", action="store_true", help="keep the report tables current")
    form.add_argument("--rebuild", action="store_true", help="make the report tables anew, with progress")


def run(arguments: argparse.Namespace) -> int:
    """Report, follow or rebuild."""
    from presentation.texts import TextsError
    from queue_server.journal import NotALog, OldSqlite
    from queue_server.reporting.fold import BrokenStory, TrainingHall
    from queue_server.reporting.tables import NoReports, SomebodyFollows

    try:
        if arguments.follow or arguments.rebuild:
            _follow(arguments.state, rebuild=arguments.rebuild)
        elif arguments.question == "day":
            _print_day(arguments)
        else:
            raise Problem("nothing was asked: motcua report day, --follow or --rebuild")
    except (NotALog, OldSqlite, BrokenStory, TrainingHall, NoReports, SomebodyFollows, TextsError) as problem:
        raise Problem(str(problem)) from problem
    return 0


def _follow(state: Path, *, rebuild: bool) -> None:
    from queue_server.journal import Journal
    from queue_server.reporting.month_shelf import Shelf
    from queue_server.reporting.tables import REPORTS_FILE, following

    shelf = Shelf(state / REPORTS_FILE)
    ended = threading.Event()
    if not rebuild:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: ended.set())
    with Journal(state / "branch.db") as journal, following(state / REPORTS_FILE) as tables:
        if rebuild:
            tables.rebuild(journal, _progress())
            shelf.complete(journal)
            return
        while True:
            if tables.follow(journal, _progress()):
                print("the report tables did not fit this log and were made anew", file=sys.stderr)
            shelf.complete(journal)
            # SQLite tells nobody of a commit, so the log is looked at again after a while; ending is heard at once.
            if ended.wait(FOLLOWED_EVERY_S):
                return


def _print_day(arguments: argparse.Namespace) -> None:
    import msgspec

    from presentation.text_files import texts_in
    from queue_server.journal import Journal
    from queue_server.reporting.day import day_report
    from queue_server.reporting.day_text import day_csv, day_text
    from queue_server.reporting.tables import REPORTS_FILE, SomebodyFollows, following, read_day

    reports = arguments.state / REPORTS_FILE
    with Journal(arguments.state / "branch.db") as journal:
        try:
            with following(reports) as tables:
                tables.follow(journal, _progress())
        except SomebodyFollows:
            pass  # Then they are at most a few seconds old; the report tells up to which event.
    rows = read_day(reports, arguments.date)
    report = day_report(rows)
    if arguments.json:
        print(msgspec.json.encode(report).decode())
        return
    words = texts_in(arguments.config / "texts").words(arguments.language)
    print(day_csv(report, words) if arguments.csv else day_text(report, words, rows.day.utc_offset_s), end="")


def _progress() -> Callable[[int, int], None]:
    """Show how far a long way through the log has come, as a bar, when somebody looks."""
    shown = 0

    def progress(seq: int, last: int) -> None:
        nonlocal shown
        if sys.stderr.isatty() and (seq - shown >= SHOWN_EVERY or (shown and seq >= last)):
            shown = seq
            print(f"\r{bar(seq, last)}", end="", file=sys.stderr, flush=True)
            if seq >= last:
                print(file=sys.stderr)

    return progress


def bar(seq: int, last: int) -> str:
    """Draw how much of the log has been read."""
    full = seq * BAR_CELLS // last
    return f"[{'#' * full}{'.' * (BAR_CELLS - full)}] {seq * 100 // last:3d} %  {seq:,} of {last:,} events"
