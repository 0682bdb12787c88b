"""What was pressed is nobody's business: every view, answer and deadline is the same whichever key it was, or none."""

from datetime import datetime

import pytest

from protocol import codec
from protocol import commands as c
from protocol import views as v
from queue_server import core
from tests.support.halls import UTC_OFFSET_S
from tests.support.tables import Table, play, visit_id
from tests.unit.core.test_systems import with_system

BEFORE = """
    take    V1 civil_status
    take    V2 civil_status
    signin  an 1
    signin  binh 2
    call    1                              -> V1 priority
    start   1
    wait    60
    end     1 received
    wait    3
"""
AFTERWARDS = ("wait 1", "call 1", "wait 4", "start 1", "wait 30", "end 1 received", "wait 200", "signout 1", "wait 1")

PRESSED: dict[str, tuple[str, ...]] = {
    "nothing": (),
    "the best": ("rate 1 1",),
    "the worst": ("rate 1 3",),
    "the worst with reasons": ("rate 1 3 keypad reasons",),
    "one, then another": ("rate 1 1", "rate 1 3"),
    "by the terminal": ("rate 1 3 terminal nonce",),
    "a key that is none": ("rate 1 9",),
}


def seen(table: Table) -> dict[str, bytes]:
    """Give every view as it goes over the wire."""
    hall = table.hall
    topics = core.topics(hall.branch)
    return {topic: codec.encode(core.view_of(hall.branch, topic, hall.estimates, hall.at)) for topic in topics}


def due(table: Table) -> datetime | None:
    """Give when the loop will wake next: a window that closed sooner would be told by that."""
    return core.next_deadline(table.hall.branch, table.hall.at, UTC_OFFSET_S)


@pytest.mark.parametrize("what", PRESSED)
def test_no_view_no_answer_and_no_deadline_tells_what_was_pressed(what: str) -> None:
    silent, rated = play(BEFORE), play(BEFORE)
    for press in PRESSED[what]:
        rated.say(press)
        assert seen(rated) == seen(silent), f"{press} shows"
        assert due(rated) == due(silent), f"{press} is told by when something happens next"
    for line in AFTERWARDS:
        assert rated.say(line) == silent.say(line), f"{line!r} is answered otherwise after {what}"
        assert seen(rated) == seen(silent), f"{what} shows after {line!r}"
        assert due(rated) == due(silent), f"{what} is told by what happens after {line!r}"


def test_what_staff_and_other_systems_find_of_a_visit_is_the_same_whatever_was_pressed() -> None:
    find = c.FindVisit(visit_id=visit_id("V1"), secret="0" * 32)
    found = []
    for presses in PRESSED.values():
        table = with_system(play(BEFORE))
        for line in (*presses, "wait 200"):
            table.say(line)
        proved = table.hall.facts(secret_valid=True)
        replies = [table.hall.ask(find, device_id=who, facts=proved) for who in ("staff-1", "system-1")]
        assert all(isinstance(reply, v.VisitFound) for reply in replies)
        found.append([codec.encode(reply) for reply in replies])
    assert all(one == found[0] for one in found)
