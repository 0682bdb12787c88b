"""Percentiles, shares and intervals against values worked out elsewhere."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queue_server.reporting.figures import LEAST_SAMPLE, percentile, share, spread


@pytest.mark.parametrize(
    ("values", "percent", "expected"),
    [([7], 50, 7), ([1, 2, 3, 4], 50, 2), ([1, 2, 3, 4], 90, 4), (list(range(1, 101)), 90, 90), ([3, 3, 9], 100, 9)],
)
def test_nearest_rank(values: list[int], percent: int, expected: int) -> None:
    assert percentile(values, percent) == expected


@given(st.lists(st.integers(0, 10_000), min_size=1), st.integers(1, 100))
def test_a_percentile_is_a_value_that_enough_do_not_exceed(values: list[int], percent: int) -> None:
    found = percentile(sorted(values), percent)
    assert found in values
    assert sum(value <= found for value in values) * 100 >= percent * len(values)
    assert sum(value < found for value in values) * 100 < percent * len(values)


def test_too_few_have_counts_but_no_rates() -> None:
    assert share(LEAST_SAMPLE - 1, LEAST_SAMPLE - 1).low is None
    assert share(LEAST_SAMPLE, LEAST_SAMPLE).low is not None
    few, enough = spread(range(LEAST_SAMPLE - 1)), spread(range(LEAST_SAMPLE))
    assert (few.n, few.p50_s, few.p90_s) == (LEAST_SAMPLE - 1, None, None)
    assert (enough.n, enough.p50_s, enough.p90_s) == (10, 4, 8)
