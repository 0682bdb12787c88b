"""The process around the pages: the files of its state folder, the link, the threads of the web server.

Waitress gives each request a thread and each open page holds one for its stream, so there are more threads than
streams (`live.STREAMS_IN_ALL`); the rest answers presses.
"""

import logging
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from importlib.resources import files
from pathlib import Path
from typing import Final

from flask import Flask

from presentation.text_files import texts_in
from protocol.attending import Program, attend, hash_of
from protocol.keys import LinkSettings, NotPaired
from protocol.link import LinkState, open_link
from protocol.views import Envelope
from queue_server import serving
from queue_server.own_names import misdirected
from queue_server.systems.file import SYSTEMS_FILE, SystemsFile
from queue_server.web.acceptance_records import AcceptanceRecords
from queue_server.web.accounts import Accounts, Passwords
from queue_server.web.app import create_app
from queue_server.web.backups import Backups
from queue_server.web.changes import Changes
from queue_server.web.concerns import Concerns
from queue_server.web.drafts import Drafts
from queue_server.web.editing import Editing
from queue_server.web.guard import Guard
from queue_server.web.hall import Hall, LinkPort, OpenLink
from queue_server.web.live import STREAMS_IN_ALL, Streams
from queue_server.web.pictures import Pictures
from queue_server.web.second_factors import SecondFactors
from queue_server.web.sessions import Sessions
from queue_server.web.shared import Parts
from queue_server.web.store import Store
from queue_server.web.today import Today
from queue_server.web.trials import Trials
from queue_server.web.tries import Tries

ACCOUNTS_FILE: Final = "accounts.db"
LOG_FILE: Final = "branch.db"
"""The log of the queue server on this machine, which the hall editor reads."""
BODY_LIMIT_BYTES: Final = 1_100_000
"""A form of the hall editor carries a whole file; every other route takes far less (`app`)."""
THREADS: Final = 64
CONNECTION_LIMIT: Final = 1000

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
    known_as: str = ""
    """The name or address by which devices reach this machine; empty: the one by which a technician's browser does."""
    reports: Path = Path("state/server/reports.db")
    """The report tables that `motcua report --follow` keeps; without them there are only no reports."""
    systems: Path | None = None
    """The file of other systems' keys and webhooks; None: in the folder of `motcua api`, beside this program's."""
    backups: Path | None = None
    """The folder of the branch's copies; None for `backups` beside the report tables."""
    names: tuple[str, ...] = ()
    """The names by which browsers and systems reach it, if they are of the world's DNS."""


def utc_now() -> datetime:
    """Give the machine's time; sessions and accounts belong to real people, not to the hall's clock."""
    return datetime.now(UTC)  # noqa: TID251 -- this module is the program's loop.


@contextmanager
def accounts_at(state: Path) -> Iterator[Accounts]:
    """Open the accounts of a state folder, for the account tool too."""
    store = Store(state / ACCOUNTS_FILE)
    try:
        yield Accounts(store, Passwords(), utc_now)
    finally:
        store.close()


@contextmanager
def changes_at(state: Path) -> Iterator[Changes]:
    """Open what was noted in a state folder, for the account tool."""
    store = Store(state / ACCOUNTS_FILE)
    try:
        yield Changes(store, utc_now)
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
        sessions, tries = Sessions(store, utc_now), Tries()
        hall = Hall(open_hall_link)
        parts = Parts(
            hall=hall,
            accounts=Accounts(store, passwords or Passwords(), utc_now),
            sessions=sessions,
            second_factors=SecondFactors(store, utc_now),
            changes=Changes(store, utc_now),
            tries=tries,
            streams=Streams(),
            guard=Guard(sessions, tries, store.secret("cookie"), place.behind_tls),
            texts=texts_in(place.config / "texts"),
            fonts=Path(str(files("fontpkg_be_vietnam_pro") / "files")),
            reports=place.reports,
            concerns=Concerns(hall),
            today=Today(place.reports),
            editing=_editing(place, closing),
            systems=_systems(place, closing),
            acceptance=_acceptance(place, closing),
            backups=_backups(place, closing),
            known_as=place.known_as,
            link=_link_settings(place.state),
        )
        hall.start()
        closing.callback(hall.close)
        closing.callback(parts.streams.stop)
        yield create_app(parts), parts


def _editing(place: Place, closing: ExitStack) -> Editing:
    """Give the hall editor its drafts, and the branch's log where the report tables lie beside it."""
    drafts = Drafts(place.state, utc_now)
    closing.callback(drafts.close)
    server_state = place.reports.parent
    trials = Trials(server_state, drafts.keep_trial)
    closing.callback(trials.close)
    return Editing(drafts, trials, Pictures(place.config), server_state / LOG_FILE, place.config)


def _systems(place: Place, closing: ExitStack) -> SystemsFile | None:
    """Open the file of other systems; consoles must not stand still because it cannot be."""
    path = _systems_path(place)
    try:
        file = SystemsFile.at(path, utc_now)
    except (OSError, sqlite3.Error) as problem:
        log.error("no keys of other systems can be kept: %s: %s", path, problem)  # noqa: TRY400 -- the path says it all.
        return None
    closing.callback(file.close)
    return file


def _systems_path(place: Place) -> Path:
    return place.systems or place.state.parent / "api" / SYSTEMS_FILE


def _acceptance(place: Place, closing: ExitStack) -> AcceptanceRecords:
    records = AcceptanceRecords(place.state, utc_now)
    closing.callback(records.close)
    return records


def _backups(place: Place, closing: ExitStack) -> Backups:
    server_state = place.reports.parent
    rooms = {"web": place.state, "api": _systems_path(place).parent}
    backups = Backups(server_state, place.backups or server_state / "backups", utc_now, rooms)
    closing.callback(backups.close)
    return backups


def _link_settings(state: Path) -> LinkSettings | None:
    try:
        return LinkSettings.load(state)
    except NotPaired:
        return None  # Opening the link says so; nothing else of the pages needs it.


class WebServer(serving.WebServer):
    """Waitress around the staff pages."""

    def __init__(self, app: Flask, place: Place) -> None:
        parts: Parts = app.extensions["motcua"]
        super().__init__(
            app,
            serving.Door(place.host, place.port, place.behind_tls, place.names),
            serving.Limits(THREADS, CONNECTION_LIMIT, BODY_LIMIT_BYTES),
            misdirected(parts.texts("error.wrong_name", one) for one in parts.texts.by_language),
        )


def serve(place: Place, on_ready: Callable[[str, str | None], None]) -> None:
    """Serve until SIGTERM or SIGINT. `on_ready` gets the address and, at the first start, the one-time password.

    Raises `protocol.link.NotPaired`, `protocol.link.UnusableKey`, OSError when the port is taken, TextsError.
    """
    ended = serving.told_to_end()
    with application(
        place, partial(_open_link, place.state, hash_of(texts_in(place.config / "texts").by_language))
    ) as (
        app,
        parts,
    ):
        first_name = parts.texts("role.technician", "vi")
        server = WebServer(app, place)

        def ready(address: str) -> None:
            on_ready(address, parts.accounts.first_technician(first_name))

        serving.serve_until(ended, server, ready, parts.streams.stop)


def _open_link(
    state: Path,
    texts_hash: str,
    topics: Sequence[str],
    on_view: Callable[[str, Envelope], None],
    on_state: Callable[[LinkState], None],
) -> LinkPort:
    link = open_link(state, topics=topics, on_view=on_view, on_state=on_state)
    attend(link, Program("web", texts_hash))
    return link
