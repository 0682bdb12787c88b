"""A keypad made from ``docs/devices/wire.md`` alone, as a stranger would: bytes and counters, no codec."""

import random
from functools import reduce
from operator import xor

from hardware.speeches.reference import ReferenceSpeech
from tests.support.wires import SimulatedTime

OWN = b"07"  # The address, as two hex digits.


class PaperKeypad:
    """What a microcontroller would do with each byte that comes."""

    def __init__(self) -> None:
        self.address = 7
        self.faults: set[str] = set()
        self.shown = ""
        self.taken: list[tuple[str, int]] = []
        self.waiting: list[str] = []
        self.number = 0
        self.just_switched_on = True
        self.line = b""

    def press(self, name: str, now_s: float) -> None:  # noqa: ARG002 - this one forgets nothing.
        self.waiting.append(name)

    def power_cycle(self) -> None:
        self.__init__()  # type: ignore[misc]  # That is what a reset is.

    def receive(self, data: bytes, now_s: float) -> bytes:  # noqa: ARG002 - it has no clock.
        answer = b""
        for byte in data:
            begins = byte == 0x02 or 0x10 <= byte <= 0x1F or byte >= 0x80
            self.line = bytes((byte,)) if begins else self.line + bytes((byte,))
            answer = answer or self.heard(self.line)
        return answer

    def heard(self, line: bytes) -> bytes:
        high, low = (int(digit, 16) for digit in OWN.decode())
        if line == bytes((0x10 + (high ^ low),)) + OWN:
            return self.news()
        if line[:4] == b"\x02" + OWN + b"A" and line[6:7] == b"\x03" and len(line) == 9:
            self.acknowledged(int(line[4:6], 16), right=line[7:] == self.check(line[1:7]))
        return b""

    def news(self) -> bytes:
        if self.just_switched_on:
            return self.frame(b"R")
        if self.waiting:
            return self.frame(b"K%02X%b" % (self.number, self.waiting[0].encode()))
        return bytes((0x80 + (self.address & 0x7F),))

    def acknowledged(self, number: int, *, right: bool) -> None:
        if not right:
            return
        if self.just_switched_on:
            self.just_switched_on = number != 0
        elif self.waiting and number == self.number:
            self.taken.append((self.waiting.pop(0), number))
            self.number = (self.number + 1) % 256

    def frame(self, body: bytes) -> bytes:
        inner = OWN + body + b"\x03"
        return b"\x02" + inner + self.check(inner)

    @staticmethod
    def check(inner: bytes) -> bytes:
        return b"%02X" % reduce(xor, inner)


def test_a_keypad_built_from_the_page_works_on_a_wire_that_loses_messages(seed: int) -> None:
    keypad = PaperKeypad()
    wire = SimulatedTime([ReferenceSpeech(7, has_keys=True)], [keypad])
    chance = random.Random(seed)
    wire.wire.tamper = lambda _, data: data if chance.random() < 0.9 else b""
    wire.run(1.0)
    typed = "042CNSE" * 40  # More than 256, so that the numbers go all the way round.
    for key in typed:
        keypad.press(key, wire.now_s)
        wire.run(0.02)
    wire.run(60.0)
    assert "".join(key for _, key in wire.pressed()) == typed
    assert "".join(key for key, _ in keypad.taken) == typed
