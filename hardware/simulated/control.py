"""The control port: one JSON object a line, over loopback TCP or a unix socket; ``docs/devices.md`` lists the orders.

A person, a test or the demonstration presses keys, brings faults about and looks at what came out. The drivers do not
know that the port exists.
"""

import socket
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

import msgspec

from hardware.simulated.hall import Event, SimulatedDevice, SimulatedHall
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
            "scan": lambda order: self._hall.inputs[order["device"]].scan(order["code"].encode()),
            "press_keys": lambda order: self._hall.inputs[order["device"]].press(order["keys"]),
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
            answer = self._orders[order.get("do", "")](order)
        except KeyError as error:
            return {"ok": False, "error": f"unknown: {error.args[0]!r}", "known": sorted(self._orders)}
        except (msgspec.DecodeError, TypeError, ValueError, AttributeError, ArithmeticError, RecursionError) as error:
            # A value of another kind than the order's, or one that no device can have: the hall goes on.
            return {"ok": False, "error": str(error)}
        self._hall.let_time_pass()
        return {"ok": True, "answer": answer}

    # --- Orders ------------------------------------------------------------------------------------------------------

    def _slave(self, order: Order) -> SlaveModel:
        return self._hall.wires[order["wire"]].model.slaves[order["slave"]]

    def _device(self, order: Order) -> SimulatedDevice:
        return {**self._hall.printers, **self._hall.wires, **self._hall.inputs}[order["device"]]

    def _press(self, order: Order) -> None:
        for key in order["keys"]:
            self._slave(order).press(key, self._hall.times.now_s())

    def _fault(self, order: Order) -> None:
        fault, on = order["fault"], order.get("on", True)
        if fault == "unplugged":
            far_end = self._device(order).endpoint
            far_end.unplug() if on else far_end.plug()
        elif fault in SLAVE_FAULTS and "slave" in order:
            (self._slave(order).faults.add if on else self._slave(order).faults.discard)(fault)
        elif fault in WIRE_FAULTS:
            wire = self._hall.wires[order["device"]].model
            (wire.faults.add if on else wire.faults.discard)(fault)
        elif fault in FAULTS and "after_rows" in order:
            model = self._hall.printers[order["device"]].model
            model.later, model.lost_most = (int(order["after_rows"]), fault), order.get("for_bytes")
        elif fault in FAULTS:
            self._hall.printers[order["device"]].model.set_fault(fault, self._hall.times.now_s(), on=on)
        else:
            raise KeyError(fault)

    def _tickets(self, order: Order) -> list[Event]:
        return self._hall.printers[order["device"]].notes[order.get("from", 0) :]

    def _log(self, order: Order) -> list[tuple[str, str, str]]:
        device = self._device(order)
        entries = list(device.log)[-order.get("last", 100) :]
        return [(self._hall.times.at(at_s), direction, data.hex(" ")) for at_s, direction, data in entries]

    def _power_cycle(self, order: Order) -> None:
        self._slave(order).power_cycle()
