"""Commissioning a machine against simulated devices: what is tried, what is kept, what stands on the sheet."""

import json
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
from hardware.simulated.remote import Remote
from motcua.__main__ import main
from motcua.workbench.checks import Check, Result, last_results
from motcua.workbench.commissioning import RESULTS_FILE
from motcua.workbench.printing import TRIAL_CODE
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
        ("call-keypad-1", 1, "reference"),
        ("rating-keypad-1", 21, "reference"),
        ("counter-display-1", 41, "reference"),
        ("counter-display-2", 43, "cd5220"),
    )
)
CONFIG = Path(__file__).parents[2] / "config"
ALL_KEYS = "0123456789BCENPRSX"


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[tuple[dict[str, Any], Remote, Path]]:
    config = {
        "printers": [{"name": "front", "address": "tcp://127.0.0.1:0"}],
        "wires": [{"name": "hall", "address": f"pty:{tmp_path}/wire", "slaves": SLAVES}],
        "inputs": [{"name": "scanner", "address": f"pty:{tmp_path}/scanner", "kind": "serial_scanner"}],
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
    for key in ALL_KEYS[:15]:
        control.order("press", wire="hall", slave=1, keys=key)
    for key in "12345":
        control.order("press", wire="hall", slave=21, keys=key)


def test_an_agents_devices_are_tried_kept_and_written_on_the_sheet(
    hall: tuple[dict[str, Any], Remote, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    addresses, control, state = hall
    control.order("fault", wire="hall", slave=41, fault="absent")
    given = answers(
        tmp_path, **{"call-keypad-1": "yes three keys are not fitted", "counter-display-2.begin": "s later"}
    )
    with hands(press_all, addresses["control"]):
        assert commission(state, "--site", "Phường <Bến Thành>", "--key-s", 3, *given) == 1
    told = json.loads(capsys.readouterr().out)
    results = {one["check_id"]: one for one in told["results"]}
    assert {name: one["verdict"] for name, one in results.items()} == {
        "call-keypad-1": "passed",
        "rating-keypad-1": "passed",
        "counter-display-1": "failed",
        "counter-display-2": "skipped",
    }
    assert results["call-keypad-1"]["seen"] == "0 1 2 3 4 5 6 7 8 9 B C E N P | – R S X"
    assert results["call-keypad-1"]["note"] == "three keys are not fitted"
    assert results["rating-keypad-1"]["seen"] == "1 2 3 4 5"
    assert results["counter-display-1"]["seen"] == "8888: gone"
    page = Path(told["sheet"]).read_text(encoding="utf-8")
    assert "BIÊN BẢN KIỂM TRA THIẾT BỊ" in page
    assert "Phường &lt;Bến Thành&gt;" in page
    assert "2 trên 4 thiết bị đạt." in page
    assert page.count('class="failed"') == page.count('class="skipped"') == 1


def test_a_walk_that_was_broken_off_goes_on_with_what_has_not_passed(
    hall: tuple[dict[str, Any], Remote, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    addresses, control, state = hall
    skipped = {f"{name}.begin": "s" for name in ("call-keypad-1", "rating-keypad-1", "counter-display-2")}
    assert commission(state, *answers(tmp_path, **skipped)) == 1
    # Power was cut while a line was being written.
    with (state / RESULTS_FILE).open("ab") as file:
        file.write(b'{"check_id": "call-key')
    control.order("fault", wire="hall", slave=41, fault="absent")  # It has passed, so nobody asks it again.
    capsys.readouterr()
    with hands(press_all, addresses["control"]):
        assert commission(state, "--key-s", 3, *answers(tmp_path)) == 0
    assert json.loads(capsys.readouterr().out)["passed"] == 4
    assert commission(state, "--sheet-only") == 0
    assert commission(state, "--again", *answers(tmp_path, **skipped)) == 1


@pytest.mark.parametrize(("code", "verdict"), [(TRIAL_CODE, "passed"), ("H001", "failed")])
def test_a_kiosks_scanner_must_read_what_its_printer_printed(
    hall: tuple[dict[str, Any], Remote, Path], tmp_path: Path, code: str, verdict: str
) -> None:
    addresses, control, _ = hall
    wires = ("--printer", addresses["printers"]["front"], "--profile", "tm_t82")
    scanner = ("--scanner", addresses["inputs"]["scanner"], "--language", "en")
    given = (str(one) for one in answers(tmp_path))
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
    assert "name the folder of an agent, or a kiosk's --printer" in capsys.readouterr().err
    (state / "functions.json").unlink()
    assert commission(state) == 1
    assert "start the agent once" in capsys.readouterr().err


WIRE = "serial:///dev/serial/by-id/usb-FTDI_FT232R_USB_UART_A50285BI-if00-port0?baud=9600"
FILED = (
    (Check(check_id="printer", kind="printer", address="tcp://10.20.30.41:9100", profile="tm_t82"), "confirmed, 1.4 s"),
    (Check(check_id="scanner", kind="scanner", address="serial:///dev/serial/by-id/usb-Honeywell-if00"), "đọc đúng mã"),
    (Check(check_id="call-keypad-1", kind="keypad", address=WIRE, slave=1, protocol="reference"), "0 1 2 3 | – R S X"),
    (Check(check_id="rating-keypad-1", kind="keypad", address=WIRE, slave=21, protocol="reference"), "1 2 3 4 5"),
    (Check(check_id="counter-display-1", kind="display", address=WIRE, slave=41, protocol="reference"), "8888: gone"),
    (Check(check_id="counter-display-2", kind="display", address=WIRE, slave=42, protocol="cd5220"), "8888: sent"),
    (Check(check_id="counter-display-3", kind="display", address=WIRE, slave=43, protocol="am03127"), None),
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
    passed = Result(check_id=check.check_id, device=check.device, verdict="passed", seen="", note="", at=at)
    assert last_results([check], [passed]) == {check.check_id: passed}
    moved = msgspec.structs.replace(check, address="tcp://10.0.0.8:9100")
    assert last_results([moved], [passed]) == {}
    assert last_results([msgspec.structs.replace(check, profile="generic_58mm")], [passed]) == {}


@pytest.mark.browser
@pytest.mark.picture
def test_the_sheet_is_one_page_fit_to_be_filed(tmp_path: Path, picture: Callable[[str], Path]) -> None:
    at = datetime(2026, 11, 22, 2, 5, tzinfo=UTC)
    results = [
        Result(
            check_id=check.check_id,
            device=check.device,
            verdict="failed" if seen.endswith("gone") else "passed",
            seen=seen,
            note="không sáng, thay nguồn" if seen.endswith("gone") else "",
            at=at,
        )
        for check, seen in FILED
        if seen is not None
    ]
    facts = Facts("UBND phường Bến Thành", "motcua-agent", "Motcua 0.1.0", "Nguyễn Văn Định", at, 25_200)
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
