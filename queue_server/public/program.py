"""The process around the public pages: the link, the words, the threads of the web server.

It keeps nothing: beside its key there is no file of its own, so it may be started anew at any moment.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from flask import Flask

from presentation.text_files import texts_in
from protocol.attending import Program, attend, hash_of
from protocol.link import LinkState, open_link
from protocol.views import Envelope, KioskView
from queue_server.own_names import misdirected
from queue_server.public.app import create_app
from queue_server.public.boards import Boards
from queue_server.public.closed_months import PublicMonths
from queue_server.public.shared import Parts
from queue_server.public.spoken import SayWords, Spoken, nobody_says
from queue_server.public.tickets import Tickets
from queue_server.public.usual import UsualWaits
from queue_server.public.voice_box import VoiceBox
from queue_server.serving import Door, Limits, WebServer, serve_until, told_to_end
from queue_server.watched_hall import LinkPort, OpenLink, WatchedHall

TOPICS: Final = ("kiosk", "board/")
LIMITS: Final = Limits(threads=24, connections=1500)
"""No page holds a thread: phones and televisions ask again. So a few threads serve hundreds of them."""


@dataclass(frozen=True)
class Place:
    """Where the program keeps its key, where it listens, and what stands before it."""

    state: Path
    config: Path
    host: str = "127.0.0.1"
    port: int = 8090
    behind_tls: bool = False
    reports: Path = Path("state/server/reports.db")
    """The report tables that `motcua report --follow` keeps; without them there are only no usual waits."""
    clips: Path | None = None
    """The clips of the hall's voice, for televisions; without them their boards are silent."""
    say_words: SayWords = nobody_says
    """Says what no clip holds: why the hall is stopped."""
    names: tuple[str, ...] = ()
    """The names by which browsers and systems reach it, if they are of the world's DNS."""

    @property
    def door(self) -> Door:
        """Where it listens."""
        return Door(self.host, self.port, self.behind_tls, self.names)


@contextmanager
def application(place: Place, open_hall_link: OpenLink) -> Iterator[tuple[Flask, Parts]]:
    """Make the application and its parts; at the end everything it opened is closed. Raises TextsError."""
    with ExitStack() as closing:
        hall = WatchedHall(open_hall_link, TOPICS, "public")
        texts = texts_in(place.config / "texts")
        boards = Boards(hall, texts, Spoken(place.clips, place.say_words))
        parts = Parts(
            hall=hall,
            tickets=Tickets(hall),
            texts=texts,
            usual=UsualWaits(place.reports),
            boards=boards,
            months=PublicMonths(place.reports),
            voices=VoiceBox(hall),
        )
        hall.start()
        closing.callback(hall.close)
        boards.start()
        closing.callback(boards.close)
        yield create_app(parts), parts


def serve(place: Place, on_ready: Callable[[str], None]) -> None:
    """Serve until SIGTERM or SIGINT. `on_ready` gets the address.

    Raises `protocol.link.NotPaired`, `protocol.link.UnusableKey`, OSError when the port is taken, TextsError.
    """
    ended = told_to_end()
    with application(place, partial(_open_link, place)) as (app, parts):
        wrong = misdirected(parts.texts("error.wrong_name", one) for one in parts.texts.by_language)
        server = WebServer(app, place.door, LIMITS, wrong, partial(_linked_name, parts.hall))
        serve_until(ended, server, on_ready)


def _linked_name(hall: WatchedHall) -> str:
    """Give the name that the hall's tickets lead phones to; empty without one."""
    view = hall.view("kiosk", KioskView)
    return urlsplit(view.ticket_link.base_address).hostname or "" if view else ""


def _open_link(
    place: Place,
    topics: Sequence[str],
    on_view: Callable[[str, Envelope], None],
    on_state: Callable[[LinkState], None],
) -> LinkPort:
    link = open_link(place.state, topics=topics, on_view=on_view, on_state=on_state)
    attend(link, Program("public", hash_of(texts_in(place.config / "texts").by_language)))
    return link
