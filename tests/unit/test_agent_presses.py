"""What outlives the agent: which key came last, what keys asked, digits that wait; and what becomes of it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from hardware.agent.presses import PressStore, Unanswered
from hardware.agent.unanswered import SENT_AGAIN_S, UnansweredCommands
from protocol import commands as c

PAD = "call-keypad-1"
NEXT = c.CallNext(function_id=PAD, counter_id="counter-1")


class Clock:
    """A clock on the wall."""

    def __init__(self) -> None:
        self.now_s = 1_000.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(tmp_path: Path, clock: Clock, request: pytest.FixtureRequest) -> Callable[[], PressStore]:
    """Open the store: each time as an agent does that was started anew."""

    def opened() -> PressStore:
        found = PressStore(tmp_path, clock=clock)
        request.addfinalizer(found.close)
        return found

    return opened


def test_a_key_that_comes_again_after_a_restart_is_known(store: Callable[[], PressStore]) -> None:
    store().heard(PAD, 7, "N")
    assert store().is_again(PAD, 7, "N")


def test_the_next_key_another_keypads_and_another_keys_are_not(store: Callable[[], PressStore]) -> None:
    store().heard(PAD, 7, "N")
    other = store()
    assert not other.is_again("call-keypad-2", 7, "N")
    assert not other.is_again(PAD, 7, "S")
    assert not other.is_again(PAD, 8, "N")
    other.heard(PAD, 8, "S")
    assert not other.is_again(PAD, 7, "N"), "only the last can be repeated"


def test_a_key_without_a_number_is_again_only_for_a_while(store: Callable[[], PressStore], clock: Clock) -> None:
    store().heard(PAD, 0, "N")
    clock.now_s += 14.0
    assert store().is_again(PAD, 0, "N", repeated_s=15.0)
    clock.now_s += 2.0
    assert not store().is_again(PAD, 0, "N", repeated_s=15.0)
    clock.now_s -= 60.0
    assert not store().is_again(PAD, 0, "N", repeated_s=15.0), "the clock was set back: nobody knows how old it is"
    assert not store().is_again(PAD, 0, "N", repeated_s=0.0), "this keypad repeats nothing"


def test_a_keypad_that_was_switched_on_counts_anew(store: Callable[[], PressStore]) -> None:
    first = store()
    first.heard(PAD, 0, "N")
    first.forget_keys(PAD)
    assert not store().is_again(PAD, 0, "N")


def test_what_comes_of_a_key_is_kept_with_it_or_not_at_all(store: Callable[[], PressStore]) -> None:
    first = store()

    def dies_halfway() -> None:
        with first.at_once():
            first.keep_command("1" * 32, PAD, NEXT)
            first.keep_digits(PAD, "17")
            first.heard(PAD, 7, "N")
            raise InterruptedError

    with pytest.raises(InterruptedError):
        dies_halfway()
    again = store()
    assert (again.unanswered(), again.digits(), again.is_again(PAD, 7, "N")) == ([], [], False)


def test_commands_wait_in_order_until_they_are_answered(store: Callable[[], PressStore], clock: Clock) -> None:
    first = store()
    for number in (3, 1, 2):
        first.keep_command(f"{number:032x}", PAD, NEXT)
    first.answered(f"{1:032x}")
    clock.now_s += 4.0
    assert store().unanswered() == [Unanswered(f"{number:032x}", PAD, NEXT, 4.0) for number in (3, 2)]


def test_half_typed_digits_outlive_the_agent(store: Callable[[], PressStore], clock: Clock) -> None:
    first = store()
    first.keep_digits(PAD, "1")
    first.keep_digits(PAD, "17")
    first.keep_digits("call-keypad-2", "4")
    first.keep_digits("call-keypad-2", "")
    clock.now_s += 2.0
    assert store().digits() == [(PAD, "17", 2.0)]


def unanswered(age_s: float) -> Unanswered:
    return Unanswered("1" * 32, PAD, NEXT, age_s)


def test_what_was_asked_shortly_before_is_sent_again_as_soon_as_the_server_is_heard() -> None:
    found = UnansweredCommands([unanswered(2.0)], now_s=100.0)
    assert found.judged(101.0, heard=False) == ([], [])
    assert found.judged(102.0, heard=True) == ([unanswered(2.0)], [])
    assert found.judged(200.0, heard=True) == ([], []), "once"
    assert found.due_s() is None


@pytest.mark.parametrize(("age_s", "now_s"), [(SENT_AGAIN_S, 100.0), (2.0, 98.0 + SENT_AGAIN_S), (-5.0, 100.0)])
def test_what_is_too_old_or_of_unknown_age_is_lost(age_s: float, now_s: float) -> None:
    found = UnansweredCommands([unanswered(age_s)], now_s=100.0)
    due_s = found.due_s()
    assert due_s is not None
    assert due_s <= now_s
    assert found.judged(now_s, heard=True) == ([], [unanswered(age_s)])
