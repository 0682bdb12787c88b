"""What is to be tried at a machine before a hall opens, and what came of it: from its settings to a list. Pure.

Each check is one device; its result is what the machine measured and what the technician saw. Results are kept one JSON
line each; the last of a check counts.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final, Literal

import msgspec

from hardware.agent.settings import AgentSettings
from hardware.codecs.declared import Description
from hardware.codecs.hid_keypad import CALL_KEYS, RATING_KEYS
from hardware.codecs.modbus_keypad import KeypadMap
from hardware.keypad import DEFAULT_KEYS
from hardware.rating_keypad import DEFAULT_KEYS as DEFAULT_RATING_KEYS

Kind = Literal["printer", "scanner", "keypad", "display"]
Verdict = Literal["passed", "failed", "skipped"]

DIGITS: Final = "0123456789"


class Check(msgspec.Struct, frozen=True, kw_only=True):
    """One device to be tried. ``keys`` are those that a keypad of this kind can have, each one character."""

    check_id: str
    kind: Kind
    address: str
    slave: int = 0
    protocol: str = ""
    preset: str = ""
    file: str = ""
    profile: str = ""
    keys: str = ""
    answer_ms: int | None = None

    @property
    def place(self) -> str:
        """Where it is, as people find it."""
        return f"{self.address} #{self.slave}" if self.slave else self.address

    @property
    def device(self) -> str:
        """All that a result holds for: another place, language or profile is another device, and to be tried anew."""
        return " ".join(filter(None, (self.place, self.protocol, self.preset, self.file, self.profile)))


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """What came of a check: ``seen`` is what the machine measured, ``note`` what the technician said."""

    check_id: str
    device: str = ""
    verdict: Verdict
    seen: str
    note: str
    at: datetime


class Unknown(ValueError):  # noqa: N818 -- named for what it is.
    """The server never said what a function is; the message names it, and what to do."""


def checks_of_agent(settings: AgentSettings, kinds: Mapping[str, str]) -> tuple[Check, ...]:
    """List the devices of an agent; ``kinds`` is what the server says that its functions are. Raises Unknown."""
    wires = {wire.wire_id: wire.address for wire in settings.wires}
    names = [one.function_id for one in settings.functions] + [one.function_id for one in settings.usb_keypads]
    missing = [name for name in names if name not in kinds]
    if missing:
        mend = "start the agent once while the server runs, so that it learns what they are; then stop it"
        raise Unknown(f"it is not known what {', '.join(missing)} shall be: {mend}")
    found = []
    for place in settings.functions:
        is_display = kinds[place.function_id] == "counter_display"
        device = place.device()
        found.append(
            Check(
                check_id=place.function_id,
                kind="display" if is_display else "keypad",
                address=wires[place.wire_id],
                slave=place.slave,
                protocol=place.protocol,
                preset=place.preset,
                file=place.file,
                answer_ms=place.answer_ms,
                keys="" if is_display else _keys(kinds[place.function_id], device),
            )
        )
    found += [
        Check(
            check_id=usb.function_id,
            kind="keypad",
            address=usb.address,
            keys=_unique(
                {**(CALL_KEYS if kinds[usb.function_id] == "call_keypad" else RATING_KEYS), **usb.keys}.values()
            ),
        )
        for usb in settings.usb_keypads
    ]
    return tuple(found)


def checks_of_kiosk(printer: str, profile: str, scanner: str) -> tuple[Check, ...]:
    """List the devices of a kiosk; an empty address is a device that it does not have."""
    found = [Check(check_id="printer", kind="printer", address=printer, profile=profile)] if printer else []
    return (*found, *([Check(check_id="scanner", kind="scanner", address=scanner)] if scanner else []))


def _keys(kind: str, device: object) -> str:
    """Name the keys that a keypad can have: its own file says them, else the reference keypads' are meant."""
    if isinstance(device, KeypadMap | Description):
        return _unique(device.keys.values())
    return _unique(DEFAULT_RATING_KEYS if kind == "rating_keypad" else [*DIGITS, *DEFAULT_KEYS])


def _unique(names: Iterable[str]) -> str:
    return "".join(sorted(set(names)))


def last_results(checks: Iterable[Check], results: Sequence[Result]) -> dict[str, Result]:
    """Give the last result of each check, as far as it is of the very device that stands there now."""
    devices = {check.check_id: check.device for check in checks}
    return {one.check_id: one for one in results if devices.get(one.check_id) == one.device}


def keys_seen(expected: str, pressed: Mapping[str, int]) -> str:
    """Say which keys came, and behind a bar which did not; not every keypad has all keys of its kind."""
    came = " ".join(key if count == 1 else f"{key}×{count}" for key, count in sorted(pressed.items()))
    missing = [key for key in expected if key not in pressed]
    return (came or "–") + (f" | – {' '.join(missing)}" if missing else "")
