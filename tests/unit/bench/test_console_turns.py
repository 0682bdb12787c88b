"""Under load every console acts, and those that look act often enough for a percentile."""

from collections import Counter

from motcua.bench.consoles_load import STREAMS, turns
from motcua.bench.pages_rows import CONSOLES

COUNTERS = 16


def test_all_consoles_act_and_those_that_look_each_second_time() -> None:
    presses: Counter[int] = Counter()
    for counter in range(COUNTERS):
        order = turns(range(counter, CONSOLES, COUNTERS))
        presses.update(order[turn % len(order)] for turn in range(30))
    assert presses.keys() == set(range(CONSOLES))
    assert all(presses[page] == 15 for page in range(STREAMS, CONSOLES))
    assert min(presses.values()) >= 5


def test_a_counter_whose_pages_are_of_one_kind_goes_round_them() -> None:
    assert turns([12, 28, 44]) == [12, 28, 44]
    assert turns([50, 51]) == [50, 51]
    assert turns([1, 48, 49]) == [48, 1, 49, 1]
