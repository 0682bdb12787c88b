"""LED counter displays that are Modbus registers: which register shows what is data. Pure.

Most numeric displays take one register for each place (``codes``), some one register for the whole value (``number``).
A map says which, what the display can show, and which further registers are set once so that it shows steadily. Maps
are files (``config/devices/*.toml``): a further display is configuration.
"""

from typing import Annotated, Final, Literal

import msgspec

from hardware.codecs import modbus_rtu as modbus
from hardware.codecs.provenance import Status
from hardware.led import Face

Register = Annotated[int, msgspec.Meta(ge=0, le=0xFFFF)]
AnswerTime = Annotated[int, msgspec.Meta(ge=5, le=1000)]
"""How long after a request the answer may begin, milliseconds."""
NUMBER_DIGITS_MOST: Final = 4  # A register holds 65535; all of 0-9999 can be shown, not all of 0-99999.


class Setting(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A register that is written once, when the display is found. ``why`` is for people."""

    register: Register
    value: Register
    why: str = ""


class LedMap(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A kind of display. ``codes`` are the values of characters, where these are not their ASCII codes."""

    kind: Literal["modbus_led"]
    name: str
    source: str
    status: Status
    columns: Annotated[int, msgspec.Meta(ge=1, le=32)]
    shows: str
    otherwise: str = ""
    layout: Literal["codes", "number"]
    start: Register
    write: Literal["together", "each"] = "together"  # Function 16 for all registers, or 6 for each.
    reads_back: bool = True
    answer_ms: AnswerTime = 50
    codes: dict[str, Register] = {}
    settings: tuple[Setting, ...] = ()

    @property
    def face(self) -> Face:
        """What the display can show."""
        return Face(self.columns, self.shows, self.otherwise)

    @property
    def registers(self) -> int:
        """How many registers hold what is shown."""
        return self.columns if self.layout == "codes" else 1


def values(led: LedMap, text: str) -> tuple[int, ...]:
    """Return the registers' values that show ``text``, a text of the display's face; set to the right."""
    if led.layout == "number":
        return (int(text or "0"),)
    return tuple(led.codes.get(mark, ord(mark)) for mark in text.rjust(led.columns))


def shown(led: LedMap, registers: tuple[int, ...]) -> str:
    """Return what people read while the registers have these values; ``?`` for a value that shows nothing known."""
    if led.layout == "number":
        return str(registers[0])
    marks = {code: mark for mark, code in led.codes.items()}
    letters = (
        marks.get(value) or (chr(value) if not led.codes and 0x20 <= value <= 0x7E else "?") for value in registers
    )
    return "".join(letters).strip()


def settings(led: LedMap, unit: int) -> list[modbus.Request]:
    """Return what is written once, when the display is found."""
    return [modbus.write_register(unit, setting.register, setting.value) for setting in led.settings]


def writes(led: LedMap, unit: int, text: str) -> list[modbus.Request]:
    """Return what has the display show ``text``."""
    found = values(led, text)
    if led.write == "together" and len(found) > 1:
        return [modbus.write_registers(unit, led.start, found)]
    return [modbus.write_register(unit, led.start + place, value) for place, value in enumerate(found)]


def asks(led: LedMap, unit: int) -> modbus.Request:
    """Return what reads back what is shown."""
    return modbus.read(unit, modbus.READ_HOLDING, led.start, led.registers)


def wrongs(led: LedMap) -> list[tuple[tuple[str, ...], str, str]]:
    """Return what cannot be meant in a map: place, what is wrong, how to mend it."""
    found: list[tuple[tuple[str, ...], str, str]] = []
    if led.layout == "number" and led.columns > NUMBER_DIGITS_MOST:
        found.append((("columns",), "one register cannot hold more than four digits", "write columns = 4 or less"))
    if led.layout == "number" and not led.shows.isdecimal():
        found.append((("shows",), "a register with a number shows digits only", 'write shows = "0123456789"'))
    if led.layout == "number" and led.otherwise and not led.otherwise.isdecimal():
        found.append((("otherwise",), "a register with a number cannot hold this", 'write otherwise = "0"'))
    if not set("0123456789") <= set(led.shows):
        found.append((("shows",), "a digit is missing: numbers could not be shown", "add all of 0123456789"))
    if led.codes and (lacking := sorted(set(led.shows + " ") - led.codes.keys())):
        found.append((("codes",), f"no code for {', '.join(map(repr, lacking))}", "give each character its code"))
    if len(set(led.codes.values())) != len(led.codes):
        found.append((("codes",), "two characters have the same code", "give each character a code of its own"))
    if not set(led.otherwise) <= set(led.shows):
        found.append((("otherwise",), "holds what the display cannot show", "use characters of shows only"))
    if led.start + led.registers > 0x10000:
        found.append((("start",), "the registers do not end before 65536", "write a smaller start"))
    return found
