"""Wilson's interval against published values."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queue_server.satisfaction.intervals import normal_quantile, wilson

COUNTS = st.integers(1, 5000).flatmap(lambda rated: st.tuples(st.integers(0, rated), st.just(rated)))


@pytest.mark.parametrize(
    ("satisfied", "rated", "low", "high"),
    # Newcombe, Statistics in Medicine 17 (1998) 857-872, table I, method 3.
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilson_as_published(satisfied: int, rated: int, low: float, high: float) -> None:
    bounds = wilson(satisfied, rated)
    assert bounds is not None
    assert (bounds.low, bounds.high) == pytest.approx((low, high), abs=0.00005)


@given(COUNTS)
def test_the_interval_holds_the_share_and_stays_within_bounds(counts: tuple[int, int]) -> None:
    bounds = wilson(*counts)
    assert bounds is not None
    assert bounds.holds(counts[0] / counts[1])
    assert bounds.low >= 0
    assert bounds.high <= 1


@given(COUNTS)
def test_more_confidence_is_wider(counts: tuple[int, int]) -> None:
    usual, surer = wilson(*counts), wilson(*counts, confidence=0.998)
    assert usual is not None
    assert surer is not None
    assert surer.high - surer.low > usual.high - usual.low


def test_nobody_s_answer_has_no_interval() -> None:
    assert wilson(0, 0) is None


def test_quantiles() -> None:
    assert normal_quantile(0.95) == pytest.approx(1.959963984540054)
    assert normal_quantile(0.998) == pytest.approx(3.090232306167813)
