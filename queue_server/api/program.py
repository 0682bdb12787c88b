"""The process around the API: the link, the file, the couriers, the threads of the web server."""

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Final

from flask import Flask

from protocol.link import LinkState, open_link
from protocol.views import Envelope
from queue_server.api.app import BODY_LIMIT_BYTES, Parts, bounded_limiter, create_app
from queue_server.api.couriers import Clock, Dispatcher, Pauses
from queue_server.api.follower import Follower
from queue_server.api.problems import MEDIA_TYPE
from queue_server.api.sender import Sender
from queue_server.api.tickets import Tickets
from queue_server.own_names import Misdirected
from queue_server.serving import Door, Limits, WebServer, serve_until, told_to_end
from queue_server.systems.file import SYSTEMS_FILE, SystemsFile
from queue_server.systems.settings import read_settings
from queue_server.watched_hall import LinkPort, OpenLink, WatchedHall

MISDIRECTED: Final = Misdirected(
    '{"type":"urn:motcua:problem:name_unknown","title":"This interface is not reached by that name","status":421,'
    '"detail":"Ask by its address, or have the technician name it (--host-name).","code":"name_unknown"}',
    MEDIA_TYPE,
)
TOPICS: Final = ("kiosk", "board/")
LIMITS: Final = Limits(threads=8, connections=200, body_bytes=2 * BODY_LIMIT_BYTES)


@dataclass(frozen=True)
class Place:
    """Where the program keeps its key and its file, where it listens, and what stands before it."""

    state: Path
    config: Path
    host: str = "127.0.0.1"
    port: int = 8095
    behind_tls: bool = False
    journal: Path = Path("state/server/branch.db")
    """The branch's log, which webhooks are told from; without it they stand still and say so."""
    pauses: Pauses = field(default_factory=Pauses)
    names: tuple[str, ...] = ()
    """The names by which browsers and systems reach it, if they are of the world's DNS."""

    @property
    def door(self) -> Door:
        """Where it listens."""
        return Door(self.host, self.port, self.behind_tls, self.names)


def utc_now() -> datetime:
    """Give the machine's time; receivers live by it."""
    return datetime.now(UTC)  # noqa: TID251 -- this module is the program's loop.


@contextmanager
def application(place: Place, open_hall_link: OpenLink) -> Iterator[tuple[Flask, Parts]]:
    """Make the application and its parts; at the end everything it opened is closed.

    Raises `settings.WrongSettings`, OSError or sqlite3.Error for a state folder that cannot be written.
    """
    settings = read_settings(place.config)
    with ExitStack() as closing:
        file = SystemsFile.at(place.state / SYSTEMS_FILE, utc_now)
        closing.callback(file.close)
        hall = WatchedHall(open_hall_link, TOPICS, "system")
        tickets = Tickets(hall, file.store.secret("appointments"))
        parts = Parts(hall, tickets, file, bounded_limiter(), place.behind_tls)
        follower, sender = Follower(place.journal, file.outbox), Sender(settings, utc_now)
        dispatcher = Dispatcher(file, follower, sender, hall, Clock(utc_now, place.pauses))
        hall.start()
        closing.callback(hall.close)
        dispatcher.start()
        closing.callback(dispatcher.close)
        yield create_app(parts), parts


def serve(place: Place, on_ready: Callable[[str], None]) -> None:
    """Serve until SIGTERM or SIGINT. `on_ready` gets the address.

    Raises `protocol.link.NotPaired`, `protocol.link.UnusableKey`, OSError when the port is taken, and what
    :func:`application` raises.
    """
    ended = told_to_end()
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    with application(place, partial(_open_link, place.state)) as (app, _):
        server = WebServer(app, place.door, LIMITS, MISDIRECTED)
        serve_until(ended, server, on_ready)


def _open_link(
    state: Path,
    topics: Sequence[str],
    on_view: Callable[[str, Envelope], None],
    on_state: Callable[[LinkState], None],
) -> LinkPort:
    return open_link(state, topics=topics, on_view=on_view, on_state=on_state)
