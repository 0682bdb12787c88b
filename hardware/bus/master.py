"""How one wire is used: the turn-around gap, the deadline of each answer, the echo, noise. Pure.

A loop that owns the wire alternates two calls: :meth:`Master.step` says what to send and until when to listen,
:meth:`Master.heard` takes what came. All times are data, so that the whole master runs on a simulated clock as well.

One exchange at a time; before each the wire has been quiet for as many characters as the language wants. A slave that
has begun to answer in time may finish; but each exchange ends, whatever the slave does. What comes while nobody was
asked is noise: the master waits for its end, but not for ever.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from hardware.bus.echo import EchoFilter, EchoSense
from hardware.bus.schedule import Exchange, Schedule, SlaveEvent, Tally
from hardware.bus.speech import Speech

BAUD_USUAL: Final = 9600
BITS_PER_BYTE: Final = 10  # A start bit, eight bits, a stop bit.
LATENCY_S: Final = 0.02
NOISE_MOST_S: Final = 0.05
BABBLE_AFTER: Final = 8


@dataclass(frozen=True, slots=True)
class WireHealth:
    """The wire itself has been opened, or is away (``what`` says why and what to do)."""

    is_open: bool
    what: str = ""


@dataclass(frozen=True, slots=True)
class WireNoise:
    """Somebody speaks without being asked, all the time (``babbling``), or does so no more."""

    babbling: bool


BusEvent = SlaveEvent | WireHealth | WireNoise


@dataclass(frozen=True, slots=True)
class BusConfig:
    """A wire. ``speeches`` are its slaves; ``latency_s`` is what the adapter and its driver may add to an answer.

    A USB adapter holds received bytes back for its latency timer (16 ms unless set to less, see ``motcua doctor``).
    ``turns_s`` says of single slaves, by their addresses, how long after a request's end they may begin their answer;
    for all others their language knows.
    """

    speeches: tuple[Speech, ...]
    bytes_per_s: float = BAUD_USUAL / BITS_PER_BYTE
    latency_s: float = LATENCY_S
    turns_s: Mapping[int, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        assert self.bytes_per_s > 0


class Step(NamedTuple):
    """What the loop does: send ``data`` (b"": nothing), then listen, and come back at ``until_s`` at the latest."""

    data: bytes
    events: list[BusEvent]
    until_s: float


@dataclass(slots=True)
class _Asking:
    """An exchange under way."""

    exchange: Exchange
    deadline_s: float
    began: bool = False


class Master:
    """The master of one wire, without the wire. Raises ValueError when two slaves share an address."""

    def __init__(self, config: BusConfig) -> None:
        self.config = config
        self._schedule = Schedule(config.speeches)
        self._sense = EchoSense()
        self._echo = EchoFilter(b"")
        self._echo_owed = False
        self._next: Exchange | None = None
        self._asking: _Asking | None = None
        self._busy_until_s = -math.inf  # When the last byte of whoever spoke last was over.
        self._noise_since_s: float | None = None
        self._spoken_into_noise = 0
        self._babbling = False

    def show(self, address: int, text: str) -> None:
        """Have a display show ``text``. Raises KeyError, ValueError."""
        self._schedule.show(address, text)

    def tallies(self) -> list[Tally]:
        """Return the counts of each slave."""
        return self._schedule.tallies()

    def reopened(self) -> None:
        """Forget what was under way on a wire that went away; another adapter may echo where the first did not."""
        self._sense, self._echo = EchoSense(), EchoFilter(b"")
        self._asking = self._noise_since_s = None
        self._busy_until_s = -math.inf

    # --- What to do ---------------------------------------------------------------------------------------------------

    def step(self, now_s: float) -> Step:
        """Say what to do now."""
        events: list[BusEvent] = []
        if self._asking is not None:
            if now_s < self._asking.deadline_s:
                return Step(b"", events, self._asking.deadline_s)
            asking, self._asking = self._asking, None
            events += self._schedule.unanswered(asking.exchange, now_s, garbled=asking.began)
        if self._next is None:
            chosen = self._schedule.next_exchange(now_s)
            if not isinstance(chosen, Exchange):
                return Step(b"", events, chosen)
            self._next = chosen
        quiet_s = self._busy_until_s + self._next.request.silence / self.config.bytes_per_s
        if now_s < quiet_s and not self._noise_too_long(now_s):
            return Step(b"", events, quiet_s)
        events += self._noise_judged(now_s)
        exchange, self._next = self._next, None
        return self._said(exchange, events, now_s)

    def _said(self, exchange: Exchange, events: list[BusEvent], now_s: float) -> Step:
        request = exchange.request
        # The echo of an acknowledgement, to which there is no answer, may still be on its way when the next is asked.
        owed = self._echo.rest if self._echo_owed else b""
        self._echo = self._sense.filter(owed + request.data)
        self._echo_owed = not request.answer_most
        self._busy_until_s = now_s + len(request.data) / self.config.bytes_per_s
        if not request.answer_most:
            return Step(request.data, events, self._busy_until_s)
        turn_s = self.config.turns_s.get(exchange.address, request.turn_s)
        self._asking = _Asking(exchange, self._busy_until_s + turn_s + self.config.latency_s)
        return Step(request.data, events, self._asking.deadline_s)

    def _noise_too_long(self, now_s: float) -> bool:
        return self._noise_since_s is not None and now_s > self._noise_since_s + NOISE_MOST_S

    def _noise_judged(self, now_s: float) -> Iterable[BusEvent]:
        """Tell once when the wire is never quiet any more, and once when it is again."""
        self._spoken_into_noise = self._spoken_into_noise + 1 if self._noise_too_long(now_s) else 0
        self._noise_since_s = None
        if not self._babbling and self._spoken_into_noise >= BABBLE_AFTER:
            self._babbling = True
            yield WireNoise(babbling=True)
        elif self._babbling and not self._spoken_into_noise:
            self._babbling = False
            yield WireNoise(babbling=False)

    # --- What came ----------------------------------------------------------------------------------------------------

    def heard(self, data: bytes, now_s: float) -> list[BusEvent]:
        """Take what came."""
        self._busy_until_s = max(self._busy_until_s, now_s)
        said = self._echo.feed(data)
        asking = self._asking
        if asking is None:
            overheard = self._schedule.overhear(said, now_s) if said else []
            if said and not overheard and self._noise_since_s is None:
                self._noise_since_s = now_s
            return list(overheard)
        if not said:
            return []
        if not asking.began:
            asking.began = True  # It has begun in time; now it may also finish.
            most = asking.exchange.request.answer_most
            asking.deadline_s = now_s + most / self.config.bytes_per_s + self.config.latency_s
        events = self._schedule.hear(asking.exchange, said, now_s)
        if events is None:
            return []
        self._asking = None
        self._sense.answered(self._echo)
        return list(events)
