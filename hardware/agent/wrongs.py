"""What cannot be meant in an `agent.toml` although each of its values could be: each with its place and its mend.

Nothing is opened, and nothing is sent; only what two names lead to the same device is looked up.
"""

import os
from collections.abc import Callable, Iterable, Iterator
from typing import Final
from urllib.parse import urlsplit

from hardware import device_files, registry
from hardware.agent import usb_keypads
from hardware.agent.settings import AgentSettings, FunctionSettings
from hardware.codecs.declared import Description
from hardware.codecs.led_registers import LedMap
from hardware.keypad import CallKeypad, KeypadAction
from hardware.rating_keypad import RatingKeypad
from hardware.speeches import MAPPED, NAMES, can_have_keys, speech
from presentation.mistakes import Mistake, Mistakes, Path, place_of

WIRES: Final = ("serial", "tcp", "simulated")
"""Schemes of what may be a wire."""


def wrongs(settings: AgentSettings, file: str) -> list[Mistake]:
    """Return all that is wrong in a file whose values have been checked one by one."""

    def note(path: Path, what: str, mend: str) -> Mistake:
        return Mistake(file, 0, place_of(path), what, mend, path)

    return [
        *_wires(settings, note),
        *_devices(settings, note),
        *_functions(settings, note),
        *_usb_keypads(settings, note),
        *_keys(settings, note),
    ]


_Note = Callable[[Path, str, str], Mistake]


def _twice(names: Iterable[str]) -> Iterator[tuple[int, str]]:
    """Give the names, with their places, that have stood before."""
    seen: set[str] = set()
    for place, name in enumerate(names):
        if name in seen:
            yield place, name
        seen.add(name)


def _wires(settings: AgentSettings, note: _Note) -> Iterable[Mistake]:
    for place, name in _twice(wire.wire_id for wire in settings.wires):
        yield note(("wires", place, "wire_id"), f"there are two wires {name!r}", "give each a name of its own")
    for place, wire in enumerate(settings.wires):
        at: Path = ("wires", place, "address")
        try:
            registry.find(wire.address)
        except registry.WrongAddress as wrong:
            yield note(at, f"address {wrong.address!r}: {wrong.what}", wrong.mend)
            continue
        parts = urlsplit(wire.address)
        if parts.scheme not in WIRES or (parts.scheme == "simulated" and parts.netloc != "wire"):
            mend = "write serial:///dev/serial/by-id/…?baud=9600, or tcp://host:port of a converter"
            yield note(at, f"address {wire.address!r} is no wire for keypads and displays", mend)


def _devices(settings: AgentSettings, note: _Note) -> Iterable[Mistake]:
    """A device has one owner: two masters on one wire would talk into each other's answers."""
    named: list[tuple[Path, str, str]] = [
        (("wires", place, "address"), f"wire {wire.wire_id!r}", wire.address)
        for place, wire in enumerate(settings.wires)
    ]
    named += [
        (("usb_keypads", place, "address"), f"keypad {usb.function_id!r}", usb.address)
        for place, usb in enumerate(settings.usb_keypads)
    ]
    owners: dict[str, str] = {}
    for path, who, address in named:
        if not _can_be_found(address):
            continue  # Told where it stands.
        device = _node(address)
        if device in owners:
            mend = "give each a device of its own, or put all functions of this one on one wire"
            yield note(path, f"{who} is the same device as {owners[device]}", mend)
        owners.setdefault(device, who)


def _can_be_found(address: str) -> bool:
    try:
        registry.find(address)
    except registry.WrongAddress:
        return False
    return True


def _node(address: str) -> str:
    """Name a device so that two addresses of one device are the same, whatever links lead to it."""
    parts = urlsplit(address)
    if parts.scheme in {"serial", "file", "evdev"}:
        return os.path.realpath(parts.path)
    return f"{parts.scheme}://{parts.netloc.lower()}{parts.path.rstrip('/')}"


def _functions(settings: AgentSettings, note: _Note) -> Iterable[Mistake]:
    names = [one.function_id for one in settings.functions] + [one.function_id for one in settings.usb_keypads]
    if not names:
        what = "has neither [[functions]] nor [[usb_keypads]]"
        yield note((), what, "say what hangs where; docs/devices/agent.md has a whole file")
    for place, name in _twice(names):
        rest = place - len(settings.functions)
        at: Path = ("functions", place) if rest < 0 else ("usb_keypads", rest)
        yield note((*at, "function_id"), f"function {name!r} stands there twice", "give each function once")
    wires = {wire.wire_id for wire in settings.wires}
    slaves: dict[tuple[str, int], str] = {}
    for place, function in enumerate(settings.functions):
        at = ("functions", place)
        name = function.function_id
        if function.wire_id not in wires:
            mend = f"there are: {', '.join(sorted(wires)) or 'none; add [[wires]]'}"
            yield note((*at, "wire_id"), f"{name!r} hangs on wire {function.wire_id!r}, which there is not", mend)
        first = slaves.setdefault((function.wire_id, function.slave), name)
        if first != name:
            what = f"{name!r} is slave {function.slave}, as {first!r} is"
            yield note((*at, "slave"), what, "slaves differ on a wire: give each its own address")
        yield from _language(function, at, note)


def _language(function: FunctionSettings, at: Path, note: _Note) -> Iterable[Mistake]:
    """See that the device can be spoken to as it is described."""
    name, protocol = function.function_id, function.protocol
    if protocol not in NAMES:
        mend = f"choose one of: {', '.join(NAMES)}"
        yield note((*at, "protocol"), f"{name!r}: no protocol is called {protocol!r}", mend)
        return
    if function.preset and function.file:
        yield note((*at, "file"), f"{name!r} has both a preset and a file", "take one of the two out")
        return
    given = "file" if function.file else "preset"
    try:
        device = function.device()
    except Mistakes as mistakes:
        yield note((*at, given), f"the {given} of {name!r} cannot be used", "mend what is said of it next")
        yield from mistakes.mistakes
        return
    wanted = MAPPED.get(protocol)
    if wanted is None and device is not None:
        yield note((*at, given), f"{name!r}: {protocol} needs no preset and no file", "take it out")
        return
    if wanted is not None and not isinstance(device, wanted):
        kinds = ", ".join(one for one in device_files.presets() if isinstance(device_files.load_preset(one), wanted))
        what = f"{name!r}: {protocol} needs a device of kind {protocol!r}"
        yield note((*at, given if device else "protocol"), what, f'add preset = "…" ({kinds}) or file = "/path"')
        return
    try:
        for has_keys in can_have_keys(protocol, device):
            speech(protocol, function.slave, has_keys=has_keys, device=device)
    except ValueError as error:
        yield note((*at, "slave"), f"{name!r}: {error}", f"write a slave that {protocol} can have")
    has = _columns(device)
    if has is not None and function.columns > has:
        what = f"{name!r} has {function.columns} columns, its device {has}: letters would be cut off"
        yield note((*at, "columns"), what, f"write columns = {has} or less")


def _columns(device: device_files.DeviceFile | None) -> int | None:
    match device:
        case LedMap():
            return device.columns
        case Description(text=text) if text is not None:
            return text.columns
    return None


def _usb_keypads(settings: AgentSettings, note: _Note) -> Iterable[Mistake]:
    for place, usb in enumerate(settings.usb_keypads):
        at: Path = ("usb_keypads", place)
        try:
            usb_keypads.check(usb)
        except registry.WrongAddress as wrong:
            what = f"{usb.function_id!r}: address {wrong.address!r}: {wrong.what}"
            yield note((*at, "address"), what, wrong.mend)
        except ValueError as error:
            mend = 'write the kernel\'s name of the key and one character, as KEY_F1 = "N"'
            yield note((*at, "keys"), f"{usb.function_id!r}: {error}", mend)


def _keys(settings: AgentSettings, note: _Note) -> Iterable[Mistake]:
    for name, made in (
        ("call_keys", lambda: CallKeypad(settings.call_keys)),
        ("rating_keys", lambda: RatingKeypad(settings.rating_keys)),
    ):
        try:
            made()
        except ValueError as error:
            yield note((name,), str(error), "name each key by the one character that it sends")
    if not settings.outcomes and KeypadAction.END in settings.call_keys.values():
        mend = 'write outcomes = ["received"], or take the key out of [call_keys]'
        yield note(("outcomes",), "a key ends services, but there is no outcome to end with", mend)
    for _, name in _twice(settings.outcomes):
        mend = "give each outcome once: its place is what clerks type"
        yield note(("outcomes",), f"the outcome {name!r} stands there twice", mend)
