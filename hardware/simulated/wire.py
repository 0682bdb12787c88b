"""An RS-485 wire with its slaves: call keypads, rating keypads, LED counter displays. Pure.

Slaves hear every byte on the wire and answer only what is addressed to them. Faults belong to one slave (absent, mute,
noisy, deaf to acknowledgements) or to the wire (echo: the adapter hears itself; noise: wrong bytes before an answer).
"""

from collections import deque
from dataclasses import dataclass, field
from typing import Final, Literal

from hardware.codecs import am03127
from hardware.codecs import reference_frame as rf

KEPT_KEY_S: Final = 10.0
KEYS_MOST: Final = 16
SLAVE_FAULTS: Final = frozenset({"absent", "spoilt", "deaf"})
WIRE_FAULTS: Final = frozenset({"echo", "noise"})

Kind = Literal["call_keypad", "rating_keypad", "led", "led_am03127"]


@dataclass(slots=True)
class Slave:
    """One device on the wire; an LED counter display has a text, a keypad has keys that wait to be fetched."""

    address: int
    kind: Kind
    faults: set[str] = field(default_factory=set)
    shown: str = ""
    keys: deque[tuple[str, float]] = field(default_factory=deque)  # Key and when it was pressed.
    taken: list[tuple[str, int]] = field(default_factory=list)  # Keys that the master acknowledged, with their number.
    sequence: int = 0
    restarted: bool = True

    def press(self, name: str, now_s: float) -> None:
        """Press a key. A keypad remembers sixteen; more are lost, as on a real one."""
        if len(self.keys) < KEYS_MOST:
            self.keys.append((name, now_s))

    def power_cycle(self) -> None:
        """Switch off and on: keys and texts are forgotten, numbers begin anew."""
        self.keys.clear()
        self.shown, self.sequence, self.restarted = "", 0, True

    def answer(self, frame: rf.Frame, now_s: float) -> rf.Frame | None:
        """Answer a frame that is addressed to it."""
        while self.keys and now_s - self.keys[0][1] > KEPT_KEY_S:
            self.keys.popleft()
        match frame.command:
            case "P":
                return self._news()
            case "A":
                self._acknowledged(rf.sequence_of(frame))
                return None
            case "?":
                return rf.Frame(self.address, "I", f"{self.kind} 1")
            case "W" if self.kind == "led" and (sequence := rf.sequence_of(frame)) is not None:
                self.shown = frame.data[2:]
                return rf.acknowledge(self.address, sequence)
        return None

    def _news(self) -> rf.Frame:
        if self.restarted:
            return rf.Frame(self.address, "R")
        if self.keys:
            return rf.key(self.address, self.sequence, self.keys[0][0])
        return rf.Frame(self.address, "-")

    def _acknowledged(self, sequence: int | None) -> None:
        if "deaf" in self.faults:
            return
        if self.restarted and sequence == 0:
            self.restarted = False
        elif self.keys and sequence == self.sequence:
            self.taken.append((self.keys.popleft()[0], self.sequence))
            self.sequence = (self.sequence + 1) % rf.SEQUENCES


class WireModel:
    """All slaves of one wire. ``replies`` is what the wire carries back to the master."""

    def __init__(self, slaves: list[Slave]) -> None:
        self.slaves = {slave.address: slave for slave in slaves}
        self.faults: set[str] = set()
        self.replies = b""
        self._frames = rf.Decoder()
        self._packets = am03127.PacketDecoder()

    def receive(self, data: bytes, now_s: float) -> None:
        """Let every slave hear ``data``."""
        if "echo" in self.faults:
            self.replies += data
        for frame in self._frames.feed(data):
            slave = self.slaves.get(frame.address)
            if slave is None or slave.kind == "led_am03127" or "absent" in slave.faults:
                continue
            if (answer := slave.answer(frame, now_s)) is not None:
                self._say(rf.encode(answer), spoilt="spoilt" in slave.faults)
        for packet, sound in self._packets.feed(data):
            self._line_board(packet, sound=sound)

    def _line_board(self, packet: am03127.Packet, *, sound: bool) -> None:
        for slave in self.slaves.values():
            meant = packet.board in {0, slave.address}
            if slave.kind != "led_am03127" or "absent" in slave.faults or not meant:
                continue
            text = am03127.shown_text(packet)
            if sound and text is not None:
                slave.shown = text
            if packet.board:
                self._say(b"ACK" if sound else b"NACK", spoilt="spoilt" in slave.faults)

    def _say(self, answer: bytes, *, spoilt: bool) -> None:
        if "noise" in self.faults:
            self.replies += b"\x00\xff\x02\x7f"
        self.replies += bytes((answer[0], answer[1] ^ 0x10)) + answer[2:] if spoilt else answer
