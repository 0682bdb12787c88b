"""Counts of answers, the one thing that all figures of satisfaction are made from."""

from collections.abc import Iterable

import msgspec


class Tally(msgspec.Struct, frozen=True, order=True):
    """So many of those asked answered, and so many of those who answered are satisfied.

    Which answers count as satisfied is the scale's to say. Give it the answers of ONE channel: channels reach different
    people and are never added up.
    """

    satisfied: int
    rated: int
    asked: int

    def __post_init__(self) -> None:
        assert 0 <= self.satisfied <= self.rated <= self.asked, f"{self} counts more answers than questions"

    @property
    def share(self) -> float | None:
        """The satisfied part of those who answered, from 0 to 1; ``None`` where nobody did."""
        return self.satisfied / self.rated if self.rated else None

    @property
    def response(self) -> float | None:
        """The part of those asked who answered, from 0 to 1; ``None`` where nobody was asked."""
        return self.rated / self.asked if self.asked else None

    @property
    def not_satisfied(self) -> int:
        """How many answered otherwise."""
        return self.rated - self.satisfied

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(self.satisfied + other.satisfied, self.rated + other.rated, self.asked + other.asked)

    def __sub__(self, other: "Tally") -> "Tally":
        return Tally(self.satisfied - other.satisfied, self.rated - other.rated, self.asked - other.asked)


NOTHING = Tally(0, 0, 0)


def total(tallies: Iterable[Tally]) -> Tally:
    """Add up tallies of one channel."""
    return sum(tallies, NOTHING)
