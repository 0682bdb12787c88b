"""The branch survives a crash at every write: killed, torn, or cut from power. 0 answers lost, 0 numbers twice."""

import json
from collections import Counter

import pytest

from tests.faults import crashes, morning
from tests.faults.crashes import crash_everywhere


def test_no_answer_is_lost_at_any_of_two_thousand_crashes(seed: int) -> None:
    counted: Counter[str] = Counter()
    for one in range(seed, seed + 3):
        counted += crash_everywhere(one, 9, checkpoint_pages=4 + 6 * (one % 2))
    assert counted["points"] >= 2000, counted
    assert min(counted["kill"], counted["torn"], counted["power"]) >= 400, counted
    assert counted["violations"] == 0, counted


def test_the_same_crashes_do_find_a_log_that_does_not_wait_for_the_disk(seed: int) -> None:
    counted = crash_everywhere(seed, 8, synchronous="OFF")
    assert counted["lost by power"] > 0, counted
    assert counted["lost by kill"] == 0, "a killed process loses nothing that the kernel has"


def test_the_morning_is_one_in_which_numbers_are_given_and_called(seed: int) -> None:
    recording = crashes.record(seed, 16, 8, "FULL")
    replies = [reply for batch in recording.batches for reply in batch.replies]
    kinds = Counter(json.loads(reply)["type"] for reply in replies if reply is not None)
    assert kinds["ticket_taken"] >= 15, kinds
    assert kinds["visit_called"] >= 3, kinds
    assert not morning.given_twice(replies)


@pytest.mark.slow
@pytest.mark.begins_first
@pytest.mark.timeout(1500)
def test_no_answer_is_lost_at_any_of_a_hundred_thousand_crashes(seed: int) -> None:
    counted: Counter[str] = Counter()
    one = seed
    while counted["points"] < 100_000:
        counted += crash_everywhere(one, 6 + one % 7, checkpoint_pages=(3, 8, 25, 1000)[one % 4], cuts=4)
        one += 1
    print(dict(counted))  # noqa: T201 -- the figures of the long lane are read by people.
    assert counted["violations"] == 0, counted
