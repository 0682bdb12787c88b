"""Frames of a maker's keypad or display that are described, not programmed. Pure.

A description (``config/devices/*.toml``; ``declared_file.py`` checks it) lists the parts of a frame in their order and
says which command means what. From it come the bytes of each frame and, the other way round, the frames in the bytes:
a piece of bytes is a frame when every part of it is right, the check included. So it does not matter how a frame says
where it ends (a length, a fixed size or a last byte), nor what noise stands before it.
"""

from dataclasses import dataclass
from typing import Annotated, Final, Literal

import msgspec

from hardware.codecs.checks import CHECKS
from hardware.codecs.modbus_keypad import KeyName
from hardware.codecs.provenance import Status
from hardware.led import Face

FRAME_MOST: Final = 128
Hex = Annotated[str, msgspec.Meta(pattern="^([0-9A-Fa-f]{2} ?)*$", max_length=192)]
Encoding = Literal["binary", "little", "hex", "decimal", "bcd"]
Check = Literal["none", "sum8", "xor", "lrc", "crc16"]


class Part(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One part of a frame.

    ``bytes``     always the same: ``hex``
    ``address``   the device's number, ``size`` bytes in an ``encoding``
    ``command``   what kind of frame it is, ``size`` bytes
    ``length``    how many bytes the parts ``counts`` have together, plus ``plus``
    ``data``      what the kind of frame carries; ``size`` bytes, or as many as it needs
    ``check``     a ``check`` over the parts ``over``, as bytes (``binary``) or as hex digits (``hex``)

    ``name`` is how ``counts`` and ``over`` call it; left out, it is called what it is.
    """

    part: Literal["bytes", "address", "command", "length", "data", "check"]
    name: str = ""
    hex: Hex = ""
    size: Annotated[int, msgspec.Meta(ge=1, le=64)] | None = None
    encoding: Encoding = "binary"
    counts: tuple[str, ...] = ()
    plus: Annotated[int, msgspec.Meta(ge=-64, le=64)] = 0
    check: Check = "none"
    over: tuple[str, ...] = ()

    @property
    def called(self) -> str:
        """The name by which other parts mean this one."""
        return self.name or self.part

    @property
    def bytes_of(self) -> int | None:
        """How many bytes it has; None when its data say so."""
        match self.part:
            case "bytes":
                return len(bytes.fromhex(self.hex))
            case "check":
                return CHECKS[self.check][0] * (2 if self.encoding == "hex" else 1)
            case "data":
                return self.size
        return self.size or (2 if self.encoding in {"hex", "decimal"} else 1)


class Told(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A frame to send. ``data`` is hex with ``{text}``, ``{code}`` and ``{sequence}`` where these belong."""

    command: Hex = ""
    data: str = ""


class Answer(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A frame to be known again. Without ``command`` any; with ``data`` only if its data begin with these bytes."""

    command: Hex = ""
    data: Hex = ""


class KeyAnswer(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A frame that tells a key: which byte of its data is the code, and which numbers the presses (counted from 0)."""

    command: Hex = ""
    code_at: Annotated[int, msgspec.Meta(ge=0, le=63)] = 0
    sequence_at: Annotated[int, msgspec.Meta(ge=0, le=63)] | None = None
    same_key_ms: Annotated[int, msgspec.Meta(ge=0, le=5000)] = 400


class Text(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How a display takes a text.

    ``ascii`` one byte a character, ``digits`` one byte a digit (0-9), ``bcd`` two digits a byte, ``number`` and
    ``number_little`` the value in ``bytes`` bytes. ``pad`` fills up in front to ``columns``; empty: as long as it is.
    """

    columns: Annotated[int, msgspec.Meta(ge=1, le=32)]
    shows: str
    otherwise: str = ""
    encoding: Literal["ascii", "digits", "bcd", "number", "number_little"] = "ascii"
    bytes: Annotated[int, msgspec.Meta(ge=1, le=4)] = 2
    pad: Annotated[str, msgspec.Meta(max_length=1)] = " "

    @property
    def face(self) -> Face:
        """What the display can show."""
        return Face(self.columns, self.shows, self.otherwise)


class Description(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A kind of device. ``answer_frame`` is left out when answers are built like questions."""

    kind: Literal["declared"]
    name: str
    source: str
    status: Status
    frame: tuple[Part, ...]
    answer_frame: tuple[Part, ...] = ()
    answer_ms: Annotated[int, msgspec.Meta(ge=5, le=1000)] = 50
    # A keypad:
    poll: Told | None = None
    idle: Answer | None = None
    key: KeyAnswer | None = None
    acknowledge: Told | None = None
    keys: dict[Hex, KeyName] = {}
    # A display:
    show: Told | None = None
    shown: Answer | None = None
    text: Text | None = None
    again_s: Annotated[float, msgspec.Meta(ge=1, le=600)] = 30.0

    @property
    def answers(self) -> tuple[Part, ...]:
        """The parts of what the device says."""
        return self.answer_frame or self.frame

    @property
    def named(self) -> dict[int, str]:
        """The keys by their codes."""
        return {bytes.fromhex(code)[0]: name for code, name in self.keys.items()}


@dataclass(frozen=True, slots=True)
class Frame:
    """What a frame says. ``address`` is None where frames have none."""

    address: int | None
    command: bytes
    data: bytes


# --- Numbers in bytes -------------------------------------------------------------------------------------------------


def number_bytes(value: int, size: int, encoding: Encoding) -> bytes:
    """Return ``value`` in ``size`` bytes. Raises ValueError when it finds no room there."""
    match encoding:
        case "binary" | "little":
            if value >= 1 << 8 * size:
                raise ValueError(f"{value} finds no room in {size} bytes")
            return value.to_bytes(size, "big" if encoding == "binary" else "little")
        case "hex":
            digits = f"{value:0{size}X}"
        case "decimal" | "bcd":
            digits = f"{value:0{size * (2 if encoding == 'bcd' else 1)}d}"
    found = bytes.fromhex(digits) if encoding == "bcd" and len(digits) == 2 * size else digits.encode("ascii")
    if len(found) != size:
        raise ValueError(f"{value} finds no room in {size} bytes of {encoding}")
    return found


def number_of(data: bytes, encoding: Encoding) -> int | None:
    """Return the number that ``data`` holds; None when these bytes are no number in that encoding."""
    match encoding:
        case "binary":
            return int.from_bytes(data, "big")
        case "little":
            return int.from_bytes(data, "little")
        case "bcd":
            digits, known = data.hex(), "0123456789"
        case "hex":
            digits, known = data.decode("latin-1"), "0123456789ABCDEFabcdef"
        case "decimal":
            digits, known = data.decode("latin-1"), "0123456789"
    if not digits or any(digit not in known for digit in digits):
        return None
    return int(digits, 16 if encoding == "hex" else 10)


# --- Frames to bytes --------------------------------------------------------------------------------------------------


def encode(parts: tuple[Part, ...], frame: Frame) -> bytes:
    """Return the bytes of ``frame``. Raises ValueError when its address, command or data do not fit the parts."""
    pieces = [_piece(part, frame) for part in parts]
    for place, part in enumerate(parts):
        if part.part == "length":
            size = part.bytes_of
            assert size is not None
            pieces[place] = number_bytes(_counted(part, parts, pieces), size, part.encoding)
    for place, part in enumerate(parts):
        if part.part == "check":
            pieces[place] = _check(part, parts, pieces)
    return b"".join(pieces)


def _piece(part: Part, frame: Frame) -> bytes:
    match part.part:
        case "bytes":
            return bytes.fromhex(part.hex)
        case "address":
            assert part.bytes_of is not None
            return number_bytes(frame.address or 0, part.bytes_of, part.encoding)
        case "command":
            wanted = frame.command
        case "data":
            wanted = frame.data
        case "length" | "check":  # Known only when all else is; these hold its place.
            return bytes(part.bytes_of or 0)
    if part.bytes_of is not None and len(wanted) != part.bytes_of:
        raise ValueError(f"{part.called} {wanted.hex(' ')!r} is not {part.bytes_of} bytes long")
    return wanted


def _counted(part: Part, parts: tuple[Part, ...], pieces: list[bytes]) -> int:
    counted = sum(len(piece) for other, piece in zip(parts, pieces, strict=True) if other.called in part.counts)
    return counted + part.plus


def _check(part: Part, parts: tuple[Part, ...], pieces: list[bytes]) -> bytes:
    covered = b"".join(piece for other, piece in zip(parts, pieces, strict=True) if other.called in part.over)
    found = CHECKS[part.check][1](covered)
    return found.hex().upper().encode("ascii") if part.encoding == "hex" else found


# --- Bytes to frames --------------------------------------------------------------------------------------------------


def decode(parts: tuple[Part, ...], data: bytes) -> Frame | None:
    """Return the frame that ``data`` is from its first byte to its last; None when any part of it is wrong."""
    variable = len(data) - sum(part.bytes_of or 0 for part in parts)
    if variable < 0 or (variable and all(part.bytes_of is not None for part in parts)):
        return None
    pieces, at = [], 0
    for part in parts:
        size = variable if part.bytes_of is None else part.bytes_of
        pieces.append(data[at : at + size])
        at += size
    return _frame(parts, pieces)


def _frame(parts: tuple[Part, ...], pieces: list[bytes]) -> Frame | None:
    if not all(_is_right(part, piece, parts, pieces) for part, piece in zip(parts, pieces, strict=True)):
        return None
    said = {part.part: piece for part, piece in zip(parts, pieces, strict=True)}
    place = next((part for part in parts if part.part == "address"), None)
    address = None if place is None else number_of(said["address"], place.encoding)
    return Frame(address, said.get("command", b""), said.get("data", b""))


def _is_right(part: Part, piece: bytes, parts: tuple[Part, ...], pieces: list[bytes]) -> bool:
    match part.part:
        case "bytes":
            return piece == bytes.fromhex(part.hex)
        case "address":
            return number_of(piece, part.encoding) is not None
        case "length":
            return number_of(piece, part.encoding) == _counted(part, parts, pieces)
        case "check":
            said = piece.upper() if part.encoding == "hex" else piece
            return said == _check(part, parts, pieces)
    return True


class Decoder:
    """Fed with bytes as they come, gives whole frames, whatever noise stands around them."""

    def __init__(self, parts: tuple[Part, ...]) -> None:
        self._parts = parts
        self._least = sum(part.bytes_of or 0 for part in parts)
        self._head = bytes.fromhex(parts[0].hex) if parts[0].part == "bytes" else b""
        self._tail = bytes.fromhex(parts[-1].hex) if parts[-1].part == "bytes" else b""
        self._held = b""

    def feed(self, data: bytes) -> list[Frame]:
        """Take ``data`` and return the frames it completes."""
        fed = (self._feed_byte(data[at : at + 1]) for at in range(len(data)))
        return [frame for frame in fed if frame is not None]

    def _feed_byte(self, byte: bytes) -> Frame | None:
        self._held = (self._held + byte)[-FRAME_MOST:]
        if not self._held.endswith(self._tail):
            return None
        begun = self._held.find(self._head)
        while 0 <= begun <= len(self._held) - self._least:
            frame = decode(self._parts, self._held[begun:])
            if frame is not None:
                self._held = b""
                return frame
            begun = self._held.find(self._head, begun + 1)
        return None


# --- What frames carry ------------------------------------------------------------------------------------------------


def text_bytes(text: Text, shown: str) -> bytes:
    """Return how a display takes ``shown``, a text of its face."""
    padded = shown.rjust(text.columns, text.pad) if text.pad else shown
    match text.encoding:
        case "ascii":
            return padded.encode("ascii")
        case "digits":
            return bytes(int(mark) if mark.isdecimal() else ord(mark) for mark in padded)
        case "bcd":
            digits = padded.replace(" ", "0")
            return bytes.fromhex(digits.rjust(len(digits) + len(digits) % 2, "0"))
        case "number" | "number_little":
            return int(shown or "0").to_bytes(text.bytes, "big" if text.encoding == "number" else "little")


def text_of(text: Text, data: bytes) -> str:
    """Return what people read on a display that took ``data``; the device's side of :func:`text_bytes`."""
    match text.encoding:
        case "ascii":
            return data.decode("ascii", "replace").strip()
        case "digits":
            return "".join(str(mark) if mark <= 9 else chr(mark) for mark in data).strip()
        case "bcd":
            return data.hex()
        case "number" | "number_little":
            return str(int.from_bytes(data, "big" if text.encoding == "number" else "little"))


def filled(template: str, **values: bytes) -> bytes:
    """Return a template's bytes with ``{text}``, ``{code}`` and ``{sequence}`` in their places."""
    for name, value in values.items():
        template = template.replace("{" + name + "}", value.hex())
    return bytes.fromhex(template)
