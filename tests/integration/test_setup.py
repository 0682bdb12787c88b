"""Setting up a machine, told by a machine that writes down what is asked of it.

The programs that `tools/setup` calls (dpkg-query, apt-get, python …) are small scripts first on its PATH: they answer
as a bare Debian does and note each call. The real thing on a real bare Debian takes minutes and a network; it is tried
by hand, and by everybody who types `make demo` for the first time.
"""

import os
import shutil
import subprocess
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

SETUP = Path(__file__).parents[2] / "tools" / "setup"

PYTHON = """#!/bin/bash
case "$*" in
  -c*) exit 0 ;;
  --version) echo Python 3.11.2 ;;
  *"-m venv"*) mkdir -p .venv/bin; cp "$0" .venv/bin/python; touch .venv/bin/motcua; chmod +x .venv/bin/motcua ;;
  "-m pip --version") ;;
  *) echo "python $*" >>"$NOTES" ;;
esac
"""


class Machine:
    """A checkout on a machine whose programs note what they are asked."""

    def __init__(self, folder: Path) -> None:
        self.checkout = folder / "checkout"
        (self.checkout / "tools").mkdir(parents=True)
        shutil.copy(SETUP, self.checkout / "tools")
        (self.checkout / "requirements.lock").write_text("pip==1\nkivy==2\n")
        (self.checkout / "pyproject.toml").write_text("")
        self.programs = folder / "bin"
        self.programs.mkdir()
        self.notes = folder / "notes"
        self.notes.touch()
        self.has("python3.11", PYTHON)
        self.has("dpkg-query", '#!/bin/bash\necho "${INSTALLED:-not-installed}"\n')
        self.has("apt-get", '#!/bin/bash\necho "apt-get $*" >>"$NOTES"\n')
        self.has("id", "#!/bin/bash\necho 0\n")

    def has(self, program: str, script: str) -> None:
        path = self.programs / program
        path.write_text(script)
        path.chmod(0o755)

    def set_up(self, wanted: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["tools/setup", wanted],
            cwd=self.checkout,
            env={"PATH": f"{self.programs}:{os.defpath}", "NOTES": str(self.notes), **environment},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def forget(self) -> None:
        self.notes.write_text("")

    def asked(self, program: str) -> list[str]:
        return [line for line in self.notes.read_text().splitlines() if line.startswith(program)]


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def test_a_bare_machine_gets_everything_and_is_told_so(machine: Machine) -> None:
    done = machine.set_up("test")
    assert done.returncode == 0, done.stderr
    update, install = machine.asked("apt-get")
    assert update == "apt-get update -qq"
    assert {"libgl1", "espeak-ng", "chromium", "chromium-headless-shell", "strace"} <= set(install.split())
    assert all(package in done.stdout for package in ("libgl1", "chromium", ".venv/", "2 from requirements.lock"))
    assert sum("--require-hashes" in call for call in machine.asked("python")) == 2
    assert "--editable ." in machine.asked("python")[-1]


def test_the_demonstration_needs_no_browser(machine: Machine) -> None:
    machine.set_up("demo")
    assert "chromium" not in machine.asked("apt-get")[-1]


def test_a_second_run_does_nothing(machine: Machine) -> None:
    machine.set_up("test")
    machine.forget()
    for wanted in ("test", "demo"):
        again = machine.set_up(wanted)
        assert (again.returncode, again.stdout, machine.notes.read_text()) == (0, "", "")


def test_what_is_ready_for_the_demonstration_is_not_yet_for_the_tests(machine: Machine) -> None:
    machine.set_up("demo")
    machine.forget()
    machine.set_up("test")
    assert "chromium" in machine.asked("apt-get")[-1]


def break_lock(machine: Machine) -> None:
    (machine.checkout / "requirements.lock").write_text("pip==2\n")


def break_project(machine: Machine) -> None:
    (machine.checkout / "pyproject.toml").write_text("[project]\n")


def break_place(machine: Machine) -> None:
    machine.checkout = machine.checkout.rename(machine.checkout.with_name("moved"))


def break_environment(machine: Machine) -> None:
    shutil.rmtree(machine.checkout / ".venv")


@pytest.mark.parametrize("change", [break_lock, break_project, break_place, break_environment])
def test_a_change_sets_up_again(machine: Machine, change: Callable[[Machine], None]) -> None:
    machine.set_up("test")
    change(machine)
    machine.forget()
    machine.set_up("test")
    assert machine.asked("python")


def test_packages_that_are_there_are_left_alone(machine: Machine) -> None:
    done = machine.set_up("test", INSTALLED="installed")
    assert done.returncode == 0
    assert "all there" in done.stdout
    assert machine.asked("apt-get") == []


def test_without_root_the_packages_are_named(machine: Machine) -> None:
    machine.has("id", "#!/bin/bash\necho 1000\n")
    machine.has("sudo", "#!/bin/bash\nexit 1\n")
    done = machine.set_up("test")
    assert done.returncode == 1
    assert "apt-get install" in done.stderr
    assert "libmtdev1" in done.stderr
    assert machine.notes.read_text() == ""


def test_with_sudo_the_packages_are_installed(machine: Machine) -> None:
    machine.has("id", "#!/bin/bash\necho 1000\n")
    machine.has("sudo", '#!/bin/bash\n[ "$1" = -n ] && exit 0\nexec "$@"\n')
    assert machine.set_up("demo").returncode == 0
    assert len(machine.asked("apt-get")) == 2


def test_a_failed_step_is_repeated_next_time(machine: Machine) -> None:
    machine.has("apt-get", "#!/bin/bash\necho no network\nexit 100\n")
    assert machine.set_up("test").returncode == 1
    machine.forget()
    machine.has("apt-get", '#!/bin/bash\necho "apt-get $*" >>"$NOTES"\n')
    assert machine.set_up("test").returncode == 0
    assert len(machine.asked("apt-get")) == 2


def test_two_at_once_set_up_once(machine: Machine) -> None:
    with ThreadPoolExecutor(2) as both:
        done = [run.result() for run in [both.submit(machine.set_up, "test") for _ in range(2)]]
    assert [run.returncode for run in done] == [0, 0]
    assert sum("--editable" in call for call in machine.asked("python")) == 1


def test_an_unknown_wish_is_answered_with_the_known_ones(machine: Machine) -> None:
    done = machine.set_up("coffee")
    assert done.returncode == 2
    assert "tools/setup demo" in done.stderr
