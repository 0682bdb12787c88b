"""An agent that is killed with a key in its hands: an acknowledged key reaches the server once, or is told as lost."""

import contextlib
import re
import time
from collections.abc import Iterator
from pathlib import Path

import apsw
import pytest

from hardware.agent.presses import PRESSES_FILE
from hardware.agent.settings import SETTINGS_FILE
from hardware.simulated.remote import Remote
from protocol import commands as c
from protocol.views import Done, Refused
from tests.support.agents import FUNCTIONS, PATIENCE_S, RealAgent, Server
from tests.support.devices import simulated_hall

REFERENCE = {"address": 3, "kind": "call_keypad"}
UNNUMBERED = {"address": 3, "kind": "call_keypad", "protocol": "declared", "preset": "caller_21_keys"}
MODBUS = {"address": 3, "kind": "call_keypad", "protocol": "modbus_keypad", "preset": "keypad_registers"}
OTHERS = ({"address": 23, "kind": "rating_keypad"}, {"address": 43, "kind": "led"})


@contextlib.contextmanager
def wired(folder: Path, keypad: dict[str, object]) -> Iterator[Remote]:
    """A wire with that call keypad, and an agent's folder `agent` that knows it."""
    slaves = (keypad, *OTHERS)
    line = {"name": "hall", "address": f"pty:{folder}/rs485", "slaves": slaves}
    with simulated_hall(folder / "hall", wires=[line]) as (addresses, remote):
        agent = folder / "agent"
        agent.mkdir()
        spoken = [
            "".join(f'{key} = "{slave[key]}"\n' for key in ("protocol", "preset") if key in slave) for slave in slaves
        ]
        (agent / SETTINGS_FILE).write_text(
            f'[[wires]]\nwire_id = "hall"\naddress = "{addresses["wires"]["hall"]}"\n'
            + "".join(
                f'[[functions]]\nfunction_id = "{function.function_id}"\nwire_id = "hall"\n'
                f"slave = {slave['address']}\n{more}"
                for function, slave, more in zip(FUNCTIONS, slaves, spoken, strict=True)
            ),
            encoding="utf-8",
        )
        remote.watch()
        yield remote


def press(wire: Remote, keys: str) -> None:
    wire.order("press", wire="hall", slave=3, keys=keys)


def wait_for(wire: Remote, event: str, text: str = "") -> None:
    deadline_s = time.monotonic() + PATIENCE_S
    while (told := wire.event(max(0.0, deadline_s - time.monotonic()))) is not None:
        if told["event"] == event and told.get("text", "") == text:
            return
    pytest.fail(f"{event} {text!r} was never told")


def killed(agent: RealAgent) -> None:
    agent.process.kill()
    agent.process.wait(PATIENCE_S)


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as server:
        yield server


@pytest.mark.parametrize("deaf", [False, True], ids=["acknowledged", "not acknowledged"])
def test_a_key_that_the_server_has_not_heard_when_the_agent_is_killed_is_carried_out_once(
    server: Server, tmp_path: Path, *, deaf: bool
) -> None:
    with wired(tmp_path, REFERENCE) as wire:
        server.far_end.settings.save(tmp_path / "agent")
        server.show(prefix="H", ticket_number=25)
        with RealAgent(tmp_path / "agent") as first:
            wait_for(wire, "shown", "H025")
            if deaf:
                wire.order("fault", wire="hall", slave=3, device="hall", fault="deaf")
            server.away = True  # The link is still up, but what is sent now reaches nobody.
            press(wire, "N")
            wait_until_kept(tmp_path / "agent")
            if not deaf:
                wait_for(wire, "key_taken")
            killed(first)
        if deaf:
            wire.order("fault", wire="hall", slave=3, device="hall", fault="deaf", on=False)
        server.away = False
        with RealAgent(tmp_path / "agent"):
            server.wait_for(lambda: bool(server.of_type(c.CallNext)))
            if deaf:
                wait_for(wire, "key_taken")
            press(wire, "R")
            server.wait_for(lambda: bool(server.of_type(c.RecallVisit)))
    assert len(server.of_type(c.CallNext)) == 1


def test_a_key_that_is_too_old_to_be_sent_is_told_to_the_clerk_the_technician_and_the_journal(
    server: Server, tmp_path: Path
) -> None:
    with wired(tmp_path, REFERENCE) as wire:
        server.far_end.settings.save(tmp_path / "agent")
        server.show(prefix="H", ticket_number=25)
        with RealAgent(tmp_path / "agent") as first:
            wait_for(wire, "shown", "H025")
            server.away = True
            press(wire, "N")
            wait_for(wire, "key_taken")
            killed(first)
        store = apsw.Connection(str(tmp_path / "agent" / PRESSES_FILE))
        store.execute("UPDATE commands SET kept_at_s = kept_at_s - 60")
        store.close()
        server.away = False
        with RealAgent(tmp_path / "agent") as second:
            wait_for(wire, "shown", "LOI")
            server.wait_for(lambda: ("call-keypad-3", "degraded", "presses_lost") in told(server))
    assert not server.of_type(c.CallNext)
    assert re.search(r"call-keypad-3: CallNext .*is lost", second.log.read_text(encoding="utf-8"))


@pytest.mark.parametrize("keypad", [UNNUMBERED, MODBUS], ids=["unnumbered", "Modbus"])
def test_the_same_key_twice_is_two_commands_whether_presses_have_numbers_or_not(
    server: Server, tmp_path: Path, keypad: dict[str, object]
) -> None:
    server.reply = lambda command: Refused(code="nobody_waiting") if isinstance(command, c.CallNext) else Done()
    with wired(tmp_path, keypad) as wire:
        server.far_end.settings.save(tmp_path / "agent")
        server.show(prefix="H", ticket_number=25)
        with RealAgent(tmp_path / "agent"):
            wait_for(wire, "shown", "H025")
            server.wait_for(lambda: ("call-keypad-3", "ok", "") in told(server))
            for _ in range(2):
                press(wire, "N")
                wait_for(wire, "shown", "0")
                wait_for(wire, "shown", "H025")  # Three seconds later: no contact chatters for so long.
    assert len(server.of_type(c.CallNext)) == 2


def wait_until_kept(state: Path) -> None:
    """Wait until the agent has a command on its disk."""
    deadline_s = time.monotonic() + PATIENCE_S
    store = apsw.Connection(str(state / PRESSES_FILE))
    try:
        while not list(store.execute("SELECT 1 FROM commands")):
            assert time.monotonic() < deadline_s, "no command was kept"
    finally:
        store.close()


def told(server: Server) -> list[tuple[str, str, str]]:
    return [
        (one.function_id, one.state, one.reason) for one in server.commands.values() if isinstance(one, c.ReportDevice)
    ]
