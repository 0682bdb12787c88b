"""Five hundred presses of a keypad that was off line: a real agent brings them to a real server, killed on the way."""

import signal
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import pytest

from hardware.agent.presses import PressStore
from hardware.agent.settings import SETTINGS_FILE
from protocol import commands as c
from protocol import events as e
from protocol.link import new_id
from protocol.views import TicketTaken
from queue_server.journal import Journal
from tests.support.asking_hall import asking_at_once
from tests.support.devices import simulated_hall
from tests.support.real_hall import Program, RealHall

PRESSES: Final = 500
PATIENCE_S: Final = 60.0
KEYPAD: Final = "rating_keypad:rating-keypad-1:counter-1"
CLERK: Final[dict[str, Any]] = {
    "function_id": "staff-1",
    "staff_role": "clerk",
    "counter_id": "counter-1",
    "clerk_id": "lan",
}


def kept(hall: RealHall) -> list[e.RatingPressed]:
    with Journal(hall.folder / "server" / "branch.db") as journal:
        events = [row.event() for row in journal.rows()]
    assert not [event for event in events if isinstance(event, e.VisitRated)], "nobody knows whom they meant"
    return [event for event in events if isinstance(event, e.RatingPressed)]


def wait_for(hall: RealHall, presses: int) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while len(kept(hall)) < presses:
        assert time.monotonic() < deadline, f"only {len(kept(hall))} of {presses} presses came"


@pytest.mark.timeout(180)
def test_five_hundred_presses_come_once_and_none_counts(tmp_path: Path) -> None:
    wire = {
        "name": "wire-1",
        "address": f"pty:{tmp_path}/rs485",
        "slaves": [{"address": 65, "kind": "rating_keypad"}],
    }
    with (
        simulated_hall(tmp_path / "devices", wires=[wire]) as (addresses, _),
        RealHall(tmp_path, config=asking_at_once(tmp_path)) as hall,
    ):
        state = hall.pair("agent", KEYPAD)
        (state / SETTINGS_FILE).write_text(
            f'[[wires]]\nwire_id = "wire-1"\naddress = "{addresses["wires"]["wire-1"]}"\n'
            '[[functions]]\nfunction_id = "rating-keypad-1"\nwire_id = "wire-1"\nslave = 65\n',
            "utf-8",
        )
        asked_about_a_visit(hall)
        store = PressStore(state)
        pressed = [new_id() for _ in range(PRESSES)]
        with store.at_once():
            for number, press_id in enumerate(pressed):
                press = c.PressRating(
                    function_id="rating-keypad-1",
                    press_id=press_id,
                    level=1 + number % 4,
                    pressed_at=datetime(2026, 11, 23, 1, 0, tzinfo=UTC),
                    buffered=True,
                )
                assert store.keep(press)
        store.close()
        for arrived in (PRESSES // 5, PRESSES // 2):
            agent = Program("agent", "--state", state, "--json")
            wait_for(hall, arrived)
            agent.end(signal.SIGKILL)
        hall.kill()
        hall.start()
        agent = Program("agent", "--state", state, "--json")
        wait_for(hall, PRESSES)
        assert agent.end() == 0
        found = kept(hall)
        assert [event.press_id for event in found] == pressed, "each once, in the order in which they were made"
        assert {event.flag for event in found} == {"buffered"}
        again = PressStore(state)
        assert len(again) == 0, "what is acknowledged is kept no longer"
        again.close()


def asked_about_a_visit(hall: RealHall) -> None:
    """Serve somebody at the keypad's counter, so that a question stands open while the presses come."""
    kiosk = hall.link(hall.pair("kiosk", "kiosk:kiosk-1"))
    take = c.TakeTicket(function_id="kiosk-1", visit_id=new_id(), service_id="certification", priority_class_id="usual")
    assert isinstance(kiosk.ask_and_wait(take), TicketTaken)
    hall.staff(
        c.SignInClerk(**CLERK),
        c.OpenCounter(**CLERK),
        c.CallNext(**CLERK),
        c.StartService(**CLERK, visit_id=take.visit_id),
        c.EndService(**CLERK, visit_id=take.visit_id, outcome="received"),
    )
