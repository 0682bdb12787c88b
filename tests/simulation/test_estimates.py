"""Estimates on simulated halls: a small comparison whose relations hold with room to spare, and a large one, slow."""

import ast
from collections.abc import Sequence
from pathlib import Path

import pytest

from motcua.bench.estimates import nature
from motcua.bench.estimates.comparison import LEARNING_DAYS, OURS, Comparison, Told, configurations, halls
from motcua.bench.estimates.table import errors, verdict

HALLS = {hall.name: hall for hall in halls(configurations(), seed=3)}


def waiting(told: Sequence[Told]) -> list[Told]:
    return [one for one in told if one.has_to_wait]


def test_the_simulated_halls_know_nothing_of_the_estimator() -> None:
    tree = ast.parse(Path(nature.__file__).read_text(encoding="utf-8"))
    imported = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    imported |= {name.name for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names}
    assert imported == {"dataclasses", "math", "motcua.demo.people", "random", "typing"}


def test_a_hall_and_its_days_are_functions_of_their_seeds() -> None:
    character = HALLS["ward 1"].character
    one, same, other = (nature.Nature(character, seed) for seed in (3, 3, 4))
    assert one.day(7) == same.day(7)
    assert one.day(7) != one.day(8)
    assert one.day(7).citizens != other.day(7).citizens
    assert one.clerks != other.clerks


def test_days_bring_what_the_estimator_does_not_model() -> None:
    hall = nature.Nature(HALLS["large 1"].character, 3)
    days = [hall.day(index) for index in range(50)]
    assert any(not shift.stints for day in days for shift in day.shifts), "somebody does not come"
    assert any(len(shift.stints) == 3 for day in days for shift in day.shifts), "somebody is called away"
    assert any(day.slow_spells for day in days)
    assert any(not rest.entered for day in days for shift in day.shifts for rest in shift.rests)
    counts = [len(day.citizens) for day in days]
    assert max(counts) > 1.4 * min(counts)
    factors = [hall.work_factor(service_id, 49) for service_id in hall.character.shares]
    assert max(factors) > 1.1, "some service takes longer than two months ago"
    newcomers = [clerk for clerk in hall.clerks if clerk.newcomer_from >= 0]
    assert all(
        hall.clerk_factor(clerk, "land", clerk.newcomer_from) > 1.5 * hall.clerk_factor(clerk, "land", 0)
        for clerk in newcomers
    )


def test_a_comparison_can_be_repeated() -> None:
    one, same = (list(Comparison(HALLS["commune 1"], learning_days=1).play(3)) for _ in range(2))
    assert one == same
    assert len(one) > 20


@pytest.mark.slow
def test_a_small_comparison_is_won_clearly() -> None:
    told = list(Comparison(HALLS["ward 2"], learning_days=6).play(12))
    found = verdict(waiting(told))
    assert found.told > 60
    assert found.ratio < 1.0, f"{found.best} is better"
    assert 0.3 < found.longer_than_low < 0.7
    assert 0.02 < found.longer_than_high < 0.25
    assert errors(waiting(told), OURS).mean_s < errors(waiting(told), "queue length × mean / counters").mean_s


@pytest.mark.slow
def test_the_target_is_reached_in_halls_of_every_kind() -> None:
    kinds = (HALLS["ward 1"], HALLS["commune 1"], HALLS["large 1"])
    told = [one for hall in kinds for one in Comparison(hall).play(LEARNING_DAYS + 14)]
    found = verdict(waiting(told))
    assert found.ratio <= 0.8
    assert 0.44 <= found.longer_than_low <= 0.56
    assert 0.07 <= found.longer_than_high <= 0.14
