"""An RS-485 wire as bytes cross it: half duplex, at its baud, with its faults. Pure; knows no slave's language.

Who speaks occupies the wire for as long as its bytes take; slaves hear a message when its last byte is over, the master
gets the first byte by itself and then the rest, as an adapter hands it over. Who speaks while another does spoils both:
where two messages overlap, each byte is the AND of both. With ``bytes_per_s`` 0 all that takes no time.

Faults of one slave, whatever its language: ``absent`` (hears and says nothing), ``spoilt`` (a wrong bit in each
answer), ``late`` (answers when nobody waits any more), ``half`` (falls silent within each answer), ``babbling`` (never
ends speaking), ``twin`` (a second one with the same address, no key of which is pressed). Others are the slave's own.
Faults of the wire: ``echo`` (the adapter hears itself), ``noise`` (wrong bytes before each answer), ``noise_within``.
"""

import copy
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Protocol, runtime_checkable

TURN_CHARACTERS: Final = 1.0
LATE_S: Final = 0.3
BABBLE: Final = bytes((0x55, 0x00, 0xF7, 0x7F, 0x3C, 0x02, 0x31, 0x13))
BABBLE_S: Final = 0.008
NOISE: Final = b"\x00\xff\x02\x7f"
WIRE_FAULTS: Final = frozenset({"echo", "noise", "noise_within"})
SLAVE_FAULTS: Final = frozenset(
    {"absent", "spoilt", "late", "half", "babbling", "twin", "deaf", "misnamed", "unwritable"}
)


class SlaveModel(Protocol):
    """One device on the wire, in any language. ``faults`` is changed from outside; what it does not know it ignores."""

    address: int
    faults: set[str]
    shown: str
    taken: list[tuple[str, int]]
    """Keys that the master has acknowledged, with their number."""

    def receive(self, data: bytes, now_s: float) -> bytes:
        """Hear bytes, its own excepted, and return what it answers (b"": nothing)."""

    def press(self, name: str, now_s: float) -> None:
        """Press a key. ValueError: it has none such."""

    def power_cycle(self) -> None:
        """Switch off and on."""


@runtime_checkable
class Talker(Protocol):
    """A slave that also speaks unasked."""

    def unasked_s(self) -> float | None:
        """Return when it will next speak by itself; None when it has nothing to say."""

    def unasked(self, now_s: float) -> bytes:
        """Return what it says now by itself (b"": nothing)."""


@dataclass(slots=True)
class _Message:
    speaker: int  # The place of a slave, or MASTER.
    begins_s: float
    ends_s: float
    data: bytes
    first_told: bool = False


MASTER: Final = -1


class WireModel:
    """All slaves of one wire. ``replies`` is what it has carried to the master so far, to be taken by the caller."""

    def __init__(self, slaves: Sequence[SlaveModel], bytes_per_s: float = 0.0) -> None:
        self.slaves = {slave.address: slave for slave in slaves}
        self.faults: set[str] = set()
        self.replies = b""
        self.tamper: Callable[[int, bytes], bytes] = lambda _, data: data  # Speaker, message -> what crosses the wire.
        self._byte_s = 1 / bytes_per_s if bytes_per_s else 0.0
        self._places: list[SlaveModel] = list(slaves)
        self._talkers = [(place, slave) for place, slave in enumerate(slaves) if isinstance(slave, Talker)]
        self._twins: dict[int, SlaveModel] = {}
        self._under_way: list[_Message] = []
        self._free_s: dict[int, float] = {}

    def receive(self, data: bytes, now_s: float) -> None:
        """Let the master say ``data``."""
        self._say(MASTER, data, now_s)
        self.step(now_s)

    def due_s(self) -> float | None:
        """Return when something happens by itself; None when nothing will."""
        moments = [self._next_s(message) for message in self._under_way]
        babblers = (place for place, slave in enumerate(self._places) if "babbling" in slave.faults)
        moments += [self._free_s.get(place, 0.0) for place in babblers]
        said = [talker.unasked_s() for _, talker in self._talkers]
        return min([*moments, *(moment for moment in said if moment is not None)], default=None)

    def _next_s(self, message: _Message) -> float:
        return message.ends_s if message.first_told else min(message.begins_s + self._byte_s, message.ends_s)

    def step(self, now_s: float) -> None:
        """Let pass what is due."""
        self._babble(now_s)
        for place, talker in self._talkers:
            slave = self._places[place]
            if "absent" not in slave.faults and (said := talker.unasked(now_s)):
                self._say(place, self._faulty(slave, said), now_s)
        while (due := self._due_first(now_s)) is not None:
            self._deliver(due)

    def _due_first(self, now_s: float) -> _Message | None:
        first = min(self._under_way, key=self._next_s, default=None)
        return first if first is not None and self._next_s(first) <= now_s else None

    # --- Speaking ----------------------------------------------------------------------------------------------------

    def _say(self, speaker: int, data: bytes, from_s: float) -> None:
        data = self.tamper(speaker, data)
        if data:
            begins_s = max(from_s, self._free_s.get(speaker, from_s))
            message = _Message(speaker, begins_s, begins_s + len(data) * self._byte_s, data)
            self._free_s[speaker] = message.ends_s
            self._collide(message)
            self._under_way.append(message)

    def _collide(self, fresh: _Message) -> None:
        """Spoil what overlaps; two that say the same at the same moment are heard as one."""
        for other in list(self._under_way):
            if other.speaker == fresh.speaker or not fresh.begins_s < other.ends_s or not other.begins_s < fresh.ends_s:
                continue
            behind = round((fresh.begins_s - other.begins_s) / self._byte_s)
            mixed = bytearray(max(len(other.data), behind + len(fresh.data)))
            for place in range(len(mixed)):
                inside = 0 <= place - behind < len(fresh.data)
                ours = fresh.data[place - behind] if inside else 0xFF
                mixed[place] = ours & (other.data[place] if place < len(other.data) else 0xFF)
            other.data, other.ends_s = bytes(mixed), max(other.ends_s, fresh.ends_s)
            fresh.data = b""

    def _babble(self, now_s: float) -> None:
        for place, slave in enumerate(self._places):
            if "babbling" in slave.faults and self._free_s.get(place, now_s) <= now_s:
                self._say(place, BABBLE, now_s)
                self._free_s[place] = max(self._free_s.get(place, now_s), now_s + BABBLE_S)

    # --- Hearing -----------------------------------------------------------------------------------------------------

    def _deliver(self, message: _Message) -> None:
        to_master = message.speaker != MASTER or "echo" in self.faults
        if not message.first_told and self._byte_s:
            message.first_told = True
            self.replies += message.data[:1] if to_master else b""
            return
        self._under_way.remove(message)
        if to_master:
            self.replies += message.data[1:] if message.first_told else message.data
        for place, slave in enumerate(self._places):
            if place != message.speaker and message.data:
                self._answer(place, slave, message.data, message.ends_s)

    def _answer(self, place: int, slave: SlaveModel, data: bytes, now_s: float) -> None:
        if not slave.faults and place not in self._twins:
            answers = [slave.receive(data, now_s)]
        else:
            answers = self._answers_of_faulty(place, slave, data, now_s)
        turn_s = TURN_CHARACTERS * self._byte_s + LATE_S * ("late" in slave.faults)
        for number, answer in enumerate(answers):
            if answer:
                # The twin speaks as one more speaker.
                self._say(place + number * len(self._places), self._faulty(slave, answer), now_s + turn_s)

    def _answers_of_faulty(self, place: int, slave: SlaveModel, data: bytes, now_s: float) -> list[bytes]:
        answers = [slave.receive(data, now_s)] if "absent" not in slave.faults else []
        if "twin" in slave.faults:
            answers.append(self._twin(place, slave).receive(data, now_s))
        else:
            self._twins.pop(place, None)
        return answers

    def _twin(self, place: int, slave: SlaveModel) -> SlaveModel:
        if place not in self._twins:
            self._twins[place] = copy.deepcopy(slave)
            self._twins[place].faults.clear()
        return self._twins[place]

    def _faulty(self, slave: SlaveModel, answer: bytes) -> bytes:
        if "spoilt" in slave.faults:
            place = min(1, len(answer) - 1)
            answer = answer[:place] + bytes((answer[place] ^ 0x10,)) + answer[place + 1 :]
        if "half" in slave.faults:
            answer = answer[: len(answer) // 2]
        if "noise_within" in self.faults:
            middle = len(answer) // 2
            answer = answer[:middle] + NOISE[:2] + answer[middle:]
        return NOISE + answer if "noise" in self.faults else answer
