"""The master's side of keypads that are Modbus registers or inputs (``codecs/modbus_keypad.py``). Pure."""

from typing import Final

from hardware.bus.speech import Heard, Key, Purpose, Request, Wish
from hardware.codecs import modbus_keypad
from hardware.codecs import modbus_rtu as modbus
from hardware.codecs.modbus_keypad import KeypadMap

POLL_S: Final = 0.03


class ModbusKeypad:
    """One keypad. Nothing is acknowledged: a press is known by its count or by the input that rises."""

    text: str | None = None

    def __init__(self, address: int, keypad: KeypadMap) -> None:
        if not 1 <= address <= modbus.UNIT_LAST:
            raise ValueError(f"slave {address}: Modbus has addresses from 1 to {modbus.UNIT_LAST}")
        self.address = address
        self._ask = modbus_keypad.asks(keypad, address)
        self._turn_s = keypad.answer_ms / 1000
        self._asked_s = -POLL_S
        self._decoder = modbus.ReplyDecoder(self._ask)
        self._presses = modbus_keypad.Presses(keypad)

    def show(self, text: str) -> None:
        """Refuse: it shows nothing."""
        raise ValueError(f"keypad {self.address} cannot show {text!r}")

    def wish(self) -> Wish:
        """Ask again and again."""
        return Wish(Purpose.POLL, self._asked_s + POLL_S)

    def request(self, now_s: float) -> Request:
        """Read it."""
        self._asked_s = now_s
        self._decoder = modbus.ReplyDecoder(self._ask)
        return Request(modbus.encode(self._ask), Purpose.POLL, modbus.reply_length(self._ask), turn_s=self._turn_s)

    def hear(self, data: bytes) -> Heard | None:
        """Take what was read. A refusal is no answer: the map is not this keypad's."""
        answer = self._decoder.feed(data)
        if not isinstance(answer, modbus.Reply):
            return None
        before = self._presses.lost
        pressed = self._presses.read(answer.values, self._asked_s)
        # A master that begins anew takes what it reads first for old, so no press comes twice.
        keys = tuple(Key(name, number, repeated_s=0.0) for name, number in pressed)
        return Heard(keys, lost=self._presses.lost - before)

    def lost(self) -> None:
        """Go on: how long it was away decides whether what it holds is still somebody's wish."""

    def found(self) -> None:
        """Go on: its answer says what is new."""
