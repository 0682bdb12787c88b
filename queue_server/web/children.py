"""A child process of our own that a page starts: one at a time, with a limit of time, and what is known of it.

The pages compute nothing heavy by themselves. A child is fed by its input, its two outputs are read as they come, each
of them bounded, and it is killed when it is overdue, when somebody stops it, and when this program ends. Whatever goes
wrong with it or with what it found, the state ends as *failed*, with a sentence: a page never shows one that runs for
ever.
"""

import contextlib
import logging
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import IO, Final, Generic, Protocol, TypeVar

_ENDING_S: Final = 10.0
_SAID_MOST: Final = 2_000
_PART: Final = 65_536

log = logging.getLogger(__name__)


class HasState(Protocol):
    """What is known of a child; `state` is "running" as long as it runs."""

    @property
    def state(self) -> str:
        """Where it stands."""


KnownT = TypeVar("KnownT", bound=HasState)


class Busy(Exception):  # noqa: N818 -- a state.
    """A child runs already."""


@dataclass(frozen=True, slots=True)
class Ended:
    """How a child has ended: its exit code, its result as far as it was read, and the last of what else it said."""

    code: int
    result: bytes
    said: str
    cut: bool
    """Whether the result was longer than it may be; what is here is no whole result then."""


@dataclass(frozen=True)
class Work(Generic[KnownT]):
    """What a child is to do, and what its words mean.

    `hear` reads a line of its standard error into what is known, and gives None for what is no progress; `settle` tells
    what is known after its end; `failed` is for a fault of ours that hinders that, with a sentence.
    """

    arguments: Sequence[str]
    begun: KnownT
    settle: Callable[[KnownT, Ended], KnownT]
    failed: Callable[[KnownT, str], KnownT]
    hear: Callable[[KnownT, str], KnownT | None] = lambda _known, _line: None
    fed: str = ""


class Child(Generic[KnownT]):
    """Runs `motcua` with arguments, one at a time. For any thread."""

    def __init__(self, name: str, idle: KnownT, *, limit_s: float, result_most_bytes: int = 0) -> None:
        self._name = name
        self._limit_s = limit_s
        self._result_most_bytes = result_most_bytes
        self._changed = threading.Condition()
        self._known = idle
        self._process: subprocess.Popen[bytes] | None = None
        self._thread: threading.Thread | None = None

    @property
    def known(self) -> KnownT:
        """What is known of the one that runs, or ran last."""
        with self._changed:
            return self._known

    def wait(self, timeout_s: float) -> KnownT:
        """Wait until none runs, or the time is over."""
        with self._changed:
            self._changed.wait_for(lambda: self._known.state != "running", timeout_s)
            return self._known

    def start(self, work: Work[KnownT]) -> None:
        """Begin. Raises :class:`Busy`, OSError."""
        with self._changed:
            if self._known.state == "running":
                raise Busy
            pipe = subprocess.PIPE
            self._process = subprocess.Popen(  # noqa: S603 -- our own program.
                [sys.executable, "-m", "motcua", *work.arguments], stdin=pipe, stdout=pipe, stderr=pipe
            )
            self._known = work.begun
            self._thread = threading.Thread(target=self._attend, args=(self._process, work), name=self._name)
            self._thread.start()

    def stop(self, as_stopped: Callable[[KnownT], KnownT]) -> None:
        """End the one that runs, if one does."""
        with self._changed:
            if self._known.state == "running" and self._process is not None:
                self._known = as_stopped(self._known)
                self._process.kill()
                self._process = None
                self._changed.notify_all()

    def close(self) -> None:
        """End what runs, and wait for its thread."""
        with self._changed:
            process = self._process
        if process is not None:
            process.kill()
        if self._thread is not None:
            self._thread.join(_ENDING_S)

    def _attend(self, process: "subprocess.Popen[bytes]", work: Work[KnownT]) -> None:
        try:
            ended = self._ended(process, work)
            known = work.settle(self.known, ended)
        except Exception as problem:  # Told in the journal and on the page; the page must not say "running" for ever.
            log.exception("what a child of the pages found (%s) cannot be used", self._name)
            known = work.failed(self.known, str(problem) or type(problem).__name__)
        with self._changed:
            if self._process is process:  # Else it was stopped, and another may run by now.
                self._known = known
                self._process = None
                self._changed.notify_all()

    def _ended(self, process: "subprocess.Popen[bytes]", work: Work[KnownT]) -> Ended:
        """Feed a child, hear it to its end, and kill it when that does not come."""
        overdue = threading.Timer(self._limit_s, process.kill)
        overdue.start()
        reading = _Reading(self._result_most_bytes)
        with process:  # Closes its pipes and waits, whatever happens.
            assert process.stdin is not None
            assert process.stdout is not None
            assert process.stderr is not None
            reader = threading.Thread(target=reading.read, args=(process.stdout,), name=f"{self._name}-result")
            reader.start()
            try:
                # One that has ended already takes no more, and says why.
                with contextlib.suppress(OSError):
                    process.stdin.write(work.fed.encode())
                with contextlib.suppress(OSError):
                    process.stdin.close()
                said = self._hear(process, process.stderr, work)
                code = process.wait()
            finally:
                late = not overdue.is_alive()
                overdue.cancel()
                process.kill()  # Of one that ended nothing is left to kill.
                reader.join()
        if late:
            said = f"it took longer than {self._limit_s:.0f} s and was ended\n{said}"
        return Ended(code, b"".join(reading.parts), said.strip(), reading.cut)

    def _hear(self, process: "subprocess.Popen[bytes]", said: IO[bytes], work: Work[KnownT]) -> str:
        """Read until the child has nothing more to say; gives the last of what was no progress."""
        rest = ""
        while line := said.readline(_PART).decode(errors="replace"):
            with self._changed:
                heard = work.hear(self._known, line) if self._process is process else None
                if heard is not None:
                    self._known = heard
            if heard is None:
                rest = (rest + line)[-_SAID_MOST:]
        return rest


class _Reading:
    """A child's result; what is beyond its limit is read and dropped, so that the child can end."""

    def __init__(self, most_bytes: int) -> None:
        self.parts: list[bytes] = []
        self.cut = False
        self._left = most_bytes

    def read(self, stream: IO[bytes]) -> None:
        while part := stream.read(_PART):
            self._left -= len(part)
            if self._left < 0:
                self.cut = True
                self.parts.clear()
            else:
                self.parts.append(part)
