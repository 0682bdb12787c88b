"""What must hold on a wire whatever happens to it: keys once and in order, texts in the end, no standstill."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from hardware.bus import BusConfig, KeyPressed, Master, SlaveHealth
from hardware.simulated.slaves import KEPT_KEY_S, KEYS_MOST, ReferenceSlave
from hardware.simulated.wire import LATE_S
from hardware.speeches.reference import ReferenceSpeech
from tests.support.wires import SimulatedTime

KEYPADS = (1, 2)
DISPLAY = 41
HEALED_S = 8.0
KEYS = [chr(mark) for mark in range(0x21, 0x7F)]


class AnyWire(RuleBasedStateMachine):
    """Clerks press, citizens come, and the wire does what wires do."""

    def __init__(self) -> None:
        super().__init__()
        addresses = (*KEYPADS, DISPLAY)
        self.wire = SimulatedTime(
            [ReferenceSpeech(address, has_keys=address in KEYPADS) for address in addresses],
            [ReferenceSlave(address, "call_keypad" if address in KEYPADS else "led") for address in addresses],
        )
        self.pressed: dict[int, list[str]] = {address: [] for address in KEYPADS}
        self.switched_off_with: dict[int, list[str]] = {address: [] for address in KEYPADS}
        self.text: str | None = None
        self.chance = random.Random(0)
        self.share = 0.0
        self.wire.wire.tamper = self._tampered

    def _tampered(self, _: int, data: bytes) -> bytes:
        if not data or self.chance.random() >= self.share:
            return data
        place = self.chance.randrange(len(data))
        wrong = bytes((data[place] ^ 1 << self.chance.randrange(8),))
        noise = bytes((self.chance.randrange(256),))
        return self.chance.choice((b"", data[:place], data[:place] + wrong + data[place + 1 :], noise + data))

    @rule(address=st.sampled_from(KEYPADS))
    def press(self, address: int) -> None:
        slave = self.wire.slave(address)
        if len(slave.keys) < KEYS_MOST:
            key = KEYS[len(self.pressed[address]) % len(KEYS)]
            self.pressed[address].append(key)
            slave.press(key, self.wire.now_s)

    @rule(number=st.integers(0, 999))
    def call(self, number: int) -> None:
        self.text = f"A{number:03}"
        self.wire.master.show(DISPLAY, self.text)

    @rule(for_s=st.sampled_from([0.001, 0.01, 0.1, 0.5, 3.0, KEPT_KEY_S + 1]))
    def let_time_pass(self, for_s: float) -> None:
        self.wire.run(for_s)

    @rule(share=st.sampled_from([0.0, 0.2, 0.7, 1.0]), seed=st.integers(0, 1_000))
    def spoil_messages(self, share: float, seed: int) -> None:
        self.share, self.chance = share, random.Random(seed)

    @rule(address=st.sampled_from((*KEYPADS, DISPLAY)))
    def switch_off_and_on(self, address: int) -> None:
        slave = self.wire.slave(address)
        if address in KEYPADS:
            self.switched_off_with[address] += [key for key, _ in slave.keys]
        slave.power_cycle()

    @rule(
        address=st.sampled_from((*KEYPADS, DISPLAY)),
        fault=st.sampled_from(["absent", "deaf", "half", "late", "spoilt", "babbling", "misnamed"]),
        on=st.booleans(),
    )
    def break_or_mend_a_slave(self, address: int, fault: str, *, on: bool) -> None:
        (self.wire.slave(address).faults.add if on else self.wire.slave(address).faults.discard)(fault)

    @rule(fault=st.sampled_from(["echo", "noise", "noise_within"]), on=st.booleans())
    def break_or_mend_the_wire(self, fault: str, *, on: bool) -> None:
        (self.wire.wire.faults.add if on else self.wire.wire.faults.discard)(fault)
        if fault == "echo":  # Another adapter: the wire was opened anew.
            self.wire.master.reopened()

    @invariant()
    def each_key_comes_once_and_in_order(self) -> None:
        for address in KEYPADS:
            came, pressed = self._came(address), self.pressed[address]
            places = iter(pressed)
            assert all(key in places for key in came), f"{came} of {pressed}"
            taken = [key for key, _ in self.wire.slave(address).taken]
            assert [key for key in came if key in taken] == taken, "what a keypad believes delivered was handed on"

    def _came(self, address: int) -> list[str]:
        return [event.key for event in self.wire.told() if isinstance(event, KeyPressed) and event.address == address]

    def teardown(self) -> None:
        """Mend all; then every key that its keypad still had has come, and the display shows the last number."""
        self.share = 0.0
        self.wire.wire.faults.clear()
        self.wire.master.reopened()
        for slave in self.wire.wire.slaves.values():
            slave.faults.clear()
        for address in KEYPADS:
            slave = self.wire.slave(address)
            slave.keys = type(slave.keys)((key, self.wire.now_s) for key, _ in slave.keys)
        self.wire.run(HEALED_S)
        for address in KEYPADS:
            may_be_lost = {*self.wire.slave(address).thrown_away, *self.switched_off_with[address]}
            assert {*self.pressed[address]} - may_be_lost <= {*self._came(address)}
        assert self.wire.slave(DISPLAY).shown == (self.text or "")
        last = {event.address: event.state for event in self.wire.told() if isinstance(event, SlaveHealth)}
        assert set(last.values()) <= {"ok", "degraded"}
        self.each_key_comes_once_and_in_order()


AnyWire.TestCase.settings = settings(max_examples=40, stateful_step_count=20, deadline=None)
TestAnyWire = AnyWire.TestCase


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_the_same_for_much_longer() -> None:
    run_state_machine_as_test(AnyWire, settings=settings(max_examples=300, stateful_step_count=40, deadline=None))


@settings(deadline=None, max_examples=200)
@given(st.lists(st.tuples(st.binary(max_size=40), st.sampled_from([0.0, 0.0001, 0.001, 0.01, 0.1])), max_size=80))
def test_whatever_is_heard_and_whenever_the_master_goes_on(heard: list[tuple[bytes, float]]) -> None:
    """No bytes at any moment make it raise, stand still or ask without end."""
    master = Master(BusConfig((ReferenceSpeech(1, has_keys=True), ReferenceSpeech(41, has_keys=False))))
    master.show(41, "A042")
    now_s = said = 0.0
    for data, later_s in heard:
        now_s += later_s
        if data:
            master.heard(data, now_s)
        step = master.step(now_s)
        said += bool(step.data)
        assert step.until_s > now_s or not step.data
        assert step.until_s - now_s < 3.0, "it comes back by itself"
    assert said <= 2 + now_s / 0.004, "never faster than the bytes go"


def test_a_device_may_be_given_its_own_time_to_answer_and_nobody_else_waits_so_long() -> None:
    """What answers too late for its language is heard with `answer_ms`; without it the keypad is taken for gone."""
    for turns_s, state in (({}, "gone"), ({1: LATE_S + 0.02}, "ok")):
        wire = SimulatedTime(
            [ReferenceSpeech(address, has_keys=True) for address in KEYPADS],
            [ReferenceSlave(address, "call_keypad") for address in KEYPADS],
            turns_s=turns_s,
        )
        wire.slave(1).faults.add("late")
        wire.slave(2).faults.add("absent")
        wire.run(3.0)
        (slow, absent) = wire.master.tallies()
        assert slow.state == state
        assert absent.state == "gone"
        if turns_s:
            wire.slave(1).press("N", wire.now_s)
            wire.run(2.0)
            assert [(event.address, event.key) for event in wire.told() if isinstance(event, KeyPressed)] == [(1, "N")]
            (first,) = [at_s for at_s, event in wire.events if isinstance(event, SlaveHealth) and event.address == 2]
            assert first < 1.5, "the absent one is given up after the usual time"
