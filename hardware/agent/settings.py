"""`agent.toml` in the agent's folder of state: which function hangs on which wire, and what its keys mean.

outcomes = ["received", …]          # optional: E ends with the first, 2 E with the second …

[[wires]]
wire_id = "hall"
address = "serial:///dev/serial/by-id/usb-…?baud=9600"

[[functions]]                       # kind, counter and zone are the server's to say; here stands only the wire
function_id = "call-keypad-1"
wire_id = "hall"
slave = 1

[[functions]]
function_id = "counter-display-1"
wire_id = "hall"
slave = 41
columns = 4                         # letters that the display has
protocol = "reference"              # or another of hardware/speeches, as "am03127"

[[usb_keypads]]                     # a keypad at USB needs no wire
function_id = "call-keypad-2"
address = "evdev:///dev/input/by-id/usb-…-event-kbd"
keys = { KEY_F1 = "N" }             # optional: what single keys send, by the kernel's names

[call_keys]                         # optional: what the keys of call keypads mean; digits gather a number
N = "next"

[rating_keys]                       # optional: which level of the hall's scale a key means
"1" = 4
"""

import tomllib
from pathlib import Path
from typing import Annotated

import msgspec

from hardware import device_files, keypad, rating_keypad
from hardware.agent import usb_keypads
from hardware.agent.usb_keypads import UsbKeypadSettings
from hardware.keypad import KeypadAction
from hardware.speeches import MAPPED, NAMES
from presentation.mistakes import Mistakes
from protocol.message import Code, Identifier

SETTINGS_FILE = "agent.toml"

Key = Annotated[str, msgspec.Meta(min_length=1, max_length=1)]


class WrongSettings(Exception):  # noqa: N818 -- named for what it is.
    """`agent.toml` cannot be used; the message says where and what to mend."""


class WireSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One wire with a master of its own."""

    wire_id: Identifier
    address: str


class FunctionSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where a function hangs."""

    function_id: Identifier
    wire_id: Identifier
    slave: Annotated[int, msgspec.Meta(ge=1, le=254)]
    columns: Annotated[int, msgspec.Meta(ge=3, le=32)] = 4
    protocol: str = "reference"
    preset: str = ""
    file: str = ""

    def device(self) -> device_files.DeviceFile | None:
        """Read the file of a protocol that needs one. Raises Mistakes."""
        if self.file:
            return device_files.load(Path(self.file))
        return device_files.load_preset(self.preset) if self.preset else None


class AgentSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole file."""

    wires: tuple[WireSettings, ...] = ()
    functions: tuple[FunctionSettings, ...] = ()
    usb_keypads: tuple[UsbKeypadSettings, ...] = ()
    call_keys: dict[Key, KeypadAction] = msgspec.field(default_factory=lambda: dict(keypad.DEFAULT_KEYS))
    rating_keys: dict[Key, Annotated[int, msgspec.Meta(ge=1, le=9)]] = msgspec.field(
        default_factory=lambda: dict(rating_keypad.DEFAULT_KEYS)
    )
    outcomes: tuple[Code, ...] = ("received", "returned", "guided", "papers_missing", "left")
    call_reason: Code = "keyed"
    pause_reason: Code = "break"


def load_settings(state: Path) -> AgentSettings:
    """Read `agent.toml`. Raises WrongSettings."""
    path = state / SETTINGS_FILE
    try:
        settings = msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), AgentSettings)
    except FileNotFoundError as error:
        raise WrongSettings(f"{path} is missing; it says which function hangs on which wire") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, msgspec.ValidationError) as error:
        raise WrongSettings(f"{path}: {error}") from error
    _check(settings, path)
    return settings


def _check(settings: AgentSettings, path: Path) -> None:
    wires = {wire.wire_id for wire in settings.wires}
    seen: dict[tuple[str, int], str] = {}
    names: set[str] = set()
    for function in settings.functions:
        where = f"{path}: function {function.function_id!r}"
        if function.wire_id not in wires:
            raise WrongSettings(f"{where} hangs on wire {function.wire_id!r}; there are: {', '.join(sorted(wires))}")
        if function.function_id in names:
            raise WrongSettings(f"{where} stands there twice; give each function once")
        names.add(function.function_id)
        _check_protocol(function, where)
        place = (function.wire_id, function.slave)
        if place in seen:
            raise WrongSettings(f"{where} has slave {function.slave}, as {seen[place]!r} has; slaves differ on a wire")
        seen[place] = function.function_id
    for usb in settings.usb_keypads:
        where = f"{path}: function {usb.function_id!r}"
        if usb.function_id in names:
            raise WrongSettings(f"{where} stands there twice; give each function once")
        names.add(usb.function_id)
        try:
            usb_keypads.check(usb)
        except ValueError as error:
            raise WrongSettings(f"{where}: {error}") from error
    if not names:
        raise WrongSettings(f"{path} has neither [[functions]] nor [[usb_keypads]]; it says what hangs where")


def _check_protocol(function: FunctionSettings, where: str) -> None:
    if function.protocol not in NAMES:
        raise WrongSettings(f"{where} has the protocol {function.protocol!r}; there are: {', '.join(NAMES)}")
    try:
        device = function.device()
    except Mistakes as mistakes:
        raise WrongSettings(f"{where}: {mistakes}") from mistakes
    wanted = MAPPED.get(function.protocol)
    if wanted is None and device is not None:
        raise WrongSettings(f"{where}: {function.protocol} needs no preset and no file; take it out")
    if wanted is not None and not isinstance(device, wanted):
        mend = f'add preset = "…" ({", ".join(device_files.presets())}) or file = "/path" of that kind'
        raise WrongSettings(f"{where}: {function.protocol} needs a device of kind {function.protocol!r}; {mend}")
