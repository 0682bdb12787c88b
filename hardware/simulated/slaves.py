"""The slaves that a simulated wire may have: keypads and displays, each in its language. Pure."""

from collections import deque
from collections.abc import Callable, Mapping
from typing import Final, Literal

from hardware.codecs import am03127, cd5220, dm_d
from hardware.codecs import reference_frame as rf
from hardware.codecs.declared import Description
from hardware.codecs.led_registers import LedMap
from hardware.codecs.modbus_keypad import KeypadMap
from hardware.device_files import DeviceFile
from hardware.simulated import field_slaves as field
from hardware.simulated.wire import SlaveModel

KEPT_KEY_S: Final = 10.0
KEYS_MOST: Final = 16

Kind = Literal["call_keypad", "rating_keypad", "led"]


class ReferenceSlave:
    """A keypad or an LED counter display that speaks the reference frame.

    Its own faults: ``deaf`` (hears no acknowledgement), ``misnamed`` (answers with the next address).
    """

    def __init__(self, address: int, kind: Kind) -> None:
        self.address, self.kind = address, kind
        self.faults: set[str] = set()
        self.shown = ""
        self.keys: deque[tuple[str, float]] = deque()  # Key and when it was pressed.
        self.taken: list[tuple[str, int]] = []
        self.thrown_away: list[str] = []
        self.sequence = 0
        self.restarted = True
        self._sent = False  # Whether the first key has been said under the present number.
        self._decoder = rf.Decoder()

    def press(self, name: str, now_s: float) -> None:
        """Press a key. A keypad remembers sixteen; more are lost, as on a real one."""
        if self.kind == "led":
            raise ValueError(f"slave {self.address} is a display and has no keys")
        if len(self.keys) < KEYS_MOST:
            self.keys.append((name, now_s))

    def power_cycle(self) -> None:
        """Switch off and on: keys and texts are forgotten, numbers begin anew."""
        self.keys.clear()
        self.shown, self.sequence, self.restarted, self._sent = "", 0, True, False

    def receive(self, data: bytes, now_s: float) -> bytes:
        """Hear the wire; answer what is for this address."""
        answer = b""
        for message in self._decoder.feed(data):
            if not isinstance(message, rf.Nothing) and message.address == self.address:
                answer += self._answer(message, now_s)
        return answer

    def _answer(self, message: rf.Poll | rf.Frame, now_s: float) -> bytes:
        while self.keys and now_s - self.keys[0][1] > KEPT_KEY_S:
            self.thrown_away.append(self.keys.popleft()[0])
            self._next_number(used=self._sent)
        if isinstance(message, rf.Poll):
            return self._news()
        match message.command:
            case "A":
                self._acknowledged(rf.sequence_of(message))
            case "?":
                return self._said(rf.Frame(self.address, "I", f"{self.kind} 1"))
            case "W" if self.kind == "led" and (sequence := rf.sequence_of(message)) is not None:
                self.shown = message.data[2:]
                return self._said(rf.acknowledge(self.address, sequence))
        return b""

    def _news(self) -> bytes:
        if self.restarted:
            return self._said(rf.Frame(self.address, "R"))
        if self.keys:
            self._sent = True
            return self._said(rf.key(self.address, self.sequence, self.keys[0][0]))
        return rf.nothing(self.address + ("misnamed" in self.faults))

    def _said(self, frame: rf.Frame) -> bytes:
        return rf.encode(rf.Frame(frame.address + ("misnamed" in self.faults), frame.command, frame.data))

    def _acknowledged(self, sequence: int | None) -> None:
        if "deaf" in self.faults:
            return
        if self.restarted and sequence == 0:
            self.restarted = False
        elif self.keys and self._sent and sequence == self.sequence:
            self.taken.append((self.keys.popleft()[0], self.sequence))
            self._next_number(used=True)

    def _next_number(self, *, used: bool) -> None:
        self.sequence = (self.sequence + used) % rf.SEQUENCES
        self._sent = False


class MatrixBoardSlave:
    """An LED line board that speaks AM03127."""

    def __init__(self, address: int) -> None:
        self.address = address
        self.faults: set[str] = set()
        self.shown = ""
        self.taken: list[tuple[str, int]] = []
        self.runs = "A"  # The page that it shows.
        self.brightness = "<BD>"
        self._pages: dict[str, str] = {}
        self._packets = am03127.PacketDecoder()

    def press(self, name: str, now_s: float) -> None:
        """Refuse: it has no keys."""
        raise ValueError(f"slave {self.address} is a line board and has no key {name!r} (at {now_s:.0f} s)")

    def power_cycle(self) -> None:
        """Switch off and on: it comes back blank."""
        self.shown = ""
        self._pages.clear()

    def receive(self, data: bytes, now_s: float) -> bytes:  # noqa: ARG002 - a line board has no sense of time.
        """Hear the wire; answer a packet for this board alone."""
        answer = b""
        for packet, sound in self._packets.feed(data):
            if packet.board not in {0, self.address}:
                continue
            if sound:
                self._obey(packet)
            if packet.board:
                answer += b"ACK" if sound else b"NACK"
        return answer

    def _obey(self, packet: am03127.Packet) -> None:
        content = packet.content
        text = am03127.shown_text(packet)
        if text is not None:
            self._pages[content[6:7]] = text
        elif content.startswith("<RP"):
            self.runs = content[3:4]
        elif content in am03127.BRIGHTNESS.values():
            self.brightness = content
        elif content == "<D*>":
            self._pages.clear()
        self.shown = self._pages.get(self.runs, "")


def _display(make: Callable[[int], SlaveModel]) -> Callable[[int, Kind], SlaveModel]:
    def made(address: int, kind: Kind) -> SlaveModel:
        if kind != "led":
            raise ValueError(f"slave {address}: this protocol is a language of displays, not of a {kind}")
        return make(address)

    return made


PROTOCOLS: Final[Mapping[str, Callable[[int, Kind], SlaveModel]]] = {
    "reference": ReferenceSlave,
    "am03127": _display(MatrixBoardSlave),
    "xunpeng": _display(field.XunpengShort),
    "xunpeng_line": _display(field.XunpengLong),
    "cd5220": _display(lambda address: field.Vfd(address, cd5220.Display)),
    "dm_d": _display(lambda address: field.Vfd(address, dm_d.Display)),
}
"""By name, as in ``hardware.speeches``: what makes a slave from its address and its kind."""

MAPPED: Final = ("modbus_led", "modbus_keypad", "declared")


def slave(protocol: str, address: int, kind: Kind, device: DeviceFile | None = None) -> SlaveModel:
    """Return a slave; ``device`` is the file of a protocol that needs one. Raises ValueError that names the mistake."""
    if protocol in PROTOCOLS:
        return PROTOCOLS[protocol](address, kind)
    match protocol, device:
        case "modbus_led", LedMap():
            return field.ModbusLed(address, device)
        case "modbus_keypad", KeypadMap():
            return field.ModbusKeys(address, device)
        case "declared", Description():
            return field.DeclaredSlave(address, device)
    if protocol in MAPPED:
        raise ValueError(f"slave {address}: {protocol} needs a preset or a file of kind {protocol!r}")
    raise ValueError(f"no protocol is called {protocol!r}; there are: {', '.join(sorted((*PROTOCOLS, *MAPPED)))}")
