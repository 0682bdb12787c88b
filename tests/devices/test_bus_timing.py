"""How long a key takes on a full wire, held against arithmetic: exact, on a simulated clock."""

import pytest

from hardware.bus import KeyPressed
from hardware.bus.arithmetic import Cost, Load, worst_case_s
from hardware.codecs import reference_frame as rf
from hardware.simulated.slaves import ReferenceSlave
from hardware.speeches.reference import ReferenceSpeech, load
from tests.support.busy_wire import LETTERS, Busy, waits_s
from tests.support.wires import SimulatedTime

SLOWEST_SHARE = 0.99
BUDGET = 1.3

# A clerk presses some four keys for each citizen and serves one in five minutes: sixteen counters press a key every
# five seconds. This is five times as much.
HALL = Busy(keypads=16, displays=8, baud=9600, keys_per_s=1.0, texts_per_s=1.0)
LARGE_HALL = Busy(keypads=32, displays=16, baud=19_200, keys_per_s=2.0, texts_per_s=2.0)


def _slow(busy: Busy, for_s: float, seed: int) -> float:
    waits = sorted(waits_s(busy, for_s, seed))
    assert len(waits) > 0.7 * busy.keys_per_s * for_s
    slow = waits[int(SLOWEST_SHARE * len(waits))]
    return slow / worst_case_s(load(busy.keypads, LETTERS), busy.baud / 10)


def test_the_worst_case_by_hand() -> None:
    """Fifteen quiet polls of 6.5 characters, two texts of 24.5, one key of 15.5: 162 characters of 1.04 ms."""
    by_hand = Load(16, quiet=Cost(3, 1, 1.5), key=Cost(3, 10, 1.5), aside=Cost(13, 9, 1.5))
    assert load(16, LETTERS) == by_hand
    assert worst_case_s(by_hand, 960) == pytest.approx(162 / 960)


@pytest.mark.parametrize("busy", [HALL, LARGE_HALL], ids=["16-at-9600", "32-at-19200"])
def test_of_a_hundred_keys_the_slowest_stays_near_the_arithmetic(busy: Busy, seed: int) -> None:
    assert _slow(busy, 60.0, seed) <= BUDGET


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("busy", [HALL, LARGE_HALL], ids=["16-at-9600", "32-at-19200"])
def test_the_same_over_a_long_morning(busy: Busy, seed: int) -> None:
    assert _slow(busy, 600.0, seed) <= BUDGET


def _quiet_wire(keypads: int, displays: int = 0) -> SimulatedTime:
    addresses = [*range(1, keypads + 1), *range(101, displays + 101)]
    wire = SimulatedTime(
        [ReferenceSpeech(address, has_keys=address < 100) for address in addresses],
        [ReferenceSlave(address, "call_keypad" if address < 100 else "led") for address in addresses],
    )
    wire.run(3.0)
    return wire


@pytest.mark.parametrize("after_s", [part * 0.011 for part in range(12)])
def test_one_key_on_a_quiet_wire_never_takes_longer_than_a_round(after_s: float) -> None:
    wire = _quiet_wire(16)
    wire.run(after_s)
    pressed_s = wire.now_s
    wire.slave(7).press("N", wire.now_s)
    wire.run(0.5)
    (heard_s,) = [at_s for at_s, event in wire.events if isinstance(event, KeyPressed)]
    assert heard_s - pressed_s <= worst_case_s(load(16, LETTERS), 960)


def test_all_displays_changing_at_once_delay_a_key_by_their_bounded_share_only() -> None:
    wire = _quiet_wire(16, displays=16)
    for address in range(101, 117):
        wire.master.show(address, "A042")
    pressed_s = wire.now_s
    wire.slave(16).press("N", wire.now_s)
    wire.run(3.0)
    (heard_s,) = [at_s for at_s, event in wire.events if isinstance(event, KeyPressed)]
    assert heard_s - pressed_s <= BUDGET * worst_case_s(load(16, LETTERS), 960)
    assert all(wire.slave(address).shown == "A042" for address in range(101, 117))


def test_four_digits_typed_at_once_on_a_full_wire_come_one_soon_after_another() -> None:
    wire = _quiet_wire(16)
    pressed_s = wire.now_s
    for key in "042C":
        wire.slave(9).press(key, wire.now_s)
    wire.run(2.0)
    heard_s = [at_s - pressed_s for at_s, event in wire.events if isinstance(event, KeyPressed)]
    assert heard_s[0] <= worst_case_s(load(16, LETTERS), 960)
    assert heard_s[-1] - heard_s[0] <= 0.25, heard_s


def test_a_keypad_in_use_is_asked_more_often_and_nobody_is_starved() -> None:
    wire = _quiet_wire(16)
    for _ in range(20):
        wire.slave(5).press("1", wire.now_s)
        wire.run(0.4)
    since = len(wire.said)
    wire.run(4.0)
    said = [data for _, data in wire.said[since:]]
    asked = {address: said.count(rf.poll(address)) for address in range(1, 17)}
    others = [count for address, count in asked.items() if address != 5]
    assert asked[5] > 2 * max(others)
    assert min(others) >= max(others) - 1
    assert min(others) >= 4.0 / (1.35 * worst_case_s(load(16, LETTERS), 960))
