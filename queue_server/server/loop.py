"""The loop: wait, take what came, hand it to the handler, tell what is durable. It holds no rule.

One thread does everything in turn: handshakes, commands, subscriptions, pairing, time, views. Nothing waits for anyone:
every socket is asked without blocking, and each kind of work has a limit per turn.
"""

import contextlib
import os
import time
from collections.abc import Container, Iterator, Sequence
from datetime import datetime
from typing import Final

import zmq

from protocol.events import AnyEvent, ClockStepped, DevicePaired, DeviceRevoked, FunctionPlaced
from queue_server.clock import Clock
from queue_server.core.snapshot import take_snapshot
from queue_server.handler import Asked, Handler
from queue_server.log import CommitUnknown, Log, LogUnusable
from queue_server.server.door import (
    PAIRING_TRIES_AT_ONCE,
    PAIRING_TRIES_PER_SECOND,
    Buckets,
    may_subscribe,
    stranger_of,
)
from queue_server.server.estimating import Estimator
from queue_server.server.presence import SILENT_AFTER_S, Presence
from queue_server.server.publishing import Publisher
from queue_server.server.sockets import Socket, Sockets, answer_waiting_handshake

BATCH: Final = 128
HANDSHAKES_AT_ONCE: Final = 64
SUBSCRIPTIONS_AT_ONCE: Final = 200
PROBE_S: Final = 1.0
LOOK_S: Final = 1.0
PRUNE_S: Final = 1.0
TICK_AGAIN_S: Final = 0.05
"""A tick that had nothing to do is not repeated sooner, whatever the deadline says."""
TICKS_AT_ONCE: Final = 16
LOOK_AHEAD_S: Final = 10.0
"""The next deadline is worked out anew at least this often, in case the machine's clock is set."""
CUT_AFTER_S: Final = 0.1
"""Live connections are cut this long after a device was revoked, so that the answer to who revoked it gets out."""
BUSY_ANSWERS_PER_SECOND: Final = 20.0
"""A device that floods us is told so as often as this; the rest of its flood is dropped."""


class Server:
    """A running branch. :meth:`run` returns after :meth:`stop`, which any thread or signal handler may call."""

    def __init__(
        self,
        handler: Handler,
        log: Log,
        clock: Clock,
        sockets: Sockets,
        estimator: Estimator,
        *,
        epoch: int,
        requests_per_second: float,
        silent_after_s: float = SILENT_AFTER_S,
    ) -> None:
        self._handler = handler
        self._log = log
        self._clock = clock
        self._sockets = sockets
        self._estimator = estimator
        self._devices = Buckets(requests_per_second)
        self._busy_answers = Buckets(BUSY_ANSWERS_PER_SECOND)
        self._pairings = Buckets(PAIRING_TRIES_PER_SECOND, PAIRING_TRIES_AT_ONCE)
        self._publisher = Publisher(handler, epoch=epoch, rate=clock.rate, send=self._send_view, now=time.monotonic())
        self._bell = os.eventfd(0, os.EFD_CLOEXEC | os.EFD_NONBLOCK)
        self._stopping = False
        self._presence = Presence(time.monotonic(), silent_after_s)
        # When, by the monotonic clock, each kind of work is due next.
        self._tick_at = self._probe_at = self._prune_at = self._look_at = 0.0
        self._cut_at: float | None = None
        self._known_alarms: frozenset[str] = frozenset()
        self._poller = zmq.Poller()
        self._heeded: tuple[Socket | int, ...] = ()
        """What the poller looks at; it is made anew when a socket is, or when the estimating process is."""

    def stop(self) -> None:
        """End the loop soon."""
        self._stopping = True
        with contextlib.suppress(OSError):  # It has ended already.
            os.eventfd_write(self._bell, 1)

    def run(self) -> None:
        """Serve until stopped."""
        try:
            while not self._stopping:
                self._turn()
        finally:
            self._estimator.close()
            bell, self._bell = self._bell, -1
            os.close(bell)

    # --- one turn ----------------------------------------------------------------------------------------------------

    def _turn(self) -> None:
        ready = self._wait()
        at = self._pass_time()
        if self._sockets.handshakes in ready:
            self._let_in()
        if self._sockets.commands in ready:
            self._answer_devices(at)
        if self._sockets.pairing in ready:
            self._answer_strangers(at)
        if self._sockets.views in ready:
            self._subscribe(at)
        now = time.monotonic()
        self._cut_revoked(now)
        self._keep_house(now)
        self._look_around(at, now)
        self._estimate(at, now)
        self._publisher.work(at, now)

    def _wait(self) -> Container[Socket | int]:
        """Wait until there is something to do; gives the sockets at which something waits."""
        now = time.monotonic()
        due = [self._publisher.due_in(now), self._tick_at - now, self._estimator.due_in(now)]
        if self._cut_at is not None:
            due.append(self._cut_at - now)
        if self._handler.storage_failed:
            due.append(self._probe_at - now)
        wait_s = min(due)
        self._heed()
        return dict(self._poller.poll(int(wait_s * 1000) + 1 if wait_s > 0 else 0))

    def _heed(self) -> None:
        """Look at those sockets and pipes that there are now."""
        sockets, answers = self._sockets, self._estimator.answers
        own = (sockets.handshakes, sockets.commands, sockets.views, sockets.pairing, self._bell)
        heeded: tuple[Socket | int, ...] = own if answers is None else (*own, answers)
        if heeded != self._heeded:
            self._heeded, self._poller = heeded, zmq.Poller()
            for one in heeded:
                self._poller.register(one, zmq.POLLIN)

    def _pass_time(self) -> datetime:
        """Tell hall time, and let it do its part when a deadline has passed."""
        at, now = self._clock.now(), time.monotonic()
        step_s = self._clock.take_step()
        if step_s:
            self._handler.note([ClockStepped(at=at, step_s=step_s)])
        if step_s or now >= self._tick_at:
            self._tick(at, now)
        return at

    def _tick(self, at: datetime, now: float) -> None:
        """Do all that is due, before anyone is answered: yesterday closes and today opens in one go."""
        deadline_at = self._handler.next_deadline(at)
        for _ in range(TICKS_AT_ONCE):
            if deadline_at is None or deadline_at > at:
                break
            events = self._handler.tick(at)
            self._after(events)
            self._publisher.renew(now)
            deadline_at = self._handler.next_deadline(at)
            if not events:
                break
        self._plan_tick(deadline_at, now)

    def _plan_tick(self, deadline_at: datetime | None, now: float) -> None:
        wait_s = LOOK_AHEAD_S if deadline_at is None else self._clock.real_seconds_until(deadline_at)
        # What time demands and our own mistake prevents is tried again, but not all the time.
        least_s = PROBE_S if "internal" in self._handler.alarms else TICK_AGAIN_S
        self._tick_at = now + min(max(wait_s, least_s), LOOK_AHEAD_S)

    def _let_in(self) -> None:
        for _ in range(HANDSHAKES_AT_ONCE):
            if not answer_waiting_handshake(self._sockets.handshakes, self._handler.branch):
                return

    def _answer_devices(self, at: datetime) -> None:
        """Answer what devices ask, up to a batch."""
        now = time.monotonic()
        batch = []
        for route, asked in _requests(self._sockets.commands, BATCH):
            self._presence.heard(asked.public_key, now)
            if _is_sign_of_life(asked):
                self._handler.hear(asked.public_key, at)
                continue
            if self._devices.take(asked.public_key, now):
                batch.append((route, asked))
            elif self._busy_answers.take(asked.public_key, now):
                self._reply(self._sockets.commands, route, asked, self._handler.refused("busy"))
        self._handle(self._sockets.commands, batch, at)

    def _answer_strangers(self, at: datetime) -> None:
        """Answer at the pairing door, where each stranger's machine has so many tries; one that succeeds costs none."""
        now = time.monotonic()
        batch = [
            (route, asked._replace(at_pairing=True))
            for route, asked in _requests(self._sockets.pairing, BATCH)
            if not _is_sign_of_life(asked) and self._pairings.take(stranger_of(asked.peer_address), now)
        ]
        events = self._handle(self._sockets.pairing, batch, at)
        paired = {event.public_key for event in events if isinstance(event, DevicePaired)}
        for _, asked in batch:
            if asked.public_key in paired:
                self._pairings.give_back(stranger_of(asked.peer_address))

    def _handle(self, socket: Socket, batch: Sequence[tuple[bytes, Asked]], at: datetime) -> tuple[AnyEvent, ...]:
        if not batch:
            return ()
        outcome = self._handler.handle([asked for _, asked in batch], at)
        for (route, asked), reply in zip(batch, outcome.replies, strict=True):
            if reply is not None:
                self._reply(socket, route, asked, reply)
        self._after(outcome.events)
        return outcome.events

    def _reply(self, socket: Socket, route: bytes, asked: Asked, reply: bytes) -> None:
        # A peer that does not take its replies loses them; it asks again under the same id.
        with contextlib.suppress(zmq.Again):
            socket.send(route, zmq.SNDMORE | zmq.NOBLOCK)
            socket.send(asked.request_id, zmq.SNDMORE | zmq.NOBLOCK)
            socket.send(reply, zmq.NOBLOCK)

    def _after(self, events: Sequence[AnyEvent]) -> None:
        """Follow up what has become durable."""
        if not events:
            return
        now = time.monotonic()
        self._publisher.happened(events, now)
        self._tick_at = now
        if any(isinstance(event, DeviceRevoked | FunctionPlaced) for event in events):
            self._cut_at = now + CUT_AFTER_S

    def _subscribe(self, at: datetime) -> None:
        for _ in range(SUBSCRIPTIONS_AT_ONCE):
            try:
                frame = self._sockets.views.recv(zmq.NOBLOCK, copy=False)
            except zmq.Again:
                return
            sign, topic = frame.bytes[:1], frame.bytes[1:]
            if sign == b"\x01" and may_subscribe(self._handler.branch, _key_of(frame), topic):
                self._sockets.views.setsockopt(zmq.SUBSCRIBE, topic)
                self._publisher.tell(topic, at)
            elif sign == b"\x00":
                self._sockets.views.setsockopt(zmq.UNSUBSCRIBE, topic)

    def _cut_revoked(self, now: float) -> None:
        if self._cut_at is not None and now >= self._cut_at:
            self._cut_at = None
            self._sockets.rebind()

    def _keep_house(self, now: float) -> None:
        """Try a failed disk once a second, forget old replies now and then, tell alarms."""
        if self._handler.storage_failed and now >= self._probe_at:
            self._probe_at = now + PROBE_S
            if self._handler.probe():
                self._publisher.renew(now)
        if not self._handler.storage_failed and now >= self._prune_at:
            self._prune_at = now + PRUNE_S
            with contextlib.suppress(CommitUnknown, LogUnusable):  # The next commit finds out, and says so.
                self._log.prune_replies()
        if self._known_alarms != self._handler.alarms:
            self._known_alarms = frozenset(self._handler.alarms)
            self._publisher.alarms_changed(now)

    def _look_around(self, at: datetime, now: float) -> None:
        """Report who fell silent and who is back."""
        if now >= self._look_at and not self._handler.storage_failed:
            self._look_at = now + LOOK_S
            for report in self._presence.changes(self._handler.branch, now):
                self._after(self._handler.instruct(report, at))

    def _estimate(self, at: datetime, now: float) -> None:
        found = self._estimator.work(now, lambda: take_snapshot(self._handler.branch, at))
        if found is not None and found != self._handler.estimates:
            self._handler.estimates = found
            self._publisher.renew(now)

    def _send_view(self, topic: bytes, body: bytes) -> None:
        with contextlib.suppress(zmq.Again):  # Whoever cannot follow gets the next one, which is complete too.
            self._sockets.views.send_multipart([topic, body], zmq.NOBLOCK)


def _requests(socket: Socket, limit: int) -> Iterator[tuple[bytes, Asked]]:
    """Give what waits at a ROUTER, up to a limit: the route back and the request with its sender's key."""
    for _ in range(limit):
        try:
            frames = [socket.recv(zmq.NOBLOCK, copy=False)]
        except zmq.Again:
            return
        while frames[-1].more:  # The rest of a message is there with its first frame.
            frames.append(socket.recv(zmq.NOBLOCK, copy=False))
        if len(frames) == 3:  # noqa: PLR2004 -- [route, request_id, body]; anything else is none of ours.
            address = str(frames[0].get("Peer-Address"))
            yield frames[0].bytes, Asked(_key_of(frames[0]), frames[1].bytes, frames[2].bytes, peer_address=address)


def _is_sign_of_life(asked: Asked) -> bool:
    return not asked.request_id and not asked.body


def _key_of(frame: zmq.Frame) -> str:
    """Give the key that proved itself on this connection; the route and the message could say anything."""
    return str(frame.get("User-Id"))
