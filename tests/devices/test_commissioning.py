"""Commissioning a machine against simulated devices: what is tried, what is kept, what stands on the sheet."""

import json
import os
import select
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest
from PIL import Image

from hardware.agent.functions import save_functions
from hardware.agent.settings import load_settings
from hardware.simulated.remote import Remote
from hardware.ticket import TRIAL_CODE
from motcua.__main__ import main
from motcua.workbench.checks import (
    QUESTIONS,
    Check,
    Result,
    Seen,
    Step,
    checks_of_agent,
    last_results,
    verdict_of,
)
from motcua.workbench.commissioning import HEADING_FILE, RESULTS_FILE, Heading, Records
from motcua.workbench.replug import can_be_watched, presence_of, replugged
from motcua.workbench.sheet import Facts, sheet
from motcua.workbench.words import read_texts
from protocol.commands import FunctionDescription
from tests.support.devices import simulated_hall

SLAVES = [
    {"address": 1, "kind": "call_keypad"},
    {"address": 21, "kind": "rating_keypad"},
    {"address": 41, "kind": "led"},
    {"address": 43, "kind": "led", "protocol": "cd5220"},
]
AGENT = """
[[wires]]
wire_id = "hall"
address = "{wire}"
""" + "".join(
    f'[[functions]]\nfunction_id = "{name}"\nwire_id = "hall"\nslave = {slave}\nprotocol = "{protocol}"\n'
    for name, slave, protocol in (
        # The rating keypad first: its walk ends with its last key, the call keypad's waits for keys that it lacks,
        # and a press that is not fetched for ten seconds is thrown away.
        ("rating-keypad-1", 21, "reference"),
        ("call-keypad-1", 1, "reference"),
        ("counter-display-1", 41, "reference"),
        ("counter-display-2", 43, "cd5220"),
    )
)
CONFIG = Path(__file__).parents[2] / "config"
PATIENCE_S = 60.0
ALL_KEYS = "0123456789BCENPRSX"


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[tuple[dict[str, Any], Remote, Path]]:
    config = {
        "printers": [{"name": "front", "address": "tcp://127.0.0.1:0"}],
        "wires": [{"name": "hall", "address": f"pty:{tmp_path}/wire", "slaves": SLAVES}],
        "inputs": [
            {"name": "scanner", "address": f"pty:{tmp_path}/scanner", "kind": "serial_scanner"},
            {"name": "keypad", "address": f"pty:{tmp_path}/keypad", "kind": "keypad"},
        ],
    }
    with simulated_hall(tmp_path / "devices", **config) as (addresses, control):
        state = tmp_path / "agent"
        state.mkdir()
        (state / "agent.toml").write_text(AGENT.format(wire=addresses["wires"]["hall"]), encoding="utf-8")
        save_functions(
            state,
            (
                FunctionDescription(function_id="call-keypad-1", kind="call_keypad", counter_id="counter-1"),
                FunctionDescription(function_id="rating-keypad-1", kind="rating_keypad", counter_id="counter-1"),
                FunctionDescription(function_id="counter-display-1", kind="counter_display", counter_id="counter-1"),
                FunctionDescription(function_id="counter-display-2", kind="counter_display", counter_id="counter-2"),
            ),
        )
        yield addresses, control, state


def commission(state: Path, *arguments: object) -> int:
    return main(["commission", "--state", str(state), *(str(one) for one in arguments), "--json"])


def answers(folder: Path, **given: str) -> tuple[str, Path]:
    path = folder / "answers.toml"
    path.write_text("".join(f'"{name}" = "{answer}"\n' for name, answer in given.items()), encoding="utf-8")
    return "--answers", path


NAMES = ("call-keypad-1", "rating-keypad-1", "counter-display-1", "counter-display-2")
LOOKED_AT = dict.fromkeys(NAMES, "yes") | {f"{name}.replug": "skip the plug is behind the wall" for name in NAMES}


@contextmanager
def hands(act: Callable[[Remote], None], control_address: str) -> Iterator[None]:
    """Let somebody press and scan at the devices meanwhile."""

    def busy() -> None:
        control = Remote(control_address)
        try:
            act(control)
        finally:
            control.close()

    thread = threading.Thread(target=busy)
    thread.start()
    try:
        yield
    finally:
        thread.join()


def press_all(control: Remote) -> None:
    """A press waits in its keypad, as a finger's would, until the keypad is asked."""
    for key in reversed(ALL_KEYS[:15]):
        control.order("press", wire="hall", slave=1, keys=key)
    control.order("press", wire="hall", slave=1, keys="7")
    for key in "12345":
        control.order("press", wire="hall", slave=21, keys=key)


def found(one: dict[str, Any]) -> dict[str, dict[str, str]]:
    """What the machine found, by the steps of a result."""
    return {f"{step['name']}.{seen['key']}": seen["parts"] for step in one["steps"] for seen in step["seen"]}


def test_an_agents_devices_are_tried_kept_and_written_on_the_sheet(
    hall: tuple[dict[str, Any], Remote, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    addresses, control, state = hall
    control.order("fault", wire="hall", slave=41, fault="absent")
    given = answers(
        tmp_path,
        **LOOKED_AT,
        **{"call-keypad-1.missing": "skip R S X are not fitted", "counter-display-2.begin": "s later"},
    )
    with hands(press_all, addresses["control"]):
        assert commission(state, "--site", "Phường <Bến Thành>", "--key-s", 10, *given) == 1
    told = json.loads(capsys.readouterr().out)
    results = {one["check_id"]: one for one in told["results"]}
    assert {name: one["verdict"] for name, one in results.items()} == {
        "call-keypad-1": "passed",
        "rating-keypad-1": "passed",
        "counter-display-1": "failed",
        "counter-display-2": "skipped",
    }
    assert found(results["call-keypad-1"]) == {
        "keys.keys_came": {"keys": "0 1 2 3 4 5 6 7 8 9 B C E N P"},
        "keys.keys_again": {"keys": "7×2"},
        "keys.keys_left_out": {"keys": "R S X"},
    }
    assert [step["note"] for step in results["call-keypad-1"]["steps"]] == [
        "R S X are not fitted", "", "the plug is behind the wall",
    ]  # fmt: skip
    assert found(results["rating-keypad-1"]) == {"keys.keys_came": {"keys": "1 2 3 4 5"}}
    assert found(results["counter-display-1"])["shown.reason"] == {"reason_code": "wire.silent"}
    page = Path(told["sheet"]).read_text(encoding="utf-8")
    assert "BIÊN BẢN KIỂM TRA THIẾT BỊ" in page
    assert "Phường &lt;Bến Thành&gt;" in page
    assert "2 trên 4 thiết bị đạt." in page
    assert "Không thử phím: R S X" in page
    assert page.count("3 phím chưa thử") == 1
    assert "Phím: R S X are not fitted" in page
    assert "không trả lời: mất nguồn" in page
    assert "Trả lời lấy từ tệp answers.toml, không có người xem tại máy." in page


def test_what_a_file_of_answers_lacks_stays_open_and_a_missing_key_fails(
    hall: tuple[dict[str, Any], Remote, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    addresses, _, state = hall
    given = answers(tmp_path, **{"call-keypad-1": "yes", "counter-display-1.replug": "skip", "rating-keypad-1": "yes"})

    def press(control: Remote) -> None:
        control.order("press", wire="hall", slave=1, keys="N")
        control.order("press", wire="hall", slave=21, keys="12345")

    with hands(press, addresses["control"]):
        assert commission(state, "--key-s", 10, *given) == 1
    results = {one["check_id"]: one for one in json.loads(capsys.readouterr().out)["results"]}
    verdicts = {name: (one["verdict"], [step["verdict"] for step in one["steps"]]) for name, one in results.items()}
    assert verdicts == {
        "call-keypad-1": ("failed", ["failed", "passed", "skipped"]),
        "rating-keypad-1": ("skipped", ["passed", "passed", "skipped"]),
        "counter-display-1": ("skipped", ["passed", "skipped", "skipped"]),
        "counter-display-2": ("skipped", []),
    }
    assert found(results["call-keypad-1"])["keys.keys_missing"]["keys"] == " ".join(sorted(set(ALL_KEYS) - {"N"}))


def test_an_answer_that_says_nothing_is_refused_with_its_place(
    hall: tuple[dict[str, Any], Remote, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _, _, state = hall
    assert commission(state, *answers(tmp_path, **{"call-keypad-1": "maybe"})) == 1
    assert "answers.toml:1: call-keypad-1 = 'maybe' is no answer; write yes, no or skip" in capsys.readouterr().err


def test_an_answer_to_what_nobody_asks_is_refused_with_the_name_that_is_near(
    hall: tuple[dict[str, Any], Remote, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _, _, state = hall
    for name, said in [
        ("call-keypd-1", "did you mean call-keypad-1"),
        ("call-keypad-1.replugg", "did you mean call-keypad-1.replug"),
        ("counter-display-1.missing", "did you mean counter-display-1.begin"),
        ("x", "asked are: call-keypad-1, call-keypad-1.begin"),
    ]:
        assert commission(state, *answers(tmp_path, **{"rating-keypad-1": "yes", name: "yes"})) == 1
        told = capsys.readouterr().err
        assert f"answers.toml:2: nobody asks for {name!r}; {said}" in told
    path = tmp_path / "unquoted.toml"
    path.write_text('call-keypad-1.begin = "no"\n', encoding="utf-8")
    assert commission(state, "--answers", path) == 1
    assert "quote dotted names" in capsys.readouterr().err
    assert not (state / RESULTS_FILE).exists()


def test_no_leaves_out_what_it_is_said_to_and_that_is_told(
    hall: tuple[dict[str, Any], Remote, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    addresses, _, state = hall
    given = answers(
        tmp_path,
        **{"counter-display-1": "yes", "counter-display-1.begin": "no lamp is away"},
        **{
            "call-keypad-1": "yes",
            "call-keypad-1.missing": "no the others are not fitted",
            "call-keypad-1.replug": "no",
        },
    )

    def press(control: Remote) -> None:
        control.order("press", wire="hall", slave=1, keys="N")

    with hands(press, addresses["control"]):
        assert main(["commission", "--state", str(state), "--key-s", "10", "--language", "en", *map(str, given)]) == 1
    said = capsys.readouterr().out
    assert said.count("Press each key") == 1, "it went on asking for keys"
    assert "Waiting up to" not in said
    assert "  Left out: lamp is away\n" in said
    assert "  Left out: the others are not fitted\n" in said
    assert "  Left out\n" in said
    results = {one.check_id: one for one in Records(state).read()}
    display, keypad = results["counter-display-1"], results["call-keypad-1"]
    assert (display.verdict, display.steps, display.note) == ("skipped", (), "lamp is away")
    assert [(step.name, step.verdict) for step in keypad.steps] == [
        ("keys", "passed"), ("looked", "passed"), ("replug", "skipped"),
    ]  # fmt: skip
    assert keypad.verdict == "skipped"


@pytest.mark.parametrize(("eyes", "verdict"), [("yes", "passed"), ("no torn", "failed"), ("skip", "skipped")])
def test_of_a_printer_that_never_confirms_the_eyes_decide(
    hall: tuple[dict[str, Any], Remote, Path],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    eyes: str,
    verdict: str,
) -> None:
    addresses, _, _ = hall
    printer = ("--printer", addresses["printers"]["front"], "--profile", "mute_80mm", "--language", "en")
    assert commission(tmp_path, *printer, *answers(tmp_path, printer=eyes)) == (verdict != "passed")
    (result,) = json.loads(capsys.readouterr().out)["results"]
    assert result["verdict"] == verdict
    assert found(result)["printed.reason"] == {"reason_code": "printer.cannot_confirm"}
    page = (tmp_path / "commissioning.html").read_text("utf-8")
    assert "this kind never confirms: only eyes can tell" in page
    assert "another profile" not in page


def test_a_walk_that_was_broken_off_goes_on_with_what_has_not_passed(
    hall: tuple[dict[str, Any], Remote, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    addresses, control, state = hall
    skipped = {f"{name}.begin": "s" for name in ("call-keypad-1", "rating-keypad-1", "counter-display-2")}
    assert commission(state, *answers(tmp_path, **LOOKED_AT, **skipped)) == 1
    # Power was cut while a line was being written.
    with (state / RESULTS_FILE).open("ab") as file:
        file.write(b'{"check_id": "call-key')
    control.order("fault", wire="hall", slave=41, fault="absent")  # It has passed, so nobody asks it again.
    capsys.readouterr()
    given = answers(tmp_path, **LOOKED_AT, **{"call-keypad-1.missing": "skip R S X are not fitted"})
    with hands(press_all, addresses["control"]):
        assert commission(state, "--key-s", 10, *given) == 0
    assert json.loads(capsys.readouterr().out)["passed"] == 4
    assert commission(state, "--sheet-only") == 0
    assert commission(state, "--again", *answers(tmp_path, **skipped)) == 1


class AtTheMachine:
    """`motcua commission` as a process in which somebody types, and what it said."""

    def __init__(self, *arguments: object) -> None:
        command = [sys.executable, "-m", "motcua", "commission", *(str(one) for one in arguments), "--language", "en"]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=0)
        self.said = ""

    def until(self, ending: str) -> None:
        """Read on until it has said this; questions end without a line break."""
        assert self.process.stdout is not None
        while not self.said.endswith(ending):
            ready, _, _ = select.select([self.process.stdout], [], [], PATIENCE_S)
            assert ready, f"waited {PATIENCE_S} s in vain for {ending!r}; it said {self.said!r}"
            letters = os.read(self.process.stdout.fileno(), 1).decode("latin-1")
            assert letters, f"it ended without {ending!r}; it said {self.said!r}"
            self.said += letters

    def type(self, line: str) -> None:
        """Type a line."""
        assert self.process.stdin is not None
        self.process.stdin.write(f"{line}\n")

    def ended(self) -> int:
        """Wait for its end."""
        self.process.communicate(timeout=PATIENCE_S)
        return self.process.returncode


@pytest.mark.parametrize(
    ("device", "pulled"),
    [
        ("keypad", {"device": "keypad", "fault": "unplugged"}),
        ("scanner", {"device": "scanner", "fault": "unplugged"}),
        ("printer", {"device": "front", "fault": "unplugged"}),
        ("wire keypad", {"wire": "hall", "slave": 1, "fault": "absent"}),
        ("wire display", {"wire": "hall", "slave": 41, "fault": "absent"}),
    ],
)
def test_a_plug_is_pulled_and_put_in_again(
    hall: tuple[dict[str, Any], Remote, Path], device: str, pulled: dict[str, Any]
) -> None:
    addresses, control, _ = hall
    wire = addresses["wires"]["hall"]
    check = {
        "keypad": Check(check_id="k", kind="call_keypad", address=addresses["inputs"]["keypad"]),
        "scanner": Check(check_id="s", kind="scanner", address=addresses["inputs"]["scanner"]),
        "printer": Check(check_id="p", kind="printer", address=addresses["printers"]["front"], profile="tm_t82"),
        "wire keypad": Check(check_id="k", kind="call_keypad", slave=1, address=wire),
        "wire display": Check(check_id="d", kind="counter_display", slave=41, address=wire),
    }[device]
    assert can_be_watched(check)
    with presence_of(check, "8888") as presence:
        assert presence.wait(present=True, within_s=PATIENCE_S) is not None
        control.order("fault", **pulled)
        gone_at = presence.wait(present=False, within_s=PATIENCE_S)
        control.order("fault", **pulled, on=False)
        back_at = presence.wait(present=True, within_s=PATIENCE_S)
    step = replugged(begun=True, gone_at=gone_at, back_at=back_at)
    assert (step.verdict, step.seen[0].key) == ("passed", "replugged")
    assert step.seen[0].parts["gone_at"] < step.seen[0].parts["back_at"]


def test_of_a_display_that_never_answers_nobody_claims_to_know_its_plug() -> None:
    assert not can_be_watched(Check(check_id="d", kind="counter_display", address="x", slave=3, protocol="cd5220"))
    assert not can_be_watched(Check(check_id="p", kind="printer", address="tcp://10.0.0.9:9100", profile="mute_80mm"))


def test_a_rating_keypad_at_usb_is_walked_with_its_own_declared_keys(
    hall: tuple[dict[str, Any], Remote, Path], tmp_path: Path
) -> None:
    addresses, control, _ = hall
    (tmp_path / "agent.toml").write_text(
        f'[[usb_keypads]]\nfunction_id = "rate"\naddress = "{addresses["inputs"]["keypad"]}"\n'
        'keys = { KEY_F1 = "4", KEY_F2 = "5" }\n[rating_keys]\n1 = 1\n4 = 2\n5 = 3\n',
        encoding="utf-8",
    )
    save_functions(tmp_path, (FunctionDescription(function_id="rate", kind="rating_keypad", counter_id="counter-1"),))
    walk = AtTheMachine("--state", tmp_path, "--technician", "Nguyễn Văn Định", "--key-s", 60)
    try:
        walk.until("to skip: ")
        walk.type("")
        walk.until("it is open\n")
        for key, said in [
            ("KEY_KP1", "1 (level 1) \xe2\x80\x93 has come. Missing: 4 5\n"),
            ("KEY_1", "1 (level 1) \xe2\x80\x93 came 2 times, no harm. Missing: 4 5\n"),
            ("KEY_KPENTER", "KEY_KPENTER \xe2\x80\x93 this key means nothing in the settings. Missing: 4 5\n"),
            ("KEY_2", "2 \xe2\x80\x93 this key means nothing in the settings. Missing: 4 5\n"),
            ("KEY_F1", "4 (level 2) \xe2\x80\x93 has come. Missing: 5\n"),
            ("KEY_F2", "5 (level 3) \xe2\x80\x93 has come. Missing: \xe2\x80\x93\n"),
        ]:
            control.order("press_keys", device="keypad", keys=[key])
            walk.until(said)
        walk.until("may follow) ")
        walk.type("what?")
        walk.until("may follow) ")
        walk.type("y stickers are new")
        walk.until("to skip: ")
        walk.type("")
        walk.until("60 s\xe2\x80\xa6\n")
        control.order("fault", device="keypad", fault="unplugged")
        walk.until("It is gone, as it should be. Plug it in again. Waiting up to 60 s\xe2\x80\xa6\n")
        control.order("fault", device="keypad", fault="unplugged", on=False)
    finally:
        code = walk.ended()
    assert code == 0
    (result,) = Records(tmp_path).read()
    assert (result.verdict, result.answered_by, result.answers_file) == ("passed", "Nguyễn Văn Định", "")
    assert [step.name for step in result.steps] == ["keys", "looked", "replug"]
    assert result.steps[1].note == "stickers are new"
    assert {seen.key for seen in result.steps[0].seen} == {"keys_came", "keys_again", "keys_unknown"}
    page = (tmp_path / "commissioning.html").read_text("utf-8")
    assert "Nguyễn Văn Định" in page
    assert "Pressed again: 1×2" in page
    assert "Unplugged " in page


def test_screens_are_looked_at_by_a_person_and_who_answered_is_kept(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    screens = ("--screen", "board:board-1", "--screen", "rating_terminal:rating-1", "--screen", "kiosk:kiosk-1")
    seen = dict.fromkeys(("call_seen", "call_heard"), "yes") | {"voice_volume": "no too low", "no_network": "yes"}
    rating = {"rating_opens": "yes", "touch_felt": "yes", "thanks_shown": "yes", "no_network": "skip no cable to pull"}
    given = answers(
        tmp_path,
        **{f"board-1.{name}": answer for name, answer in seen.items()},
        **{f"rating-1.{name}": answer for name, answer in rating.items()},
        **{"kiosk-1.touch_felt": "yes"},
    )
    assert commission(tmp_path, *screens, *given) == 1
    told = {one["check_id"]: one for one in json.loads(capsys.readouterr().out)["results"]}
    assert {name: one["verdict"] for name, one in told.items()} == {
        "board-1": "failed", "rating-1": "passed", "kiosk-1": "skipped",
    }  # fmt: skip
    assert [step["verdict"] for step in told["kiosk-1"]["steps"]] == ["skipped", "passed", "skipped", "skipped"]
    assert all(one.answers_file == "answers.toml" and not one.answered_by for one in Records(tmp_path).read())
    page = (tmp_path / "commissioning.html").read_text("utf-8")
    assert "Âm lượng: KHÔNG ĐẠT" in page
    assert commission(tmp_path, "--screen", "toaster:t-1") == 1
    assert "is no screen: write KIND:FUNCTION" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("verdicts", "whole"),
    [
        ((), "skipped"),
        ((("keys", "passed", ""), ("looked", "passed", ""), ("replug", "skipped", "")), "skipped"),
        ((("keys", "passed", ""), ("looked", "passed", ""), ("replug", "skipped", "why")), "passed"),
        ((("keys", "passed", ""), ("looked", "skipped", "why"), ("replug", "passed", "")), "skipped"),
        ((("keys", "passed", ""), ("looked", "passed", ""), ("replug", "failed", "")), "failed"),
    ],
)
def test_a_device_passes_by_what_was_really_tried(verdicts: tuple[tuple[str, Any, str], ...], whole: str) -> None:
    steps = [Step(name=name, verdict=verdict, note=note) for name, verdict, note in verdicts]
    assert verdict_of(steps) == whole


@pytest.mark.parametrize(("code", "verdict"), [(TRIAL_CODE, "passed"), ("H001", "failed")])
def test_a_kiosks_scanner_must_read_what_its_printer_printed(
    hall: tuple[dict[str, Any], Remote, Path], tmp_path: Path, code: str, verdict: str
) -> None:
    addresses, control, _ = hall
    wires = ("--printer", addresses["printers"]["front"], "--profile", "tm_t82")
    scanner = ("--scanner", addresses["inputs"]["scanner"], "--language", "en")
    seen = {"printer": "yes", "scanner": "yes", "printer.replug": "s fixed", "scanner.replug": "s fixed"}
    given = (str(one) for one in answers(tmp_path, **seen))
    command = [sys.executable, "-m", "motcua", "commission", "--state", str(tmp_path), *wires, *scanner, *given]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as walk:
        assert walk.stdout is not None
        for line in walk.stdout:
            if line.startswith("Hold the code"):
                control.order("scan", device="scanner", code=f"{code}\r")
    assert walk.returncode == (verdict == "failed")
    kept = (tmp_path / RESULTS_FILE).read_text(encoding="utf-8")
    results = [json.loads(line) for line in kept.splitlines()]
    assert [one["verdict"] for one in results] == ["passed", verdict]
    assert "H001" not in kept
    assert len(control.order("tickets", device="front")) == 1


def test_no_device_and_no_knowledge_of_one_are_told_with_the_mend(
    hall: tuple[dict[str, Any], Remote, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _, _, state = hall
    assert commission(tmp_path) == 1
    assert "name the folder of an agent, a kiosk's --printer" in capsys.readouterr().err
    (state / "functions.json").unlink()
    assert commission(state) == 1
    assert "start the agent once" in capsys.readouterr().err


WIRE = "serial:///dev/serial/by-id/usb-FTDI_FT232R_USB_UART_A50285BI-if00-port0?baud=9600"


def on_wire(check_id: str, kind: Any, slave: int, protocol: str = "reference") -> Check:
    return Check(check_id=check_id, kind=kind, address=WIRE, slave=slave, protocol=protocol)


AT = datetime(2026, 11, 22, 2, 5, tzinfo=UTC)
PULLED = Step(
    name="replug",
    verdict="passed",
    seen=(Seen(key="replugged", parts={"gone_at": AT.isoformat(), "back_at": AT.replace(second=7).isoformat()}),),
)
LOOKED = Step(name="looked", verdict="passed")


def tried(name: str, verdict: Any, key: str, **parts: str) -> Step:
    return Step(name=name, verdict=verdict, seen=(Seen(key=key, parts=parts),))


FILED: tuple[tuple[Check, tuple[Step, ...]], ...] = (
    (
        Check(check_id="printer", kind="printer", address="tcp://10.20.30.41:9100", profile="tm_t82"),
        (tried("printed", "passed", "printed", state_code="job.confirmed", seconds="1.4"), LOOKED, PULLED),
    ),
    (
        Check(check_id="scanner", kind="scanner", address="serial:///dev/serial/by-id/usb-Honeywell-if00"),
        (tried("scanned", "passed", "scanned"), LOOKED, PULLED),
    ),
    (
        on_wire("call-keypad-1", "call_keypad", 1),
        (
            Step(
                name="keys",
                verdict="passed",
                seen=(
                    Seen(key="keys_came", parts={"keys": "0 1 2 3 4 5 6 7 8 9 B C E N P"}),
                    Seen(key="keys_left_out", parts={"keys": "R S X"}),
                ),
                note="bàn phím không có ba phím này",
            ),
            LOOKED,
            PULLED,
        ),
    ),
    (
        on_wire("rating-keypad-1", "rating_keypad", 21),
        (tried("keys", "passed", "keys_came", keys="1 2 3 4 5"), LOOKED, PULLED),
    ),
    (
        on_wire("counter-display-1", "counter_display", 41),
        (
            tried("shown", "failed", "shown", text="8888", state_code="display.gone"),
            Step(name="looked", verdict="failed", note="không sáng, thay nguồn"),
        ),
    ),
    (
        on_wire("counter-display-2", "counter_display", 42, "cd5220"),
        (
            tried("shown", "passed", "shown", text="8888", state_code="display.sent"),
            LOOKED,
            tried("replug", "skipped", "cannot_tell"),
        ),
    ),
    (on_wire("counter-display-3", "counter_display", 43), ()),
    (
        Check(check_id="board-1", kind="board", address="bang-so:/var/lib/motcua/display"),
        tuple(Step(name=name, verdict="passed") for name in QUESTIONS["board"]),
    ),
)


def test_nobody_at_the_terminal_and_a_folder_that_is_not_there_are_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    nowhere = tmp_path / "nowhere"
    assert commission(nowhere, "--printer", "tcp://127.0.0.1:9", "--profile", "tm_t82") == 1
    assert "is no folder" in capsys.readouterr().err
    given = ["commission", "--state", str(tmp_path), "--printer", "tcp://127.0.0.1:9"]
    command = [sys.executable, "-m", "motcua", *given]
    done = subprocess.run(command, check=False, timeout=60, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    assert done.returncode == 1
    assert "nobody answers" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_result_holds_for_the_very_device_that_was_tried() -> None:
    check = FILED[0][0]
    at = datetime(2026, 11, 22, 2, 5, tzinfo=UTC)
    passed = Result(check_id=check.check_id, device=check.device, verdict="passed", at=at)
    assert last_results([check], [passed]) == {check.check_id: passed}
    moved = msgspec.structs.replace(check, address="tcp://10.0.0.8:9100")
    assert last_results([moved], [passed]) == {}
    assert last_results([msgspec.structs.replace(check, profile="generic_58mm")], [passed]) == {}


def test_a_result_is_outlived_by_no_change_of_keys_times_or_files(tmp_path: Path) -> None:
    file = tmp_path / "keypad.toml"
    shipped = (CONFIG / "devices" / "example_keypad.toml").read_text("utf-8")
    agent = (
        '[[wires]]\nwire_id = "w"\naddress = "serial:///dev/serial/by-id/a"\n[[functions]]\nfunction_id = "k"\n'
        f'wire_id = "w"\nslave = 5\nprotocol = "declared"\nfile = "{file}"\n'
    )

    def tried(kind: str = "rating_keypad", more: str = "", description: str = shipped) -> Check:
        file.write_text(description, encoding="utf-8")
        (tmp_path / "agent.toml").write_text(agent + more, encoding="utf-8")
        (check,) = checks_of_agent(load_settings(tmp_path), {"k": kind})
        return check

    check = tried()
    passed = Result(check_id="k", device=check.device, verdict="passed", at=AT)
    assert last_results([tried()], [passed]) == {"k": passed}
    assert last_results([tried(description=f"# A word to people.\n{shipped}")], [passed]) == {"k": passed}
    for change in (
        {"more": "answer_ms = 90\n"},
        {"more": "[rating_keys]\n5 = 1\n4 = 2\n3 = 3\n2 = 4\n1 = 5\n"},
        {"kind": "call_keypad"},
        {"description": shipped.replace('31 = "1"', '41 = "1"')},
    ):
        assert last_results([tried(**change)], [passed]) == {}, change
    assert tried("call_keypad").device != tried("call_keypad", '[call_keys]\nN = "recall"\n').device
    before = Result(check_id="k", device=f"{check.place} declared {file}", verdict="passed", at=AT)
    assert last_results([check], [before]) == {}, "a result without a digest was taken for one"


def test_what_was_typed_for_the_sheet_once_stays_on_it(tmp_path: Path) -> None:
    board = ("--screen", "board:board-1")
    typed = ("--site", "Phường Bến Thành", "--technician", "Nguyễn Văn Định")
    page = tmp_path / "commissioning.html"
    empty = answers(tmp_path, **{"board-1.begin": "no"})
    assert commission(tmp_path, *board, *typed, *empty) == 1
    for run in ((*board, "--sheet-only"), ("--screen", "kiosk:kiosk-1", "--sheet-only"), (*board, *empty)):
        page.unlink()
        assert commission(tmp_path, *run) == 1
        assert "Phường Bến Thành" in page.read_text("utf-8")
        assert '<p class="name">Nguyễn Văn Định</p>' in page.read_text("utf-8")
    assert commission(tmp_path, *board, "--sheet-only", "--site", "Phường Sài Gòn") == 1
    assert Records(tmp_path).heading() == Heading("Phường Sài Gòn", "Nguyễn Văn Định")
    (tmp_path / HEADING_FILE).write_text("{", encoding="utf-8")
    assert commission(tmp_path, *board, "--sheet-only") == 1


@pytest.mark.browser
@pytest.mark.picture
def test_the_sheet_is_one_page_fit_to_be_filed(tmp_path: Path, picture: Callable[[str], Path]) -> None:
    results = [
        Result(
            check_id=check.check_id,
            device=check.device,
            verdict=verdict_of(steps),
            steps=steps,
            at=AT,
            answered_by="Nguyễn Văn Định",
        )
        for check, steps in FILED
        if steps
    ]
    facts = Facts("UBND phường Bến Thành", "motcua-agent", "Motcua 0.1.0", "Nguyễn Văn Định", AT, 25_200)
    page = tmp_path / "sheet.html"
    page.write_text(sheet([check for check, _ in FILED], results, facts, read_texts(CONFIG)), encoding="utf-8")
    command = ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer"]
    paper, path = tmp_path / "sheet.pdf", picture("commissioning")
    for output in (f"--print-to-pdf={paper}", f"--screenshot={path}"):
        ending = ("--window-size=794,1123", output, page.as_uri())
        subprocess.run([*command, *ending], check=True, timeout=60, capture_output=True)
    assert paper.read_bytes().count(b"/Type /Page\n") == 1, "it is more than one page"
    with Image.open(path) as shown:
        assert shown.size == (794, 1123)
