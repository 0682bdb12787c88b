"""One stream of server-sent events per open page: its regions when they change, and once a second that we live.

A page that hears nothing for 2.5 seconds says that it is no longer live, whatever the reason: the network, this
program, the queue server. So each beat is a real event (a comment of the stream would not reach the page's script),
and while the link is not up the beats say so instead.

A stream holds one thread of the web server. Therefore streams are counted, per session and in all; they end after some
minutes (the page comes back by itself), so that a computer that was unplugged does not hold a thread for ever. A page
that finds no room looks instead: once a second, and at once after each press (`look`).
"""

import hashlib
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import msgspec

from queue_server.web.hall import Hall

BEAT_S: Final = 1.0
MADE_ANEW_AFTER_S: Final = 10.0
"""Waits are shown in minutes and grow while nothing happens; between changes a page is made anew so often."""

RENEWED_AFTER_S: Final = 600.0
SESSION_LOOKED_AT_EVERY: Final = 5
"""Beats between two looks whether the person is still signed in."""

STREAMS_IN_ALL: Final = 48
STREAMS_OF_SESSION: Final = 6

Regions = Mapping[str, str]
"""The parts of a page by name, as HTML."""


class Streams:
    """How many pages are open."""

    def __init__(self, *, in_all: int = STREAMS_IN_ALL, of_session: int = STREAMS_OF_SESSION) -> None:
        self._in_all = in_all
        self._of_session = of_session
        self._lock = threading.Lock()
        self._open: Counter[str] = Counter()
        self._stopped = threading.Event()

    @property
    def stopped(self) -> bool:
        """Whether the program ends."""
        return self._stopped.is_set()

    def stop(self) -> None:
        """Let all streams end; they do within a beat."""
        self._stopped.set()

    def room(self, session_id: str) -> bool:
        """Tell whether one more page may be open."""
        with self._lock:
            return self._has_room(session_id)

    def take(self, session_id: str) -> bool:
        """Count one more stream; False when there is no room."""
        with self._lock:
            if not self._has_room(session_id):
                return False
            self._open[session_id] += 1
            return True

    def leave(self, session_id: str) -> None:
        """Count one stream less."""
        with self._lock:
            self._open[session_id] -= 1
            self._open += Counter()  # Forgets sessions without a stream.

    def _has_room(self, session_id: str) -> bool:
        return self._open[session_id] < self._of_session and self._open.total() < self._in_all


@dataclass(frozen=True)
class LivePage:
    """A page to keep live: its topics, how its regions are made, and the sentences for when it cannot be."""

    topics: Sequence[str]
    """Those whose changes are shown at once; what else the page shows of the hall follows with the next beat."""
    regions: Callable[[], Regions | None]
    """Makes all regions; None while a view is missing."""
    gone_sentence: str
    over_sentence: str


def events(
    page: LivePage, hall: Hall, streams: Streams, session_id: str, still_signed_in: Callable[[], bool]
) -> Iterator[bytes]:
    """Give the events of one page until it ends: `now`, `gone`, `over` (signed out) or `full` (it has to look)."""
    if not streams.take(session_id):
        yield _event("full", {})
        return
    try:
        yield b"retry: 1000\n\n"
        yield from _beats(page, hall, streams, still_signed_in)
    finally:
        streams.leave(session_id)


@dataclass(frozen=True)
class Look:
    """What a page that looks is told; no regions: the hall cannot be shown now."""

    regions: Regions | None
    mark: str
    """Changes with the regions."""


def look(page: LivePage, hall: Hall, token: str) -> Look:
    """Give the regions of a page once. The forms' `token` is another each time and no part of their mark."""
    regions = page.regions() if hall.state == "up" else None
    marked = "".join(regions.values()).replace(token, "") if regions else ""
    return Look(regions, hashlib.sha256(marked.encode()).hexdigest()[:24])


def _beats(page: LivePage, hall: Hall, streams: Streams, still_signed_in: Callable[[], bool]) -> Iterator[bytes]:
    sent: dict[str, str] = {}
    renewed_at = time.monotonic() + RENEWED_AFTER_S
    made_at, made_of = 0.0, -1
    beat, changed = 0, True
    with hall.listening(page.topics) as listener:
        while not streams.stopped and time.monotonic() < renewed_at:
            beat += 1
            if beat % SESSION_LOOKED_AT_EVERY == 0 and not still_signed_in():
                yield _event("over", {"sentence": page.over_sentence})
                return
            regions: Regions | None = {}
            if hall.state != "up":
                regions = None
            elif changed or not sent or hall.revision != made_of or time.monotonic() > made_at + MADE_ANEW_AFTER_S:
                made_at, made_of = time.monotonic(), hall.revision
                regions = page.regions()
            if regions is None:
                sent = {}
                yield _event("gone", {"sentence": page.gone_sentence})
            else:
                differing = {name: region for name, region in regions.items() if sent.get(name) != region}
                sent.update(differing)
                yield _event("now", {"at": hall.now().timestamp(), "rate": hall.rate, "regions": differing})
            changed = listener.wait(BEAT_S)


def _event(name: str, data: Mapping[str, object]) -> bytes:
    return b"event: %s\ndata: %s\n\n" % (name.encode(), msgspec.json.encode(data))
