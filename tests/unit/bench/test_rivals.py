"""The other methods, on halls that one can count by hand."""

import msgspec
import pytest

from motcua.bench.estimates.rivals import Seen, head_of_line, last_called, queue_length, work_ahead, zms
from protocol.estimates import Learned
from queue_server import core
from tests.support.tables import play

BUSY = """
    take    V1 land
    take    V2 land
    signin  an 2
    wait    100
    call    2
    start   2
    wait    20
    take    V3 land
    take    V4 land elderly
    take    V5 civil_status
    wait    30
"""


def seen(script: str = BUSY, service_id: str = "land", class_id: str = "usual", **more: object) -> Seen:
    """Show a hall in which every service takes 570 s, and 30 s pass around it."""
    table = play(script)
    snapshot = core.take_snapshot(table.hall.branch, table.hall.at)
    services = {
        name: msgspec.structs.replace(service, durations_s=(570,) * 5) for name, service in snapshot.services.items()
    }
    learned = Learned(walking_s=(20,), between_s=(10,))
    changed = msgspec.structs.replace(snapshot, services=services, learned=learned, **more)
    return Seen(changed, table.hall.branch, service_id, class_id)


def test_queue_length_counts_who_is_ahead_over_the_counters_of_the_queue() -> None:
    assert queue_length(seen()) == (3 + 1) * 600 / 1, "two usual and one elderly; counter 2 alone is open"
    assert queue_length(seen(class_id="elderly")) == (1 + 1) * 600, "the elderly go first"
    assert queue_length(seen(BUSY + "signin binh 3")) == (3 + 1) * 600 / 2
    assert queue_length(seen("signin an 2")) == 0.0, "a counter is free and nobody is ahead"
    assert queue_length(seen("")) == 600 / 2, "two will be open"


def test_somebody_who_knows_the_hall_counts_all_that_the_counters_have_to_do() -> None:
    assert work_ahead(seen()) == (3 + 1) * 600
    shared = BUSY + "take V6 results\nsignin binh 3"
    assert queue_length(seen(shared)) == (3 + 1) * 600 / 2
    assert work_ahead(seen(shared)) == (3 + 1 + 1) * 600 / 2, "counter 3 has the one for results to serve as well"
    assert work_ahead(seen("signin an 2")) == 0.0


def test_histories_tell_of_the_last_and_of_the_first() -> None:
    assert last_called(seen()) == 100
    assert head_of_line(seen()) == 150, "V2 waits since the beginning"
    assert last_called(seen(class_id="elderly")) == queue_length(seen(class_id="elderly")), "none of them was called"
    assert head_of_line(seen(class_id="elderly")) == 30
    assert head_of_line(seen("")) == queue_length(seen("")), "nobody was called yet"


def test_zms_counts_steps() -> None:
    assert list(zms(seen(), "land")) == pytest.approx([3 * 0.8 * 600, 4 * 600])
    assert list(zms(seen(BUSY + "signin binh 3"), "land")) == pytest.approx([2 * 0.8 * 300, 4 * 300])
    assert list(zms(seen())) == pytest.approx([4 * 0.8 * 600, 5 * 600]), "the whole hall as one list"


@pytest.mark.parametrize(("work_s", "wall_s"), [(0, 0), (3600, 3600), (14_000, 14_000), (15_000, 15_000 + 5400)])
def test_a_wait_goes_on_after_lunch(work_s: float, wall_s: float) -> None:
    at_opening = seen("", now_s=27_000.0)
    assert at_opening.through_hours(work_s) == wall_s
    before = seen("", now_s=27_000.0 - 600)
    assert before.through_hours(work_s) == wall_s + 600
    assert seen("", now_s=60_000.0).through_hours(9000) == 9000, "the last hours end when nobody waits"
