"""The process that estimates waits, held at arm's length: it is asked now and then, and never waited for."""

import contextlib
import os
import subprocess
import sys
from collections.abc import Callable
from typing import Final

import msgspec

from queue_server.core.snapshot import Snapshot
from queue_server.estimate import Estimates, decode_answer, encode_question

ASK_EVERY_S: Final = 5.0
ANSWER_WITHIN_S: Final = 30.0
START_AGAIN_S: Final = 10.0
ANSWER_LIMIT_BYTES: Final = 1024 * 1024
_HEAD_BYTES: Final = 4


class Estimator:
    """One question at a time: :meth:`work` writes what the pipe takes, reads what is there, and starts it again."""

    def __init__(self, now: float) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._outgoing = b""
        self._incoming = b""
        self._asked_at: float | None = None
        self._next_at = now + ASK_EVERY_S  # The first seconds of a server belong to those who wait for it.

    @property
    def answers(self) -> int | None:
        """The descriptor to wait on while an answer is due."""
        if self._process is None or self._process.stdout is None or self._asked_at is None:
            return None
        return self._process.stdout.fileno()

    def due_in(self, now: float) -> float:
        """Tell in how many seconds there is something to do, answers apart."""
        if self._outgoing:
            return 0.01
        return max(0.0, (self._next_at if self._asked_at is None else self._asked_at + ANSWER_WITHIN_S) - now)

    def work(self, now: float, snapshot: Callable[[], Snapshot]) -> Estimates | None:
        """Do what can be done without waiting; gives new estimates when they have come."""
        try:
            if self._asked_at is None and now >= self._next_at:
                self._ask(now, snapshot())
            self._write()
            found = self._read()
        except (OSError, msgspec.DecodeError, ValueError):
            self._give_up(now)  # Silence is better than a guess; views show how many people are ahead meanwhile.
            return None
        if found is not None:
            self._asked_at, self._next_at = None, now + ASK_EVERY_S
        elif self._asked_at is not None and now - self._asked_at > ANSWER_WITHIN_S:
            self._give_up(now)
        return found

    def close(self) -> None:
        """End the process; an answer it is working on is not waited for."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout):
                assert pipe is not None
                with contextlib.suppress(OSError):  # What was still to be written cannot be any more.
                    pipe.close()

    def _ask(self, now: float, snapshot: Snapshot) -> None:
        if self._process is None:
            self._process = subprocess.Popen(
                # In a session of its own, so that Ctrl-C is for the server, which ends it.
                [sys.executable, "-m", "queue_server.estimate"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                start_new_session=True,
            )
            for pipe in (self._process.stdin, self._process.stdout):
                assert pipe is not None
                os.set_blocking(pipe.fileno(), False)
        body = encode_question(snapshot)
        self._outgoing, self._incoming = len(body).to_bytes(_HEAD_BYTES, "big") + body, b""
        self._asked_at = now

    def _write(self) -> None:
        if self._process is None or not self._outgoing:
            return
        assert self._process.stdin is not None
        with contextlib.suppress(BlockingIOError):
            self._outgoing = self._outgoing[os.write(self._process.stdin.fileno(), self._outgoing) :]

    def _read(self) -> Estimates | None:
        if self._process is None or self._asked_at is None:
            return None
        assert self._process.stdout is not None
        try:
            part = os.read(self._process.stdout.fileno(), 65_536)
        except BlockingIOError:
            return None
        if not part:
            raise OSError("the estimating process has ended")
        self._incoming += part
        length = int.from_bytes(self._incoming[:_HEAD_BYTES], "big")
        if length > ANSWER_LIMIT_BYTES:
            raise ValueError(f"an answer of {length} bytes")
        if len(self._incoming) < _HEAD_BYTES + length:
            return None
        return decode_answer(self._incoming[_HEAD_BYTES:])

    def _give_up(self, now: float) -> None:
        self.close()
        self._outgoing, self._asked_at, self._next_at = b"", None, now + START_AGAIN_S
