"""Two texts side by side: which lines went, came, or changed, with what stands around them. Pure.

The result is data; the template writes it, and escapes every piece of it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import zip_longest
from typing import Final, Literal, NamedTuple

AROUND: Final = 3
LINES_MOST: Final = 2_000
"""Changed stretches are shown up to so many rows; a file that was replaced as a whole is told by its counts."""

Kind = Literal["same", "changed", "gone", "new", "gap"]


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a line; `marked` where it differs from the other side."""

    text: str
    marked: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """One side of a row: its number, counted from 1, and its pieces."""

    number: int
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the two columns. A `gap` stands for lines that are the same and not shown."""

    kind: Kind
    before: Line | None = None
    after: Line | None = None


@dataclass(frozen=True, slots=True)
class SourceDifference:
    """What differs in one file; `gone` and `new` count lines."""

    name: str
    gone: int
    new: int
    rows: tuple[Row, ...]
    cut: bool
    """There is more than is shown."""


def differences(before: Mapping[str, str], after: Mapping[str, str]) -> list[SourceDifference]:
    """Compare texts by file name; files that are the same are left out."""
    names = [*before, *(name for name in after if name not in before)]
    return [
        difference(name, before.get(name, ""), after.get(name, ""))
        for name in names
        if before.get(name) != after.get(name)
    ]


def difference(name: str, before: str, after: str) -> SourceDifference:
    """Compare two texts line by line."""
    old, new = before.splitlines(), after.splitlines()
    # What is the same at both ends is most of a file; the matcher need not look at it.
    ahead = _same_ahead(old, new)
    behind = _same_ahead(old[ahead:][::-1], new[ahead:][::-1])
    first = max(0, ahead - AROUND)
    kept_behind = max(0, behind - AROUND)
    shown_old, shown_new = old[first : len(old) - kept_behind], new[first : len(new) - kept_behind]
    rows = list(_rows(shown_old, shown_new, first))
    if first:
        rows.insert(0, Row("gap"))
    if kept_behind:
        rows.append(Row("gap"))
    return SourceDifference(
        name=name,
        gone=sum(row.before is not None for row in rows if row.kind in ("gone", "changed")),
        new=sum(row.after is not None for row in rows if row.kind in ("new", "changed")),
        rows=tuple(rows[:LINES_MOST]),
        cut=len(rows) > LINES_MOST,
    )


def _rows(old: Sequence[str], new: Sequence[str], first: int) -> Iterator[Row]:
    groups = SequenceMatcher(None, old, new).get_grouped_opcodes(AROUND)
    for index, group in enumerate(groups):
        if index:
            yield Row("gap")
        for _, old_from, old_to, new_from, new_to in group:
            pairs = zip_longest(range(old_from, old_to), range(new_from, new_to))
            for before, after in pairs:
                left = None if before is None else _Numbered(first + before + 1, old[before])
                right = None if after is None else _Numbered(first + after + 1, new[after])
                yield _row(left, right)


class _Numbered(NamedTuple):
    number: int
    text: str


def _row(before: _Numbered | None, after: _Numbered | None) -> Row:
    if before is None or after is None:
        kind: Kind = "new" if before is None else "gone"
        return Row(kind, before and _whole(before), after and _whole(after))
    if before.text == after.text:
        return Row("same", _whole(before), _whole(after))
    left, right = _marked(before.text, after.text)
    return Row("changed", Line(before.number, left), Line(after.number, right))


def _whole(line: _Numbered) -> Line:
    return Line(line.number, (Piece(line.text),))


def _marked(before: str, after: str) -> tuple[tuple[Piece, ...], tuple[Piece, ...]]:
    """Mark what differs between two lines: all but their common beginning and end."""
    ahead = _same_ahead(before, after)
    behind = _same_ahead(before[ahead:][::-1], after[ahead:][::-1])

    def pieces(line: str) -> tuple[Piece, ...]:
        middle = line[ahead : len(line) - behind]
        parts = (Piece(line[:ahead]), Piece(middle, marked=True), Piece(line[len(line) - behind :]))
        return tuple(part for part in parts if part.text)

    return pieces(before), pieces(after)


def _same_ahead(one: Sequence[str], other: Sequence[str]) -> int:
    """Count how many items are the same from the beginning on."""
    length = 0
    for mine, theirs in zip(one, other, strict=False):
        if mine != theirs:
            break
        length += 1
    return length
