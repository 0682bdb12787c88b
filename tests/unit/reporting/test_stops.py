"""When the hall stood still, by stories whose minutes can be counted by hand."""

from tests.support.tables import play
from tests.unit.reporting.test_stretches import told

MORNING = """
    at 08:00
    signin an 1
    take V1 civil_status
"""


def stops(script: str) -> list[tuple[str, int, int, bool]]:
    """Give of each row the day, the hour, the seconds, whether a stop begins there; the last told counts."""
    rows = {row.stop_id: row for row in told(script).stops}
    return [(row.day[-2:], row.hour, row.lasted_us // 1_000_000, row.begins) for row in rows.values()]


def test_a_stop_is_counted_once_and_parted_at_the_full_hour() -> None:
    script = """
        at 08:50
        stop fire
        at 08:55
        stop -
        at 09:10
        goon
        at 09:20
        stop -
        at 09:25
        goon
    """
    assert stops(MORNING + script) == [("23", 8, 600, True), ("23", 9, 600, False), ("23", 9, 300, True)]


def test_of_a_stop_that_stands_it_is_known_that_there_is_one() -> None:
    assert stops(MORNING + "    at 08:30\n    stop fire\n    at 09:10") == [("23", 8, 0, True)]


def test_a_stop_that_outlasts_the_night_is_one_of_each_day_and_the_night_is_none_of_its_time() -> None:
    script = """
        at 16:30
        stop fire
        at 07:30 2026-11-25
        at 08:00 2026-11-25
        goon
    """
    found = stops(MORNING + script)
    assert [(day, begins) for day, _, _, begins in found if begins] == [("23", True), ("25", True)]
    first, second = ([row for row in found if row[0] == day] for day in ("23", "25"))
    closes = play("at 08:00").hall.branch.plan
    assert closes is not None
    open_s = (closes.closes_at - closes.opens_at).total_seconds()
    of_second = sum(lasted_s for _, _, lasted_s, _ in second)
    assert 0 < of_second < open_s
    assert sum(lasted_s for _, _, lasted_s, _ in first) + of_second < open_s, "no night among it"


def test_a_hall_that_is_stopped_after_its_day_has_no_stop_before_the_next() -> None:
    script = """
        at 23:00
        stop fire
        at 23:30
        goon
    """
    assert stops(MORNING + script) == []


def test_a_wait_that_a_stop_fell_into_is_marked_and_counts_whole() -> None:
    touched = told(MORNING + "    wait 60\n    stop -\n    wait 300\n    goon\n    wait 40\n    call 1")
    (visit,) = touched.visits.values()
    assert (visit.waited_s, visit.stopped_s) == (400, 300)


def test_a_question_that_was_shut_as_it_opened_was_not_asked() -> None:
    script = """
        call 1
        start 1
        {stop}
        wait 120
        end 1 received
    """
    assert len(told(MORNING + script.format(stop="wait 1")).questions) == 1
    assert told(MORNING + script.format(stop="stop -")).questions == []
