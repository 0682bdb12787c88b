"""A branch's log as a file, written by the log's own writer."""

from pathlib import Path

from protocol.events import AnyEvent
from queue_server.journal import Journal
from queue_server.log import LOG_FILE, Log
from queue_server.reporting.tables import REPORTS_FILE, following


def write_log(state: Path, events: list[AnyEvent]) -> Path:
    """Append events to the log in a state folder, in batches as a server would; gives the file."""
    state.mkdir(parents=True, exist_ok=True)
    log = Log(state / LOG_FILE)
    for at in range(0, len(events), 50):
        log.append(events[at : at + 50])
    log.close()
    return state / LOG_FILE


def follow_log(state: Path, events: list[AnyEvent]) -> Path:
    """Write a log and the report tables that follow it; gives the tables' file."""
    with Journal(write_log(state, events)) as journal, following(state / REPORTS_FILE) as tables:
        tables.follow(journal)
    return state / REPORTS_FILE
