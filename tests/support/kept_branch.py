"""A branch in a log on disk, taken up by the server's heart as a start of the server does."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from protocol.codec import decode_reply, encode
from protocol.commands import AnyCommand
from protocol.configuration import Configuration
from protocol.events import ConfigurationChanged, DevicePaired
from protocol.link import new_id
from queue_server.handler import Asked, Handler
from queue_server.log import LOG_FILE, Log
from queue_server.person_keys import PERSON_KEY_FILE, PersonKeys
from queue_server.recovery import load_branch
from tests.faults.morning import BEGINS_AT, SURROUNDINGS
from tests.support.halls import devices_of, key_of


@contextmanager
def log_of(hall: Configuration, folder: Path) -> Iterator[Log]:
    """Open a new log in which the hall is configured and its devices are paired."""
    log = Log(folder / LOG_FILE)
    paired = [
        DevicePaired(at=BEGINS_AT, device_id=one.device_id, name="", public_key=one.public_key, functions=one.functions)
        for one in devices_of(hall)
    ]
    log.append([ConfigurationChanged(at=BEGINS_AT, configuration=hall, sources={}), *paired])
    yield log
    log.close()


def served(log: Log, at: datetime) -> Handler:
    """Take up the branch from its folder at a moment, and do what time demands."""
    loaded = load_branch(log)
    assert loaded is not None
    keys = PersonKeys(log.path.with_name(PERSON_KEY_FILE))
    handler = Handler(log, loaded[0], replace(SURROUNDINGS, person_keys=keys))
    while handler.tick(at):
        pass
    return handler


def ask(handler: Handler, command: AnyCommand, device: str = "kiosk-1", at: datetime = BEGINS_AT) -> Any:
    """Ask as a device would; gives the reply."""
    (body,) = handler.handle([Asked(key_of(device), new_id().encode(), encode(command))], at).replies
    assert body is not None
    return decode_reply(body)
