"""What stands in a demonstration's hall: devices with their functions, bare devices on their wires. Pure.

Everything follows from the hall's configuration: a kiosk with its printer (two in a large hall), a board per zone, a
rating keypad and an LED display over each counter, and a call keypad at every second one, whose clerk works by it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from protocol.commands import FunctionDescription
from protocol.configuration import Configuration, Counter

LARGE_FROM_COUNTERS: Final = 10
COUNTERS_PER_WIRE: Final = 8
RATING_FROM: Final = 64
DISPLAY_FROM: Final = 128
"""Slaves on a wire: call keypads from 1, rating keypads and displays from here, each by its counter's number."""


@dataclass(frozen=True)
class PlannedDevice:
    """A device to be paired: its program, its key, its functions."""

    device_id: str
    program: str
    functions: tuple[FunctionDescription, ...]


@dataclass(frozen=True)
class BareDevice:
    """A device without a program, at an address of a wire."""

    function_id: str
    kind: str
    counter: Counter
    wire_id: str
    slave: int

    @property
    def place(self) -> tuple[str, int]:
        """Wire and slave, which name it on the wires."""
        return self.wire_id, self.slave


@dataclass(frozen=True)
class Equipment:
    """All of it."""

    kiosks: tuple[str, ...]
    zones: tuple[str, ...]
    bare: tuple[BareDevice, ...]
    rating_terminal_at: Counter | None = None
    """The counter at which a touch screen asks for ratings."""

    @property
    def wire_ids(self) -> tuple[str, ...]:
        """The wires, in order."""
        return tuple(dict.fromkeys(one.wire_id for one in self.bare))

    def at_counter(self, kind: str, counter_id: str) -> BareDevice | None:
        """Find the bare device of a kind at a counter."""
        return next((one for one in self.bare if (one.kind, one.counter.counter_id) == (kind, counter_id)), None)

    def devices(self) -> tuple[PlannedDevice, ...]:
        """Give the devices that a technician creates and pairs."""
        return (
            PlannedDevice("web", "web", (FunctionDescription(function_id="staff-pages", kind="staff"),)),
            PlannedDevice("public", "public", (FunctionDescription(function_id="public-pages", kind="public"),)),
            *(_kiosk(kiosk_id) for kiosk_id in self.kiosks),
            *(_board(zone_id, place) for place, zone_id in enumerate(self.zones, start=1)),
            PlannedDevice("agent", "agent", tuple(_function(one) for one in self.bare)),
            *([_rating_terminal(self.rating_terminal_at)] if self.rating_terminal_at else []),
        )


def equipment_of(configuration: Configuration, *, for_visitors: bool = False) -> Equipment:
    """Furnish a hall; one for visitors has a touch screen for ratings at its last counter, which is left to them."""
    large = len(configuration.counters) >= LARGE_FROM_COUNTERS
    return Equipment(
        kiosks=("kiosk-1", "kiosk-2") if large else ("kiosk-1",),
        zones=tuple(zone.zone_id for zone in configuration.zones),
        bare=tuple(_bare_devices(configuration)),
        rating_terminal_at=configuration.counters[-1] if for_visitors else None,
    )


def simulated_hall(equipment: Equipment, folder: str) -> dict[str, Any]:
    """Write the configuration of the process that simulates the far end of each wire; ``folder`` is its own."""
    kinds = {"call_keypad": "call_keypad", "rating_keypad": "rating_keypad", "counter_display": "led"}
    wires = [
        {
            "name": wire_id,
            "address": f"pty:{folder}/{wire_id}",
            "slaves": [
                {"address": one.slave, "kind": kinds[one.kind]} for one in equipment.bare if one.wire_id == wire_id
            ],
        }
        for wire_id in equipment.wire_ids
    ]
    printers = [{"name": kiosk_id, "address": "tcp://127.0.0.1:0"} for kiosk_id in equipment.kiosks]
    return {"tickets": f"{folder}/tickets", "printers": printers, "wires": wires}


def agent_settings(equipment: Equipment, wires: dict[str, str]) -> str:
    """Write ``agent.toml``; ``wires`` are the addresses under which the wires are found."""
    lines = [f'[[wires]]\nwire_id = "{wire_id}"\naddress = "{wires[wire_id]}"\n' for wire_id in equipment.wire_ids]
    lines += [
        f'[[functions]]\nfunction_id = "{one.function_id}"\nwire_id = "{one.wire_id}"\nslave = {one.slave}\n'
        for one in equipment.bare
    ]
    return "\n".join(lines)


def _bare_devices(configuration: Configuration) -> Iterator[BareDevice]:
    for place, counter in enumerate(configuration.counters):
        wire_id = f"wire-{place // COUNTERS_PER_WIRE + 1}"
        number = counter.number
        if number % 2 == 0:
            yield BareDevice(f"call-keypad-{number}", "call_keypad", counter, wire_id, number)
        yield BareDevice(f"rating-keypad-{number}", "rating_keypad", counter, wire_id, RATING_FROM + number)
        yield BareDevice(f"counter-display-{number}", "counter_display", counter, wire_id, DISPLAY_FROM + number)


def _kiosk(kiosk_id: str) -> PlannedDevice:
    return PlannedDevice(kiosk_id, "kiosk", (FunctionDescription(function_id=kiosk_id, kind="kiosk"),))


def _board(zone_id: str, place: int) -> PlannedDevice:
    function = FunctionDescription(function_id=f"board-{place}", kind="board", zone_id=zone_id)
    return PlannedDevice(f"board-{place}", "display", (function,))


def _rating_terminal(counter: Counter) -> PlannedDevice:
    name = f"rating-terminal-{counter.number}"
    function = FunctionDescription(function_id=name, kind="rating_terminal", counter_id=counter.counter_id)
    return PlannedDevice(name, "rating", (function,))


def _function(one: BareDevice) -> FunctionDescription:
    return FunctionDescription(
        function_id=one.function_id,
        kind=one.kind,  # type: ignore[arg-type]  # One of the three literals above.
        counter_id=one.counter.counter_id,
        zone_id=one.counter.zone_id,
        address=f"{one.wire_id}#{one.slave}",
    )
