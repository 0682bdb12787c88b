"""Print who waits, queue by queue in calling order, from a branch's log alone: for calling by mouth in a power cut.

    motcua waiting                           from state/server, in Vietnamese
    motcua waiting --state COPY --language en

Only reads: it may run beside the server, or on a laptop on a copy that `motcua backup` made. What it says is as new as
the log; the order is the one in which the server would call everybody now.
"""

import argparse
from datetime import UTC, datetime
from pathlib import Path

from motcua.commands import Problem

CONFIG = Path(__file__).parents[2] / "config"


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments."""
    parser.add_argument("--state", type=Path, default=Path("state/server"), help="the folder with branch.db")
    parser.add_argument("--config", type=Path, default=CONFIG, help="the folder with texts/")
    parser.add_argument("--language", default="vi", choices=("vi", "en"), help="the language of the list")


def run(arguments: argparse.Namespace) -> int:
    """Print the list."""
    from presentation.text_files import texts_in
    from presentation.texts import TextsError
    from queue_server.core.waiting_list import waiting_list
    from queue_server.journal import Journal, NotALog, OldSqlite
    from queue_server.reading import today_of
    from queue_server.web.waiting_rows import Names, list_text, waiting_queues

    try:
        with Journal(arguments.state / "branch.db") as journal:
            found = today_of(journal)
        texts = texts_in(arguments.config / "texts")
    except (NotALog, OldSqlite, TextsError) as problem:
        raise Problem(str(problem)) from problem
    if found is None:
        raise Problem(f"{arguments.state}: no business day was ever opened here; name the folder of the server's state")
    branch, last_at = found
    at = max(last_at, datetime.now(UTC))  # noqa: TID251 -- nobody else tells a tool what time it is.
    offset_s = branch.plan.utc_offset_s if branch.plan is not None else 0
    names = Names(
        {queue.queue_id: queue.names for queue in branch.hall.queues.values()},
        {one.priority_class_id: one.names for one in branch.hall.classes.values()},
    )
    visits = waiting_list(branch, at) if branch.day_open else ()
    words = texts.words(arguments.language)
    print(list_text(waiting_queues(visits, names, words, offset_s), words, at, offset_s), end="")
    return 0
