"""What a technician is told about a machine, for machines we do not have."""

from pathlib import Path

import msgspec
import pytest

from motcua import fitness
from motcua.__main__ import main
from motcua.commands.doctor import lines
from motcua.fitness import Finding

GB = 1_000_000_000


@pytest.mark.parametrize(
    ("finding", "verdict"),
    [
        (fitness.judge_python((3, 10)), "bad"),
        (fitness.judge_python((3, 11)), "good"),
        (fitness.judge_python((3, 13)), "good"),
        (fitness.judge_sqlite(None), "bad"),
        (fitness.judge_sqlite("3.40.1"), "bad"),
        (fitness.judge_sqlite("3.51.2"), "bad"),
        (fitness.judge_sqlite("3.51.3"), "good"),
        (fitness.judge_sqlite("3.100.0"), "good"),
        (fitness.judge_graphics(["libEGL.so.1"]), "weak"),
        (fitness.judge_graphics([]), "good"),
        (fitness.judge_speech(None), "weak"),
        (fitness.judge_speech("/usr/bin/espeak-ng"), "good"),
        (fitness.judge_typeface(there=False), "bad"),
        (fitness.judge_typeface(there=True), "good"),
        (fitness.judge_clock(follows=None), "weak"),
        (fitness.judge_clock(follows=False), "weak"),
        (fitness.judge_clock(follows=True), "good"),
        (fitness.judge_space(Path("state"), GB - 1), "bad"),
        (fitness.judge_space(Path("state"), GB), "good"),
        (fitness.judge_flush(None), "bad"),
        (fitness.judge_flush(20.1), "weak"),
        (fitness.judge_flush(0.07), "good"),
        (fitness.judge_keys([Path("device.key")]), "bad"),
        (fitness.judge_keys([]), "good"),
    ],
)
def test_each_judgement_and_its_mend(finding: Finding, verdict: str) -> None:
    assert finding.verdict == verdict
    assert bool(finding.mend) == (verdict != "good")


def test_a_key_that_others_may_read_is_named(tmp_path: Path) -> None:
    for name, mode in [("open.key", 0o640), ("shut.key", 0o600)]:
        (tmp_path / name).touch()
        (tmp_path / name).chmod(mode)
    keys = next(finding for finding in fitness.look(tmp_path) if finding.what == "keys")
    assert keys.verdict == "bad"
    assert "open.key" in keys.seen
    assert "shut.key" not in keys.seen


@pytest.mark.parametrize(
    ("timers", "verdict", "seen"),
    [
        ({}, "good", "no serial USB adapter"),
        ({"ttyUSB0": "1\n"}, "good", "ttyUSB0"),
        ({"ttyUSB0": None}, "good", "ttyUSB0"),
        ({"ttyUSB0": "2\n", "ttyUSB1": "16\n"}, "weak", "ttyUSB1 holds bytes back for 16 ms"),
    ],
)
def test_an_adapter_that_holds_bytes_back_is_named_with_the_rule_that_mends_it(
    tmp_path: Path, timers: dict[str, str | None], verdict: str, seen: str
) -> None:
    for name, timer in timers.items():
        (tmp_path / "adapters" / name).mkdir(parents=True)
        if timer is not None:
            (tmp_path / "adapters" / name / "latency_timer").write_text(timer)
    found = next(one for one in fitness.look(tmp_path, tmp_path / "adapters") if one.what == "adapters")
    assert found.verdict == verdict
    assert seen in found.seen
    assert ("70-motcua.rules" in found.mend) == (verdict == "weak")


def test_the_rule_that_doctor_names_sets_the_timer() -> None:
    rules = (Path(__file__).parents[2] / "config" / "udev" / "70-motcua.rules").read_text(encoding="utf-8")
    assert 'ATTR{latency_timer}="1"' in rules


def test_a_folder_that_is_not_there_yet_is_judged_by_the_one_above(tmp_path: Path) -> None:
    verdicts = {finding.what: finding.verdict for finding in fitness.look(tmp_path / "later" / "state")}
    assert verdicts["disk"] in {"good", "weak"}


def test_this_machine_can_run_the_tests(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor", "--state", str(tmp_path), "--json"]) == 0
    findings = msgspec.json.decode(capsys.readouterr().out, type=list[Finding])
    assert {"SQLite", "disk", "graphics"} <= {finding.what for finding in findings}


def test_what_is_bad_ends_with_1(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "device.key").touch(0o644)
    assert main(["doctor", "--state", str(tmp_path)]) == 1
    assert "→ chmod 600" in capsys.readouterr().out


def test_a_named_folder_that_is_not_there_is_bad(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor", "--state", str(tmp_path / "agnet")]) == 1
    said = capsys.readouterr().out
    assert f"bad   state     {tmp_path / 'agnet'} is no folder: no device and no key of it was looked at" in said


def test_a_new_machine_without_a_folder_may_be_looked_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["doctor", "--json"]) == 0
    assert "state" not in {one.what for one in msgspec.json.decode(capsys.readouterr().out, type=list[Finding])}


def test_how_a_finding_reads() -> None:
    good, weak = Finding("Python", "good", "3.11"), Finding("clock", "weak", "follows nobody", "apt-get install chrony")
    assert list(lines([good, weak])) == [
        "good  Python    3.11",
        "weak  clock     follows nobody",
        "                → apt-get install chrony",
    ]
