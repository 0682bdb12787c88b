"""Each cell of role x message, staff role x message and role x topic, over a real server and real keys."""

from collections.abc import Iterator
from typing import get_args

import pytest

from protocol import commands as c
from protocol.link import Link
from protocol.roles import COMMANDS_OF_ROLE, COMMANDS_OF_STAFF_ROLE
from protocol.views import Refused
from tests.support.samples import sample
from tests.support.served_branch import ServedBranch, function, until

COMMANDS: tuple[type[c.Command], ...] = get_args(c.AnyCommand)
STAFF_ROLES = ("", "clerk", "technician", "manager", "inspector")
PLACED = ("call_keypad", "rating_keypad", "rating_terminal", "counter_display")

MAY_WATCH = {
    "kiosk": {"kiosk"},
    "board": {"board/hall"},
    "counter_display": {"board/hall"},
    "call_keypad": {"counter/counter-1"},
    "rating_keypad": {"rating/counter-1"},
    "rating_terminal": {"rating/counter-1"},
    "staff": {"hall", "order", "counter/counter-1", "counter/counter-2", "kiosk", "devices", "board/hall"},
    "public": {"kiosk", "board/hall"},
    "system": {"kiosk", "board/hall"},
    "technician": {"hall", "devices", "kiosk"},
    "observer": {"board/hall"},
}
"""Written out, not taken from the table under test."""

TOPICS = (
    *("hall", "order", "kiosk", "devices", "board/hall"),
    *("counter/counter-1", "counter/counter-2", "rating/counter-1", "rating/counter-2"),
)


@pytest.fixture(scope="module")
def branch(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedBranch]:
    """One server and one device of every kind."""
    with ServedBranch(tmp_path_factory.mktemp("roles")) as branch:
        for kind in COMMANDS_OF_ROLE:
            counter_id = "counter-1" if kind in PLACED else ""
            branch.pair(f"{kind}-1", function(kind, f"{kind}-1", counter_id, "hall" if kind == "board" else ""))
        yield branch


@pytest.fixture(scope="module")
def links(branch: ServedBranch) -> dict[str, Link]:
    return {kind: branch.open_link(f"{kind}-1") for kind in COMMANDS_OF_ROLE}


def refusal(link: Link, command: c.AnyCommand) -> str:
    reply = link.ask_and_wait(command)
    return reply.code if isinstance(reply, Refused) else ""


def test_a_device_speaks_for_its_own_functions_alone(links: dict[str, Link]) -> None:
    assert refusal(links["board"], sample(c.TakeTicket, "kiosk-1")) == "unknown_function"
    assert refusal(links["call_keypad"], sample(c.CallNext, "call_keypad-1", counter_id="counter-2")) == "wrong_counter"


@pytest.mark.parametrize("kind", COMMANDS_OF_ROLE)
def test_each_role_may_send_what_its_row_names_and_nothing_else(links: dict[str, Link], kind: str) -> None:
    staff_role = "technician" if kind == "staff" else ""
    for command in COMMANDS:
        allowed = command in COMMANDS_OF_ROLE[kind]
        if kind == "staff" and command is not c.ReportDevice:
            allowed = allowed and command in COMMANDS_OF_STAFF_ROLE[staff_role]
        refused = refusal(links[kind], sample(command, f"{kind}-1", staff_role))
        assert (refused != "not_allowed") == allowed, f"{kind} x {command.__name__}: {refused or 'done'}"


@pytest.mark.parametrize("staff_role", STAFF_ROLES)
def test_each_staff_role_may_ask_what_its_row_names_and_nothing_else(links: dict[str, Link], staff_role: str) -> None:
    for command in COMMANDS:
        asked = sample(command, "staff-1", staff_role)
        if not isinstance(asked, c.TerminalCommand) or command is c.ReportDevice:
            continue  # Such a message names no person; the row of its function decides alone.
        allowed = command in COMMANDS_OF_STAFF_ROLE.get(staff_role, ()) and command in COMMANDS_OF_ROLE["staff"]
        refused = refusal(links["staff"], asked)
        assert (refused != "not_allowed") == allowed, f"{staff_role} x {command.__name__}: {refused or 'done'}"


@pytest.mark.parametrize("kind", MAY_WATCH)
def test_each_role_sees_its_own_topics_and_nothing_else(branch: ServedBranch, kind: str) -> None:
    with branch.link(f"{kind}-1", topics=TOPICS) as link:
        until(lambda: all(link.last_view(topic) for topic in MAY_WATCH[kind]), f"{kind} sees its topics")
        # A whole round of heartbeats: by then a topic that it may not see would have come as well.
        first = {topic: link.last_view(topic) for topic in MAY_WATCH[kind]}
        until(lambda: all(link.last_view(topic) is not first[topic] for topic in first), "a round of heartbeats")
        assert {topic for topic in TOPICS if link.last_view(topic)} == MAY_WATCH[kind]


def test_a_family_of_topics_is_for_those_whose_row_names_the_family(branch: ServedBranch) -> None:
    counters = [f"counter/counter-{number}" for number in range(1, 7)]
    with branch.link("staff-1", topics=("counter/",)) as staff:
        until(lambda: all(staff.last_view(topic) for topic in counters), "staff see every counter")
    with branch.link("call_keypad-1", topics=("counter/", "counter/counter-1")) as keypad:
        until(lambda: keypad.last_view(counters[0]) is not None, "a keypad sees its own counter")
        first = keypad.last_view(counters[0])
        until(lambda: keypad.last_view(counters[0]) is not first, "another heartbeat")
        assert not any(keypad.last_view(topic) for topic in counters[1:])
