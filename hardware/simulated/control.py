"""The control port: one JSON object a line, over loopback TCP or a unix socket.

``docs/devices/simulated.md`` lists the orders.

A person, a test or the demonstration presses keys, brings faults about and looks at what came out. The drivers do not
know that the port exists.
"""

import socket
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Final, TypeVar

import msgspec

from hardware.simulated.hall import Event, SimulatedDevice, SimulatedHall, SimulatedInput
from hardware.simulated.printer import FAULTS
from hardware.simulated.wire import SLAVE_FAULTS, WIRE_FAULTS, SlaveModel

LINE_MOST: Final = 65536
SEND_TIMEOUT_S: Final = 5.0

Order = dict[str, Any]


class _Visitor:
    """A connection to the control port."""

    def __init__(self, connection: socket.socket) -> None:
        self.connection = connection
        self.watches = False
        self.held = b""


class ControlPort:
    """Serves orders for a hall within the hall's own thread."""

    def __init__(self, hall: SimulatedHall, address: str) -> None:
        self._hall = hall
        self._visitors: dict[int, _Visitor] = {}
        self._unix: Path | None = None
        if address.startswith("unix:/"):
            self._unix = Path(address.removeprefix("unix:"))
            self._unix.unlink(missing_ok=True)
            self._listener = socket.socket(socket.AF_UNIX)
            self._listener.bind(str(self._unix))
            self._listener.listen()
            self.address = address
        else:
            host, _, port = address.removeprefix("tcp://").rpartition(":")
            self._listener = socket.create_server((host, int(port)))
            self.address = f"tcp://{host}:{self._listener.getsockname()[1]}"
        hall.extra[self._listener.fileno()] = self._welcome
        hall.on_event = self.tell
        self._orders: dict[str, Callable[[Order], object]] = {
            "devices": lambda _: hall.addresses(),
            "press": self._press,
            "scan": lambda order: self._input(order).scan(order["code"].encode()),
            "press_keys": lambda order: self._input(order).press(order["keys"]),
            "fault": self._fault,
            "tickets": self._tickets,
            "shown": lambda order: self._slave(order).shown,
            "taken": lambda order: self._slave(order).taken,
            "log": self._log,
            "power_cycle": self._power_cycle,
            "stop": lambda _: hall.stop(),
        }

    def close(self) -> None:
        """Send the visitors home."""
        for visitor in self._visitors.values():
            visitor.connection.close()
        self._listener.close()
        if self._unix is not None:
            self._unix.unlink(missing_ok=True)

    def tell(self, event: Event) -> None:
        """Tell an event to those who watch."""
        for visitor in list(self._visitors.values()):
            if visitor.watches:
                self._send(visitor, event)

    def _welcome(self) -> None:
        connection, _ = self._listener.accept()
        connection.settimeout(SEND_TIMEOUT_S)
        visitor = _Visitor(connection)
        self._visitors[connection.fileno()] = visitor
        self._hall.extra[connection.fileno()] = lambda: self._read(visitor)

    def _read(self, visitor: _Visitor) -> None:
        try:
            data = visitor.connection.recv(LINE_MOST)
        except OSError:
            data = b""
        visitor.held += data
        if not data or len(visitor.held) > LINE_MOST:
            self._bid_farewell(visitor)
            return
        *lines, visitor.held = visitor.held.split(b"\n")
        for line in lines:
            self._send(visitor, self._answer(visitor, line))

    def _bid_farewell(self, visitor: _Visitor) -> None:
        if self._visitors.pop(visitor.connection.fileno(), None) is not None:
            del self._hall.extra[visitor.connection.fileno()]
            visitor.connection.close()

    def _send(self, visitor: _Visitor, message: object) -> None:
        try:
            visitor.connection.sendall(msgspec.json.encode(message) + b"\n")
        except OSError:
            with suppress(OSError):
                self._bid_farewell(visitor)

    def _answer(self, visitor: _Visitor, line: bytes) -> dict[str, object]:
        try:
            order = msgspec.json.decode(line, type=Order)
            if order.get("do") == "watch":
                visitor.watches = True
                return {"ok": True}
            if order.get("do", "") not in self._orders:
                return {"ok": False, "error": f"unknown: {order.get('do')!r}", "known": sorted(self._orders)}
            answer = self._orders[order["do"]](order)
        except KeyError as error:
            return {"ok": False, "error": f"unknown, or missing in the order: {error.args[0]!r}"}
        except (msgspec.DecodeError, TypeError, ValueError, AttributeError, ArithmeticError, RecursionError) as error:
            # A value of another kind than the order's, or one that no device can have: the hall goes on.
            return {"ok": False, "error": str(error)}
        self._hall.let_time_pass()
        return {"ok": True, "answer": answer}

    # --- Orders ------------------------------------------------------------------------------------------------------

    def _slave(self, order: Order) -> SlaveModel:
        wire = _named(order["wire"], self._hall.wires, "wire")
        return _named(order["slave"], wire.model.slaves, f"slave of {order['wire']}")

    def _device(self, order: Order) -> SimulatedDevice:
        every: dict[str, SimulatedDevice] = {**self._hall.printers, **self._hall.wires, **self._hall.inputs}
        return _named(order["device"], every, "device")

    def _input(self, order: Order) -> SimulatedInput:
        return _named(order["device"], self._hall.inputs, "scanner or USB keypad")

    def _press(self, order: Order) -> None:
        for key in order["keys"]:
            self._slave(order).press(key, self._hall.times.now_s())

    def _fault(self, order: Order) -> None:
        fault, on = order["fault"], order.get("on", True)
        if "slave" in order and fault not in {"unplugged", *WIRE_FAULTS}:
            slave = self._slave(order)
            _possible(fault, SLAVE_FAULTS, f"slave {order['slave']}")
            (slave.faults.add if on else slave.faults.discard)(fault)
            return
        device = self._device(order)
        if fault == "unplugged":
            device.endpoint.unplug() if on else device.endpoint.plug()
        elif order["device"] in self._hall.wires:
            self._fault_of_wire(order["device"], fault, on=on)
        elif order["device"] in self._hall.printers:
            _possible(fault, FAULTS | {"unplugged"}, order["device"])
            model = self._hall.printers[order["device"]].model
            if "after_rows" in order:
                model.later, model.lost_most = (int(order["after_rows"]), fault), order.get("for_bytes")
            else:
                model.set_fault(fault, self._hall.times.now_s(), on=on)
        else:
            _possible(fault, {"unplugged"}, order["device"])

    def _fault_of_wire(self, name: str, fault: str, *, on: bool) -> None:
        wire = self._hall.wires[name].model
        if fault in SLAVE_FAULTS:
            slaves = ", ".join(f"{name}#{number}" for number in sorted(wire.slaves)) or "none"
            raise ValueError(f"{fault!r} is a fault of one slave and not of its wire; there are: {slaves}")
        _possible(fault, WIRE_FAULTS | {"unplugged"}, name)
        (wire.faults.add if on else wire.faults.discard)(fault)

    def _tickets(self, order: Order) -> list[Event]:
        return _named(order["device"], self._hall.printers, "printer").notes[order.get("from", 0) :]

    def _log(self, order: Order) -> list[tuple[str, str, str]]:
        device = self._device(order)
        entries = list(device.log)[-order.get("last", 100) :]
        return [(self._hall.times.at(at_s), direction, data.hex(" ")) for at_s, direction, data in entries]

    def _power_cycle(self, order: Order) -> None:
        self._slave(order).power_cycle()


NamedT = TypeVar("NamedT")


def _named(name: Any, known: Mapping[Any, NamedT], what: str) -> NamedT:
    """Find one of the hall's things. Raises ValueError that says what it is called and what there is."""
    if name in known:
        return known[name]
    raise ValueError(f"no {what} is called {name!r}; there are: {', '.join(map(str, sorted(known))) or 'none'}")


def _possible(fault: str, faults: Collection[str], whose: str) -> None:
    if fault not in faults:
        raise ValueError(f"{whose} cannot have the fault {fault!r}; there are: {', '.join(sorted(faults))}")
