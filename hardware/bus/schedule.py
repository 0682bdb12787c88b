"""Whom to address next, and what to believe of the answers. Pure; knows no language, only speeches.

- An acknowledgement goes before all: the keypad repeats its key until it comes.
- Keypads are asked in turn, the longest overdue first. Every fourth question may go out of turn to a keypad that was
  pressed within the last seconds, since a clerk who types a number presses again at once.
- All else (texts, signs of life, questions to slaves that are gone) goes *aside*: at once while no keypad is due, else
  one such exchange after eight polls. So a hall that changes all its displays at the same moment delays no key beyond
  the arithmetic of :func:`hardware.bus.arithmetic.worst_case_s`. Among asides texts are first.
- A slave that misses three deadlines in a row is *gone*: it is asked every two seconds only, and all that are gone
  together four times a second, so that any number of them costs a bounded share of the wire. It is found again by
  itself, and its text is sent anew. A slave of whose answers a tenth is lost is *degraded*.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal, NamedTuple

from hardware.bus.speech import Heard, Listener, Purpose, Request, Speech, Wish

MISSES_MOST: Final = 3
GONE_AGAIN_S: Final = 2.0
GONE_APART_S: Final = 0.25
POLLS_PER_ASIDE: Final = 8
POLLS_PER_EXTRA: Final = 4
ACTIVE_S: Final = 5.0
ACTIVE_APART_S: Final = 0.02
DEGRADED_SHARE: Final = 0.1
MENDED_SHARE: Final = 0.02
MEMORY: Final = 1 / 32  # How much one exchange weighs in the share of lost answers.

SlaveState = Literal["ok", "degraded", "gone"]
Reason = Literal["", "silent", "garbled"]


@dataclass(frozen=True, slots=True)
class KeyPressed:
    """A key of a slave, handed on once.

    ``number`` is the slave's own count of its presses, ``repeated_s`` how long it may repeat this one
    (:class:`hardware.bus.speech.Key`).
    """

    address: int
    key: str
    number: int
    repeated_s: float = math.inf


@dataclass(frozen=True, slots=True)
class KeysLost:
    """A keypad was pressed faster than it could be read, and no longer knows which keys these were."""

    address: int
    count: int


@dataclass(frozen=True, slots=True)
class KeyUnnamed:
    """A key was pressed for which the slave's description has no name: the byte that it sent."""

    address: int
    code: int


@dataclass(frozen=True, slots=True)
class SlaveHealth:
    """How a slave is from now on.

    ``reason`` tells a silent slave (no power, a broken wire, another address) from a garbled one, of which bytes come
    but no answer (two slaves with one address, a wire without termination, another baud).
    """

    address: int
    state: SlaveState
    reason: Reason = ""

    @property
    def present(self) -> bool:
        """Whether it answers at all."""
        return self.state != "gone"


@dataclass(frozen=True, slots=True)
class SlaveRestarted:
    """A slave has been switched on anew since it was last heard."""

    address: int


@dataclass(frozen=True, slots=True)
class TextShown:
    """A display has acknowledged its text."""

    address: int
    text: str


@dataclass(frozen=True, slots=True)
class TextRefused:
    """A display answers, but does not take its text."""

    address: int
    text: str


SlaveEvent = KeyPressed | KeysLost | KeyUnnamed | SlaveHealth | SlaveRestarted | TextShown | TextRefused


class Exchange(NamedTuple):
    """What to say next, and to whom."""

    address: int
    request: Request


@dataclass(slots=True)
class Tally:
    """What a technician may want to know of one slave since the wire was taken."""

    address: int
    asked: int = 0
    answered: int = 0
    silent: int = 0
    garbled: int = 0
    keys: int = 0
    state: SlaveState | None = None


@dataclass(slots=True)
class _Slave:
    speech: Speech
    tally: Tally
    misses: int = 0
    lost_share: float = 0.0
    not_before_s: float = 0.0
    asked_s: float = -math.inf
    active_until_s: float = -math.inf

    @property
    def gone(self) -> bool:
        return self.tally.state == "gone"


class _Due(NamedTuple):
    slave: _Slave
    purpose: Purpose
    due_s: float

    @property
    def is_poll(self) -> bool:
        return self.purpose is Purpose.POLL and not self.slave.gone


class Schedule:
    """Whom to address next; times are seconds of one steady clock. Raises ValueError: two slaves share an address."""

    def __init__(self, speeches: Iterable[Speech]) -> None:
        slaves = [_Slave(speech, Tally(speech.address)) for speech in speeches]
        self._slaves = {slave.speech.address: slave for slave in slaves}
        if len(self._slaves) != len(slaves):
            addresses = sorted(slave.speech.address for slave in slaves)
            raise ValueError(f"two slaves share an address on one wire: {addresses}; give each its own")
        self._listeners = [slave.speech for slave in slaves if isinstance(slave.speech, Listener)]
        self._polls_since_aside = 0
        self._polls_since_extra = 0
        self._gone_at_s = 0.0

    def show(self, address: int, text: str) -> None:
        """Have a display show ``text`` from now on. Raises KeyError, ValueError."""
        self._slaves[address].speech.show(text)

    def tallies(self) -> list[Tally]:
        """Return the counts of each slave."""
        return [slave.tally for slave in self._slaves.values()]

    # --- Whom to address ---------------------------------------------------------------------------------------------

    def next_exchange(self, now_s: float) -> Exchange | float:
        """Return what to say now, or else when to ask again."""
        dues = [due for slave in self._slaves.values() if (due := self._due(slave)) is not None]
        ready = [due for due in dues if due.due_s <= now_s]
        if not ready:
            return min((due.due_s for due in dues), default=math.inf)
        chosen = self._chosen(ready, dues, now_s)
        slave = chosen.slave
        if slave.gone:
            self._gone_at_s = now_s + GONE_APART_S
            slave.not_before_s = now_s + GONE_AGAIN_S
        slave.asked_s = now_s
        request = slave.speech.request(now_s)
        slave.tally.asked += request.answer_most > 0
        return Exchange(slave.speech.address, request)

    def _due(self, slave: _Slave) -> _Due | None:
        wish: Wish | None = slave.speech.wish()
        if wish is None:
            return None
        earliest_s = max(slave.not_before_s, self._gone_at_s) if slave.gone else -math.inf
        return _Due(slave, wish.purpose, max(wish.due_s, earliest_s))

    def _chosen(self, ready: list[_Due], dues: list[_Due], now_s: float) -> _Due:
        for due in ready:
            if due.purpose is Purpose.ACKNOWLEDGE:
                return due
        polls = [due for due in ready if due.is_poll]
        asides = [due for due in ready if not due.is_poll]
        if asides and (not polls or self._polls_since_aside >= POLLS_PER_ASIDE):
            self._polls_since_aside = 0
            return min(asides, key=_aside_order)
        self._polls_since_aside += 1
        self._polls_since_extra += 1
        if self._polls_since_extra >= POLLS_PER_EXTRA and (extra := self._extra(dues, now_s)) is not None:
            self._polls_since_extra = 0
            return extra
        return min(polls, key=lambda due: (due.due_s, due.slave.asked_s))

    def _extra(self, dues: list[_Due], now_s: float) -> _Due | None:
        """Find a keypad in use that may be asked out of its turn."""
        active = [
            due
            for due in dues
            if due.is_poll and due.slave.active_until_s > now_s >= due.slave.asked_s + ACTIVE_APART_S
        ]
        return min(active, key=lambda due: due.slave.asked_s, default=None)

    # --- What came of it ---------------------------------------------------------------------------------------------

    def hear(self, exchange: Exchange, data: bytes, now_s: float) -> list[SlaveEvent] | None:
        """Take bytes that came after ``exchange``; None while they are no right answer."""
        slave = self._slaves[exchange.address]
        heard = slave.speech.hear(data)
        return None if heard is None else [*self._answered(slave), *self._meant(slave, heard, now_s)]

    def overhear(self, data: bytes, now_s: float) -> list[SlaveEvent]:
        """Take bytes that came while nobody was asked: a device that speaks by itself may have said something."""
        events: list[SlaveEvent] = []
        for listener in self._listeners:
            heard = listener.overhear(data, now_s)
            if heard is not None:
                slave = self._slaves[listener.address]
                events += [*self._answered(slave), *self._meant(slave, heard, now_s)]
        return events

    def _meant(self, slave: _Slave, heard: Heard, now_s: float) -> Iterable[SlaveEvent]:
        address, text = slave.speech.address, slave.speech.text or ""
        if heard.restarted:
            yield SlaveRestarted(address)
        if heard.keys:
            slave.active_until_s = now_s + ACTIVE_S
            slave.tally.keys += len(heard.keys)
        for key in heard.keys:
            yield KeyPressed(address, key.name, key.number, key.repeated_s)
        if heard.lost:
            yield KeysLost(address, heard.lost)
        for code in heard.unnamed:
            yield KeyUnnamed(address, code)
        if heard.shown:
            yield TextShown(address, text)
        if heard.refused:
            yield TextRefused(address, text)

    def _answered(self, slave: _Slave) -> Iterable[SlaveEvent]:
        slave.misses = 0
        slave.tally.answered += 1
        slave.lost_share *= 1 - MEMORY
        before = slave.tally.state
        if before == "gone":
            slave.speech.found()
            slave.lost_share = 0.0
        if before != "degraded" or slave.lost_share < MENDED_SHARE:
            yield from self._told(slave, "ok", "")

    def unanswered(self, exchange: Exchange, now_s: float, *, garbled: bool) -> list[SlaveEvent]:
        """Take note that no right answer came in time; ``garbled``: but something did."""
        slave = self._slaves[exchange.address]
        slave.misses += 1
        slave.tally.garbled += garbled
        slave.tally.silent += not garbled
        slave.lost_share += (1 - slave.lost_share) * MEMORY
        reason: Reason = "garbled" if garbled else "silent"
        if slave.gone:
            slave.not_before_s = now_s + GONE_AGAIN_S
            return []
        if slave.misses >= MISSES_MOST:
            slave.not_before_s = now_s + GONE_AGAIN_S
            slave.speech.lost()
            return list(self._told(slave, "gone", reason))
        if slave.tally.state == "ok" and slave.lost_share > DEGRADED_SHARE:
            return list(self._told(slave, "degraded", reason))
        return []

    def _told(self, slave: _Slave, state: SlaveState, reason: Reason) -> Iterable[SlaveEvent]:
        if slave.tally.state != state:
            slave.tally.state = state
            yield SlaveHealth(slave.speech.address, state, reason)


def _aside_order(due: _Due) -> tuple[bool, bool, float, float]:
    """Texts for those who are there, signs of life, the gone; among equals the longest overdue."""
    return (due.slave.gone, due.purpose is not Purpose.TEXT, due.due_s, due.slave.asked_s)
