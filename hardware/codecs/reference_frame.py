"""The project's own open frame for call keypads, rating keypads and LED counter displays on one RS-485 wire. Pure.

::

    STX  address  command  data        ETX  check
    02   2 hex    1 char   0-64 chars  03   2 hex: XOR of all bytes from address to ETX

    poll (master)       10h + (high digit XOR low digit)   2 hex: address        three bytes
    nothing (slave)     80h + (address AND 7Fh)                                  one byte

Everything between STX and the check is printable ASCII (20h-7Eh), hex digits are capitals. Addresses are 01-FE; 00 is
the master's and is used by no slave. STX, the first byte of a poll (10h-1Fh) and every byte from 80h on begin anew,
whatever was half heard before. The master speaks first, always; a slave answers within 10 ms or not at all.

======= ========================= ============================================================ ==================
master  means                     slave answers                                                means
======= ========================= ============================================================ ==================
poll    anything new?             nothing | ``K`` sequence key | ``R``                         no, key, restarted
``A``   sequence: I have it       (silence)
``W``   sequence text: show this  ``A`` sequence                                               it is shown
``?``   who are you?              ``I`` kind version                                           identity
======= ========================= ============================================================ ==================

*Short polls.* A wire of keypads carries little else than questions with no for an answer, so that these decide how long
a key waits: four bytes where two frames would be fourteen. The poll is checked (each wrong byte breaks the XOR); of the
no it is enough that a false one only puts a key off until the next poll.

*Exactly once.* A key carries a sequence number (two hex digits, rising by one, FF is followed by 00). The slave sends
the same ``K`` at each poll until ``A`` with its number comes, then goes on to the next key; the master hands a key on
only if its number differs from the last one it had of that slave, and acknowledges it in both cases. After power-up a
slave answers ``R`` until ``A00`` comes, and numbers its keys from 00 again; the master then forgets the last number. A
key that has not been acknowledged for ten seconds is thrown away by the slave, since a clerk must not call somebody by
a press from before a cut. If it has been sent at all, its number is used up: the master may have had it.

The frame follows the pattern of NEC's IMS interface (STX, addresses, ETX, BCC); golden frame: the key ``N`` with number
07 from slave 05 is ``02 30 35 4b 30 37 4e 03 30 34``. The poll of slave 05 is ``15 30 35``, its no ``85``.
"""

from dataclasses import dataclass
from typing import Final

STX, ETX = 0x02, 0x03
POLL_FIRST: Final = 0x10
POLL_BYTES: Final = 3
NOTHING_FIRST: Final = 0x80
DATA_MOST: Final = 64
TEXT_MOST: Final = 32
KEY_BYTES: Final = 10
SHOWN_BYTES: Final = 9
ADDRESS_LAST: Final = 0xFE
SEQUENCES: Final = 256
_HEX: Final = b"0123456789ABCDEF"


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame. ``command`` is one character; ``data`` printable ASCII, at most 64 characters."""

    address: int
    command: str
    data: str = ""


def _check(inner: bytes) -> bytes:
    total = 0
    for byte in inner:
        total ^= byte
    return b"%02X" % total


def encode(frame: Frame) -> bytes:
    """Return the bytes of ``frame``. A frame that cannot be said is our own mistake: AssertionError."""
    assert 0 <= frame.address <= ADDRESS_LAST, frame
    assert len(frame.command) == 1, frame
    assert len(frame.data) <= DATA_MOST, frame
    assert all(" " <= mark <= "~" for mark in frame.command + frame.data), frame
    inner = b"%02X" % frame.address + (frame.command + frame.data).encode("ascii") + bytes((ETX,))
    return bytes((STX,)) + inner + _check(inner)


@dataclass(frozen=True, slots=True)
class Poll:
    """The short question for news."""

    address: int


@dataclass(frozen=True, slots=True)
class Nothing:
    """The short no; it tells seven bits of the address it comes from."""

    address_low: int

    def is_from(self, address: int) -> bool:
        """Whether the slave at ``address`` may have said it."""
        return address & 0x7F == self.address_low


Message = Frame | Poll | Nothing


def poll(address: int) -> bytes:
    """Return the three bytes that ask a slave for news."""
    assert 0 <= address <= ADDRESS_LAST, address
    return bytes((POLL_FIRST | (address >> 4 ^ address & 0x0F),)) + b"%02X" % address


def nothing(address: int) -> bytes:
    """Return the one byte by which a slave says that there is none."""
    assert 0 <= address <= ADDRESS_LAST, address
    return bytes((NOTHING_FIRST | address & 0x7F,))


_SHORT: Final[dict[bytes, Message]] = {
    **{poll(address): Poll(address) for address in range(1, ADDRESS_LAST + 1)},
    **{bytes((byte,)): Nothing(byte & 0x7F) for byte in range(NOTHING_FIRST, 256)},
}


class Decoder:
    """Fed with bytes as they come, gives whole messages. ``errors`` counts spoilt ones."""

    def __init__(self) -> None:
        self.errors = 0
        self._inner: bytearray | None = None  # From the address on; None outside of a frame.
        self._poll: bytearray | None = None

    def feed(self, data: bytes) -> list[Message]:
        """Take ``data`` and return the messages it completes."""
        if (whole := _SHORT.get(data)) is not None:
            # Nearly all that crosses a wire; and it begins anew, so that nothing before it matters.
            self.errors += self._inner is not None or self._poll is not None
            self._inner = self._poll = None
            return [whole]
        fed = (self._feed_byte(byte) for byte in data)
        return [message for message in fed if message is not None]

    def _feed_byte(self, byte: int) -> Message | None:
        if byte == STX or POLL_FIRST <= byte < POLL_FIRST + 16 or byte >= NOTHING_FIRST:
            return self._begin(byte)
        if self._poll is not None:
            return self._feed_poll(self._poll, byte)
        return None if self._inner is None else self._feed_frame(self._inner, byte)

    def _begin(self, byte: int) -> Message | None:
        self.errors += self._inner is not None or self._poll is not None
        self._inner = bytearray() if byte == STX else None
        self._poll = bytearray((byte,)) if POLL_FIRST <= byte < POLL_FIRST + 16 else None
        return Nothing(byte & 0x7F) if byte >= NOTHING_FIRST else None

    def _feed_poll(self, held: bytearray, byte: int) -> Message | None:
        held.append(byte)
        if len(held) < POLL_BYTES:
            return None
        self._poll = None
        digits = bytes(held[1:])
        address = int(digits, 16) if all(digit in _HEX for digit in digits) else 0
        if not 0 < address <= ADDRESS_LAST or poll(address) != held:
            self.errors += 1
            return None
        return Poll(address)

    def _feed_frame(self, inner: bytearray, byte: int) -> Message | None:
        inner.append(byte)
        ended = inner.find(ETX)
        if ended < 0:
            if not 0x20 <= byte <= 0x7E or len(inner) > DATA_MOST + 3:
                self._spoil()
            return None
        if byte != ETX and byte not in _HEX:
            self._spoil()
            return None
        if len(inner) < ended + 3:
            return None
        self._inner = None
        return self._whole(bytes(inner[: ended + 1]), bytes(inner[ended + 1 :]))

    def _whole(self, inner: bytes, check: bytes) -> Frame | None:
        address = inner[:2]
        sound = len(inner) >= 4 and check == _check(inner) and all(digit in _HEX for digit in address)
        if not sound or int(address, 16) > ADDRESS_LAST:
            self.errors += 1
            return None
        return Frame(int(address, 16), chr(inner[2]), inner[3:-1].decode("ascii"))

    def _spoil(self) -> None:
        self.errors += 1
        self._inner = None


@dataclass(frozen=True, slots=True)
class Key:
    """A pressed key with its number."""

    sequence: int
    key: str


def acknowledge(address: int, sequence: int) -> Frame:
    """Tell a slave that its key (or its restart, with 0) has been heard; or, from a slave, that a text is shown."""
    return Frame(address, "A", f"{sequence:02X}")


def key(address: int, sequence: int, name: str) -> Frame:
    """Answer a poll with a pressed key, named by one character."""
    assert len(name) == 1
    return Frame(address, "K", f"{sequence:02X}{name}")


def show(address: int, sequence: int, text: str) -> Frame:
    """Have an LED counter display show ``text`` (ASCII, at most 32 characters)."""
    assert len(text) <= TEXT_MOST
    return Frame(address, "W", f"{sequence:02X}{text}")


def sequence_of(frame: Frame) -> int | None:
    """Return the number that ``K``, ``A`` and ``W`` begin with; None when there is none."""
    digits = frame.data[:2].encode("ascii")
    if len(digits) < 2 or any(digit not in _HEX for digit in digits):
        return None
    return int(digits, 16)


def key_of(frame: Frame) -> Key | None:
    """Return the key that a ``K`` carries; None for any other frame or a misshapen one."""
    sequence = sequence_of(frame)
    if frame.command != "K" or sequence is None or len(frame.data) != 3:
        return None
    return Key(sequence, frame.data[2])
