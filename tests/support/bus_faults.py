"""The bus fault table in ``docs/devices/wire.md``: its rows, and how what was measured is said in words."""

import math
from collections.abc import Iterable, Sequence

from hardware.bus import BusEvent, SlaveHealth, SlaveRestarted, WireHealth, WireNoise
from tests.support.fault_tables import DOCS, FaultTable

SICK, OTHER, THIRD, DISPLAY = 1, 2, 3, 41
NAMES = {SICK: "keypad 1", OTHER: "keypad 2", THIRD: "keypad 3", DISPLAY: "display"}
COLUMNS = ("fault", "what the clerk sees", "keys delivered", "what the technician sees", "normal again after")
ROWS = (
    "keypad absent from the start",
    "keypad dies, is back after 6 s",
    "keypad switched off and on",
    "noise before each answer",
    "noise inside each answer",
    "one answer lost",
    "one acknowledgement lost",
    "half an answer, then silence",
    "adapter hears itself",
    "answers with another address",
    "two keypads with one address",
    "answers too late",
    "a slave never stops talking",
    "adapter unplugged and back",
    "agent killed before the acknowledgement",
)
TABLE = FaultTable(DOCS / "devices" / "wire.md", "bus-faults", COLUMNS, ROWS)


def duration(seconds: float) -> str:
    """Say how long something took, rounded up: to 10 ms, from a second on to 0.1 s."""
    if seconds < 1:
        return f"{math.ceil(seconds * 100 - 1e-6) * 10} ms"
    return f"{math.ceil(seconds * 10 - 1e-6) / 10:g} s"


def told_of(events: Iterable[BusEvent]) -> str:
    """Say what the master told about slaves and the wire, in the order in which each first gave cause."""
    stories: dict[str, list[str]] = {}
    for event in events:
        match event:
            case SlaveHealth():
                reason = f" ({event.reason})" if event.reason else ""
                stories.setdefault(NAMES[event.address], []).append(event.state + reason)
            case SlaveRestarted():
                stories.setdefault(NAMES[event.address], []).append("switched on")
            case WireNoise():
                stories.setdefault("wire", []).append("never quiet" if event.babbling else "quiet")
            case WireHealth():
                stories.setdefault("wire", []).append("open" if event.is_open else "away")
    return "; ".join(f"{_listed(who)} {story}" for story, who in _by_story(stories).items()) or "nothing"


def _by_story(stories: dict[str, list[str]]) -> dict[str, list[str]]:
    grouped: dict[str, list[str]] = {}
    for who, story in stories.items():
        grouped.setdefault(", ".join(story), []).append(who)
    return grouped


def _listed(who: Sequence[str]) -> str:
    who = sorted(who, key=[*NAMES.values(), "wire"].index)
    return who[0] if len(who) == 1 else ", ".join(who[:-1]) + " and " + who[-1]
