"""The few ESC/POS commands the printer's owner says itself. Pure.

Whatever python-escpos knows is taken from it; for the rest it has no word. Sources of that: Epson's command reference
as quoted in the guides of TM-T88III, TM-L90 and TM-T81, and those of compatible printers (Samsung SRP-350, Citizen
CBM-1000); ``docs/devices/printers.md`` says when each is sent.
"""

from typing import Final, Literal

from escpos.constants import HW_INIT, PAPER_FULL_CUT, PAPER_PART_CUT, RT_STATUS

RESET: Final[bytes] = HW_INIT  # Also switches automatic status off.
AUTOMATIC_STATUS: Final = b"\x1da\x0e"  # On-line, error and paper; the printer tells at once, then on each change.
RECOVER_AND_GO_ON: Final = b"\x10\x05\x01"  # DLE ENQ 1: after a cutter jam has been mended.
RECOVER_AND_CLEAR: Final = b"\x10\x05\x02"  # DLE ENQ 2: forget what is in the buffer.
CLEAR_BUFFERS: Final = b"\x10\x14\x08\x01\x03\x14\x01\x06\x02\x08"  # DLE DC4 fn 8.
FENCE_PAPER: Final = b"\x1dr\x01"  # GS r 1: answered in buffer order, so after all that came before.

_ID_FIRST, _ID_LAST = 0x20, 0x7E
PROCESS_IDS: Final = (_ID_LAST - _ID_FIRST + 1) ** 4


def real_time_status(number: int) -> bytes:
    """``DLE EOT n``, n from 1 to 4: answered at once, even off-line. Never to be sent inside another command's data."""
    assert 1 <= number <= 4
    status: bytes = RT_STATUS
    return status + bytes((number,))


def process_id(serial: int) -> bytes:
    """Give a job's serial number the four printable characters that ``GS ( H`` carries."""
    base = _ID_LAST - _ID_FIRST + 1
    return bytes(_ID_FIRST + serial // base**place % base for place in (3, 2, 1, 0))


def fence_process_id(identity: bytes) -> bytes:
    """``GS ( H`` function 48: the printer answers with ``identity`` when what came before has been printed."""
    assert len(identity) == 4
    assert all(_ID_FIRST <= byte <= _ID_LAST for byte in identity)
    return b"\x1d(H\x06\x00\x30\x30" + identity


def feed_and_cut(feed_lines: int, cut: Literal["full", "partial", "none"]) -> bytes:
    """``ESC d n``, then ``GS V``: the blade stands above the head, so paper is fed first."""
    blade: dict[str, bytes] = {"full": PAPER_FULL_CUT, "partial": PAPER_PART_CUT, "none": b""}
    return bytes((0x1B, 0x64, feed_lines)) + blade[cut]
