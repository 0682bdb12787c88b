"""Many slaves on one wire: the schedule as a table of times, then the real thing over a pty with faults."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hardware import registry
from hardware.bus import (
    BusConfig,
    BusOwner,
    EchoFilter,
    Exchange,
    KeyPressed,
    Purpose,
    Schedule,
    SlaveConfig,
    SlaveHealth,
    TextShown,
    WireHealth,
)
from hardware.codecs import reference_frame as rf
from hardware.simulated.remote import Remote
from hardware.simulated.wire import Slave, WireModel
from tests.support.devices import Heard, simulated_hall

KEYPADS = (SlaveConfig(1), SlaveConfig(2), SlaveConfig(3))
DISPLAY = SlaveConfig(11, polled=False)


class Wire:
    """A schedule and simulated slaves joined without any wire between, on a clock of our own."""

    def __init__(self, *slaves: SlaveConfig) -> None:
        self.schedule = Schedule(BusConfig(slaves))
        self.model = WireModel([Slave(s.address, "call_keypad" if s.polled else "led") for s in slaves])
        self.now_s = 0.0
        self.events: list[Any] = []
        self.asked: list[tuple[int, Purpose]] = []
        self.lose: Callable[[bytes], bytes] = bytes

    def run(self, until_s: float) -> None:
        while self.now_s < until_s:
            exchange = self.schedule.next_exchange(self.now_s)
            if not isinstance(exchange, Exchange):
                self.now_s = min(exchange, until_s)
                continue
            self.asked.append((exchange.address, exchange.purpose))
            self._exchange(exchange)

    def _exchange(self, exchange: Exchange) -> None:
        self.now_s += 0.01
        self.model.receive(self.lose(exchange.data), self.now_s)
        heard, self.model.replies = self.lose(self.model.replies), b""
        for frame in rf.Decoder().feed(heard):
            found = self.schedule.answered(exchange, frame, self.now_s)
            if found is not None:
                self.events += found
                return
        if exchange.answer_s:
            self.now_s += exchange.answer_s
            self.events += self.schedule.silent(exchange, self.now_s)

    def pressed(self) -> list[tuple[int, str]]:
        return [(event.address, event.key) for event in self.events if isinstance(event, KeyPressed)]


def test_slaves_are_asked_in_turn() -> None:
    wire = Wire(*KEYPADS)
    wire.run(0.3)
    assert [address for address, purpose in wire.asked if purpose is Purpose.POLL][-6:] == [1, 2, 3, 1, 2, 3]
    assert wire.events == [SlaveHealth(address, present=True) for address in (1, 2, 3)]


def test_a_text_goes_before_polls() -> None:
    wire = Wire(*KEYPADS, DISPLAY)
    wire.run(1.0)
    wire.asked.clear()
    wire.schedule.show(11, "A042")
    wire.run(1.05)
    assert wire.asked[0] == (11, Purpose.TEXT)
    assert wire.events[-1] == TextShown(11, "A042")
    assert wire.model.slaves[11].shown == "A042"


def test_only_the_last_of_several_texts_is_sent() -> None:
    wire = Wire(DISPLAY)
    for text in ("A001", "A002", "A003"):
        wire.schedule.show(11, text)
    wire.run(1.0)
    assert [event for event in wire.events if isinstance(event, TextShown)] == [TextShown(11, "A003")]


def test_absent_slaves_cost_a_bounded_share_of_the_wire_whatever_their_number() -> None:
    wire = Wire(SlaveConfig(1), *(SlaveConfig(address) for address in range(100, 120)))
    for address in range(100, 120):
        wire.model.slaves[address].faults.add("absent")
    wire.run(10.0)
    wire.asked.clear()
    wire.run(20.0)
    asked_absent = sum(address != 1 for address, _ in wire.asked)
    assert asked_absent <= 21
    assert sum(address == 1 for address, _ in wire.asked) > 150
    assert {event.address for event in wire.events if event == SlaveHealth(event.address, present=False)} == set(
        range(100, 120)
    )


def test_a_slave_that_returns_is_told_its_text_again() -> None:
    wire = Wire(DISPLAY)
    wire.schedule.show(11, "A042")
    wire.run(1.0)
    slave = wire.model.slaves[11]
    slave.faults.add("absent")
    wire.run(5.0)
    slave.power_cycle()
    slave.faults.clear()
    wire.run(9.0)
    assert slave.shown == "A042"
    health = [event.present for event in wire.events if isinstance(event, SlaveHealth)]
    assert health == [True, False, True]


@settings(deadline=None)  # The machine may be busy.
@given(
    keys=st.lists(st.tuples(st.sampled_from([1, 2, 3]), st.sampled_from("NRSEXP0123")), max_size=30),
    losses=st.lists(st.integers(0, 3), max_size=400),
)
def test_every_key_is_handed_on_once_and_in_order_whatever_is_lost(
    keys: list[tuple[int, str]], losses: list[int]
) -> None:
    """Frames either way are dropped, cut short or spoilt at will; then the wire is well again."""
    wire = Wire(*KEYPADS)
    wire.run(0.5)
    fate = iter(losses)

    def lose(data: bytes) -> bytes:
        match next(fate, 0) if data else 0:
            case 1:
                return b""
            case 2:
                return data[:-2]
            case 3:
                return data[:3] + bytes((data[3] ^ 1,)) + data[4:]
        return data

    wire.lose = lose
    for address, key in keys:
        wire.model.slaves[address].keys.append((key, wire.now_s))
        wire.run(wire.now_s + 0.1)
    for _ in losses:
        next(fate, 0)
    for slave in wire.model.slaves.values():  # Wait as long as it takes, but within the ten seconds a key is kept.
        slave.keys = type(slave.keys)((key, wire.now_s) for key, _ in slave.keys)
    wire.run(wire.now_s + 9.0)
    for address in (1, 2, 3):
        handed_on = [key for at, key in wire.pressed() if at == address]
        taken = [key for key, _ in wire.model.slaves[address].taken]
        assert handed_on == taken, "what the keypad believes delivered has been delivered, once"
        assert not wire.model.slaves[address].keys


def test_a_press_from_before_a_long_cut_calls_nobody() -> None:
    wire = Wire(SlaveConfig(1))
    wire.run(0.5)
    wire.lose = lambda _: b""
    wire.model.slaves[1].press("N", wire.now_s)
    wire.run(20.0)
    wire.lose = bytes
    wire.run(30.0)
    assert wire.pressed() == []


def test_a_keypad_switched_off_and_on_may_repeat_a_number_without_losing_a_key() -> None:
    wire = Wire(SlaveConfig(1))
    wire.run(0.5)
    for _ in range(3):
        wire.model.slaves[1].press("N", wire.now_s)
        wire.run(wire.now_s + 0.5)
        wire.model.slaves[1].power_cycle()
    assert wire.pressed() == [(1, "N")] * 3


def test_two_slaves_on_one_address_are_refused() -> None:
    with pytest.raises(ValueError, match="share an address"):
        Schedule(BusConfig((SlaveConfig(1), SlaveConfig(1))))


@settings(deadline=None)  # The machine may be busy.
@given(st.binary(min_size=1, max_size=30), st.binary(max_size=30), st.integers(1, 8))
def test_an_echo_is_taken_away_however_it_is_cut(sent: bytes, answer: bytes, piece: int) -> None:
    echo = EchoFilter(sent)
    wire = sent + answer
    heard = b"".join(echo.feed(wire[at : at + piece]) for at in range(0, len(wire), piece))
    assert heard == answer


# --- Over a real pty, with the slaves in another process -------------------------------------------------------------

SLAVES = [
    {"address": 1, "kind": "call_keypad"},
    {"address": 2, "kind": "call_keypad"},
    {"address": 21, "kind": "rating_keypad"},
    {"address": 41, "kind": "led"},
    {"address": 42, "kind": "led_am03127"},
]
CONFIG = BusConfig(
    (SlaveConfig(1), SlaveConfig(2), SlaveConfig(21), SlaveConfig(41, polled=False), SlaveConfig(42, speech="am03127")),
    bytes_per_s=11520,
    alive_s=0.2,
)


class Hall:
    def __init__(self, control: Remote, address: str) -> None:
        self.control, self.address, self.heard = control, address, Heard()

    @contextmanager
    def owned(self) -> Iterator[BusOwner]:
        owner = BusOwner(registry.find(self.address).open, CONFIG, self.heard)
        try:
            yield owner
        finally:
            owner.close()

    def press(self, slave: int, keys: str) -> None:
        self.control.order("press", wire="hall", slave=slave, keys=keys)

    def fault(self, fault: str, *, on: bool = True, **more: object) -> None:
        self.control.order("fault", device="hall", wire="hall", fault=fault, on=on, **more)

    def pressed(self) -> list[tuple[int, str]]:
        return [(event.address, event.key) for event in self.heard.all if isinstance(event, KeyPressed)]


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Hall]:
    wire = {"name": "hall", "address": f"pty:{tmp_path}/rs485", "slaves": SLAVES}
    with simulated_hall(tmp_path, wires=[wire]) as (addresses, control):
        yield Hall(control, addresses["wires"]["hall"])


@pytest.mark.parametrize("fault", [None, "echo", "noise"])
def test_keys_and_texts_cross_a_real_wire(hall: Hall, fault: str | None) -> None:
    if fault:
        hall.fault(fault)
    with hall.owned() as bus:
        hall.press(1, "N")
        hall.press(21, "5")
        hall.press(2, "042C")
        bus.show(41, "A042")
        bus.show(42, "H025")
        hall.heard.wait(lambda _: len(hall.pressed()) == 6)
        hall.heard.wait(lambda heard: {TextShown(41, "A042"), TextShown(42, "H025")} <= set(heard))
        assert sorted(hall.pressed()) == [(1, "N"), (2, "0"), (2, "2"), (2, "4"), (2, "C"), (21, "5")]
        assert [key for address, key in hall.pressed() if address == 2] == list("042C")
        assert hall.control.order("shown", wire="hall", slave=41) == "A042"
        assert hall.control.order("shown", wire="hall", slave=42) == "H025"


def test_a_key_whose_acknowledgement_is_never_heard_is_handed_on_once(hall: Hall) -> None:
    with hall.owned():
        hall.control.watch()
        hall.press(1, "E")
        taken = hall.control.event(timeout_s=10)
        assert taken is not None
        assert (taken["event"], taken["slave"], taken["key"]) == ("key_taken", 1, "E")
        hall.fault("deaf", slave=1)
        hall.press(1, "NR")
        hall.heard.wait(lambda _: hall.pressed() == [(1, "E"), (1, "N")])
        hall.press(2, "S")
        hall.heard.wait(lambda _: (2, "S") in hall.pressed())
        hall.fault("deaf", slave=1, on=False)
        hall.heard.wait(lambda _: (1, "R") in hall.pressed())
    assert hall.pressed() == [(1, "E"), (1, "N"), (2, "S"), (1, "R")]


def test_an_absent_and_a_garbled_slave_are_told_and_hold_nobody_up(hall: Hall) -> None:
    hall.fault("absent", slave=1)
    hall.fault("spoilt", slave=21)
    with hall.owned() as bus:
        hall.heard.wait(lambda heard: SlaveHealth(1, present=False) in heard)
        hall.heard.wait(lambda heard: SlaveHealth(21, present=False) in heard)
        hall.press(2, "N")
        bus.show(41, "A001")
        hall.heard.wait(lambda heard: TextShown(41, "A001") in heard and (2, "N") in hall.pressed())
        hall.fault("absent", slave=1, on=False)
        hall.heard.wait(lambda heard: SlaveHealth(1, present=True) in heard)


def test_a_wire_that_is_pulled_and_put_back_is_found_again_with_its_texts(hall: Hall) -> None:
    with hall.owned() as bus:
        bus.show(41, "A007")
        hall.heard.wait(lambda heard: TextShown(41, "A007") in heard)
        hall.fault("unplugged")
        away = hall.heard.wait(lambda heard: [one for one in heard if isinstance(one, WireHealth) and not one.is_open])
        assert "plugged in" in away[0].what
        hall.fault("unplugged", on=False)
        hall.heard.wait(lambda heard: heard.count(WireHealth(is_open=True)) == 2)
        bus.show(41, "A008")
        hall.heard.wait(lambda heard: TextShown(41, "A008") in heard)
        with pytest.raises(KeyError, match="no slave 99"):
            bus.show(99, "A001")
