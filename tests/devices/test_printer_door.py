"""What hands have done reaches the printer from outside of the kiosk: the real command, door and owner, a real port."""

import json
import os
import socket
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from hardware.printer import PrinterStopped, profile_named
from hardware.registry import find
from hardware.simulated.remote import Remote
from kiosk.ticket.printer_door import PrinterDoor, health_of
from kiosk.ticket.printing import Printing
from motcua.__main__ import main
from tests.devices.test_printer_faults import OFF, PRINTED, QUICK
from tests.support.devices import simulated_hall
from tests.support.printer_desk import Desk

ROLL_MM = 2_000.0


@pytest.fixture
def printer(tmp_path: Path) -> Iterator[tuple[Remote, str]]:
    printers = [{"name": "front", "address": "tcp://127.0.0.1:0", "rows_per_s": 8000}]
    with simulated_hall(tmp_path / "hall", printers=printers) as (addresses, control):
        yield control, addresses["printers"]["front"]


@contextmanager
def kiosk(printer: tuple[Remote, str], state: Path) -> Iterator[Desk]:
    """Run a kiosk's flow at its printer, with the door open in its folder of state."""
    control, address = printer
    profile = replace(profile_named("generic_80mm"), roll_mm=ROLL_MM, **QUICK)
    state.mkdir(exist_ok=True)
    with (
        closing(Desk(control, "front", address, profile, state / "printer")) as desk,
        closing(PrinterDoor(state, desk.printing)),
    ):
        yield desk


def told(state: Path, word: str, capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    """Say a word by the command, and give what it printed."""
    assert main(["devices", "printer", "--state", str(state), "--json", word]) == 0
    answer: dict[str, Any] = json.loads(capsys.readouterr().out)
    return answer


def test_a_cutter_jam_is_held_told_mended_and_printed_once(
    printer: tuple[Remote, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    state = tmp_path / ("kiosk with a name longer than a socket's can be " * 3).strip()
    with kiosk(printer, state) as desk:
        desk.fault("cutter_jam")
        desk.take()
        desk.sees(OFF)
        held = told(state, "status", capsys)
        assert (held["answer"], held["state"], held["reason"], held["jobs_unfinished"]) == (
            "printer",
            "out",
            "cutter",
            1,
        )
        desk.fault("cutter_jam", on=False)
        assert not desk.paper(), "until somebody says so the printer waits"
        assert main(["devices", "printer", "--state", str(state), "--language", "en", "mended"]) == 0
        assert "The kiosk has the word." in capsys.readouterr().out
        desk.sees(PRINTED)
        assert desk.judge() == "H025 whole"
        assert told(state, "status", capsys)["jobs_unfinished"] == 0
    assert desk.job_states() == ["confirmed"]


def test_a_changed_roll_begins_the_forecast_anew_and_a_restart_keeps_it(
    printer: tuple[Remote, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    state = tmp_path / "kiosk"
    with kiosk(printer, state) as desk:
        desk.take()
        desk.sees(PRINTED)
        before = told(state, "status", capsys)
        assert before["tickets_left"] is None, "nobody has said where this roll began"
        assert before["paper_used_mm"] > 50
        changed = told(state, "roll-changed", capsys)
        assert (changed["answer"], changed["paper_used_mm"]) == ("roll_changed", 0)
        assert changed["tickets_left"] == int(ROLL_MM / before["paper_used_mm"])
    with kiosk(printer, state) as desk:
        assert told(state, "status", capsys)["tickets_left"] == changed["tickets_left"]
        desk.scene.ids = 100  # This kiosk's ids are counted: its second run must not give a visit the first one's.
        desk.take()
        desk.sees(PRINTED)
        after = told(state, "status", capsys)
        assert after["paper_used_mm"] == pytest.approx(before["paper_used_mm"], rel=0.2), "a ticket of the fresh roll"
        assert after["tickets_left"] < changed["tickets_left"]
        assert (after["state"], after["reason"]) == ("degraded", "paper_low"), "a roll of two metres is soon at its end"
        assert main(["devices", "printer", "--state", str(state), "--language", "en", "status"]) == 0
        assert f"2 m used; about {after['tickets_left']} tickets left" in capsys.readouterr().out


@pytest.mark.parametrize("line", [{}, {"order": "reprint"}, {"order": "mended", "more": 1}, {"ask": ["printer"]}])
def test_what_is_no_order_is_answered_and_changes_nothing(
    printer: tuple[Remote, str], tmp_path: Path, line: dict[str, Any]
) -> None:
    state = tmp_path / "kiosk"
    with kiosk(printer, state), socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(10)
        connection.connect(str(state / "printer.sock"))
        connection.sendall(json.dumps(line).encode() + b'\n{"ask": "printer"}\n')
        with connection.makefile() as answers:
            assert "orders are" in json.loads(answers.readline())["error"]
            assert json.loads(answers.readline())["answer"] == "printer"


def test_an_order_to_an_owner_that_has_ended_is_refused(
    printer: tuple[Remote, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    printing = Printing(find(printer[1]), profile_named("generic_80mm"), tmp_path / "printer", lambda _: None)
    with closing(PrinterDoor(tmp_path, printing)):
        printing.close()
        with pytest.raises(PrinterStopped):
            printing.paper_changed()
        for word in ("roll-changed", "mended"):
            assert main(["devices", "printer", "--state", str(tmp_path), word]) == 1
            assert "the kiosk refuses: the printer's owner has been closed" in capsys.readouterr().err


def test_a_door_that_cannot_be_opened_holds_nothing_open(printer: tuple[Remote, str], tmp_path: Path) -> None:
    (tmp_path / "printer.sock").mkdir()
    with closing(Printing(find(printer[1]), profile_named("generic_80mm"), tmp_path / "jobs", lambda _: None)) as ours:
        with pytest.raises(OSError, match=r"printer\.sock"):
            PrinterDoor(tmp_path, ours)
        held = [link.readlink() for link in Path("/proc/self/fd").iterdir() if link.is_symlink()]
        assert tmp_path not in held


def test_the_health_of_a_printer_alone() -> None:
    reasons = (None, "", "paper_low", "mute", "silent", "unreachable", "paper_out")
    states = ["unknown", "ok", "degraded", "unknown", "unknown", "gone", "out"]
    assert [health_of(reason)[0] for reason in reasons] == states


# --- The command's refusals: what, where, and what to do --------------------------------------------------------------


def refused(state: Path, capsys: pytest.CaptureFixture[str], *more: str) -> str:
    assert main(["devices", "printer", "--state", str(state), *more, "status"]) == 1
    said = capsys.readouterr().err
    assert str(state) in said
    return said


def test_where_no_kiosk_runs_the_command_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "usually --state /var/lib/motcua/kiosk" in refused(tmp_path / "nowhere", capsys)
    assert "start it (systemctl start motcua-kiosk)" in refused(tmp_path, capsys)
    with socket.socket(socket.AF_UNIX) as left_by_a_crash:
        left_by_a_crash.bind(str(tmp_path / "printer.sock"))
    assert "start it (systemctl start motcua-kiosk)" in refused(tmp_path, capsys)
    (tmp_path / "printer.sock").unlink()
    (tmp_path / "printer.sock").write_text("no socket")
    assert "start it (systemctl start motcua-kiosk)" in refused(tmp_path, capsys)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may open every folder")
def test_a_folder_of_another_user_is_named_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    closed = tmp_path / "kiosk"
    closed.mkdir(mode=0)
    assert "sudo -u motcua motcua devices printer" in refused(closed / "inside", capsys)


@pytest.mark.parametrize(
    ("said", "why"),
    [(None, "has not answered within 0.2 s"), (b"", "hung up"), (b"[]\n", "hung up"), (b"x" * 99, "hung up")],
)
def test_a_kiosk_that_gives_no_answer_is_not_waited_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], said: bytes | None, why: str
) -> None:
    over = threading.Event()

    def answer() -> None:
        connection, _ = listener.accept()
        with connection:
            connection.recv(4096)
            if said is None:
                over.wait(20)
            else:
                connection.sendall(said)

    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(tmp_path / "printer.sock"))
        listener.listen()
        thread = threading.Thread(target=answer)
        thread.start()
        try:
            assert why in refused(tmp_path, capsys, "--deadline-s", "0.2" if said is None else "10")
        finally:
            over.set()
            thread.join()


def test_a_roll_of_80_millimetres_is_a_width(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["kiosk", "--state", str(tmp_path), "--roll-mm", "80"]) == 1
    assert "in millimetres, as 80000 for a roll of 80 m" in capsys.readouterr().err
