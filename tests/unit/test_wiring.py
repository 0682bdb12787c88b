"""What a technician is told about the devices of a machine: there, ours, held, and named so that they stay."""

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from motcua.__main__ import main
from motcua.fitness import Finding, judge_libraries
from motcua.wiring import Seen, judge_device, judge_groups, judge_rivals, seen_of

THERE = Seen("serial:///dev/ttyUSB0", path="/dev/ttyUSB0", group="dialout")
STAYS = replace(THERE, path="/dev/serial/by-id/usb-A")


@pytest.mark.parametrize(
    ("finding", "verdict", "said"),
    [
        (judge_groups("motcua", frozenset({"dialout", "lp", "input"}), is_root=False), "good", "motcua"),
        (judge_groups("motcua", frozenset({"lp"}), is_root=False), "weak", "usermod -aG dialout,input motcua"),
        (judge_groups("root", frozenset(), is_root=True), "good", "root"),
        (judge_rivals(iter(())), "good", "nobody"),
        (judge_rivals(iter([Path("/usr/lib/udev/rules.d/90-brltty.rules")])), "weak", "apt-get remove brltty"),
        (judge_device(STAYS), "good", "serial://"),
        (judge_device(replace(STAYS, holders=("motcua agent (process 7)",))), "good", "held by motcua agent"),
        (judge_device(THERE), "weak", "by-path"),
        (judge_device(replace(THERE, staying=("/dev/serial/by-id/usb-A",))), "weak", "Use /dev/serial/by-id/usb-A"),
        (judge_device(replace(THERE, path="/dev/usb/lp0")), "weak", "after the next plug"),
        (judge_device(replace(STAYS, openable=False)), "bad", "usermod -aG dialout"),
        (judge_device(replace(STAYS, there=False)), "bad", "is not there"),
        (judge_device(Seen("printer", mistake="no kind of device")), "bad", "no kind of device"),
        (judge_libraries({"pyzmq": "26.0", "CURVE": ""}), "bad", "missing: CURVE"),
        (judge_libraries({"pyzmq": "26.0"}), "good", "pyzmq 26.0"),
    ],
)
def test_each_judgement_and_its_mend(finding: Finding, verdict: str, said: str) -> None:
    assert finding.verdict == verdict
    assert said in f"{finding.seen} {finding.mend}"
    assert bool(finding.mend) == (verdict != "good")


def test_a_node_is_looked_at_without_being_opened(tmp_path: Path) -> None:
    far, near = os.openpty()
    node = os.ttyname(near)
    (tmp_path / "usb-A").symlink_to(node)
    (tmp_path / "usb-B").symlink_to("/dev/null")
    try:
        seen = seen_of(f"serial://{node}?baud=9600", (str(tmp_path),))
        assert (seen.there, seen.openable, seen.holders) == (True, True, ())
        assert seen.staying == (str(tmp_path / "usb-A"),)
        holding = [sys.executable, "-c", f"import sys; f = open({node!r}); print(1, flush=True); sys.stdin.read()"]
        with subprocess.Popen(holding, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
            assert holder.stdout is not None
            holder.stdout.readline()
            (who,) = seen_of(f"serial://{node}").holders
            assert who.endswith(f"(process {holder.pid})")
            assert holder.stdin is not None
            holder.stdin.close()
    finally:
        os.close(far)
        os.close(near)


@pytest.mark.parametrize(
    ("address", "mend"),
    [
        ("file:///dev/usb/lp9", "ls -l /dev/usb; if that is empty: lsusb sees the printer"),
        ("serial:///dev/serial/by-id/none", "ls -l /dev/serial/by-id"),
        ("serial:///dev/ttyUSB99", "ls -l /dev/serial/by-id"),
        ("evdev:///dev/input/by-id/none-event-kbd", "ls -l /dev/input/by-id"),
        ("file:///srv/nowhere/printer", "ls -l /srv/nowhere"),
    ],
)
def test_of_a_device_that_is_not_there_the_names_of_its_own_kind_are_named(address: str, mend: str) -> None:
    found = judge_device(seen_of(address))
    assert found.verdict == "bad"
    assert found.mend.startswith(f"Is it plugged in and on? Compare the name with {mend}")


def test_doctor_looks_at_the_devices_of_the_agents_below_its_folder(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wired, wrong = tmp_path / "agent", tmp_path / "other"
    for folder in (wired, wrong):
        folder.mkdir()
    keypad = '[[usb_keypads]]\nfunction_id = "call-keypad-1"\naddress = "evdev:///dev/input/by-id/none-event-kbd"\n'
    (wired / "agent.toml").write_text(keypad, encoding="utf-8")
    (wrong / "agent.toml").write_text("wires = 5\n", encoding="utf-8")
    assert main(["doctor", "--state", str(tmp_path), "--device", "tcp://127.0.0.1:9100", "--json"]) == 1
    findings = msgspec.json.decode(capsys.readouterr().out, type=list[Finding])
    told = [(one.what, one.verdict, one.seen) for one in findings if one.what in {"device", "settings"}]
    assert ("device", "bad", "/dev/input/by-id/none-event-kbd is not there") in told
    assert ("device", "weak", "tcp://127.0.0.1:9100 was not looked at") in told
    assert [verdict for what, verdict, seen in told if what == "settings" and str(wrong) in seen] == ["bad"]
