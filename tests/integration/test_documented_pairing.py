"""The lines of docs/operating.md that announce devices, typed at a real server: each pairs, and may do its work."""

import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import get_args, get_type_hints

import pytest

from motcua.__main__ import main
from protocol.commands import FunctionDescription, Introduce
from protocol.link import open_link, pair
from protocol.roles import TOPICS_OF_ROLE
from protocol.views import Introduction
from tests.support.served_branch import ServedBranch

PAGE = (Path(__file__).parents[2] / "docs" / "operating.md").read_text(encoding="utf-8")
TECHNICIAN = "/var/lib/motcua/server/technician"
KINDS = get_args(get_type_hints(FunctionDescription)["kind"])
WITHOUT_A_PROGRAM = {"observer"}
CREATED = rf"^sudo -u motcua motcua (devices --state {TECHNICIAN} create .*)$"
LINES = list(dict.fromkeys(re.findall(CREATED, PAGE, re.MULTILINE)))


@pytest.fixture(scope="module")
def branch(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedBranch]:
    with ServedBranch(tmp_path_factory.mktemp("branch")) as served:
        yield served


def typed(branch: ServedBranch, line: str) -> list[str]:
    """Give the words of a documented line, at this branch and this machine."""
    words = shlex.split(line.replace(TECHNICIAN, str(branch.state / "technician")))
    return [{"192.0.2.10": "127.0.0.1"}.get(word, word) for word in words]


def paired(branch: ServedBranch, line: str, state: Path, capsys: pytest.CaptureFixture[str]) -> Introduction:
    """Type a line, pair a device with what it prints, and ask the server who that is."""
    capsys.readouterr()
    assert main(typed(branch, line)) == 0
    told = capsys.readouterr()
    assert "has no" not in told.err
    pair(told.out.strip(), state)
    with open_link(state) as link:
        reply = link.ask_and_wait(Introduce())
    assert isinstance(reply, Introduction)
    return reply


def rows() -> dict[str, list[str]]:
    """Give the table of kinds: what each kind needs."""
    cells = [
        [cell.strip() for cell in line.strip("|").split("|")] for line in PAGE.splitlines() if line.startswith("|")
    ]
    return {kind: row[1:] for row in cells for kind in re.findall(r"`([a-z_]+)`", row[0]) if len(row) == 5}


def test_every_kind_has_its_row_and_its_line() -> None:
    shown = {kind for line in LINES for kind in re.findall(r"--function ([a-z_]+):", line)}
    assert set(KINDS) <= rows().keys()
    assert set(KINDS) - WITHOUT_A_PROGRAM == shown


def test_each_line_pairs_a_device_that_has_the_place_it_needs(
    branch: ServedBranch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A terminal watches the topic of its counter or zone, so whoever has neither would stand there dark."""
    for line in LINES:
        device_id = line.partition(" create ")[2].split()[0]
        introduction = paired(branch, line, tmp_path / device_id, capsys)
        assert introduction.device_id == device_id
        for function in introduction.functions:
            _, counter, zone, _ = rows()[function.kind]
            assert (function.counter_id != "") == (counter == "yes"), function
            assert (function.zone_id != "") == zone.startswith("yes"), function
            needed = "".join(TOPICS_OF_ROLE[function.kind])
            assert function.counter_id or "{counter_id}" not in needed, function
            assert function.zone_id or "{zone_id}" not in needed, function


@pytest.mark.parametrize(
    ("function", "lacks"),
    [
        ("board:board-8", ["zone"]),
        ("counter_display:counter-display-8", ["counter", "zone"]),
        ("counter_display:counter-display-8:counter-1", ["zone"]),
        ("call_keypad:call-keypad-8", ["counter"]),
        ("rating_keypad:rating-keypad-8", ["counter"]),
        ("rating_terminal:rating-terminal-8", ["counter"]),
        ("kiosk:kiosk-8", []),
    ],
)
def test_a_function_without_the_place_it_needs_is_pointed_out(
    branch: ServedBranch, capsys: pytest.CaptureFixture[str], function: str, lacks: list[str]
) -> None:
    """The pairing string is printed all the same, and alone on its stream: a script goes on."""
    create = f"devices --state {TECHNICIAN} create dark-8 --function {function} --host 192.0.2.10"
    capsys.readouterr()
    assert main(typed(branch, create)) == 0
    told = capsys.readouterr()
    assert re.findall(r"has no (\w+)", told.err) == lacks
    assert re.fullmatch(r"motcua://\S+\n", told.out)


def test_a_wrong_place_is_refused_and_a_revoked_device_may_be_announced_and_paired_again(
    branch: ServedBranch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (line,) = [line for line in LINES if "rating_terminal" in line]
    again = line.replace("tablet-1", "tablet-7").replace("rating-terminal-1", "rating-terminal-7")
    assert main(typed(branch, again.replace("counter-1", "counter-99"))) == 1
    assert "counter-99" in capsys.readouterr().err
    paired(branch, again, tmp_path / "tablet", capsys)
    (revoke,) = re.findall(rf"^sudo -u motcua motcua (devices --state {TECHNICIAN} revoke .*)$", PAGE, re.MULTILINE)
    assert main(typed(branch, revoke.replace("tablet-1", "tablet-7"))) == 0
    assert paired(branch, again, tmp_path / "tablet", capsys).device_id == "tablet-7"


def test_the_first_password_is_said_once_where_the_page_looks_for_it_and_can_be_made_anew(
    branch: ServedBranch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (looked_for,) = set(re.findall(r"^journalctl -u motcua-web \| grep (\S+)$", PAGE, re.MULTILINE))
    (anew,) = re.findall(r"^sudo -u motcua motcua (web reset-password .*) --state \S+$", PAGE, re.MULTILINE)
    (line,) = [line for line in LINES if "staff:" in line]
    another = line.replace("create pages", "create pages-2").replace("staff:pages", "staff:pages-2")
    paired(branch, another, tmp_path, capsys)
    command = [sys.executable, "-m", "motcua", "web", "--state", str(tmp_path), "--port", "0"]
    for has_password in (True, False):
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as pages:
            assert pages.stdout is not None
            assert pages.stdout.readline().startswith("Staff pages at http://")
            said = pages.stdout.readline() if has_password else ""
            pages.terminate()
            said += pages.stdout.read()
        assert (looked_for in said) == ("technician" in said) == has_password, said
    assert main([*shlex.split(anew), "--state", str(tmp_path)]) == 0
    assert re.search(r"one_time_password: \S{8,}", capsys.readouterr().out)
