"""What counters do with their time, and stages of service, by stories whose seconds can be counted by hand."""

from collections import Counter

from queue_server.reporting.fold import Fold
from queue_server.reporting.rows import Context
from queue_server.reporting.touched import Touched
from tests.support.tables import play


def told(script: str) -> Touched:
    fold = Fold(Context(), stored_visit=lambda _: None, stored_day=lambda _: None)
    for seq, event in enumerate(play(script).hall.events(), 1):
        fold.take(seq, event)
    return fold.touched


def seconds(touched: Touched) -> dict[tuple[str, int], int]:
    """Add up by doing and hour."""
    found: Counter[tuple[str, int]] = Counter()
    for row in touched.stretches:
        found[row.doing, row.hour] += row.lasted_us
    return {key: us // 1_000_000 for key, us in found.items()}


def test_a_morning_is_idle_called_served_and_paused() -> None:
    touched = told(
        """
        at 08:00
        signin an 1
        take V1 civil_status
        wait 60
        call 1
        wait 30
        start 1
        wait 300
        pause 1 lunch
        wait 100
        end 1 received
        wait 50
        signout 1
        """
    )
    assert seconds(touched) == {("idle", 8): 60, ("called", 8): 30, ("serving", 8): 400, ("paused", 8): 50}
    assert {(row.counter_id, row.clerk_id) for row in touched.stretches} == {("counter-1", "an")}
    assert [row.reason for row in touched.stretches if row.doing == "paused"] == ["lunch"]


def test_a_stretch_is_parted_at_the_full_hour_at_the_hall() -> None:
    touched = told(
        """
        at 07:50
        signin an 1
        at 10:10
        signout 1
        """
    )
    assert seconds(touched) == {("idle", 7): 600, ("idle", 8): 3600, ("idle", 9): 3600, ("idle", 10): 600}


def test_a_stopped_hall_is_not_idle() -> None:
    touched = told(
        """
        at 08:00
        signin an 1
        wait 60
        stop -
        wait 600
        goon
        wait 30
        signout 1
        """
    )
    assert seconds(touched) == {("idle", 8): 90, ("stopped", 8): 600}


def test_a_visit_that_goes_back_to_its_queue_leaves_a_counter_to_what_it_does() -> None:
    """Counter 1 closes, and the visit that was sent to it goes back, while counter 2 serves somebody else."""
    touched = told(
        """
        at 08:00
        signin an 1
        signin binh 2
        take V1 land
        take V2 civil_status
        call 2
        start 2
        wait 100
        call 1
        start 1
        transfer 1 2
        wait 40
        end 2 received
        wait 20
        close 2
        wait 10
        signout 2
        """
    )
    of_two = [(row.doing, row.lasted_us // 1_000_000) for row in touched.stretches if row.counter_id == "counter-2"]
    assert of_two == [("serving", 140), ("idle", 20), ("closed", 10)]
    assert len(touched.transfers) == 1, "going back is no transfer"


def test_work_before_parking_belongs_to_the_service_it_was_for() -> None:
    """Parked, called again, and sent on without having begun again: the first service has had its 100 seconds."""
    touched = told(
        """
        at 08:00
        signin an 1
        signin binh 2
        take V1 civil_status
        call 1
        start 1
        wait 100
        park 1
        wait 60
        resume 1 V1
        wait 10
        transfer 1 land
        wait 10
        call 2
        start 2
        wait 50
        end 2 received
        """
    )
    assert [(one.service_id, one.served_s) for one in touched.stages] == [("civil_status", 100), ("land", 50)]


def test_who_is_put_before_the_own_arrival_is_sent_to_the_front() -> None:
    touched = told(
        """
        at 08:00
        signin an 1
        take V1 land
        wait 60
        take V2 civil_status
        call 1
        start 1
        transfer 1 land first
        """
    )
    assert [(one.place, one.service_id, one.to_service_id) for one in touched.transfers] == [
        ("first", "civil_status", "land")
    ]
