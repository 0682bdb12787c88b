"""What is true in the hall now, shared by all pages of a program; and who wants to know when it changes.

The programs of the staff pages and of the public pages each watch the hall by a key of their own. One link serves a
whole program. Its views are complete, so a page never needs those in between: a listener is no
queue but one mark "something changed", and a slow page holds up nobody.
"""

import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Final, Protocol, TypeVar

from protocol.commands import AnyCommand, FetchCatalogue, Introduce
from protocol.configuration import Procedure
from protocol.link import LinkState
from protocol.views import AnyReply, CataloguePage, Envelope, Introduction, KioskView, View

_INTRODUCTION_DEADLINE_S: Final = 60.0
_CATALOGUE_DEADLINE_S: Final = 30.0

log = logging.getLogger(__name__)

ViewT = TypeVar("ViewT", bound=View)


class LinkPort(Protocol):
    """The part of `protocol.link.Link` that the pages use."""

    def start(self) -> None:
        """Open the link."""

    def close(self) -> None:
        """End the link."""

    def ask(
        self,
        command: AnyCommand,
        on_reply: Callable[[AnyReply | None], None],
        *,
        request_id: str | None = None,
        deadline_s: float = 10,
    ) -> str:
        """Ask; the answer comes by callback."""

    def ask_and_wait(self, command: AnyCommand, *, request_id: str | None = None, deadline_s: float = 10) -> AnyReply:
        """Ask and wait; raises `protocol.link.NoAnswer`."""

    def hall_now(self) -> datetime:
        """Tell hall time."""

    @property
    def state(self) -> LinkState:
        """Where the link stands."""

    @property
    def rate(self) -> float:
        """Hall seconds per real second."""


OpenLink = Callable[[Sequence[str], Callable[[str, Envelope], None], Callable[[LinkState], None]], LinkPort]
"""Makes the link: topics, what to call with a view, what to call with a state."""


class Listener:
    """Somebody who wants to know that something changed."""

    def __init__(self, topics: Sequence[str]) -> None:
        self.topics = frozenset(topics)
        self._changed = threading.Event()

    def wants(self, topic: str) -> bool:
        """Tell whether this topic is one of its own, or of a family of its own (``board/``)."""
        return topic in self.topics or f"{topic.partition('/')[0]}/" in self.topics

    def tell(self) -> None:
        """Mark that something changed."""
        self._changed.set()

    def wait(self, timeout_s: float) -> bool:
        """Wait until something changed, or the time is over; tells which."""
        changed = self._changed.wait(timeout_s)
        self._changed.clear()
        return changed


class WatchedHall:
    """The hall as a program knows it that watches `topics` and asks by its function of kind `kind`.

    Views and the state arrive in the link's thread, questions in any.
    """

    def __init__(self, open_link: OpenLink, topics: Sequence[str], kind: str) -> None:
        self._kind = kind
        self._lock = threading.Lock()
        self._views: dict[str, Envelope] = {}
        self._epoch = -1
        self._revision = 0
        self._listeners: set[Listener] = set()
        self._function_id = ""
        self._introducing = False
        self._procedures: dict[str, Procedure] = {}
        self._catalogue_hash = ""
        self._link = open_link(topics, self._on_view, self._on_state)

    def start(self) -> None:
        """Begin to watch."""
        self._link.start()

    def close(self) -> None:
        """End the link and wake whoever waits."""
        self._link.close()
        self._tell(None)

    # --- for any thread ------------------------------------------------------------------------------------------

    @property
    def state(self) -> LinkState:
        """Where the link to the queue server stands; only `up` may be shown as live."""
        return self._link.state

    @property
    def rate(self) -> float:
        """How many hall seconds pass in a real one."""
        return self._link.rate

    @property
    def function_id(self) -> str:
        """The function under which this program asks; empty until the server has told it."""
        return self._function_id

    @property
    def procedures(self) -> dict[str, Procedure]:
        """The catalogue by code, as far as it has been fetched."""
        return self._procedures

    @property
    def revision(self) -> int:
        """A number that rises with each new view: what was true of the hall at one of them is true until the next."""
        return self._revision

    def topics(self, family: str) -> tuple[str, ...]:
        """Name the topics of a family (``board/``) of which there are views, sorted."""
        with self._lock:
            return tuple(sorted(topic for topic in self._views if topic.startswith(family)))

    def now(self) -> datetime:
        """Tell hall time."""
        return self._link.hall_now()

    def view(self, topic: str, kind: type[ViewT]) -> ViewT | None:
        """Give the last view of a topic, unless the server has started again since and not yet told it anew."""
        with self._lock:
            envelope = self._views.get(topic)
            fresh = envelope is not None and envelope.epoch == self._epoch
        return envelope.view if envelope is not None and fresh and isinstance(envelope.view, kind) else None

    def viewed_at(self, topic: str) -> datetime:
        """Tell of what hall time the last view of a topic is; now, where there is none."""
        with self._lock:
            envelope = self._views.get(topic)
        return envelope.at if envelope is not None else self.now()

    def ask(self, command: AnyCommand, *, request_id: str, deadline_s: float) -> AnyReply:
        """Ask and wait; raises `protocol.link.NoAnswer` (the outcome is unknown) or `LinkFull` (not even sent)."""
        return self._link.ask_and_wait(command, request_id=request_id, deadline_s=deadline_s)

    @contextmanager
    def listening(self, topics: Sequence[str]) -> Iterator[Listener]:
        """Listen to changes of these topics and of the link's state."""
        listener = Listener(topics)
        with self._lock:
            self._listeners.add(listener)
        try:
            yield listener
        finally:
            with self._lock:
                self._listeners.discard(listener)

    # --- in the link's thread ------------------------------------------------------------------------------------

    def _on_view(self, topic: str, envelope: Envelope) -> None:
        with self._lock:
            self._views[topic] = envelope
            self._revision += 1
            self._epoch = max(self._epoch, envelope.epoch)
        if not self._function_id and not self._introducing:
            self._introduce()
        if isinstance(envelope.view, KioskView) and envelope.view.catalogue_hash not in {"", self._catalogue_hash}:
            self._catalogue_hash = envelope.view.catalogue_hash
            if envelope.view.catalogue_pages:
                self._fetch_catalogue(0, {})
            else:
                self._procedures = {}  # A hall without procedures has no page to fetch.
        self._tell(topic)

    def _on_state(self, state: LinkState) -> None:
        log.info("the link to the queue server is %s", state)
        self._tell(None)

    def _tell(self, topic: str | None) -> None:
        with self._lock:
            interested = [listener for listener in self._listeners if topic is None or listener.wants(topic)]
        for listener in interested:
            listener.tell()

    def _introduce(self) -> None:
        """Ask by which function this program is known; without it no command can be asked."""
        self._introducing = True

        def on_reply(reply: AnyReply | None) -> None:
            self._introducing = False
            if not isinstance(reply, Introduction):
                log.error("the queue server did not tell who we are (%r); it is asked again with the next view", reply)
                return
            own = [function.function_id for function in reply.functions if function.kind == self._kind]
            if not own:
                log.error(
                    "the key of device %s has no function of kind %s; pair it anew with one",
                    reply.device_id,
                    self._kind,
                )
                return
            self._function_id = own[0]
            self._tell(None)

        self._link.ask(Introduce(), on_reply, deadline_s=_INTRODUCTION_DEADLINE_S)

    def _fetch_catalogue(self, page: int, fetched: dict[str, Procedure]) -> None:
        """Fetch the pages of the catalogue one after the other; names of procedures appear once all are there."""
        wanted = self._catalogue_hash

        def on_reply(reply: AnyReply | None) -> None:
            if wanted != self._catalogue_hash:
                return
            if not isinstance(reply, CataloguePage):
                log.warning("page %d of the catalogue could not be fetched (%r); codes are shown for now", page, reply)
                self._catalogue_hash = ""
                return
            fetched.update((procedure.code, procedure) for procedure in reply.procedures)
            if reply.page + 1 < reply.pages:
                self._fetch_catalogue(page + 1, fetched)
            else:
                self._procedures = fetched
                self._tell(None)

        self._link.ask(FetchCatalogue(catalogue_hash=wanted, page=page), on_reply, deadline_s=_CATALOGUE_DEADLINE_S)
