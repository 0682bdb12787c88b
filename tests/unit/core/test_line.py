"""A line gives its head, takes new places at the end or in between, and loses any of them, in order throughout."""

import random
from datetime import UTC, datetime, timedelta

import pytest

from queue_server.core.line import Line, Place

MORNING = datetime(2026, 11, 23, tzinfo=UTC)


def place(second: int, order: int = 0) -> Place:
    return Place(MORNING + timedelta(seconds=second), order, f"{second}-{order}")


def test_head_and_order() -> None:
    line = Line()
    assert line.head is None
    assert not line
    for one in (place(5), place(3), place(9), place(3, 1)):
        line.insert(one)
    assert list(line) == [place(3), place(3, 1), place(5), place(9)]
    assert line.head == place(3)
    assert line.at(3) == place(9)
    assert line.at(4) is None
    assert line.at(9) is None
    assert line.count_before(MORNING + timedelta(seconds=5)) == 2
    line.remove(place(3))
    assert line.at(0) == line.head == place(3, 1)
    assert line.count_before(MORNING + timedelta(seconds=5)) == 1
    line.insert(place(1))
    line.remove(place(5))
    assert list(line) == [place(1), place(3, 1), place(9)]
    assert len(line) == 3


def test_removing_what_is_not_there_is_our_mistake() -> None:
    line = Line()
    with pytest.raises(AssertionError, match="does not wait"):
        line.remove(place(1))
    line.insert(place(1))
    line.insert(place(3))
    with pytest.raises(AssertionError, match="does not wait"):
        line.remove(place(2))
    line.remove(place(1))
    with pytest.raises(AssertionError, match="does not wait"):
        line.remove(place(1))


def test_against_a_sorted_list(seed: int) -> None:
    chance = random.Random(seed)
    line, model = Line(), list[Place]()
    for step in range(5000):
        what = chance.random()
        if what < 0.5 or not model:
            new = place(step if chance.random() < 0.8 else chance.randrange(step + 1), step)
            line.insert(new)
            model.append(new)
            model.sort()
        elif what < 0.9:
            line.remove(model.pop(0))
        else:
            line.remove(model.pop(chance.randrange(len(model))))
        assert len(line) == len(model)
        assert line.head == (model[0] if model else None)
        if step % 50 == 0:
            assert list(line) == model
            asked = MORNING + timedelta(seconds=chance.randrange(step + 1))
            assert line.count_before(asked) == sum(one.rank_at < asked for one in model)


def test_passed_places_are_cut_off() -> None:
    line = Line()
    for second in range(1000):
        line.insert(place(second))
        line.insert(place(second, 1))
        line.remove(place(second))
        line.remove(place(second, 1))
    assert len(line._places) < 100


def test_two_lines_are_equal_by_who_stands_in_them() -> None:
    one, other = Line(), Line()
    one.insert(place(1))
    one.insert(place(2))
    one.remove(place(1))
    other.insert(place(2))
    assert one == other
    assert one != [place(2)]
    other.insert(place(3))
    assert one != other
    assert repr(one) == f"Line({[place(2)]!r})"
