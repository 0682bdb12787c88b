"""RS-485 master: many slaves on one wire, each asked in turn, none able to hold up the others.

:class:`Schedule` is pure: it says whom to address next and what to believe of the answers. :class:`BusOwner` is the
thread that owns the wire, waits, and tells. Rules of the wire:

- One exchange at a time; after each the wire rests for a turn-around gap of at least 3.5 characters.
- Texts go before polls; among polls the longest waiting slave is next.
- A slave that misses three deadlines in a row is *absent*: it is asked every two seconds only, so that any number of
  absent slaves costs a bounded share of the wire, and it is found again by itself, with its text sent anew.
- A key is handed on exactly once, whatever gets lost: by its number (``codecs/reference_frame.py``).
- An adapter that hears itself is no error: the echo of what was sent is taken away first.
"""

import math
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import Enum
from queue import Full, Queue
from typing import Final, Literal

from hardware.codecs import am03127
from hardware.codecs import reference_frame as rf
from hardware.links import Interrupt, Link, LinkGone, LinkStalled, reopen_delay_s

MISSES_MOST: Final = 3
ABSENT_AGAIN_S: Final = 2.0
ABSENT_APART_S: Final = 0.5  # Between two questions to absent slaves: whatever their number, an eighth of the wire.
LINE_BOARD_AGAIN_S: Final = 30.0  # A line board can only be asked by its text, which it may keep in flash.
NOISE_READS_MOST: Final = 16
TEXT_TRIES_MOST: Final = 5
TEXTS_MOST: Final = 256
WRITE_TIMEOUT_S: Final = 1.0

Speech = Literal["reference", "am03127"]


@dataclass(frozen=True, slots=True)
class SlaveConfig:
    """A device on the wire. ``polled`` for keypads; a counter display is written to, and asked whether it lives."""

    address: int
    polled: bool = True
    speech: Speech = "reference"


@dataclass(frozen=True, slots=True)
class BusConfig:
    """The wire and its times, seconds of real time. ``bytes_per_s`` is baud / 10."""

    slaves: tuple[SlaveConfig, ...]
    bytes_per_s: float = 960.0
    answer_s: float = 0.05  # A slave that has not begun to answer by then is taken for silent.
    gap_s: float = 0.004  # Turn-around: 3.5 characters at 9600 baud.
    poll_s: float = 0.03  # How often a keypad is asked, if the wire has the time: a press is felt as answered at once.
    alive_s: float = 1.0  # How often a display without news is asked whether it lives.


@dataclass(frozen=True, slots=True)
class KeyPressed:
    """A key of a slave, handed on once."""

    address: int
    key: str
    sequence: int


@dataclass(frozen=True, slots=True)
class SlaveHealth:
    """A slave has been found, or lost."""

    address: int
    present: bool


@dataclass(frozen=True, slots=True)
class TextShown:
    """A counter display has acknowledged its text."""

    address: int
    text: str


@dataclass(frozen=True, slots=True)
class WireHealth:
    """The wire itself has been opened, or is away (``what`` says why and what to do)."""

    is_open: bool
    what: str = ""


BusEvent = KeyPressed | SlaveHealth | TextShown | WireHealth


class Purpose(Enum):
    """What an exchange is for."""

    TEXT = "text"
    POLL = "poll"
    ALIVE = "alive"
    ACKNOWLEDGE = "acknowledge"


@dataclass(frozen=True, slots=True)
class Exchange:
    """What to send next, and how long to wait for the answer (0: there will be none)."""

    address: int
    purpose: Purpose
    data: bytes
    answer_s: float


@dataclass(slots=True)
class _Slave:
    config: SlaveConfig
    due_s: float = 0.0
    misses: int = 0
    present: bool | None = None  # None until the first verdict.
    last_sequence: int | None = None
    text: str | None = None  # What it should show.
    text_sequence: int = 0
    text_tries: int = 0
    text_pending: bool = False


class Schedule:
    """Whom to address next. Pure; times are seconds of one steady clock."""

    def __init__(self, config: BusConfig) -> None:
        addresses = [slave.address for slave in config.slaves]
        if len(set(addresses)) != len(addresses):
            raise ValueError(f"two slaves share an address on one wire: {sorted(addresses)}; give each its own")
        self._config = config
        self._slaves = {slave.address: _Slave(slave) for slave in config.slaves}
        self._acknowledge: tuple[int, int] | None = None
        self._absent_at_s = 0.0

    def show(self, address: int, text: str) -> None:
        """Have a display show ``text`` from now on; a text not yet sent is replaced. Raises KeyError."""
        slave = self._slaves[address]
        slave.text = text
        slave.text_sequence = (slave.text_sequence + 1) % rf.SEQUENCES
        slave.text_tries, slave.text_pending = 0, True

    def next_exchange(self, now_s: float) -> Exchange | float:
        """Return what to send now, or else when to ask again."""
        if self._acknowledge is not None:
            address, sequence = self._acknowledge
            self._acknowledge = None
            return Exchange(address, Purpose.ACKNOWLEDGE, rf.encode(rf.acknowledge(address, sequence)), 0.0)
        times = {slave.config.address: self._due_s(slave) for slave in self._slaves.values()}
        due = [slave for slave in self._slaves.values() if times[slave.config.address] <= now_s]
        if not due:
            return min(times.values(), default=math.inf)
        chosen = min(due, key=lambda slave: (not slave.text_pending, times[slave.config.address]))
        if chosen.present is False:
            self._absent_at_s = now_s + ABSENT_APART_S
        return self._address(chosen)

    def _due_s(self, slave: _Slave) -> float:
        """When the slave may be addressed. A text goes at once, but an absent slave is never tried out of its turn."""
        if slave.config.speech == "am03127" and slave.text is None:
            return math.inf  # It can be told a text, and nothing else.
        if slave.present is False:
            return max(slave.due_s, self._absent_at_s)
        return 0.0 if slave.text_pending else slave.due_s

    def _address(self, slave: _Slave) -> Exchange:
        address, config = slave.config.address, self._config
        if slave.config.speech == "am03127":
            # Such a board has nothing but texts; sending its text again also tells whether it lives.
            data, purpose = am03127.encode(am03127.show(address, slave.text or "")), Purpose.TEXT
        elif slave.text_pending:
            data, purpose = rf.encode(rf.show(address, slave.text_sequence, slave.text or "")), Purpose.TEXT
        elif slave.config.polled:
            data, purpose = rf.encode(rf.poll(address)), Purpose.POLL
        else:
            data, purpose = rf.encode(rf.Frame(address, "?")), Purpose.ALIVE
        return Exchange(address, purpose, data, config.answer_s + len(data) / config.bytes_per_s)

    # --- Answers -----------------------------------------------------------------------------------------------------

    def answered(self, exchange: Exchange, frame: rf.Frame, now_s: float) -> list[BusEvent] | None:
        """Take a frame that came after ``exchange``; None when it is not the answer (an echo, another slave's)."""
        slave = self._slaves[exchange.address]
        if frame.address != exchange.address:
            return None
        key = rf.key_of(frame)
        match exchange.purpose, frame.command:
            case (Purpose.POLL, "-") | (Purpose.ALIVE, "I"):
                found = self._alive(slave, now_s)
            case Purpose.POLL, "R":
                self._acknowledge = (exchange.address, 0)
                slave.last_sequence = None
                slave.text_pending = slave.text is not None
                found = self._alive(slave, now_s, soon=True)
            case Purpose.POLL, "K" if key is not None:
                found = self._pressed(slave, key, now_s)
            case Purpose.TEXT, "A" if rf.sequence_of(frame) == slave.text_sequence:
                found = self._shown(slave, now_s)
            case _:
                return None
        return found

    def _pressed(self, slave: _Slave, key: rf.Key, now_s: float) -> list[BusEvent]:
        address = slave.config.address
        self._acknowledge = (address, key.sequence)
        fresh = key.sequence != slave.last_sequence
        slave.last_sequence = key.sequence
        found = self._alive(slave, now_s, soon=True)
        return [*found, KeyPressed(address, key.key, key.sequence)] if fresh else found

    def line_board_answered(self, exchange: Exchange, now_s: float, *, right: bool) -> list[BusEvent]:
        """Take the ACK or NACK of a line board; a NACK is tried again at once, a few times."""
        slave = self._slaves[exchange.address]
        if right:
            return self._shown(slave, now_s)
        slave.text_tries += 1
        slave.text_pending = slave.text_tries < TEXT_TRIES_MOST
        return self._alive(slave, now_s)

    def silent(self, exchange: Exchange, now_s: float) -> list[BusEvent]:
        """Take note that no answer came in time."""
        slave = self._slaves[exchange.address]
        slave.misses += 1
        if slave.misses < MISSES_MOST and slave.present is not False:
            slave.due_s = now_s
            return []
        slave.due_s = now_s + ABSENT_AGAIN_S
        if slave.present is False:
            return []
        slave.present = False
        slave.text_pending = slave.text is not None  # It may come back blank.
        return [SlaveHealth(slave.config.address, present=False)]

    def _shown(self, slave: _Slave, now_s: float) -> list[BusEvent]:
        fresh, slave.text_pending, slave.text_tries = slave.text_pending, False, 0
        found = self._alive(slave, now_s)
        return [*found, TextShown(slave.config.address, slave.text or "")] if fresh else found

    def _alive(self, slave: _Slave, now_s: float, *, soon: bool = False) -> list[BusEvent]:
        slave.misses = 0
        again_s = self._config.poll_s if slave.config.polled else self._config.alive_s
        if slave.config.speech == "am03127":
            again_s = LINE_BOARD_AGAIN_S
        slave.due_s = now_s if soon else now_s + again_s
        if slave.present:
            return []
        returned = slave.present is False
        slave.present = True
        slave.text_pending = slave.text_pending or (returned and slave.text is not None)
        return [SlaveHealth(slave.config.address, present=True)]


class EchoFilter:
    """Takes the echo of what was sent away from what is heard. Pure."""

    def __init__(self, sent: bytes) -> None:
        self._expected = sent

    def feed(self, data: bytes) -> bytes:
        """Return ``data`` without the echo at its beginning."""
        same = 0
        while same < len(data) and same < len(self._expected) and data[same] == self._expected[same]:
            same += 1
        echo, self._expected = self._expected[:same], self._expected[same:]
        if same < len(data) and self._expected:
            # It was no echo after all: give back what looked like one, and look no further.
            self._expected = b""
            return echo + data[same:]
        return data[same:]


class BusBusy(Exception):  # noqa: N818 - named for what happened.
    """More texts wait for the wire than it has displays: it is not being served."""


class BusOwner:
    """Owns one wire from construction to :meth:`close`.

    ``open_link`` opens it anew each time (raises LinkGone). ``on_event`` is called on the owner's thread and must
    return at once without raising. Raises ValueError when two slaves share an address.
    """

    def __init__(
        self, open_link: Callable[[], Link], config: BusConfig, on_event: Callable[[BusEvent], None], name: str = "bus"
    ) -> None:
        self._open_link = open_link
        self._config = config
        self._on_event = on_event
        self._schedule = Schedule(config)
        self._known = {slave.address for slave in config.slaves}
        self._texts: Queue[tuple[int, str]] = Queue(TEXTS_MOST)
        self._bell = Interrupt()
        self._ending = False
        self._failures = 0
        self._thread = threading.Thread(target=self._run, name=name)
        self._thread.start()

    def show(self, address: int, text: str) -> None:
        """Have a counter display show ``text`` (ASCII, at most 32 letters) until told otherwise.

        Raises KeyError for an address that is not on this wire, BusBusy when the wire is not being served.
        """
        if address not in self._known:
            raise KeyError(f"no slave {address} on this wire; its slaves are {sorted(self._known)}")
        try:
            self._texts.put_nowait((address, text))
        except Full:
            raise BusBusy(f"{TEXTS_MOST} texts wait for one wire: see whether its adapter is plugged in") from None
        self._bell.ring()

    def close(self) -> None:
        """End the thread and give the wire back."""
        self._ending = True
        self._bell.ring()
        self._thread.join()
        self._bell.close()

    def _tell(self, events: Iterable[BusEvent]) -> None:
        for event in events:
            self._on_event(event)

    def _run(self) -> None:
        while not self._ending:
            try:
                link = self._open_link()
            except LinkGone as gone:
                self._away(gone)
                continue
            self._tell([WireHealth(is_open=True)])
            try:
                self._serve(link)
            except (LinkGone, LinkStalled) as gone:
                self._away(gone)
            finally:
                link.close()

    def _away(self, gone: LinkGone | LinkStalled) -> None:
        if not self._failures:
            self._tell([WireHealth(is_open=False, what=str(gone))])
        self._failures += 1
        again_s = time.monotonic() + reopen_delay_s(self._failures, time.monotonic_ns() % 997 / 997)
        while not self._ending and (left_s := again_s - time.monotonic()) > 0:
            self._bell.wait(left_s)
            self._take_texts()

    def _take_texts(self) -> None:
        while not self._texts.empty():
            self._schedule.show(*self._texts.get())

    def _serve(self, link: Link) -> None:
        while not self._ending:
            self._take_texts()
            exchange = self._schedule.next_exchange(time.monotonic())
            if isinstance(exchange, Exchange):
                self._rest(link)
                self._exchange(link, exchange)
                self._failures = 0
            else:
                self._bell.wait(min(exchange - time.monotonic(), 60.0))

    def _rest(self, link: Link) -> None:
        """Wait until the wire has been quiet for the turn-around gap, but not for ever if it never is."""
        for _ in range(NOISE_READS_MOST):
            if not link.read(self._config.gap_s):
                return

    def _exchange(self, link: Link, exchange: Exchange) -> None:
        link.write(exchange.data, WRITE_TIMEOUT_S)
        if not exchange.answer_s:
            return
        hear = self._line_board_hearing(exchange) if exchange.data.startswith(b"<ID") else self._hearing(exchange)
        echo = EchoFilter(exchange.data)
        began = False
        deadline_s = time.monotonic() + exchange.answer_s
        while (left_s := deadline_s - time.monotonic()) > 0:
            data = echo.feed(link.read(left_s))
            if data and not began:
                began = True  # It has begun in time; now it may also finish.
                deadline_s = time.monotonic() + self._config.answer_s + rf.DATA_MOST / self._config.bytes_per_s
            events = hear(data)
            if events is not None:
                self._tell(events)
                return
        self._tell(self._schedule.silent(exchange, time.monotonic()))

    def _hearing(self, exchange: Exchange) -> Callable[[bytes], list[BusEvent] | None]:
        frames = rf.Decoder()

        def hear(data: bytes) -> list[BusEvent] | None:
            for frame in frames.feed(data):
                events = self._schedule.answered(exchange, frame, time.monotonic())
                if events is not None:
                    return events
            return None

        return hear

    def _line_board_hearing(self, exchange: Exchange) -> Callable[[bytes], list[BusEvent] | None]:
        answers = am03127.AnswerDecoder()

        def hear(data: bytes) -> list[BusEvent] | None:
            verdicts = answers.feed(data)
            if not verdicts:
                return None
            return self._schedule.line_board_answered(exchange, time.monotonic(), right=verdicts[-1])

        return hear
