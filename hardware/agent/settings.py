"""`agent.toml` in the agent's folder of state: which function hangs on which wire, and what its keys mean.

outcomes = ["received", …]          # optional: E ends with the first, 2 E with the second …
transfers = ["land", …]             # optional: 1 and the key of a transfer sends to the first, 2 to the second …

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
answer_ms = 80                      # optional: how long this device may take to begin an answer

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
from hardware.agent.usb_keypads import UsbKeypadSettings
from hardware.codecs.led_registers import AnswerTime
from hardware.keypad import KeypadAction
from presentation.checked_tables import Reader
from presentation.mistakes import Mistake, Mistakes, locate
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
    """Where a function hangs. ``answer_ms`` is how long its device may take to begin an answer; None: as its kind."""

    function_id: Identifier
    wire_id: Identifier
    slave: Annotated[int, msgspec.Meta(ge=1, le=255)]
    columns: Annotated[int, msgspec.Meta(ge=3, le=32)] = 4
    protocol: str = "reference"
    preset: str = ""
    file: str = ""
    answer_ms: AnswerTime | None = None

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
    reinstate_reason: Code = ""
    transfer_reason: Code = ""
    transfers: tuple[Identifier, ...] = ()
    """Services by the number that is typed before the key of a transfer."""
    park_reminder_s: Annotated[int, msgspec.Meta(ge=0, le=86_400)] = 900

    def turns_s(self, wire_id: str) -> dict[int, float]:
        """Give the slaves of a wire whose time to answer is said here, with that time."""
        return {
            one.slave: one.answer_ms / 1000
            for one in self.functions
            if one.wire_id == wire_id and one.answer_ms is not None
        }


def load_settings(state: Path) -> AgentSettings:
    """Read `agent.toml`. Raises WrongSettings with all that is wrong, each with its place and its mend."""
    path = state / SETTINGS_FILE
    try:
        return parse(str(path), path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise WrongSettings(f"{path} is missing; it says which function hangs on which wire") from error
    except OSError as error:
        raise WrongSettings(f"{path} cannot be read ({error.strerror}); see to its owner: chown motcua") from error
    except UnicodeDecodeError as error:
        raise WrongSettings(f"{path} is not UTF-8 text (byte {error.start}); save it as UTF-8") from error
    except Mistakes as mistakes:
        raise WrongSettings(str(mistakes)) from mistakes


def parse(name: str, text: str) -> AgentSettings:
    """Check the text of an `agent.toml` called ``name``. Raises Mistakes with all that is wrong."""
    from hardware.agent.wrongs import wrongs

    try:
        raw = tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # Numbers too long and nests too deep are refused by their own words.
        raise Mistakes([Mistake(name, 0, "", f"this is no TOML: {error}", "mend the syntax there")]) from error
    mistakes: list[Mistake] = []
    settings = Reader(mistakes).part(AgentSettings, raw, name, ())
    if settings is not None:
        mistakes += wrongs(settings, name)
    if mistakes or settings is None:
        raise Mistakes([one if one.line else msgspec.structs.replace(one, line=_line(text, one)) for one in mistakes])
    return settings


def _line(text: str, mistake: Mistake) -> int:
    return locate(text, mistake.path) if mistake.path else 0
