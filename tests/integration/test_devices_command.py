"""`motcua devices` against a real server: the list, and each change of health as it comes."""

import json
import subprocess
import sys
from pathlib import Path
from typing import IO, Any

import pytest
from msgspec.structs import replace

from motcua.__main__ import main
from motcua.commands.devices import device_table
from protocol.commands import ReportDevice
from protocol.views import DeviceLine, Done
from tests.support.real_hall import PATIENCE_S, RealHall


def told_of_kiosk(lines: IO[str], state: str) -> dict[str, Any]:
    """Read what is told until the kiosk is in this state; the process that writes ends by itself."""
    for line in lines:
        told: dict[str, Any] = json.loads(line)
        if (told["function_id"], told["state"]) == ("kiosk-1", state):
            return told
    raise AssertionError(f"the kiosk was never {state}")


def test_health_is_watched_live_and_listed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with RealHall(tmp_path) as hall:
        kiosk = hall.link(hall.pair("kiosk-a", "kiosk:kiosk-1"))
        state = ("--state", str(tmp_path / "server" / "technician"))
        command = [sys.executable, "-m", "motcua", "devices", "watch", *state, "--json", "--seconds", str(PATIENCE_S)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as watching:
            assert watching.stdout is not None
            assert kiosk.ask_and_wait(ReportDevice(function_id="kiosk-1", state="ok")) == Done()
            before = told_of_kiosk(watching.stdout, "ok")
            report = ReportDevice(function_id="kiosk-1", state="out", reason="paper_out")
            assert kiosk.ask_and_wait(report) == Done()
            after = told_of_kiosk(watching.stdout, "out")
            watching.terminate()
        assert after["reason"] == "paper_out"
        assert after["since_at"] > before["since_at"]
        assert main(["devices", *state, "list"]) == 0
        (line,) = [line for line in capsys.readouterr().out.splitlines() if "kiosk-1" in line]
        assert line.split()[:7] == ["kiosk-a", "kiosk", "kiosk-1", "-", "paired", "out", "23/11"]


def test_columns_have_heads_and_are_as_wide_as_the_names_in_them() -> None:
    line = DeviceLine(
        device_id="kiosk-a", function_id="kiosk-1", kind="kiosk", counter_id="", pairing="paired", state="ok",
        reason="", detail="", since_at=None,
    )  # fmt: skip
    long = replace(
        line, device_id="rating-terminal-6", function_id="rating-terminal-of-counter-6", kind="rating_terminal"
    )
    table = device_table((line, long))
    assert table[0].split() == ["DEVICE", "KIND", "FUNCTION", "COUNTER", "PAIRING", "STATE", "SINCE", "REASON"]
    for head in ("KIND", "FUNCTION", "COUNTER", "PAIRING", "STATE", "SINCE"):
        column = table[0].index(head)
        assert all(row[column - 1] == " " and row[column] != " " for row in table[1:]), (head, table)


def test_a_watch_ends_by_itself_and_says_when_no_server_is_there(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with RealHall(tmp_path) as hall:
        state = ("--state", str(tmp_path / "server" / "technician"))
        assert main(["devices", "watch", *state, "--seconds", "0.5"]) == 0
        hall.kill()
        assert main(["devices", "watch", *state, "--deadline-s", "1"]) == 1
    assert "does the server run?" in capsys.readouterr().err
