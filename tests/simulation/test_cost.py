"""What a visit costs the rules does not grow with the day."""

from pathlib import Path

import pytest

from motcua.bench.core_cost import cost_ratio
from queue_server.config import load
from tests.support.driven_branch import instant

WARD = Path(__file__).parents[2] / "config" / "branch.toml"


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_a_day_of_100_000_visits_costs_what_a_day_of_100_does() -> None:
    configuration, _ = load(WARD)
    found = cost_ratio(configuration, instant("08:00"))
    assert found.ratio <= 1.3, f"{found.small_s * 1e6:.0f} µs against {found.large_s * 1e6:.0f} µs a round"
