"""Makers' displays and keypads on a simulated wire: Modbus, Xunpeng, VFDs and declared frames. Pure.

They go by the same maps as the drivers; what keeps both honest are the published frames and the outside witnesses in
``tests/devices/``.
"""

from collections import deque
from typing import Final

from hardware.codecs import cd5220, declared, dm_d, led_registers, xunpeng
from hardware.codecs import modbus_keypad as keypads
from hardware.codecs import modbus_rtu as modbus
from hardware.codecs.declared import Answer, Description, Frame, Told
from hardware.codecs.led_registers import LedMap
from hardware.codecs.modbus_keypad import KeypadMap

KEYS_MOST: Final = 16
UNASKED_AGAIN_S: Final = 0.2
TAP_S: Final = 0.12  # How long a finger holds a push button down, at least.
Values = dict[int, int]


class FieldSlave:
    """What they have in common: an address, faults, nothing shown and no keys."""

    def __init__(self, address: int) -> None:
        self.address = address
        self.faults: set[str] = set()
        self.shown = ""
        self.taken: list[tuple[str, int]] = []

    def press(self, name: str, now_s: float) -> None:
        """Refuse: a display has no keys."""
        raise ValueError(f"slave {self.address} is a display and has no key {name!r} (at {now_s:.0f} s)")

    def power_cycle(self) -> None:
        """Switch off and on: it comes back blank."""
        self.shown = ""

    def receive(self, data: bytes, now_s: float) -> bytes:
        """Hear bytes and return what it answers."""
        raise NotImplementedError


class ModbusSlave(FieldSlave):
    """A Modbus slave with registers (or bits): reads, writes and refuses as the standard wants it."""

    def __init__(self, address: int) -> None:
        super().__init__(address)
        self._requests = modbus.RequestDecoder()

    def readable(self, function: int, now_s: float) -> Values:
        """Return what ``function`` can read, by its number."""
        raise NotImplementedError

    def write(self, at: int, value: int) -> bool:
        """Take a register; False when it is not there or the value is wrong."""
        raise NotImplementedError

    def receive(self, data: bytes, now_s: float) -> bytes:
        """Answer what is for this unit; carry out what is for all."""
        answer = b""
        for request in self._requests.feed(data):
            if request.unit not in {self.address, modbus.EVERYBODY}:
                continue
            said = self._answer(request, now_s)
            answer += said if request.unit != modbus.EVERYBODY else b""
        return answer

    def _answer(self, request: modbus.Request | modbus.Malformed, now_s: float) -> bytes:
        if isinstance(request, modbus.Malformed):
            return modbus.encode_refusal(modbus.Refusal(*_head(request), request.code))
        if request.values:
            code = self._written(request)
            return (
                modbus.encode_refusal(modbus.Refusal(*_head(request), code)) if code else modbus.encode_reply(request)
            )
        known = self.readable(request.function, now_s)
        wanted = range(request.start, request.start + request.count)
        if not known:
            return modbus.encode_refusal(modbus.Refusal(*_head(request), modbus.ILLEGAL_FUNCTION))
        if any(place not in known for place in wanted):
            return modbus.encode_refusal(modbus.Refusal(*_head(request), modbus.ILLEGAL_ADDRESS))
        return modbus.encode_reply(request, tuple(known[place] for place in wanted))

    def _written(self, request: modbus.Request) -> int:
        if request.function not in {modbus.WRITE_REGISTER, modbus.WRITE_REGISTERS}:
            return modbus.ILLEGAL_FUNCTION
        places = range(request.start, request.start + request.count)
        fine = [self.write(place, value) for place, value in zip(places, request.values, strict=True)]
        return 0 if all(fine) else modbus.ILLEGAL_ADDRESS


def _head(request: modbus.Request | modbus.Malformed) -> tuple[int, int]:
    return request.unit, request.function


class ModbusLed(ModbusSlave):
    """An LED counter display of registers. Its own faults: ``unwritable`` (refuses every write)."""

    def __init__(self, address: int, led: LedMap) -> None:
        super().__init__(address)
        self._led = led
        self.settings: Values = {}
        self.power_cycle()

    def power_cycle(self) -> None:
        """Switch off and on: it shows zeros or blanks then, and its settings are what they were made with."""
        nothing = 0 if self._led.layout == "number" else self._led.codes.get(" ", 0x20)
        self._registers = {self._led.start + place: nothing for place in range(self._led.registers)}
        self.settings = {setting.register: 1 for setting in self._led.settings}
        self._show()

    def _show(self) -> None:
        self.shown = led_registers.shown(self._led, tuple(self._registers[place] for place in sorted(self._registers)))

    def readable(self, function: int, now_s: float) -> Values:  # noqa: ARG002 - a display has no sense of time.
        """Return the holding registers."""
        return {**self.settings, **self._registers} if function == modbus.READ_HOLDING else {}

    def write(self, at: int, value: int) -> bool:
        """Take a place or a setting."""
        if "unwritable" in self.faults:
            return False
        for registers in (self.settings, self._registers):
            if at in registers:
                registers[at] = value
                self._show()
                return True
        return False


class ModbusKeys(ModbusSlave):
    """A keypad of registers or inputs. What has been read counts as taken: nothing is acknowledged."""

    def __init__(self, address: int, keypad: KeypadMap) -> None:
        super().__init__(address)
        self._keypad = keypad
        self._codes = {name: code for code, name in keypad.named.items()}
        self.power_cycle()

    def power_cycle(self) -> None:
        """Switch off and on: it counts from 0 again."""
        self._count = 0
        self._last: deque[int] = deque([0] * self._keypad.remembers, self._keypad.remembers)
        self._taps: deque[tuple[str, float]] = deque()  # Push buttons: a finger after the other, until when.

    def press(self, name: str, now_s: float) -> None:
        """Press a key."""
        if name not in self._codes:
            raise ValueError(f"keypad {self.address} has no key {name!r}; its keys are {''.join(sorted(self._codes))}")
        if self._keypad.layout == "inputs":
            begins_s = max([now_s, *(ends_s + TAP_S for _, ends_s in self._taps)])
            self._taps.append((name, begins_s + TAP_S))
            return
        self._count = (self._count + 1) % (256 if self._keypad.layout == "packed" else 65536)
        self._last.appendleft(self._codes[name])
        self.taken.append((name, self._count))

    def readable(self, function: int, now_s: float) -> Values:
        """Return the keypad's registers or bits."""
        if function != self._keypad.function:
            return {}
        start = self._keypad.start
        match self._keypad.layout:
            case "counter":
                return {start + place: value for place, value in enumerate((self._count, *self._last))}
            case "packed":
                return {start: self._count << 8 | self._last[0]}
        held = [name for name, ends_s in self._taps if ends_s - TAP_S <= now_s < ends_s]
        while self._taps and self._taps[0][1] <= now_s:
            self.taken.append((self._taps.popleft()[0], len(self.taken) + 1))
        return {start + place: bit for place, bit in enumerate(keypads.pressed_bits(self._keypad, held))}

    def write(self, at: int, value: int) -> bool:  # noqa: ARG002 - nothing can be written.
        """Refuse: a keypad takes nothing."""
        return False


class XunpengShort(FieldSlave):
    """A number board of the four-byte frame."""

    def __init__(self, address: int) -> None:
        super().__init__(address)
        self._decoder = xunpeng.ShortDecoder()

    def receive(self, data: bytes, now_s: float) -> bytes:  # noqa: ARG002 - a board has no sense of time.
        """Show what is for this board; say nothing."""
        for found in self._decoder.feed(data):
            if found.board == self.address:
                self.shown = str(found.number)
        return b""


class XunpengLong(FieldSlave):
    """A number board of the seven-byte frame."""

    def __init__(self, address: int) -> None:
        super().__init__(address)
        self._decoder = xunpeng.LongDecoder()
        self.colour = 0

    def receive(self, data: bytes, now_s: float) -> bytes:  # noqa: ARG002 - a board has no sense of time.
        """Show the number and answer as the maker's example does."""
        answer = b""
        for found in self._decoder.feed(data):
            self.shown, self.colour = str(found.number), found.colour
            answer += xunpeng.answer_long(xunpeng.encode_long(found.number, found.colour))
        return answer


class Vfd(FieldSlave):
    """A vacuum fluorescent display, which says nothing whatever comes."""

    def __init__(self, address: int, make: type[cd5220.Display] | type[dm_d.Display]) -> None:
        super().__init__(address)
        self._make = make
        self.display = make()

    def power_cycle(self) -> None:
        """Switch off and on: it comes back blank."""
        self.display = self._make()
        self.shown = ""

    def receive(self, data: bytes, now_s: float) -> bytes:  # noqa: ARG002 - a display has no sense of time.
        """Show what is said."""
        self.display.feed(data)
        self.shown = self.display.shown
        return b""


class DeclaredSlave(FieldSlave):
    """A device by its description. Its own faults: ``deaf`` (hears no acknowledgement)."""

    def __init__(self, address: int, description: Description) -> None:
        super().__init__(address)
        self._description = description
        self._codes = {name: code for code, name in description.named.items()}
        self._decoder = declared.Decoder(description.frame)
        self.power_cycle()

    def power_cycle(self) -> None:
        """Switch off and on: keys and texts are forgotten, numbers begin anew."""
        self.shown = ""
        self._keys: deque[str] = deque()
        self._number = 0
        self._next_unasked_s = 0.0

    def press(self, name: str, now_s: float) -> None:
        """Press a key; it remembers sixteen."""
        if name not in self._codes:
            raise ValueError(f"slave {self.address} has no key {name!r} (at {now_s:.0f} s)")
        if len(self._keys) < KEYS_MOST:
            self._keys.append(name)

    def unasked_s(self) -> float | None:
        """Return when it tells its key by itself: only if it is of the kind that is never asked."""
        return self._next_unasked_s if self._keys and self._description.poll is None else None

    def unasked(self, now_s: float) -> bytes:
        """Tell a key, again and again until it is acknowledged, if it ever is."""
        due_s = self.unasked_s()
        if due_s is None or now_s < due_s:
            return b""
        said = self.key_frame(self._keys[0])
        self._next_unasked_s = now_s + UNASKED_AGAIN_S
        if self._description.acknowledge is None:
            self._next()
        return said

    def receive(self, data: bytes, now_s: float) -> bytes:  # noqa: ARG002 - it is asked or not, whatever the time.
        """Hear the wire; answer what is for this address."""
        frames = self._decoder.feed(data)
        return b"".join(self._answer(frame) for frame in frames if frame.address in {None, self.address})

    def _answer(self, frame: Frame) -> bytes:
        about = self._description
        if about.acknowledge is not None and _says(frame, about.acknowledge):
            self._acknowledged(frame)
        elif about.poll is not None and _says(frame, about.poll):
            return self._news()
        elif about.show is not None and about.text is not None and _says(frame, about.show):
            self.shown = declared.text_of(about.text, frame.data)
            return self._said(about.shown) if about.shown is not None else b""
        return b""

    def _said(self, answer: Answer) -> bytes:
        command, data = bytes.fromhex(answer.command), bytes.fromhex(answer.data)
        return declared.encode(self._description.answers, Frame(self.address, command, data))

    def _news(self) -> bytes:
        about = self._description
        if not self._keys:
            return self._said(about.idle) if about.idle is not None else b""
        said = self.key_frame(self._keys[0])
        if about.acknowledge is None:
            self._next()
        return said

    def key_frame(self, name: str) -> bytes:
        """Return the frame that tells a key, under the present number."""
        key = self._description.key
        assert key is not None, "only a keypad has keys"
        data = bytearray(1 + max(key.code_at, key.sequence_at or 0))
        data[key.code_at] = self._codes[name]
        if key.sequence_at is not None:
            data[key.sequence_at] = self._number
        return declared.encode(self._description.answers, Frame(self.address, bytes.fromhex(key.command), bytes(data)))

    def _acknowledged(self, frame: Frame) -> None:
        key, told = self._description.key, self._description.acknowledge
        if "deaf" in self.faults or not self._keys or key is None or told is None:
            return
        expected = declared.filled(
            told.data, sequence=bytes((self._number,)), code=bytes((self._codes[self._keys[0]],)), text=b""
        )
        if frame.data == expected:
            self._next()

    def _next(self) -> None:
        self.taken.append((self._keys.popleft(), self._number))
        self._number = (self._number + 1) % 256
        self._next_unasked_s = 0.0


def _says(frame: Frame, told: Told) -> bool:
    return frame.command == bytes.fromhex(told.command)
