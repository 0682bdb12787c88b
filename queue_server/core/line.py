"""Waiting visits of one queue and priority class, in the order in which they are served among themselves.

The head is read on every call and leaves on almost every call, so a plain list with ``pop(0)`` would make a busy hall
slow. Here the head leaves by moving a mark, and the passed part is cut off once it is as long as the rest: amortised
constant. A visit that arrives now goes to the end, constant too; one that keeps an old arrival is put in its place by
bisection, which moves the pointers behind it (a thousandth of a millisecond for five thousand people).
"""

from bisect import bisect_left, insort
from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple


class Place(NamedTuple):
    """A visit's place in its line: by ``rank_at``, and among equals by ``order`` of arrival in the day."""

    rank_at: datetime
    order: int
    visit_id: str


_COMPACT_AT = 32


class Line:
    """Places in ascending order."""

    __slots__ = ("_places", "_start")

    def __init__(self) -> None:
        self._places: list[Place] = []
        self._start = 0

    def __len__(self) -> int:
        return len(self._places) - self._start

    def __iter__(self) -> Iterator[Place]:
        for index in range(self._start, len(self._places)):
            yield self._places[index]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Line) and list(self) == list(other)

    __hash__ = None  # type: ignore[assignment]  # A line changes; it is no key.

    def __repr__(self) -> str:
        return f"Line({list(self)!r})"

    def at(self, index: int) -> Place | None:
        """Give the place ``index`` behind the head; ``None`` past the end."""
        index += self._start
        return self._places[index] if index < len(self._places) else None

    @property
    def head(self) -> Place | None:
        """The first place; ``None`` when nobody waits."""
        return self.at(0)

    def insert(self, place: Place) -> None:
        """Put a place where its rank belongs."""
        if not self or self._places[-1] < place:
            self._places.append(place)
        else:
            insort(self._places, place, lo=self._start)

    def remove(self, place: Place) -> None:
        """Take a place out; it must be there."""
        index = bisect_left(self._places, place, lo=self._start)
        assert index < len(self._places), f"{place} does not wait here"
        assert self._places[index] == place, f"{place} does not wait here"
        if index > self._start:
            del self._places[index]
            return
        self._start += 1
        if self._start >= _COMPACT_AT and self._start * 2 >= len(self._places):
            del self._places[: self._start]
            self._start = 0

    def count_before(self, rank_at: datetime) -> int:
        """Count the places of an earlier rank."""
        # A shorter tuple comes before every longer one that begins alike: before all places of this rank.
        return bisect_left(self._places, (rank_at,), lo=self._start) - self._start
