"""A hall around one real board program: a server's end that publishes views, and a witness at the board's own door."""

import contextlib
import json
import os
import queue
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Self, TypeVar

from protocol.commands import AnyCommand, Attend, Command, FunctionDescription, Introduce
from protocol.device_commands import Trial
from protocol.keys import new_id
from protocol.views import AnyReply, Attended, BoardView, Done, Introduction
from tests.support.boards import OPENING
from tests.support.far_end import FarEnd

AskedT = TypeVar("AskedT", bound=Command)

PATIENCE_S = 20.0
HEARTBEAT_S = 1.0
FUNCTIONS = (FunctionDescription(function_id="board-1", kind="board", zone_id="hall"),)


class ServedHall:
    """The server's end, in a thread of its own: a heartbeat each second, answers to what a board asks."""

    def __init__(self, rate: float = 1.0, began_at: datetime = OPENING) -> None:
        self.rate = rate
        self._began_at = began_at
        self.asked: queue.Queue[AnyCommand] = queue.Queue()
        self._far_end = FarEnd()
        self._orders: queue.Queue[BoardView | None] = queue.Queue()
        self._began_s = time.monotonic()
        self.last_word_ns = 0
        """When a view was last sent, by the monotonic clock."""
        self._trials: tuple[Trial, ...] = ()
        self._ready = threading.Event()
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name="served-hall")

    def __enter__(self) -> Self:
        self._thread.start()
        assert self._ready.wait(PATIENCE_S)
        return self

    def __exit__(self, *_: object) -> None:
        self._closing.set()
        self._thread.join()

    def pair(self, state: Path) -> None:
        """Make a board's folder of state as pairing would."""
        state.mkdir(parents=True, exist_ok=True)
        self._far_end.settings.save(state)

    def now(self) -> datetime:
        """Tell the hall's time."""
        return self._began_at + timedelta(seconds=(time.monotonic() - self._began_s) * self.rate)

    def show(self, view: BoardView | None) -> None:
        """Publish a view of its zone from now on, or fall silent."""
        self._orders.put(view)

    def wait_until_asked(self, kind: type[AskedT]) -> AskedT:
        """Take what boards have asked until a command of this kind comes."""
        deadline = time.monotonic() + PATIENCE_S
        while True:
            command = self.asked.get(timeout=max(0.0, deadline - time.monotonic()))
            if isinstance(command, kind):
                return command

    def have_a_picture_tried(self) -> None:
        """Have the board show its trial picture, and wait until it has told that it stands there."""
        self._trials = (Trial(trial_id=new_id(), function_id="board-1", trial="screen"),)
        wanted = self._trials[0].trial_id
        while wanted not in {result.trial_id for result in self.wait_until_asked(Attend).results}:
            pass

    def _run(self) -> None:
        with self._far_end as far_end:
            self._ready.set()
            views: dict[str, BoardView] = {}
            sequence, due = 0, 0.0
            while not self._closing.is_set():
                with contextlib.suppress(queue.Empty):
                    view = self._orders.get(timeout=0.002)
                    views = {**views, view.zone_id: view} if view is not None else {}
                    due = 0.0
                if time.monotonic() >= due:
                    due = time.monotonic() + HEARTBEAT_S
                    for zone_id, view in views.items():
                        sequence += 1
                        self.last_word_ns = time.monotonic_ns()
                        far_end.publish(f"board/{zone_id}", view, sequence=sequence, rate=self.rate, at=self.now())
                if far_end.asked(0):
                    self._answer(far_end)

    def _answer(self, far_end: FarEnd) -> None:
        who, request_id, command = far_end.next_request()
        self.asked.put(command)
        reply: AnyReply = Done()
        if isinstance(command, Introduce):
            reply = self._introduction()
        elif isinstance(command, Attend):
            reply = Attended(functions=FUNCTIONS, trials=self._trials)
        far_end.reply(who, request_id, reply)

    def _introduction(self) -> Introduction:
        return Introduction(
            device_id="board-pc",
            functions=FUNCTIONS,
            branch_id="phuc-loi",
            names={"vi": "Trung tâm", "en": "Centre"},
            epoch=1,
            at=self.now(),
            rate=self.rate,
            oldest_version=1,
        )


class RealBoard:
    """The board's program as a process, and what its witness saw."""

    def __init__(self, state: Path, *arguments: str) -> None:
        self.said = state / "said.jsonl"
        self._door = state / "witness"
        command = [sys.executable, "-m", "motcua", "display", "--state", str(state), "--json"]
        command += ["--sound", self.said.as_uri(), "--witness-socket", str(self._door), *arguments]
        environment = {key: value for key, value in os.environ.items() if key not in ("DISPLAY", "WAYLAND_DISPLAY")}
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)
        self.events: list[dict[str, Any]] = []
        self._changed = threading.Condition()
        self._socket = socket.socket(socket.AF_UNIX)
        self._reader = threading.Thread(target=self._read, name="witness-of-test")

    def __enter__(self) -> Self:
        assert self.process.stdout is not None
        ready = self.process.stdout.readline()
        if not ready:
            self.__exit__()
            raise AssertionError(f"the board ended with {self.exit_code} before its first frame")
        self.ready = json.loads(ready)
        self._socket.connect(str(self._door))
        self._reader.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        assert self.process.stdout is not None
        try:
            self.exit_code = self.process.wait(PATIENCE_S)
        finally:
            self.process.kill()
            self.process.stdout.close()
            if self._reader.ident is not None:
                self._reader.join()
            self._socket.close()

    def kill(self) -> None:
        """End the program as a power cut does."""
        self.process.kill()
        self.process.wait(PATIENCE_S)

    def waited_for_processor_s(self) -> float:
        """Tell how long the program's threads stood ready to run while others ran (see proc(5), schedstat)."""
        tasks = Path(f"/proc/{self.process.pid}/task").glob("*/schedstat")
        return sum(int(task.read_text("ascii").split()[1]) for task in tasks) / 1e9

    def wait_for(self, wanted: Callable[[dict[str, Any]], bool], *, timeout_s: float = PATIENCE_S) -> dict[str, Any]:
        """Wait for the first event or answer that is as wanted, past ones included."""
        deadline = time.monotonic() + timeout_s
        seen = 0
        with self._changed:
            while True:
                for event in self.events[seen:]:
                    if wanted(event):
                        return event
                seen = len(self.events)
                left = deadline - time.monotonic()
                assert left > 0 and self._changed.wait(left), f"never seen; seen were {self.events[-20:]}"  # noqa: PT018 -- both or neither.

    def wait_for_scene(self, scene: str) -> dict[str, Any]:
        """Wait until the board shows a scene."""
        return self.wait_for(lambda event: event.get("event") == "scene" and event["scene"] == scene)

    def wait_for_call(
        self, call_id: int, *, places: Sequence[str] = ("current", "earlier", "recent")
    ) -> dict[str, Any]:
        """Wait until a call stands on the board."""
        return self.wait_for(
            lambda event: event.get("event") == "shown" and event["call_id"] == call_id and event["place"] in places
        )

    def ask(self, **question: str) -> dict[str, Any]:
        """Ask the door and wait for its answer."""
        with self._changed:
            before = len(self.events)
        self._socket.sendall(json.dumps(question).encode() + b"\n")
        name = question["ask"]
        answered: list[dict[str, Any]] = []

        def fresh(event: dict[str, Any]) -> bool:
            answered[:] = [each for each in self.events[before:] if each.get("answer") == name]
            return bool(answered) and event is answered[0]

        return self.wait_for(fresh)

    def wait_for_state(self, wanted: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """Ask until the widgets show what is wanted."""
        deadline = time.monotonic() + PATIENCE_S
        while not wanted(state := self.ask(ask="state")):
            assert time.monotonic() < deadline, f"never shown; at last {state}"
            with self._changed:
                self._changed.wait(0.1)
        return state

    def wait_until_said(self, count: int) -> list[dict[str, Any]]:
        """Wait until so many announcements were really made."""
        deadline = time.monotonic() + PATIENCE_S
        while True:
            lines = self.said.read_text(encoding="utf-8").splitlines() if self.said.exists() else []
            if len(lines) >= count:
                return [json.loads(line) for line in lines]
            assert time.monotonic() < deadline, f"only {len(lines)} of {count} announcements were made"
            self.process.poll()
            threading.Event().wait(0.02)

    def _read(self) -> None:
        with self._socket.makefile("r", encoding="utf-8") as lines:
            for line in lines:
                with self._changed:
                    self.events.append(json.loads(line))
                    self._changed.notify_all()
