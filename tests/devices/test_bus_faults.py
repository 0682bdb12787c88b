"""What each fault of an RS-485 wire does to a counter, measured on a simulated clock and kept in the docs.

The wire has three call keypads and a display at 9600 baud. Keypad 1 has the fault and is pressed once (`N`), keypad 2
is pressed twice a second all the while, and the display is told a new number. When the fault is over, keypad 1 is
pressed again at once (`E`).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pytest

from hardware.bus import KeyPressed, SlaveHealth, TextShown
from hardware.simulated.slaves import ReferenceSlave
from hardware.simulated.wire import MASTER
from hardware.speeches.reference import ReferenceSpeech
from tests.support.bus_faults import DISPLAY, OTHER, SICK, TABLE, THIRD, duration, told_of
from tests.support.wires import SimulatedTime

FAULT_S = 6.0
PHASES_S = (0.0, 0.5, 1.0, 1.5)  # A slave that is gone is asked every two seconds: the fault ends here and there.
AFTER_S = 12.0
OTHERS_APART_S = 0.5
NUMBER = "A042"


Act = Callable[[SimulatedTime], None]


@dataclass(frozen=True)
class Fault:
    """A fault: what begins and what ends it. ``pressed``: keypad 1 lives meanwhile, so that it can be pressed."""

    name: str
    begin: Act
    end: Act
    pressed: bool = True
    from_the_start: bool = False
    note: str = ""


def _slave_fault(fault: str, address: int = SICK) -> tuple[Act, Act]:
    return (
        lambda wire: wire.slave(address).faults.add(fault),
        lambda wire: wire.slave(address).faults.discard(fault),
    )


def _wire_fault(fault: str) -> tuple[Act, Act]:
    return (lambda wire: wire.wire.faults.add(fault), lambda wire: wire.wire.faults.discard(fault))


def _lose_first(speaker: int, mark: bytes) -> tuple[Act, Act]:
    """Lose the first message of a speaker that holds ``mark``."""

    def begin(wire: SimulatedTime) -> None:
        lost: list[bytes] = []

        def tamper(who: int, data: bytes) -> bytes:
            if who == speaker and mark in data and not lost:
                lost.append(data)
                return b""
            return data

        wire.wire.tamper = tamper

    return begin, lambda _: None


def _nothing(_: SimulatedTime) -> None:
    """Leave it as it is."""


def _switch_on(wire: SimulatedTime) -> None:
    wire.slave(SICK).power_cycle()
    wire.slave(SICK).faults.clear()


def _press_and_switch_off(wire: SimulatedTime) -> None:
    """Let the keypad be switched off and on right after a press: what it had not told is gone."""
    wire.slave(SICK).press("X", wire.now_s)
    wire.slave(SICK).power_cycle()


FAULTS = (
    Fault("keypad absent from the start", _slave_fault("absent")[0], _nothing, pressed=False, from_the_start=True),
    Fault("keypad dies, is back after 6 s", _slave_fault("absent")[0], _switch_on, pressed=False),
    Fault(
        "keypad switched off and on",
        _press_and_switch_off,
        _nothing,
        note="; one pressed as the power goes is lost",
    ),
    Fault("noise before each answer", *_wire_fault("noise")),
    Fault("noise inside each answer", *_wire_fault("noise_within")),
    Fault("one answer lost", *_lose_first(0, b"K")),
    Fault("one acknowledgement lost", *_lose_first(MASTER, b"\x0201A")),
    Fault("half an answer, then silence", *_slave_fault("half")),
    Fault("adapter hears itself", *_wire_fault("echo"), from_the_start=True),
    Fault("answers with another address", *_slave_fault("misnamed")),
    Fault("two keypads with one address", *_slave_fault("twin")),
    Fault("answers too late", *_slave_fault("late")),
    Fault("a slave never stops talking", *_slave_fault("babbling", THIRD)),
)


class Trial:
    """One fault, from before it to after it."""

    def __init__(self, fault: Fault, fault_s: float) -> None:
        self.fault = fault
        addresses = (SICK, OTHER, THIRD, DISPLAY)
        self.wire = SimulatedTime(
            [ReferenceSpeech(address, has_keys=address != DISPLAY) for address in addresses],
            [ReferenceSlave(address, "led" if address == DISPLAY else "call_keypad") for address in addresses],
        )
        self.pressed: dict[int, list[tuple[float, str]]] = {SICK: [], OTHER: []}
        if fault.from_the_start:
            fault.begin(self.wire)
        self.wire.run(2.0)
        self.began = 0 if fault.from_the_start else len(self.wire.events)
        if not fault.from_the_start:
            fault.begin(self.wire)
        self.began_s = self.wire.now_s
        self._suffer(fault_s)
        fault.end(self.wire)
        self.ended_s = self.wire.now_s
        if fault.end is not _nothing or fault.pressed:
            self._press(SICK, "E")
        self.wire.run(AFTER_S)

    def _press(self, address: int, key: str) -> None:
        self.pressed[address].append((self.wire.now_s, key))
        self.wire.slave(address).press(key, self.wire.now_s)

    def _suffer(self, fault_s: float) -> None:
        self.wire.master.show(DISPLAY, NUMBER)
        for turn in range(round(FAULT_S / OTHERS_APART_S)):
            self._press(OTHER, str(turn % 10))
            if turn == 1 and self.fault.pressed:
                self._press(SICK, "N")
            self.wire.run(OTHERS_APART_S)
        self.wire.run(fault_s - FAULT_S)

    def waits_s(self, address: int) -> list[tuple[float, str]]:
        """Return how long each key of a keypad took; AssertionError when one came twice or out of order."""
        keys = [(at_s, event) for at_s, event in self.wire.events if isinstance(event, KeyPressed)]
        came = [(at_s, event.key) for at_s, event in keys if event.address == address]
        pressed = self.pressed[address]
        assert [key for _, key in came] == [key for _, key in pressed], "each once, and in order"
        return [(at_s - pressed_s, key) for (at_s, key), (pressed_s, _) in zip(came, pressed, strict=True)]

    def normal_again_s(self) -> float:
        """Return how long after the fault's end the last trouble was over."""
        last = [at_s for at_s, event in self.wire.events[self.began :] if isinstance(event, SlaveHealth | TextShown)]
        own = [at_s for at_s, event in self.wire.events if isinstance(event, KeyPressed) and event.address == SICK]
        return max(0.0, *(at_s - self.ended_s for at_s in (*last, *own[-1:])))

    def number_shown_s(self) -> float:
        """Return how long the display's number took."""
        return next(at_s for at_s, event in self.wire.events if event == TextShown(DISPLAY, NUMBER)) - self.began_s

    def told(self) -> str:
        """Say what the technician was told."""
        return told_of(event for _, event in self.wire.events[self.began :])


def _row(trials: Sequence[Trial]) -> tuple[str, ...]:
    """Return the row of a fault: the longest times of its trials."""
    fault = trials[0].fault
    own = [wait_s for trial in trials for wait_s, key in trial.waits_s(SICK) if key == "N"]
    others = [wait_s for trial in trials for wait_s, _ in trial.waits_s(OTHER)]
    sees = [f"own key ≤ {duration(max(own))}" if own else "own keypad is dead", f"others ≤ {duration(max(others))}"]
    sees.append(f"number ≤ {duration(max(trial.number_shown_s() for trial in trials))}")
    pressed = sum(len(keys) for trial in trials for keys in trial.pressed.values())
    delivered = f"all {pressed}, each once{fault.note}"
    lasting = fault.end is _nothing and fault.from_the_start
    normal = "others are not disturbed" if lasting else duration(max(trial.normal_again_s() for trial in trials))
    told = min((trial.told() for trial in trials), key=len)
    return (fault.name, ", ".join(sees), delivered, told, normal)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name.replace(" ", "-"))
def test_a_fault_loses_no_key_doubles_none_and_heals(fault: Fault, *, write_tables: bool) -> None:
    trials = [Trial(fault, FAULT_S + later_s) for later_s in PHASES_S]
    TABLE.hold(_row(trials), write=write_tables)
    assert fault.end is _nothing or max(trial.normal_again_s() for trial in trials) <= 6.0


def test_the_table_has_every_row() -> None:
    TABLE.complete()
