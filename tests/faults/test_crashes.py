"""The log survives a crash at every write: killed, torn, or cut from power. 0 acknowledged lost, 0 numbers twice."""

from collections import Counter

import pytest

from tests.faults.crashes import crash_everywhere


def test_nothing_acknowledged_is_lost_at_any_of_two_thousand_crashes(seed: int) -> None:
    counted: Counter[str] = Counter()
    for one in range(seed, seed + 2):
        counted += crash_everywhere(one, 20, checkpoint_pages=4 + 6 * (one % 2))
    assert counted["points"] >= 2000, counted
    assert min(counted["kill"], counted["torn"], counted["power"]) >= 400, counted
    assert counted["violations"] == 0, counted


def test_the_same_crashes_do_find_a_log_that_does_not_wait_for_the_disk(seed: int) -> None:
    counted = crash_everywhere(seed, 12, synchronous="OFF")
    assert counted["lost by power"] > 0, counted
    assert counted["lost by kill"] == 0, "a killed process loses nothing that the kernel has"


@pytest.mark.slow
def test_nothing_acknowledged_is_lost_at_any_of_a_hundred_thousand_crashes(seed: int) -> None:
    counted: Counter[str] = Counter()
    one = seed
    while counted["points"] < 100_000:
        counted += crash_everywhere(one, 30 + one % 31, checkpoint_pages=(3, 8, 25, 1000)[one % 4], cuts=3)
        one += 1
    print(dict(counted))  # noqa: T201 -- the figures of the long lane are read by people.
    assert counted["violations"] == 0, counted
