"""The estimating process is asked without waiting, answered when it can, and started again when it ends."""

import os
import signal
from collections.abc import Iterator

import pytest

from queue_server.core.snapshot import Snapshot, SnapshotClass, SnapshotCounter, SnapshotLine, SnapshotService
from queue_server.server.estimating import ANSWER_WITHIN_S, ASK_EVERY_S, START_AGAIN_S, Estimator
from tests.support.served_branch import until

SNAPSHOT = Snapshot(
    services={"land": SnapshotService("land", (300,) * 8, 300.0)},
    classes={"usual": SnapshotClass(1.0, 3600.0)},
    overflow_after_s={"land": 900.0},
    counters=(SnapshotCounter("counter-1", ("land",), (), "land", 100.0),),
    lines=(SnapshotLine("land", "usual", "", (("land", 60.0),) * 4),),
)


@pytest.fixture
def estimator() -> Iterator[Estimator]:
    estimator = Estimator(-ASK_EVERY_S)
    yield estimator
    estimator.close()


def answer(estimator: Estimator, now: float) -> dict[tuple[str, str], object]:
    found: list[dict[tuple[str, str], object]] = []

    def came() -> bool:
        estimates = estimator.work(now, lambda: SNAPSHOT)
        if estimates is not None:
            found.append(dict(estimates))
        return bool(found)

    until(came, "an answer comes")
    return found[0]


def test_a_range_comes_back_and_the_next_question_waits_its_time(estimator: Estimator) -> None:
    estimates = answer(estimator, 0.0)
    assert set(estimates) == {("land", "usual")}
    assert estimator.due_in(0.0) == ASK_EVERY_S
    assert estimator.answers is None, "nothing is due"
    answer(estimator, ASK_EVERY_S)


def test_a_process_that_ended_is_started_again_after_a_while(estimator: Estimator) -> None:
    answer(estimator, 0.0)
    first = estimator._process
    assert first is not None
    os.kill(first.pid, signal.SIGKILL)
    now = ASK_EVERY_S

    def given_up() -> bool:
        assert estimator.work(now, lambda: SNAPSHOT) is None
        return estimator._process is None

    until(given_up, "the end is noticed")
    assert estimator.due_in(now) == START_AGAIN_S
    answer(estimator, now + START_AGAIN_S)


def test_a_process_that_does_not_answer_is_given_up(estimator: Estimator) -> None:
    answer(estimator, 0.0)
    process = estimator._process
    assert process is not None
    os.kill(process.pid, signal.SIGSTOP)
    assert estimator.work(ASK_EVERY_S, lambda: SNAPSHOT) is None
    assert estimator.work(ASK_EVERY_S + ANSWER_WITHIN_S + 1, lambda: SNAPSHOT) is None
    assert process.poll() is not None
