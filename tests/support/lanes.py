"""Which of many variations of one test each run makes, and which the longer lanes alone."""

from collections.abc import Iterable
from typing import Any

import pytest


def one_in(step: int, values: Iterable[Any]) -> list[Any]:
    """Give all values as parameters; all but the first of each `step` are marked `slow`.

    For tests that walk through every door once for each value, where a fault nearly always shows at the first.
    """
    later = pytest.mark.slow
    return [value if place % step == 0 else pytest.param(value, marks=later) for place, value in enumerate(values)]
