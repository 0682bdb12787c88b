"""Scoring a month by a form: the sum of its indicators, and the one class that the sum has. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from protocol.evaluation import MOST_POINTS, EvaluationClass, EvaluationForm


@dataclass(frozen=True, slots=True)
class Total:
    """What a form came to. ``held`` is None while indicators are not scored: a part of a sum has no class."""

    points: int
    missing: tuple[str, ...]
    """The indicators that nobody has scored yet, in the form's order."""
    held: EvaluationClass | None


def form_on(forms: Sequence[EvaluationForm], day: str) -> EvaluationForm | None:
    """Give the form in force on a day; None before the first one."""
    return max((form for form in forms if form.valid_from <= day), key=lambda form: form.valid_from, default=None)


def total(form: EvaluationForm, points: Mapping[str, int]) -> Total:
    """Add up the points of a form's indicators, 0, 1 or 2 each. Points of other indicators are a mistake of ours."""
    known = [indicator.indicator_id for indicator in form.indicators]
    assert points.keys() <= set(known), f"{sorted(points.keys() - set(known))} are no indicators of {form.form_id}"
    assert all(0 <= given <= MOST_POINTS for given in points.values()), f"points beyond 0 to {MOST_POINTS}: {points}"
    missing = tuple(one for one in known if one not in points)
    points_in_all = sum(points.values())
    return Total(points_in_all, missing, None if missing else class_of(form, points_in_all))


def class_of(form: EvaluationForm, points: float) -> EvaluationClass:
    """Give the one class of a sum, or of a mean of sums: the best whose border it reaches, a border included."""
    assert 0 <= points <= form.most_points, f"{points} of {form.most_points} points"
    return max((one for one in form.classes if one.from_points <= points), key=lambda one: one.from_points)
