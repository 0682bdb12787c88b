"""Modbus RTU, as much of it as displays and keypads speak. Pure.

::

    unit    function  data  CRC-16
    1 byte  1 byte          2 bytes, low byte first

Source: *MODBUS Application Protocol Specification* V1.1b3 (sections 6.1-6.6, 6.11, 6.12 and 7) and *MODBUS over
Serial Line* V1.02, both of modbus.org. Unit 0 speaks to all, who do not answer.

The standard finds the end of a frame by a silence of 3.5 characters. A USB adapter hands its bytes over in pieces of
its own choosing, so silences mean nothing here: both decoders know from the first bytes how long a frame will be and
take it when its check is right there, whatever noise stood before it.
"""

from dataclasses import dataclass
from typing import Final

from hardware.codecs.checks import crc16_bytes

READ_COILS, READ_INPUTS, READ_HOLDING, READ_INPUT_REGISTERS = 1, 2, 3, 4
WRITE_COIL, WRITE_REGISTER, WRITE_COILS, WRITE_REGISTERS = 5, 6, 15, 16
ILLEGAL_FUNCTION, ILLEGAL_ADDRESS, ILLEGAL_VALUE, DEVICE_FAILURE = 1, 2, 3, 4

EVERYBODY: Final = 0
UNIT_LAST: Final = 247
FRAME_MOST: Final = 256
_MOST: Final = {READ_COILS: 2000, READ_INPUTS: 2000, READ_HOLDING: 125, READ_INPUT_REGISTERS: 125, 15: 1968, 16: 123}
_READS: Final = frozenset({1, 2, 3, 4})
_BITS: Final = frozenset({1, 2, 5, 15})
_MANY: Final = frozenset({15, 16})
_FUNCTIONS: Final = frozenset({1, 2, 3, 4, 5, 6, 15, 16})
_ON: Final = 0xFF00
REASONS: Final = {
    1: "does not know the function",
    2: "has no such register",
    3: "does not take the value",
    4: "has failed",
    5: "needs longer (acknowledge)",
    6: "is busy",
}
"""What the codes of a refusal mean (V1.1b3, section 7)."""


@dataclass(frozen=True, slots=True)
class Request:
    """What the master asks. ``values`` are what a write writes: 0-65535, or 0 and 1 for coils; empty for a read."""

    unit: int
    function: int
    start: int
    count: int
    values: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Malformed:
    """A request with a right check and a content that no slave can carry out: it is answered with ``code``."""

    unit: int
    function: int
    code: int = ILLEGAL_VALUE


@dataclass(frozen=True, slots=True)
class Reply:
    """A slave's answer. ``values`` are what was read, ``count`` of them; a write is only confirmed."""

    unit: int
    function: int
    values: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Refusal:
    """A slave will not: ``code`` is one of ``REASONS``."""

    unit: int
    function: int
    code: int


def read(unit: int, function: int, start: int, count: int) -> Request:
    """Ask for ``count`` bits (functions 1, 2) or registers (3, 4) from ``start`` on, which counts from 0."""
    assert function in _READS, function
    return Request(unit, function, start, count)


def write_register(unit: int, at: int, value: int) -> Request:
    """Write one register (function 6)."""
    return Request(unit, WRITE_REGISTER, at, 1, (value,))


def write_registers(unit: int, start: int, values: tuple[int, ...]) -> Request:
    """Write registers in one go (function 16)."""
    return Request(unit, WRITE_REGISTERS, start, len(values), values)


def write_coil(unit: int, at: int, *, on: bool) -> Request:
    """Switch one coil (function 5)."""
    return Request(unit, WRITE_COIL, at, 1, (int(on),))


def write_coils(unit: int, start: int, values: tuple[int, ...]) -> Request:
    """Switch coils in one go (function 15)."""
    return Request(unit, WRITE_COILS, start, len(values), values)


def encode(request: Request) -> bytes:
    """Return the bytes of ``request``. One that cannot be said is our own mistake: AssertionError."""
    assert 0 <= request.unit <= UNIT_LAST, request
    assert 0 <= request.start <= 0xFFFF, request
    assert 1 <= request.count <= _MOST.get(request.function, 1), request
    assert request.unit != EVERYBODY or request.function not in _READS, request
    head = bytes((request.unit, request.function)) + request.start.to_bytes(2, "big")
    if request.function in _READS:
        assert not request.values, request
        return _closed(head + request.count.to_bytes(2, "big"))
    assert len(request.values) == request.count, request
    if request.function == WRITE_COIL:
        return _closed(head + (_ON if request.values[0] else 0).to_bytes(2, "big"))
    packed = _packed(request.function, request.values)
    if request.function == WRITE_REGISTER:
        return _closed(head + packed)
    return _closed(head + request.count.to_bytes(2, "big") + bytes((len(packed),)) + packed)


def encode_reply(request: Request, values: tuple[int, ...] = ()) -> bytes:
    """Return the slave's answer to ``request``; ``values`` are what a read reads, one for each asked for."""
    head = bytes((request.unit, request.function))
    if request.function in _READS:
        assert len(values) == request.count, (request, values)
        packed = _packed(request.function, values)
        return _closed(head + bytes((len(packed),)) + packed)
    return encode(request) if request.function not in _MANY else _closed(encode(request)[:6])


def encode_refusal(refusal: Refusal) -> bytes:
    """Return the bytes of a refusal."""
    return _closed(bytes((refusal.unit, refusal.function | 0x80, refusal.code)))


def reply_length(request: Request) -> int:
    """Return how many bytes the answer to ``request`` has; 0 when nobody answers. A refusal has 5."""
    if request.unit == EVERYBODY:
        return 0
    return 5 + _size(request.function, request.count) if request.function in _READS else 8


def _closed(frame: bytes) -> bytes:
    return frame + crc16_bytes(frame)


def _sound(frame: bytes) -> bool:
    return crc16_bytes(frame[:-2]) == frame[-2:]


def _size(function: int, count: int) -> int:
    return (count + 7) // 8 if function in _BITS else 2 * count


def _packed(function: int, values: tuple[int, ...]) -> bytes:
    if function in _BITS:
        bits = sum(1 << place for place, value in enumerate(values) if value)
        return bits.to_bytes(_size(function, len(values)), "little")
    return b"".join(value.to_bytes(2, "big") for value in values)


def _unpacked(function: int, data: bytes, count: int) -> tuple[int, ...]:
    if function in _BITS:
        bits = int.from_bytes(data, "little")
        return tuple(bits >> place & 1 for place in range(count))
    return tuple(int.from_bytes(data[at : at + 2], "big") for at in range(0, 2 * count, 2))


class ReplyDecoder:
    """The master's side: fed with what is heard after ``request``, finds the one answer to it."""

    def __init__(self, request: Request) -> None:
        self._request = request
        self._heard = b""

    def feed(self, data: bytes) -> Reply | Refusal | None:
        """Take ``data``; return the answer as soon as its last byte has come."""
        for at in range(len(data)):
            self._heard = (self._heard + data[at : at + 1])[-FRAME_MOST:]
            answer = self._reply() or self._refusal()
            if answer is not None:
                return answer
        return None

    def _reply(self) -> Reply | None:
        request = self._request
        frame = self._heard[-reply_length(request) :]
        if len(frame) < reply_length(request) or frame[:2] != bytes((request.unit, request.function)):
            return None
        if request.function in _READS:
            if frame[2] != len(frame) - 5 or not _sound(frame):
                return None
            return Reply(request.unit, request.function, _unpacked(request.function, frame[3:-2], request.count))
        # A write is confirmed by its own first bytes, so that the answer to another write is none to this.
        return Reply(request.unit, request.function) if frame == encode_reply(request) else None

    def _refusal(self) -> Refusal | None:
        frame = self._heard[-5:]
        if len(frame) < 5 or frame[:2] != bytes((self._request.unit, self._request.function | 0x80)):
            return None
        return Refusal(frame[0], self._request.function, frame[2]) if _sound(frame) else None


class RequestDecoder:
    """The slave's side: fed with all that is on the wire, finds the requests in it, to whomever they are."""

    def __init__(self) -> None:
        self._heard = bytearray()
        self._many: list[int] = []  # How far from the end the frames began that may end further on.

    def feed(self, data: bytes) -> list[Request | Malformed]:
        """Take ``data`` and return the requests that it completes."""
        fed = (self._feed_byte(byte) for byte in data)
        return [request for request in fed if request is not None]

    def _feed_byte(self, byte: int) -> Request | Malformed | None:
        heard = self._heard
        heard.append(byte)
        del heard[:-FRAME_MOST]
        self._many = [begun + 1 for begun in self._many if begun < FRAME_MOST]
        if len(heard) >= 7 and heard[-6] in _MANY:
            self._many.append(7)  # The byte that tells the length has come, seventh of its frame.
        for length in (8, *self._many):
            frame = bytes(heard[-length:])
            if _ends_here(frame, length) and _sound(frame):
                heard.clear()
                self._many.clear()
                return _request(frame)
        return None


def _ends_here(frame: bytes, length: int) -> bool:
    if len(frame) < length or length < 8:
        return False
    if frame[1] in _MANY:
        return length == 9 + frame[6]
    return length == 8 and frame[1] in _FUNCTIONS


def _request(frame: bytes) -> Request | Malformed:
    unit, function = frame[0], frame[1]
    start, count = int.from_bytes(frame[2:4], "big"), int.from_bytes(frame[4:6], "big")
    wrong = Malformed(unit, function)
    if function == WRITE_REGISTER:
        return Request(unit, function, start, 1, (count,))
    if function == WRITE_COIL:
        return Request(unit, function, start, 1, (int(count == _ON),)) if count in {0, _ON} else wrong
    if not 1 <= count <= _MOST[function] or (unit == EVERYBODY and function in _READS):
        return wrong
    if function in _READS:
        return Request(unit, function, start, count)
    if frame[6] != _size(function, count):
        return wrong
    return Request(unit, function, start, count, _unpacked(function, frame[7:-2], count))
