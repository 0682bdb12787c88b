"""Makers' devices on a simulated wire: speech and slave of one protocol, at an address."""

from collections.abc import Sequence
from typing import Literal, NamedTuple

from hardware import device_files
from hardware.bus import Speech
from hardware.simulated.slaves import slave
from hardware.simulated.wire import SlaveModel
from hardware.speeches import speech
from tests.support.wires import SimulatedTime


class Device(NamedTuple):
    """A kind of device; ``preset`` for the protocols that need a file."""

    protocol: str
    kind: Literal["call_keypad", "rating_keypad", "led"] = "led"
    preset: str = ""

    def ends(self, address: int) -> tuple[Speech, SlaveModel]:
        """Return the master's side and the device's own."""
        device = device_files.load_preset(self.preset) if self.preset else None
        return (
            speech(self.protocol, address, has_keys=self.kind != "led", device=device),
            slave(self.protocol, address, self.kind, device),
        )


REFERENCE_KEYPAD = Device("reference", "call_keypad")
DM36 = Device("modbus_led", preset="dm36")
DM56 = Device("modbus_led", preset="dm56")
TM1650 = Device("modbus_led", preset="tm1650")
Y113 = Device("modbus_led", preset="y113")
AM03127 = Device("am03127")
XUNPENG = Device("xunpeng")
XUNPENG_LINE = Device("xunpeng_line")
CD5220 = Device("cd5220")
DM_D = Device("dm_d")
MATRIX = Device("declared", preset="matrix_fe_ff")
REGISTER_KEYPAD = Device("modbus_keypad", "call_keypad", "keypad_registers")
INPUT_KEYPAD = Device("modbus_keypad", "rating_keypad", "keypad_inputs")
MADE_UP_KEYPAD = Device("declared", "call_keypad", "example_keypad")
CALLER = Device("declared", "call_keypad", "caller_21_keys")


def wire_of(*devices: Device, baud: int = 9600) -> SimulatedTime:
    """Return a wire with these devices, the first at address 1."""
    ends: Sequence[tuple[Speech, SlaveModel]] = [
        device.ends(address) for address, device in enumerate(devices, start=1)
    ]
    return SimulatedTime([speech for speech, _ in ends], [slave for _, slave in ends], baud=baud)
