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


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("part", range(20))
def test_many_days_of_a_branch(seed: int, part: int) -> None:
    simulate(seed * 1000 + part, 20_000)
