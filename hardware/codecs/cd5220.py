"""Vacuum fluorescent displays that speak CD5220: two lines of twenty letters, write-only. Pure.

Source: CD5220 user's manual, section 7.2 (page 28), and the CD5220 page 15 list of the same commands:

========================= ======================================================================
``1B 51 41`` text ``0D``   the upper line shows ``text``; from then on only these lines and 0C work
``1B 51 42`` text ``0D``   the lower line, likewise
``0C``                     clear, and leave that mode
``1B 40``                  initialise
``1F 01`` / ``1B 11``      overwrite mode
========================= ======================================================================

The display never answers: whether it lives cannot be known. So a text is whole in itself (clear, initialise, both
lines), and saying it again every while mends a display that was switched off.
"""

from typing import Final

from hardware.codecs.vfd import Screen, centred

_CLEAR, _ESC, _CR, _US = 0x0C, 0x1B, 0x0D, 0x1F
_LINES: Final = {0x41: 1, 0x42: 2}
PENDING_MOST: Final = 64
_US_WITH_ONE: Final = frozenset({0x43, 0x45, 0x58})


def start() -> bytes:
    """Return what makes a display ready that may have been left in any mode."""
    return bytes((_CLEAR, _ESC, 0x40, _US, 0x01))


def show(text: str, lower: str = "") -> bytes:
    """Return what shows ``text`` on the upper and ``lower`` on the lower line, centred; printable ASCII, 20 letters."""
    upper_line = bytes((_ESC, 0x51, 0x41)) + centred(text) + bytes((_CR,))
    return upper_line + bytes((_ESC, 0x51, 0x42)) + centred(lower) + bytes((_CR,))


class Display:
    """The display's side: fed with bytes as they come, holds what it shows. Unknown commands change nothing."""

    def __init__(self) -> None:
        self._screen = Screen()
        self._pending = b""
        self._lines_only = False

    @property
    def shown(self) -> str:
        """Return what people read."""
        return self._screen.shown

    def feed(self, data: bytes) -> None:
        """Take ``data``."""
        for byte in data:
            self._feed_byte(byte)

    def _feed_byte(self, byte: int) -> None:
        self._pending += bytes((byte,))
        if self._pending[0] not in {_ESC, _US}:
            self._plain(byte)
            self._pending = b""
        elif self._is_whole() or len(self._pending) > PENDING_MOST:
            self._command(self._pending)
            self._pending = b""

    def _is_whole(self) -> bool:
        pending = self._pending
        if len(pending) < 2:
            return False
        if pending[0] == _US:
            return len(pending) == (3 if pending[1] in _US_WITH_ONE else 2)
        match pending[1]:
            case 0x51:
                return len(pending) > 2 and pending[-1] == _CR
            case 0x6C:
                return len(pending) == 4
            case 0x5B:
                return len(pending) == 3
        return True

    def _plain(self, byte: int) -> None:
        if byte == _CLEAR:
            self._lines_only = False
            self._screen.clear()
        elif byte >= 0x20 and not self._lines_only:
            self._screen.put(byte)

    def _command(self, command: bytes) -> None:
        if command[:2] == bytes((_ESC, 0x51)) and command[2] in _LINES and command[-1] == _CR:
            self._lines_only = True
            self._screen.write_line(_LINES[command[2]], command[3:-1])
        elif self._lines_only:
            return
        elif command == bytes((_ESC, 0x40)):
            self._screen.clear()
        elif command[:2] == bytes((_ESC, 0x6C)) and len(command) == 4:
            self._screen.move(command[2], command[3])
