"""The real agent program between a simulated wire (a pty) and a server's end (ZeroMQ, CURVE)."""

import queue
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from hardware.agent.settings import SETTINGS_FILE
from hardware.simulated.remote import Remote
from protocol import commands as c
from protocol.views import AnyReply, Attended, Done, Refused
from tests.support.agents import FUNCTIONS, PATIENCE_S, RealAgent, Server
from tests.support.bus_faults import TABLE
from tests.support.devices import simulated_hall

SLAVES = [
    {"address": 3, "kind": "call_keypad"},
    {"address": 23, "kind": "rating_keypad"},
    {"address": 43, "kind": "led"},
]


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


def test_an_agent_killed_before_it_could_acknowledge_a_key_calls_nobody_twice(
    server: Server, wire: Remote, tmp_path: Path, *, write_tables: bool
) -> None:
    """The clerk's key calls one citizen, although keypad and agent both believe that it must be sent again."""
    server.far_end.settings.save(tmp_path / "agent")
    wire.watch()
    server.show()
    with RealAgent(tmp_path / "agent") as first:
        press(wire, 3, "R")
        wait_for_keys(wire, 1)
        wire.order("fault", wire="hall", slave=3, device="hall", fault="deaf")
        press(wire, 3, "N")
        server.wait_for(lambda: bool(server.of_type(c.CallNext)))
        first.process.kill()
        first.process.wait(PATIENCE_S)
    wire.order("fault", wire="hall", slave=3, device="hall", fault="deaf", on=False)
    with RealAgent(tmp_path / "agent"):
        began_s = time.monotonic()
        wait_for_keys(wire, 1)
        back_s = time.monotonic() - began_s
        server.show(prefix="H", ticket_number=25)
        wait_for_text(wire, "H025")
        press(wire, 3, "N")
        server.wait_for(lambda: len(server.of_type(c.CallNext)) == 2)
    assert len(server.of_type(c.RecallVisit)) == 1
    assert len(server.of_type(c.CallNext)) == 2, "the key from before the kill, and the one after it"
    assert back_s < 5.0, back_s
    row = ("agent killed before the acknowledgement", "nothing", "all, each once", "agent starts", "5 s from its start")
    TABLE.hold(row, write=write_tables)


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


# --- A technician's trials --------------------------------------------------------------------------------------------


def trying(server: Server, *trials: c.Trial) -> None:
    """Have the server's end want these tried by whoever attends."""
    attended = Attended(functions=FUNCTIONS, trials=trials)
    server.reply = lambda command: attended if isinstance(command, c.Attend) else Done()


def results(server: Server) -> dict[str, c.TrialResult]:
    told = [one for command in server.of_type(c.Attend) if isinstance(command, c.Attend) for one in command.results]
    return {one.trial_id[:1]: one for one in told}


def trial(number: int, function_id: str, kind: c.TrialKind) -> c.Trial:
    return c.Trial(trial_id=f"{number}" * 32, function_id=function_id, trial=kind)


def test_a_display_lights_all_its_lamps_and_what_answers_is_said_to(
    server: Server, wire: Remote, agent: RealAgent
) -> None:
    server.show()
    press(wire, 3, "N")
    server.wait_for(lambda: bool(server.of_type(c.CallNext)))
    trying(
        server,
        trial(1, "counter-display-3", "text"),
        trial(2, "call-keypad-3", "answer"),
        trial(3, "rating-keypad-3", "text"),
        trial(4, "nowhere", "answer"),
    )
    wait_for_text(wire, "8888")
    server.wait_for(lambda: set(results(server)) == {"1", "2", "3", "4"})
    told = {number: (one.result, one.reason) for number, one in results(server).items()}
    assert told == {"1": ("done", ""), "2": ("done", ""), "3": ("cannot", "no_such_part"), "4": ("cannot", "not_here")}
    wait_for_text(wire, "")
    assert agent.process.poll() is None


def test_a_display_without_power_fails_its_trial_with_the_reason(
    server: Server, wire: Remote, agent: RealAgent
) -> None:
    server.show(prefix="H", ticket_number=25, visit_state="called")
    wait_for_text(wire, "H025")
    wire.order("fault", wire="hall", slave=43, device="hall", fault="absent")
    trying(server, trial(5, "counter-display-3", "text"))
    server.wait_for(lambda: "5" in results(server))
    assert (results(server)["5"].result, results(server)["5"].reason) == ("failed", "no_answer")
    assert agent.process.poll() is None
