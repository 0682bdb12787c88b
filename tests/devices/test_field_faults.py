"""What faults do to makers' displays and keypads, measured on a simulated clock at 9600 baud and kept in the docs.

One device has the fault for six seconds, beside a call keypad of the reference frame that is pressed twice a second
meanwhile (a write-only display is alone: it would show what is said to others). A display is told a new number as the
fault begins. A keypad is pressed half a second after (``4``), as soon as the fault is over (``2``) and once more when a
device that was given up has been asked again (``3``). Each row is the worst of trials that end at different moments.
"""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import pytest

from hardware.bus import BusEvent, KeyPressed, SlaveHealth, SlaveRestarted, TextRefused
from hardware.simulated.wire import MASTER
from tests.support import field
from tests.support.bus_faults import duration
from tests.support.fault_tables import DOCS, FaultTable
from tests.support.field import Device, wire_of
from tests.support.wires import SimulatedTime

SICK, OTHER = 1, 2
FAULT_S = 6.0
PHASES_S = (0.0, 0.6, 1.2)
HAND_S = 0.3  # How long it takes a hand from the plug to the keys.
SOONER_S = 2.5  # By then a device that was given up has been asked again.
AFTER_S = 6.0
REPEATED_S = 32.0  # What cannot be read back is told again after 30 s.
LOOK_S = 0.02  # How often somebody looks at the display.
OLD, NEW = "H017", "H018"

Act = Callable[[SimulatedTime], None]


@dataclass(frozen=True)
class Fault:
    """A fault: what begins and what ends it. ``dark``: the device has no power while it lasts."""

    name: str
    begin: Act
    end: Act
    dark: bool = False
    from_the_start: bool = False


def _slave(fault: str) -> tuple[Act, Act]:
    return (lambda wire: wire.slave(SICK).faults.add(fault), lambda wire: wire.slave(SICK).faults.discard(fault))


def _wire(fault: str) -> tuple[Act, Act]:
    return (lambda wire: wire.wire.faults.add(fault), lambda wire: wire.wire.faults.discard(fault))


def _dies(wire: SimulatedTime) -> None:
    wire.slave(SICK).faults.add("absent")
    wire.slave(SICK).shown = ""


def _lives(wire: SimulatedTime) -> None:
    wire.slave(SICK).power_cycle()
    wire.slave(SICK).faults.clear()


def _loses_one(speaker: int) -> tuple[Act, Act]:
    """Lose what one of them says next to the other (the keypad beside them is not meant)."""

    def begin(wire: SimulatedTime) -> None:
        lost: list[bytes] = []

        def tamper(who: int, data: bytes) -> bytes:
            if who != speaker or lost or (who == MASTER and data[0] in {0x12, 0x02}):
                return data
            lost.append(data)
            return b""

        wire.wire.tamper = tamper

    return begin, lambda _: None


DIES = Fault("has no power for 6 s", _dies, _lives, dark=True)
BLINKS = Fault("off and on within a moment", lambda _: None, lambda wire: wire.slave(SICK).power_cycle())
ABSENT = Fault("cut off the wire for 6 s", *_slave("absent"))
NOISE = Fault("noise before each answer", *_wire("noise"))
WITHIN = Fault("noise inside each answer", *_wire("noise_within"))
SAID = Fault("one message to it lost", *_loses_one(MASTER))
ANSWER = Fault("one answer lost", *_loses_one(0))
HALF = Fault("half an answer, then silence", *_slave("half"))
LATE = Fault("answers too late", *_slave("late"))
ECHO = Fault("adapter hears itself", *_wire("echo"), from_the_start=True)
TWIN = Fault("two with one address", *_slave("twin"))
REFUSES = Fault("refuses what it is told", *_slave("unwritable"))
DEAF = Fault("hears no acknowledgement", *_slave("deaf"))

ALL = (DIES, BLINKS, ABSENT, NOISE, WITHIN, SAID, ANSWER, HALF, LATE, ECHO, TWIN)
DISPLAYS: list[tuple[str, Device, tuple[Fault, ...]]] = [
    ("registers (DM36)", field.DM36, (*ALL, REFUSES)),
    ("matrix (AM03127)", field.AM03127, ALL),
    ("write-only (CD5220)", field.CD5220, (DIES, BLINKS, ABSENT, SAID, ECHO, NOISE)),
]
KEYPADS: list[tuple[str, Device, tuple[Fault, ...]]] = [
    ("counted registers", field.REGISTER_KEYPAD, ALL),
    ("inputs", field.INPUT_KEYPAD, ALL),
    ("declared", field.MADE_UP_KEYPAD, (*ALL, DEAF)),
]

LED_COLUMNS = (
    "display and fault",
    "what the citizen sees",
    "keys beside it",
    "what the technician sees",
    "right again after",
)
KEYPAD_COLUMNS = (
    "keypad and fault",
    "what the clerk sees",
    "keys delivered",
    "what the technician sees",
    "normal again after",
)
ALONE = (field.CD5220,)
LED_ROWS = [f"{name}: {fault.name}" for name, _, faults in DISPLAYS for fault in faults]
KEYPAD_ROWS = [f"{name}: {fault.name}" for name, _, faults in KEYPADS for fault in faults]
LED_TABLE = FaultTable(DOCS / "devices" / "displays.md", "led-faults", LED_COLUMNS, LED_ROWS)
KEYPAD_TABLE = FaultTable(DOCS / "devices" / "keypads.md", "keypad-faults", KEYPAD_COLUMNS, KEYPAD_ROWS)


class Trial:
    """One fault of one device, from before it to after it."""

    def __init__(self, device: Device, fault: Fault, fault_s: float) -> None:
        self.alone = device in ALONE
        self.wire = wire_of(device) if self.alone else wire_of(device, field.REFERENCE_KEYPAD)
        self.is_display = device.kind == "led"
        self.pressed: dict[int, list[tuple[float, str]]] = {SICK: [], OTHER: []}
        self.looks: list[tuple[float, str]] = []
        if self.is_display:
            self.wire.master.show(SICK, OLD)
        if fault.from_the_start:
            fault.begin(self.wire)
        self.wire.run(3.0)
        self.began, self.began_s = len(self.wire.events), self.wire.now_s
        if not fault.from_the_start:
            fault.begin(self.wire)
        if self.is_display:
            self.wire.master.show(SICK, NEW)
        self._pass(fault_s, presses=not fault.dark)
        if not fault.from_the_start:
            fault.end(self.wire)
        self.ended_s = self.wire.now_s
        if self.is_display:
            self._pass(AFTER_S if device is field.DM36 else REPEATED_S, presses=False)
            return
        self._pass(HAND_S, presses=False)
        self._press(SICK, "2")
        self._pass(SOONER_S, presses=False)
        self._press(SICK, "3")
        self._pass(AFTER_S, presses=False)

    def _press(self, address: int, key: str) -> None:
        self.pressed[address].append((self.wire.now_s, key))
        self.wire.slave(address).press(key, self.wire.now_s)

    def _pass(self, for_s: float, *, presses: bool) -> None:
        begun_s = self.wire.now_s
        until_s = begun_s + for_s
        next_s, turn = begun_s, 0
        while self.wire.now_s < until_s - 1e-9:
            if self.wire.now_s >= next_s:
                if self.wire.now_s < self.began_s + FAULT_S and not self.alone:
                    self._press(OTHER, str(turn % 10))
                if turn == 1 and presses and not self.is_display:
                    self._press(SICK, "4")
                next_s, turn = next_s + 0.5, turn + 1
            self.wire.run(min(LOOK_S, until_s - self.wire.now_s))
            self.looks.append((self.wire.now_s, self.wire.slave(SICK).shown))

    # --- What came of it ---------------------------------------------------------------------------------------------

    def first_right_s(self) -> float:
        """Return how long it took until the new number was seen; infinite when it never was."""
        return next((at_s - self.began_s for at_s, shown in self.looks if shown == NEW), math.inf)

    def wrong_after_s(self) -> float:
        """Return how long after the fault's end something else was still seen."""
        wrong = [at_s for at_s, shown in self.looks if shown != NEW]
        return wrong[-1] - self.ended_s if wrong else -math.inf

    def seen(self, *, before: bool) -> list[str]:
        """Return what was seen before the new number, or after it, each once."""
        parted_s = self.began_s + self.first_right_s()
        seen = (shown for at_s, shown in self.looks if shown != NEW and (at_s < parted_s) == before)
        return [{"": "dark", OLD: "the old number"}[shown] for shown in dict.fromkeys(seen)]

    def came(self, address: int) -> list[tuple[float, str]]:
        """Return the keys that were handed on, and when."""
        return [
            (at_s, event.key)
            for at_s, event in self.wire.events
            if isinstance(event, KeyPressed) and event.address == address
        ]

    def waits_s(self, address: int) -> dict[str, float]:
        """Return how long the keys took that came; AssertionError when one came twice or out of order."""
        left = list(self.pressed[address])
        waits: dict[str, float] = {}
        for at_s, key in self.came(address):
            while left and left[0][1] != key:
                left.pop(0)
            assert left, f"{key} came twice or out of order: {self.came(address)}"
            waits[key] = max(waits.get(key, 0.0), at_s - left.pop(0)[0])
        return waits

    def told(self) -> str:
        """Say what the technician was told of the device."""
        return _story(event for _, event in self.wire.events[self.began :])

    def normal_again_s(self) -> float:
        """Return how long after the fault's end the device was in order and its key had come."""
        health = [at_s for at_s, event in self.wire.events[self.began :] if isinstance(event, SlaveHealth)]
        last = [at_s for at_s, key in self.came(SICK) if key == "2"] or [at_s for at_s, _ in self.came(SICK)]
        return max(0.0, *(at_s - self.ended_s for at_s in (*health, *last)))


def _story(events: Iterable[BusEvent]) -> str:
    story: list[str] = []
    for event in events:
        match event:
            case SlaveHealth(address=1):
                story.append(event.state + (f" ({event.reason})" if event.reason else ""))
            case SlaveRestarted(address=1):
                story.append("switched on")
            case TextRefused():
                story.append("text refused")
    return ", ".join(dict.fromkeys(story)) or "nothing"


def _keys_beside(trials: Sequence[Trial]) -> str:
    if trials[0].alone:
        return "alone on its line"
    assert all(len(trial.came(OTHER)) == len(trial.pressed[OTHER]) for trial in trials), "the others lose nothing"
    return f"all, each once, ≤ {duration(max(max(trial.waits_s(OTHER).values()) for trial in trials))}"


def _led_row(name: str, trials: Sequence[Trial]) -> tuple[str, ...]:
    first_s = max(trial.first_right_s() for trial in trials)
    until_then = " and ".join(dict.fromkeys(seen for trial in trials for seen in trial.seen(before=True)))
    later = " and ".join(dict.fromkeys(seen for trial in trials for seen in trial.seen(before=False)))
    wrong_s = max(trial.wrong_after_s() for trial in trials)
    told = min((trial.told() for trial in trials), key=len)
    if math.isinf(first_s):
        return (name, f"{until_then}; never the new one", _keys_beside(trials), told, "when it is replaced")
    sees = f"new number ≤ {duration(first_s)}"
    sees += f"; until then {until_then}" if first_s > 1 else ""
    sees += f"; then {later}" if later else ""
    return (name, sees, _keys_beside(trials), told, duration(wrong_s) if wrong_s > 0 else "at once")


def _keypad_row(name: str, trials: Sequence[Trial]) -> tuple[str, ...]:
    waits = [trial.waits_s(SICK) for trial in trials]
    assert all("3" in wait for wait in waits), "what is pressed when all is well again is handed on"
    during = [wait["4"] for wait in waits if "4" in wait]
    pressed = any(key == "4" for trial in trials for _, key in trial.pressed[SICK])
    sees = f"key ≤ {duration(max(during))}" if during else "key comes to nothing" if pressed else "keypad is dead"
    lost = max(len(trial.pressed[SICK]) - len(trial.came(SICK)) for trial in trials)
    delivered = f"each once; {lost} of 3 calls nobody" if lost else "each once"
    told = min((trial.told() for trial in trials), key=len)
    again_s = max(trial.normal_again_s() for trial in trials)
    beside = _keys_beside(trials).rpartition(", ")[2]
    return (name, f"{sees}; keys beside it {beside}", delivered, told, duration(again_s))


def _cases(devices: list[tuple[str, Device, tuple[Fault, ...]]]) -> list[tuple[str, Device, Fault]]:
    return [(f"{name}: {fault.name}", device, fault) for name, device, faults in devices for fault in faults]


@pytest.mark.parametrize(("name", "device", "fault"), _cases(DISPLAYS), ids=LED_ROWS)
def test_a_fault_of_a_display(name: str, device: Device, fault: Fault, *, write_tables: bool) -> None:
    trials = [Trial(device, fault, FAULT_S + later_s) for later_s in PHASES_S]
    LED_TABLE.hold(_led_row(name, trials), write=write_tables)
    assert (fault is REFUSES) or all(trial.looks[-1][1] == NEW for trial in trials)


@pytest.mark.parametrize(("name", "device", "fault"), _cases(KEYPADS), ids=KEYPAD_ROWS)
def test_a_fault_of_a_keypad(name: str, device: Device, fault: Fault, *, write_tables: bool) -> None:
    trials = [Trial(device, fault, FAULT_S + later_s) for later_s in PHASES_S]
    KEYPAD_TABLE.hold(_keypad_row(name, trials), write=write_tables)
    assert max(trial.normal_again_s() for trial in trials) <= 6.0


def test_the_tables_have_every_row() -> None:
    LED_TABLE.complete()
    KEYPAD_TABLE.complete()
