"""Devices: their functions, their pairing, what they tell of themselves, and what technicians do with them.

Every few seconds a device tells which program it runs and what that program holds. The answer tells what it is there
for, and which trials its technician waits for: so a server tells devices something without ever calling one.
"""

from typing import Annotated, Literal

import msgspec

from protocol.command_parts import Command, TerminalCommand
from protocol.message import Code, Identifier, Instant, OptionalIdentifier

DeviceState = Literal["ok", "degraded", "out", "unknown", "gone"]
"""The health of a device; a silent one is ``unknown`` or ``gone``, never ``ok``."""

TrialKind = Literal["answer", "ticket", "text", "sound", "screen"]
"""What is tried: that it answers, a ticket on paper, a text on a counter display, a voice, a picture on a screen."""

TrialId = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{32}$")]
"""Made by who asks for the trial, so that asking again is the same trial."""

Count = Annotated[int, msgspec.Meta(ge=0, le=1_000_000_000)]


class FunctionDescription(msgspec.Struct, frozen=True, kw_only=True):
    """One function of a device: what it is, at which counter or zone, and by which address it hangs on the wire."""

    function_id: Identifier
    kind: Literal[
        "kiosk",
        "board",
        "counter_display",
        "call_keypad",
        "rating_keypad",
        "rating_terminal",
        "staff",
        "public",
        "system",
        "technician",
        "observer",
    ]
    counter_id: OptionalIdentifier = ""
    zone_id: OptionalIdentifier = ""
    address: Annotated[str, msgspec.Meta(max_length=256)] = ""
    near_clerk: bool = False
    """It hangs on the clerk's own computer or lies in the clerk's reach: what is rated by it does not count."""


class CreateDevice(TerminalCommand, frozen=True, kw_only=True):
    """A technician announces a device; the reply holds the pairing code, which is shown once."""

    device_id: Identifier
    name: Annotated[str, msgspec.Meta(max_length=64)]
    functions: Annotated[tuple[FunctionDescription, ...], msgspec.Meta(min_length=1, max_length=64)]


class RevokeDevice(TerminalCommand, frozen=True, kw_only=True):
    """Shut a device out; takes effect within a second on live connections."""

    device_id: Identifier
    reason: Code = ""


class ReportDevice(TerminalCommand, frozen=True, kw_only=True):
    """The health of a function's device, told when it changes."""

    state: DeviceState
    reason: Code = ""
    detail: Annotated[str, msgspec.Meta(max_length=256)] = ""


class Pair(Command, frozen=True, kw_only=True):
    """The one message of the pairing socket; the new device's key is that connection's own."""

    code: Annotated[str, msgspec.Meta(min_length=8, max_length=8, pattern=r"^[0-9A-HJKMNP-TV-Z]{8}$")]
    program: Annotated[str, msgspec.Meta(max_length=64)] = ""


class Trial(msgspec.Struct, frozen=True, kw_only=True):
    """Something to be tried at once, by this function."""

    trial_id: TrialId
    function_id: Identifier
    trial: TrialKind


class TrialResult(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a trial.

    ``done`` is what the device itself has found to be so; ``unseen`` was done by a device that cannot tell whether it
    worked, so that somebody must look; ``failed`` and ``cannot`` have their reason, and perhaps a detail for people.
    """

    trial_id: TrialId
    result: Literal["done", "unseen", "failed", "cannot"]
    reason: Code = ""
    detail: Annotated[str, msgspec.Meta(max_length=256)] = ""


class About(msgspec.Struct, frozen=True, kw_only=True):
    """What a program is and holds. Counts are None where a program has no such thing.

    ``machine_at`` is the clock of its machine as it says this, ``started_at`` when the program began by that clock.
    ``texts_hash`` begins the SHA-256 of its words, ``configuration_id`` is that of the last view that it has.
    ``waiting`` counts what it keeps for the server, ``refused`` what the server would not take; ``jobs`` and
    ``tickets_left`` are its printer's.
    """

    program: Code
    program_version: Code
    machine_at: Instant
    started_at: Instant
    texts_hash: Code = ""
    configuration_id: Code = ""
    waiting: Count | None = None
    refused: Count | None = None
    jobs: Count | None = None
    tickets_left: Count | None = None


class Attend(Command, frozen=True, kw_only=True):
    """Here I am, this I run and hold, and this became of what I was to try. Answered by ``attended``."""

    about: About
    results: Annotated[tuple[TrialResult, ...], msgspec.Meta(max_length=16)] = ()


class FindDevice(TerminalCommand, frozen=True, kw_only=True):
    """All that is known of a device, for its technician."""

    device_id: Identifier


class TryFunction(TerminalCommand, frozen=True, kw_only=True):
    """Have a function of a device try something, now or never: it waits some seconds for the device, and no longer."""

    tried_function_id: Identifier
    trial: TrialKind
    trial_id: TrialId


class PlaceFunction(TerminalCommand, frozen=True, kw_only=True):
    """Give a function of a paired device another counter or zone; it learns of it as it next attends."""

    placed_function_id: Identifier
    counter_id: OptionalIdentifier = ""
    zone_id: OptionalIdentifier = ""
    near_clerk: bool = False
