"""The fraud bench in small: what the rules stop, what the charts see, and that its page says what it found."""

import random
import re
from pathlib import Path

import pytest
from scipy import integrate, stats

from motcua.bench.estimates.comparison import configurations
from motcua.bench.satisfaction import page
from motcua.bench.satisfaction.coverage import RATED, SHARES, coverage, mean_coverage
from motcua.bench.satisfaction.methods import ALL_CHARTS, Caught, caught, false_alarms
from motcua.bench.satisfaction.nature import HONEST, TACTICS, character, counted, day_of
from motcua.bench.satisfaction.rules import attempts, play
from protocol.configuration import Configuration


@pytest.fixture(scope="module")
def hall() -> Configuration:
    return configurations()["commune"]


def test_the_rules_leave_no_fraud_but_a_press_within_the_window(hall: Configuration) -> None:
    found = {one.what: one for one in attempts(hall)}
    gained = {what for what, one in found.items() if one.ratings}
    assert gained <= {
        "30 presses for a citizen who went without an answer",
        "30 presses within 15 s for a citizen who went without an answer",
        "20 presses over an unhappy citizen's answer, within the window",
    }
    assert all(found[what].ratings == 1 for what in gained)
    assert found["end calls within two seconds, and press"].flags == {"no_open_window": 10}
    assert found["30 presses within 15 s for a citizen who went without an answer"].flags["burst"] > 10
    assert found["a ticket's link with a wrong secret"].kept == 0
    assert all(one.kept >= one.tried for what, one in found.items() if "wrong secret" not in what)


def test_the_real_rules_count_as_the_bench_does(hall: Configuration, seed: int) -> None:
    chance = random.Random(seed)
    for start in range(len(TACTICS)):
        days = [day_of(character(chance), (HONEST, *TACTICS)[(start + at) % 7], chance) for at in range(3)]
        assert play(hall, days) == [counted(day) for day in days]


def test_an_answer_thought_over_counts_as_it_was_last() -> None:
    assert counted([(1, 4), (4, 1), (), (4,)]) == (counted([(4,), (1,), (), (4,)]))


@pytest.mark.parametrize("seeds", [(1, 2), (3, 4)])
def test_false_alarms_stay_rare_whatever_the_seed(seeds: tuple[int, int]) -> None:
    """Beside 1.1 % per counter-month of the first year, of all charts together, and what chance makes of so few months.

    The bench itself counts 4,800 of them (docs/satisfaction.md).
    """
    found = [one for seed in seeds for one in false_alarms(80, seed) if one.method == ALL_CHARTS]
    months = sum(one.months for one in found)
    by_chance = 2 * (page.MOST_FALSE_ALARMS / months) ** 0.5
    assert sum(one.rate * one.months for one in found) / months <= page.MOST_FALSE_ALARMS + by_chance


@pytest.mark.parametrize(("began", "least_seldom"), [("after an honest month", 0.37), ("before the first day", 0.2)])
def test_who_presses_is_seen_whether_he_begins_or_always_has(began: str, least_seldom: float) -> None:
    """Of 25 branches; the bench itself plays 200, and asks 37 % of both."""
    seen = {(one.tactic, one.began): one for one in caught(25, 1, TACTICS[:3]) if one.method == ALL_CHARTS}
    often, half, seldom = (seen[tactic.name, began] for tactic in TACTICS[:3])
    assert often.median_days is not None
    assert often.median_days <= 3
    assert half.median_days is not None
    assert half.median_days <= 7
    assert seldom.within_a_month >= least_seldom


def test_days_to_an_alarm() -> None:
    found = Caught("", "", "", (3, None, 5, None))
    assert (found.median_days, found.within_a_month) == (14.0, 0.5)
    assert Caught("", "", "", (3, None, None)).median_days is None


def test_coverage_is_that_of_scipy() -> None:
    for share in (0.5, 0.83, 0.97, 0.995):
        for rated in (10, 37, 120):
            z = stats.norm.ppf(0.975)
            held = 0.0
            for hits in range(rated + 1):
                middle = (hits + z**2 / 2) / (rated + z**2)
                half = z / (rated + z**2) * (hits * (rated - hits) / rated + z**2 / 4) ** 0.5
                held += stats.binom.pmf(hits, rated, share) * (middle - half <= share <= middle + half)
            assert coverage(share, rated) == pytest.approx(held, abs=1e-9)


def test_the_mean_coverage_is_the_integral_of_the_coverage() -> None:
    points = 20_001
    step = (SHARES[-1] - SHARES[0]) / (points - 1)
    values = [coverage(SHARES[0] + step * at, 12) for at in range(points)]
    assert mean_coverage(12) == pytest.approx(integrate.trapezoid(values, dx=step) / (SHARES[-1] - SHARES[0]), abs=1e-3)


def test_intervals_hold_the_truth_as_often_as_they_say() -> None:
    for rated in [*range(RATED[0], 121), 150, 200, 350, 500, 1000, 2500]:
        assert 0.94 <= mean_coverage(rated) <= 0.97


def test_near_the_end_few_answers_hold_the_truth_too_seldom() -> None:
    """Why nothing is claimed above 98 % below 200 answers."""
    assert min(coverage(0.99 + at / 1000, 30) for at in range(8)) < 0.9


def test_a_small_run_makes_the_page(hall: Configuration, tmp_path: Path) -> None:
    bench = page.measure(hall, seed=1, branches=2, honest=2)
    made = page.parts(bench)
    copy = tmp_path / "page.md"
    copy.write_text(page.PAGE.read_text("utf-8"), "utf-8")
    page.write(made, copy)
    written = copy.read_text("utf-8")
    assert all(text in written for text in made.values())
    assert "| funnel" in written
    again = page.measure(hall, seed=1, branches=2, honest=2)
    assert page.parts(again) == made
    copy.write_text("nothing", "utf-8")
    with pytest.raises(ValueError, match="no <!-- made"):
        page.write(made, copy)


def test_the_page_was_made_by_a_whole_run_that_reached_the_target() -> None:
    text = page.PAGE.read_text("utf-8")
    assert "The target is reached." in text
    found = re.search(r"(\d+) branches for each tactic.*; ([\d,]+) months of honest", text)
    assert found is not None
    assert int(found[1]) >= 200
    assert int(found[2].replace(",", "")) >= 4000


def test_the_page_s_coverage_is_today_s() -> None:
    assert page._coverage() in page.PAGE.read_text("utf-8")
