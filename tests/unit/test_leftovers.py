"""The watch over leftovers: what stays is named, what is just ending is waited for."""

import os
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests.support.leftovers import Belongings, leftovers


@pytest.fixture
def tidied() -> Iterator[ExitStack]:
    """Yield where a test says how to take away what it planted."""
    with ExitStack() as stack:
        yield stack


def test_a_clean_test_leaves_nothing() -> None:
    assert leftovers(Belongings.now(), 0) == []


def test_a_thread_that_stays_is_named(tidied: ExitStack) -> None:
    before = Belongings.now()
    stop = threading.Event()
    thread = threading.Thread(target=stop.wait, name="lost")
    thread.start()
    tidied.callback(thread.join)
    tidied.callback(stop.set)
    assert [line.split(" (")[0] for line in leftovers(before, 0.01)] == ["thread 'lost'"]


def test_a_thread_that_is_ending_is_waited_for() -> None:
    before = Belongings.now()
    stop = threading.Event()
    threading.Thread(target=stop.wait).start()
    stop.set()
    assert leftovers(before, 10) == []


def test_a_process_that_stays_is_named(tidied: ExitStack) -> None:
    before = Belongings.now()
    process = tidied.enter_context(subprocess.Popen(["sleep", "60"]))
    tidied.callback(process.kill)
    assert leftovers(before, 0.01) == [f"process {process.pid}: sleep 60"]


def test_a_process_that_nobody_waited_for_is_named(tidied: ExitStack) -> None:
    before = Belongings.now()
    process = tidied.enter_context(subprocess.Popen(["true"]))
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
    assert leftovers(before, 0.01) == [f"process {process.pid}: ended, but nobody waited for it"]


def test_an_open_file_is_named(tidied: ExitStack) -> None:
    before = Belongings.now()
    file = tidied.enter_context(tempfile.TemporaryFile())  # noqa: SIM115 - the fixture closes it.
    assert [line.split(" -> ")[0] for line in leftovers(before, 0)] == [f"file descriptor {file.fileno()}"]
