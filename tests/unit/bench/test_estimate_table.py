"""The figures of the comparison, counted by hand, and the page that they stand in."""

from pathlib import Path

import pytest

from motcua.bench.estimates import page
from motcua.bench.estimates.comparison import OURS, Told
from motcua.bench.estimates.table import Verdict, errors, tables, verdict

TOP = Path(__file__).parents[3]


def told(waited_s: float, ours_s: float, other_s: float, high_s: float, **more: object) -> Told:
    facts = {"hall": "ward 1", "day": 20, "hour": 9.0, "priority": False, "has_to_wait": True, **more}
    points = {OURS: ours_s, "other": other_s, "worse": 9999.0}
    return Told(waited_s=waited_s, points=points, high_s=high_s, **facts)  # type: ignore[arg-type]  # As above.


FIVE = [
    told(600, 600, 0, 900),
    told(600, 660, 0, 900),
    told(600, 480, 600, 900),
    told(1200, 600, 0, 900),
    told(600, 1200, 1200, 1500),
]


def test_errors_are_what_was_said_less_what_came() -> None:
    found = errors(FIVE, OURS)
    assert (found.median_s, found.mean_s, found.p90_s, found.bias_s) == (120, 276, 600, -12)


def test_a_verdict_compares_with_the_best_of_the_others() -> None:
    found = verdict(FIVE)
    assert (found.told, found.waited_s, found.ours_s, found.best, found.best_s) == (5, 600, 120, "other", 600)
    assert (found.ratio, found.longer_than_low, found.longer_than_high) == (0.2, 0.4, 0.2)
    assert not found.ok, "0.2 is far below, but the range is not honest"


@pytest.mark.parametrize(
    ("ours_s", "low", "high", "ok"),
    [
        (80, 0.5, 0.1, True),
        (81, 0.5, 0.1, False),
        (80, 0.44, 0.1, False),
        (80, 0.5, 0.13, False),
        (80, 0.56, 0.1, False),
    ],
)
def test_the_target_is_an_error_and_an_honest_range(ours_s: float, low: float, high: float, ok: bool) -> None:
    assert Verdict(100, 600, 600, 900, ours_s, 100, "other", low, high).ok is ok


def test_tables_tell_apart_who_had_to_wait_and_where() -> None:
    text = tables([*FIVE, told(0, 0, 0, 0, has_to_wait=False, hall="ward 2")])
    assert "| ours | 2.0 | 4.6 | 10.0 | -0.2 |" in text
    assert "| all who had to wait | 5 | 10.0 | 10.0–15.0 | 2.0 | 10.0 | 0.20 | 40.0% | 20.0% |" in text
    assert "| everybody, those who were called at once too | 6 |" in text
    assert "| ward 1 | 5 |" in text
    assert "| ward 2 |" not in text, "nobody had to wait there"


def test_the_tables_are_put_into_the_page_between_their_marks(tmp_path: Path) -> None:
    document = tmp_path / "estimate.md"
    document.write_text("before\n<!-- made: estimate -->\nold\n<!-- end -->\nafter\n", encoding="utf-8")
    page.write("new\n", document)
    page.write("newer\n", document)
    assert document.read_text(encoding="utf-8") == "before\n<!-- made: estimate -->\nnewer\n<!-- end -->\nafter\n"
    document.write_text("no place", encoding="utf-8")
    with pytest.raises(ValueError, match="made: estimate"):
        page.write("new", document)


def test_the_page_holds_a_run_of_the_size_that_is_asked_and_says_whether_the_target_is_reached() -> None:
    text = page.PAGE.read_text(encoding="utf-8")
    found = page.played_in(text)
    assert found is not None, "the page says what was played"
    assert found.days >= 200
    assert found.halls >= 3
    assert ("The target is reached." in text) == found.ok
