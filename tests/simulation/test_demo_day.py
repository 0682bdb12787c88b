"""The demonstration, whole: a morning of a real hall's programs, judged from the outside; and its end by Ctrl-C."""

import json
import select
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from motcua.demo.judge import Recording, judge, judged
from protocol.events import AnyEvent, VisitTaken
from queue_server.journal import Journal

DEMO = (sys.executable, "-m", "motcua", "demo", "--headless", "--json")
VISITS = 20
DEADLINE_S = 240.0
"""A quiet machine takes a quarter of this."""

pytestmark = [pytest.mark.screen, pytest.mark.begins_first, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def morning(tmp_path_factory: pytest.TempPathFactory) -> tuple[subprocess.CompletedProcess[str], Path]:
    """Let the first citizens of a ward's day be served, and keep everything."""
    folder = tmp_path_factory.mktemp("morning")
    day = ("--day", "ward", "--seed", "7", "--speed", "300", "--visits", str(VISITS), "--keep", str(folder))
    return subprocess.run((*DEMO, *day), capture_output=True, text=True, timeout=DEADLINE_S, check=False), folder


@pytest.fixture
def told(morning: tuple[subprocess.CompletedProcess[str], Path]) -> dict[str, Any]:
    ended, _ = morning
    assert ended.returncode == 0, ended.stdout + ended.stderr
    told: dict[str, Any] = json.loads(ended.stdout)
    return told


def log_of(folder: Path) -> list[AnyEvent]:
    with Journal(folder / "server" / "branch.db") as journal:
        return [row.event() for row in journal.rows()]


def processes_of(folder: Path) -> list[str]:
    """List the command lines of all processes that name a folder."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                words = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            except (FileNotFoundError, ProcessLookupError):
                continue
            if str(folder) in words:
                found.append(words)
    return found


def test_a_morning_is_right_as_seen_from_the_outside(told: dict[str, Any]) -> None:
    assert told["seed"] == 7
    assert told["visits_taken"] == told["tickets_confirmed"] == VISITS
    assert told["ended"] + told["no_shows"] + told["cancelled"] + told["expired"] == VISITS
    assert told["calls"] >= told["ended"]
    assert told["announcements"] > 0
    assert (told["duplicate_numbers"], told["double_calls"], told["lost_acknowledged"]) == (0, 0, 0)
    assert told["log_verified"] is True
    assert "findings" not in told
    assert all(told["latency_ms"][what]["p50"] > 0 for what in ("touch_to_number", "call_to_board"))


def test_nothing_is_left_of_a_morning_but_what_was_kept(
    told: dict[str, Any], morning: tuple[subprocess.CompletedProcess[str], Path]
) -> None:
    _, folder = morning
    assert processes_of(folder) == []
    assert len(list((folder / "devices" / "tickets").glob("*.png"))) == told["tickets_confirmed"]
    assert judge(Recording.load(folder), folder / "server") == told


def test_a_ticket_taken_out_of_the_log_is_caught(
    told: dict[str, Any], morning: tuple[subprocess.CompletedProcess[str], Path]
) -> None:
    del told
    _, folder = morning
    log = log_of(folder)
    planted = next(event for event in log if isinstance(event, VisitTaken))
    without = [event for event in log if getattr(event, "visit_id", "") != planted.visit_id]
    found = judged(Recording.load(folder), without)
    assert found["lost_acknowledged"] >= 1
    assert any(finding.startswith("lost_ticket") for finding in found["findings"])


def test_a_number_held_by_two_counters_is_caught(
    told: dict[str, Any], morning: tuple[subprocess.CompletedProcess[str], Path]
) -> None:
    del told
    _, folder = morning
    recording = Recording.load(folder)
    hold = recording.sightings.holds[0]
    recording.sightings.holds.append(replace(hold, counter_number=hold.counter_number + 1))
    found = judged(recording, log_of(folder))
    assert found["double_calls"] == 1


def told_of(watching: subprocess.Popen[str], function_id: str, state: str, reason: str = "") -> None:
    """Read what `motcua devices watch` says until it is this; the test's own time limit ends a wait in vain."""
    assert watching.stdout is not None
    for line in watching.stdout:
        told = json.loads(line)
        if (told["function_id"], told["state"], told["reason"]) == (function_id, state, reason):
            return
    raise AssertionError(f"{function_id} was never {state} {reason}")


@pytest.mark.slow
def test_faults_in_the_running_hall_are_seen_and_mended_and_ctrl_c_leaves_no_process(tmp_path: Path) -> None:
    state = tmp_path / "hall"
    tool = (sys.executable, "-m", "motcua", "devices")
    hall = (*DEMO, "--quiet-hall", "--state", str(state))
    with subprocess.Popen(hall, stdout=subprocess.PIPE, text=True) as demonstration:
        assert demonstration.stdout is not None
        ready, _, _ = select.select([demonstration.stdout], [], [], DEADLINE_S)
        assert ready, "the hall was not set up in time"
        where = json.loads(demonstration.stdout.readline())
        assert where["pages"].startswith("http://127.0.0.1:")
        assert any("report --follow" in process for process in processes_of(state)), "managers would see no figures"
        watch = (*tool, "watch", "--json", "--state", str(state / "server" / "technician"))

        def steer(what: str, device: str, fault: str) -> None:
            order = (*tool, what, device, fault, "--control", where["control"])
            subprocess.run(order, check=True, timeout=60, stdout=subprocess.DEVNULL)

        with subprocess.Popen(watch, stdout=subprocess.PIPE, text=True) as watching:
            told_of(watching, "kiosk-1", "ok")
            for function_id, device, fault, ill in [
                ("kiosk-1", "kiosk-1", "paper_out", ("out", "paper_out")),
                ("kiosk-1", "kiosk-1", "cover_open", ("out", "cover_open")),
                ("rating-keypad-1", "wire-1#65", "absent", ("gone", "no_answer")),
                ("counter-display-1", "wire-1", "unplugged", ("gone", "wire_away")),
            ]:
                steer("fault", device, fault)
                told_of(watching, function_id, *ill)
                steer("mend", device, fault)
                told_of(watching, function_id, "ok")
            watching.terminate()
        demonstration.send_signal(signal.SIGINT)
        assert demonstration.wait(timeout=60) == 0
    assert processes_of(state) == []
