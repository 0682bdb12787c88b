"""A technician's tools, as commands, against simulated devices in a process of their own: paper, keys, displays."""

import json
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import zxingcpp
from PIL import Image

from hardware.simulated.remote import Remote
from hardware.ticket import TRIAL_CODE
from motcua.__main__ import main
from motcua.workbench.holders import holders
from tests.support.devices import simulated_hall

PATIENCE_S = 30.0
REFERENCE_KEYPAD, REFERENCE_DISPLAY, MODBUS_KEYPAD, MODBUS_DISPLAY, VFD, DECLARED, ABSENT = 5, 41, 6, 42, 43, 7, 99
SLAVES = [
    {"address": REFERENCE_KEYPAD, "kind": "call_keypad"},
    {"address": REFERENCE_DISPLAY, "kind": "led"},
    {"address": MODBUS_KEYPAD, "kind": "call_keypad", "protocol": "modbus_keypad", "preset": "keypad_registers"},
    {"address": MODBUS_DISPLAY, "kind": "led", "protocol": "modbus_led", "preset": "dm36"},
    {"address": VFD, "kind": "led", "protocol": "cd5220"},
    {"address": DECLARED, "kind": "call_keypad", "protocol": "declared", "preset": "example_keypad"},
]
Hall = tuple[dict[str, Any], Remote]


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Hall]:
    config = {
        "printers": [
            {"name": "wide", "address": "tcp://127.0.0.1:0"},
            {"name": "serial", "address": f"pty:{tmp_path}/printer"},
            {"name": "narrow", "address": "tcp://127.0.0.1:0", "width_dots": 384, "tear_bar": True},
        ],
        "wires": [{"name": "hall", "address": f"pty:{tmp_path}/wire", "slaves": SLAVES}],
        "inputs": [{"name": "keypad", "address": f"pty:{tmp_path}/keypad", "kind": "keypad"}],
    }
    with simulated_hall(tmp_path / "devices", **config) as hall:
        yield hall


def devices(*arguments: object) -> int:
    """Run a command; the tests read what people are told in English."""
    spoken = ("--language", "en") if arguments[0] in {"test-print", "key-test", "led-test"} else ()
    return main(["devices", *(str(argument) for argument in (*arguments, *spoken))])


# --- Printers --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("printer", "profile", "width"),
    [("wide", "tm_t82", 576), ("serial", "generic_80mm", 576), ("narrow", "generic_58mm", 384)],
)
def test_a_test_ticket_is_confirmed_and_its_code_can_be_read(
    hall: Hall, capsys: pytest.CaptureFixture[str], printer: str, profile: str, width: int
) -> None:
    addresses, control = hall
    assert devices("test-print", addresses["printers"][printer], "--profile", profile, "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["state"], told["reason"]) == ("confirmed", "")
    (note,) = control.order("tickets", device=printer)
    assert note["width_dots"] == width
    (code,) = zxingcpp.read_barcodes(Image.open(note["picture"]).convert("L"))
    assert code.text == TRIAL_CODE


def test_both_ends_of_the_ruler_are_on_the_paper(hall: Hall) -> None:
    addresses, control = hall
    assert devices("test-print", addresses["printers"]["wide"]) == 0
    (note,) = control.order("tickets", device="wide")
    paper = Image.open(note["picture"]).convert("L")
    columns = [any(paper.getpixel((x, y)) == 0 for y in range(paper.height)) for x in (0, paper.width - 1)]
    assert columns == [True, True]


def test_a_printer_that_never_confirms_is_left_to_the_eyes(hall: Hall, capsys: pytest.CaptureFixture[str]) -> None:
    addresses, _ = hall
    assert devices("test-print", addresses["printers"]["wide"], "--profile", "mute_80mm") == 0
    said = capsys.readouterr().out
    assert "sent: this kind never confirms: only eyes can tell" in said
    assert "All of it is sent. This kind of printer never says that paper came" in said
    assert "it answers" not in said


def test_without_paper_a_test_ticket_is_told_and_taken_back(hall: Hall, capsys: pytest.CaptureFixture[str]) -> None:
    addresses, control = hall
    control.order("fault", device="wide", fault="paper_out")
    assert devices("test-print", addresses["printers"]["wide"], "--profile", "tm_t82", "--deadline-s", 2) == 1
    said = capsys.readouterr().out
    assert "held: out of paper: put in a roll" in said
    assert "taken back" in said
    control.order("fault", device="wide", fault="paper_out", on=False)
    assert devices("test-print", addresses["printers"]["wide"], "--profile", "tm_t82") == 0
    assert len(control.order("tickets", device="wide")) == 1


def test_a_jam_that_is_freed_can_be_said_to_a_printer_that_no_kiosk_holds(
    hall: Hall, capsys: pytest.CaptureFixture[str]
) -> None:
    addresses, control = hall
    address = addresses["printers"]["wide"]
    control.order("fault", device="wide", fault="cutter_jam")
    assert devices("test-print", address, "--profile", "tm_t82", "--deadline-s", 2) == 1
    control.order("fault", device="wide", fault="cutter_jam", on=False)
    assert main(["devices", "printer", "--address", address, "--language", "en", "mended"]) == 0
    assert "The printer has the word." in capsys.readouterr().out
    assert devices("test-print", address, "--profile", "tm_t82", "--deadline-s", 20) == 0
    assert main(["devices", "printer", "--address", address, "status"]) == 1
    assert "status is asked of a kiosk" in capsys.readouterr().err


def test_a_cable_cut_inside_a_test_ticket_is_uncertain_and_no_second_paper_comes(
    hall: Hall, capsys: pytest.CaptureFixture[str]
) -> None:
    addresses, control = hall
    control.order("fault", device="serial", fault="switched_off", after_rows=200)
    address = addresses["printers"]["serial"]
    assert devices("test-print", address, "--profile", "tm_t82", "--json", "--deadline-s", 25) == 1
    assert json.loads(capsys.readouterr().out)["state"] == "uncertain"
    assert control.order("tickets", device="serial") == []


HOLDS = (
    "import sys; from hardware.registry import find; l = find({!r}).open(); print('held', flush=True); sys.stdin.read()"
)


@pytest.mark.parametrize("kind", ["tcp", "serial", "keypad"])
def test_a_device_that_a_program_holds_is_refused_and_the_program_named(
    hall: Hall, capsys: pytest.CaptureFixture[str], kind: str
) -> None:
    addresses, _ = hall
    address, order = {
        "tcp": (addresses["printers"]["wide"], "test-print"),
        "serial": (addresses["wires"]["hall"], "led-test"),
        "keypad": (addresses["inputs"]["keypad"], "key-test"),
    }[kind]
    assert holders(address) == []
    command = [sys.executable, "-c", HOLDS.format(address)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        assert devices(order, address) == 1
        said = capsys.readouterr().err
        assert "is in use" in said
        assert f"(process {holder.pid})" in said
        assert holder.stdin is not None
        holder.stdin.close()


def test_what_cannot_be_a_printer_is_told_with_its_mend(capsys: pytest.CaptureFixture[str]) -> None:
    for arguments, said in [
        (["printer"], "Write one of: serial:///"),
        (["tcp://127.0.0.1:1"], "See that the device is on"),
        (["serial:///dev/serial/by-id/none"], "dialout"),
        (["simulated://printer/x", "--profile", "laser"], "no printer profile is called 'laser'; known are"),
    ]:
        assert devices("test-print", *arguments) == 1
        assert said in capsys.readouterr().err


# --- Keys ------------------------------------------------------------------------------------------------------------


class KeyTest:
    """`motcua devices key-test` as a process, and what it said."""

    def __init__(self, *arguments: object) -> None:
        command = [sys.executable, "-m", "motcua", "devices", "key-test", *(str(one) for one in arguments), "--json"]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE)
        self.said: list[dict[str, Any]] = []
        self._changed = threading.Condition()
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            with self._changed:
                self.said.append(json.loads(line))
                self._changed.notify_all()

    @property
    def keys(self) -> str:
        return "".join(one["key"] for one in self.said if "key" in one)

    @property
    def present(self) -> list[bool]:
        return [one["present"] for one in self.said if "present" in one]

    def wait(self, condition: Any) -> None:
        with self._changed:
            assert self._changed.wait_for(condition, PATIENCE_S), self.said

    def interrupt(self) -> int:
        self.process.send_signal(signal.SIGINT)
        code = self.process.wait(PATIENCE_S)
        self._reader.join()
        assert self.process.stdout is not None
        self.process.stdout.close()
        return code


@pytest.mark.parametrize(
    ("slave", "protocol", "preset", "keys"),
    [
        (REFERENCE_KEYPAD, "reference", "", "12NRNN"),
        (MODBUS_KEYPAD, "modbus_keypad", "keypad_registers", "NRN"),
        (DECLARED, "declared", "example_keypad", "NRN"),
    ],
)
def test_each_key_of_a_wire_stands_there_once(hall: Hall, slave: int, protocol: str, preset: str, keys: str) -> None:
    addresses, control = hall
    told = KeyTest(addresses["wires"]["hall"], "--slave", slave, "--protocol", protocol, "--preset", preset)
    try:
        told.wait(lambda: told.present == [True])
        for count, key in enumerate(keys, start=1):
            control.order("press", wire="hall", slave=slave, keys=key)
            told.wait(lambda count=count: len(told.keys) == count)
    finally:
        assert told.interrupt() == 0
    assert told.keys == keys


def test_a_key_that_the_file_does_not_name_is_told_by_its_code_and_once(hall: Hall, tmp_path: Path) -> None:
    addresses, control = hall
    shipped = (Path(__file__).parents[2] / "config" / "devices" / "example_keypad.toml").read_text("utf-8")
    file = tmp_path / "fewer.toml"
    file.write_text(shipped.replace('52 = "R"\n', ""), encoding="utf-8")
    told = KeyTest(addresses["wires"]["hall"], "--slave", DECLARED, "--protocol", "declared", "--file", file)
    try:
        told.wait(lambda: told.present == [True])
        for count, key in enumerate("NRN", start=1):
            control.order("press", wire="hall", slave=DECLARED, keys=key)
            told.wait(lambda count=count: len([one for one in told.said if "key" in one]) == count)
    finally:
        assert told.interrupt() == 0
    assert [(one["key"], one["is_named"]) for one in told.said if "key" in one] == [
        ("N", True), ("code 52", False), ("N", True),
    ]  # fmt: skip


def test_a_keypad_at_usb_is_tried_and_its_absence_told_once(hall: Hall) -> None:
    addresses, control = hall
    told = KeyTest(addresses["inputs"]["keypad"])
    try:
        told.wait(lambda: told.present == [True])
        control.order("press_keys", device="keypad", keys=["KEY_KPENTER", "KEY_KP7"])
        told.wait(lambda: told.keys == "N7")
        control.order("fault", device="keypad", fault="unplugged")
        told.wait(lambda: told.present == [True, False])
        control.order("fault", device="keypad", fault="unplugged", on=False)
        told.wait(lambda: told.present == [True, False, True])
    finally:
        assert told.interrupt() == 0


def test_a_keypad_that_does_not_answer_is_told_with_what_it_may_be(
    hall: Hall, capsys: pytest.CaptureFixture[str]
) -> None:
    addresses, _ = hall
    assert devices("key-test", addresses["wires"]["hall"], "--slave", ABSENT, "--seconds", 2) == 1
    said = capsys.readouterr().out
    assert said.count("no answer: no power, a broken or crossed wire, another address, baud or protocol") == 1


# --- Displays --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("slave", "protocol", "preset", "state"),
    [
        (REFERENCE_DISPLAY, "reference", "", "shown"),
        (MODBUS_DISPLAY, "modbus_led", "dm36", "shown"),
        (VFD, "cd5220", "", "sent"),
        (ABSENT, "reference", "", "gone"),
    ],
)
def test_a_text_is_shown_or_the_reason_told(
    request: pytest.FixtureRequest, slave: int, protocol: str, preset: str, state: str
) -> None:
    capsys: pytest.CaptureFixture[str] = request.getfixturevalue("capsys")
    addresses, control = request.getfixturevalue("hall")
    place = ("--slave", slave, "--protocol", protocol, "--preset", preset)
    code = devices("led-test", addresses["wires"]["hall"], *place, "--text", "125", "--json", "--deadline-s", 1)
    assert json.loads(capsys.readouterr().out)["state"] == state
    assert code == (state == "gone")
    if slave != ABSENT:
        assert str(control.order("shown", wire="hall", slave=slave)).strip() == "125"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--protocol", "morse"), "no protocol is called 'morse'; there are:"),
        (("--protocol", "modbus_led"), "modbus_led needs a preset or a file"),
        (("--protocol", "modbus_led", "--preset", "none"), "none"),
        (("--text", "Quầy"), "Quầy"),
    ],
)
def test_a_wrong_display_is_refused_with_its_mend(
    hall: Hall, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], said: str
) -> None:
    assert devices("led-test", hall[0]["wires"]["hall"], "--slave", REFERENCE_DISPLAY, *arguments) == 1
    assert said in capsys.readouterr().err


# --- Faults ----------------------------------------------------------------------------------------------------------


def test_faults_are_brought_about_mended_and_logged_from_the_command_line(
    hall: Hall, capsys: pytest.CaptureFixture[str]
) -> None:
    addresses, control = hall
    steer = ("--control", addresses["control"])
    assert devices("fault", "wide", "cover_open", *steer) == 0
    assert devices("fault", f"hall#{REFERENCE_KEYPAD}", "absent", *steer) == 0
    printer = addresses["printers"]["wide"]
    assert devices("test-print", printer, "--deadline-s", 1.5) == 1
    assert "the cover is open: shut it" in capsys.readouterr().out
    assert devices("mend", "wide", "cover_open", *steer) == 0
    assert devices("test-print", printer) == 0
    assert len(control.order("tickets", device="wide")) == 1
    capsys.readouterr()
    assert devices("log", "wide", "--last", 1000, "--json", *steer) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {"to device", "from device"} == {line["direction"] for line in lines}
    assert any(line["bytes"].startswith("10 04") for line in lines)
    for wrong, said in [
        (("nothing", "absent"), "no device is called 'nothing'"),
        (("hall#x", "absent"), "as in wire-1#65"),
    ]:
        assert devices("fault", *wrong, *steer) == 1
        assert said in capsys.readouterr().err
    assert devices("log", "wide", "--control", "tcp://127.0.0.1:1") == 1
    assert "no control port answers there" in capsys.readouterr().err
