"""The real agent program, and the end of a server's link that it speaks to: ZeroMQ and CURVE, no rules."""

import contextlib
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Self

import msgspec

from protocol import commands as c
from protocol.views import AnyReply, AnyView, BoardCounter, Done, Introduction
from tests.support.boards import at, board
from tests.support.far_end import FarEnd

PATIENCE_S = 20.0
HEARTBEAT_S = 1.0
FUNCTIONS = (
    c.FunctionDescription(function_id="call-keypad-3", kind="call_keypad", counter_id="counter-3", zone_id="hall"),
    c.FunctionDescription(function_id="rating-keypad-3", kind="rating_keypad", counter_id="counter-3", zone_id="hall"),
    c.FunctionDescription(
        function_id="counter-display-3", kind="counter_display", counter_id="counter-3", zone_id="hall"
    ),
)


class Server:
    """The server's end in a thread: answers, keeps every command by its id, publishes one board."""

    def __init__(self) -> None:
        self.far_end = FarEnd()
        self.commands: dict[str, c.AnyCommand] = {}
        self.sent = 0
        self.reply: Callable[[c.AnyCommand], AnyReply | None] = lambda _: Done()
        self.away = False
        self._views: dict[str, AnyView] = {"board/hall": board()}
        self._changed = threading.Condition()
        self._ready = threading.Event()
        self._closing = threading.Event()
        self._beat_now = threading.Event()
        self._thread = threading.Thread(target=self._run, name="server-end")

    def __enter__(self) -> Self:
        self._thread.start()
        assert self._ready.wait(PATIENCE_S)
        return self

    def __exit__(self, *_: object) -> None:
        self._closing.set()
        self._thread.join()

    def show(self, **facts: object) -> None:
        """Publish what the board says of counter 3."""
        here = msgspec.structs.replace(BoardCounter(counter_id="counter-3", number=3, state="open"), **facts)
        self._views["board/hall"] = msgspec.structs.replace(board(), counters=(here,))
        self._beat_now.set()

    def wait_for(self, condition: Callable[[], bool]) -> None:
        with self._changed:
            assert self._changed.wait_for(condition, PATIENCE_S), self.commands

    def of_type(self, kind: type[c.Command]) -> list[c.AnyCommand]:
        return [command for command in self.commands.values() if isinstance(command, kind)]

    def _run(self) -> None:
        with self.far_end as far_end:
            self._ready.set()
            due_s = 0.0
            while not self._closing.is_set():
                if not self.away and (time.monotonic() >= due_s or self._beat_now.is_set()):
                    self._beat_now.clear()
                    due_s, self.sent = time.monotonic() + HEARTBEAT_S, self.sent + 1
                    for topic, view in self._views.items():
                        far_end.publish(topic, view, sequence=self.sent, at=at(self.sent))
                if far_end.asked(5):
                    self._answer(far_end)

    def _answer(self, far_end: FarEnd) -> None:
        who, request_id, command = far_end.next_request()
        if self.away:
            return
        with self._changed:
            assert self.commands.setdefault(request_id, command) == command, "another body under the same id"
            self._changed.notify_all()
        reply = self._introduction() if isinstance(command, c.Introduce) else self.reply(command)
        if reply is not None:
            far_end.reply(who, request_id, reply)

    def _introduction(self) -> Introduction:
        return Introduction(
            device_id="wires-pc",
            functions=FUNCTIONS,
            branch_id="phuc-loi",
            names={"vi": "Trung tâm"},
            epoch=1,
            at=at(0),
            rate=1.0,
            oldest_version=1,
        )


class RealAgent:
    """The agent's program as a process."""

    def __init__(self, state: Path) -> None:
        command = [sys.executable, "-m", "motcua", "agent", "--state", str(state), "--json"]
        self.log = state / "agent.log"
        with self.log.open("a", encoding="utf-8") as log:
            self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True, env=os.environ)

    def __enter__(self) -> Self:
        assert self.process.stdout is not None
        ready = self.process.stdout.readline()
        assert ready, self.log.read_text(encoding="utf-8")
        assert json.loads(ready)["functions"] == [function.function_id for function in FUNCTIONS]
        return self

    def __exit__(self, *_: object) -> None:
        assert self.process.stdout is not None
        self.process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(PATIENCE_S)
        self.process.kill()
        self.process.wait(PATIENCE_S)
        self.process.stdout.close()
