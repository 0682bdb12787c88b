"""Which views to send when: those that changed, soon; each of them, once a second.

What changed follows from the events roughly and from comparing the new view with the last one exactly. Boards and the
counter where something happened come at once. The rest (how many wait, at which of twenty counters it matters) waits a
tenth of a second, so that a rush of tickets costs one look at each of them and not one per ticket; and of those that
are due only a few are made before the next requests are answered.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, get_args

import msgspec

from protocol import events as e
from protocol.codec import encode
from protocol.inquiry_events import InquiryEvent
from protocol.message import PROTOCOL_VERSION
from protocol.views import AnyView, Envelope, HallView
from protocol.wire import wire_topic
from queue_server import core
from queue_server.handler import Handler

HEARTBEAT_S: Final = 1.0
SOON_S: Final = 0.1
"""A view that is not urgent is made so long after it first may have changed, with all that changed since."""

FEW: Final = 2
"""So many views that are not urgent are made between two looks at the requests."""

_RATING: Final = (e.RatingOpened, e.RatingClosed)
_DEVICES: Final = (
    *(e.DeviceCreated, e.DevicePaired, e.DeviceRevoked, e.FunctionPlaced),
    *(e.DeviceReported, e.HelpAnswered, e.PairingFailed),
)
_HELP: Final = (e.DeviceReported, e.HelpAnswered)
"""What may begin or end a call for help, of which all staff are told."""
_SILENT: Final = (
    *(e.RatingPressed, e.VisitRated, e.TicketReported, e.ServerStarted, e.ClockStepped),
    *get_args(InquiryEvent),
)
"""What no view tells of: a view that was made anew just then would tell when a rating was a low one."""
_EVERYTHING: Final = (e.ConfigurationChanged, e.DayOpened, e.DayClosed)


@dataclass(slots=True)
class _Topic:
    """What was last sent of a topic, and what is due."""

    view: AnyView | None = None
    sequence: int = 0
    due_at: float = 0.0
    """When it is sent next, changed or not: a heartbeat."""
    phase: float = 0.0
    """At which part of each second its heartbeat is due, so that not all of them come at once."""
    dirty_at: float | None = None
    """Since when it may have changed; ``None`` when it has not."""
    urgent: bool = False

    @property
    def next_at(self) -> float:
        """When it is made next."""
        return self.due_at if self.dirty_at is None else min(self.due_at, self.dirty_at + SOON_S)


class Publisher:
    """The views of one server run. ``send(wire topic, body)`` puts one on the wire."""

    def __init__(
        self, handler: Handler, *, epoch: int, rate: float, send: Callable[[bytes, bytes], None], now: float
    ) -> None:
        self._handler = handler
        self._epoch = epoch
        self._rate = rate
        self._send = send
        self._topics: dict[str, _Topic] = {}
        self._hall_topics: tuple[str, ...] = ()
        """Those that tell how many wait."""
        self._boards: tuple[str, ...] = ()
        self._next_at = now
        """Before this there is nothing to send, unless something happens."""
        self.renew(now)

    def renew(self, now: float) -> None:
        """Look at everything anew: after a start, a reload, a new configuration, the passing of a boundary in time."""
        names = core.topics(self._handler.branch)
        self._topics = {name: self._topics.get(name) or _Topic() for name in names}
        for index, topic in enumerate(self._topics.values()):
            topic.dirty_at = now
            topic.phase = HEARTBEAT_S * index / len(names)
        self._hall_topics = tuple(name for name in names if not name.startswith("rating/") and name != "devices")
        self._boards = tuple(name for name in names if name.startswith("board/"))
        self._next_at = now

    def happened(self, events: Sequence[e.AnyEvent], now: float) -> None:
        """Note which topics these events may have changed: each one once, however many events there were."""
        soon: set[str] = set()
        urgent: set[str] = set()
        for event in events:
            if isinstance(event, _EVERYTHING):
                self.renew(now)
            elif isinstance(event, _RATING):
                urgent.add(f"rating/{event.counter_id}")
            elif isinstance(event, _DEVICES):
                soon.add("devices")
                if isinstance(event, _HELP):
                    soon.update(("hall", "kiosk"))
            elif isinstance(event, e.TicketPrintOrdered) or (isinstance(event, e.TicketReported) and event.order_id):
                soon.update(("hall", "kiosk"))
            elif isinstance(event, e.CounterEvent):
                urgent.update((f"counter/{event.counter_id}", *self._boards))
                soon.update(self._hall_topics)
            elif not isinstance(event, _SILENT):
                soon.update(self._hall_topics)
        self._touch(urgent, now, urgent=True)
        self._touch(soon, now)

    def alarms_changed(self, now: float) -> None:
        """Tell staff of an alarm, or that it is over."""
        self._touch(("hall",), now, urgent=True)

    def work(self, at: datetime, now: float) -> None:
        """Send what is urgent, and a few of those whose time has come."""
        if now < self._next_at:
            return
        few = FEW
        for name, topic in self._topics.items():
            if topic.urgent:
                self._publish(name, topic, at, now)
            elif few and topic.next_at <= now:
                few -= 1
                self._publish(name, topic, at, now)
        self._next_at = min(topic.next_at for topic in self._topics.values())

    def due_in(self, now: float) -> float:
        """Tell in how many seconds there is work to do at the latest."""
        return max(0.0, self._next_at - now)

    def tell(self, prefix: bytes, at: datetime) -> None:
        """Send the last views of the topics that begin so: somebody has just subscribed."""
        for name, topic in self._topics.items():
            if wire_topic(name).startswith(prefix) and topic.view is not None:
                self._send(wire_topic(name), self._enveloped(topic, topic.view, at))

    def _publish(self, name: str, topic: _Topic, at: datetime, now: float) -> None:
        view = self._project(name, topic, at)
        if view is not None:
            if view != topic.view:
                topic.view = view
                topic.sequence += 1
            self._send(wire_topic(name), self._enveloped(topic, view, at))
        topic.dirty_at, topic.urgent = None, False
        topic.due_at = now + ((topic.phase - now) % HEARTBEAT_S or HEARTBEAT_S)

    def _project(self, name: str, topic: _Topic, at: datetime) -> AnyView | None:
        """Give the view as it is now; while the disk cannot be read, the last one that was true."""
        if self._handler.readable:
            view: AnyView | None = core.view_of(self._handler.branch, name, self._handler.estimates, at)
        else:
            view = topic.view
        if isinstance(view, HallView):
            return msgspec.structs.replace(view, alarms=tuple(sorted(self._handler.alarms)))
        return view

    def _enveloped(self, topic: _Topic, view: AnyView, at: datetime) -> bytes:
        return encode(
            Envelope(
                epoch=self._epoch, sequence=topic.sequence, at=at, rate=self._rate, version=PROTOCOL_VERSION, view=view
            )
        )

    def _touch(self, names: Iterable[str], now: float, *, urgent: bool = False) -> None:
        for name in names:
            topic = self._topics.get(name)
            if topic is not None:
                if topic.dirty_at is None:
                    topic.dirty_at = now
                    self._next_at = min(self._next_at, topic.next_at)
                if urgent:
                    topic.urgent = True
                    self._next_at = now
