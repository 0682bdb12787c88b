"""A trembling finger, on the real clock."""

import pytest

from kiosk.widgets.bounce import TouchAt, is_bounce


@pytest.mark.parametrize(
    ("x", "y", "after_s", "bounces"),
    [
        (0.50, 0.50, 0.10, True),
        (0.53, 0.47, 0.20, True),
        (0.50, 0.50, 0.30, False),
        (0.50, 0.80, 0.10, False),
        (0.70, 0.50, 0.10, False),
    ],
)
def test_the_same_place_too_soon_is_a_bounce(x: float, y: float, after_s: float, *, bounces: bool) -> None:
    assert is_bounce(TouchAt(0.5, 0.5, 10.0), TouchAt(x, y, 10.0 + after_s)) is bounces


def test_the_first_touch_is_meant() -> None:
    assert not is_bounce(None, TouchAt(0.5, 0.5, 10.0))
