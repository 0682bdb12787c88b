"""Devices that are files: register maps and declared frames, read from TOML with every mistake told.

``config/devices/*.toml`` are the ones that come with Motcua; a technician's own stand anywhere. Tactile keypads, which
are on no wire, have files of their own in ``config/devices/tactile/``.
"""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, TypeVar

import msgspec

from hardware.codecs import declared_rules, led_registers, modbus_keypad, tactile_keypad
from hardware.codecs.declared import Description
from hardware.codecs.led_registers import LedMap
from hardware.codecs.modbus_keypad import KeypadMap
from hardware.codecs.tactile_keypad import TactileMap
from presentation.checked_tables import Reader
from presentation.mistakes import Mistake, Mistakes, locate, place_of
from presentation.mistakes import Path as Place

SHIPPED: Final = Path(__file__).parents[1] / "config" / "devices"
TACTILE: Final = SHIPPED / "tactile"
FILE_LIMIT_BYTES: Final = 100_000

DeviceFile = LedMap | KeypadMap | Description
FileT = TypeVar("FileT", bound=msgspec.Struct)
_KINDS: Final[dict[str, type[LedMap | KeypadMap | Description]]] = {
    "modbus_led": LedMap,
    "modbus_keypad": KeypadMap,
    "declared": Description,
}


def presets() -> list[str]:
    """Return the names of the devices that come with Motcua."""
    return sorted(path.stem for path in SHIPPED.glob("*.toml"))


def load_preset(name: str) -> DeviceFile:
    """Read a device that comes with Motcua, by its name. Raises Mistakes."""
    if name not in presets():
        raise Mistakes([Mistake(f"{name}.toml", 0, "", "no such preset", f"there are: {', '.join(presets())}")])
    return load(SHIPPED / f"{name}.toml")


def load(path: Path) -> DeviceFile:
    """Read a device from a file. Raises Mistakes."""
    return parse(path.name, _text(path))


def load_tactile(name_or_path: str) -> TactileMap:
    """Read a tactile keypad: one of ours by its name, another by the path of its file. Raises Mistakes."""
    path = Path(name_or_path) if name_or_path.endswith(".toml") else TACTILE / f"{name_or_path}.toml"
    if path.parent == TACTILE and not path.exists():
        there = ", ".join(sorted(one.stem for one in TACTILE.glob("*.toml")))
        raise Mistakes([Mistake(path.name, 0, "", "no such keypad", f"there are: {there}; or give the path of a file")])
    return parse_tactile(path.name, _text(path))


def _text(path: Path) -> str:
    try:
        body = path.read_bytes()
        if len(body) > FILE_LIMIT_BYTES:
            what = f"is {len(body)} bytes long"
            raise Mistakes([Mistake(str(path), 0, "", what, f"a device needs less than {FILE_LIMIT_BYTES}")])
        return body.decode("utf-8")
    except OSError as error:
        what = f"cannot be read: {error.strerror or error}"
        raise Mistakes([Mistake(str(path), 0, "", what, "give the path of a readable file")]) from error
    except UnicodeDecodeError as error:
        what = f"is not UTF-8 text (byte {error.start})"
        raise Mistakes([Mistake(str(path), 0, "", what, "save the file as UTF-8")]) from error


def parse(name: str, text: str) -> DeviceFile:
    """Check the text of a device's file. Raises Mistakes with all that is wrong and not only the first."""
    return _parsed(name, text, _KINDS)


def parse_tactile(name: str, text: str) -> TactileMap:
    """Check the text of a tactile keypad's file. Raises Mistakes with all that is wrong and not only the first."""
    return _parsed(name, text, {"tactile_keypad": TactileMap})


def _parsed(name: str, text: str, kinds: Mapping[str, type[FileT]]) -> FileT:
    try:
        raw = tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # Numbers too long and nests too deep are refused by their own words.
        raise Mistakes([Mistake(name, 0, "", f"this is no TOML: {error}", "mend the syntax there")]) from error
    kind = raw.get("kind")
    if not isinstance(kind, str) or kind not in kinds:
        mend = f"write one of: {', '.join(kinds)}"
        raise Mistakes([Mistake(name, locate(text, ("kind",)), "kind", f"{kind!r} is no kind of device", mend)])
    mistakes: list[Mistake] = []
    device = Reader(mistakes).part(kinds[kind], raw, name, ())
    if device is not None:
        mistakes += [Mistake(name, 0, place_of(place), what, mend, place) for place, what, mend in _wrongs(device)]
    if mistakes or device is None:
        raise Mistakes([msgspec.structs.replace(each, line=locate(text, each.path)) for each in mistakes])
    return device


def _wrongs(device: Any) -> list[tuple[Place, str, str]]:
    match device:
        case LedMap():
            return [*led_registers.wrongs(device)]
        case KeypadMap():
            return [*modbus_keypad.wrongs(device)]
        case TactileMap():
            return [*tactile_keypad.wrongs(device)]
    return declared_rules.wrongs(device)
