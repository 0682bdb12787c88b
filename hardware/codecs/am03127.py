"""LED line boards that speak AM03127 / AM004 (maker's datasheet V2.2, 2005). Pure.

::

    <IDxx> packet  check  <E>        xx: board 01-FF in hex, 00 all boards (they do not answer)
                   2 hex: XOR of the packet's bytes

A board answers ``ACK`` when the check is right, ``NACK`` when it is wrong, and nothing when the packet is for another
board or not understood. 9600 baud, 8N1. A text is sent as page A of line 1, shown at once and steady::

    <L1><PA><FA><MA><WC><FA>text

where F is how it comes and goes (A: at once), M how it is shown (A: steady) and W how long the page stands. A board
shows the pages of its schedule, or else the page that ``<RPA>`` makes the usual one (section 4.2.6); ``<BA>`` to
``<BD>`` are 100, 75, 50 and 25 % of brightness (4.2.7), ``<D*>`` deletes all pages and schedules (4.2.5.3). Golden
packets (seen in the field): ``<L1><PA><FE><MA><WC><FE>hello`` has check ``16``, ``<BE>`` ``05``, ``<BF>`` ``06``.
"""

from dataclasses import dataclass
from typing import Final

PACKET_MOST: Final = 250
TEXT_MOST: Final = 32
_END: Final = b"<E>"
_START: Final = b"<ID"
_HEX: Final = b"0123456789ABCDEF"
_PAGE: Final = "<L1><PA><FA><MA><WC><FA>"


@dataclass(frozen=True, slots=True)
class Packet:
    """A packet for one board (``board`` 1-255, 0 for all)."""

    board: int
    content: str


def check(content: str) -> str:
    """Return the two hex digits that close a packet."""
    total = 0
    for byte in content.encode("ascii"):
        total ^= byte
    return f"{total:02X}"


def encode(packet: Packet) -> bytes:
    """Return the bytes of ``packet``. A packet that cannot be said is our own mistake: AssertionError."""
    assert 0 <= packet.board <= 0xFF, packet
    assert len(packet.content) <= PACKET_MOST, packet
    assert all(" " <= mark <= "~" for mark in packet.content), packet
    assert "<E>" not in packet.content, packet
    assert "<ID" not in packet.content, packet
    return f"<ID{packet.board:02X}>{packet.content}{check(packet.content)}<E>".encode("ascii")


def show(board: int, text: str) -> Packet:
    """Have a board show ``text``: ASCII, at most 32 letters, without the angle brackets of the codes."""
    assert len(text) <= TEXT_MOST
    assert not set(text) & set("<>")
    return Packet(board, _PAGE + text)


BRIGHTNESS: Final = {100: "<BA>", 75: "<BB>", 50: "<BC>", 25: "<BD>"}


def run_page_a(board: int) -> Packet:
    """Make page A, which :func:`show` writes, the one that a board shows."""
    return Packet(board, "<RPA>")


def brightness(board: int, percent: int) -> Packet:
    """Set how bright a board is: one of ``BRIGHTNESS``."""
    return Packet(board, BRIGHTNESS[percent])


def delete_all(board: int) -> Packet:
    """Delete all pages and schedules, such as a maker's demonstration."""
    return Packet(board, "<D*>")


def shown_text(packet: Packet) -> str | None:
    """Return the text of a page packet, without the codes in angle brackets; None for any other packet."""
    if not packet.content.startswith("<L1><P"):
        return None
    text = packet.content
    while text.startswith("<") and ">" in text:
        text = text.partition(">")[2]
    return text


class PacketDecoder:
    """The board's side: fed with bytes as they come, gives packets and whether their check was right."""

    def __init__(self) -> None:
        self._held = b""

    def feed(self, data: bytes) -> list[tuple[Packet, bool]]:
        """Take ``data`` and return the packets it completes, each with the verdict on its check."""
        packets = []
        for byte in data:
            self._held = (self._held + bytes((byte,)))[-(PACKET_MOST + 12) :]
            if self._held.endswith(_END):
                packet = _packet(self._held)
                self._held = b""
                if packet is not None:
                    packets.append(packet)
        return packets


def _packet(held: bytes) -> tuple[Packet, bool] | None:
    begun = held.rfind(_START)
    inner = held[begun + len(_START) : -len(_END)]
    if begun < 0 or len(inner) < 5 or inner[2:3] != b">" or any(digit not in _HEX for digit in inner[:2]):
        return None
    if any(not 0x20 <= byte <= 0x7E for byte in inner):
        return None
    content = inner[3:-2].decode("ascii")
    return Packet(int(inner[:2], 16), content), check(content).encode("ascii") == inner[-2:]


class AnswerDecoder:
    """The master's side: finds ``ACK`` and ``NACK`` in what comes, whatever noise stands around them."""

    def __init__(self) -> None:
        self._tail = b""

    def feed(self, data: bytes) -> list[bool]:
        """Take ``data`` and return True for each ACK, False for each NACK."""
        answers = []
        for byte in data:
            self._tail = (self._tail + bytes((byte,)))[-4:]
            if self._tail.endswith(b"ACK"):
                answers.append(not self._tail.startswith(b"N"))
                self._tail = b""
        return answers
