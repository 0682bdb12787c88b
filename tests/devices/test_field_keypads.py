"""Makers' keypads: what is a press, and that each is handed on once whatever the wire loses."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hardware import device_files
from hardware.bus import Exchange, KeyPressed, KeysLost, Schedule, SlaveEvent, SlaveHealth
from hardware.codecs import modbus_rtu as modbus
from hardware.codecs.modbus_keypad import KeypadMap, Presses
from hardware.simulated.slaves import slave
from hardware.speeches import speech
from tests.support import field
from tests.support.field import Device, wire_of
from tests.support.wires import SimulatedTime

ASKED = [field.REGISTER_KEYPAD, field.INPUT_KEYPAD, field.MADE_UP_KEYPAD, field.CALLER]
EXACT = [field.REGISTER_KEYPAD, field.MADE_UP_KEYPAD]
"""Keypads that number their presses, so that nothing that happens to a wire doubles or drops one."""


def keypad(layout: str, **more: object) -> KeypadMap:
    text = f'kind = "modbus_keypad"\nname = "n"\nsource = "s"\nstatus = "published"\nlayout = "{layout}"\nstart = 0\n'
    function = 2 if layout == "inputs" else 4
    given_ = "".join(f"{key} = {value}\n" for key, value in more.items())
    found = device_files.parse("k.toml", f'{text}function = {function}\n{given_}[keys]\n0 = "a"\n1 = "b"\n2 = "c"\n')
    assert isinstance(found, KeypadMap)
    return found


# --- What is a press -------------------------------------------------------------------------------------------------

COUNTER = [
    # (what is read, one after another; which keys come of the last)
    ([(0, 0, 0), (1, 1, 0)], ["b"]),
    ([(7, 1, 0), (7, 1, 0)], []),
    ([(7, 1, 0), (9, 2, 1)], ["b", "c"]),
    ([(65535, 1, 0), (0, 2, 1)], ["c"]),  # The count turns over.
    ([(9, 1, 1), (0, 0, 0)], []),  # Switched off and on.
    ([(9, 1, 1), (1, 2, 0)], ["c"]),  # The same, and pressed at once.
    ([(7, 1, 0), (12, 2, 1)], ["b", "c"]),  # Five presses, of which it remembers two.
    ([(1, 9, 0)], []),  # The first time: nobody knows how old that is.
    ([(1, 9, 0), (2, 9, 9)], []),  # A key without a name.
]


@pytest.mark.parametrize(("reads", "keys"), COUNTER)
def test_a_press_is_known_by_its_count(reads: list[tuple[int, ...]], keys: list[str]) -> None:
    presses = Presses(keypad("counter", remembers=2))
    found = [presses.read(values, 0.0) for values in reads]
    assert [name for name, _ in found[-1]] == keys


def test_presses_that_nobody_can_know_any_more_are_counted() -> None:
    presses = Presses(keypad("counter", remembers=2))
    for values in ((7, 1, 0), (12, 2, 1)):
        presses.read(values, 0.0)
    assert presses.lost == 3


def test_the_master_tells_presses_that_are_lost() -> None:
    one = speech("modbus_keypad", 5, has_keys=True, device=keypad("counter", remembers=2))
    schedule = Schedule([one])
    told: list[SlaveEvent] = []
    for at_s, values in ((1.0, (7, 1, 0)), (1.1, (12, 2, 1)), (1.2, (12, 2, 1))):
        exchange = schedule.next_exchange(at_s)
        assert isinstance(exchange, Exchange)
        told += schedule.hear(exchange, modbus.encode_reply(modbus.read(5, 4, 0, 3), values), at_s) or []
    assert [event for event in told if isinstance(event, KeysLost)] == [KeysLost(5, 3)]


def test_one_register_may_hold_count_and_code() -> None:
    presses = Presses(keypad("packed"))
    reads = [(0xFF01,), (0x0002,), (0x0002,), (0x0102,)]
    assert [presses.read(values, 0.0) for values in reads] == [[], [("c", 0)], [], [("c", 1)]]


def test_an_input_that_rises_is_a_press_and_one_that_chatters_is_one() -> None:
    presses = Presses(keypad("inputs"))
    reads = [
        (0.0, (1, 0, 0), []),  # Held down since before: no press.
        (0.03, (0, 0, 0), []),
        (0.06, (1, 1, 0), ["a", "b"]),
        (0.09, (0, 1, 0), []),
        (0.12, (1, 1, 0), []),  # Chatters.
        (0.15, (0, 0, 0), []),
        (0.30, (1, 0, 0), ["a"]),
    ]
    for now_s, values, keys in reads:
        assert [name for name, _ in presses.read(values, now_s)] == keys


# --- On the wire -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("device", ASKED)
def test_keys_cross_the_wire_in_order(device: Device) -> None:
    wire = wire_of(device)
    wire.run(0.5)
    wanted = "312" if device.kind == "rating_keypad" else "042N"
    for key in wanted:
        wire.slave(1).press(key, wire.now_s)
        wire.run(0.5)
    assert wire.pressed() == [(1, key) for key in wanted]
    assert [key for key, _ in wire.slave(1).taken] == list(wanted)


@pytest.mark.parametrize("device", ASKED)
def test_a_press_from_before_a_long_cut_calls_nobody(device: Device) -> None:
    wire = wire_of(device)
    wire.run(0.5)
    wire.slave(1).faults.add("absent")
    wire.run(1.0)
    key = "3" if device.kind == "rating_keypad" else "N"
    if device is not field.MADE_UP_KEYPAD and device is not field.CALLER:
        wire.slave(1).press(key, wire.now_s)
    wire.run(20.0)
    wire.slave(1).faults.clear()
    wire.run(5.0)
    assert wire.pressed() == []
    wire.slave(1).press(key, wire.now_s)
    wire.run(1.0)
    assert wire.pressed() == [(1, key)]


@settings(deadline=None, max_examples=25)
@given(
    device=st.sampled_from(EXACT),
    keys=st.lists(st.tuples(st.sampled_from("NRSE0123"), st.floats(0.02, 0.4)), max_size=12),
    fates=st.lists(st.sampled_from(["", "", "lost", "cut", "spoilt", "noise"]), max_size=150),
)
def test_every_press_is_handed_on_once_and_in_order_whatever_is_lost(
    device: Device, keys: list[tuple[str, float]], fates: list[str]
) -> None:
    wire = wire_of(device, field.REFERENCE_KEYPAD)
    wire.run(0.5)
    fate = iter(fates)
    told_gone = False

    def tamper(_: int, data: bytes) -> bytes:
        match next(fate, ""):
            case "lost":
                return b""
            case "cut":
                return data[:-2]
            case "spoilt":
                return data[:2] + bytes((data[2] ^ 4,)) + data[3:] if len(data) > 2 else data
            case "noise":
                return b"\xaa\x55\x01\x04" + data
        return data

    wire.wire.tamper = tamper
    for key, pause_s in keys:
        wire.slave(1).press(key, wire.now_s)
        wire.run(pause_s)
    for _ in fate:
        pass
    wire.run(12.0)
    told_gone = any(isinstance(event, SlaveHealth) and event.state == "gone" for event in wire.told())
    found = [key for address, key in wire.pressed() if address == 1]
    pressed = [key for key, _ in keys]
    if told_gone or device is field.REGISTER_KEYPAD:
        # What was pressed while it was given up, or faster than it remembers, is not handed on; nothing comes twice.
        rest = iter(pressed)
        assert all(key in rest for key in found), f"{found} are not presses of {pressed} in their order"
    else:
        assert found == pressed
    numbers = [event.number for event in wire.told() if isinstance(event, KeyPressed) and event.address == 1]
    assert len(set(numbers)) == len(numbers)


def test_a_keypad_deaf_to_acknowledgements_is_heard_once() -> None:
    wire = wire_of(field.MADE_UP_KEYPAD)
    wire.slave(1).faults.add("deaf")
    wire.run(0.5)
    wire.slave(1).press("N", wire.now_s)
    wire.run(60.0)
    assert wire.pressed() == [(1, "N")]
    wire.slave(1).faults.clear()
    wire.slave(1).press("R", wire.now_s)
    wire.run(1.0)
    assert wire.pressed() == [(1, "N"), (1, "R")]


# --- A keypad that speaks by itself ----------------------------------------------------------------------------------


def spontaneous(*, acknowledged: bool) -> SimulatedTime:
    """Return a wire with the made-up keypad in a kind that is never asked."""
    text = (device_files.SHIPPED / "example_keypad.toml").read_text(encoding="utf-8")
    text = text.replace("[poll]                             #", "#").replace('command = "01"\n', "", 1)
    text = text.replace("[idle]                             #", "#").replace('command = "81"\n', "", 1)
    if not acknowledged:
        text = text.replace("[acknowledge]                      #", "#").replace('command = "02"\n', "", 1)
        text = text.replace('data = "{sequence}"\n', "")
    device = device_files.parse("spontaneous.toml", text)
    return SimulatedTime(
        [speech("declared", 5, has_keys=True, device=device)], [slave("declared", 5, "call_keypad", device)]
    )


@pytest.mark.parametrize("acknowledged", [True, False])
def test_a_keypad_that_speaks_by_itself_is_listened_to(*, acknowledged: bool) -> None:
    wire = spontaneous(acknowledged=acknowledged)
    wire.run(1.0)
    assert wire.told() == [], "nothing is known of it before it speaks"
    for key in "04N":
        wire.slave(5).press(key, wire.now_s)
        wire.run(0.5)
    assert wire.pressed() == [(5, key) for key in "04N"]
    assert len(wire.said) == (3 if acknowledged else 0)
    wire.run(60.0)
    assert [event for event in wire.told() if isinstance(event, SlaveHealth)] == [SlaveHealth(5, "ok")]


def test_its_press_is_heard_once_though_it_never_hears_the_acknowledgement() -> None:
    wire = spontaneous(acknowledged=True)
    wire.slave(5).faults.add("deaf")
    wire.slave(5).press("N", wire.now_s)
    wire.run(5.0)
    assert wire.pressed() == [(5, "N")]
    assert len(wire.said) > 10


# --- What stands wrong in agent.toml ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("protocol", "address", "has_keys", "preset", "said"),
    [
        ("modbus_led", 41, True, "dm36", "has no keys"),
        ("modbus_keypad", 5, False, "keypad_registers", "shows nothing"),
        ("modbus_keypad", 250, True, "keypad_registers", "addresses from 1 to 247"),
        ("modbus_led", 41, False, "keypad_inputs", "needs a preset or a file of kind 'modbus_led'"),
        ("declared", 5, False, "example_keypad", "shows no text; is it a keypad"),
        ("declared", 5, True, "matrix_fe_ff", "tells no keys; is it a display"),
        ("cd5220", 1, True, "", "has no keys"),
        ("semaphore", 1, True, "", "no protocol is called 'semaphore'"),
    ],
)
def test_a_device_that_cannot_be_meant_is_refused(
    protocol: str, address: int, *, has_keys: bool, preset: str, said: str
) -> None:
    device = device_files.load_preset(preset) if preset else None
    with pytest.raises(ValueError, match=said):
        speech(protocol, address, has_keys=has_keys, device=device)
