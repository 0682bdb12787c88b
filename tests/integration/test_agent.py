"""The real agent program between a simulated wire (a pty) and a server's end (ZeroMQ, CURVE)."""

import contextlib
import json
import os
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Self

import msgspec
import pytest

from hardware.agent.settings import SETTINGS_FILE
from hardware.simulated.remote import Remote
from protocol import commands as c
from protocol.views import AnyReply, AnyView, BoardCounter, Done, Introduction, Refused
from tests.support.boards import at, board
from tests.support.devices import simulated_hall
from tests.support.far_end import FarEnd

PATIENCE_S = 20.0
HEARTBEAT_S = 1.0
SLAVES = [
    {"address": 3, "kind": "call_keypad"},
    {"address": 23, "kind": "rating_keypad"},
    {"address": 43, "kind": "led"},
]
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


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as server:
        yield server


@pytest.fixture
def wire(tmp_path: Path) -> Iterator[Remote]:
    """A simulated wire with a call keypad (3), a rating keypad (23) and a display (43), and an agent's folder."""
    line = {"name": "hall", "address": f"pty:{tmp_path}/rs485", "slaves": SLAVES}
    with simulated_hall(tmp_path / "hall", wires=[line]) as (addresses, remote):
        agent = tmp_path / "agent"
        agent.mkdir()
        address = addresses["wires"]["hall"]
        (agent / SETTINGS_FILE).write_text(
            f'[[wires]]\nwire_id = "hall"\naddress = "{address}"\n'
            + "".join(
                f'[[functions]]\nfunction_id = "{function.function_id}"\nwire_id = "hall"\nslave = {slave["address"]}\n'
                for function, slave in zip(FUNCTIONS, SLAVES, strict=True)
            ),
            encoding="utf-8",
        )
        yield remote


def press(wire: Remote, slave: int, keys: str) -> None:
    wire.order("press", wire="hall", slave=slave, keys=keys)


def wait_for_text(wire: Remote, text: str) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while (event := wire.event(max(0.0, deadline - time.monotonic()))) is not None:
        if event["event"] == "shown" and event["text"] == text:
            return
    pytest.fail(f"the display never showed {text!r}")


@pytest.fixture
def agent(server: Server, wire: Remote, tmp_path: Path) -> Iterator[RealAgent]:
    server.far_end.settings.save(tmp_path / "agent")
    wire.watch()
    with RealAgent(tmp_path / "agent") as agent:
        yield agent


def test_keys_become_commands_each_once_and_the_number_stands_over_the_counter(
    server: Server, wire: Remote, agent: RealAgent
) -> None:
    server.show()
    press(wire, 3, "N")
    server.wait_for(lambda: bool(server.of_type(c.CallNext)))
    server.show(prefix="H", ticket_number=25, visit_state="called")
    wait_for_text(wire, "H025")
    press(wire, 3, "SE")
    server.wait_for(lambda: bool(server.of_type(c.EndService)))
    server.show(state="closed")
    wait_for_text(wire, "----")
    keyed = [command for command in server.commands.values() if isinstance(command, c.CounterCommand)]
    assert [type(command) for command in keyed] == [c.CallNext, c.StartService, c.EndService]
    assert {command.counter_id for command in keyed} == {"counter-3"}
    assert agent.process.poll() is None


def test_a_refusal_is_seen_over_the_counter_and_goes_away(server: Server, wire: Remote, agent: RealAgent) -> None:
    server.reply = lambda command: Refused(code="nobody_waiting") if isinstance(command, c.CallNext) else Done()
    server.show(prefix="H", ticket_number=25, visit_state="called")
    wait_for_text(wire, "H025")
    press(wire, 3, "N")
    wait_for_text(wire, "0")
    wait_for_text(wire, "H025")
    assert agent.process.poll() is None


def test_a_lost_answer_makes_no_second_command(server: Server, wire: Remote, agent: RealAgent) -> None:
    tries: queue.Queue[c.AnyCommand] = queue.Queue()

    def forgetful(command: c.AnyCommand) -> AnyReply | None:
        if not isinstance(command, c.CallNext):
            return Done()
        tries.put(command)
        return Done() if tries.qsize() >= 3 else None

    server.reply = forgetful
    server.show()
    press(wire, 3, "N")
    for _ in range(3):
        tries.get(timeout=PATIENCE_S)
    assert len(server.of_type(c.CallNext)) == 1
    assert agent.process.poll() is None


def test_ratings_outlive_silence_and_a_killed_agent_and_arrive_once_in_order(
    server: Server, wire: Remote, tmp_path: Path
) -> None:
    server.far_end.settings.save(tmp_path / "agent")
    wire.watch()
    server.show(prefix="H", ticket_number=25)
    with RealAgent(tmp_path / "agent") as first:
        wait_for_text(wire, "H025")
        server.away = True
        wait_for_text(wire, "-")
        for key in "1231":
            press(wire, 23, key)
        wait_for_keys(wire, 4)
        first.process.kill()
        first.process.wait(PATIENCE_S)
    server.away = False
    with RealAgent(tmp_path / "agent"):
        server.wait_for(lambda: len(server.of_type(c.PressRating)) == 4)
    presses = [command for command in server.commands.values() if isinstance(command, c.PressRating)]
    assert [(press.level, press.buffered) for press in presses] == [(1, True), (2, True), (3, True), (1, True)]
    assert [press.press_id for press in presses] == [
        request_id for request_id, command in server.commands.items() if isinstance(command, c.PressRating)
    ]


def wait_for_keys(wire: Remote, count: int) -> None:
    taken = 0
    deadline = time.monotonic() + PATIENCE_S
    while taken < count:
        event = wire.event(max(0.0, deadline - time.monotonic()))
        assert event is not None, f"only {taken} keys were acknowledged"
        taken += event["event"] == "key_taken"


def test_an_unplugged_wire_is_reported_once_gone_and_once_back(server: Server, wire: Remote, agent: RealAgent) -> None:
    server.show(prefix="H", ticket_number=25)
    wait_for_text(wire, "H025")
    server.wait_for(lambda: len(reports(server)) >= 3)
    wire.order("fault", device="hall", fault="unplugged", on=True)
    server.wait_for(lambda: [state for _, state in reports(server)].count("gone") == 3)
    wire.order("fault", device="hall", fault="unplugged", on=False)
    server.wait_for(lambda: [state for _, state in reports(server)].count("ok") == 6)
    assert sorted(reports(server)) == sorted(
        (function.function_id, state) for function in FUNCTIONS for state in ("ok", "gone", "ok")
    )
    lines = agent.log.read_text(encoding="utf-8").splitlines()
    assert sum("is away" in line for line in lines) == 1


def reports(server: Server) -> list[tuple[str, str]]:
    found = [command for command in list(server.commands.values()) if isinstance(command, c.ReportDevice)]
    return [(report.function_id, report.state) for report in found]
