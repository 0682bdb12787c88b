"""A hall of simulated devices: one thread that gives each its bytes, its time and its paper."""

import selectors
import time
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import RLock
from typing import Any, Final

import msgspec
from PIL import Image

from hardware.links import Interrupt
from hardware.simulated.config import HallConfig, InputEntry, PrinterEntry, WireEntry
from hardware.simulated.endpoints import Endpoint, endpoint
from hardware.simulated.inputs import InputModel
from hardware.simulated.printer import PrinterModel, Ticket
from hardware.simulated.wire import WireModel

LOG_ENTRIES_MOST: Final = 5000
READ_MOST: Final = 4096
RESEND_S: Final = 0.002
WIRE_STEP_S: Final = 0.02  # A slow wire brings its bytes in steps of this length.
DRIBBLE_S: Final = 0.02  # Between the bytes of a reply that comes one byte at a time.
_INVERSE: Final = bytes(255 - byte for byte in range(256))

Event = dict[str, Any]


class Times:
    """The steady clock of the models and the same instants as people write them."""

    def __init__(self) -> None:
        self._began_at = datetime.now(UTC)  # noqa: TID251 - a loop reads the clock.
        self._began_s = time.monotonic()

    def now_s(self) -> float:
        """Return the steady clock."""
        return time.monotonic()

    def at(self, steady_s: float) -> str:
        """Return an instant of the steady clock as ISO 8601 UTC."""
        return (self._began_at + timedelta(seconds=steady_s - self._began_s)).isoformat()


class SimulatedDevice(ABC):
    """What printers and wires have in common: a name, an endpoint, a log of bytes."""

    def __init__(self, name: str, far_end: Endpoint, times: Times) -> None:
        self.name, self.endpoint, self.times = name, far_end, times
        self.log: deque[tuple[float, str, bytes]] = deque(maxlen=LOG_ENTRIES_MOST)
        self._unsent = b""

    def wanted(self) -> int:
        """Return how many bytes the device takes now."""
        return READ_MOST

    def due_s(self) -> float | None:
        """Return when the device has something to do by itself."""
        return None

    @abstractmethod
    def _take(self, data: bytes, now_s: float) -> bytes:
        """Give the model ``data`` (b"" for time alone) and return what it says."""

    @abstractmethod
    def events(self) -> list[Event]:
        """Return what has happened since the last call."""

    def turn(self, data: bytes) -> None:
        """Take bytes of the wire, or b"" when only time has passed, and answer."""
        now_s = self.times.now_s()
        if data:
            self.log.append((now_s, "to device", data))
        said = self._take(data, now_s)
        if said:
            self.log.append((now_s, "from device", said))
        self._unsent = self.endpoint.write(self._unsent + said) if self._unsent or said else b""


class SimulatedPrinter(SimulatedDevice):
    """A printer whose cut tickets become a picture and a note beside it, the note last."""

    def __init__(self, entry: PrinterEntry, tickets: Path, times: Times) -> None:
        super().__init__(entry.name, endpoint(entry.address), times)
        self.model = PrinterModel(entry.model_config())
        self._bytes_per_s = entry.bytes_per_s
        self._wire_free_at_s = 0.0
        self._wire_busy = False
        self._dribble = b""
        self._dribble_at_s = 0.0
        self.notes: list[Event] = []
        self._told = 0
        self._tickets = tickets

    def wanted(self) -> int:
        """Return how much of the buffer is free, or what the wire brings in the next moment."""
        if not self._bytes_per_s:
            return min(READ_MOST, self.model.room)
        self._wire_busy = self.times.now_s() < self._wire_free_at_s
        if self._wire_busy:
            return 0
        return min(max(1, round(self._bytes_per_s * WIRE_STEP_S)), self.model.room)

    def due_s(self) -> float | None:
        """Return when the next row will have been printed, or the next byte will be on the wire."""
        due = [self.model.due_s(), self._dribble_at_s if self._dribble else None]
        if self._wire_busy:  # As it was when nothing was wanted: who then waits must be woken.
            due.append(self._wire_free_at_s)
        return min((one for one in due if one is not None), default=None)

    def _take(self, data: bytes, now_s: float) -> bytes:
        if self._bytes_per_s:
            self._wire_free_at_s = max(now_s, self._wire_free_at_s) + len(data) / self._bytes_per_s
        return self._slowly(self._answer(data, now_s), now_s)

    def _slowly(self, said: bytes, now_s: float) -> bytes:
        """Say all at once, or one byte after another with a pause between them."""
        if "dribbling" not in self.model.faults:
            said, self._dribble = self._dribble + said, b""
            return said
        self._dribble += said
        if now_s < self._dribble_at_s:
            return b""
        first, self._dribble = self._dribble[:1], self._dribble[1:]
        self._dribble_at_s = now_s + DRIBBLE_S
        return first

    def _answer(self, data: bytes, now_s: float) -> bytes:
        self.model.receive(data, now_s)
        for ticket in self.model.tickets:
            # The paper is there before the printer says so.
            self.notes.append(self._keep(ticket))
        self.model.tickets.clear()
        said, self.model.replies = self.model.replies, b""
        return said

    def events(self) -> list[Event]:
        """Return the notes of the tickets cut since the last call."""
        fresh, self._told = self.notes[self._told :], len(self.notes)
        return fresh

    def _keep(self, ticket: Ticket) -> Event:
        index = len(self.notes) + 1
        picture = self._tickets / f"{self.name}-{index:05d}.png"
        note = {
            "event": "ticket",
            "printer": self.name,
            "index": index,
            "picture": str(picture),
            "width_dots": ticket.width_dots,
            "height_dots": len(ticket.rows),
            "text": ticket.text,
            "first_byte_at": self.times.at(ticket.first_byte_at_s),
            "last_byte_at": self.times.at(ticket.last_byte_at_s),
            "cut_at": self.times.at(ticket.cut_at_s),
        }
        # Ink is 1 on the wire and black, which is 0, in a picture.
        dots = b"".join(ticket.rows).translate(_INVERSE)
        Image.frombytes("1", (ticket.width_dots, len(ticket.rows)), dots).save(picture)
        picture.with_suffix(".json").write_bytes(msgspec.json.encode(note))
        return note


class SimulatedWire(SimulatedDevice):
    """An RS-485 wire with its slaves."""

    def __init__(self, entry: WireEntry, times: Times) -> None:
        super().__init__(entry.name, endpoint(entry.address), times)
        self.model = WireModel([slave.model() for slave in entry.slaves], entry.baud / 10)
        self._told = dict.fromkeys(self.model.slaves, ("", 0))

    def due_s(self) -> float | None:
        """Return when the next byte will have crossed the wire."""
        return self.model.due_s()

    def _take(self, data: bytes, now_s: float) -> bytes:
        if data:
            self.model.receive(data, now_s)
        self.model.step(now_s)
        said, self.model.replies = self.model.replies, b""
        return said

    def events(self) -> list[Event]:
        """Return the texts shown and the keys taken."""
        found: list[Event] = []
        at = self.times.at(self.times.now_s())
        for address, slave in self.model.slaves.items():
            shown, taken = self._told[address]
            if slave.shown != shown:
                found.append({"event": "shown", "wire": self.name, "slave": address, "text": slave.shown, "at": at})
            for key, sequence in slave.taken[taken:]:
                what = {"key": key, "sequence": sequence}
                found.append({"event": "key_taken", "wire": self.name, "slave": address, **what, "at": at})
            self._told[address] = (slave.shown, len(slave.taken))
        return found


class SimulatedInput(SimulatedDevice):
    """A keypad or scanner that sends by itself. Its log tells how much it has sent, never what."""

    def __init__(self, entry: InputEntry, times: Times) -> None:
        super().__init__(entry.name, endpoint(entry.address), times)
        self.model = InputModel(entry.kind)
        path = self.endpoint.address.removeprefix("serial://").partition("?")[0]
        self.found_at = self.endpoint.address if entry.kind == "serial_scanner" else f"evdev://{path}?source=pty"

    def press(self, names: list[str]) -> None:
        """Press keys by the kernel's names. Raises KeyError, ValueError."""
        self._send(self.model.press(names, self.times.now_s()))

    def due_s(self) -> float | None:
        """Give when to try again to send what a pty had no room for."""
        return self.times.now_s() + RESEND_S if self._unsent else None

    def scan(self, code: bytes) -> None:
        """Read a code, given with its terminator. Raises ValueError."""
        self._send(self.model.scan(code, self.times.now_s()))

    def _send(self, data: bytes) -> None:
        self.log.append((self.times.now_s(), f"from device, {len(data)} bytes withheld", b""))
        self._unsent = self.endpoint.write(self._unsent + data)

    def _take(self, data: bytes, now_s: float) -> bytes:  # noqa: ARG002 -- it sends, and hears nothing.
        return b""

    def events(self) -> list[Event]:
        """Give nothing: who made it scan knows."""
        return []


class SimulatedHall:
    """All devices of one configuration. Opens its far ends at once; :meth:`run` serves them until :meth:`stop`.

    ``on_event`` is called on the serving thread with each ticket cut, text shown and key taken. Raises OSError and
    ValueError when a far end cannot be opened.
    """

    def __init__(self, config: HallConfig, on_event: Callable[[Event], None] = lambda _: None) -> None:
        self.times = Times()
        self.on_event = on_event
        tickets = Path(config.tickets)
        tickets.mkdir(parents=True, exist_ok=True)
        self.printers = {entry.name: SimulatedPrinter(entry, tickets, self.times) for entry in config.printers}
        self.wires = {entry.name: SimulatedWire(entry, self.times) for entry in config.wires}
        self.inputs = {entry.name: SimulatedInput(entry, self.times) for entry in config.inputs}
        self.extra: dict[int, Callable[[], None]] = {}  # Further descriptors to read, such as the control port's.
        self._bell = Interrupt()
        self._stopped = False
        self._ended = False
        self._ending = RLock()  # A signal may stop us while this very thread is ending.

    def devices(self) -> list[SimulatedDevice]:
        """Return printers, wires and inputs."""
        return [*self.printers.values(), *self.wires.values(), *self.inputs.values()]

    def addresses(self) -> dict[str, dict[str, str]]:
        """Return under which address a driver finds each device."""
        return {
            "printers": {name: printer.endpoint.address for name, printer in self.printers.items()},
            "wires": {name: wire.endpoint.address for name, wire in self.wires.items()},
            "inputs": {name: device.found_at for name, device in self.inputs.items()},
        }

    def stop(self) -> None:
        """End :meth:`run`, from any thread or signal, even one that has just ended by itself."""
        with self._ending:
            self._stopped = True
            if not self._ended:
                self._bell.ring()

    def run(self) -> None:
        """Serve until stopped, then take all far ends away."""
        try:
            while not self._stopped:
                self.turn()
        finally:
            for device in self.devices():
                device.endpoint.unplug()
            with self._ending:
                self._ended = True
                self._bell.close()

    def turn(self) -> None:
        """Wait for bytes or for the next thing due, and serve it."""
        # The default counts whole milliseconds, and a byte on a wire takes about one.
        with selectors.SelectSelector() as selector:
            selector.register(self._bell.fileno(), selectors.EVENT_READ, self._bell.clear)
            for descriptor, serve in self.extra.items():
                selector.register(descriptor, selectors.EVENT_READ, serve)
            for device in self.devices():
                if device.wanted():
                    for descriptor in device.endpoint.descriptors():
                        selector.register(descriptor, selectors.EVENT_READ, device)
            ready = [key.data for key, _ in selector.select(self._wait_s())]
        for data in ready:
            if isinstance(data, SimulatedDevice):
                data.turn(data.endpoint.read(data.wanted()))
            else:
                data()
        self.let_time_pass()

    def _wait_s(self) -> float | None:
        due = [due_s for device in self.devices() if (due_s := device.due_s()) is not None]
        return max(0.0, min(due) - self.times.now_s()) if due else None

    def let_time_pass(self) -> None:
        """Have each device do what is due, and tell what has happened."""
        for device in self.devices():
            device.turn(b"")
            for event in device.events():
                self.on_event(event)
