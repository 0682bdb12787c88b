"""Simulated days keep every promise, whatever people do; and the simulation does what people do."""

import pytest

from tests.simulation.branch import simulate


def test_days_of_a_branch(seed: int) -> None:
    done = simulate(seed, 4000)
    for verb in (
        "take",
        "call",
        "start",
        "end",
        "rate",
        "transfer",
        "park",
        "resume",
        "noshow",
        "reinstate",
        "handover",
    ):
        assert done[f"{verb} done"] > 10, f"{verb} was hardly ever done: {done}"


def test_days_on_which_numbers_are_limited_per_person(seed: int) -> None:
    done = simulate(seed, 2000, persons=30)
    assert done["take done"] > 50, done
    assert done["take refused"] > 20, f"hardly anybody wanted more than allowed: {done}"
    assert done["handover done"] > 5, done


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("part", range(20))
def test_many_days_of_a_branch(seed: int, part: int) -> None:
    simulate(seed * 1000 + part, 20_000)
