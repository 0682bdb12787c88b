"""The command line finds its sub-commands, imports the chosen one alone, and ends as a shell expects."""

import resource
import subprocess
import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from motcua import __main__, commands


def run_motcua(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "motcua", *arguments], capture_output=True, text=True, timeout=30, check=False
    )


def planted(problem: BaseException | None) -> __main__.Shelf:
    """Give a shelf with the one sub-command `water`, which ends with 3 or raises."""

    def run(_: Namespace) -> int:
        if problem is not None:
            raise problem
        return 3

    def configure(parser: ArgumentParser) -> None:
        parser.add_argument("--garden")

    module = SimpleNamespace(__doc__="Water the flowers.\n\nTwice.", configure=configure, run=run)
    return __main__.Shelf(
        lambda: ["water"], lambda _: "Water the flowers", lambda _: cast("__main__.SubCommand", module)
    )


@pytest.mark.parametrize(
    ("raised", "code", "said"),
    [
        (None, 3, ""),
        (commands.Problem("the well is dry; dig deeper"), 1, "motcua water: the well is dry; dig deeper\n"),
        (KeyboardInterrupt(), 130, ""),
    ],
)
def test_how_a_sub_command_ends(
    capsys: pytest.CaptureFixture[str],
    raised: BaseException | None,
    code: int,
    said: str,
) -> None:
    assert __main__.main(["water", "--garden", "north"], planted(raised)) == code
    assert capsys.readouterr().err == said


def test_our_own_mistake_keeps_its_traceback() -> None:
    with pytest.raises(ZeroDivisionError):
        __main__.main(["water"], planted(ZeroDivisionError()))


def test_help_of_a_sub_command_is_its_docstring(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        __main__.main(["water", "--help"], planted(None))
    assert ended.value.code == 0
    assert "Twice." in capsys.readouterr().out


def test_every_sub_command_has_its_two_functions_and_its_line_in_the_help() -> None:
    shown = run_motcua("--help").stdout
    for name in commands.names():
        assert commands.summary(name) in " ".join(shown.split())
        described = run_motcua(name, "--help")
        assert described.returncode == 0, described.stderr


def test_an_unknown_sub_command_is_refused_with_the_known_ones() -> None:
    answer = run_motcua("fly")
    assert answer.returncode == 2
    assert all(name in answer.stderr for name in commands.names())


def test_help_loads_no_program_and_answers_at_once() -> None:
    heavy = {"kivy", "zmq", "apsw", "flask", "msgspec", "queue_server", "kiosk", "display", "hardware"}
    source = (
        "import sys\nfrom motcua.__main__ import main\n"
        "try: main(['--help'])\nexcept SystemExit: print(sorted(sys.modules), file=sys.stderr)"
    )
    answer = subprocess.run([sys.executable, "-c", source], capture_output=True, text=True, timeout=30, check=True)
    loaded = set(eval(answer.stderr))  # noqa: S307 - our own list, printed two lines above.
    assert not heavy & loaded


def test_help_within_its_budget() -> None:
    """150 ms are promised. Work of the processor is measured, for the machine may be busy with other tests."""

    def worked_s() -> float:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        assert run_motcua("--help").returncode == 0
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return (after.ru_utime + after.ru_stime) - (before.ru_utime + before.ru_stime)

    assert min(worked_s() for _ in range(5)) < 0.150


def test_output_that_nobody_reads_is_no_traceback() -> None:
    command = f"{sys.executable} -m motcua --help | true"
    answer = subprocess.run(["sh", "-c", command], capture_output=True, text=True, timeout=30, check=False)
    assert "Traceback" not in answer.stderr


def test_the_folder_of_sub_commands_holds_nothing_else() -> None:
    folder = Path(commands.__file__).parent
    kept = {path.name for path in folder.iterdir()} - {"__pycache__", "__init__.py"}
    assert kept == {f"{name}.py" for name in commands.names()}
