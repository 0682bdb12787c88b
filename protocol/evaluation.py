"""Forms by which a month's work is scored: indicators of 0, 1 or 2 points, and the classes of their sum.

A decree changes a form and its classes together, so each form has the day from which it holds; the one in force on the
last day of a month scores that month. The nine indicators of Decree 61/2018/NĐ-CP, article 31, are the shipped one.
"""

from typing import Annotated, Final

import msgspec

from protocol.message import Identifier, Language

MOST_POINTS: Final = 2
"""What one indicator earns at most; it may earn 1 or nothing too."""


class EvaluationIndicator(msgspec.Struct, frozen=True, kw_only=True):
    """One line of a form, with what earns 2 points, 1 point and none."""

    indicator_id: Identifier
    names: dict[Language, str]
    two_points: dict[Language, str]
    one_point: dict[Language, str]
    no_point: dict[Language, str]


class EvaluationClass(msgspec.Struct, frozen=True, kw_only=True):
    """A class of the sum: it begins with ``from_points`` and ends below the next better one."""

    class_id: Identifier
    names: dict[Language, str]
    from_points: Annotated[float, msgspec.Meta(ge=0)]


class EvaluationForm(msgspec.Struct, frozen=True, kw_only=True):
    """A form with the first day on which it holds, its indicators, and its classes from the lowest to the best.

    A class has a lower border and no upper one, so every sum, also a mean with a fraction, has exactly one class.
    """

    form_id: Identifier
    valid_from: Annotated[str, msgspec.Meta(pattern=r"^\d{4}-\d{2}-\d{2}$")]
    names: dict[Language, str]
    source: str = ""
    """The rule from which the form comes, as it is printed below it."""
    indicators: tuple[EvaluationIndicator, ...]
    classes: tuple[EvaluationClass, ...]

    @property
    def most_points(self) -> int:
        """The sum when every indicator is given the most."""
        return MOST_POINTS * len(self.indicators)
