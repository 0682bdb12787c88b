"""Many slaves on one wire: the master as a table of simulated times, then the real thing over a pty with faults."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hardware import registry
from hardware.bus import (
    BusConfig,
    BusOwner,
    KeyPressed,
    Schedule,
    SlaveHealth,
    Speech,
    TextRefused,
    TextShown,
    WireHealth,
)
from hardware.bus.echo import EchoFilter
from hardware.codecs import reference_frame as rf
from hardware.links import Link, loopback
from hardware.simulated.remote import Remote
from hardware.simulated.slaves import ReferenceSlave
from hardware.speeches import speech
from hardware.speeches.reference import ReferenceSpeech
from tests.support.bus_faults import TABLE, told_of
from tests.support.devices import Heard, simulated_hall
from tests.support.wires import SimulatedTime

KEYPADS = (1, 2, 3)
DISPLAY = 41
REOPENED_S = 5.0  # A link that has just gone is opened again after half a second, later after up to thirty.


def wire_of(*addresses: int) -> SimulatedTime:
    """Keypads below 40, displays from there on."""
    speeches = [ReferenceSpeech(address, has_keys=address < 40) for address in addresses]
    slaves = [ReferenceSlave(address, "call_keypad" if address < 40 else "led") for address in addresses]
    return SimulatedTime(speeches, slaves)


def polled(wire: SimulatedTime) -> list[int]:
    """Return whom the master asked for news, in order."""
    said = [message for _, data in wire.said for message in rf.Decoder().feed(data)]
    return [message.address for message in said if isinstance(message, rf.Poll)]


def test_slaves_are_asked_in_turn() -> None:
    wire = wire_of(*KEYPADS)
    wire.run(0.3)
    assert polled(wire)[-6:] == [1, 2, 3, 1, 2, 3]
    assert [event for event in wire.told() if isinstance(event, SlaveHealth)] == [
        SlaveHealth(address, "ok") for address in KEYPADS
    ]


def test_a_text_goes_at_once_where_no_keypad_is_due() -> None:
    wire = wire_of(*KEYPADS, DISPLAY)
    wire.run(1.0)
    wire.said.clear()
    wire.master.show(DISPLAY, "A042")
    wire.run(0.05)
    assert wire.told()[-1] == TextShown(DISPLAY, "A042")
    assert wire.slave(DISPLAY).shown == "A042"


def test_only_the_last_of_several_texts_is_sent() -> None:
    wire = wire_of(DISPLAY)
    for text in ("A001", "A002", "A003"):
        wire.master.show(DISPLAY, text)
    wire.run(1.0)
    shown = [event for event in wire.told() if isinstance(event, TextShown)]
    assert shown[-1] == TextShown(DISPLAY, "A003")
    assert {event.text for event in shown} == {"A003"}


def test_absent_slaves_cost_a_bounded_share_of_the_wire_whatever_their_number() -> None:
    wire = wire_of(1, *range(10, 30))
    for address in range(10, 30):
        wire.slave(address).faults.add("absent")
    wire.run(10.0)
    wire.said.clear()
    wire.run(10.0)
    asked = polled(wire)
    assert sum(address != 1 for address in asked) <= 41
    assert asked.count(1) > 200
    gone = {event for event in wire.told() if isinstance(event, SlaveHealth) and not event.present}
    assert gone == {SlaveHealth(address, "gone", "silent") for address in range(10, 30)}


def test_a_slave_that_returns_is_told_its_text_again() -> None:
    wire = wire_of(DISPLAY)
    wire.master.show(DISPLAY, "A042")
    wire.run(1.0)
    wire.slave(DISPLAY).faults.add("absent")
    wire.run(12.0)
    wire.slave(DISPLAY).power_cycle()
    wire.slave(DISPLAY).faults.clear()
    wire.run(9.0)
    assert wire.slave(DISPLAY).shown == "A042"
    health = [event.present for event in wire.told() if isinstance(event, SlaveHealth)]
    assert health == [True, False, True]


@settings(deadline=None)  # The machine may be busy.
@given(
    keys=st.lists(st.tuples(st.sampled_from(KEYPADS), st.sampled_from("NRSEXP0123")), max_size=30),
    losses=st.lists(st.integers(0, 3), max_size=400),
)
def test_every_key_is_handed_on_once_and_in_order_whatever_is_lost(
    keys: list[tuple[int, str]], losses: list[int]
) -> None:
    """Messages either way are dropped, cut short or spoilt at will; then the wire is well again."""
    wire = wire_of(*KEYPADS)
    wire.run(0.5)
    fate = iter(losses)

    def tamper(_: int, data: bytes) -> bytes:
        match next(fate, 0):
            case 1:
                return b""
            case 2:
                return data[:-1]
            case 3:
                return data[:-1] + bytes((data[-1] ^ 1,))
        return data

    wire.wire.tamper = tamper
    for address, key in keys:
        wire.slave(address).keys.append((key, wire.now_s))
        wire.run(0.1)
    wire.wire.tamper = lambda _, data: data
    for address in KEYPADS:  # Wait as long as it takes, but within the ten seconds a key is kept.
        slave = wire.slave(address)
        slave.keys = type(slave.keys)((key, wire.now_s) for key, _ in slave.keys)
    wire.run(9.0)
    for address in KEYPADS:
        handed_on = [key for at, key in wire.pressed() if at == address]
        taken = [key for key, _ in wire.slave(address).taken]
        assert handed_on == taken, "what the keypad believes delivered has been delivered, once"
        assert not wire.slave(address).keys


def test_a_press_from_before_a_long_cut_calls_nobody() -> None:
    wire = wire_of(1)
    wire.run(0.5)
    wire.wire.tamper = lambda _, __: b""
    wire.slave(1).press("N", wire.now_s)
    wire.run(20.0)
    wire.wire.tamper = lambda _, data: data
    wire.run(10.0)
    assert wire.pressed() == []


def test_a_press_after_one_that_was_handed_on_but_never_acknowledged_is_not_taken_for_it() -> None:
    wire = wire_of(1)
    wire.run(0.5)
    wire.slave(1).faults.add("deaf")
    wire.slave(1).press("N", wire.now_s)
    wire.run(1.0)
    assert wire.pressed() == [(1, "N")]
    wire.run(11.0)
    wire.slave(1).faults.clear()
    wire.slave(1).press("S", wire.now_s)
    wire.run(1.0)
    assert wire.pressed() == [(1, "N"), (1, "S")]


def test_a_keypad_switched_off_and_on_may_repeat_a_number_without_losing_a_key() -> None:
    wire = wire_of(1)
    wire.run(0.5)
    for _ in range(3):
        wire.slave(1).press("N", wire.now_s)
        wire.run(0.5)
        wire.slave(1).power_cycle()
        wire.run(0.5)
    assert wire.pressed() == [(1, "N")] * 3


def test_two_slaves_on_one_address_are_refused() -> None:
    with pytest.raises(ValueError, match="share an address"):
        Schedule([ReferenceSpeech(1, has_keys=True), ReferenceSpeech(1, has_keys=False)])


@settings(deadline=None)  # The machine may be busy.
@given(st.binary(min_size=1, max_size=30), st.binary(max_size=30), st.integers(1, 8))
def test_an_echo_is_taken_away_however_it_is_cut(sent: bytes, answer: bytes, piece: int) -> None:
    echo = EchoFilter(sent)
    wire = sent + answer
    heard = b"".join(echo.feed(wire[at : at + piece]) for at in range(0, len(wire), piece))
    assert heard == answer
    assert echo.whole


@settings(deadline=None)  # The machine may be busy.
@given(st.binary(min_size=1, max_size=30), st.binary(min_size=1, max_size=30), st.integers(1, 8))
def test_only_what_begins_as_the_whole_echo_is_taken_away(sent: bytes, answer: bytes, piece: int) -> None:
    echo = EchoFilter(sent)
    heard = b"".join(echo.feed(answer[at : at + piece]) for at in range(0, len(answer), piece))
    if answer.startswith(sent):
        assert heard == answer[len(sent) :]
    else:
        assert heard == (b"" if sent.startswith(answer) else answer)


# --- Over a real pty, with the slaves in another process -------------------------------------------------------------

SLAVES = [
    {"address": 1, "kind": "call_keypad"},
    {"address": 2, "kind": "call_keypad"},
    {"address": 21, "kind": "rating_keypad"},
    {"address": 41, "kind": "led"},
    {"address": 42, "kind": "led", "protocol": "am03127"},
]


def speeches() -> tuple[Speech, ...]:
    keypads = [speech("reference", address, has_keys=True) for address in (1, 2, 21)]
    return (*keypads, ReferenceSpeech(41, has_keys=False, alive_s=0.2), speech("am03127", 42, has_keys=False))


class Hall:
    def __init__(self, control: Remote, address: str) -> None:
        self.control, self.address, self.heard = control, address, Heard()

    @contextmanager
    def owned(self) -> Iterator[BusOwner]:
        owner = BusOwner(registry.find(self.address).open, BusConfig(speeches(), bytes_per_s=11520), self.heard)
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
        hall.heard.wait(lambda heard: SlaveHealth(1, "gone", "silent") in heard)
        hall.heard.wait(lambda heard: SlaveHealth(21, "gone", "garbled") in heard)
        hall.press(2, "N")
        bus.show(41, "A001")
        hall.heard.wait(lambda heard: TextShown(41, "A001") in heard and (2, "N") in hall.pressed())
        hall.fault("absent", slave=1, on=False)
        hall.heard.wait(lambda heard: SlaveHealth(1, "ok") in heard)


def test_a_wire_that_is_pulled_and_put_back_is_found_again_with_its_texts(hall: Hall, *, write_tables: bool) -> None:
    with hall.owned() as bus:
        bus.show(41, "A007")
        hall.heard.wait(lambda heard: TextShown(41, "A007") in heard)
        hall.fault("unplugged")
        hall.press(1, "N")
        away = hall.heard.wait(lambda heard: [one for one in heard if isinstance(one, WireHealth) and not one.is_open])
        assert "plugged in" in away[0].what
        hall.fault("unplugged", on=False)
        plugged_s = time.monotonic()
        hall.heard.wait(lambda _: hall.pressed() == [(1, "N")])
        assert time.monotonic() - plugged_s < REOPENED_S
        hall.heard.wait(lambda heard: heard.count(WireHealth(is_open=True)) == 2)
        bus.show(41, "A008")
        hall.heard.wait(lambda heard: TextShown(41, "A008") in heard)
        with pytest.raises(KeyError, match="no slave 99"):
            bus.show(99, "A001")
    sees = f"nothing works; own key ≤ {REOPENED_S:g} s after it is back"
    row = ("adapter unplugged and back", sees, "all, each once", told_of(wires(hall)), f"{REOPENED_S:g} s")
    TABLE.hold(row, write=write_tables)


def test_a_text_that_a_display_cannot_show_is_told_and_the_wire_goes_on(hall: Hall) -> None:
    with hall.owned() as bus:
        bus.show(41, "Mời số 42")
        bus.show(42, "<E>")
        hall.heard.wait(lambda heard: {TextRefused(41, "Mời số 42"), TextRefused(42, "<E>")} <= set(heard))
        bus.show(41, "A042")
        hall.press(1, "N")
        hall.heard.wait(lambda heard: TextShown(41, "A042") in heard and hall.pressed() == [(1, "N")])


def test_an_adapter_that_opens_and_fails_at_the_first_byte_is_told_away_once() -> None:
    opened = 0
    often = threading.Event()

    def opening() -> Link:
        nonlocal opened
        near, far = loopback()
        far.close()
        opened += 1
        if opened == 3:
            often.set()
        return near

    heard = Heard()
    owner = BusOwner(opening, BusConfig((ReferenceSpeech(1, has_keys=True),)), heard)
    try:
        assert often.wait(REOPENED_S)
    finally:
        owner.close()
    assert [one.is_open for one in heard.all if isinstance(one, WireHealth)] == [True, False]


def wires(hall: Hall) -> list[WireHealth]:
    return [event for event in hall.heard.all if isinstance(event, WireHealth)]
