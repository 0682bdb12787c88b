"""Our statistics against those of statsmodels and scipy, over random data. They share no code with ours."""

import random

import pytest
from scipy import stats
from statsmodels.stats.proportion import proportion_confint

from queue_server.satisfaction.exact import beta_at_most, beta_quantile, binomial_at_most, binomial_quantile
from queue_server.satisfaction.funnel import funnel, limits
from queue_server.satisfaction.intervals import wilson
from queue_server.satisfaction.shrinkage import shrink, spread_of
from queue_server.satisfaction.tallies import Tally


def tally_of(satisfied: int, rated: int) -> Tally:
    return Tally(satisfied, rated, rated)


def test_wilson_is_that_of_statsmodels(seed: int) -> None:
    chance = random.Random(seed)
    for _ in range(2000):
        rated = chance.choice((chance.randint(1, 30), chance.randint(1, 3000), chance.randint(1, 10**6)))
        satisfied = chance.choice((0, rated, chance.randint(0, rated), chance.randint(max(0, rated - 9), rated)))
        confidence = chance.choice((0.8, 0.9, 0.95, 0.99, 0.998))
        bounds = wilson(satisfied, rated, confidence)
        assert bounds is not None
        theirs = proportion_confint(satisfied, rated, alpha=1 - confidence, method="wilson")
        assert (bounds.low, bounds.high) == pytest.approx(theirs, abs=1e-9)


def test_the_incomplete_beta_is_that_of_scipy(seed: int) -> None:
    chance = random.Random(seed)
    for _ in range(2000):
        a, b = (chance.choice((chance.uniform(0.3, 5), chance.uniform(5, 5000))) for _ in range(2))
        x = chance.choice((chance.random(), min(0.999, a / (a + b) * chance.uniform(0.9, 1.1))))
        assert beta_at_most(x, a, b) == pytest.approx(stats.beta.cdf(x, a, b), abs=1e-9)
        part = chance.uniform(0.001, 0.999)
        assert stats.beta.cdf(beta_quantile(part, a, b), a, b) == pytest.approx(part, abs=1e-6)


def test_the_binomial_is_that_of_scipy(seed: int) -> None:
    chance = random.Random(seed)
    for _ in range(1000):
        n, p = chance.randint(1, 3000), chance.uniform(0.01, 0.999)
        hits = chance.randint(-1, n)
        assert binomial_at_most(hits, n, p) == pytest.approx(stats.binom.cdf(hits, n, p), abs=1e-9)
        assert binomial_quantile(0.975, n, p) == stats.binom.ppf(0.975, n, p)


def test_limits_of_a_funnel_hold_as_many_as_they_say(seed: int) -> None:
    """Spiegelhalter's interpolation: the limit lies between the last count within and the first outside of scipy's."""
    chance = random.Random(seed)
    for _ in range(500):
        n, mean = chance.randint(1, 1500), chance.uniform(0.5, 0.99)
        confidence = chance.choice((0.95, 0.998))
        bounds = limits(mean, n, confidence)
        for part, bound in (((1 - confidence) / 2, bounds.low), ((1 + confidence) / 2, bounds.high)):
            quantile = stats.binom.ppf(part, n, mean)
            step = stats.binom.pmf(quantile, n, mean)
            between = (stats.binom.cdf(quantile, n, mean) - part) / step
            assert bound == pytest.approx(max(0.0, (quantile - between) / n), abs=1e-7)


def test_a_shrunken_share_is_the_posterior_s_mean(seed: int) -> None:
    chance = random.Random(seed)
    for _ in range(60):
        tallies = {}
        for counter in range(chance.randint(3, 20)):
            rated = chance.randint(0, 300)
            tallies[counter] = tally_of(chance.randint(rated // 2, rated), rated)
        spread, all_shrunken = spread_of(tallies), shrink(tallies)
        if spread is None or all_shrunken is None:
            assert sum(tally.rated > 0 for tally in tallies.values()) < 3
            continue
        for counter, tally in tallies.items():
            posterior = stats.beta(
                spread.mean * spread.strength + tally.satisfied,
                (1 - spread.mean) * spread.strength + tally.rated - tally.satisfied,
            )
            found = all_shrunken[counter]
            assert found.share == pytest.approx(posterior.mean(), abs=1e-9)
            assert (found.interval.low, found.interval.high) == pytest.approx(posterior.interval(0.95), abs=1e-6)


@pytest.mark.parametrize("strength", [12.0, 40.0, 150.0])
def test_the_strength_of_true_beta_binomial_counts_is_found_again(seed: int, strength: float) -> None:
    """Drawn by scipy with a known strength; the method of moments must find it again, of many counters."""
    rated = [60 + 5 * (counter % 40) for counter in range(3000)]
    drawn = stats.betabinom.rvs(rated, 0.85 * strength, 0.15 * strength, random_state=seed)
    found = spread_of({at: tally_of(int(hits), n) for at, (hits, n) in enumerate(zip(drawn, rated, strict=True))})
    assert found is not None
    assert found.mean == pytest.approx(0.85, abs=0.01)
    assert found.strength == pytest.approx(strength, rel=0.2)


def test_shrinking_brings_shares_nearer_to_the_truth(seed: int) -> None:
    truth = stats.beta.rvs(34, 6, size=400, random_state=seed)
    rated = [10 + at % 50 for at in range(400)]
    hits = stats.binom.rvs(rated, truth, random_state=seed)
    tallies = {at: tally_of(int(hit), n) for at, (hit, n) in enumerate(zip(hits, rated, strict=True))}
    drawn = shrink(tallies)
    assert drawn is not None
    raw = sum((tallies[at].satisfied / tallies[at].rated - truth[at]) ** 2 for at in tallies)
    better = sum((drawn[at].share - truth[at]) ** 2 for at in tallies)
    assert better < 0.75 * raw
    within = sum(drawn[at].interval.holds(truth[at]) for at in tallies) / len(tallies)
    assert 0.90 <= within <= 0.985


def test_counters_that_are_alike_are_all_but_the_mean() -> None:
    drawn = shrink({at: tally_of(80, 100) for at in range(8)} | {"new": tally_of(0, 0)})
    assert drawn is not None
    assert {round(one.share, 9) for one in drawn.values()} == {0.8}
    assert drawn["new"].own_weight == 0
    assert drawn["new"].interval.low < 0.78


def test_two_counters_do_not_tell_how_counters_differ() -> None:
    assert shrink({1: tally_of(8, 10), 2: tally_of(3, 10), 3: tally_of(0, 0)}) is None


def test_where_all_are_satisfied_nothing_is_certain() -> None:
    drawn = shrink({at: tally_of(20, 20) for at in range(3)})
    assert drawn is not None
    assert drawn[0].share < 1


def test_in_a_funnel_of_equals_few_are_outside(seed: int) -> None:
    rated = [20 + 7 * (at % 60) for at in range(2000)]
    hits = stats.binom.rvs(rated, 0.85, random_state=seed)
    found = funnel({at: tally_of(int(hit), n) for at, (hit, n) in enumerate(zip(hits, rated, strict=True))})
    assert found is not None
    standing = [point.standing for point in found.points.values()]
    assert 0.93 <= standing.count("inside") / 2000 <= 0.975
    assert sum(one.startswith("far") for one in standing) / 2000 <= 0.006


def test_points_of_a_funnel() -> None:
    tallies = {"far": tally_of(50, 100), "low": tally_of(78, 100), "most": tally_of(900, 1000), "some": tally_of(9, 10)}
    found = funnel(tallies | {"none": tally_of(0, 0)})
    assert found is not None
    assert {key: point.standing for key, point in found.points.items()} == {
        "far": "far_below",
        "low": "below",
        "most": "far_above",
        "some": "inside",
    }
    assert funnel({"none": tally_of(0, 0)}) is None
    assert limits(0.8, 0, 0.95).holds(0.0)
    assert limits(1.0, 20, 0.95).low == 1.0
