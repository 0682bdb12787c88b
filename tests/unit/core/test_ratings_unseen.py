"""What was pressed changes no view: neither the clerk's, nor the keypad's own, nor any other."""

import random

import msgspec
import pytest

from protocol.views import View
from queue_server import core
from tests.support.halls import small_hall
from tests.support.tables import Table

COUNTERS = ("counter-1", "counter-2", "counter-3")

STORY = """
    at      08:00
    take    V1 civil_status
    take    V2 land
    take    V3 civil_status
    signin  an 1
    signin  binh 2
    call    1
    start   1
    wait    300
    end     1 received
    wait    3
    rate    1 {level}
    wait    1
    rate    1 {level} terminal nonce
    wait    3
    rate    1 {other}
    call    1
    wait    60
    end     1 received
    wait    100
    rate    1 {level}
    call    2
    wait    60
    end     2 received
    wait    3
    rate    2 {other}
    wait    100
"""


def views(table: Table) -> list[bytes]:
    """Give all that the server would tell anybody now, but for what only presses are answered with."""
    branch, at = table.hall.branch, table.hall.at
    told: list[View] = [
        core.hall_view(branch, {}, at),
        core.kiosk_view(branch, {}, at),
        core.board_view(branch, "hall", {}, at),
        core.devices_view(branch),
        core.order_view(branch),
        *(core.counter_view(branch, counter_id, at) for counter_id in COUNTERS),
        *(core.rating_view(branch, counter_id) for counter_id in COUNTERS),
    ]
    return [msgspec.json.encode(one) for one in told]


@pytest.mark.parametrize(("level", "other"), [(1, 2), (1, 3), (3, 1)])
def test_two_halls_that_differ_in_presses_alone_show_the_same_at_every_moment(level: int, other: int) -> None:
    one, another = Table(small_hall()), Table(small_hall())
    for number, line in enumerate(STORY.splitlines()):
        one.line(number, line.format(level=level, other=other))
        another.line(number, line.format(level=other, other=level))
        assert views(one) == views(another), line
    assert one.hall.events() != another.hall.events(), "the log does know"


def test_a_clerk_is_told_of_the_day_and_nothing_of_ratings(seed: int) -> None:
    """Whether anybody answered at all shows nowhere either: a clerk who knew could ask the citizen why not."""
    chance = random.Random(seed)
    silent, answered = Table(small_hall()), Table(small_hall())
    for number, line in enumerate(STORY.splitlines()):
        level, other = chance.randint(1, 3), chance.randint(1, 3)
        answered.line(number, line.format(level=level, other=other))
        if "rate" not in line:
            silent.line(number, line)
        assert views(silent) == views(answered), line
