"""A branch's log as a file, written by the log's own writer."""

from pathlib import Path

from protocol.events import AnyEvent
from queue_server.log import LOG_FILE, Log


def write_log(state: Path, events: list[AnyEvent]) -> Path:
    """Append events to the log in a state folder, in batches as a server would; gives the file."""
    state.mkdir(parents=True, exist_ok=True)
    log = Log(state / LOG_FILE)
    for at in range(0, len(events), 50):
        log.append(events[at : at + 50])
    log.close()
    return state / LOG_FILE
