"""From the log on disk to the state in memory: the start of every server, and the way back after a failed commit.

Only today is replayed; what is older and still matters stands in the event that opened the day. The chain is checked on
the way, so that a server does not go on from a log that was changed or damaged behind its back.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from itertools import chain

from protocol.codec import decode_event
from protocol.configuration import Configuration
from protocol.events import AnyEvent, ConfigurationChanged, DayOpened
from queue_server import core
from queue_server.journal import GENESIS, NotALog, chained
from queue_server.log import Log


def load_branch(log: Log) -> tuple[core.Branch, datetime] | None:
    """Replay the log; gives the branch and the instant of its last event, ``None`` for a log without events.

    Raises :class:`NotALog` when the chain of today is broken.
    """
    with _collector_resting():
        return _load(log)


def _load(log: Log) -> tuple[core.Branch, datetime] | None:
    opened = log.last_day_opened()
    configuration: Configuration | None = None
    if opened is not None:
        event = opened.event()
        assert isinstance(event, DayOpened)
        configuration = _configuration(log, event.configuration_id)
    last: list[AnyEvent] = []
    events = _checked(log, 1 if opened is None else opened.seq, last)
    first = next(events, None)
    if first is None:
        return None
    branch = core.replay(chain([first], events), configuration)
    return branch, last[0].at


def _checked(log: Log, from_seq: int, last: list[AnyEvent]) -> Iterator[AnyEvent]:
    """Give the events from ``from_seq`` on as long as the chain holds, and leave the last one in ``last``."""
    previous, expected = log.hash_at(from_seq - 1) if from_seq > 1 else GENESIS, from_seq
    event: AnyEvent | None = None
    for seq, day, at, type_, body, hash_ in log.rows(from_seq):
        if seq != expected or chained(previous, seq, day, at, type_, body) != hash_:
            raise NotALog(
                f"{log.path}: the chain breaks at event {expected}. The log was changed or damaged; run motcua verify, "
                "keep the disk as it is, and restore a verified backup onto another"
            )
        previous, expected = hash_, expected + 1
        event = decode_event(body)
        yield event
    if event is not None:
        last.append(event)


def _configuration(log: Log, configuration_id: str) -> Configuration:
    """Find the configuration that the day was opened with."""
    for row in log.configurations():
        event = row.event()
        assert isinstance(event, ConfigurationChanged)
        if event.configuration.configuration_id == configuration_id:
            return event.configuration
    raise NotALog(f"{log.path} lacks the configuration {configuration_id[:12]}… that its last day was opened with")


@contextmanager
def _collector_resting() -> Iterator[None]:
    """Make a long day without looking for garbage in it: there is none, and looking takes a sixth of the time."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()  # What was loaded stays for the day; later rounds need not walk it again.
        if was_enabled:
            gc.enable()
