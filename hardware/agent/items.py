"""What other threads put into the agent's inbox, beside what its flow knows."""

from dataclasses import dataclass

from hardware import bus
from hardware.agent.usb_keypads import KeypadNews
from protocol import commands as c
from protocol.attending import Tell
from protocol.views import AnyReply


@dataclass(slots=True)
class WireEvent:
    """``taken``: all that it asks to be kept is on disk."""

    wire_id: str
    event: bus.BusEvent
    taken: bool = False


@dataclass(frozen=True, slots=True)
class KeypadEvent:
    """A key of a keypad at USB, or its coming and going."""

    function_id: str
    event: KeypadNews


@dataclass(frozen=True, slots=True)
class Introduced:
    """What the server says that this device is there for."""

    functions: tuple[c.FunctionDescription, ...]


@dataclass(frozen=True, slots=True)
class Replied:
    """The answer to what a key asked."""

    request_id: str
    function_id: str
    reply: AnyReply | None


@dataclass(frozen=True, slots=True)
class Delivered:
    """What became of a rating that was sent."""

    press_id: str
    reply: AnyReply | None


@dataclass(frozen=True, slots=True)
class Tried:
    """A technician wants something tried."""

    trial: c.Trial
    tell: Tell
