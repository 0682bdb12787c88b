"""A child of the pages ends in one way or another, whatever it says and whatever is made of it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest

from queue_server.web.children import Busy, Child, Ended, Work

DONE_S = 30.0
MOST_BYTES = 1000


@dataclass(frozen=True)
class Known:
    state: str = "idle"
    ended: Ended | None = None
    why: str = ""


def settled(known: Known, ended: Ended) -> Known:
    return replace(known, state="failed" if ended.code else "done", ended=ended)


def failed(known: Known, why: str) -> Known:
    return replace(known, state="failed", why=why)


VERSION = Work(["--version"], Known("running"), settled, failed)


@pytest.fixture
def child() -> Iterator[Child[Known]]:
    made = Child("example", Known(), limit_s=DONE_S, result_most_bytes=MOST_BYTES)
    yield made
    made.close()


def test_its_result_and_its_last_words_are_told(child: Child[Known]) -> None:
    child.start(VERSION)
    with pytest.raises(Busy):
        child.start(VERSION)
    ended = child.wait(DONE_S).ended
    assert ended is not None
    assert ended.result.startswith(b"motcua ")
    assert (ended.code, ended.said, ended.cut) == (0, "", False)
    child.start(replace(VERSION, arguments=["no-such-thing"]))
    ended = child.wait(DONE_S).ended
    assert ended is not None
    assert (ended.code, ended.result) == (2, b"")
    assert "no-such-thing" in ended.said


def test_what_it_says_beyond_the_limit_is_no_result() -> None:
    child = Child("example", Known(), limit_s=DONE_S, result_most_bytes=3)
    child.start(VERSION)
    ended = child.wait(DONE_S).ended
    child.close()
    assert ended is not None
    assert (ended.code, ended.result, ended.cut) == (0, b"", True)


def test_one_that_takes_too_long_is_ended_and_says_so() -> None:
    child = Child("example", Known(), limit_s=0.0)
    child.start(VERSION)
    known = child.wait(DONE_S)
    child.close()
    assert known.state == "failed"
    assert known.ended is not None
    assert known.ended.said.startswith("it took longer than 0 s")


def test_a_fault_of_ours_leaves_no_child_that_runs_for_ever(
    child: Child[Known], caplog: pytest.LogCaptureFixture
) -> None:
    def broken(_known: Known, _ended: Ended) -> Known:
        raise ZeroDivisionError("nothing to divide")

    child.start(replace(VERSION, settle=broken))
    known = child.wait(DONE_S)
    assert (known.state, known.why) == ("failed", "nothing to divide")
    assert "cannot be used" in caplog.text
    child.start(VERSION)
    assert child.wait(DONE_S).state == "done"


def test_one_that_is_stopped_stays_stopped(child: Child[Known]) -> None:
    child.start(VERSION)
    child.stop(lambda known: replace(known, state="stopped"))
    child.close()
    assert child.known.state == "stopped"
