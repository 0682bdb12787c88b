"""Every sum of a form has exactly one class, on the borders and between them."""

import random
from pathlib import Path

import pytest

from queue_server.config import load
from queue_server.satisfaction.evaluation import class_of, form_on, total

FORM = load(Path(__file__).parents[3] / "config" / "branch.toml")[0].evaluation_forms[0]
ALL = [indicator.indicator_id for indicator in FORM.indicators]


@pytest.mark.parametrize(
    ("points", "expected"),
    [
        (0, "weak"),
        (5, "weak"),
        (5.99, "weak"),
        (6, "average"),
        (8, "average"),
        (9, "fair"),
        (11, "fair"),
        (12, "good"),
        (14, "good"),
        (14.999, "good"),
        (15, "excellent"),
        (18, "excellent"),
    ],
)
def test_the_classes_of_the_nine_indicators(points: float, expected: str) -> None:
    assert class_of(FORM, points).class_id == expected


def test_every_value_has_one_class_and_more_points_never_a_worse_one(seed: int) -> None:
    chance = random.Random(seed)
    order = [one.class_id for one in FORM.classes]
    values = sorted([*range(19), *(chance.uniform(0, 18) for _ in range(1000))])
    places = [order.index(class_of(FORM, value).class_id) for value in values]
    assert places == sorted(places)
    assert set(places) == set(range(len(order)))


def test_a_part_of_the_points_has_no_class() -> None:
    found = total(FORM, dict.fromkeys(ALL[:-1], 2))
    assert (found.points, found.missing, found.held) == (16, ("online",), None)
    whole = total(FORM, dict.fromkeys(ALL, 1))
    assert (whole.points, whole.missing, whole.held and whole.held.class_id) == (9, (), "fair")


def test_the_form_in_force() -> None:
    assert form_on((FORM,), "2018-06-20") is None
    assert form_on((FORM,), "2018-06-21") is FORM
