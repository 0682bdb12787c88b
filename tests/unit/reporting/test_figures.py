"""Percentiles, shares and intervals against values worked out elsewhere."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queue_server.reporting.figures import LEAST_SAMPLE, percentile, share, spread, wilson


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


@pytest.mark.parametrize(
    ("part", "whole", "low", "high"),
    # Newcombe, Statistics in Medicine 17 (1998) 857-872, table I, method 3.
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilson_as_published(part: int, whole: int, low: float, high: float) -> None:
    assert wilson(part, whole) == pytest.approx((low, high), abs=0.00005)


@given(st.integers(1, 5000).flatmap(lambda whole: st.tuples(st.integers(0, whole), st.just(whole))))
def test_the_interval_holds_the_share_and_stays_within_bounds(counts: tuple[int, int]) -> None:
    low, high = wilson(*counts)
    assert 0 <= low <= counts[0] / counts[1] + 1e-12
    assert counts[0] / counts[1] - 1e-12 <= high <= 1


def test_too_few_have_counts_but_no_rates() -> None:
    assert share(LEAST_SAMPLE - 1, LEAST_SAMPLE - 1).low is None
    assert share(LEAST_SAMPLE, LEAST_SAMPLE).low is not None
    few, enough = spread(range(LEAST_SAMPLE - 1)), spread(range(LEAST_SAMPLE))
    assert (few.n, few.p50_s, few.p90_s) == (LEAST_SAMPLE - 1, None, None)
    assert (enough.n, enough.p50_s, enough.p90_s) == (10, 4, 8)
