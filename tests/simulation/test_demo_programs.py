"""The keeper of the programs: what it starts, ends, starts again, and never leaves behind."""

import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from motcua.commands import Problem
from motcua.demo.programs import Program, Programs

SAYS_READY = "import signal, sys; print('ready', flush=True); signal.pause()"
DEADLINE_S = 20.0


def python(name: str, code: str, *, restarts: bool = False) -> Program:
    return Program(name, (sys.executable, "-c", code), ready=lambda line: line.startswith("ready"), restarts=restarts)


def wait_until(programs: Programs, true: Callable[[], bool]) -> None:
    until = time.monotonic() + DEADLINE_S
    while not true():
        assert time.monotonic() < until, "waited too long"
        programs.wait(until - time.monotonic())


def ends(process_id: int) -> bool:
    """Tell whether a process ends within the deadline."""
    try:
        handle = os.pidfd_open(process_id)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([handle], [], [], DEADLINE_S)[0])
    finally:
        os.close(handle)


def test_a_program_is_ready_when_it_says_so_and_gone_after_stop(tmp_path: Path) -> None:
    with Programs(tmp_path) as programs:
        programs.start(python("clock", SAYS_READY))
        assert programs.wait_ready(["clock"], DEADLINE_S) == {"clock": "ready"}
        process_id = programs.process_id("clock")
        assert process_id is not None
    assert ends(process_id)
    assert (tmp_path / "clock.log").read_text() == "ready\n"
    assert programs.deaths == []
    assert programs.stubborn == []


def test_a_program_that_cannot_begin_is_told_with_its_last_lines(tmp_path: Path) -> None:
    with Programs(tmp_path) as programs:
        programs.start(python("broken", "raise SystemExit('no such port')"))
        with pytest.raises(Problem, match=r"(?s)broken ended by itself \(exit code 1\).*no such port"):
            programs.wait_ready(["broken"], DEADLINE_S)


def test_a_program_that_is_never_ready_is_told(tmp_path: Path) -> None:
    with Programs(tmp_path) as programs:
        programs.start(python("silent", "import signal; print('still thinking', flush=True); signal.pause()"))
        with pytest.raises(Problem, match="silent not ready after"):
            programs.wait_ready(["silent"], 0.5)


def test_a_killed_program_is_started_again_and_is_no_unexpected_death(tmp_path: Path) -> None:
    with Programs(tmp_path) as programs:
        programs.start(python("server", SAYS_READY, restarts=True))
        programs.wait_ready(["server"], DEADLINE_S)
        first = programs.process_id("server")
        programs.kill("server")
        wait_until(programs, lambda: programs.process_id("server") not in {None, first})
        programs.wait_ready(["server"], DEADLINE_S)
        assert programs.deaths == []


def test_a_death_that_nobody_asked_for_is_reported_and_the_program_started_again(tmp_path: Path) -> None:
    with Programs(tmp_path) as programs:
        programs.start(python("kiosk", SAYS_READY, restarts=True))
        programs.wait_ready(["kiosk"], DEADLINE_S)
        first = programs.process_id("kiosk")
        assert first is not None
        os.kill(first, signal.SIGSEGV)
        wait_until(programs, lambda: programs.process_id("kiosk") not in {None, first})
        assert [(death.name, death.exit_code) for death in programs.deaths] == [("kiosk", -signal.SIGSEGV)]
        assert programs.deaths[0].last_lines == ("ready",)


def test_what_a_program_leaves_in_its_group_is_ended_with_it(tmp_path: Path) -> None:
    grandchild = (
        "import subprocess, sys; p = subprocess.Popen([sys.executable, '-c', 'import signal; signal.pause()']); "
    )
    with Programs(tmp_path) as programs:
        programs.start(python("parent", grandchild + "print('ready', p.pid, flush=True); p.wait()"))
        line = programs.wait_ready(["parent"], DEADLINE_S)["parent"]
    assert ends(int(line.split()[1]))


def test_a_program_that_ignores_the_request_to_end_is_killed_and_named(tmp_path: Path) -> None:
    deaf = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); " + SAYS_READY
    with Programs(tmp_path, stop_deadline_s=0.3) as programs:
        programs.start(python("deaf", deaf))
        programs.wait_ready(["deaf"], DEADLINE_S)
        process_id = programs.process_id("deaf")
    assert programs.stubborn == ["deaf"]
    assert process_id is not None
    assert ends(process_id)


def test_nothing_survives_a_demonstration_that_is_killed(tmp_path: Path) -> None:
    code = f"""
import sys
from pathlib import Path
from motcua.demo.programs import Program, Programs
programs = Programs(Path({str(tmp_path)!r}))
programs.start(Program("child", (sys.executable, "-c", {SAYS_READY!r}), ready=lambda line: line == "ready"))
programs.wait_ready(["child"], 20)
print(programs.process_id("child"), flush=True)
programs.wait(None)
"""
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) as demonstration:
        assert demonstration.stdout is not None
        process_id = int(demonstration.stdout.readline())
        demonstration.kill()
    assert ends(process_id)


def test_a_program_can_be_replaced_by_itself_with_another_command_line(tmp_path: Path) -> None:
    with Programs(tmp_path) as programs:
        programs.start(python("server", SAYS_READY, restarts=True))
        programs.wait_ready(["server"], DEADLINE_S)
        other = SAYS_READY.replace("'ready'", "'ready', 'again'")
        assert programs.replace(python("server", other, restarts=True), DEADLINE_S) == "ready again"
        assert programs.deaths == []


def test_a_wake_ends_a_wait(tmp_path: Path) -> None:
    with Programs(tmp_path) as programs:
        programs.wake()
        before = time.monotonic()
        programs.wait(DEADLINE_S)
        assert time.monotonic() - before < DEADLINE_S / 2
