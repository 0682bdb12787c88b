"""Who carries deliveries: a thread that reads the log on, and one for each webhook, so that nobody waits for another.

A line is carried in order: its head until it is taken, then the next. After a failure the whole line rests, each time
longer. A receiver that cannot be reached is asked again for as long as the head may wait (`outbox.KEPT_S`): it is down,
and its deliveries are good. One that answers wrongly has `TRIES_MOST` tries of each delivery: that may be of the
delivery itself, and the others must go on.
"""

import logging
import sqlite3
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import apsw

from protocol.codec import Malformed
from queue_server.api.follower import Follower
from queue_server.api.sender import Sender
from queue_server.journal import NotALog, OldSqlite
from queue_server.systems.file import SystemsFile
from queue_server.systems.webhooks import Webhook
from queue_server.watched_hall import Listener, WatchedHall

TRIES_MOST: Final = 12
BEAT_S: Final = 1.0
"""So often the log and the technician's wishes are looked at when nothing is heard."""
TOGETHER_S: Final = 0.05
FLUSHED_EVERY_BEATS: Final = 10
CLOSING_S: Final = 15.0

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Pauses:
    """How long a line rests after so many failures in a row: twice as long each time."""

    first_s: float = 1.0
    most_s: float = 300.0

    def after(self, failures: int) -> float:
        """Give the rest after the `failures`-th failure in a row, counted from 1."""
        return min(self.most_s, self.first_s * 2.0 ** min(failures - 1, 30))


class Courier:
    """Carries the line of one webhook."""

    def __init__(self, webhook: Webhook, file: SystemsFile, sender: Sender, clock: "Clock") -> None:
        self.webhook_id = webhook.webhook_id
        self._system_id = webhook.system_id
        self._file, self._sender, self._clock = file, sender, clock
        self._bell = threading.Event()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"courier-{webhook.system_id}")

    def start(self) -> None:
        """Begin to carry."""
        self._thread.start()

    def ring(self) -> None:
        """Say that there may be something new."""
        self._bell.set()

    def end(self) -> None:
        """Carry no more; what is on its way is finished."""
        self._ended.set()
        self._bell.set()

    @property
    def alive(self) -> bool:
        """Whether it is still on its way."""
        return self._thread.is_alive()

    def join(self) -> None:
        """Wait for the end."""
        self._thread.join(CLOSING_S)

    def _run(self) -> None:
        while not self._ended.is_set():
            try:
                rest_s = self._carry()
            except sqlite3.Error:
                log.exception("the line of %s cannot be read or written; it rests for a while", self._system_id)
                rest_s = BEAT_S
            if rest_s > 0:
                self._bell.wait(min(rest_s, BEAT_S))
                self._bell.clear()

    def _carry(self) -> float:
        """Try the head of the line, and tell how long to rest before the next look; 0: not at all."""
        webhook = self._file.webhooks.of(self._system_id)
        if webhook is None or webhook.webhook_id != self.webhook_id:
            return BEAT_S  # It was taken away or set anew; the dispatcher ends this courier with its next beat.
        now_s = self._clock.utc_now().timestamp()
        # A clock that was set back must not let a line rest for longer than any pause.
        if 0 < webhook.again_at_s - now_s <= self._clock.pauses.most_s:
            return webhook.again_at_s - now_s
        head = self._file.outbox.head(self.webhook_id)
        if head is None:
            return BEAT_S
        sent = self._sender.send(webhook.address, webhook.secret, head.delivery_id, head.body.encode())
        if sent.outcome == "taken":
            self._file.outbox.taken(self.webhook_id, head.number)
            return 0
        tries = head.tries + (sent.outcome != "unreachable")
        last = tries >= TRIES_MOST
        again_at_s = self._clock.utc_now().timestamp() + self._clock.pauses.after(webhook.failures + 1)
        self._file.outbox.failed(self.webhook_id, head.number, sent.problem, again_at_s, tries=tries, last=last)
        log.warning("%s did not take %s: %s", self._system_id, head.delivery_id, sent.problem)
        return 0


@dataclass(frozen=True)
class Clock:
    """Real time, and how long to rest. Receivers live by the world's clock, not by the hall's."""

    utc_now: Callable[[], datetime]
    pauses: Pauses = Pauses()


class Dispatcher:
    """Reads the log on whenever the hall changes, and keeps one courier for each webhook."""

    def __init__(self, file: SystemsFile, follower: Follower, sender: Sender, hall: WatchedHall, clock: Clock) -> None:
        self._file, self._follower, self._sender, self._hall, self._clock = file, follower, sender, hall, clock
        self._couriers: dict[str, Courier] = {}
        self._leaving: list[Courier] = []
        self._ended = threading.Event()
        self._listener: Listener | None = None
        self._well = True
        self._thread = threading.Thread(target=self._run, name="dispatcher")

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def close(self) -> None:
        """End, with every courier; what is on its way is finished."""
        self._ended.set()
        if self._listener is not None:
            self._listener.tell()
        self._thread.join(CLOSING_S)

    def _run(self) -> None:
        beats = 0
        with self._hall.listening(("board/",)) as changes:
            self._listener = changes
            while not self._ended.is_set():
                try:
                    self._beat()
                    if beats % FLUSHED_EVERY_BEATS == 0:
                        self._file.uses.flush()
                    self._well = True
                except (NotALog, OldSqlite, Malformed, apsw.Error, sqlite3.Error) as problem:
                    if self._well:
                        log.error("webhooks stand still: %s", problem)  # noqa: TRY400 -- it comes again each second.
                    self._well = False
                beats += 1
                # What changes together is read together.
                if changes.wait(BEAT_S):
                    self._ended.wait(TOGETHER_S)
        for courier in self._couriers.values():
            courier.end()
        for courier in (*self._couriers.values(), *self._leaving):
            courier.join()

    def _beat(self) -> None:
        webhooks = self._file.webhooks.all()
        wanted = {one.webhook_id: one for one in webhooks}
        for webhook_id in self._couriers.keys() - wanted.keys():
            courier = self._couriers.pop(webhook_id)
            courier.end()
            self._leaving.append(courier)  # It may be on its way, and nobody waits for it.
        self._leaving = [courier for courier in self._leaving if courier.alive]
        for webhook_id in wanted.keys() - self._couriers.keys():
            self._couriers[webhook_id] = Courier(wanted[webhook_id], self._file, self._sender, self._clock)
            self._couriers[webhook_id].start()
        self._follower.follow(webhooks)
        self._file.outbox.give_up_old()
        for courier in self._couriers.values():
            courier.ring()
