"""The process around the pages: the files of its state folder, the link, the threads of the web server.

Waitress gives each request a thread and each open page holds one for its stream, so there are more threads than
streams (`live.STREAMS_IN_ALL`); the rest answers presses. Slow or silent connections cost a descriptor, not a thread:
500 of them were seen to leave good requests at milliseconds with these limits, and none with waitress's own.
"""

import logging
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

import waitress.server
from flask import Flask

from presentation.texts import Texts, texts_from
from protocol.keys import LinkSettings, NotPaired
from protocol.link import LinkState, open_link
from protocol.views import Envelope
from queue_server.web.accounts import Accounts, Passwords
from queue_server.web.app import create_app
from queue_server.web.attempts import Attempts
from queue_server.web.guard import Guard
from queue_server.web.hall import Hall, LinkPort, OpenLink
from queue_server.web.live import STREAMS_IN_ALL, Streams
from queue_server.web.sessions import Sessions
from queue_server.web.shared import Parts
from queue_server.web.store import Store

ACCOUNTS_FILE: Final = "accounts.db"
THREADS: Final = 64
CONNECTION_LIMIT: Final = 1000
CHANNEL_TIMEOUT_S: Final = 20
HEADER_LIMIT_BYTES: Final = 16_384
BODY_LIMIT_BYTES: Final = 65_536
CLOSING_S: Final = 5.0

assert THREADS >= STREAMS_IN_ALL + 16, "presses must find a thread however many pages are open"

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Place:
    """Where the program keeps its files, where it listens, and what stands before it."""

    state: Path
    config: Path
    host: str = "127.0.0.1"
    port: int = 8080
    behind_tls: bool = False
    reports: Path = Path("state/server/reports.db")
    """The report tables that `motcua report --follow` keeps; without them there are only no reports."""


def utc_now() -> datetime:
    """Give the machine's time; sessions and accounts belong to real people, not to the hall's clock."""
    return datetime.now(UTC)  # noqa: TID251 -- this module is the program's loop.


def texts_of(config: Path) -> Texts:
    """Read the words of all languages; raises TextsError."""
    return texts_from({path.stem: path.read_text("utf-8") for path in sorted((config / "texts").glob("*.toml"))})


@contextmanager
def accounts_at(state: Path) -> Iterator[Accounts]:
    """Open the accounts of a state folder, for the account tool too."""
    store = Store(state / ACCOUNTS_FILE)
    try:
        yield Accounts(store, Passwords(), utc_now)
    finally:
        store.close()


@contextmanager
def application(
    place: Place, open_hall_link: OpenLink, passwords: Passwords | None = None
) -> Iterator[tuple[Flask, Parts]]:
    """Make the application and its parts; at the end everything it opened is closed."""
    with ExitStack() as closing:
        store = Store(place.state / ACCOUNTS_FILE)
        closing.callback(store.close)
        sessions = Sessions(store, utc_now)
        hall = Hall(open_hall_link)
        parts = Parts(
            hall=hall,
            accounts=Accounts(store, passwords or Passwords(), utc_now),
            sessions=sessions,
            attempts=Attempts(time.monotonic),
            streams=Streams(),
            guard=Guard(sessions, store.secret("csrf"), place.behind_tls),
            texts=texts_of(place.config),
            fonts=Path(str(files("fontpkg_be_vietnam_pro") / "files")),
            reports=place.reports,
            link=_link_settings(place.state),
        )
        hall.start()
        closing.callback(hall.close)
        closing.callback(parts.streams.stop)
        yield create_app(parts), parts


def _link_settings(state: Path) -> LinkSettings | None:
    try:
        return LinkSettings.load(state)
    except NotPaired:
        return None  # Opening the link says so; nothing else of the pages needs it.


class WebServer:
    """Waitress around an application, in a thread of its own."""

    def __init__(self, app: Flask, place: Place) -> None:
        behind_proxy: dict[str, Any] = {}
        if place.behind_tls:
            behind_proxy = {
                "trusted_proxy": "127.0.0.1",
                "trusted_proxy_headers": {"x-forwarded-for", "x-forwarded-proto", "x-forwarded-host"},
            }
        listening = socket.create_server((place.host, place.port), backlog=128)
        self.port: int = listening.getsockname()[1]
        self._server = waitress.server.create_server(
            app,
            sockets=[listening],
            threads=THREADS,
            connection_limit=CONNECTION_LIMIT,
            channel_timeout=CHANNEL_TIMEOUT_S,
            max_request_header_size=HEADER_LIMIT_BYTES,
            max_request_body_size=BODY_LIMIT_BYTES,
            ident=None,
            clear_untrusted_proxy_headers=True,
            **behind_proxy,
        )
        self._thread = threading.Thread(target=self._server.run, name="web")

    def start(self) -> None:
        """Begin to answer."""
        self._thread.start()

    def close(self) -> None:
        """Stop listening, close every connection, let what runs end; once is enough, twice does no harm."""
        if not self._thread.is_alive():
            return
        trigger = self._server.trigger
        # The lock keeps the loop from closing the trigger, woken by another thread, before it has been pulled here.
        with trigger.lock:
            trigger.thunks.append(self._close_connections)
            trigger.pull_trigger()
        self._thread.join(CLOSING_S)
        self._server.task_dispatcher.shutdown(timeout=CLOSING_S)

    def _close_connections(self) -> None:
        """Run in waitress's own loop, which ends once it has nothing left to wait for."""
        self._server.asyncore.close_all(self._server._map, ignore_all=True)  # noqa: SLF001 -- it has no other way.


def serve(place: Place, on_ready: Callable[[str, str | None], None]) -> None:
    """Serve until SIGTERM or SIGINT. `on_ready` gets the address and, at the first start, the one-time password.

    Raises `protocol.link.NotPaired`, `protocol.link.UnusableKey`, OSError when the port is taken, TextsError.
    """
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    with application(place, partial(_open_link, place.state)) as (app, parts):
        first_name = parts.texts("role.technician", "vi")
        server = WebServer(app, place)
        server.start()
        try:
            on_ready(f"http://{place.host}:{server.port}/", parts.accounts.first_technician(first_name))
            ended.wait()
        finally:
            # Whatever went wrong: a server that still listens would keep the process, and nobody would start it anew.
            parts.streams.stop()
            server.close()


def _open_link(
    state: Path,
    topics: Sequence[str],
    on_view: Callable[[str, Envelope], None],
    on_state: Callable[[LinkState], None],
) -> LinkPort:
    return open_link(state, topics=topics, on_view=on_view, on_state=on_state)
