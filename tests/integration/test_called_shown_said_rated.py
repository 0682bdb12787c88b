"""A morning's shortest story over real programs: a number is called by a keypad, shown, said, served and rated.

Server, agent and board are processes, paired as devices are; the keypads and the display are simulated at the far end
of a pty. What happened is read off the board's widgets, the voice's file, the display over the counter, and the log.
"""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from display.pack_maker import make_default_pack
from hardware.agent.settings import SETTINGS_FILE
from hardware.simulated.remote import Remote
from protocol import commands as c
from protocol import events as e
from protocol.link import new_id
from protocol.views import TicketTaken
from queue_server.journal import Journal
from tests.support.board_hall import RealBoard
from tests.support.devices import simulated_hall
from tests.support.real_hall import Program, RealHall

pytestmark = pytest.mark.screen

PATIENCE_S = 30.0
RATE = 20.0
"""Hall seconds in a real one: a service of some minutes takes some seconds."""

SLAVES = {
    "call_keypad:call-keypad-1:counter-1": {"address": 1, "kind": "call_keypad"},
    "rating_keypad:rating-keypad-1:counter-1": {"address": 65, "kind": "rating_keypad"},
    "counter_display:counter-display-1:counter-1:hall": {"address": 129, "kind": "led"},
}


@pytest.fixture
def wire(tmp_path: Path) -> Iterator[tuple[str, Remote]]:
    line = {"name": "wire-1", "address": f"pty:{tmp_path}/rs485", "slaves": list(SLAVES.values())}
    with simulated_hall(tmp_path / "devices", wires=[line]) as (addresses, remote):
        remote.watch()
        yield addresses["wires"]["wire-1"], remote


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[RealHall]:
    with RealHall(tmp_path, rate=RATE) as hall:
        yield hall


@pytest.fixture
def agent(hall: RealHall, wire: tuple[str, Remote]) -> Iterator[Program]:
    state = hall.pair("agent", *SLAVES)
    functions = "".join(
        f'[[functions]]\nfunction_id = "{function.split(":")[1]}"\nwire_id = "wire-1"\nslave = {slave["address"]}\n'
        for function, slave in SLAVES.items()
    )
    settings = f'[[wires]]\nwire_id = "wire-1"\naddress = "{wire[0]}"\n{functions}'
    (state / SETTINGS_FILE).write_text(settings, encoding="utf-8")
    agent = Program("agent", "--state", state, "--json")
    assert agent.ready()["ready"]
    yield agent
    assert agent.end() == 0


def wait_for_text(remote: Remote, wanted: str) -> None:
    deadline = time.monotonic() + PATIENCE_S
    seen = []
    while (event := remote.event(max(0.0, deadline - time.monotonic()))) is not None:
        if event["event"] == "shown":
            seen.append(event["text"])
            if event["text"] == wanted:
                return
    pytest.fail(f"the display never showed {wanted!r}, only {seen}")


def wait_for_event(hall: RealHall, wanted: Callable[[e.AnyEvent], bool]) -> e.AnyEvent:
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        with Journal(hall.folder / "server" / "branch.db") as journal:
            for row in journal.rows():
                if wanted(event := row.event()):
                    return event
    pytest.fail("the log never held what was waited for")


def begun_work() -> tuple[c.AnyCommand, ...]:
    return (
        c.SignInClerk(function_id="staff-1", staff_role="clerk", counter_id="counter-1", clerk_id="lan"),
        c.OpenCounter(function_id="staff-1", staff_role="clerk", counter_id="counter-1", clerk_id="lan"),
    )


@pytest.mark.usefixtures("agent")
def test_called_by_a_keypad_shown_said_served_and_rated(
    hall: RealHall, wire: tuple[str, Remote], tmp_path: Path
) -> None:
    remote = wire[1]
    clips = make_default_pack(tmp_path / "pack").folder
    kiosk = hall.link(hall.pair("kiosk", "kiosk:kiosk-1"))
    hall.staff(*begun_work())
    taken = kiosk.ask_and_wait(
        c.TakeTicket(
            function_id="kiosk-1",
            visit_id=new_id(),
            service_id="certification",
            priority_class_id="usual",
        )
    )
    assert isinstance(taken, TicketTaken)
    number = f"{taken.prefix}{taken.number:03d}"
    with RealBoard(hall.pair("board", "board:board-1::hall"), "--clips", str(clips)) as board:
        board.wait_for_scene("idle")
        remote.order("press", wire="wire-1", slave=1, keys="N")
        wait_for_text(remote, number)
        shown = board.wait_for_call(1, places=("current",))
        assert (shown["number"], shown["counter"]) == (number, "1")
        (said,) = board.wait_until_said(1)
        assert (said["number"], said["counter"]) == (number, 1)
        remote.order("press", wire="wire-1", slave=1, keys="S")
        wait_for_event(hall, lambda event: isinstance(event, e.ServiceStarted))
        served = board.wait_for_state(lambda state: not any(call["amber"] for call in state["calls"]))
        assert [call["number"] for call in served["calls"]] == [number]
        remote.order("press", wire="wire-1", slave=1, keys="E")
        wait_for_text(remote, "")
        wait_for_event(hall, lambda event: isinstance(event, e.RatingOpened))
        remote.order("press", wire="wire-1", slave=65, keys="1")
        rated = wait_for_event(hall, lambda event: isinstance(event, e.RatingPressed))
    assert isinstance(rated, e.RatingPressed)
    assert (rated.level, rated.channel, rated.function_id) == (1, "keypad", "rating-keypad-1")
