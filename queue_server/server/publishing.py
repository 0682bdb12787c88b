"""Which views to send when: those that changed, soon; each of them, once a second.

What changed follows from the events roughly and from comparing the new view with the last one exactly. Boards and the
counter where something happened come at once. The rest (how many wait, at which of twenty counters it matters) waits a
tenth of a second, so that a rush of tickets costs one look at each of them and not one per ticket; and of those that
are due only a few are made before the next requests are answered.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import msgspec

from protocol import events as e
from protocol.codec import encode
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
_DEVICES: Final = (e.DeviceCreated, e.DevicePaired, e.DeviceRevoked, e.DeviceReported, e.HelpAnswered, e.PairingFailed)
_HELP: Final = (e.DeviceReported, e.HelpAnswered)
"""What may begin or end a call for help, of which all staff are told."""
_SILENT: Final = (e.RatingPressed, e.VisitRated, e.TicketReported, e.ServerStarted, e.ClockStepped)
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
        self.renew(now)

    def renew(self, now: float) -> None:
        """Look at everything anew: after a start, a reload, a new configuration, the passing of a boundary in time."""
        names = core.topics(self._handler.branch)
        self._topics = {name: self._topics.get(name) or _Topic() for name in names}
        for index, topic in enumerate(self._topics.values()):
            topic.dirty_at = now
            topic.phase = HEARTBEAT_S * index / len(names)

    def happened(self, events: Sequence[e.AnyEvent], now: float) -> None:
        """Note which topics these events may have changed."""
        if any(isinstance(event, _EVERYTHING) for event in events):
            self.renew(now)
        for event in events:
            if isinstance(event, _RATING):
                self._touch((f"rating/{event.counter_id}",), now, urgent=True)
            elif isinstance(event, _DEVICES):
                self._touch(("devices",), now)
                if isinstance(event, _HELP):
                    self._touch(("hall",), now)
            elif isinstance(event, e.CounterEvent):
                self._touch((f"counter/{event.counter_id}",), now, urgent=True)
                self._touch((name for name in self._topics if name.startswith("board/")), now, urgent=True)
                self._touch(self._hall_topics(), now)
            elif not isinstance(event, _SILENT):
                self._touch(self._hall_topics(), now)

    def alarms_changed(self, now: float) -> None:
        """Tell staff of an alarm, or that it is over."""
        self._touch(("hall",), now, urgent=True)

    def work(self, at: datetime, now: float) -> None:
        """Send what is urgent, and a few of those whose time has come."""
        few = FEW
        for name, topic in self._topics.items():
            if topic.urgent:
                self._publish(name, topic, at, now)
            elif few and topic.next_at <= now:
                few -= 1
                self._publish(name, topic, at, now)

    def due_in(self, now: float) -> float:
        """Tell in how many seconds there is work to do at the latest."""
        if any(topic.urgent for topic in self._topics.values()):
            return 0.0
        return max(0.0, min(topic.next_at for topic in self._topics.values()) - now)

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

    def _hall_topics(self) -> Iterable[str]:
        return (name for name in self._topics if not name.startswith("rating/") and name != "devices")

    def _touch(self, names: Iterable[str], now: float, *, urgent: bool = False) -> None:
        for name in names:
            topic = self._topics.get(name)
            if topic is not None:
                topic.dirty_at = now if topic.dirty_at is None else topic.dirty_at
                topic.urgent = topic.urgent or urgent
