"""A counter's mix of services, and who can be told apart."""

import itertools
import random

import pytest
from scipy import stats

from queue_server.satisfaction.mix import standardise
from queue_server.satisfaction.ranking import agreement_of, groups
from queue_server.satisfaction.tallies import Tally


def tally_of(satisfied: int, rated: int) -> Tally:
    return Tally(satisfied, rated, rated)


def test_a_counter_that_serves_the_hard_services_is_not_blamed_for_them() -> None:
    """By hand: others give 90 % for seals and 60 % for land; ten seals and ninety lands make 63 %."""
    found = standardise(
        {
            "land": {"seal": tally_of(9, 10), "land": tally_of(54, 90)},
            "seals": {"seal": tally_of(90, 100), "land": tally_of(6, 10)},
        }
    )
    land = found["land"]
    assert land is not None
    assert land.expected == pytest.approx(0.63)
    assert land.observed == pytest.approx(0.63)
    assert land.difference == pytest.approx(0.0)
    assert land.ratio == pytest.approx(1.0)
    assert land.difference_interval.holds(0)
    assert land.ratio_interval.holds(1)
    assert land.compared == tally_of(63, 100)


def test_what_nobody_else_serves_is_not_compared() -> None:
    found = standardise({"a": {"x": tally_of(5, 10), "y": tally_of(8, 10)}, "b": {"y": tally_of(9, 10)}, "c": {}})
    assert found["a"] is not None
    assert found["a"].compared == tally_of(8, 10)
    assert found["c"] is None
    assert standardise({"a": {"x": tally_of(5, 10)}}) == {"a": None}
    assert standardise({"a": {"x": tally_of(1, 9)}, "b": {"x": tally_of(0, 9)}})["a"] is None


def test_intervals_hold_the_truth_as_often_as_they_say(seed: int) -> None:
    """Counter 0 is ten points better than its services are elsewhere; 1,000 branches drawn by scipy."""
    shares, others, own = (0.9, 0.75, 0.6), (120, 90, 60), (20, 40, 60)
    drawn_others = [
        stats.binom.rvs(n, p, size=1000, random_state=seed + at)
        for at, (n, p) in enumerate(zip(others, shares, strict=True))
    ]
    drawn_own = [
        stats.binom.rvs(n, min(1.0, p + 0.08), size=1000, random_state=seed + 10 + at)
        for at, (n, p) in enumerate(zip(own, shares, strict=True))
    ]
    truth = sum(n * p for n, p in zip(own, shares, strict=True)) / sum(own)
    difference = ratio = 0
    for at in range(1000):
        found = standardise(
            {
                0: {s: tally_of(int(drawn_own[s][at]), own[s]) for s in range(3)},
                1: {s: tally_of(int(drawn_others[s][at]), others[s]) for s in range(3)},
            }
        )[0]
        assert found is not None
        difference += found.difference_interval.holds(0.08)
        ratio += found.ratio_interval.holds((truth + 0.08) / truth)
    assert 0.93 <= difference / 1000 <= 0.985
    assert 0.93 <= ratio / 1000 <= 0.985


def test_who_can_be_told_apart() -> None:
    tallies = {
        "best": tally_of(980, 1000),
        "good": tally_of(900, 1000),
        "also": tally_of(895, 1000),
        "few": tally_of(5, 9),
        "poor": tally_of(500, 1000),
    }
    assert groups(tallies) == [["best"], ["good", "also"], ["poor"]]
    assert groups({}) == []
    assert groups({"few": tally_of(5, 9)}) == []
    assert groups({"one": tally_of(5, 10)}) == [["one"]]


def test_all_of_few_are_not_above_most_of_few() -> None:
    assert groups({"all": tally_of(20, 20), "most": tally_of(17, 20)}) == [["all", "most"]]


def test_the_same_seed_gives_the_same_groups_and_hardly_another(seed: int) -> None:
    chance = random.Random(seed)
    tallies = {at: tally_of(chance.randint(150, 200), 200) for at in range(12)}
    assert groups(tallies, seed=seed) == groups(tallies, seed=seed)


def test_each_order_that_is_shown_is_agreed_on_by_another_bootstrap(seed: int) -> None:
    """Drawn again by scipy, from the counts alone: at least 95 % of the draws agree with each pair that is shown."""
    chance = random.Random(seed)
    for turn in range(20):
        tallies = {}
        for at in range(6):
            rated = chance.randint(30, 400)
            tallies[at] = tally_of(round(rated * chance.uniform(0.5, 0.97)), rated)
        found = groups(tallies, seed=turn)
        again = {
            at: stats.binom.rvs(one.rated, one.satisfied / one.rated, size=4000, random_state=seed + turn * 10 + at)
            / one.rated
            for at, one in tallies.items()
        }
        for upper, lower in itertools.pairwise(found):
            for one in upper:
                for other in lower:
                    assert (again[one] > again[other]).mean() >= 0.95


def test_equals_are_hardly_ever_ordered(seed: int) -> None:
    hits = stats.binom.rvs(150, 0.85, size=(100, 8), random_state=seed)
    ordered = sum(len(groups({at: tally_of(int(hit), 150) for at, hit in enumerate(row)})) > 1 for row in hits)
    assert ordered / 100 <= 0.05


def test_how_far_a_pair_agrees() -> None:
    assert agreement_of(tally_of(90, 100), tally_of(50, 100)) > 0.999
    assert 0.4 < agreement_of(tally_of(80, 100), tally_of(80, 100)) < 0.55
