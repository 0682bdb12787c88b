"""`motcua waiting` reads a log that nobody serves, and says what the server would have called next."""

from pathlib import Path

import pytest

from motcua.__main__ import main
from tests.support.logs import write_log
from tests.support.tables import play

DAY = """
    at      08:00
    take    V1 civil_status
    take    V2 civil_status elderly
    take    V3 land
    signin  an 1
    at      08:10
    call    1                    -> V2 priority
    take    V4 certification
"""


def test_the_list_is_printed_from_the_log_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_log(tmp_path, play(DAY).hall.events())
    assert main(["waiting", "--state", str(tmp_path), "--language", "en"]) == 0
    printed = capsys.readouterr().out
    rows = [line.split() for line in printed.splitlines() if line.startswith("   ")]
    assert [row[:2] if row[0].isdigit() else ["", row[0]] for row in rows] == [
        ["", "H002"],
        ["1", "H001"],
        ["2", "C001"],
        ["1", "L001"],
    ]
    assert "[1 · called]" in printed
    assert "08:00" in printed
    assert main(["waiting", "--state", str(tmp_path)]) == 0
    assert "Danh sách chờ" in capsys.readouterr().out


def test_a_folder_without_a_log_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["waiting", "--state", str(tmp_path / "nowhere")]) == 1
    assert "nowhere" in capsys.readouterr().err


def test_a_day_that_is_over_leaves_nobody_on_the_list(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_log(tmp_path, play(f"{DAY}\n    at 20:30").hall.events())
    assert main(["waiting", "--state", str(tmp_path), "--language", "en"]) == 0
    assert "Nobody is waiting." in capsys.readouterr().out
