"""How long a clerk waits for a key on an RS-485 wire, from the press to the server's next view.

The real server and the real agent, a wire simulated byte by byte at its baud, and the clerk's pause key: each press
changes the counter's view and, over the counter, the text of an LED display on the same wire. The floor is arithmetic
(`hardware.bus.arithmetic`): what the bytes of one round take, the bounded writes to displays among them.
"""

import json
import random
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

import msgspec

from hardware.bus.arithmetic import worst_case_s
from hardware.simulated.remote import Remote
from hardware.speeches.reference import load
from motcua.bench.branch import Agent, Branch, Serving, new_branch, serving
from motcua.bench.rows import Row, percentile
from protocol import commands as c
from protocol.keys import KEY_FILE, write_private
from protocol.link import Link
from protocol.views import CounterView, Envelope

PRESSES: Final = 200
LETTERS: Final = 4
BUDGET: Final = 1.3
SEED: Final = 7
STEP_TIMEOUT_S: Final = 10.0
SETTLE_S: Final = 3.0


@dataclass(frozen=True)
class Wire:
    """A wire to be measured: every counter of the hall has a call keypad and a display, and a rating keypad or not."""

    keypads: int
    baud: int
    kinds: tuple[str, ...]


WIRES: Final = (Wire(16, 9600, ("call_keypad",)), Wire(32, 19_200, ("call_keypad", "rating_keypad")))
_FIRST_ADDRESS: Final = {"call_keypad": 1, "rating_keypad": 21, "counter_display": 41}
_SIMULATED: Final = {"call_keypad": "call_keypad", "rating_keypad": "rating_keypad", "counter_display": "led"}


def wire_rows() -> Iterator[Row]:
    """One row for each wire."""
    for wire in WIRES:
        with tempfile.TemporaryDirectory(prefix="motcua-bench-wire-") as name:
            waits_s = _waits_s(wire, Path(name))
        yield Row(
            what=f"keypad key to server, {wire.keypads} devices at {wire.baud} baud: p99",
            value=percentile(waits_s, 0.99) * 1000,
            unit="ms",
            floor=worst_case_s(load(wire.keypads, LETTERS), wire.baud / 10) * 1000,
            budget=BUDGET,
        )


def _waits_s(wire: Wire, folder: Path) -> Sequence[float]:
    with new_branch(kiosks=1, agent=(*wire.kinds, "counter_display")) as branch, serving(branch) as server:
        agent = branch.agent
        assert agent is not None
        with (
            _simulated(wire, agent, folder) as (address, remote),
            _agent(agent, server, address, wire, folder),
            Counters(branch, server) as counters,
        ):
            return _press(counters, remote)


def _press(counters: "Counters", remote: Remote) -> Sequence[float]:
    """Press pause at one counter after another, at moments that have nothing to do with the wire's rounds."""
    chance = random.Random(SEED)
    waits_s = []
    for press in range(PRESSES):
        counter = press % len(counters.ids)
        # The wire must come to rest from the press before, and the next must fall anywhere within its round.
        counters.pause(0.15 + chance.random() * 0.3)
        before = counters.state(counter)
        pressed_s = time.perf_counter()
        remote.order("press", wire="hall", slave=_FIRST_ADDRESS["call_keypad"] + counter, keys="P")
        waits_s.append(counters.changed_s(counter, before) - pressed_s)
    return waits_s


class Counters:
    """What the server says of each counter, and when it said so; a clerk is signed in at each."""

    def __init__(self, branch: Branch, server: Serving) -> None:
        self.ids = [counter.counter_id for counter in branch.configuration.counters]
        self._states: dict[str, tuple[str, float]] = {}
        self._changed = threading.Condition()
        topics = [f"counter/{counter_id}" for counter_id in self.ids]
        self._link = Link(server.settings, branch.staff.keys, topics=topics, on_view=self._on_view)

    def __enter__(self) -> Self:
        self._link.start()
        for counter_id in self.ids:
            command = c.SignInClerk(
                function_id="staff-1", staff_role="clerk", clerk_id=f"clerk-{counter_id}", counter_id=counter_id
            )
            self._link.ask_and_wait(command)
        self.pause(SETTLE_S)
        return self

    def __exit__(self, *_: object) -> None:
        self._link.close()

    def _on_view(self, _topic: str, envelope: Envelope) -> None:
        view, now_s = envelope.view, time.perf_counter()
        assert isinstance(view, CounterView)
        with self._changed:
            if self._states.get(view.counter_id, ("",))[0] != view.state:
                self._states[view.counter_id] = (view.state, now_s)
                self._changed.notify_all()

    def pause(self, for_s: float) -> None:
        """Let nothing happen for a while."""
        threading.Event().wait(for_s)

    def state(self, counter: int) -> str:
        """Return what a counter does now."""
        with self._changed:
            return self._states[self.ids[counter]][0]

    def changed_s(self, counter: int, before: str) -> float:
        """Wait until a counter does something else; return when that was heard."""
        counter_id = self.ids[counter]
        with self._changed:
            changed = self._changed.wait_for(lambda: self._states[counter_id][0] != before, STEP_TIMEOUT_S)
            assert changed, f"the pause key of {counter_id} did nothing: it is {before} still"
            return self._states[counter_id][1]


def _address(function: c.FunctionDescription) -> int:
    return _FIRST_ADDRESS[function.kind] + int(function.counter_id.rpartition("-")[2]) - 1


@contextmanager
def _simulated(wire: Wire, agent: Agent, folder: Path) -> Iterator[tuple[str, Remote]]:
    """The wire, as a process of its own that keeps its baud; gives its address and its control port."""
    slaves = [{"address": _address(one), "kind": _SIMULATED[one.kind]} for one in agent.functions]
    entry = {"name": "hall", "address": f"pty:{folder}/wire", "baud": wire.baud, "slaves": slaves}
    path = folder / "hall.json"
    path.write_text(json.dumps({"tickets": str(folder / "tickets"), "wires": [entry]}), encoding="utf-8")
    with _running([sys.executable, "-m", "hardware.simulated", "--config", str(path)]) as line:
        ready = json.loads(line)
        remote = Remote(ready["control"])
        try:
            yield ready["wires"]["hall"].replace("baud=115200", f"baud={wire.baud}"), remote
        finally:
            remote.close()


@contextmanager
def _agent(agent: Agent, server: Serving, address: str, wire: Wire, folder: Path) -> Iterator[None]:
    state = folder / "agent"
    write_private(state / KEY_FILE, msgspec.json.encode(agent.keys._asdict()))
    server.settings.save(state)
    lines = ["[[wires]]", 'wire_id = "hall"', f'address = "{address}"']
    for function in agent.functions:
        lines += ["[[functions]]", f'function_id = "{function.function_id}"', 'wire_id = "hall"']
        lines.append(f"slave = {_address(function)}")
    (state / "agent.toml").write_text("\n".join(lines), encoding="utf-8")
    with _running([sys.executable, "-m", "motcua", "agent", "--state", str(state), "--json"]) as line:
        assert json.loads(line)["ready"], f"the agent does not serve {wire}"
        yield


@contextmanager
def _running(words: Sequence[str]) -> Iterator[str]:
    """Run a program from its first line, which it prints when it is at work, to the end of the block."""
    process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line, f"{' '.join(words[1:4])} ended before it was at work"
        yield line
    finally:
        process.terminate()
        process.wait(10)
        if process.stdout is not None:
            process.stdout.close()
