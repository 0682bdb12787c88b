"""RS-485 master: many slaves on one wire, each asked in turn, none able to hold up the others.

``speech`` is what the master must know of a slave's language; ``schedule`` says whom to address and what to believe;
``master`` uses the wire by its rules (gap, deadline, echo, noise), all of it pure; ``owner`` is the thread around it.
The languages themselves live in ``hardware/speeches/``.
"""

from hardware.bus.master import BusConfig, BusEvent, Master, Step, WireHealth, WireNoise
from hardware.bus.owner import BusBusy, BusOwner
from hardware.bus.schedule import (
    Exchange,
    KeyPressed,
    KeysLost,
    KeyUnnamed,
    Schedule,
    SlaveEvent,
    SlaveHealth,
    SlaveRestarted,
    Tally,
    TextRefused,
    TextShown,
)
from hardware.bus.speech import Heard, Key, Purpose, Request, Speech, Wish

__all__ = [
    "BusBusy",
    "BusConfig",
    "BusEvent",
    "BusOwner",
    "Exchange",
    "Heard",
    "Key",
    "KeyPressed",
    "KeyUnnamed",
    "KeysLost",
    "Master",
    "Purpose",
    "Request",
    "Schedule",
    "SlaveEvent",
    "SlaveHealth",
    "SlaveRestarted",
    "Speech",
    "Step",
    "Tally",
    "TextRefused",
    "TextShown",
    "WireHealth",
    "WireNoise",
    "Wish",
]
