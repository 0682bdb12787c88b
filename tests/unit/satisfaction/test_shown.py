"""What is said of a share, and what is not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queue_server.satisfaction.shown import LEAST_RATED, is_claimable, met, percent_text
from queue_server.satisfaction.tallies import NOTHING, Tally, total
from tests.support.texts import shipped_texts

TEXTS = shipped_texts()


@pytest.mark.parametrize(
    ("satisfied", "rated", "said"),
    [
        (80, 100, "met"),
        (79, 100, "not_met"),
        (0, 0, "no_data"),
        (0, 1, "not_met"),
        (4, 5, "met"),
        (799, 999, "not_met"),
    ],
)
def test_the_target(satisfied: int, rated: int, said: str) -> None:
    assert met(satisfied, rated) == said


def test_the_target_in_whole_numbers_is_missed_by_one_of_a_thousand_million() -> None:
    assert met(8 * 10**17, 10**18) == "met"
    assert met(8 * 10**17 - 1, 10**18) == "not_met"


@pytest.mark.parametrize(
    ("part", "whole", "vi", "en"),
    [
        (2499, 2500, "99,96 %", "99.96%"),
        (2375, 2500, "95,00 %", "95.00%"),
        (2500, 2500, "100,00 %", "100.00%"),
        (99_999, 100_000, "99,99 %", "99.99%"),
        (999, 1000, "99,90 %", "99.90%"),
        (1, 100_000, "0,01 %", "0.01%"),
        (0, 500, "0,0 %", "0.0%"),
        (998, 999, "99,9 %", "99.9%"),
        (17, 20, "85 %", "85%"),
    ],
)
def test_percentages(part: int, whole: int, vi: str, en: str) -> None:
    assert percent_text(part, whole, TEXTS.words("vi")).replace("\xa0", " ") == vi
    assert percent_text(part, whole, TEXTS.words("en")).replace("\xa0", " ") == en


@given(st.integers(1, 10**7).flatmap(lambda whole: st.tuples(st.integers(0, whole), st.just(whole))))
def test_only_all_is_a_hundred_and_only_nothing_is_zero(counts: tuple[int, int]) -> None:
    part, whole = counts
    value = float(percent_text(part, whole, TEXTS.words("en")).rstrip("%"))
    assert (value == 100) == (part == whole)
    assert (value == 0) == (part == 0)


def test_a_share_of_nothing_is_no_data() -> None:
    assert "%" not in percent_text(0, 0, TEXTS.words("vi"))


@pytest.mark.parametrize(
    ("satisfied", "rated", "claimed"),
    [
        (8, LEAST_RATED - 1, False),
        (8, LEAST_RATED, True),
        (0, 0, False),
        (10, 10, False),
        (98, 100, True),
        (99, 100, False),
        (199, 199, False),
        (200, 200, True),
        (199, 200, True),
    ],
)
def test_what_is_claimed(satisfied: int, rated: int, claimed: bool) -> None:
    assert is_claimable(satisfied, rated) is claimed


def test_a_branch_may_ask_for_more_answers() -> None:
    assert not is_claimable(16, 20, least_rated=30)
    assert not is_claimable(0, 0, least_rated=0)


def test_tallies() -> None:
    sum_of_two = total([Tally(3, 4, 10), Tally(0, 0, 5)])
    assert sum_of_two == Tally(3, 4, 15)
    assert sum_of_two - Tally(0, 0, 5) == Tally(3, 4, 10)
    assert (sum_of_two.share, sum_of_two.response, sum_of_two.not_satisfied) == (0.75, 4 / 15, 1)
    assert (NOTHING.share, NOTHING.response) == (None, None)


@pytest.mark.parametrize("counts", [(2, 1, 5), (0, 6, 5), (-1, 0, 0)])
def test_more_answers_than_questions_are_a_mistake(counts: tuple[int, int, int]) -> None:
    with pytest.raises(AssertionError):
        Tally(*counts)
