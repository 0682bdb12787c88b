"""How far procedures are from a citizen's first letter: measured over all of them, and held to the goals."""

import pytest

from tests.support import finding_table
from tests.support.finding_table import LETTERS_MOST, PAGE, official_measured, ward, ward_measured

pytestmark = pytest.mark.thorough


def test_every_published_procedure_is_found_within_six_letters_even_where_two_are_shown() -> None:
    reached = ward_measured()
    assert len(reached.from_a_word) <= 250
    assert [code for (code, _), letters in zip(ward(), reached.from_a_word_tightest, strict=True) if not letters] == []
    assert max(reached.from_a_word) <= LETTERS_MOST


def test_of_all_procedures_95_percent_are_found_within_six_letters() -> None:
    reached = official_measured()
    assert len(reached.from_a_word) == 588
    assert reached.within(reached.from_a_word_tightest) >= 0.95 * 588


def test_a_mistake_hides_hardly_a_procedure() -> None:
    assert finding_table.found_in_spite_of_a_mistake(ward()) >= 0.95 * len(ward())


def test_the_page_has_the_figures_as_they_are() -> None:
    assert finding_table.page_with(finding_table.tables()) == PAGE.read_text("utf-8"), (
        "run: python -m tests.support.finding_table"
    )
