"""A terminal's end of the wire: ask with retry under the same id, watch views, know when the server is gone.

One thread owns the sockets. Other threads put their questions into a bounded box and wake it; callbacks run *in that
thread*, so a program with a loop of its own passes them on. What holds here:

- A question is sent again under the same id until it is answered or its deadline passes. ``None`` as an answer means
  that the outcome is *unknown*, never that nothing happened: ask again under the same id, or look.
- A view is complete. The last one stays at hand; three missed heartbeats make the state ``gone``, the next view ``up``.
- A socket whose key was refused neither sends nor connects again (libzmq 4.3: ``send`` would block for ever), so the
  sockets are made anew, with a growing pause.

Timers of the link run on the real monotonic clock, whatever the rate of the hall's.
"""

import contextlib
import os
import random
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, Literal, Self

import zmq
from zmq.utils.monitor import recv_monitor_message

from protocol.codec import Malformed, decode_envelope, decode_reply, encode
from protocol.commands import AnyCommand, Pair
from protocol.hall_clock import HallClock
from protocol.keys import (
    KEY_FILE,
    LINK_FILE,
    BadPairing,
    Keys,
    LinkSettings,
    NotPaired,
    PairingString,
    UnusableKey,
    load_or_make_keys,
    new_id,
)
from protocol.views import AnyReply, Envelope, Paired, Refused
from protocol.wire import PENDING_LIMIT, Wire

__all__ = [
    "KEY_FILE",
    "LINK_FILE",
    "BadPairing",
    "Keys",
    "Link",
    "LinkFull",
    "LinkSettings",
    "LinkState",
    "NoAnswer",
    "NotPaired",
    "PairingRefused",
    "PairingString",
    "UnusableKey",
    "load_or_make_keys",
    "new_id",
    "open_link",
    "pair",
]

LinkState = Literal["connecting", "up", "gone", "refused"]

HEARTBEAT_S: Final = 1.0
GONE_AFTER_S: Final = 2.6
"""Two heartbeats and most of a third: a board has painted that it is out of service within 3 s of the last word."""

SIGN_OF_LIFE_S: Final = 3.0
"""So often a link tells the server that it is there: two empty frames, which get no answer."""
RETRY_FIRST_S: Final = 0.25
RETRY_MOST_S: Final = 2.0
SEND_AGAIN_S: Final = 0.02
REOPEN_FIRST_S: Final = 0.5
REOPEN_MOST_S: Final = 5.0
REOPEN_WHEN_GONE_S: Final = 10.0
MESSAGES_AT_ONCE: Final = 100


class NoAnswer(Exception):  # noqa: N818 -- a state of our knowledge: the outcome is unknown.
    """No answer came in time. Whether the command was carried out is unknown; ask again under the same id."""


class LinkFull(Exception):  # noqa: N818 -- a limit that was reached.
    """Too many questions wait for an answer."""


class PairingRefused(Exception):  # noqa: N818 -- the server's answer.
    """The server refused to pair; ``reply`` tells why."""

    def __init__(self, reply: AnyReply) -> None:
        self.reply = reply
        why = (reply.sentences.get("en") or reply.code) if isinstance(reply, Refused) else type(reply).__name__
        super().__init__(f"the server refused to pair this device: {why}")


@dataclass(slots=True, eq=False)
class _Question:
    request_id: str
    body: bytes
    on_reply: Callable[[AnyReply | None], None]
    deadline: float
    send_at: float = 0.0
    pause_s: float = RETRY_FIRST_S
    busy: Refused | None = None
    """The server was too busy to decide; told only if it stays so until the deadline."""

    def sent(self, now: float) -> None:
        """Plan the next try: pauses double, and differ between terminals so that a hall does not retry in step."""
        self.send_at = now + self.pause_s * random.uniform(0.8, 1.2)  # noqa: S311 -- no secret hangs on it.
        self.pause_s = min(self.pause_s * 2, RETRY_MOST_S)


class _Exchange:
    """What the callers' threads and the link's thread hand each other: questions, topics, views, the state."""

    def __init__(
        self,
        topics: Sequence[str],
        on_view: Callable[[str, Envelope], None],
        on_state: Callable[[LinkState], None],
    ) -> None:
        self.clock = HallClock(time.monotonic, _utc_now)
        self.views: dict[str, Envelope] = {}
        self.state: LinkState = "connecting"
        self._on_view = on_view
        self._on_state = on_state
        self._lock = threading.Lock()
        self._topics = list(topics)
        self._new_topics: list[str] = []
        self._questions: list[_Question] = []
        self._waiting = 0
        self._closing = False
        self._bell = -1

    # --- for any thread ---

    def open(self) -> None:
        self._bell = os.eventfd(0, os.EFD_CLOEXEC | os.EFD_NONBLOCK)

    def close(self) -> None:
        with self._lock:
            self._closing = True
            self._ring()

    def closed(self) -> None:
        with self._lock:
            if self._bell >= 0:
                os.close(self._bell)
                self._bell = -1

    def put(self, question: _Question) -> None:
        with self._lock:
            if self._closing:
                raise LinkFull("the link is closed")
            if self._waiting >= PENDING_LIMIT:
                raise LinkFull(f"{PENDING_LIMIT} questions wait for an answer; no more can be taken")
            self._waiting += 1
            self._questions.append(question)
            self._ring()

    def watch(self, topic: str) -> None:
        with self._lock:
            if topic not in self._topics:
                self._topics.append(topic)
                self._new_topics.append(topic)
                self._ring()

    def _ring(self) -> None:
        if self._bell >= 0:
            os.eventfd_write(self._bell, 1)

    # --- for the link's thread ---

    @property
    def bell(self) -> int:
        return self._bell

    def topics(self) -> tuple[str, ...]:
        with self._lock:
            return tuple(self._topics)

    def take(self) -> tuple[list[_Question], list[str], bool]:
        with self._lock:
            questions, self._questions = self._questions, []
            topics, self._new_topics = self._new_topics, []
            return questions, topics, self._closing

    def answer(self, question: _Question, reply: AnyReply | None) -> None:
        with self._lock:
            self._waiting -= 1
        question.on_reply(reply)

    def heard(self, topic: str, envelope: Envelope) -> bool:
        """Take a view; False when it is older than what we have and the newer source still speaks."""
        last = self.views.get(topic)
        if last is not None and (envelope.epoch, envelope.sequence) < (last.epoch, last.sequence):
            # Overtaken on the way, if the link is up. Otherwise the branch came back from an older backup: believe it.
            if self.state == "up":
                return False
            last = None
        self.clock.heard(envelope.at, envelope.rate, envelope.epoch)
        self.views[topic] = envelope
        if last is None or (envelope.epoch, envelope.sequence) != (last.epoch, last.sequence):
            self._on_view(topic, envelope)
        return True

    def become(self, state: LinkState) -> None:
        if state != self.state:
            self.state = state
            self._on_state(state)


class Link:
    """A paired device's link to its server. Start it, ask, watch, close it (or use it in a ``with``).

    ``on_view(topic, envelope)`` is called for each new view (a heartbeat that repeats the last one is not new), and
    ``on_state(state)`` when the state changes; both in the link's own thread. Without topics to watch, the state
    follows the command socket alone.
    """

    def __init__(
        self,
        settings: LinkSettings,
        keys: Keys,
        *,
        topics: Sequence[str] = (),
        on_view: Callable[[str, Envelope], None] = lambda _topic, _envelope: None,
        on_state: Callable[[LinkState], None] = lambda _state: None,
    ) -> None:
        self._settings = settings
        self._keys = keys
        self._exchange = _Exchange(topics, on_view, on_state)
        self._thread: threading.Thread | None = None
        self.on_sign: Callable[[], None] = lambda: None
        """Called in the link's thread with each sign of life while it is connected; to be set before the start."""

    def start(self) -> None:
        """Open the sockets and begin; returns at once."""
        assert self._thread is None, "a link is started once"
        self._exchange.open()
        self._thread = threading.Thread(target=self._run, name="link", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """End the thread and close the sockets; what is still unanswered gets ``None``."""
        self._exchange.close()
        if self._thread is not None and threading.current_thread() is not self._thread:
            self._thread.join()
            self._exchange.closed()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def ask(
        self,
        command: AnyCommand,
        on_reply: Callable[[AnyReply | None], None],
        *,
        request_id: str | None = None,
        deadline_s: float = 10,
    ) -> str:
        """Ask, and ask again under the same id until answered; ``on_reply`` gets ``None`` when the deadline passes.

        Returns the request id at once. Raises :class:`LinkFull` when too many questions wait already.
        """
        request_id = request_id or new_id()
        self._exchange.put(_Question(request_id, encode(command), on_reply, time.monotonic() + deadline_s))
        return request_id

    def ask_and_wait(self, command: AnyCommand, *, request_id: str | None = None, deadline_s: float = 10) -> AnyReply:
        """Ask and wait for the answer; raises :class:`NoAnswer`. Not for the link's own callbacks."""
        assert threading.current_thread() is not self._thread, "a callback that waits for its own thread waits for ever"
        answered = threading.Event()
        replies: list[AnyReply | None] = []

        def on_reply(reply: AnyReply | None) -> None:
            replies.append(reply)
            answered.set()

        request_id = self.ask(command, on_reply, request_id=request_id, deadline_s=deadline_s)
        answered.wait(deadline_s + HEARTBEAT_S)
        if not replies or replies[0] is None:
            raise NoAnswer(
                f"no answer to {type(command).__name__} (request {request_id}) within {deadline_s:g} s from "
                f"{self._settings.commands_address}; whether it was carried out is unknown"
            )
        return replies[0]

    def watch(self, topic: str) -> None:
        """Watch one more topic, or a whole family of them (``counter/``) where the role allows it."""
        self._exchange.watch(topic)

    def hall_now(self) -> datetime:
        """Tell the hall's time, from the last envelopes; it goes on while the server is gone."""
        return self._exchange.clock.now()

    def last_view(self, topic: str) -> Envelope | None:
        """Give the last view of a topic, however old; the state tells whether it may be shown as live."""
        return self._exchange.views.get(topic)

    @property
    def state(self) -> LinkState:
        """Where the link stands: ``connecting`` for 3 s at most, ``up``, ``gone``, or ``refused`` (not paired)."""
        return self._exchange.state

    @property
    def rate(self) -> float:
        """How many hall seconds pass in a real one."""
        return self._exchange.clock.rate

    @property
    def keys(self) -> Keys:
        """The device's own key pair."""
        return self._keys

    def _run(self) -> None:
        with zmq.Context(io_threads=1) as context:
            _Loop(self._exchange, lambda: Wire(context, self._settings, self._keys), self.on_sign).run()


class _Loop:
    """The link's thread: sockets, timers, retries."""

    def __init__(self, exchange: _Exchange, make_wire: Callable[[], Wire], on_sign: Callable[[], None]) -> None:
        self._exchange = exchange
        self._make_wire = make_wire
        self._on_sign = on_sign
        self._pending: dict[str, list[_Question]] = {}
        self._wire: Wire | None = None
        self._connected = False
        self._reopen_at = 0.0
        self._reopen_pause_s = REOPEN_FIRST_S
        self._heard_at = -GONE_AFTER_S
        self._sign_at = 0.0
        self._watching = bool(exchange.topics())
        self._started_at = self._opened_at = time.monotonic()

    def run(self) -> None:
        try:
            while self._turn():
                pass
        except BaseException:
            # A callback failed, and with it this thread: nothing more will be heard, so nothing may pass for live.
            self._exchange.become("gone")
            raise
        finally:
            if self._wire is not None:
                self._wire.close()
            for question in self._waiting():
                self._exchange.answer(question, None)

    def _turn(self) -> bool:
        """Wait for the next thing and deal with it; False when the link closes."""
        now = time.monotonic()
        if self._wire is None and now >= self._reopen_at:
            self._open(now)
        self._wait(now)
        questions, topics, closing = self._exchange.take()
        for question in questions:
            self._join(question)
        if closing:
            return False
        if self._wire is not None:
            if topics and self._connected and not self._watching:
                self._heard_at = now  # The first topic's first view has as long to come as any other.
            for topic in topics:
                self._wire.subscribe(topic)
            self._watching = self._watching or bool(topics)
            self._read_replies(self._wire)
            self._read_views(self._wire)
            self._read_monitor(self._wire)
        self._send_and_expire()
        self._give_sign(time.monotonic())
        self._judge(time.monotonic())
        return True

    def _waiting(self) -> list[_Question]:
        """Give all that waits for an answer. Whoever asks the same at once shares its id, and each has a deadline."""
        return [question for asked in self._pending.values() for question in asked]

    def _join(self, question: _Question) -> None:
        """Let a question wait, beside others that ask the same under its id; something else under it is refused."""
        asked = self._pending.setdefault(question.request_id, [])
        if asked and asked[0].body != question.body:
            self._exchange.answer(question, Refused(code="id_reused"))  # One answer could not be told from the other.
        else:
            asked.append(question)

    def _forget(self, question: _Question) -> None:
        asked = self._pending[question.request_id]
        asked.remove(question)
        if not asked:
            del self._pending[question.request_id]

    def _open(self, now: float) -> None:
        self._wire = self._make_wire()
        self._wire.connect(self._exchange.topics())
        self._connected = False
        self._opened_at = now

    def _reopen_later(self, now: float) -> None:
        if self._wire is not None:
            self._wire.close()
            self._wire = None
        self._connected = False
        self._reopen_at = now + self._reopen_pause_s
        self._reopen_pause_s = min(self._reopen_pause_s * 2, REOPEN_MOST_S)

    def _wait(self, now: float) -> None:
        poller = zmq.Poller()
        poller.register(self._exchange.bell, zmq.POLLIN)
        due = [now + HEARTBEAT_S / 4, *(question.deadline for question in self._waiting())]
        gone_at = self._heard_at + GONE_AFTER_S
        if gone_at > now:
            due.append(gone_at)  # Silence is noticed when it is long enough, not at the next look around.
        if self._wire is None:
            due.append(self._reopen_at)
        else:
            for socket in (self._wire.commands, self._wire.views, self._wire.monitor):
                poller.register(socket, zmq.POLLIN)
            if self._connected:
                due += [question.send_at for question in self._waiting()]
        timeout_ms = max(0, int((min(due) - now) * 1000) + 1)
        if (self._exchange.bell, zmq.POLLIN) in poller.poll(timeout_ms):
            os.eventfd_read(self._exchange.bell)

    def _send_and_expire(self) -> None:
        now = time.monotonic()
        for question in self._waiting():
            if now >= question.deadline:
                self._forget(question)
                self._exchange.answer(question, question.busy)
            elif self._wire is not None and self._connected and now >= question.send_at:
                try:
                    self._wire.commands.send_multipart([question.request_id.encode(), question.body], zmq.NOBLOCK)
                except zmq.Again:  # No peer at this very moment, or its box is full.
                    question.send_at = now + SEND_AGAIN_S
                else:
                    question.sent(now)

    def _give_sign(self, now: float) -> None:
        if self._wire is not None and self._connected and now >= self._sign_at:
            self._sign_at = now + SIGN_OF_LIFE_S
            with contextlib.suppress(zmq.Again):
                self._wire.commands.send_multipart([b"", b""], zmq.NOBLOCK)
            self._on_sign()

    def _read_replies(self, wire: Wire) -> None:
        for frames in _received(wire.commands):
            if len(frames) != 2:  # noqa: PLR2004 -- [request_id, body]
                continue
            asked = self._pending.get(frames[0].decode("ascii", "replace"))
            if asked is None:
                continue  # The answer to an earlier try of what has been answered already.
            try:
                reply = decode_reply(frames[1])
            except Malformed:
                continue  # A server that we do not understand is one that does not answer: the deadline tells.
            if isinstance(reply, Refused) and reply.code == "busy":
                for question in asked:
                    question.busy = reply
                continue
            for question in [*asked]:
                self._forget(question)
                self._exchange.answer(question, reply)

    def _read_views(self, wire: Wire) -> None:
        for frames in _received(wire.views):
            if len(frames) != 2:  # noqa: PLR2004 -- [topic, body]
                continue
            try:
                envelope = decode_envelope(frames[1])
            except Malformed:
                continue  # Not understood is not heard: the state becomes "gone" if nothing else comes.
            if self._exchange.heard(frames[0].decode("ascii", "replace").removesuffix("/"), envelope):
                self._heard_at = time.monotonic()

    def _read_monitor(self, wire: Wire) -> None:
        while self._wire is wire and wire.monitor.poll(0):
            event = recv_monitor_message(wire.monitor, zmq.NOBLOCK)["event"]
            if event == zmq.EVENT_HANDSHAKE_SUCCEEDED:
                self._connected = True
                self._reopen_pause_s = REOPEN_FIRST_S
                for question in self._waiting():  # What the old connection may have lost is asked again now.
                    question.send_at, question.pause_s = 0.0, RETRY_FIRST_S
            elif event == zmq.EVENT_HANDSHAKE_FAILED_AUTH:
                self._reopen_later(time.monotonic())
                self._exchange.become("refused")
            else:
                self._connected = False

    def _judge(self, now: float) -> None:
        """Tell the state, and make the sockets anew when nothing has been heard for long."""
        watching = bool(self._exchange.topics())
        fresh = now - self._heard_at < GONE_AFTER_S if watching else self._connected
        state = self._exchange.state
        if fresh:
            self._exchange.become("up")
        elif state == "up" or (state == "connecting" and now - self._started_at > GONE_AFTER_S):
            self._exchange.become("gone")
        silent_s = now - max(self._heard_at, self._opened_at)
        if watching and self._wire is not None and silent_s > REOPEN_WHEN_GONE_S:
            self._reopen_later(now)


def _received(socket: "zmq.Socket[bytes]") -> Iterable[list[bytes]]:
    """Give what waits on a socket, up to a limit, so that one flood does not silence the others."""
    for _ in range(MESSAGES_AT_ONCE):
        try:
            yield socket.recv_multipart(zmq.NOBLOCK)
        except zmq.Again:
            return


def _utc_now() -> datetime:
    return datetime.now(UTC)  # noqa: TID251 -- the link is a loop: what a terminal believes before it has heard.


def open_link(
    state: Path,
    *,
    topics: Sequence[str] = (),
    on_view: Callable[[str, Envelope], None] = lambda _topic, _envelope: None,
    on_state: Callable[[LinkState], None] = lambda _state: None,
) -> Link:
    """Make the link of the device whose folder is ``state``; raises :class:`NotPaired` or :class:`UnusableKey`."""
    settings = LinkSettings.load(state)
    return Link(settings, load_or_make_keys(state / KEY_FILE), topics=topics, on_view=on_view, on_state=on_state)


def pair(pairing: str, state: Path, *, program: str = "", deadline_s: float = 10) -> Paired:
    """Pair this device: make its keys, show the code to the server, keep the addresses.

    Raises :class:`BadPairing`, :class:`UnusableKey`, :class:`PairingRefused`, :class:`NoAnswer`. The id of the request
    is made from the code, so that pairing again after a lost answer is the same request.
    """
    asked = PairingString.parse(pairing)
    settings = asked.settings()
    keys = load_or_make_keys(state / KEY_FILE)
    at_pairing = LinkSettings(
        commands_address=settings.pairing_address,
        views_address=settings.pairing_address,
        pairing_address=settings.pairing_address,
        server_key=settings.server_key,
    )
    with Link(at_pairing, keys) as link:
        reply = link.ask_and_wait(Pair(code=asked.code, program=program), deadline_s=deadline_s)
    if not isinstance(reply, Paired):
        raise PairingRefused(reply)
    settings.save(state)
    return reply
