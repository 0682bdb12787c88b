"""The funnel as it is drawn: every counter has a shape, a name that can be read, and a place that its figures give."""

import random
from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from queue_server.satisfaction.funnel import funnel
from queue_server.satisfaction.tallies import Tally
from queue_server.web.satisfaction_charts import (
    BOTTOM,
    HEIGHT,
    WIDTH,
    Box,
    FunnelPicture,
    Mark,
    funnel_picture,
    overlap,
)

NAMES = ("Quầy 1", "Quầy 2", "Nguyễn Thị Thanh Hương", "Quầy 10", "Lê An", "Counter 6", "Trần Văn Bình", "Bàn 3")
COUNTS = st.lists(
    st.integers(10, 400).flatmap(lambda n: st.tuples(st.just(n), st.integers(0, n))), min_size=2, max_size=8
)
LETTER, LINE = 9, 15


def drawn(counts: list[tuple[int, int]]) -> FunnelPicture:
    tallies = {name: Tally(satisfied, rated, rated) for name, (rated, satisfied) in zip(NAMES, counts, strict=False)}
    placed = funnel(tallies)
    assert placed is not None
    return funnel_picture(placed, {name: name for name in tallies}, 80)


def name_box(mark: Mark) -> Box:
    width = len(mark.key) * LETTER
    left = mark.name_x if mark.anchor == "start" else mark.name_x - width
    return left, mark.name_y - LINE + 2.5, left + width, mark.name_y + 2.5


def shape_box(mark: Mark) -> Box:
    return mark.x - 9, mark.y - 9, mark.x + 9, mark.y + 9


@given(COUNTS)
def test_no_name_lies_over_another_name_nor_over_another_counters_shape(counts: list[tuple[int, int]]) -> None:
    marks = drawn(counts).marks
    assert len(marks) == len(counts)
    for one, other in combinations(marks, 2):
        assert not overlap(name_box(one), name_box(other)), (one, other)
        assert not overlap(name_box(one), shape_box(other)), (one, other)
        assert not overlap(shape_box(one), name_box(other)), (one, other)
    for mark in marks:
        left, top, right, bottom = name_box(mark)
        assert left >= 0
        assert right <= WIDTH
        assert top >= 0
        assert bottom <= HEIGHT - BOTTOM
    assert not overlap((0, 0, 1, 1), (1, 0, 2, 1)), "an edge in common is none"


def test_a_name_stands_right_of_its_shape_unless_something_is_there(seed: int) -> None:
    chance = random.Random(seed)
    far = [(100 + 40 * place, round((100 + 40 * place) * chance.uniform(0.6, 0.9))) for place in range(3)]
    assert [mark.anchor for mark in drawn(far).marks][:2] == ["start", "start"]
    same = drawn([(100, 80), (100, 80), (100, 80)]).marks
    assert len({(mark.x, mark.y) for mark in same}) == 1
    assert len({(mark.name_y, mark.anchor) for mark in same}) == 3
