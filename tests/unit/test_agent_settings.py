"""Nonsense in `agent.toml`: each mistake is told with its file, line, place and mend, and all of them at once."""

from pathlib import Path

import pytest

from hardware import device_files
from hardware.agent.settings import SETTINGS_FILE, AgentSettings, WrongSettings, load_settings, parse
from presentation.mistakes import Mistakes

RIGHT = """\
[[wires]]
wire_id = "hall"
address = "serial:///dev/serial/by-id/usb-hall?baud=9600"

[[wires]]
wire_id = "stairs"
address = "tcp://10.0.0.9:4001"

[[functions]]
function_id = "call-keypad-1"
wire_id = "hall"
slave = 1

[[functions]]
function_id = "counter-display-1"
wire_id = "hall"
slave = 247
protocol = "modbus_led"
preset = "dm56"

[[functions]]
function_id = "rating-keypad-1"
wire_id = "stairs"
slave = 1
protocol = "declared"
preset = "example_keypad"
answer_ms = 120

[[usb_keypads]]
function_id = "call-keypad-2"
address = "evdev:///dev/input/by-id/usb-pad-event-kbd"

[call_keys]
N = "next"
E = "end"
"""

# What is changed, at which place that is told, what is wrong, how to mend it.
PLANTED = [
    ("slave = 247", "slave = 250", "functions[2].slave", "Modbus has addresses from 1 to 247", "modbus_led can have"),
    ("slave = 247", "slave = 0", "functions[2].slave", "0 will not do", "write a whole number from 1 to 255"),
    ("slave = 247", "slave = 1", "functions[2].slave", "is slave 1, as 'call-keypad-1' is", "its own address"),
    ('"stairs"\naddress', '"hall"\naddress', "wires[2].wire_id", "there are two wires 'hall'", "name of its own"),
    ("baud=9600", "baud=9601", "wires[1].address", "baud=9601 is not possible", "Write one of: 1200, 2400"),
    ("baud=9600", "baud=-9600", "wires[1].address", "baud=-9600 is not possible", "9600"),
    ("baud=9600", "boud=9600", "wires[1].address", "'boud' means nothing", "baud"),
    ("tcp://10.0.0.9:4001", "tcp://10.0.0.9", "wires[2].address", "no host and port", "tcp://"),
    ("tcp://10.0.0.9:4001", "tcp://10.0.0.9:4001?give_up_s=-1", "wires[2].address", "no time to wait", "from 1 to 60"),
    ("tcp://10.0.0.9:4001", "usb://04b8:0e28", "wires[2].address", "is no wire", "serial://"),
    (
        "tcp://10.0.0.9:4001",
        "serial:///dev/serial/by-id/../by-id/usb-hall?baud=19200",
        "wires[2].address",
        "wire 'stairs' is the same device as wire 'hall'",
        "one wire",
    ),
    (
        "tcp://10.0.0.9:4001",
        "serial:///dev/input/by-id/usb-pad-event-kbd",
        "usb_keypads[1].address",
        "keypad 'call-keypad-2' is the same device as wire 'stairs'",
        "a device of its own",
    ),
    (
        'wire_id = "stairs"\nslave',
        'wire_id = "attic"\nslave',
        "functions[3].wire_id",
        "which there is not",
        "hall, stairs",
    ),
    ('"rating-keypad-1"', '"call-keypad-1"', "functions[3].function_id", "stands there twice", "once"),
    ('"call-keypad-2"', '"call-keypad-1"', "usb_keypads[1].function_id", "stands there twice", "once"),
    ('"modbus_led"', '"modbus_lcd"', "functions[2].protocol", "no protocol is called 'modbus_lcd'", "modbus_led"),
    (
        '"modbus_led"',
        '"modbus_keypad"',
        "functions[2].preset",
        "needs a device of kind 'modbus_keypad'",
        "keypad_inputs",
    ),
    ('"modbus_led"', '"am03127"', "functions[2].preset", "needs no preset", "take it out"),
    ('"dm56"', '"dm57"', "functions[2].preset", "'counter-display-1' cannot be used", "next"),
    ('"dm56"', '"dm56"\nfile = "/led.toml"', "functions[2].file", "both a preset and a file", "take one"),
    ('"dm56"', '"dm56"\ncolumns = 5', "functions[2].columns", "has 5 columns, its device 4", "columns = 4"),
    ("answer_ms = 120", "answer_ms = 2", "functions[3].answer_ms", "2 will not do", "a whole number from 5 to 1000"),
    ("answer_ms = 120", "answer_ms = -5", "functions[3].answer_ms", "-5 will not do", "a whole number from 5 to 1000"),
    (
        "answer_ms = 120",
        "answer_ms = 1001",
        "functions[3].answer_ms",
        "1001 will not do",
        "a whole number from 5 to 1000",
    ),
    ("answer_ms = 120", "anser_ms = 120", "functions[3].anser_ms", "unknown", "did you mean 'answer_ms'?"),
    ('N = "next"', 'N = "naxt"', "call_keys.N", "'naxt' will not do", "write one of: next, recall, start, end"),
    ('N = "next"', 'NN = "next"', "call_keys.NN", "the key 'NN' will not do", 'write one character in quotes, as "N"'),
    ('N = "next"', '7 = "next"', "call_keys", "'7'", "one character"),
    ('N = "next"', '"Đ" = "next"', "call_keys", "ASCII", "one character"),
    (
        "[call_keys]",
        "[rating_keys]\n1 = 0\n\n[call_keys]",
        "rating_keys.1",
        "0 will not do",
        "a whole number from 1 to 9",
    ),
    ("[[wires]]\nwire", "outcomes = []\n[[wires]]\nwire", "outcomes", "no outcome to end with", "received"),
    ("[[wires]]\nwire", 'outcomes = ["left", "left"]\n[[wires]]\nwire', "outcomes", "'left' stands", "once"),
]


def mistakes_after(old: str, new: str) -> Mistakes:
    assert old in RIGHT
    with pytest.raises(Mistakes) as caught:
        parse("agent.toml", RIGHT.replace(old, new, 1))
    return caught.value


def test_what_is_right_is_read() -> None:
    settings = parse("agent.toml", RIGHT)
    assert isinstance(settings, AgentSettings)
    assert settings.turns_s("stairs") == {1: 0.12}
    assert settings.turns_s("hall") == {}


@pytest.mark.parametrize(("old", "new", "place", "what", "mend"), PLANTED, ids=[f"{r[2]} {r[3]}" for r in PLANTED])
def test_each_mistake_is_told_with_its_place_and_its_mend(old: str, new: str, place: str, what: str, mend: str) -> None:
    told = mistakes_after(old, new).mistakes
    fitting = [one for one in told if one.place.startswith(place) and what in one.what and mend in one.mend]
    assert fitting, "\n".join(map(str, told))
    assert {one.file for one in fitting} == {"agent.toml"}
    assert all(one.line for one in fitting), "its line is known"


def test_all_mistakes_are_told_and_not_only_the_first() -> None:
    text = (
        RIGHT.replace("slave = 247", "slave = 250").replace("baud=9600", "baud=7").replace('"stairs"\ns', '"attic"\ns')
    )
    with pytest.raises(Mistakes) as caught:
        parse("agent.toml", text)
    assert {"wires[1].address", "functions[2].slave", "functions[3].wire_id"} <= {
        o.place for o in caught.value.mistakes
    }


def test_two_names_of_one_device_are_found_out(tmp_path: Path) -> None:
    (tmp_path / "by-id").symlink_to("/dev/null")
    (tmp_path / "by-path").symlink_to("/dev/null")
    text = RIGHT.replace("/dev/serial/by-id/usb-hall", f"{tmp_path}/by-id")
    with pytest.raises(Mistakes, match="same device as wire 'hall'"):
        parse("agent.toml", text.replace("tcp://10.0.0.9:4001", f"serial://{tmp_path}/by-path"))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("wires = " + "[" * 5_000, "this is no TOML"),
        ("wires = " + "9" * 5_000, "this is no TOML"),
        ("", r"neither \[\[functions\]\] nor \[\[usb_keypads\]\]"),
        ("wires = 5", "must be a list of tables"),
    ],
)
def test_whatever_stands_there_is_told_and_never_a_traceback(text: str, said: str, tmp_path: Path) -> None:
    (tmp_path / SETTINGS_FILE).write_text(text, encoding="utf-8")
    with pytest.raises(WrongSettings, match=said):
        load_settings(tmp_path)


def test_bytes_that_are_no_text_and_a_folder_in_its_place_are_told(tmp_path: Path) -> None:
    (tmp_path / SETTINGS_FILE).write_bytes(b"\xff\xfe")
    with pytest.raises(WrongSettings, match="UTF-8"):
        load_settings(tmp_path)
    (tmp_path / "other" / SETTINGS_FILE).mkdir(parents=True)
    with pytest.raises(WrongSettings, match="cannot be read"):
        load_settings(tmp_path / "other")


@pytest.mark.parametrize("name", ["poll", "acknowledge"])
def test_a_declared_keypad_whose_question_would_be_a_key_is_refused(name: str) -> None:
    text = (device_files.SHIPPED / "example_keypad.toml").read_text(encoding="utf-8")
    table = f"[{name}]"
    begun = text.index(table)
    wrong = text[:begun] + text[begun:].replace(
        'command = "01"' if name == "poll" else 'command = "02"', 'command = "82"', 1
    )
    with pytest.raises(Mistakes) as caught:
        device_files.parse("pad.toml", wrong)
    (told,) = caught.value.mistakes
    assert told.place == f"{name}.command"
    assert "would be a key" in told.what
    assert told.line > text[:begun].count("\n")
