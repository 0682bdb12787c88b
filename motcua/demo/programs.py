"""Start the programs of a hall, keep them running as systemd would, and end every one of them.

One thread does it all: it waits on the pidfds and the output of its children at once, so a death is known when it
happens and nothing is polled. Every child has a process group of its own (Ctrl-C in the terminal reaches the
demonstration alone, which then ends the programs in order) and a parent-death signal, so that nothing survives even a
demonstration that is killed.
"""

import os
import selectors
import signal
import socket
import subprocess
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import IO, Final, Self

from motcua.commands import Problem

LAST_LINES: Final = 12
RESTART_AFTER_S: Final = 1.0
"""As ``RestartSec=`` in the units of ``config/systemd``; the server's is shorter, since everybody waits for it."""

STOP_DEADLINE_S: Final = 10.0
"""What has not ended so long after SIGTERM is killed, and said so."""

READ_BYTES: Final = 65_536


class ToldToEnd(Exception):  # noqa: N818 -- what somebody wants, not an error.
    """Somebody asked for the end while programs were being started."""


@dataclass(frozen=True)
class Program:
    """A program of the hall. ``ready`` tells whether a line of its output says that it is at work."""

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict)
    ready: Callable[[str], bool] | None = None
    restarts: bool = True
    restart_after_s: float = RESTART_AFTER_S


@dataclass(frozen=True)
class Death:
    """An end that nobody asked for."""

    name: str
    exit_code: int
    last_lines: tuple[str, ...]

    def __str__(self) -> str:
        how = f"exit code {self.exit_code}" if self.exit_code >= 0 else f"signal {-self.exit_code}"
        return "\n".join(
            (f"{self.name} ended by itself ({how}). It said last:", *(f"    {x}" for x in self.last_lines))
        )


@dataclass
class _Child:
    program: Program
    process: subprocess.Popen[bytes]
    pidfd: int
    log: IO[bytes]
    unfinished: bytes = b""
    last_lines: deque[str] = field(default_factory=lambda: deque(maxlen=LAST_LINES))
    ready_line: str | None = None


class Programs:
    """Owns the child processes; use it in a ``with``, from one thread. ``wake`` and ``kill`` are for any thread."""

    def __init__(self, log_folder: Path, stop_deadline_s: float = STOP_DEADLINE_S) -> None:
        self.told = threading.Event()
        """Set by whoever wants the end; a wait for programs to be ready then raises :class:`ToldToEnd`."""
        self.deaths: list[Death] = []
        self.stubborn: list[str] = []
        """Programs that did not end at SIGTERM and were killed."""
        self._log_folder = log_folder
        self._stop_deadline_s = stop_deadline_s
        self._children: dict[str, _Child] = {}
        self._restarts: dict[str, tuple[float, Program]] = {}
        self._expected: set[str] = set()
        self._selector = selectors.DefaultSelector()
        self._bell, self._ringer = socket.socketpair()
        for end in (self._bell, self._ringer):
            end.settimeout(0)
        self._selector.register(self._bell, selectors.EVENT_READ, None)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        self._selector.close()
        self._bell.close()
        self._ringer.close()

    @property
    def wakeup_descriptor(self) -> int:
        """The descriptor that a signal may write to (``signal.set_wakeup_fd``) to end a wait."""
        return self._ringer.fileno()

    def wake(self) -> None:
        """End the present wait early; for any thread."""
        with suppress(BlockingIOError):  # The bell rings already.
            self._ringer.send(b"\0")

    def start(self, program: Program) -> None:
        """Start a program. Raises Problem when it cannot be started at all."""
        assert program.name not in self._children, f"{program.name} runs already"
        command = ("setpriv", "--pdeathsig", "SIGTERM", "--", *program.command)
        self._log_folder.mkdir(parents=True, exist_ok=True)
        log = (self._log_folder / f"{program.name}.log").open("ab", buffering=0)
        try:
            process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                env={**os.environ, **program.environment},
                process_group=0,
            )
        except OSError as error:
            log.close()
            raise Problem(
                f"{program.name} cannot be started: {error}. setpriv is in the package util-linux."
            ) from error
        child = _Child(program, process, os.pidfd_open(process.pid), log)
        self._children[program.name] = child
        assert process.stdout is not None, "asked for above"
        os.set_blocking(process.stdout.fileno(), False)
        self._selector.register(process.stdout, selectors.EVENT_READ, child)
        self._selector.register(child.pidfd, selectors.EVENT_READ, child)

    def replace(self, program: Program, deadline_s: float) -> str:
        """End a program, start it anew with another command line, and give the line by which it is ready."""
        child = self._children[program.name]
        self._expected.add(program.name)
        child.program = replace(program, restarts=False)
        child.process.terminate()
        until = time.monotonic() + self._stop_deadline_s
        while self._children.get(program.name) is child:
            if time.monotonic() >= until:
                raise Problem(f"{program.name} did not end within {self._stop_deadline_s:g} s")
            self.wait(until - time.monotonic())
        self.start(program)
        return self.wait_ready([program.name], deadline_s)[program.name]

    def wait_ready(self, names: Sequence[str], deadline_s: float) -> dict[str, str]:
        """Wait until programs say that they are ready, and give the lines by which they said it.

        Raises Problem when one of them dies or is not ready in time, and ToldToEnd.
        """
        until = time.monotonic() + deadline_s
        dead_before = len(self.deaths)
        while not all(self._is_ready(name) for name in names):
            for death in self.deaths[dead_before:]:
                if death.name in names:
                    raise Problem(f"{death}\nIts whole log: {self._log_folder / death.name}.log")
            if self.told.is_set():
                raise ToldToEnd
            if time.monotonic() >= until:
                late = [name for name in names if not self._is_ready(name)]
                said = "\n".join(f"    {line}" for name in late for line in self.last_lines(name))
                raise Problem(f"{', '.join(late)} not ready after {deadline_s:g} s. Last said:\n{said}")
            self.wait(until - time.monotonic())
        return {name: self._children[name].ready_line or "" for name in names}

    def last_lines(self, name: str) -> tuple[str, ...]:
        """Give what a program said last."""
        child = self._children.get(name)
        return tuple(child.last_lines) if child else ()

    def kill(self, name: str) -> None:
        """Kill a program as a fault would (SIGKILL); it is started again. Does nothing while it is down anyway."""
        child = self._children.get(name)
        if child is not None:
            self._expected.add(name)
            with suppress(ProcessLookupError):
                child.process.send_signal(signal.SIGKILL)

    def process_id(self, name: str) -> int | None:
        """Give the process id of a program that runs."""
        child = self._children.get(name)
        return child.process.pid if child else None

    def wait(self, timeout_s: float | None) -> None:
        """Deal with what happens until something did, somebody woke us or the time is over."""
        due = [at for at, _ in self._restarts.values()]
        if due:
            until_restart_s = max(0.0, min(due) - time.monotonic())
            timeout_s = until_restart_s if timeout_s is None else min(timeout_s, until_restart_s)
        for key, _ in self._selector.select(timeout_s if timeout_s is None else max(0.0, timeout_s)):
            child: _Child | None = key.data
            if child is None:
                with suppress(BlockingIOError):
                    self._bell.recv(READ_BYTES)
            elif self._children.get(child.program.name) is not child:
                continue  # Its death was dealt with a moment ago.
            elif key.fd == child.pidfd:
                self._ended(child)
            else:
                self._read(child)
        now = time.monotonic()
        for name, (at, program) in list(self._restarts.items()):
            if at <= now:
                del self._restarts[name]
                self.start(program)

    def stop(self) -> None:
        """End all programs, last started first asked; kill what does not end in time."""
        self._restarts.clear()
        for child in reversed(self._children.values()):
            self._expected.add(child.program.name)
            child.program = replace(child.program, restarts=False)
            with suppress(ProcessLookupError):
                child.process.terminate()
        until = time.monotonic() + self._stop_deadline_s
        while self._children and time.monotonic() < until:
            self.wait(until - time.monotonic())
        for child in list(self._children.values()):
            self.stubborn.append(child.program.name)
            child.process.kill()
            self._ended(child)

    def _is_ready(self, name: str) -> bool:
        child = self._children.get(name)
        return child is not None and (child.program.ready is None or child.ready_line is not None)

    def _read(self, child: _Child) -> bool:
        """Keep what a child says; False when there is no more for now."""
        assert child.process.stdout is not None, "opened as a pipe"
        try:
            data = os.read(child.process.stdout.fileno(), READ_BYTES)
        except BlockingIOError:
            return False
        if not data:
            with suppress(KeyError):
                self._selector.unregister(child.process.stdout)
            return False
        child.log.write(data)
        *lines, child.unfinished = (child.unfinished + data).split(b"\n")
        for raw in lines:
            line = raw.decode("utf-8", "replace").rstrip("\r")
            child.last_lines.append(line)
            if child.ready_line is None and child.program.ready is not None and child.program.ready(line):
                child.ready_line = line
        return True

    def _ended(self, child: _Child) -> None:
        """Take leave of a child: its last words, its exit code, what it left in its group, its restart."""
        name = child.program.name
        exit_code = child.process.wait()
        while self._read(child):
            pass
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(child.process.pid, signal.SIGKILL)
        assert child.process.stdout is not None, "opened as a pipe"
        with suppress(KeyError):
            self._selector.unregister(child.process.stdout)
        self._selector.unregister(child.pidfd)
        os.close(child.pidfd)
        child.process.stdout.close()
        child.log.close()
        del self._children[name]
        if name in self._expected:
            self._expected.discard(name)
        else:
            self.deaths.append(Death(name, exit_code, tuple(child.last_lines)))
        if child.program.restarts:
            self._restarts[name] = (time.monotonic() + child.program.restart_after_s, child.program)
