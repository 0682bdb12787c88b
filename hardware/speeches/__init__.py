"""The languages of slaves, one module each, all of them :class:`hardware.bus.speech.Speech`. Pure.

A language is chosen by the ``protocol`` of a function in ``agent.toml``; :func:`speech` makes it.
"""

from collections.abc import Callable, Mapping
from typing import Final

from hardware.bus.speech import Speech
from hardware.codecs.declared import Description
from hardware.codecs.led_registers import LedMap
from hardware.codecs.modbus_keypad import KeypadMap
from hardware.speeches import write_only
from hardware.speeches.am03127 import MatrixBoard
from hardware.speeches.declared import DeclaredDevice
from hardware.speeches.modbus_keypad import ModbusKeypad
from hardware.speeches.modbus_led import ModbusDisplay
from hardware.speeches.reference import ReferenceSpeech
from hardware.speeches.xunpeng import XunpengBoard

Map = LedMap | KeypadMap | Description
"""A device that is a file (``hardware/device_files.py``)."""


def _reference(address: int, *, has_keys: bool) -> Speech:
    return ReferenceSpeech(address, has_keys=has_keys)


def _display(make: Callable[[int], Speech]) -> Callable[..., Speech]:
    def made(address: int, *, has_keys: bool) -> Speech:
        if has_keys:
            raise ValueError(f"slave {address}: this protocol is of displays and has no keys; give the keypad another")
        return make(address)

    return made


PROTOCOLS: Final[Mapping[str, Callable[..., Speech]]] = {
    "reference": _reference,
    "am03127": _display(MatrixBoard),
    "xunpeng": _display(write_only.xunpeng_short),
    "xunpeng_line": _display(XunpengBoard),
    "cd5220": _display(write_only.cd5220_display),
    "dm_d": _display(write_only.dm_d_display),
}
"""By name: what makes the speech of one slave, from its address and whether it has keys (else it shows texts)."""

MAPPED: Final = {"modbus_led": LedMap, "modbus_keypad": KeypadMap, "declared": Description}
"""Protocols that need a file, and of which kind."""

NAMES: Final = tuple(sorted((*PROTOCOLS, *MAPPED)))


def can_have_keys(protocol: str, device: Map | None) -> tuple[bool, ...]:
    """Say what a slave of this kind may be: a keypad (True), a display (False), or either."""
    match device:
        case LedMap():
            return (False,)
        case KeypadMap():
            return (True,)
        case Description():
            return tuple(has for has, told in ((True, device.key), (False, device.show)) if told is not None)
    return (True, False) if protocol == "reference" else (False,)


def is_mute(one: Speech) -> bool:
    """Tell whether this slave never says anything, so that nobody can know whether it lives."""
    return isinstance(one, write_only.WriteOnlyDisplay) or (isinstance(one, DeclaredDevice) and one.is_mute)


def speech(protocol: str, address: int, *, has_keys: bool, device: Map | None = None) -> Speech:
    """Return the speech for one slave. Raises ValueError that says what is wrong and what to do."""
    if protocol in PROTOCOLS:
        return PROTOCOLS[protocol](address, has_keys=has_keys)
    if protocol not in MAPPED:
        raise ValueError(f"no protocol is called {protocol!r}; there are: {', '.join(NAMES)}")
    if not isinstance(device, MAPPED[protocol]):
        raise ValueError(f"slave {address}: {protocol} needs a preset or a file of kind {protocol!r}")  # noqa: TRY004 - a wrong file, no wrong call.
    if isinstance(device, Description):
        return DeclaredDevice(address, device, has_keys=has_keys)
    if isinstance(device, KeypadMap) != has_keys:
        wanted = "has no keys; give the keypad another protocol" if has_keys else "shows nothing; it is a keypad"
        raise ValueError(f"slave {address}: {device.name!r} {wanted}")
    return ModbusKeypad(address, device) if isinstance(device, KeypadMap) else ModbusDisplay(address, device)
