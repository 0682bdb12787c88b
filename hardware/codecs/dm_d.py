"""Epson customer displays (DM-D110, DM-D210 and those that copy them): two lines of twenty letters, write-only. Pure.

Source: Epson *DM-D110 Specification* (page 49: ``ESC @``) and the Epson command mode of POS-X XP8200 (page 12):

=============== ====================================================
``1B 40``       initialise: clear, cursor home, settings of power-on
``1B 3D 02``    what follows is for the display (behind it: a printer)
``0C``          clear
``1F 01``       overwrite mode
``1F 24 x y``   cursor to column x (1-20) of line y (1-2)
``1F 43 n``     cursor shown (1) or not (0)
``1F 58 n``     brightness 1 (20 %) to 4 (100 %)
``1F 45 n``     blink, in steps of 50 ms; 0 = steady
=============== ====================================================

The display never answers: whether it lives cannot be known. Saying all of it again every while mends a display that
was switched off.
"""

from typing import Final

from hardware.codecs.vfd import Screen, centred

_ESC, _US, _CLEAR = 0x1B, 0x1F, 0x0C
BRIGHTNESS_LAST: Final = 4
# How many bytes follow the two of a command; a command that is not named here is taken to have none.
_PARAMETERS: Final = {
    (_US, 0x24): 2,
    (_US, 0x23): 2,
    **{(_US, code): 1 for code in (0x2C, 0x2E, 0x3B, 0x43, 0x45, 0x54, 0x58, 0x72)},
    **{(_ESC, code): 1 for code in (0x25, 0x3D, 0x3F, 0x52, 0x74)},
}


def settings(brightness: int = BRIGHTNESS_LAST) -> bytes:
    """Return what makes a display ready without touching what it shows: selected, overwriting, steady, no cursor."""
    assert 1 <= brightness <= BRIGHTNESS_LAST, brightness
    return bytes((_ESC, 0x3D, 0x02, _US, 0x01, _US, 0x43, 0, _US, 0x45, 0, _US, 0x58, brightness))


def show(text: str, lower: str = "") -> bytes:
    """Return what shows ``text`` on the first and ``lower`` on the second line, centred; printable ASCII."""
    return bytes((_US, 0x24, 1, 1)) + centred(text) + bytes((_US, 0x24, 1, 2)) + centred(lower)


class Display:
    """The display's side: fed with bytes as they come, holds what it shows. Unknown commands change nothing."""

    def __init__(self) -> None:
        self._screen = Screen()
        self._pending = b""
        self._selected = True
        self.brightness = BRIGHTNESS_LAST
        self.blinks = False

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
        elif len(self._pending) >= 2:
            wanted = 2 + _PARAMETERS.get((self._pending[0], self._pending[1]), 0)
            if len(self._pending) == wanted:
                command, self._pending = self._pending, b""
                self._command(command)

    def _plain(self, byte: int) -> None:
        if not self._selected:
            return
        if byte == _CLEAR:
            self._screen.clear()
        elif byte >= 0x20:
            self._screen.put(byte)

    def _command(self, command: bytes) -> None:
        match (command[0], command[1]):
            case (0x1B, 0x3D):
                self._selected = bool(command[2] & 2)
            case _ if not self._selected:
                return
            case (0x1B, 0x40):
                self._screen.clear()
                self.brightness, self.blinks = BRIGHTNESS_LAST, False
            case (0x1F, 0x24):
                self._screen.move(command[2], command[3])
            case (0x1F, 0x58) if 1 <= command[2] <= BRIGHTNESS_LAST:
                self.brightness = command[2]
            case (0x1F, 0x45):
                self.blinks = command[2] != 0
