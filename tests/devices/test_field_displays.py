"""Makers' displays: published frames, what each can show of a text, and what becomes of it on a wire with faults."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hardware import device_files
from hardware.bus import SlaveHealth, SlaveRestarted, TextRefused, TextShown
from hardware.codecs import cd5220, declared, dm_d, led_registers, xunpeng
from hardware.codecs import modbus_rtu as modbus
from hardware.codecs.led_registers import LedMap
from hardware.led import Face
from hardware.simulated.field_slaves import ModbusLed
from hardware.speeches.modbus_led import ModbusDisplay
from tests.support import field
from tests.support.field import Device, wire_of
from tests.support.wires import SimulatedTime

ANSWERING = [field.DM36, field.DM56, field.TM1650, field.Y113, field.AM03127, field.XUNPENG_LINE]
SILENT = [field.XUNPENG, field.CD5220, field.DM_D, field.MATRIX]
DIGITS = {"tm1650": "17", "xunpeng": "17", "xunpeng_line": "17"}


def shown_of_h017(device: Device) -> str:
    """Say what is seen of H017: letters go where a display has none, and so do zeros where it holds a value."""
    without_h = {"y113": "017"}
    return {**DIGITS, **without_h}.get(device.preset or device.protocol, "H017")


def as_read(led: LedMap, face: str) -> str:
    """Say what people read when a display holds a text of its face: a value has no zeros in front."""
    return str(int(face or "0")) if led.layout == "number" else face.strip()


# --- Frames that makers publish --------------------------------------------------------------------------------------


def test_the_published_frames_of_xunpeng() -> None:
    assert xunpeng.encode_short(5, 999).hex(" ") == "05 03 e7 ef"
    assert xunpeng.encode_long(888).hex(" ") == "3a 00 78 03 01 b6 0a"
    assert xunpeng.ShortDecoder().feed(bytes.fromhex("05 03 e7 ef")) == [xunpeng.Shown(999, 5)]
    assert xunpeng.LongDecoder().feed(bytes.fromhex("3a 00 78 03 01 b6 0a")) == [xunpeng.Shown(888)]


@pytest.mark.parametrize("answer", ["2a 00 78 03 01 a6 0a", "3a 01 3b 0a"])
def test_both_answers_of_xunpeng_are_taken_the_example_and_the_text(answer: str) -> None:
    decoder = xunpeng.AnswerDecoder(xunpeng.encode_long(888))
    assert [decoder.feed(bytes((byte,))) for byte in b"\x0a\x3a" + bytes.fromhex(answer)][-1]


def test_the_commands_of_the_cd5220_manual() -> None:
    assert cd5220.show("A017") == b"\x1bQA        A017        \x0d\x1bQB" + b" " * 20 + b"\x0d"
    display = cd5220.Display()
    display.feed(b"\x1bQAhello\x0d\x1b\x6c\x03\x01XX")  # After ESC Q A nothing but lines and CLR works (the remark).
    assert display.shown == "hello"
    display.feed(b"\x0c\x1b\x6c\x03\x01XX")
    assert display.shown == "XX"


def test_the_commands_of_the_dm_d110_specification() -> None:
    assert dm_d.settings(2).hex(" ") == "1b 3d 02 1f 01 1f 43 00 1f 45 00 1f 58 02"
    assert dm_d.show("A017")[:8] == b"\x1f\x24\x01\x01    "
    display = dm_d.Display()
    display.feed(dm_d.settings(2) + dm_d.show("A017", "QUAY 3"))
    assert (display.shown, display.brightness, display.blinks) == ("A017\nQUAY 3", 2, False)
    display.feed(b"\x1b\x3d\x01B042")  # For the printer behind it.
    assert display.shown == "A017\nQUAY 3"
    display.feed(b"\x1b\x3d\x02\x1b@")
    assert display.shown == ""


def test_the_published_frames_of_the_register_displays() -> None:
    tm1650, dm56 = device_files.load_preset("tm1650"), device_files.load_preset("dm56")
    assert isinstance(tm1650, LedMap)
    assert isinstance(dm56, LedMap)
    (wire,) = map(modbus.encode, led_registers.writes(tm1650, 1, "1234"))
    assert wire.hex(" ") == "01 06 00 00 04 d2 0b 57"
    (wire,) = map(modbus.encode, led_registers.writes(dm56, 5, "A017"))
    assert wire.hex(" ") == "05 10 00 00 00 04 08 00 41 00 30 00 31 00 37 b3 60"


def test_the_published_sum_of_the_matrix() -> None:
    matrix = device_files.load_preset("matrix_fe_ff")
    assert isinstance(matrix, declared.Description)
    frame = declared.encode(matrix.frame, declared.Frame(1, b"", b"A1"))
    assert frame.hex(" ") == "fe ff 03 01 41 31 76 ae"  # 03 + 01 + 41 + 31 = 76.


# --- What a display can show -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("shows", "text", "shown"),
    [
        ("0123456789", "A017", "017"),
        ("0123456789", "LOI", "0"),
        ("0123456789", "----", "0"),
        ("0123456789- ACEFHLPU", "H042", "H042"),
        ("0123456789- ACEFHLPU", "K042", "042"),
        ("0123456789- ACEFHLPU", "----", "----"),
        ("0123456789- ACEFHLPU", "", ""),
        ("0123456789", "A1017", "1017"),
        ("0123456789", "12345", "2345"),
    ],
)
def test_a_number_loses_letters_but_never_a_digit_of_its_end(shows: str, text: str, shown: str) -> None:
    assert Face(4, shows, "0").of(text) == shown


@settings(deadline=None)  # The machine may be busy.
@given(st.sampled_from([field.DM36, field.TM1650, field.Y113]), st.text(max_size=12))
def test_whatever_the_text_a_register_display_can_be_told_and_read_back(device: Device, text: str) -> None:
    led = device_files.load_preset(device.preset)
    assert isinstance(led, LedMap)
    shown = led.face.of(text)
    values = led_registers.values(led, shown)
    assert all(0 <= value <= 0xFFFF for value in values)
    assert led_registers.shown(led, values) == as_read(led, shown)


# --- On the wire -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("device", ANSWERING)
def test_a_text_is_shown_and_told_once(device: Device) -> None:
    wire = wire_of(device)
    wire.master.show(1, "H017")
    wire.run(10.0)
    assert wire.slave(1).shown == shown_of_h017(device)
    assert [event for event in wire.told() if isinstance(event, TextShown)] == [TextShown(1, "H017")]


@pytest.mark.parametrize("device", SILENT)
def test_a_display_that_never_answers_is_told_its_text_and_nothing_is_said_of_its_health(device: Device) -> None:
    wire = wire_of(device)
    wire.master.show(1, "H017")
    wire.run(1.0)
    assert wire.slave(1).shown == shown_of_h017(device)
    wire.run(31.0)
    wire.slave(1).power_cycle()
    wire.run(31.0)
    assert wire.slave(1).shown == shown_of_h017(device), "said again every while, so it heals by itself"
    assert wire.told() == []


@pytest.mark.parametrize("device", [field.DM36, field.TM1650, field.Y113])
def test_a_register_display_that_was_off_for_a_moment_is_found_out_by_reading_it_back(device: Device) -> None:
    wire = wire_of(device, field.REFERENCE_KEYPAD)
    wire.master.show(1, "H017")
    wire.run(3.0)
    wire.slave(1).power_cycle()
    wire.run(3.0)
    assert wire.slave(1).shown == shown_of_h017(device)
    assert SlaveRestarted(1) in wire.told()
    assert not [event for event in wire.told() if isinstance(event, SlaveHealth) and event.state != "ok"]
    led = device_files.load_preset(device.preset)
    assert isinstance(led, LedMap)
    assert wire.slave(1).settings == {setting.register: setting.value for setting in led.settings}


@pytest.mark.parametrize("device", ANSWERING)
def test_a_display_that_was_away_shows_its_text_when_it_is_back(device: Device) -> None:
    wire = wire_of(device, field.REFERENCE_KEYPAD)
    wire.master.show(1, "H017")
    wire.run(3.0)
    wire.slave(1).faults.add("absent")
    wire.master.show(1, "H018")
    wire.run(100.0)
    assert SlaveHealth(1, "gone", "silent") in wire.told()
    wire.slave(1).power_cycle()
    wire.slave(1).faults.clear()
    wire.run(5.0)
    assert wire.slave(1).shown == shown_of_h017(device).replace("17", "18")


def test_a_matrix_board_that_shows_its_makers_demonstration_is_told_to_show_the_number_brightly() -> None:
    wire = wire_of(field.AM03127)
    wire.slave(1).runs = "B"
    wire.master.show(1, "H017")
    wire.run(1.0)
    assert (wire.slave(1).shown, wire.slave(1).runs, wire.slave(1).brightness) == ("H017", "A", "<BA>")


@pytest.mark.parametrize(("device", "within_s"), [(field.DM36, 3.0), (field.XUNPENG_LINE, 6.0), (field.AM03127, 31.0)])
def test_the_absence_of_a_display_without_news_is_known_soon(device: Device, within_s: float) -> None:
    wire = wire_of(device)
    wire.master.show(1, "H017")
    wire.run(10.0)
    wire.slave(1).faults.add("absent")
    wire.run(within_s)
    assert wire.told()[-1] == SlaveHealth(1, "gone", "silent")


def test_a_matrix_board_that_knows_no_settings_is_not_taken_for_absent() -> None:
    wire = wire_of(field.AM03127)
    wire.wire.tamper = lambda _, data: b"" if b"<RP" in data or b"><BA>" in data else data
    wire.master.show(1, "H017")
    wire.run(100.0)
    assert [event for event in wire.told() if isinstance(event, SlaveHealth)] == [SlaveHealth(1, "ok")]


def test_a_display_that_refuses_its_text_is_told_and_not_asked_for_ever() -> None:
    wire = wire_of(field.DM36)
    wire.slave(1).faults.add("unwritable")
    wire.master.show(1, "H017")
    wire.run(20.0)
    assert [event for event in wire.told() if isinstance(event, TextRefused)] == [TextRefused(1, "H017")]
    writes = [data for _, data in wire.said if data[1] == modbus.WRITE_REGISTERS]
    assert len(writes) == 5


def test_a_display_of_another_map_is_told_at_once() -> None:
    """A four-place unit under the map of six places has no register 4 and 5: it refuses."""
    speech, _ = field.DM36.ends(1)
    _, slave = field.DM56.ends(1)
    wire = SimulatedTime([speech], [slave])
    wire.master.show(1, "H017")
    wire.run(5.0)
    assert TextRefused(1, "H017") in wire.told()


class ReadsZeros(ModbusLed):
    """A unit that takes what is written and reads back nothing but zeros."""

    def readable(self, function: int, now_s: float) -> dict[int, int]:
        return dict.fromkeys(super().readable(function, now_s), 0)


class CannotBeRead(ModbusLed):
    """A unit that knows no function 3."""

    def readable(self, function: int, now_s: float) -> dict[int, int]:
        return {} if function == modbus.READ_HOLDING else super().readable(function, now_s)


@pytest.mark.parametrize(("unit", "restarts"), [(ReadsZeros, 3), (CannotBeRead, 0)])
def test_a_unit_whose_registers_cannot_be_read_is_written_and_left_in_peace(
    unit: type[ModbusLed], restarts: int
) -> None:
    speech, _ = field.DM56.ends(1)
    led = device_files.load_preset("dm56")
    assert isinstance(led, LedMap)
    wire = SimulatedTime([speech], [unit(1, led)])
    wire.master.show(1, "H017")
    wire.run(200.0)
    assert wire.slave(1).shown == "H017"
    assert wire.told().count(SlaveRestarted(1)) == restarts
    assert [event for event in wire.told() if isinstance(event, SlaveHealth)] == [SlaveHealth(1, "ok")]
    writes = [data for _, data in wire.said if data[1] == modbus.WRITE_REGISTERS]
    assert len(writes) <= 8, "it may keep each text in flash"


def test_a_unit_that_takes_one_register_at_a_time_is_written_place_by_place() -> None:
    text = (device_files.SHIPPED / "dm56.toml").read_text(encoding="utf-8").replace('"together"', '"each"')
    led = device_files.parse("each.toml", text)
    assert isinstance(led, LedMap)
    wire = SimulatedTime([ModbusDisplay(1, led)], [ModbusLed(1, led)])
    wire.master.show(1, "H017")
    wire.run(2.0)
    assert wire.slave(1).shown == "H017"
    assert [data[1] for _, data in wire.said].count(modbus.WRITE_REGISTER) == 4
    assert [event for event in wire.told() if isinstance(event, TextShown)] == [TextShown(1, "H017")]


def test_a_setting_that_is_refused_keeps_no_number_from_being_shown() -> None:
    text = (device_files.SHIPPED / "tm1650.toml").read_text(encoding="utf-8").replace("register = 2", "register = 99")
    led, real = device_files.parse("other.toml", text), device_files.load_preset("tm1650")
    assert isinstance(led, LedMap)
    assert isinstance(real, LedMap)
    wire = SimulatedTime([ModbusDisplay(1, led)], [ModbusLed(1, real)])
    wire.master.show(1, "H017")
    wire.run(2.0)
    assert wire.slave(1).shown == "17"


@settings(deadline=None, max_examples=40)
@given(
    device=st.sampled_from(ANSWERING[:4]),
    texts=st.lists(st.sampled_from(["H017", "H018", "0", "----", "LOI", ""]), min_size=1, max_size=6),
    fates=st.lists(st.sampled_from(["", "", "lost", "cut", "spoilt"]), max_size=60),
)
def test_whatever_is_lost_the_last_text_stands_there_in_the_end(
    device: Device, texts: list[str], fates: list[str]
) -> None:
    wire = wire_of(device, field.REFERENCE_KEYPAD)
    fate = iter(fates)

    def tamper(_: int, data: bytes) -> bytes:
        match next(fate, ""):
            case "lost":
                return b""
            case "cut":
                return data[:-2]
            case "spoilt":
                return data[:2] + bytes((data[2] ^ 4,)) + data[3:] if len(data) > 2 else data
        return data

    wire.wire.tamper = tamper
    for text in texts:
        wire.master.show(1, text)
        wire.run(0.3)
    for _ in fate:
        pass
    wire.run(12.0)
    led = device_files.load_preset(device.preset)
    assert isinstance(led, LedMap)
    face = led.face.of(texts[-1])
    assert wire.slave(1).shown == as_read(led, face)
