"""The master's side of LED counter displays that are Modbus registers (``codecs/led_registers.py``). Pure.

A sign of life reads back what the display shows: one that was switched off and on between two questions is found out
by its registers and gets its settings and its text anew.
"""

from collections import deque
from typing import Final

from hardware.bus.speech import DOUBT_S, Heard, Purpose, Request, Wish
from hardware.codecs import led_registers
from hardware.codecs import modbus_rtu as modbus
from hardware.codecs.led_registers import LedMap

ALIVE_S: Final = 2.0
REWRITE_S: Final = 30.0  # Where nothing can be read back. Not more often: a display may keep each text in flash.
TRIES_MOST: Final = 5
UNLIKE_MOST: Final = 3
REFUSAL_BYTES: Final = 5


class ModbusDisplay:
    """One display."""

    def __init__(self, address: int, led: LedMap) -> None:
        if not 1 <= address <= modbus.UNIT_LAST:
            raise ValueError(f"slave {address}: Modbus has addresses from 1 to {modbus.UNIT_LAST}")
        self.address = address
        self.text: str | None = None
        self._led = led
        self._ask = led_registers.asks(led, address)
        self._settings: deque[modbus.Request] = deque()
        self._writes: deque[modbus.Request] = deque()
        self._asked = self._ask
        self._asked_s = 0.0
        self._decoder = modbus.ReplyDecoder(self._ask)
        self._doubted = False  # Whether the last request has had no answer.
        self._fresh = False  # Whether the text has not been told as shown yet.
        self._tries = 0
        self._unlike = 0
        self._reads_back = led.reads_back
        self._met = False  # A first answer that repeats its request, as function 06 does, could be taken for an echo.
        self._begin()

    def show(self, text: str) -> None:
        """Have it show what it can of ``text``."""
        self.text = text
        self._fresh, self._tries, self._unlike = True, 0, 0
        self._write()

    def _begin(self) -> None:
        self._settings = deque(led_registers.settings(self._led, self.address))
        self._fresh = self.text is not None
        self._write()

    def _write(self) -> None:
        shown = None if self.text is None else self._led.face.of(self.text)
        self._writes = deque(() if shown is None else led_registers.writes(self._led, self.address, shown))

    def wish(self) -> Wish | None:
        """Show a new text; else ask whether it lives, by reading it or by writing it again."""
        if self._writes:
            return Wish(Purpose.TEXT, 0.0)
        if not self._reads_back and self.text is None:
            return None
        usual_s = ALIVE_S if self._reads_back else REWRITE_S
        return Wish(Purpose.ALIVE, self._asked_s + (DOUBT_S if self._doubted else usual_s))

    def request(self, now_s: float) -> Request:
        """Say what was wished; settings go before the first text."""
        purpose = Purpose.TEXT if self._writes else Purpose.ALIVE
        if not self._writes and not self._reads_back:
            self._write()
        pending = (self._settings or self._writes) if self._writes and self._met else None
        self._asked = pending[0] if pending else self._ask
        self._asked_s, self._doubted = now_s, True
        self._decoder = modbus.ReplyDecoder(self._asked)
        most = max(modbus.reply_length(self._asked), REFUSAL_BYTES)
        return Request(modbus.encode(self._asked), purpose, most, turn_s=self._led.answer_ms / 1000)

    def hear(self, data: bytes) -> Heard | None:
        """Take the answer."""
        answer = self._decoder.feed(data)
        if answer is None:
            return None
        self._doubted = False
        if not self._met:
            self._met = True
            return Heard()
        if self._settings and self._asked == self._settings[0]:
            # Makers leave settings out of cheaper models: one that is refused keeps no text from being shown.
            self._settings.popleft()
            return Heard()
        if self._writes and self._asked == self._writes[0]:
            return self._refused() if isinstance(answer, modbus.Refusal) else self._written()
        return self._read(answer)

    def _written(self) -> Heard:
        self._writes.popleft()
        if self._writes:
            return Heard()
        fresh, self._fresh, self._tries = self._fresh, False, 0
        return Heard(shown=fresh)

    def _refused(self) -> Heard:
        self._tries += 1
        if self._tries < TRIES_MOST:
            return Heard()
        self._writes.clear()
        return Heard(refused=True)

    def _read(self, answer: modbus.Reply | modbus.Refusal) -> Heard:
        if isinstance(answer, modbus.Refusal):
            self._reads_back = False  # It lives, but its registers can only be written.
            return Heard()
        if self.text is None or self._tries >= TRIES_MOST:
            return Heard()
        if answer.values == led_registers.values(self._led, self._led.face.of(self.text)):
            self._unlike = 0
            return Heard()
        self._unlike += 1
        if self._unlike > UNLIKE_MOST:
            return Heard()  # What it reads back is never what was written: it means nothing.
        self._begin()
        return Heard(restarted=True)

    def lost(self) -> None:
        """Ask only whether it lives."""
        self._writes.clear()

    def found(self) -> None:
        """Set it and show its text again: it may have been without power."""
        self._tries = self._unlike = 0
        self._begin()
